"""What a later start costs, and the last year in which a start still has even odds.

**What is computed.** Nobody convenes before the launch year; from then on nations convene at the scenario's
``convening_rate``. Each launch year is an arm of the same replicates, and all are judged at the same end: does a viable
coalition stand, that is, one whose best models lag the frontier by at most ``lag`` months? The last year with even odds is
where the chance falls through one half, by linear interpolation between launch years; its interval is a bootstrap over
replicates. What waiting costs is the nations' AI benefit net of all costs, the mean over all years, against the earliest launch.

**Assumptions.** Political will is the only thing that is late. ``closing`` is how fast the frontier takes a growing share of the
vendors' compute (``frontier_share_growth``), the force that closes the window; -1 leaves the scenario's own value.

**How to read the figure.** Above: chance of a viable coalition by launch year with its 95 % interval, and the line of even
odds. Below: what a launch in that year loses against the earliest, paired replicate by replicate.

Source: the article's closing window [Article2025]; the design of the test is ours.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import parameters
from abm.scenario import Scenario
from analysis import statistics
from analysis.figures import style
from analysis.inquiry import Answer, Inquiry, Option, Stated

TITLE = "What does a later start cost, and when does the window close?"
CAPTION = (
    "Chance that a viable coalition stands at the end, by the year in which nations first convene (above), and the yearly AI "
    "benefit net of costs, over all years, against the earliest launch (below). 95 % intervals; replicates are paired."
)
REPLICATES = 200
OPTIONS = (
    Option("lag", 12.0, "months behind the frontier at which a coalition still counts as viable", 0.1, 120),
    Option("last", 2038, "last launch year", 2026, 2060),
    Option("closing", -1.0, "growth a year of the frontier's share of compute; -1 leaves the scenario's", -1, 2),
)
EVEN = 0.5


def answer(inquiry: Inquiry) -> Answer:
    """Launch years from the scenario's start to ``last``."""
    years = np.arange(int(np.ceil(inquiry.scenario.content.start)), int(inquiry["last"]) + 1)
    arms = inquiry.arms([launched(inquiry, int(year)) for year in years], series=True)
    viable = np.array([inquiry.outcomes(arm, "lag_coalition") <= inquiry["lag"] for arm in arms])
    benefit = np.array([inquiry.paths(arm, "net_benefit").mean(axis=1) for arm in arms])
    table = _table(years, viable, benefit)
    last = statistics.bootstrap(lambda rows: last_even(years, viable[:, rows].mean(axis=1)), inquiry.replicates)
    first, final = table.iloc[0], table.iloc[-1]
    stated = {
        "last_even": Stated("last launch year with even odds of a viable coalition", "year", last),
        "first_chance": Stated(f"chance with a launch in {years[0]}", "share", statistics.share(viable[0])),
        "final_chance": Stated(f"chance with a launch in {years[-1]}", "share", statistics.share(viable[-1])),
    }
    odds = f"{first.chance:.0%} for a launch in {years[0]} and {final.chance:.0%} for one in {years[-1]}"
    return Answer(f"{_when(last, years)} The chance is {odds}.", table, stated, drawn=inquiry["lag"])


def launched(inquiry: Inquiry, year: int) -> Scenario:
    """The scenario in which convening begins with ``year``."""
    document, start = inquiry.scenario.document(), inquiry.scenario.content.start
    values = document["parameters"]
    will = values.get("convening_rate") or parameters.lookup("convening_rate").default
    values["convening_rate"] = will if year <= start else 0.0
    if inquiry["closing"] >= 0:
        values["frontier_share_growth"] = inquiry["closing"]
    kept = [event for event in document.get("events", []) if event.get("name") != "convening_rate"]
    if year > start:
        kept.append({"date": float(year), "kind": "parameter", "name": "convening_rate", "value": will})
    document["events"] = kept
    return Scenario.parse(document, inquiry.scenario.name, f"launch in {year}")


def last_even(years: np.ndarray, chance: np.ndarray) -> float:
    """Year in which the chance last falls through one half; NaN where it never does (always above, or always below)."""
    above = np.flatnonzero(chance >= EVEN)
    if not len(above) or above[-1] == len(years) - 1:
        return float("nan")
    at = above[-1]
    return float(years[at] + (chance[at] - EVEN) / (chance[at] - chance[at + 1]) * (years[at + 1] - years[at]))


def _when(last: statistics.Estimate, years: np.ndarray) -> str:
    if np.isnan(last.value):
        return f"The chance of a viable coalition does not fall through one half for launches from {years[0]} to {years[-1]}."
    interval = f"[95 %: {last.low:.1f} to {last.high:.1f}]"
    return f"The last launch year with even odds of a viable coalition is {last.value:.1f} {interval}."


def _table(years: np.ndarray, viable: np.ndarray, benefit: np.ndarray) -> pd.DataFrame:
    """A row per launch year: chance with interval, paired difference in net benefit with interval [share of GDP/yr]."""
    rows = []
    for place, year in enumerate(years):
        chance = statistics.share(viable[place])
        change = statistics.difference(benefit[place], benefit[0])
        rows.append((year, chance.value, chance.low, chance.high, change.value, change.low, change.high))
    return pd.DataFrame(rows, columns=["launch", "chance", "low", "high", "benefit_change", "change_low", "change_high"])


@style.styled
def draw(answer: Answer) -> Figure:
    """Chance above, cost of delay below."""
    table, figure = answer.table, style.new(3.8)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    style.points(upper, table["launch"], table["chance"], table["low"], table["high"], style.GREEN)
    upper.axhline(EVEN, color=style.GREY, linewidth=0.8, linestyle="--")
    upper.set_ylim(-0.02, 1.02)
    style.percent(upper.yaxis)
    upper.set_ylabel(f"chance of a coalition at most\n{answer.drawn:g} months behind")
    change = 100 * table[["benefit_change", "change_low", "change_high"]]
    style.points(lower, table["launch"], change["benefit_change"], change["change_low"], change["change_high"], style.INK)
    lower.axhline(0, color=style.GREY, linewidth=0.8)
    lower.set_ylabel("net benefit against\nearliest (% of GDP)")
    lower.set_xlabel("launch year")
    return figure
