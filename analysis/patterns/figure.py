"""The patterns as one picture: each range of the record stretched to the same width, the model's value beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from abm import palette
from analysis.figures import style

TITLE = "Patterns of the record and the model's values"
CAPTION = (
    "Grey: the record's range, drawn to the same width for every pattern. Points: the model's median over replicates or groups "
    "of them; lines hold 10 to 90 % of these. Green lies in the range, orange does not; values beyond the edge stand at it, with "
    "an arrow. Numbers: the record's range | the model's median. Thin lines part families, each of which counts once in a "
    "calibration."
)
EDGE = 2.5  # half-widths of a range shown to either side of its middle


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row per pattern, in the order of the table."""
    figure = style.new(0.29 * len(table) + 0.9)
    axes = figure.subplots()
    middle, half = (table["record_low"] + table["record_high"]) / 2, (table["record_high"] - table["record_low"]) / 2
    measured = ("model_low", "model", "model_high")
    place = {name: np.clip(((table[name] - middle) / half).to_numpy(), -EDGE, EDGE) for name in measured}
    rows = np.arange(len(table))[::-1]
    axes.axvspan(-1, 1, color=style.PALE, linewidth=0)
    for number, y in enumerate(rows):
        _pattern(axes, y, table.iloc[number], *(float(values[number]) for values in place.values()))
    family = table["family"].to_numpy()
    axes.hlines(rows[1:][family[1:] != family[:-1]] + 0.5, -EDGE - 0.1, EDGE + 0.1, color=style.GREY, linewidth=0.3)
    axes.set_yticks(rows, [f"{name}" for name in table["pattern"]])
    axes.set_xlim(-EDGE - 0.1, EDGE + 0.1)
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xticks([-1, 1], ["low end of\nthe record", "high end of\nthe record"])
    axes.tick_params(axis="y", length=0)
    marks = [style.mark("met", "o", palette.GREEN), style.mark("missed", "o", palette.VERMILLION)]
    style.above(figure, [*marks, Patch(facecolor=style.PALE, label="the record")])
    return figure


def _pattern(axes, y: float, row: pd.Series, low: float, at: float, high: float) -> None:
    colour = palette.GREEN if row["agrees"] else palette.VERMILLION
    text = f"{_short(row['record_low'])} to {_short(row['record_high'])} | {_short(row['model'])} {row['unit']}"
    axes.text(EDGE + 0.2, y, text, va="center", fontsize=7, color=style.INK)
    if np.isnan(at):
        axes.text(0, y, "not defined: no coalition", va="center", ha="center", fontsize=7)
        return
    axes.plot([low, high], [y, y], color=colour, linewidth=1.2)
    axes.plot([at], [y], color=colour, marker=">" if at >= EDGE else "<" if at <= -EDGE else "o", markersize=4.5)


def _short(number: float) -> str:
    return "none" if np.isnan(number) else f"{number:.3g}"
