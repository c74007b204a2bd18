"""At what value of a parameter the outcome tips, and whether it tips back at the same value.

**What is computed.** The outcome is that ``measure`` reaches ``threshold`` in the last step; its chance is the share of
replicates in which it does. Every value of ``parameter`` runs the same replicates. A grid over the range finds where the chance
crosses one half by more than noise, and finer grids narrow each crossing. (Plain bisection would settle where noise crosses one
half, and its intervals hold the truth too rarely.) The tipping point is the crossing of the chances made monotone between its
neighbours; its interval is a bootstrap over replicates. Where there are several, the first from below is headed.

*Hysteresis.* Each of ``rungs`` values is reached twice within a run: in one run the parameter starts at the low end, is raised
in steps to the high end and lowered to the value; in the other it starts high, is lowered to the low end and raised to the
value. Both reach it on the same date, ``settle`` years before the end, so that the world's own growth is the same in both. The
gap is the paired difference of ``measure`` at the end between coming from above and coming from below.

**Assumptions.** The parameter moves alone; dated events of the scenario that would set it are left out. In the grid a value is
what the world has always been: tastes are drawn so that each nation's choice on record is its best there, and a tipping point
says in which worlds the outcome comes about, not what a change of the parameter would do. The sweeps do change it: both begin
with the tastes of the scenario's own value. A gap shows that history matters for at least ``settle`` years, not that it does
for ever. A parameter that counts only when a run starts has no branches.

**How to read the figure.** Left: the chance by value; the shaded strip is the interval of the tipping point. Right: the measure
on the two branches; where their intervals stay apart, the way back is another one than the way there.

**Time.** About 10 s on two cores at default precision.

Source: increasing returns and lock-in [Arthur1989], equilibria with peers [BrockDurlauf2001]; isotonic regression
[BarlowEtAl1972].
"""

from __future__ import annotations

import textwrap
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette, parameters
from abm.words import ArgumentError
from analysis.experiments import hysteresis, outcome, ranges
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import constant
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.crossing import EVEN, open_ends
from analysis.methods.scale import Scale
from analysis.methods.search import ONE_CROSSING, look
from analysis.methods.statistics import Estimate

TITLE = "At what value of a parameter does the outcome tip, and does it tip back there?"
CAPTION = (
    "Left: chance of the outcome by value of the parameter (band: 95 % interval), with the tipping point and its interval "
    "(strip). Right: the measure at the end after the parameter came from above and from below on the same date. 95 % intervals; "
    "paired replicates."
)
REPLICATES = 200
OPTIONS = (
    Option("parameter", "hazard_us", "parameter that is moved"),
    Option("range", "plausible", "LOW:HIGH of the parameter, such as 0.02:1, or plausible"),
    outcome.MEASURE,
    outcome.THRESHOLD,
    Option("settle", 3.0, "years from reaching a value to the end, in the sweeps up and down", 0.25, 100),
    Option("rungs", 7, "values at which the two branches are compared; 0 leaves them out", 0, 41),
)


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    found = {f"set {inquiry['parameter']}": "is what the question moves; range says where"}
    return found if inquiry["rungs"] else found | {"settle": "is for the branches, which rungs = 0 leaves out"}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes where the chance crosses one half once."""
    return (ONE_CROSSING + 2 * inquiry["rungs"]) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """The tipping points, and the gap between the branches."""
    outcome.measure(inquiry)
    name, scale = inquiry["parameter"], scale_of(inquiry)  # first, since they say what is wrong with the options
    asked = inquiry.about(constant(inquiry.scenario, [name])).fixed(name)
    happened, found = look(partial(_ask, asked, name), scale)
    loop, note = _branches(asked, name, scale)
    stated = _stated(inquiry, happened, found, loop)
    notes = [note] if note else []
    if len(found) > 1:
        points = ", ".join(f"{found_one.value:.3g}" for found_one in found)
        notes.append(f"The chance crosses one half more than once, at {points}.")
    if found:
        notes += open_ends(happened.index.to_numpy(), found[0])
    table = pd.concat([_table(happened), loop.table()], ignore_index=True) if loop.rungs else _table(happened)
    sentence = f"{_sentence(inquiry, happened, found)} {_hysteresis(loop, inquiry)}".strip()
    return Answer(sentence, table, stated, notes, (inquiry, found, loop))


def scale_of(inquiry: Inquiry) -> Scale:
    """The range asked for, logarithmic where it spans an order of magnitude. Errors: ArgumentError."""
    name, text = inquiry["parameter"], inquiry["range"]
    parameter = parameters.lookup(name, inquiry.scenario.vendor_names)
    if parameter.choices:
        raise ArgumentError("parameter", name, f"has names ({', '.join(parameter.choices)}), and only numbers can tip")
    axis = ranges.plausible(inquiry.scenario, name)
    low, high = (axis.range.low, axis.range.high) if text == "plausible" else _ends(text)
    for end in (low, high):
        try:
            parameter.parse(end)
        except ValueError as error:
            raise ArgumentError("range", text, str(error)) from None
    return Scale(low, high, parameter.whole)


def _ends(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        raise ArgumentError("range", text, "LOW:HIGH is needed, such as 0.02:1") from None
    if not low < high:
        raise ArgumentError("range", text, "LOW must lie below HIGH")
    return low, high


def _ask(inquiry: Inquiry, name: str, values: np.ndarray) -> pd.DataFrame:
    """What happened at values of the parameter, a column per replicate."""
    runs = inquiry.points(pd.DataFrame({name: values}))
    return pd.DataFrame(outcome.reached(inquiry, runs).reshape(len(values), -1), index=values)


def _branches(inquiry: Inquiry, name: str, scale: Scale) -> tuple[hysteresis.Loop, str]:
    """The two branches; none, with the reason, where the parameter may not change within a run."""
    parameter = parameters.lookup(name, inquiry.scenario.vendor_names)
    if parameter.at_start:
        return hysteresis.Loop(), f"{name} counts only when a run starts, so it has no branches to compare."
    if not inquiry["rungs"]:
        return hysteresis.Loop(), ""
    return hysteresis.loop(inquiry, name, scale), ""


def _stated(inquiry: Inquiry, happened: pd.DataFrame, found: list[Estimate], loop: hysteresis.Loop) -> dict[str, Stated]:
    name = inquiry["parameter"]
    unit, measured = parameters.lookup(name, inquiry.scenario.vendor_names).unit, outcome.unit(inquiry)
    point = found[0] if found else Estimate(float("nan"), count=happened.shape[1])
    stated = {"tipping_point": Stated(f"{name} at which the chance crosses one half", unit, point)}
    for side, end in (("low", happened.index[0]), ("high", happened.index[-1])):
        stated[f"chance_{side}"] = Stated(f"chance at {name} = {end:g}", "share", statistics.share(happened.loc[end]))
    if loop.rungs:
        stated["gap"] = Stated("mean gap between the branches", measured, loop.mean)
        stated["largest_gap"] = Stated(f"largest gap, at {name} = {loop.widest:.3g}", measured, loop.largest)
    return stated


def _sentence(inquiry: Inquiry, happened: pd.DataFrame, found: list[Estimate]) -> str:
    name, chance = inquiry["parameter"], happened.mean(axis=1)
    low, high = happened.index[0], happened.index[-1]
    odds = f"{chance.iloc[0]:.0%} at {low:g} and {chance.iloc[-1]:.0%} at {high:g}"
    if not found:
        moved = f"as {name} goes from {low:g} to {high:g}"
        return f"The chance that {outcome.words(inquiry)} does not cross one half {moved}: it is {odds}."
    point = found[0]
    at = f"{_label(inquiry)} = {point.value:.3g} [95 %: {point.low:.3g} to {point.high:.3g}]"
    return f"The chance that {outcome.words(inquiry)} crosses one half at {at}; it is {odds}."


def _hysteresis(loop: hysteresis.Loop, inquiry: Inquiry) -> str:
    if not loop.rungs:
        return ""
    gap, years = loop.mean, f"{inquiry['settle']:g} years after the parameter came to rest"
    interval = f"{gap.value:+.2g} [95 %: {gap.low:+.2g} to {gap.high:+.2g}]"
    verdict = "History matters" if gap.clear else "No hysteresis shows"
    return (
        f"{verdict}: {years}, coming from above instead of from below changes {outcome.title(inquiry)} by {interval} on average."
    )


def _table(happened: pd.DataFrame) -> pd.DataFrame:
    """A row per value: the chance with its interval."""
    chances = [statistics.share(row) for row in happened.to_numpy()]
    rows = [("chance", value, c.value, c.low, c.high) for value, c in zip(happened.index, chances)]
    return pd.DataFrame(rows, columns=["what", "value", "estimate", "low", "high"])


@style.styled
def draw(answer: Answer) -> Figure:
    """Chance on the left, the two branches on the right."""
    inquiry, found, loop = answer.drawn
    figure = style.new(3.1, 0.06)
    panels = figure.subplots(1, 2 if loop.rungs else 1, squeeze=False)[0]
    _draw_chance(panels[0], answer.table[answer.table["what"] == "chance"], found)
    panels[0].set_ylabel(textwrap.fill(f"chance that {outcome.words(inquiry)}", 38))
    if loop.rungs:
        loop.draw(panels[1], outcome.title(inquiry), outcome.unit(inquiry))
    for axes in panels:
        axes.set_xlabel(_label(inquiry))
        if scale_of(inquiry).log:
            style.logarithmic(axes.xaxis)
    return figure


def _draw_chance(axes, table: pd.DataFrame, found: list[Estimate]) -> None:
    axes.plot(table["value"], table["estimate"], color=palette.GREEN, marker="o", markersize=2.5, linewidth=1)
    axes.fill_between(table["value"], table["low"], table["high"], color=palette.GREEN, alpha=0.2, linewidth=0)
    axes.axhline(EVEN, color=style.GREY, linewidth=0.8, linestyle="--")
    for point in found:
        axes.axvspan(point.low, point.high, color=palette.VERMILLION, alpha=0.2, linewidth=0)
        axes.axvline(point.value, color=palette.VERMILLION, linewidth=1)
        axes.annotate(
            f" {point.value:.2g}",
            (point.high, 1.0),
            xycoords=("data", "axes fraction"),
            color=palette.VERMILLION,
            va="top",
            fontsize=8,
        )
    axes.set_ylim(-0.02, 1.02)
    style.percent(axes.yaxis)


def _label(inquiry: Inquiry) -> str:
    unit = parameters.lookup(inquiry["parameter"], inquiry.scenario.vendor_names).unit
    return f"{inquiry['parameter']} ({unit})"
