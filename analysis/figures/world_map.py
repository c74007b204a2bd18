"""The world by stance at four dates of one run, with the ties of coalitions."""

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis import reading
from analysis.figures import style
from analysis.figures.geography import outlines, project, window
from runs.results import Result

NEEDS = ("choices",)
TITLE = "The world by stance"
CAPTION = (
    "One run at four dates. Nations have the colour of their option; lines tie the members of a coalition to the one of "
    "largest GDP, and the label gives the coalition's name and its number of members. Hatched: the countries that host a "
    "vendor. Grey: economies outside the simulation. Nations too small for an outline are dots at their capitals. "
    "Equal-area projection."
)
PANELS = 4


@style.styled
def draw(result: Result) -> Figure:
    """Four maps, from the first date to the last."""
    run = reading.stances(result)
    steps = run.steps(PANELS)
    rows = -(-len(steps) // 2)
    (west, east), (south, north) = window()
    figure = style.new(0.45 + rows * (0.22 + style.WIDTH / 2 * (north - south) / (east - west)))
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for axes, step in zip(panels, steps, strict=False):
        axes.set_title(f"{run.times[step]:g}", pad=2)
        _paint(axes, result, run, step)
    for axes in panels:
        axes.axis("off")
    hosts = Patch(facecolor=style.PALE, edgecolor=style.INK, hatch="/////", linewidth=0, label="vendor's host")
    style.legend(figure, result, extra=[hosts, Patch(facecolor=style.PALE, label="not simulated")])
    return figure


def _paint(axes, result: Result, run: reading.Stances, step: int) -> None:
    colour = style.colours(result.vendors, run.coalitions)
    hosts = [vendor.iso3 for vendor in result.scenario.vendors]
    shade = dict(zip(run.nations.index, (colour[source] for source in run.source[step]), strict=True))
    shapes = outlines()
    border = {"edgecolors": "white", "linewidths": 0.25}
    axes.add_collection(PathCollection(list(shapes.values()), facecolors=[shade.get(i, style.PALE) for i in shapes], **border))
    hatched = [shapes[host] for host in hosts if host in shapes]
    axes.add_collection(PathCollection(hatched, facecolors=style.PALE, edgecolors=style.INK, hatch="/////", linewidths=0))
    capitals = project(run.nations["capital_lon"].to_numpy(), run.nations["capital_lat"].to_numpy())
    small = ~run.nations.index.isin(shapes)
    shades = np.array(list(shade.values()))
    axes.scatter(*capitals[small].T, s=9, c=shades[small], edgecolors="white", linewidths=0.4, zorder=3)
    for name in dict.fromkeys(run.coalition[step][run.coalition[step] != ""]):
        _ties(axes, name, capitals[run.coalition[step] == name])
    limits = window()
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_aspect("equal")


def _ties(axes, name: str, members: np.ndarray) -> None:
    """Lines from the first member, the largest, to the others, and the coalition's label."""
    lines = [(members[0], member) for member in members[1:]]
    axes.add_collection(LineCollection(lines, colors=style.INK, linewidths=0.4, alpha=0.6, zorder=4))
    axes.scatter(*members[0], s=10, color=style.INK, zorder=5)
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": style.INK, "linewidth": 0.5}
    axes.annotate(
        f"{name}: {len(members)}", members[0], (0, -20), textcoords="offset points", ha="center", fontsize=7, bbox=box, zorder=6
    )
