"""The figures of a study: response curves, the screening, the indices."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from abm import palette, parameters
from analysis.experiments import ranges
from analysis.figures import indices, style
from analysis.sensitivity.runs import LABELS, MAIN
from analysis.sensitivity.study import Study

SHOWN, FEWER = 15, 9  # parameters with a curve; with one of net benefit
COLUMNS = 3
LINES = {
    "gdp_coalition": (palette.GREEN, "o", "-", "GDP in coalitions"),
    "sovereignty": (palette.BLUE, "s", "--", "sovereignty"),
    "stands": (palette.ORANGE, "^", ":", "chance that a coalition stands"),
}


@style.styled
def curves(found: Study) -> Figure:
    """A panel per parameter: those with Sobol indices, the largest first, then those whose curve reaches farthest."""
    table = found.parameters
    further = table[table["total"].isna()].sort_values("reach", ascending=False, kind="stable")
    names = [*table["factor"][table["total"].notna()], *further["factor"]][:SHOWN]
    figure, panels = _panels(len(names))
    for axes, name in zip(panels, names):
        for outcome, look in LINES.items():
            _curve(axes, _of(found, name, outcome), found, name, *look)
        style.percent(axes.yaxis)
        axes.set_ylim(-0.03, 1.03)
    style.above(figure, panels[0].get_legend_handles_labels()[0], handlelength=2.0)
    figure.supylabel("at the end of the run: share of GDP; of AI benefit (sovereignty); of runs (chance)", fontsize=8)
    return figure


@style.styled
def net_benefit(found: Study) -> Figure:
    """The same for net benefit, with the parameters that move it farthest."""
    rows = found.curves[found.curves["outcome"] == "net_benefit"].groupby("factor", sort=False)["mean"]
    names = list((rows.max() - rows.min()).sort_values(ascending=False, kind="stable").index[:FEWER])
    figure, panels = _panels(len(names))
    for axes, name in zip(panels, names):
        _curve(axes, _of(found, name, "net_benefit"), found, name, palette.VERMILLION, "o", "-", "")
        style.fine_percent(axes.yaxis)
    figure.supylabel("AI benefit less costs at the end of the run (% of GDP a year)", fontsize=8)
    return figure


@style.styled
def screening(found: Study) -> Figure:
    """Morris' effects on all outcomes."""
    tables = {}
    for outcome, table in found.screening.groupby("outcome", sort=False):
        if table["mu_star"].max() > 0:
            tables[str(outcome)] = table.set_index("factor").assign(mu_star_half=lambda rows: rows["high"] - rows["mu_star"])
    return indices.screening(tables, LABELS.__getitem__, lambda outcome: True)


@style.styled
def sobol(found: Study) -> Figure:
    """Sobol's indices for all outcomes, in the order of the main one."""
    tables = {}
    for outcome in [MAIN, *(name for name in LABELS if name != MAIN)]:
        table = found.indices[found.indices["outcome"] == outcome].sort_values("total", ascending=False, kind="stable")
        if len(table) and table["total"].max() > 0:
            halves = {f"{key}_half": table[f"{key}_high"] - table[key] for key in ("first", "total")}
            tables[outcome] = table.assign(**halves).set_index("factor")
    return indices.bars(tables, LABELS.__getitem__)


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    rows = -(-count // COLUMNS)
    figure = style.new(0.45 + 1.65 * rows, gap=0.04)
    panels = list(figure.subplots(rows, COLUMNS, squeeze=False, sharey=True).ravel())
    for axes in panels[count:]:
        axes.axis("off")
    return figure, panels


def _of(found: Study, name: str, outcome: str) -> pd.DataFrame:
    rows = found.curves
    return rows[(rows["factor"] == name) & (rows["outcome"] == outcome)]


def _curve(axes: Axes, rows: pd.DataFrame, found: Study, name: str, colour: str, marker: str, line: str, label: str) -> None:
    parameter = parameters.lookup(name, found.scenario.vendor_names)
    x = range(len(rows)) if parameter.choices else rows["value"].astype(float)
    axes.plot(x, rows["mean"], color=colour, marker=marker, markersize=3.2, linewidth=1.2,
              linestyle="none" if parameter.choices else line, label=label)  # fmt: skip
    axes.vlines(x, rows["low"], rows["high"], color=colour, linewidth=1)
    axes.grid(axis="y")
    axes.set_xlabel(style.literal(f"{name} ({parameter.unit})"), fontsize=7)
    if parameter.choices:
        axes.set_xticks(list(x), [style.literal(text) for text in rows["value"]])
        return
    axes.axvline(float(rows["value"][rows["own"]].iloc[0]), color=style.GREY, linewidth=0.8, linestyle="--", zorder=0)
    if ranges.plausible(found.scenario, name).range.log:
        style.logarithmic(axes.xaxis)
    else:
        style.plain_ticks(axes.xaxis)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=parameter.unit == "year"))


#: File name -> (how it is drawn, title, caption).
FIGURES = {
    "curves": (curves, "Each parameter alone", (
        "Means over the runs at the end with 95 % intervals; all other parameters as in the scenario, the same seeds at every "
        "value. Dashed upright line: the scenario's own value. First the parameters with Sobol indices, the largest total first, "
        "then those that move GDP in coalitions farthest."
    )),
    "net-benefit": (net_benefit, "Each parameter alone: net benefit", (
        "As above, for benefit from AI less all costs. The parameters that move it farthest come first."
    )),
    "screening": (screening, "Morris screening", (
        "Mean size of an outcome's change when a parameter moves by its whole range, the others anywhere in theirs (mu*, with "
        "its 95 % interval), against the spread of these changes (sigma). Above the dashed line, sigma = mu*, the effect depends "
        "strongly on where the others stand. The ten largest mu* are named, as far as there is room."
    )),
    "indices": (sobol, "Sobol indices", (
        "Share of the variance of an outcome that a parameter explains by itself (first) and with all its interactions (total), "
        "with 95 % bootstrap intervals. The strongest parameters by the screening of GDP in coalitions, all others as in the "
        "scenario."
    )),
}  # fmt: skip
