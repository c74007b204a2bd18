"""Lag behind the frontier: vendors, the best coalition, and the nations' own sources."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures import style
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("series",)
TITLE = "How far behind the frontier each source is"
CAPTION = (
    "Upper panel: months that the frontier, at its present speed, is ahead of each vendor's models, of those of the most "
    "capable coalition (where one stands), and of what the nations use on average, weighted by GDP. Lines are medians over "
    "replicates, bands hold 10 to 90 % of them. Lower panel: share of replicates in which a coalition stands; the coalition's "
    "line above rests on these alone."
)


@style.styled
def draw(result: Result) -> Figure:
    """Lags with their spread, and below them the share of replicates with a coalition."""
    colour, label = style.colours(result.vendors), style.labels(result)
    lags = {f"lag_{name}": (label[name], colour[name], "-") for name in (*result.vendors, "coalition")}
    lags["lag_mean"] = ("what nations use, mean by GDP", style.INK, "--")
    frame = ensembles.spread(result, list(lags))
    figure = style.new(4.4)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    for column, (name, shade, dashes) in lags.items():
        if frame[column, "count"].any():
            style.band(upper, frame[column], shade, name, linestyle=dashes)
    top = max(1.0, np.nanmax(frame.xs("high", axis=1, level=1).to_numpy()))
    upper.set_ylim(-0.03 * top, 1.05 * top)
    upper.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 6, 10]))
    upper.set_ylabel("lag behind the frontier (months)")
    upper.grid(axis="y")
    style.above(figure, upper.get_legend_handles_labels()[0], handlelength=1.8)
    standing = frame["lag_coalition", "count"] / frame["lag_mean", "count"]
    lower.fill_between(frame.index, standing, color=colour["coalition"], alpha=0.5, linewidth=0)
    lower.set_ylim(0, 1)
    style.percent(lower.yaxis)
    lower.set_ylabel("replicates with\na coalition")
    style.years(lower, frame.index)
    lower.set_xlabel("year")
    style.footnote(figure, result)
    return figure
