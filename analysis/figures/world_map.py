"""The world by stance at four dates of one run, with the ties of coalitions."""

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures import style
from analysis.figures.geography import outlines, project, window
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("choices",)
TITLE = "The world by stance"
CAPTION = (
    "One run at four dates. Nations have the colour of their option, shades of green tell coalitions apart. Lines tie the "
    "members of a coalition to the one of largest GDP; every member is tied to every other. Hatched: the countries that host "
    "a vendor. Grey: economies outside the simulation. Nations without an outline are dots at their capitals. Equal-area "
    "projection."
)
PANELS = 4


@style.styled
def draw(result: Result) -> Figure:
    """Four maps, from the first date to the last."""
    run = ensembles.stances(result)
    steps = run.steps(PANELS)
    rows = -(-len(steps) // 2)
    (west, east), (south, north) = window()
    figure = style.new(0.85 + rows * (0.26 + style.WIDTH / 2 * (north - south) / (east - west)))
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for axes, step in zip(panels, steps, strict=False):
        axes.set_title(f"{run.times[step]:g}", pad=2)
        _paint(axes, result, run, step)
    for axes in panels:
        axes.axis("off")
    hosts = Patch(facecolor=style.PALE, edgecolor=style.INK, hatch="/////", linewidth=0, label="vendor's host")
    style.legend(figure, result, extra=[hosts, Patch(facecolor=style.PALE, label="not simulated")])
    style.one_run(figure, result, run.run)
    return figure


def _paint(axes, result: Result, run: ensembles.Stances, step: int) -> None:
    colour = style.colours(result.vendors, run.coalitions)
    hosts = [vendor.iso3 for vendor in result.scenario.vendors]
    shade = dict(zip(run.nations.index, (colour[source] for source in run.source[step]), strict=True))
    shapes = outlines()
    fills = [shade.get(iso3, style.PALE) for iso3 in shapes]
    axes.add_collection(PathCollection(list(shapes.values()), facecolors=fills, edgecolors="white", linewidths=0.25))
    hatched = [shapes[host] for host in hosts if host in shapes]
    axes.add_collection(PathCollection(hatched, facecolors=style.PALE, edgecolors=style.INK, hatch="/////", linewidths=0))
    capitals = project(run.nations["capital_lon"].to_numpy(), run.nations["capital_lat"].to_numpy())
    small = ~run.nations.index.isin(shapes)
    shades = np.array(list(shade.values()))
    axes.scatter(*capitals[small].T, s=9, c=shades[small], edgecolors="white", linewidths=0.4, zorder=3)
    sizes = {name: int((run.coalition[step] == name).sum()) for name in run.coalitions}
    standing = {name: size for name, size in sizes.items() if size}
    for name in standing:
        _ties(axes, capitals[run.coalition[step] == name])
    _roll(axes, standing, colour)
    limits = window()
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_aspect("equal")


def _ties(axes, members: np.ndarray) -> None:
    """Lines from the first member, the largest, to the others."""
    lines = [(members[0], member) for member in members[1:]]
    axes.add_collection(LineCollection(lines, colors=style.INK, linewidths=0.45, alpha=0.55, zorder=4))
    axes.scatter(*members[0], s=5, color=style.INK, linewidths=0, zorder=5)


def _roll(axes, sizes: dict[str, int], colour: dict[str, str]) -> None:
    """The standing coalitions with their colour and number of members, in the emptiest ocean."""
    for index, (name, size) in enumerate(sizes.items()):
        y = 0.22 - 0.07 * index
        axes.text(0.01, y, "\u25a0", color=colour[name], fontsize=8, transform=axes.transAxes, va="center")
        axes.text(0.04, y, f"{name}: {size} nations", fontsize=6.5, transform=axes.transAxes, va="center")
