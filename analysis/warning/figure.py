"""How well measures tell that a coalition will break, and how long before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from abm import palette
from analysis.experiments.inquiry import Answer, Inquiry
from analysis.figures import style
from analysis.methods import auc
from analysis.methods.statistics import Estimate

LINES = 5  # measures of the network drawn over time
COLOURS = {"network": palette.GREEN, "simple": style.GREY, "announced": palette.ORANGE}


@style.styled
def draw(answer: Answer) -> Figure:
    """Areas of all measures to the left, of the moves by time to the right."""
    figure = style.new(3.6, gap=0.05)
    if answer.drawn is None:
        figure.text(0.5, 0.5, "too few breaks", ha="center", color=style.GREY)
        return figure
    table, scores, curves, inquiry, dt = answer.drawn
    left, right = figure.subplots(1, 2, width_ratios=[5, 4])
    _measures(left, table, inquiry["horizon"], auc.estimate(scores["simple"], inquiry.replicates))
    _times(right, table, curves, inquiry, dt)
    return figure


def _measures(axes, table: pd.DataFrame, horizon: float, simple: Estimate) -> None:
    shown = table.sort_values("auc", ascending=False, ignore_index=True)
    axes.axvspan(simple.low, simple.high, color=style.PALE, linewidth=0, zorder=0)
    for kind, colour in COLOURS.items():
        part = shown[shown["kind"] == kind]
        axes.hlines(part.index, part["auc_low"], part["auc_high"], color=colour, linewidth=1.2)
        axes.plot(part["auc"], part.index, "o", color=colour, markersize=4, label=kind)
    axes.axvline(0.5, color=style.INK, linewidth=0.8, linestyle="--")
    axes.set_yticks(shown.index, [f"{row.measure} ({row.alarming})" for row in shown.itertuples()])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel(f"AUC of a break within {horizon:g} year{'s' * (horizon != 1)}")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handletextpad=0.2)


def _times(axes, table: pd.DataFrame, curves, inquiry: Inquiry, dt: float) -> None:
    order = table[table["kind"] == "network"].sort_values(["lead", "auc"], ascending=False, kind="stable")["measure"].head(LINES)
    shades = (palette.GREEN, palette.BLUE, palette.VERMILLION, palette.SKY, palette.PURPLE)
    for name, shade in zip([*order, "notice"], (*shades, palette.ORANGE), strict=False):
        time = -dt * np.arange(1, curves[name].shape[1] + 1)
        low, high = np.array([[e.low, e.high] for e in (auc.estimate(part, 0) for part in curves[name].T)]).T
        axes.fill_between(time, low, high, color=shade, alpha=0.12, linewidth=0)
        axes.plot(time, curves[name][0], color=shade, label=name, marker="o", markersize=2.5, linewidth=1.2)
    axes.axhline(0.5, color=style.INK, linewidth=0.8, linestyle="--")
    axes.axhline(inquiry["signal"], color=style.INK, linewidth=0.8, linestyle=":")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):g}"))
    axes.set_xlabel("years before the break")
    axes.set_ylabel("AUC of the move")
    axes.legend(loc="upper left", fontsize=7)
