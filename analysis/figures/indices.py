"""Which factor matters: Sobol's indices as bars, or Morris' elementary effects as points."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.reading import indices
from analysis.reading.sweep import Sweep

TITLE = "Which factor matters most"
CAPTION = (
    "Sobol's indices (bars): the share of the outcome's variance over the design that a factor explains by itself (first) "
    "and with all its interactions (total), with 95 % bootstrap intervals. Morris' screening (points): mean size of the "
    "outcome's change when a factor moves by its whole range (mu*, with its 95 % interval) against the spread of these "
    "changes (sigma); above the dashed line, sigma = mu*, the effect depends strongly on the other factors. The outcome is "
    "the mean over replicates, which are the same at every point."
)
NAMED = 10  # points of a screening that are named


def fits(sweep: Sweep) -> bool:
    """Designs made for indices, with at least four blocks of which no run is missing."""
    return sweep.method in indices.METHODS and bool(indices.whole(sweep, sweep.outcomes[0]).sum() >= 4 * indices.size(sweep))


@style.styled
def draw(sweep: Sweep) -> Figure:
    """A panel per outcome that varies."""
    tables = {outcome: indices.indices(sweep, outcome) for outcome in sweep.outcomes[:4]}
    tables = {outcome: table for outcome, table in tables.items() if len(table)}
    if sweep.method == "morris":
        return screening(tables, sweep.label, sweep.share)
    return bars(tables, sweep.label)


def bars(tables: Mapping[str, pd.DataFrame], label: Callable[[str], str]) -> Figure:
    """Sobol's indices, a panel per outcome, of tables as :func:`analysis.reading.indices.indices` gives them."""
    order = list(next(iter(tables.values())).index)
    columns = min(len(tables), 4)
    figure = style.new(0.95 + 0.3 * len(order) * (-(-len(tables) // columns)))
    panels = figure.subplots(1, columns, squeeze=False, sharey=True)[0]
    y = np.arange(len(order))
    for axes, (outcome, table) in zip(panels, tables.items(), strict=True):
        for offset, name, shade in ((-0.18, "total", style.PALE), (0.18, "first", palette.GREEN)):
            part = table.loc[order]
            axes.barh(y + offset, part[name], 0.36, color=shade, edgecolor=style.GREY, linewidth=0.4, label=name)
            low, high = part[name] - part[f"{name}_half"], part[name] + part[f"{name}_half"]
            axes.hlines(y + offset, low, high, color=style.INK, linewidth=0.8)
        axes.axvline(0, color=style.GREY, linewidth=0.7)
        axes.set_title(style.wrapped(label(outcome), 24, 4), fontsize=7.5)
        axes.set_xlim(min(0, axes.get_xlim()[0]), max(1.0, axes.get_xlim()[1]))
        axes.set_xlabel("share of variance")
        axes.set_yticks(y, [style.literal(name) for name in order])
    panels[0].set_ylim(len(order) - 0.4, -0.6)
    style.above(figure, panels[0].get_legend_handles_labels()[0], handlelength=2.0)
    return figure


def screening(tables: Mapping[str, pd.DataFrame], label: Callable[[str], str], share: Callable[[str], bool]) -> Figure:
    """Morris' effects, a panel per outcome, of such tables; ``share`` says whether an outcome is written in per cent."""
    columns = min(len(tables), 2)
    rows = -(-len(tables) // columns)
    figure = style.new(0.2 + 2.9 * rows, gap=0.05)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (outcome, table) in zip(panels, tables.items(), strict=False):
        _effects(axes, table, label(outcome), share(outcome))
    for axes in panels[len(tables) :]:
        axes.axis("off")
    return figure


def _effects(axes, table: pd.DataFrame, title: str, percent: bool) -> None:
    from analysis.figures import labels

    axes.hlines(table["sigma"], table["mu_star"] - table["mu_star_half"], table["mu_star"] + table["mu_star_half"],
                color=style.PALE, linewidth=1)
    axes.scatter(table["mu_star"], table["sigma"], s=14, color=palette.GREEN, zorder=3)
    ends = 1.12 * float((table["mu_star"] + table["mu_star_half"]).max()), 1.12 * float(max(table["sigma"].max(), 1e-9))
    axes.plot([0, max(ends)], [0, max(ends)], color=style.GREY, linewidth=0.8, linestyle="--")
    axes.set_xlim(0, ends[0])
    axes.set_ylim(0, ends[1])
    axes.set_title(style.wrapped(title, 44))
    axes.set_xlabel("mu*, mean size of the change")
    axes.set_ylabel("sigma, spread of the changes")
    if percent:
        style.fine_percent(axes.xaxis)
        style.fine_percent(axes.yaxis)
    axes.figure.draw_without_rendering()  # labels need the axes' final place
    points = table[["mu_star", "sigma"]].to_numpy()
    labels.place(axes, points, np.full(len(points), 14.0), [style.literal(name) for name in table.index[:NAMED]])
