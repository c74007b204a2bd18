"""Entries into coalitions step by step in one run, and how often how many enter together in all."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import stats

from abm import palette
from analysis.figures import style
from analysis.networks import waves
from analysis.networks.study import Study

TITLE = "Nations enter coalitions in waves"
CAPTION = (
    "Left: nations that enter a coalition at each step of one run; waves, steps with more entries than chance would bring, are "
    "green. Right: share of the steps of all runs in which so many nations enter at once, against what it would be if nations "
    "entered independently at the same mean rate (the scale is logarithmic; steps without entries are left out)."
)
MOST = 20  # entries shown


@style.styled
def draw(found: Study) -> Figure:
    """One run to the left, all to the right."""
    panel, figure = found.panel, style.new(2.7, gap=0.06)
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    count, usual = waves.entries(panel), waves.expected(panel)
    run = int(np.argsort(-count.max(axis=1), kind="stable")[len(count) // 2])
    _one(left, panel, run, count[run], waves.bursts(count[run], usual[run]))
    seen = np.bincount(np.minimum(count, MOST).ravel(), minlength=MOST + 1)[1:] / count.size
    alone = stats.poisson.pmf(np.arange(MOST + 1)[:, None], usual.ravel()).mean(axis=1)[1:]
    sizes = np.arange(1, MOST + 1)
    right.bar(sizes, seen, color=palette.GREEN, alpha=0.55, label="simulated")
    right.plot(sizes, alone, color=style.INK, label="if independent")
    right.set_yscale("log")
    right.set_ylim(max(seen[seen > 0].min(initial=0.01) / 3, 1e-6), 1)
    right.set_xlim(0.3, max(np.flatnonzero(seen).max(initial=4) + 2.5, 8))
    right.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
    right.set_xlabel("nations that enter in one step")
    right.set_ylabel("share of steps")
    right.legend()
    return figure


def _one(axes, panel, run, count, marked) -> None:
    dates = panel.date(np.arange(1, panel.last + 1))
    axes.bar(dates, count, width=0.8 * panel.dt, color=np.where(marked, palette.GREEN, style.GREY))
    style.years(axes, (panel.begin, panel.date(panel.last) + panel.dt))
    axes.set_ylabel("nations that enter\na coalition")
    axes.set_xlabel(f"year (run {panel.runs[run]})")
    axes.legend(handles=[Patch(color=palette.GREEN, label="wave"), Patch(color=style.GREY, label="other entries")])
