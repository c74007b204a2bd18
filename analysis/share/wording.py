"""Values of levers with their units, shares in per cent."""

from __future__ import annotations

from abm.parameters import Parameter

_UNITS = {
    "share": "%", "yr": "years", "1/yr": "a year", "x": "times", "year": "", "share of effort_limit": "% of the most",
    "share of GDP/yr": "% of GDP a year", "share/ln(members)": "per log of members", "share/share of GDP": "per share of GDP",
    "1/OOM": "per order of magnitude", "OOM/yr": "orders of magnitude a year", "bn US$/yr": "bn US$ a year",
    "1/sqrt(yr)": "per square root of a year", "1/distance": "per unit of distance",
}  # fmt: skip


def unit(parameter: Parameter) -> str:
    """Unit in words, as :func:`amount` writes them after the number."""
    found = _UNITS.get(parameter.unit, parameter.unit)
    return found.replace("share of", "% of", 1) if found.startswith("share of") else found


def amount(parameter: Parameter, value: float) -> str:
    """A value with its unit: shares in per cent. Below, of the share of benefit that a vendor asks, and of a year.

    >>> from abm.parameters import lookup
    >>> amount(lookup("fee_us"), 0.35), amount(lookup("value_midpoint"), 2032), amount(lookup("hazard_us"), 0.03)
    ('35 % of benefit', '2032', '0.03 a year')
    """
    words = unit(parameter)
    number = 100 * value if words.startswith("%") and parameter.unit.startswith("share") else value
    plain = f"{number:.7g}" if parameter.unit == "year" else f"{number:,.7g}"
    return f"{plain} {words}".strip().replace("-", "\N{MINUS SIGN}", int(number < 0))
