"""What readers are told things are called: a plain title for every parameter and compared measure, vendors and sources in words.

Names such as ``fee_us`` are for files and the command line; no text of the page, or of a page that is sent, shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pandas as pd

from abm import data, parameters
from abm.world import Vendor

#: Title of each parameter; {vendor} stands for whose it is.
PARAMETERS = {
    "value_start": "Value of AI at first",
    "value_end": "Value of AI in the long run",
    "value_midpoint": "Year in which AI's value is half way up",
    "value_speed": "Speed at which AI's value rises",
    "adoption_full": "Use that counts as full adoption",
    "adoption_floor": "Least adoption of any nation",
    "adoption_response": "Adoption gained by spending on it",
    "quality_sensitivity": "Harm done by lagging behind",
    "fee": "Fee of {vendor}",
    "investment": "Investment of {vendor}",
    "vendor_lag": "Lag in methods of {vendor}",
    "investment_growth": "Growth of vendors' investment, at first",
    "investment_growth_end": "Growth of vendors' investment, long run",
    "frontier_share": "Compute behind one frontier programme",
    "frontier_share_growth": "Growth of that compute share, at first",
    "frontier_share_limit": "Most compute one programme can take",
    "growth_decay": "Years until the frontier slows down",
    "hold_up": "Surcharge for locked-in clients",
    "price_response": "Discount of a vendor that lost its clients",
    "hosting": "Hosting at home by {vendor}",
    "hosting_cost": "Surcharge for hosting at home",
    "hosting_response": "Hosting offered to win clients back",
    "inference_cost": "Cost of running models at home",
    "client_effort": "What clients spend on own compute",
    "effort_limit": "Most that builders spend",
    "effort_floor": "Least that builders spend",
    "contagion": "How far the riskiest member counts",
    "membership_cost": "Cost of membership",
    "site_cost": "Team and site of a builder",
    "world_compute": "World's AI compute at the start",
    "hardware": "Compute a dollar buys",
    "hardware_improvement": "Yearly gain in compute per dollar",
    "depreciation": "Wear of compute",
    "pooling": "Compute that builders can train with",
    "builder_lag": "Lag in methods of builders",
    "builder_efficiency": "Efficiency of builders",
    "talent_pull": "How much talent helps builders",
    "talent_exchange": "Talent brought by exchange programmes",
    "talent_abroad": "Leading researchers educated in China",
    "algorithmic_progress": "Progress of algorithms",
    "overhead_size": "Compute lost to coordination",
    "overhead_discord": "Compute lost to distrust",
    "federated": "Training done by federated learning",
    "federated_loss": "Efficiency lost by federated learning",
    "openness": "How much a coalition shares with outsiders",
    "open_weights_lag": "Lag of free models",
    "free_use": "Adoption with free models only",
    "hazard": "Targeted cuts by {vendor}",
    "hazard_distance": "Extra cuts with political distance",
    "retaliation": "Cuts against those who leave or build",
    "restriction_duration": "Length of a targeted cut",
    "severity": "Benefit lost while cut off",
    "risk_aversion": "Weight of a risk against a sure loss",
    "chip_dependence": "Builders' need of foreign chips",
    "outage_hazard": "Outages of a vendor",
    "outage_duration": "Length of an outage",
    "tension_volatility": "Swings of tension",
    "tension_reversion": "How fast tension calms down",
    "tension_drift": "Trend of tension",
    "prior_years": "Experience with cuts at the start",
    "social_learning": "Learning from others' cuts",
    "memory": "How long cuts are remembered",
    "lock_in_start": "Lock-in at the start",
    "lock_in_time": "Time in which lock-in builds up",
    "migration_cost": "Cost of moving one project",
    "projects_per_bn": "Projects there are to move",
    "portability": "Ease of changing provider",
    "planning_horizon": "How far ahead nations plan",
    "peer_weight": "Pull of what partners use",
    "distance_weight": "Cost of political distance",
    "taste_scale": "Strength of tastes",
    "taste_renewal": "How often tastes change",
    "review_rate": "How often nations review their stance",
    "convening_rate": "Will to convene a coalition",
    "convening_size": "Nations invited to found a coalition",
    "quorum_members": "Members needed to found",
    "quorum_gdp": "GDP needed to found",
    "admission": "Who decides on new members",
    "admission_tolerance": "Loss that members overlook",
    "decision": "How a nation decides",
    "vendor_answer": "How vendors answer lost clients",
    "cost_key": "How members share the cost",
    "notice": "Notice before leaving",
    "exit_fee": "Fee for leaving",
    "leaving_cost": "Standing lost by leaving",
    "affinity_votes": "Votes against shared institutions",
    "trust_gain": "Trust gained by working together",
    "trust_loss": "Trust lost by a departure",
    "trust_reversion": "How fast trust returns to its start",
    "growth": "Growth of GDP without AI",
    "growth_feedback": "Growth gained from AI",
}
#: Title of the measures that the page compares; {vendor} as above.
MEASURES = {
    "gdp_coalition": "GDP in coalitions",
    "nations_coalition": "Nations in coalitions",
    "gdp_us": "GDP with the US vendor",
    "gdp_china": "GDP with China's vendor",
    "lag_coalition": "Lag of the best coalition, months",
    "lag_mean": "Lag of what nations use, months",
    "sovereignty": "Sovereignty",
    "net_benefit": "Net benefit, of GDP a year",
    "restriction_loss": "Lost to cuts and outages, of GDP a year",
    "lock_in": "Lock-in",
    "cuts": "Cuts so far",
    "trust": "Trust",
}
#: Categorical values in words.
CHOICES = {
    "admission": {"open": "nobody: whoever asks is in", "majority": "a majority of members", "unanimity": "every member"},
    "decision": {"best": "for what is best to it"},
    "vendor_answer": {"discount": "with a discount, and hosting at home"},
    "cost_key": {"gdp": "by GDP", "equal": "in equal parts", "compute": "by compute"},
}
UNITS = {
    "1/yr": "a year", "yr": "years", "x": "times", "1/OOM": "per tenfold compute", "OOM/yr": "powers of ten a year",
    "1/sqrt(yr)": "per root of a year", "share/share of GDP": "per share of GDP", "1/share of talent": "per share of talent",
    "share/ln(members)": "per log of members", "1/distance": "per unit of distance", "M H100e": "million H100 chips' worth",
    "M H100e/bn US$": "million H100 chips' worth per bn US$", "year": "",
    "1/bn US$ of GDP": "per bn US$ of GDP", "US$/project": "US$ a project",
}
#: Groups of nations in words.
GROUPS = {
    "eu": "the European Union", "nato": "NATO", "five_eyes": "the Five Eyes", "g7": "the G7", "g20": "the G20",
    "oecd": "the OECD", "brics": "BRICS", "asean": "ASEAN", "sco": "the Shanghai Cooperation Organisation",
    "us_treaty_ally_asia_pacific": "US treaty allies in Asia and the Pacific", "eea_gdpr": "the European data area",
    "wassenaar": "the Wassenaar Arrangement", "data_area": "the wider data area",
    "chip_rule_partner": "partners in the US chip rules", "tier1": "US chip rules, tier 1", "tier2": "US chip rules, tier 2",
    "tier3": "US chip rules, tier 3", "midsized": "all mid-sized economies", "all": "all nations",
}
_BASELINE = {"us": "the US vendor", "china": "China's vendor"}
_CITED = re.compile(r"\s?\[([A-Z][A-Za-z]+\d{0,4})\]")
_INITIALS = re.compile(r"^([A-Z]\.\s?)+")
_PLACE = re.compile(r"^page: ((parameters\.|events\[\d+\][.:] ?)(name: )?)?")
_COMMAND = re.compile(r"\s?\(`abm [a-z]+`\)")


def vendor(name: str, vendors: Iterable[Vendor] = ()) -> str:
    """A vendor within a sentence, such as ``the US vendor``; ``vendors`` know the titles of those that a scenario adds."""
    if name in _BASELINE:
        return _BASELINE[name]
    title = next((v.title for v in vendors if v.name == name and v.title), name.replace("_", " ").capitalize())
    return f"the {title}" if title[0].islower() else f"{title}'s vendor"


def vendor_label(name: str, vendors: Iterable[Vendor] = ()) -> str:
    """The same on its own, as in a legend: ``US vendor``."""
    return vendor(name, vendors).removeprefix("the ")


def sentence(text: str) -> str:
    """With a capital first.

    >>> sentence("the US vendor")
    'The US vendor'
    """
    return text[:1].upper() + text[1:]


def parameter(name: str, vendors: Iterable[Vendor] = ()) -> str:
    """Title of a parameter by the name it is addressed with, such as ``fee_us``; the name in words where it is none."""
    if name in PARAMETERS:
        return PARAMETERS[name]
    stem = _stem(name)
    whose = name.removeprefix(f"{stem}_")
    return PARAMETERS[stem].format(vendor=vendor(whose, vendors)) if stem else name.replace("_", " ")


def _stem(name: str) -> str:
    """The parameter that a name such as ``fee_us`` addresses for a vendor; empty where it is none."""
    return next((stem for stem, p in parameters.BY_NAME.items() if p.per and name.startswith(f"{stem}_")), "")


def value(name: str, setting: object) -> str:
    """A parameter's value in words, with its unit.

    >>> value("fee_us", 0.4), value("investment_growth", 0.5), value("admission", "open")
    ('0.4 share of benefit', '0.5 a year', 'nobody: whoever asks is in')
    """
    if isinstance(setting, bool) or not isinstance(setting, int | float):
        return CHOICES.get(name, {}).get(str(setting), str(setting))
    stem = name if name in parameters.BY_NAME else _stem(name)
    return f"{setting:g} {plain(unit(parameters.BY_NAME[stem].unit)) if stem else ''}".rstrip()


def unit(short: str) -> str:
    """A unit spelled out where its sign says little.

    >>> unit("share of GDP/yr")
    'share of GDP a year'
    """
    return UNITS[short] if short in UNITS else short.replace("/yr", " a year")


def measure(name: str) -> str:
    """Title of a measure."""
    return MEASURES.get(name) or name.replace("_", " ")


def plain(text: str, vendors: Iterable[Vendor] = ()) -> str:
    """A text of a table without names of parameters, commands and keys of sources: these become words.

    >>> plain("share of effort_limit")
    'share of “most that builders spend”'
    """
    text = re.sub(r"([;:] )sweep\b", r"\1worth varying", text)
    text = _CITED.sub(lambda found: f" ({source(found[1])})", _COMMAND.sub("", text)).replace("`", "")
    for name in sorted(PARAMETERS, key=len, reverse=True):
        pattern = rf"\b{name}(_[a-z0-9_]+)?\b" if "_" in name else rf"\b{name}_[a-z0-9_]+\b"
        if "_" in name or parameters.BY_NAME[name].per:
            text = re.sub(pattern, lambda found: f"“{_inside(parameter(found[0], vendors))}”", text)
    return text


def message(error: object, vendors: Iterable[Vendor] = ()) -> str:
    """What was refused, without the place in a file, which the page's visitor has not written."""
    return "\n".join(sentence(plain(_PLACE.sub("", line), vendors)) for line in str(error).splitlines())


def _inside(title: str) -> str:
    """A title within a sentence."""
    return title[0].lower() + title[1:]


def nations(whom: str | list[str]) -> str:
    """Nations of an act in words: a group, or names for ISO codes."""
    if isinstance(whom, str):
        return GROUPS.get(whom, whom)
    known = data.nations()["name"]
    return ", ".join(str(known.get(iso3, iso3)) for iso3 in whom)


@cache
def source(key: str) -> str:
    """A source of the bibliography as a reader names it: first author, or title, and year."""
    if key not in data.bibliography().index:
        return key
    row = data.bibliography().loc[key]
    title, authors = str(row["title"]).split(":")[0], str(row["authors"]).split(";")[0].split(" and ")[0]
    who: str = title if pd.isna(row["authors"]) else _INITIALS.sub("", authors)
    return who.strip() if pd.isna(row["year"]) else f"{who.strip()} {int(float(row['year']))}"
