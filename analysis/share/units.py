"""Values of levers with their units, shares in per cent."""

from __future__ import annotations

import re

from abm import titles
from abm.parameters import Parameter

#: Shares in per cent; all others as everywhere.
_PER_CENT = {"share": "%", "share of effort_limit": "% of the most"}


def unit(parameter: Parameter) -> str:
    """Unit in words, as :func:`amount` writes them after the number."""
    return _PER_CENT.get(parameter.unit) or re.sub("^share of", "% of", titles.unit(parameter.unit))


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
