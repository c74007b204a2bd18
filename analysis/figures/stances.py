"""Stances over time: the share of nations and of GDP behind each option, and how far replicates differ."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures import style
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("series",)
TITLE = "What nations choose over time"
CAPTION = (
    "Top: share of nations (left) and of their GDP (right) that holds each option, as the mean over all replicates, so that "
    "each date adds up to 100 %. Bottom: how far replicates differ, a panel per option. The solid line is the median share "
    "of GDP, and four of five replicates lie within the band (10 to 90 %); the dashed line is the median share of nations."
)


@style.styled
def draw(result: Result) -> Figure:
    """Stacked means by nations and by GDP above; below, the spread of each option's share."""
    names = style.option_names(result)
    frame = ensembles.spread(result, [f"{measure}_{name}" for measure in ("nations", "gdp") for name in names])
    figure = style.new(5.2, gap=0.06)
    top, bottom = figure.subfigures(2, 1, height_ratios=[3, 2], squeeze=False)[:, 0]
    _stacks(top, frame, result, names)
    _spreads(bottom, frame, result, names)
    return figure


def _stacks(figure, frame, result: Result, names) -> None:
    colour = style.colours(result.vendors)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, measure, title in zip(panels, ("nations", "gdp"), ("By number of nations", "By GDP"), strict=True):
        means = [frame[f"{measure}_{name}", "mean"] for name in names]
        axes.stackplot(frame.index, means, colors=[colour[name] for name in names], edgecolor="white", linewidth=0.4)
        axes.set_title(title)
        axes.set_ylim(0, 1)
        style.years(axes, frame.index)
        style.percent(axes.yaxis)
    panels[0].set_ylabel("share, mean over replicates")
    style.legend(figure, result)


def _spreads(figure, frame, result: Result, names) -> None:
    colour, titles = style.colours(result.vendors), {vendor.name: vendor.title for vendor in result.scenario.vendors}
    label, letters = style.labels(result), 80 // len(names)  # of a panel's title
    panels = figure.subplots(1, len(names), sharey=True)
    for axes, name in zip(panels, names, strict=True):
        style.band(axes, frame[f"gdp_{name}"], colour[name])
        axes.plot(frame.index, frame[f"nations_{name}", "median"], color=style.INK, linewidth=0.9, linestyle=(0, (3, 2)))
        axes.set_title(style.wrapped(titles.get(name, label[name]), letters, lines=4), fontsize=7.5)
        axes.set_ylim(0, 1)
        axes.grid(axis="y")
        style.years(axes, frame.index, ticks=2)
        style.percent(axes.yaxis)
    panels[0].set_ylabel("share, spread")
    count = len(ensembles.finished(result))
    lines = [
        Line2D([], [], color=style.GREY, label=f"GDP: median and 10 to 90 % of {style.replicates(count)}"),
        Line2D([], [], color=style.INK, linewidth=0.9, linestyle=(0, (3, 2)), label="nations: median"),
    ]
    style.above(figure, lines, "lower center", 7, handlelength=2.0)
