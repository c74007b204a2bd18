"""Points of a person's own: what each came to."""

import textwrap

import numpy as np
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.reading.sweep import Sweep

TITLE = "What each design point came to"
CAPTION = "Means over the replicates of each design point at the end of the run, with 95 % intervals; points as they were given."
MOST = 40  # points drawn


def fits(sweep: Sweep) -> bool:
    """A table of a person's own points."""
    return sweep.method == "csv"


@style.styled
def draw(sweep: Sweep) -> Figure:
    """A row per point, a panel per outcome."""
    shown, count = sweep.outcomes[:4], min(len(sweep.points), MOST)
    texts = ["\n".join(textwrap.wrap(sweep.where(point), 34)) for point in range(count)]
    heights = np.array([text.count("\n") + 1.6 for text in texts])
    y = heights.cumsum() - heights / 2
    figure = style.new(0.7 + 0.12 * heights.sum())
    panels = figure.subplots(1, len(shown), squeeze=False, sharey=True)[0]
    for axes, outcome in zip(panels, shown, strict=True):
        table = sweep.table.head(count)
        axes.hlines(y, table[f"{outcome}_low"], table[f"{outcome}_high"], color=palette.GREEN, linewidth=1)
        axes.plot(table[outcome], y, "o", color=palette.GREEN, markersize=3.5)
        axes.set_title(style.wrapped(sweep.label(outcome), 20, 4), fontsize=7.5)
        axes.grid(axis="x")
        style.plain_ticks(axes.xaxis)
        if sweep.share(outcome):
            style.fine_percent(axes.xaxis)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(y, [style.literal(text) for text in texts], fontsize=6)
    panels[0].set_ylim(heights.sum(), 0)
    return figure
