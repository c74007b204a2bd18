"""What a later start costs, and the last year in which a start still has even odds.

**What is computed.** Nobody convenes before the launch year; from then on nations convene at the scenario's ``convening_rate``.
Each launch year is an arm of the same replicates. Two chances are read from each: that a viable coalition stands at the end of
the scenario, and that one stands ``wait`` years after the launch, for which late launches run on beyond the end. Viable is a
coalition whose best models lag the frontier by at most ``lag`` months. The last year with even odds is where the first chance,
made monotone, falls through one half; its interval is a bootstrap over replicates. What waiting costs is the nations' AI
benefit net of all costs, the mean over the scenario's years, against the earliest launch.

**Assumptions.** Political will is the only thing that is late: a dated event that convenes nations before the launch happens at
the launch. What closes the window is growth: vendors' spending, and the share of it behind one frontier programme, grow at the
record's pace, which slows down with a time of ``growth_decay`` years (1.5: an early plateau, 8: a late one; 0 leaves the
scenario's own). The lag counted as viable is three years by default: coalitions of the baseline come to stand about there.

**How to read the figure.** Above: the two chances by launch year with 95 % intervals, and the line of even odds. Where the
chance at the end falls but the chance after the same wait does not, late starters lack time; where both fall, the window
closes. Below: what a launch in that year loses against the earliest, paired replicate by replicate.

**Time.** About 8 s on two cores at default precision.

Source: the article's closing window [Article2025]; isotonic regression [BarlowEtAl1972]; the design of the test is ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette, parameters
from abm.dates import SLACK
from abm.scenario import Scenario
from abm.words import ArgumentError
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.crossing import EVEN, estimate, open_ends
from analysis.methods.statistics import Estimate

TITLE = "What does a later start cost, and when does the window close?"
CAPTION = (
    "Chance that a viable coalition stands, by the year in which nations first convene (above), and the yearly AI benefit net of "
    "costs, over all years, against the earliest launch (below). 95 % intervals; replicates are paired."
)
REPLICATES = 200
OPTIONS = (
    Option("lag", 36.0, "months behind the frontier at which a coalition still counts as viable", 0.1, 120),
    Option("last", 2038, "last launch year", 1901, 2200),
    Option("wait", 5.0, "years after the launch at which a coalition is looked for as well", 0.25, 50),
    Option("growth_decay", 0.0, "years in which growth at the frontier slows down; 0 leaves the scenario's", 0, 100),
)


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    return {"set growth_decay": "is what the option growth_decay sets"} if inquiry["growth_decay"] > 0 else {}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return len(_years(inquiry)) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """Launch years from the scenario's start to ``last``."""
    years = _years(inquiry)
    asked = inquiry.fixed("convening_rate", *(["growth_decay"] if inquiry["growth_decay"] > 0 else []))
    arms = asked.arms([launched(inquiry, int(year)) for year in years], series=True)
    lag = np.array([inquiry.paths(arm, "lag_coalition") for arm in arms])
    last_step = inquiry.scenario.content.steps
    viable = lag[:, :, last_step] <= inquiry["lag"]
    after = [_step_after(inquiry, year) for year in years]
    waited = np.array([path[:, step] <= inquiry["lag"] for path, step in zip(lag, after)])
    benefit = np.array([inquiry.paths(arm, "net_benefit")[:, : last_step + 1].mean(axis=1) for arm in arms])
    table, even = _table(years, viable, waited, benefit), estimate(years, viable, falling=True)
    notes = open_ends(years, even) if np.isfinite(even.value) else []
    return Answer(_sentence(even, table, inquiry), table, _stated(years, viable, waited, even, table), notes, inquiry)


def _years(inquiry: Inquiry) -> np.ndarray:
    """Launch years. Errors: ArgumentError where fewer than two lie within the run."""
    first, end = int(np.ceil(inquiry.scenario.content.start - SLACK)), inquiry.scenario.end
    if not first < inquiry["last"] < end:
        raise ArgumentError("last", inquiry["last"], f"must lie after {first} and before {end:g}, where the scenario ends")
    return np.arange(first, inquiry["last"] + 1)


def _step_after(inquiry: Inquiry, year: float) -> int:
    content = inquiry.scenario.content
    return round((year + inquiry["wait"] - content.start) / content.step_years)


def launched(inquiry: Inquiry, year: int) -> Scenario:
    """The scenario in which convening begins with ``year``, long enough for the last launch to wait."""
    document, start = inquiry.scenario.document(), inquiry.scenario.content.start
    values = document["parameters"]
    will = _will(inquiry.scenario)
    values["convening_rate"] = will if year <= start else 0.0
    own = {"convening_rate"}
    if inquiry["growth_decay"] > 0:
        values["growth_decay"] = inquiry["growth_decay"]
        own.add("growth_decay")
    document["events"] = [_put_off(event, year) for event in document.get("events", []) if event.get("name") not in own]
    if year > start:
        document["events"].append({"date": float(year), "kind": "parameter", "name": "convening_rate", "value": will})
    document["steps"] = max(inquiry.scenario.content.steps, _step_after(inquiry, inquiry["last"]))
    return Scenario.parse(document, inquiry.scenario.name, f"launch in {year}")


def _will(scenario: Scenario) -> float:
    """The strongest political will that the scenario knows; the default where it knows none."""
    events = [event.value for event in scenario.content.events if event.name == "convening_rate"]
    known = [scenario.content.parameters.get("convening_rate", 0.0), *events]
    return max(float(value or 0) for value in known) or parameters.lookup("convening_rate").default


def _put_off(event: dict[str, Any], year: int) -> dict[str, Any]:
    return event | {"date": max(event["date"], float(year))} if event["kind"] == "convene" else event


def _sentence(even: Estimate, table: pd.DataFrame, inquiry: Inquiry) -> str:
    first, final = table.iloc[0], table.iloc[-1]
    span = f"launches from {first.launch:.0f} to {final.launch:.0f}"
    said = f"The chance of a coalition at most {inquiry['lag']:g} months behind does not fall through one half for {span}."
    if np.isfinite(even.value):
        said = f"The last launch year with even odds is {even.value:.1f} [95 %: {even.low:.1f} to {even.high:.1f}]."
    odds = f"The chance of a coalition at the end is {first.chance:.0%} for the first launch and {final.chance:.0%} for the last;"
    wait = f"{inquiry['wait']:g} years after the launch it is {first.chance_after:.0%} and {final.chance_after:.0%}."
    return f"{said} {odds} {wait}"


def _stated(years, viable: np.ndarray, waited: np.ndarray, even: Estimate, table: pd.DataFrame) -> dict[str, Stated]:
    """The numbers of the answer."""
    stated = {"last_even": Stated("last launch year with even odds of a viable coalition", "year", even)}
    for key, index in (("first", 0), ("final", -1)):
        label = f"with a launch in {years[index]}"
        stated[f"{key}_chance"] = Stated(f"chance at the end {label}", "share", statistics.share(viable[index]))
        stated[f"{key}_after"] = Stated(f"chance after the wait {label}", "share", statistics.share(waited[index]))
    row = table.iloc[-1]
    cost = Estimate(row.benefit_change, row.change_low, row.change_high, viable.shape[1])
    return stated | {"cost": Stated(f"net benefit with a launch in {years[-1]} against {years[0]}", "share of GDP/yr", cost)}


def _table(years: np.ndarray, viable: np.ndarray, waited: np.ndarray, benefit: np.ndarray) -> pd.DataFrame:
    """A row per launch year: the chances with intervals, the paired difference in net benefit [share of GDP/yr]."""
    rows = []
    for index, year in enumerate(years):
        kinds = (statistics.share(viable[index]), statistics.share(waited[index]))
        found = (*kinds, statistics.difference(benefit[index], benefit[0]))
        rows.append((year, *(number for e in found for number in (e.value, e.low, e.high))))
    names = ["chance", "low", "high", "chance_after", "after_low", "after_high", "benefit_change", "change_low", "change_high"]
    return pd.DataFrame(rows, columns=["launch", *names])


@style.styled
def draw(answer: Answer) -> Figure:
    """Chances above, cost of delay below."""
    table, figure, inquiry = answer.table, style.new(4.2), answer.drawn
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    later, wait = table["launch"] + 0.12, f"{inquiry['wait']:g} years after the launch"
    style.points(upper, table["launch"], table["chance"], table["low"], table["high"], palette.GREEN, "at the end")
    style.points(upper, later, table["chance_after"], table["after_low"], table["after_high"], palette.ORANGE, wait, "--")
    upper.axhline(EVEN, color=style.GREY, linewidth=0.8, linestyle="--")
    upper.set_ylim(-0.02, 1.02)
    style.percent(upper.yaxis)
    upper.set_ylabel(f"chance of a coalition at most\n{inquiry['lag']:g} months behind")
    style.above(figure, upper.get_legend_handles_labels()[0], handlelength=2.0)
    change = 100 * table[["benefit_change", "change_low", "change_high"]]
    style.points(lower, table["launch"], change["benefit_change"], change["change_low"], change["change_high"], style.INK)
    lower.axhline(0, color=style.GREY, linewidth=0.8)
    lower.set_ylabel("net benefit against\nearliest (% of GDP a year)")
    lower.set_xlabel("launch year")
    return figure
