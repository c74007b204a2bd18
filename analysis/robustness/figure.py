"""The three headlines in every world that matters, beside the range in which each holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure

from abm import palette
from analysis.figures import style
from analysis.robustness.headlines import EVEN, FACTOR, FAILS, HEADLINES, HOLDS, RANK, UNCLEAR
from analysis.robustness.study import AGAIN, ASSUMED, BASELINE, POSTERIOR, STRUCTURE

TITLE = "Which headline results survive"
CAPTION = (
    "Grey: where the headline holds. Chance that a coalition stands at the end; rank correlation of the nations' chances to be "
    "members with the baseline's; net benefit above the same runs without convening. 95 % intervals. Rows with many points hold "
    "a world each; below them the assumptions that break a headline or leave one unclear."
)
COLOURS = {HOLDS: palette.GREEN, UNCLEAR: palette.ORANGE, FAILS: palette.VERMILLION}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Worlds down, a panel per headline."""
    figure = style.new(height(table), 0.03)
    panels(figure, table)
    return figure


def height(table: pd.DataFrame) -> float:
    """Inches that :func:`panels` needs."""
    return 1.0 + 0.19 * sum(1 for _ in rows(table))


def panels(figure: Figure | SubFigure, table: pd.DataFrame) -> None:
    """The panels of a table of :func:`analysis.robustness.study.study`, or of some of its rows with the baseline's."""
    parts, base = list(rows(table)), table[table["group"] == BASELINE].iloc[0]
    usual = 100 * base["gain"]
    shown = {
        "forms": ("stands", "chance that one stands", (EVEN, 1) if base["stands"] >= EVEN else (0, EVEN)),
        "who": ("rank", "rank correlation", (RANK, 1)),
        "worth": ("gain", "% of GDP a year", (usual / FACTOR, usual * FACTOR)),
    }
    drawn = figure.subplots(1, 3, sharey=True)
    for axes, (key, (column, unit, zone)) in zip(drawn, shown.items(), strict=True):
        axes.axvspan(*zone, color=style.PALE, alpha=0.5, linewidth=0)
        for index, (_, worlds) in enumerate(parts):
            _row(axes, -index, worlds, key, column, 100 if key == "worth" else 1)
        axes.set_title(HEADLINES[key])
        axes.set_xlabel(unit)
        axes.tick_params(axis="y", length=0)
    drawn[0].set_xlim(-0.03, 1.03)
    drawn[0].set_yticks(-np.arange(len(parts)), [name for name, _ in parts], fontsize=7)
    drawn[0].set_ylim(0.6 - len(parts), 0.6)
    marks = [style.mark(word, "o", colour) for word, colour in COLOURS.items()]
    style.above(figure, marks)


def rows(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """(label, worlds) of each row of the figure."""
    alone = table[table["group"].isin((BASELINE, AGAIN, STRUCTURE))]
    sound = (table[list(HEADLINES)] == HOLDS).all(axis=1)
    assumed = table["group"] == ASSUMED
    for index in range(len(alone)):
        yield alone["arm"].iloc[index], alone.iloc[[index]]
    for name, part in (("draws of the posterior", table["group"] == POSTERIOR), ("assumptions that break none", assumed & sound)):
        if part.any():
            yield f"{part.sum()} {name}", table[part]
    broken = table[assumed & ~sound]
    for index in range(len(broken)):
        yield broken["arm"].iloc[index], broken.iloc[[index]]


def _row(axes, y: float, worlds: pd.DataFrame, key: str, column: str, scale: float) -> None:
    colour, many = worlds[key].map(COLOURS), len(worlds) > 1
    size, alpha = (6, 0.5) if many else (14, 1.0)
    axes.scatter(scale * worlds[column], np.full(len(worlds), y), c=colour, s=size, alpha=alpha, zorder=3)
    if not many and f"{column}_low" in worlds:
        axes.hlines(y, scale * worlds[f"{column}_low"], scale * worlds[f"{column}_high"], color=colour, linewidth=1.2)
