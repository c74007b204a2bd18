"""Words for levers before names: titles, units, and sources as a reader knows them."""

from __future__ import annotations

import re

from abm import data
from abm.parameters import Parameter, lookup
from abm.scenario import Scenario

#: Parameter -> what a lever of it is called; {vendor} is the vendor that owns it. Others are called by their name, in words.
TITLES = {
    "fee": "Price of {vendor}", "hazard": "Cut-offs by {vendor}", "hosting": "Hosting at home by {vendor}",
    "investment": "Investment by {vendor}", "vendor_lag": "How far {vendor} is behind in algorithms",
    "portability": "Ease of changing vendors", "convening_size": "Partners invited to found",
    "convening_rate": "Political will to convene", "openness": "What coalitions give away", "federated": "Federated learning",
    "talent_exchange": "Exchange of talent", "quorum_members": "Members needed to begin", "quorum_gdp": "GDP needed to begin",
    "notice": "Notice before leaving", "exit_fee": "Fee for leaving", "leaving_cost": "Standing lost by leaving",
    "quality_sensitivity": "How much being behind the frontier hurts", "value_end": "What AI is worth in the long run",
    "value_midpoint": "When half of AI's value has come", "growth_decay": "How soon the frontier slows down",
    "effort_limit": "The most that builders spend", "builder_efficiency": "Better methods of builders",
    "inference_cost": "Cost of running models at home", "pooling": "Compute that can be trained with",
    "contagion": "How far the riskiest member counts", "taste_scale": "Strength of what the model does not know of nations",
    "taste_renewal": "How often that is drawn anew", "review_rate": "How often nations think again",
    "tension_drift": "Escalation or détente", "outage_hazard": "Outages of vendors", "risk_aversion": "Fear of being cut off",
    "lock_in_time": "How soon clients are locked in", "hold_up": "Surcharge on clients who are locked in",
    "open_weights_lag": "How far free models are behind", "admission_tolerance": "Loss that members overlook when they admit",
    "adoption_full": "Use of AI that counts as full", "trust_gain": "How soon members come to trust each other",
}  # fmt: skip
_UNITS = {
    "share": "%", "yr": "years", "1/yr": "a year", "x": "times", "year": "", "share of effort_limit": "% of the most",
    "share of GDP/yr": "% of GDP a year", "share/ln(members)": "per log of members", "share/share of GDP": "per share of GDP",
    "1/OOM": "per order of magnitude", "OOM/yr": "orders of magnitude a year", "bn US$/yr": "bn US$ a year",
    "1/sqrt(yr)": "per square root of a year", "1/distance": "per unit of distance",
}  # fmt: skip
_KEY = re.compile(r"\[([A-Za-z0-9]+)\]")
_COMMAND = re.compile(r" \(`[^`]*`\)")


def vendor(scenario: Scenario, name: str) -> str:
    """What a reader calls a vendor: never by the name of its row alone."""
    known = {"us": "the US vendor", "china": "China's vendor"}
    titles = {each.name: each.title or each.name for each in scenario.vendors}
    return known.get(name) or f"the vendor {titles[name]}"


def title(scenario: Scenario, name: str) -> str:
    """What a lever is called, in plain words."""
    parameter = lookup(name, scenario.vendor_names)
    owner = name.removeprefix(f"{parameter.name}_") if parameter.per else ""
    plain = parameter.name.replace("_", " ") + (" of {vendor}" if owner else "")
    said = TITLES.get(parameter.name, plain).format(vendor=vendor(scenario, owner) if owner else "")
    return said[0].upper() + said[1:]


def unit(parameter: Parameter) -> str:
    """Unit in words, as :func:`amount` writes them after the number."""
    found = _UNITS.get(parameter.unit, parameter.unit)
    return found.replace("share of", "% of", 1) if found.startswith("share of") else found


def amount(parameter: Parameter, value: float) -> str:
    """A value with its unit: shares in per cent. Below, of the share of benefit that a vendor asks, and of a year.

    >>> amount(lookup("fee_us"), 0.35), amount(lookup("value_midpoint"), 2032), amount(lookup("hazard_us"), 0.03)
    ('35 % of benefit', '2032', '0.03 a year')
    """
    words = unit(parameter)
    number = 100 * value if words.startswith("%") and parameter.unit.startswith("share") else value
    plain = f"{number:.7g}" if parameter.unit == "year" else f"{number:,.7g}"
    return f"{plain} {words}".strip().replace("-", "\N{MINUS SIGN}", int(number < 0))


def cited(text: str) -> str:
    """Text of a table with its keys of the bibliography as a name and a year, and without commands."""
    return _KEY.sub(lambda found: _source(found[1]), _COMMAND.sub("", text))


def _source(key: str) -> str:
    table = data.bibliography()
    if key not in table.index:
        return f"[{key}]"
    row = table.loc[key]
    named = isinstance(row["authors"], str) and row["authors"]
    who = str(named or row["title"]).split(";")[0].split(":")[0].strip()
    year = row["year"]
    return f"({who}, {year:.0f})" if year == year else f"({who})"
