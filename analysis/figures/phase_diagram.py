"""Two factors on a grid: where the outcome is what, and where it tips."""

import numpy as np
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.reading.sweep import Sweep, axis_label

TITLE = "Phase diagram"
CAPTION = (
    "Each cell is a design point: the mean over its replicates at the end of the run. White line: where a share passes one half. "
    "Grey cells: no run finished. The sides are cut as the sweep cut them, so that their scale may not be even."
)
TICKS, WRITTEN = 7, 12  # labels on a side; cells of a side up to which numbers are written into them


def fits(sweep: Sweep) -> bool:
    """Two factors, every combination."""
    if len(sweep.factors) != 2:
        return False
    sides = [len(sweep.values(index)) for index in (0, 1)]
    return min(sides) > 1 and len(np.unique(sweep.points, axis=0)) == len(sweep.points) == sides[0] * sides[1]


def cells(sweep: Sweep, outcome: str) -> np.ndarray:
    """(values of the second factor, values of the first) means over replicates."""
    x, y = (np.searchsorted(sweep.values(index), sweep.points[:, index]) for index in (0, 1))
    grid = np.full((y.max() + 1, x.max() + 1), np.nan)
    grid[y, x] = sweep.table[outcome]
    return grid


@style.styled
def draw(sweep: Sweep) -> Figure:
    """A panel per outcome."""
    shown = sweep.outcomes[:4]
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    figure = style.new(0.3 + 2.9 * rows, gap=0.05)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, outcome in zip(panels.ravel(), shown, strict=False):
        _panel(figure, axes, sweep, outcome)
    for axes in panels[-1]:
        axes.set_xlabel(style.literal(axis_label(sweep, 0)))
    for axes in panels[:, 0]:
        axes.set_ylabel(style.literal(axis_label(sweep, 1)))
    for axes in panels.ravel()[len(shown) :]:
        axes.axis("off")
    return figure


def _panel(figure, axes, sweep: Sweep, outcome: str) -> None:
    grid = cells(sweep, outcome)
    bounds = (0.0, 1.0) if sweep.share(outcome) and outcome != "net_benefit" else (np.nanmin(grid), np.nanmax(grid))
    axes.set_facecolor(style.PALE)
    image = axes.imshow(grid, cmap=style.SEQUENTIAL, aspect="auto", origin="lower", vmin=bounds[0], vmax=bounds[1])
    bar = figure.colorbar(image, ax=axes, shrink=0.9, pad=0.02)
    if sweep.share(outcome):
        style.fine_percent(bar.ax.yaxis)
    axes.set_title(style.wrapped(sweep.label(outcome), 40))
    if max(grid.shape) <= WRITTEN and grid.size <= 60:
        _numbers(axes, sweep, outcome, grid, bounds)
    elif bounds == (0.0, 1.0) and np.nanmin(grid) < 0.5 < np.nanmax(grid) and not any(f.levels for f in sweep.factors):
        axes.contour(grid, levels=[0.5], colors="white", linewidths=1.4)
    _ticks(axes.set_xticks, sweep, 0)
    _ticks(axes.set_yticks, sweep, 1)


def _numbers(axes, sweep: Sweep, outcome: str, grid: np.ndarray, bounds) -> None:
    for (y, x), value in np.ndenumerate(grid):
        text = "–" if np.isnan(value) else f"{100 * value:.3g}" if sweep.share(outcome) else f"{value:.3g}"
        dark = np.isnan(value) or value > (bounds[0] + bounds[1]) / 2
        axes.text(x, y, text, ha="center", va="center", fontsize=6.5, color=style.INK if dark else "white")


def _ticks(put, sweep: Sweep, index: int) -> None:
    values = sweep.values(index)
    most = len(values) if sweep.factors[index].levels else TICKS
    chosen = np.unique(np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(int))
    texts = [style.literal(sweep.text(index, values[i])) for i in chosen]
    turned = index == 0 and sum(map(len, texts)) > 30
    put(chosen, texts, **({"rotation": 30, "ha": "right"} if turned else {}), fontsize=7)
