"""The network's structure over time: how much it changes, and how far its blocs follow trust."""

import numpy as np
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("series",)
TITLE = "How much the network changes, and how far its blocs follow trust"
CAPTION = (
    "Turnover: share of nations that change their source within a year (mean of the steps in the year before). Modularity: "
    "Newman's index of the nations' mutual trust, grouped by source; 0 means that nations which share a source trust each "
    "other no more than chance has it, higher values mean blocs of nations that trust each other. Lines are medians over "
    "replicates, bands hold 10 to 90 % of them."
)


def yearly(result: Result):
    """Spread over runs of the yearly turnover: the mean of the last year's steps, per year."""
    step = result.scenario.content.step_years
    window = max(round(1 / step), 1)
    frame = result.sql(f"select run, step, time, turnover from series where {ensembles.FINISHED} and step > 0").df()
    table = frame.pivot(index="time", columns="run", values="turnover").sort_index()
    rate = table.rolling(window, min_periods=1).mean() / step
    return rate.quantile([ensembles.LOW, 0.5, ensembles.HIGH], axis=1).T.set_axis(["low", "median", "high"], axis=1)


@style.styled
def draw(result: Result) -> Figure:
    """Two panels with spread: yearly turnover and modularity."""
    figure = style.new(4.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    frame = ensembles.spread(result, ["modularity"])["modularity"]
    change = yearly(result)
    style.band(upper, change, style.INK)
    upper.set_title("Turnover")
    upper.set_ylabel("nations that change source\n(share per year)")
    upper.set_ylim(0, max(0.05, 1.1 * float(change["high"].max())))
    style.percent(upper.yaxis)
    style.band(lower, frame, style.INK)
    lower.axhline(0, color=style.GREY, linewidth=0.7)
    lower.set_title("Modularity of trust by source")
    lower.set_ylabel("modularity (index)")
    reach = np.nanmax(np.abs(frame[["low", "high"]].to_numpy()), initial=0.02)
    lower.set_ylim(min(-0.2 * reach, 1.1 * float(frame["low"].min())), 1.1 * reach)
    for axes in (upper, lower):
        axes.grid(axis="y")
        style.years(axes, frame.index)
    lower.set_xlabel("year")
    style.footnote(figure, result)
    return figure
