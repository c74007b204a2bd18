"""A scenario's figure: shares of GDP over time beside the baseline's."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from abm import options
from abm.scenario import Scenario
from analysis.figures import style
from runs.batch import columns_of
from runs.ensemble import Results

CAPTION = "Mean share of GDP by option: the baseline with the same nations and dates (left), the scenario (right)."


@style.styled
def draw(shown: tuple[list[Scenario], list[Results]]) -> Figure:
    """Mean shares of GDP over time, baseline and scenario side by side."""
    worlds, arms = shown
    scenario, colour = worlds[1], style.colours(worlds[1].vendor_names)
    held = options.names(scenario.vendor_names)
    order = (held[-1], *held[:-1])
    figure = style.new(2.0)
    panels = figure.subplots(1, 2, sharey=True)
    dates = scenario.content.start + scenario.content.step_years * np.arange(scenario.content.steps + 1)
    for axes, arm, world in zip(panels, arms, worlds):
        column = columns_of(world)
        there = [name for name in order if f"gdp_{name}" in column]
        shares = [arm.series[:, :, column[f"gdp_{name}"]].mean(axis=0) for name in there]
        axes.stackplot(dates, shares, colors=[colour[name] for name in there], linewidth=0)
        axes.set_title(world.name)
        axes.set_ylim(0, 1)
        style.percent(axes.yaxis)
        style.years(axes, dates)
    panels[0].set_ylabel("share of GDP")
    titles = {vendor.name: style.wrapped(vendor.title, 34) for vendor in scenario.vendors}
    words = titles | options.TITLES
    marks = [style.mark(words[name], "s", colour[name]) for name in order]
    style.above(figure, marks)
    return figure
