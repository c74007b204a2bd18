"""The posterior beside the prior: one small histogram per parameter."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.calibration.fit import Fit
from analysis.figures import style

TITLE = "What the patterns say about each parameter"
CAPTION = (
    "Posterior (bars, by weight) against the flat prior (dashed) over the prior's range; the black line is the baseline. "
    "Per cent: spread of the posterior against the prior's; far below 100 the patterns identify the parameter, near 100 not."
)
COLUMNS, BINS = 4, 12


@style.styled
def draw(shown: tuple[Fit, dict[str, float], dict[str, float]]) -> Figure:
    """A panel per parameter, from a fit, the baseline's values and the spreads of the posterior against the prior."""
    fit, baseline, spread = shown
    rows = -(-len(fit.priors) // COLUMNS)
    figure = style.new(1.25 * rows + 0.4)
    panels = figure.subplots(rows, COLUMNS).ravel()
    for axes, prior in zip(panels, fit.priors):
        share = prior.share(fit.points[prior.name].to_numpy(float))
        axes.hist(share, BINS, range=(0, 1), weights=fit.weight * BINS, color=style.SKY)
        axes.axhline(1, color=style.GREY, linewidth=0.8, linestyle="--")
        axes.axvline(float(prior.share(np.array(baseline[prior.name]))), color=style.INK, linewidth=1.2)
        axes.set_title(f"{prior.name.replace('_', ' ')}, {spread[prior.name]:.0%}", fontsize=7)
        axes.set_xticks([0, 1], [f"{prior.low:g}", f"{prior.high:g}"])
        axes.set_xlim(-0.02, 1.02)
        axes.set_yticks([])
    for axes in panels[len(fit.priors) :]:
        axes.set_visible(False)
    marks = [Patch(facecolor=style.SKY, label="posterior"), Line2D([], [], color=style.GREY, linestyle="--", label="prior"),
             Line2D([], [], color=style.INK, label="baseline")]
    figure.legend(handles=marks, loc="outside upper center", ncols=3)
    return figure
