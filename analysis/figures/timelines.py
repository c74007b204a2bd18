"""Each nation's stance as a line of time, in one run."""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from abm.network import stays
from analysis.figures import style
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("choices",)
TITLE = "Every nation's path"
CAPTION = (
    "One run: each row is a nation, and its colour at a date is the option it holds then. Rows are ordered by what a nation "
    "holds at the end, and within that by how long it has held it; shades of green tell coalitions apart, numbered in the "
    "order of their founding."
)
ROWS, NAMED, MOST = 56, 112, 224  # rows a column; nations up to which names are written; nations drawn at most


@style.styled
def draw(result: Result) -> Figure:
    """A row per nation, in as many columns as their number needs."""
    run = ensembles.stances(result)
    order = ordered(run, style.option_names(result))[:MOST]
    columns = -(-len(order) // ROWS)
    rows = -(-len(order) // columns)
    colour = style.colours(result.vendors, run.coalitions)
    figure = style.new(max(1.6, 0.9 + 0.125 * rows))
    panels = figure.subplots(1, columns, squeeze=False)[0]
    names = run.nations["name"].tolist() if len(order) <= NAMED else list(run.nations.index)
    for column, axes in enumerate(panels):
        part = order[column * rows : (column + 1) * rows]
        axes.add_collection(bars(run, part, colour))
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_yticks(range(len(part)), [style.literal(names[i]) for i in part], fontsize=6)
        axes.tick_params(axis="y", length=0, pad=2)
        axes.spines["left"].set_visible(False)
        style.years(axes, (run.times[0], run.end), ticks=6 if columns < 3 else 3)
    greens = [Patch(facecolor=colour[name], label=f"coalition {name}") for name in run.coalitions[:5]]
    held = set(np.unique(run.option)) - {"coalition"}
    style.legend(figure, result, held, greens)
    style.one_run(figure, result, run.run)
    return figure


def ordered(run: ensembles.Stances, names) -> list[int]:
    """Rows of nations by their option at the end, then by coalition and by how long they have been there."""
    source = run.source
    since = [len(source) - int(np.argmax((source != source[-1])[::-1, i])) for i in range(source.shape[1])]
    since = [0 if (source[:, i] == source[-1, i]).all() else since[i] for i in range(source.shape[1])]
    rank = {name: index for index, name in enumerate((*run.coalitions, *names))}
    return sorted(range(source.shape[1]), key=lambda i: (rank[source[-1, i]], since[i]))


def bars(run: ensembles.Stances, rows: list[int], colour: dict[str, str]) -> PolyCollection:
    """A rectangle per stay of each nation; the last stands for a step."""
    boxes, shades = [], []
    for y, i in enumerate(rows):
        for source, start, end in stays(run.times, run.source[:, i], run.end):
            boxes.append([(start, y - 0.4), (end, y - 0.4), (end, y + 0.4), (start, y + 0.4)])
            shades.append(colour[source])
    return PolyCollection(boxes, facecolors=shades, linewidths=0)
