"""The posterior beside the prior: one small histogram per parameter."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from abm import palette
from abm.parameters import Range
from analysis.calibration.population import Fit
from analysis.calibration.report import marginals
from analysis.figures import style

TITLE = "What the patterns say about each parameter"
CAPTION = (
    "Posterior (bars, by weight; dark where identified) against the flat prior (dashed) over the prior's range, logarithmic "
    "where the prior is; the black line is the default, the dotted one the value suggested. Per cent: contraction of the "
    "posterior's variance against the prior's; near 0 the patterns do not tell the parameter."
)
COLUMNS, BINS = 4, 12


@style.styled
def draw(fit: Fit) -> Figure:
    """A panel per parameter."""
    rows = -(-len(fit.priors) // COLUMNS)
    figure = style.new(1.25 * rows + 0.4)
    panels = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes, row in zip(panels, marginals(fit).itertuples()):
        _panel(axes, fit, row)
    for axes in panels[len(fit.priors) :]:
        axes.set_visible(False)
    marks = [Patch(facecolor=palette.BLUE, label="posterior, identified"),
             Patch(facecolor=palette.SKY, label="posterior, not identified"),
             Line2D([], [], color=style.GREY, linestyle="--", label="prior"), Line2D([], [], color=style.INK, label="default"),
             Line2D([], [], color=style.INK, linestyle=":", label="suggested")]
    style.above(figure, marks, handlelength=2.0)
    return figure


def _panel(axes, fit: Fit, row) -> None:
    prior = fit.priors[row.parameter]
    share = prior.share(fit.posterior.points[row.parameter].to_numpy(float))
    edges = _edges(prior)
    colour = palette.BLUE if row.identified else palette.SKY
    axes.hist(share, edges, weights=fit.posterior.weight * (len(edges) - 1), color=colour)
    axes.axhline(1, color=style.GREY, linewidth=0.8, linestyle="--")
    axes.axvline(float(prior.share(np.array(row.default))), color=style.INK, linewidth=1.2)
    axes.axvline(float(prior.share(np.array(row.suggested))), color=style.INK, linewidth=1.2, linestyle=":")
    axes.set_title(f"{row.parameter.replace('_', ' ')}, {max(row.contraction, 0):.0%}", fontsize=7)
    axes.set_xticks([0, 1], [f"{prior.low:g}", f"{prior.high:g}"])
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.get_xticklabels()[1].set_horizontalalignment("right")
    axes.set_xlim(edges[0] - 0.02, edges[-1] + 0.02)
    axes.set_yticks([])


def _edges(prior: Range) -> np.ndarray:
    """Edges of the bars: a bar per value of a parameter of whole numbers."""
    if not prior.whole:
        return np.linspace(0, 1, BINS + 1)
    return prior.share(np.arange(prior.low, prior.high + 2) - 0.5)
