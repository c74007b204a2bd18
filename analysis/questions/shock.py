"""What an outage, a tier rule or a lasting cut changes: who moves, what it costs, how long recovery takes.

**What is computed.** The same replicates run with and without one dated event. ``outage``: all clients of the vendor lose it,
for 18 days by default. ``tier-rule``: the vendor's country cuts off tier 2 of the US rule of January 2025 for half a year.
``lasting-cut``: it cuts off the named nations (by default the European Union) for ten years. *Who moves*: ``after`` years
later, the paired change in the share of replicates in which a nation uses the vendor, another vendor, a coalition, or none of
them; a nation is named as moved where a change remains significant at 5 % after Holm's correction over all nations. *What it
costs*: the paired change in net benefit times GDP from the event to the end, in bn US$ of the data's year; a shock that drives
nations to something better may pay. *Recovery*: years until the mean loss, after its largest, stays below a tenth of it for a
year, or has become a gain; its interval is a bootstrap over replicates.

**Assumptions.** The event is added to those that the scenario draws by chance. Common outages change no belief about being
singled out, since all know how often they come, so in this model they cost what they cost and move nobody. A cut also moves the
beliefs of others, by ``social_learning``. The model knows no cap on chips: a cut to services and chips stands in for the tier
rule.

**How to read the figure.** Left: the nations whose use of the vendor changes most, in percentage points. Right: net benefit
against the same runs without the shock; the strip ends where recovery is reached. 95 % intervals; replicates are paired.

**Time.** About 2 s on two cores at default precision.

Source: the tier rule [FederalRegister2025], the outage [Outage2026]; Holm's correction [Holm1979]; weaponized interdependence
[FarrellNewman2019].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import data, options, palette
from abm.dates import SLACK
from abm.scenario import Scenario, ScenarioError
from abm.words import ArgumentError
from analysis.comparisons.comparison import holm, pairwise
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import with_events
from analysis.figures import style
from analysis.methods import recovery, statistics
from analysis.methods.statistics import LEVEL, Estimate
from runs.ensemble import Results

TITLE = "What does a shock change: who moves, what does it cost, how long does recovery take?"
CAPTION = (
    "Left: change in the chance to use the vendor, to be in a coalition, and to do neither, for the nations that move most. "
    "Right: net benefit against the same runs without the shock; the strip is the time until the loss is made good. 95 % "
    "intervals; replicates are paired."
)
REPLICATES = 200
#: Kind -> kind of event, years, nations.
KINDS: dict[str, tuple[str, float, str]] = {
    "outage": ("outage", 18 / 365.25, ""), "tier-rule": ("restriction", 0.5, "tier2"), "lasting-cut": ("restriction", 10.0, "eu"),
}  # fmt: skip
OPTIONS = (
    Option("kind", "tier-rule", "what happens", choices=tuple(KINDS)),
    Option("vendor", "us", "vendor that fails or cuts"),
    Option("date", 2028.0, "date of the shock [year]", 1900, 2300),
    Option("nations", "default", "who is cut off: a group, ISO codes joined by commas, or default"),
    Option("years", 0.0, "how long it lasts; 0 for the kind's own", 0, 100),
    Option("after", 2.0, "years after the shock at which moves are counted", 0.25, 100),
)
GROUPS = ("vendor", "other_vendor", "coalition", "neither")
SHOWN = 14  # nations in the figure
NOISY = "The noise is above a tenth of the largest loss: with more replicates recovery may show later."


@dataclass(frozen=True)
class Pair:
    """``changes`` (R, T+1) net benefit with the shock less without [bn US$/yr]; ``moves`` (R, N, 4) in -1, 0, 1."""

    changes: np.ndarray
    moves: np.ndarray
    before: np.ndarray


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return 2 * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """The same runs with and without the shock."""
    event = event_of(inquiry)
    first, at = _steps(inquiry)
    base, hit = inquiry.arms([inquiry.scenario, shocked(inquiry.scenario, event)], series=True, choices=True)
    pair = paired(inquiry, base, hit, at)
    table = movers(inquiry, pair)
    after = pair.changes[:, first:]
    stated = _stated(inquiry, pair, after)
    notes = [] if recovery.resolved(after, stated["recovery"].estimate, inquiry.scenario.content.step_years) else [NOISY]
    return Answer(
        _sentence(inquiry, event, table, stated), table, stated, notes, (inquiry, table, after, stated["recovery"].estimate)
    )


def event_of(inquiry: Inquiry) -> dict[str, Any]:
    """The shock as a dated event. Errors: ArgumentError for a vendor or nations that the scenario does not know."""
    kind, years, nations = KINDS[inquiry["kind"]]
    vendors = inquiry.scenario.vendor_names
    if inquiry["vendor"] not in vendors:
        raise ArgumentError("vendor", inquiry["vendor"], f"no such vendor; known are {', '.join(vendors)}")
    event = {"date": inquiry["date"], "kind": kind, "vendor": inquiry["vendor"], "years": inquiry["years"] or years}
    if kind == "outage":
        if inquiry["nations"] != "default":
            raise ArgumentError("nations", inquiry["nations"], "an outage hits all clients of the vendor, so it takes no nations")
        return event
    asked = nations if inquiry["nations"] == "default" else inquiry["nations"]
    return event | {"nations": asked if asked in data.GROUPS else [code.strip() for code in asked.split(",")]}


def shocked(scenario: Scenario, event: dict[str, Any]) -> Scenario:
    """The scenario with the shock. Errors: ArgumentError for nations that it does not know."""
    try:
        return with_events(scenario, [event])
    except ScenarioError as error:
        lines = [line.rpartition("nations: ")[2] for line in str(error).splitlines()]
        raise ArgumentError("nations", None, "; ".join(lines)) from None


def _steps(inquiry: Inquiry) -> tuple[int, int]:
    """Steps of the shock and of the count of moves. Errors: ArgumentError where either lies outside the run."""
    start, end = inquiry.scenario.content.start, inquiry.scenario.end
    if not start <= inquiry["date"] < end:
        raise ArgumentError("date", inquiry["date"], f"lies outside the run, {start:g} to {end:g}")
    if inquiry["date"] + inquiry["after"] > end + SLACK:
        counted = inquiry["date"] + inquiry["after"]
        raise ArgumentError("after", inquiry["after"], f"{counted:g} lies after the end of the run, {end:g}")
    return inquiry.scenario.step_of(inquiry["date"]), inquiry.scenario.nearest_step(inquiry["date"] + inquiry["after"])


def paired(inquiry: Inquiry, base: Results, hit: Results, at: int) -> Pair:
    """Net benefit in money at every step, and where every nation is at step ``at``."""
    changes = inquiry.money(hit, "net_benefit") - inquiry.money(base, "net_benefit")
    where = [held(inquiry, results, at) for results in (base, hit)]
    kept = (base.status == 0) & (hit.status == 0)
    return Pair(changes[kept], where[1][kept] - where[0][kept], where[0][kept].mean(axis=0))


def held(inquiry: Inquiry, results: Results, at: int) -> np.ndarray:
    """(R, N, 4) whether each nation uses the vendor, another, a coalition, or neither at step ``at``."""
    source, vendors = results.sources[:, at], inquiry.scenario.vendor_names
    index = vendors.index(inquiry["vendor"])
    kinds = (
        source == index,
        (source < len(vendors)) & (source != index),
        options.in_coalition(source, vendors),
        (source >= len(vendors)) & ~options.in_coalition(source, vendors),
    )
    return np.stack(kinds, axis=-1).astype(float)


def movers(inquiry: Inquiry, pair: Pair) -> pd.DataFrame:
    """A row per nation: change in the share of each group with interval, Holm's p of the largest, whether it moves."""
    nations = inquiry.scenario.nations()
    rows, tests = [], []
    for index, (iso3, name) in enumerate(nations["name"].items()):
        found = [pairwise(np.zeros(len(pair.moves)), pair.moves[:, index, group]) for group in range(len(GROUPS))]
        tests.append(min(1.0, len(GROUPS) * min(p for _, p in found)))
        numbers = [number for e, _ in found for number in (e.value, e.low, e.high)]
        rows.append((iso3, name, pair.before[index, 0], *numbers))
    ends = [f"{group}{end}" for group in GROUPS for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=["iso3", "nation", "vendor_without", *ends])
    table["p"] = holm(np.array(tests))
    table["moves"] = table["p"] < 1 - LEVEL
    return table.iloc[table["vendor"].abs().argsort(kind="stable")[::-1]].reset_index(drop=True)


def _stated(inquiry: Inquiry, pair: Pair, after: np.ndarray) -> dict[str, Stated]:
    """Cost, recovery, and how many nations change, on average over replicates."""
    years, end = inquiry.scenario.content.step_years, inquiry.scenario.end
    worst = int(np.argmin(after.mean(axis=0)))
    moved = (pair.moves != 0).any(axis=2).sum(axis=1)
    return {
        "cost": Stated(f"net benefit to {end:g} against no shock", "bn US$", statistics.mean(after.sum(axis=1) * years)),
        "worst": Stated(f"largest loss, {worst * years:g} years after the shock", "bn US$/yr", statistics.mean(after[:, worst])),
        "recovery": Stated("time to recovery", "yr", recovery.estimate(after, years)),
        "clients": Stated(
            f"change in the vendor's clients {inquiry['after']:g} years later",
            "nations",
            statistics.mean(pair.moves[:, :, 0].sum(axis=1)),
        ),
        "members": Stated("change in members of coalitions then", "nations", statistics.mean(pair.moves[:, :, 2].sum(axis=1))),
        "moved": Stated("nations somewhere else than without it then", "nations", statistics.mean(moved)),
    }


def _sentence(inquiry: Inquiry, event: dict[str, Any], table: pd.DataFrame, stated: dict[str, Stated]) -> str:
    moved = table[table["moves"]]
    named = ", ".join(moved["nation"].head(5)) + (" and others" if len(moved) > 5 else "")
    count = f"{len(moved)} nation{'s' * (len(moved) != 1)}"
    who = (
        f"{count} of {len(table)} have moved by more than noise ({named})"
        if len(moved)
        else "no nation has moved by more than noise"
    )
    after = f"{inquiry['after']:g} years later {who}; the vendor's clients change by {_signed(stated['clients'])} nations"
    cost = f"Up to {inquiry.scenario.end:g} the nations' net benefit changes by {_signed(stated['cost'])} bn US$;"
    return f"{_words(event)}: {after}, members of coalitions by {_signed(stated['members'])}. {cost} {_recovery(stated)}"


def _words(event: dict[str, Any]) -> str:
    years, vendor = event["years"], event["vendor"]
    span = f"{years * 365.25:.0f} days" if years < 0.25 else f"{years:g} years"
    if event["kind"] == "outage":
        return f"An outage of the vendor {vendor} for {span} in {event['date']:g}"
    who = event["nations"] if isinstance(event["nations"], str) else ", ".join(event["nations"])
    return f"A cut of {who} by the vendor {vendor} for {span} from {event['date']:g}"


def _signed(stated: Stated) -> str:
    value, low, high = (number + 0.0 for number in (stated.estimate.value, stated.estimate.low, stated.estimate.high))
    return f"{value:+.3g} [95 %: {low:+.3g} to {high:+.3g}]"


def _recovery(stated: dict[str, Stated]) -> str:
    found, worst = stated["recovery"].estimate, stated["worst"].estimate
    if not worst.high < 0:
        return "at no time is there a loss larger than noise."
    loss = f"the largest loss is {-worst.value:.3g} bn US$ a year"
    if np.isnan(found.value):
        return f"{loss}, not recovered by the end (at the earliest after {found.low:.3g} years)."
    return f"{loss}, recovered after {found.value:.3g} years [95 %: {found.low:.3g} to {found.high:.3g}]."


@style.styled
def draw(answer: Answer) -> Figure:
    """Movers on the left, the path of net benefit on the right."""
    inquiry, table, after, found = answer.drawn
    figure = style.new(3.8, 0.06)
    left, right = figure.subplots(1, 2, width_ratios=[5, 5])
    _draw_movers(left, table.head(SHOWN), inquiry["after"])
    style.above(figure, left.get_legend_handles_labels()[0], "upper left", handletextpad=0.2)
    _draw_path(right, inquiry, after, found)
    return figure


def _draw_movers(axes, table: pd.DataFrame, after: float) -> None:
    rows = np.arange(len(table))[::-1]
    kinds = (
        ("vendor", palette.BLUE, "the vendor"),
        ("coalition", palette.GREEN, "a coalition"),
        ("neither", palette.ORANGE, "neither of them"),
        ("other_vendor", palette.VERMILLION, "another vendor"),
    )
    for (key, colour, label), shift in zip(kinds, (0.27, 0.09, -0.09, -0.27)):
        part = 100 * table[[key, f"{key}_low", f"{key}_high"]]
        axes.hlines(rows + shift, part.iloc[:, 1], part.iloc[:, 2], color=colour, linewidth=1.1)
        axes.plot(part.iloc[:, 0], rows + shift, "o", color=colour, markersize=3.2, label=label)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.set_yticks(rows, table["nation"])
    axes.set_xlabel(f"change in the chance to use it {after:g} years later\n(percentage points)")


def _draw_path(axes, inquiry: Inquiry, after: np.ndarray, found: Estimate) -> None:
    years = inquiry["date"] + inquiry.scenario.content.step_years * np.arange(after.shape[1])
    error = 1.96 * after.std(axis=0, ddof=1) / np.sqrt(len(after))
    mean = after.mean(axis=0)
    axes.fill_between(years, mean - error, mean + error, color=style.INK, alpha=0.18, linewidth=0)
    axes.plot(years, mean, color=style.INK)
    if np.isfinite(found.value):
        axes.axvspan(inquiry["date"], inquiry["date"] + found.value, color=palette.VERMILLION, alpha=0.12, linewidth=0)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    style.years(axes, years)
    axes.set_ylabel("net benefit against no shock (bn US$ a year)".replace("$", r"\$"))
