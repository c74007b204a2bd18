"""Response curves: the outcome by the value of each factor."""

import numpy as np
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.reading import responses
from analysis.reading.sweep import Sweep, axis_label

TITLE = "What the outcome answers to each factor"
CAPTION = (
    "Means at the end of the run with 95 % intervals. Where a factor was varied alone, all others are as in the scenario; where "
    "several were varied together, the mean is over all values of the others (over eight equal shares of the points where a "
    "factor takes many values). Dashed: the scenario's own value. Panels with the farthest reach come first."
)
FEW, MOST = 6, 20  # levels of a second factor that are drawn as lines; factors drawn


def fits(sweep: Sweep) -> bool:
    """All designs but Morris' and points of a person's own, which do not show a factor by itself."""
    return bool(sweep.factors) and sweep.method not in ("morris", "csv")


@style.styled
def draw(sweep: Sweep) -> Figure:
    """A panel per outcome for one factor or two, a panel per factor for more."""
    if len(sweep.factors) == 1 or _lines(sweep):
        return _by_outcome(sweep)
    return _by_factor(sweep)


def _lines(sweep: Sweep) -> bool:
    """Whether one of two factors has so few values that each can be a line."""
    if len(sweep.factors) != 2 or sweep.method == "one_at_a_time":
        return False
    return min(len(sweep.values(index)) for index in (0, 1)) <= FEW


def _by_outcome(sweep: Sweep) -> Figure:
    shown = sweep.outcomes[:4]
    figure = style.new(0.4 + 2.3 * (-(-len(shown) // 2)), gap=0.05)
    panels = figure.subplots(-(-len(shown) // 2), min(len(shown), 2), squeeze=False, sharex=True)
    index = 0 if len(sweep.factors) == 1 else int(np.argmax([len(sweep.values(p)) for p in (0, 1)]))
    for axes, outcome in zip(panels.ravel(), shown, strict=False):
        if len(sweep.factors) == 1:
            _curve(axes, sweep, index, responses.alone(sweep, index, outcome), palette.GREEN)
        else:
            _each_level(axes, sweep, index, outcome)
        _dress(axes, sweep, index, outcome)
        axes.set_title(style.wrapped(sweep.label(outcome), 44))
    for axes in panels[-1]:
        axes.set_xlabel(style.literal(axis_label(sweep, index)))
    for axes in panels.ravel()[len(shown) :]:
        axes.axis("off")
    if len(sweep.factors) == 2:
        handles, _ = panels[0, 0].get_legend_handles_labels()
        style.above(figure, handles, title=style.literal(sweep.factors[1 - index].name), title_fontsize=8, handlelength=2.0)
    return figure


def _each_level(axes, sweep: Sweep, index: int, outcome: str) -> None:
    levels = sweep.values(1 - index)
    for number, shade in zip(levels, style.ramp(len(levels)), strict=True):
        curve = responses.at(sweep, index, outcome, 1 - index, number)
        if sweep.factors[index].levels:  # beside each other, lest one hide the other
            curve["value"] += 0.12 * (np.flatnonzero(levels == number)[0] - (len(levels) - 1) / 2)
        _curve(axes, sweep, index, curve, shade, style.literal(sweep.text(1 - index, number)))


def _by_factor(sweep: Sweep) -> Figure:
    outcome = sweep.outcomes[0]
    names = list(responses.reach(sweep, outcome).index[:MOST])
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure = style.new(0.5 + 1.55 * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    names = [factor.name for factor in sweep.factors]
    for axes, name in zip(panels, names, strict=False):
        index = names.index(name)
        _curve(axes, sweep, index, responses.response(sweep, index, outcome), palette.GREEN)
        _dress(axes, sweep, index, outcome)
        axes.set_xlabel(style.wrapped(name, 24), fontsize=7.5)
    for axes in panels[len(names) :]:
        axes.axis("off")
    figure.supylabel(style.literal(sweep.label(outcome)), fontsize=8)
    return figure


def _curve(axes, sweep: Sweep, index: int, curve, shade: str, label: str | None = None) -> None:
    line = "" if sweep.factors[index].levels else "-"
    style.points(axes, curve["value"], curve["mean"], curve["low"], curve["high"], shade, label, line)


def _dress(axes, sweep: Sweep, index: int, outcome: str) -> None:
    if sweep.share(outcome):
        style.fine_percent(axes.yaxis)
    axes.grid(axis="y")
    if sweep.factors[index].levels:
        values = sweep.values(index)
        texts = [style.literal(sweep.text(index, value)) for value in values]
        turned = sum(map(len, texts)) > 22
        axes.set_xticks(values, texts, **({"rotation": 25, "ha": "right"} if turned else {}), fontsize=6.5)
        axes.set_xlim(values[0] - 0.5, values[-1] + 0.5)
        return
    present, column = sweep.present(index), sweep.points[:, index]
    if column.min() <= present <= column.max():
        axes.axvline(present, color=style.GREY, linewidth=0.8, linestyle="--", zorder=0)
    if _logarithmic(sweep, index):
        style.logarithmic(axes.xaxis)
    else:
        style.plain_ticks(axes.xaxis)


def _logarithmic(sweep: Sweep, index: int) -> bool:
    ranges = sweep.result.plan.design.get("ranges", [])
    return bool(index < len(ranges) and ranges[index].get("log"))
