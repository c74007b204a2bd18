"""Differences between scenarios in every measure that stands out, with intervals."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from analysis.comparisons.comparison import Comparison
from analysis.figures import style

TITLE = "What differs, and by how much"
CAPTION = (
    "Difference to the first scenario, divided by the standard deviation of the measure between the first scenario's runs, with "
    "its 95 % interval; a triangle stands for one beyond the axis. Green: larger than noise (significant at 5 % after Holm's "
    "correction over all measures); grey: not. Shown are the measures that stand out most, and the headline measures whether "
    "they do or not; the table has all. To the right, where there is room: the means in the measure's unit."
)
SHOWN, COLUMNS = 22, 3
REACH = 3.0  # standard deviations shown at most
ALWAYS = ("gdp_coalition", "coalitions", "lag_mean", "sovereignty", "net_benefit")


@style.styled
def draw(comparison: Comparison) -> Figure:
    """A panel per scenario compared with the first, the same measures in each."""
    others = comparison.arms[1:]
    names = shown(comparison.table)
    columns = min(len(others), COLUMNS)
    rows = -(-len(others) // columns)
    figure = style.new(rows * (0.75 + 0.16 * len(names)), gap=0.04)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, arm in zip(panels, others, strict=False):
        table = comparison.of(arm).set_index("measure").reindex(names)
        _panel(axes, table, written=columns == 1)
        title = f"{arm.name} against {comparison.arms[0].name}" if columns == 1 else arm.name
        axes.set_title(style.wrapped(title, 84 // (columns + 1)))
    for axes in panels[len(others) :]:
        axes.axis("off")
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    when = "at the end" if comparison.when == "end" else "mean over all years"
    figure.supxlabel(f"difference in standard deviations between runs ({when})", fontsize=8)
    return figure


def shown(table: pd.DataFrame) -> list[str]:
    """Measures to show: those that differ most in any arm, clear ones first."""
    best = table.assign(size=table["scaled"].abs()).sort_values(["clear", "size"], ascending=False, kind="stable")
    found = best.loc[best["size"].notna(), "measure"].drop_duplicates().tolist()
    kept = {*found[: SHOWN - len(ALWAYS)], *ALWAYS}
    return [name for name in found if name in kept]


def _panel(axes, table: pd.DataFrame, written: bool) -> None:
    y, colour = np.arange(len(table)), np.where(table["clear"].fillna(False).astype(bool), palette.GREEN, style.GREY)
    low, high = (table[name].clip(-REACH, REACH) for name in ("scaled_low", "scaled_high"))
    axes.hlines(y, low, high, color=colour, linewidth=1.2)
    for inside, shape in ((table["scaled"].abs() <= REACH, "o"), (table["scaled"] > REACH, ">"), (table["scaled"] < -REACH, "<")):
        axes.scatter(table["scaled"].clip(-REACH, REACH)[inside], y[inside], c=colour[inside], s=14, zorder=3, marker=shape)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.set_yticks(y, [style.literal(name.replace("_", " ")) for name in table.index], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    if written:
        side = axes.secondary_yaxis("right")
        side.set_yticks(y, [means(row) for _, row in table.iterrows()], fontsize=6.5)
        side.tick_params(length=0)
        side.spines["right"].set_visible(False)


def means(row: pd.Series) -> str:
    """The means of both, in the measure's unit."""
    if not isinstance(row["unit"], str):
        return ""
    return f"{shown_number(row['base'])} to {shown_number(row['other'])} {style.literal(row['unit'])}"


def shown_number(value: float) -> str:
    """A mean to three figures, years as years."""
    return f"{value:.1f}" if abs(value) >= 1000 and abs(value) < 10_000 else f"{value:.3g}"
