"""How often each nation is in a coalition at the end, over replicates."""

import numpy as np
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.methods.statistics import wilson
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("choices",)
TITLE = "Who ends up in a coalition"
CAPTION = (
    "Filled dot: share of replicates in which the nation is a member of a coalition at the end of the run, with the 95 % "
    "interval that the number of replicates allows (Wilson's). Hollow dot: share of replicates in which it is a member at "
    "any time. Nations that are in a coalition in nearly all replicates are its likely core."
)
MOST = 60  # nations drawn; the rest are the least frequent


@style.styled
def draw(result: Result) -> Figure:
    """A row per nation, the most frequent member first."""
    count = len(ensembles.finished(result))
    frame = ensembles.memberships(result)
    shown = frame.head(MOST)
    columns = 2 if len(shown) > 30 else 1
    rows = -(-len(shown) // columns)
    figure = style.new(max(1.8, 1.0 + 0.15 * rows))
    for column, axes in enumerate(figure.subplots(1, columns, sharex=True, squeeze=False)[0]):
        _column(axes, shown.iloc[column * rows : (column + 1) * rows], count, rows)
    handles = [
        style.mark("member at the end, with 95 % interval", "o", palette.GREEN),
        style.mark("member at any time", "o", palette.GREEN, hollow=True),
    ]
    style.above(figure, handles)
    left_out = f"; the {len(frame) - MOST} least frequent of {len(frame)} nations are left out" if len(frame) > MOST else ""
    figure.supxlabel(f"share of {style.replicates(count)}{left_out}", fontsize=8)
    return figure


def _column(axes, shown, count: int, rows: int) -> None:
    y = np.arange(len(shown))
    low, high = wilson(shown["at_end"].to_numpy() * count, count)
    axes.hlines(y, low, high, color=palette.GREEN, linewidth=1.2, alpha=0.6)
    axes.plot(shown["ever"], y, "o", markersize=4.5, markerfacecolor="white", markeredgecolor=palette.GREEN, clip_on=False)
    axes.plot(shown["at_end"], y, "o", markersize=4.5, color=palette.GREEN, clip_on=False)
    axes.set_yticks(y, [style.literal(name) for name in shown["name"]], fontsize=6.5)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    style.percent(axes.xaxis)
