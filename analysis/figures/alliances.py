"""The alliance network at four dates of one run, every nation always in the same place."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from abm import network
from analysis.figures import style
from analysis.reading import ensembles
from runs.results import Result

NEEDS = ("choices",)
TITLE = "The alliance network"
CAPTION = (
    "One run at four dates. Circles are nations, their area follows GDP at the start; squares are vendors. Coloured lines tie "
    "clients to their vendor; green lines tie the members of a coalition to each other. A nation keeps its place in all "
    "panels: nations that trusted each other at the start stand close."
)
PANELS, NAMED = 4, 16
SIZE = np.array([1.4, 1.0])  # half axes of the ellipse in which nations lie
REACH = 1.25  # how much further out vendors stand


@style.styled
def draw(result: Result) -> Figure:
    """Four panels, from the first date to the last."""
    run = ensembles.stances(result)
    world = result.world(run.run)
    place = places(world)
    steps = run.steps(PANELS)
    rows = -(-len(steps) // 2)
    figure = style.new(0.5 + 2.5 * rows)
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for axes, step in zip(panels, steps, strict=False):
        graph = network.graph(world, run.option[step].tolist(), [name or None for name in run.coalition[step]])
        _panel(axes, graph, place, style.colours(result.vendors, run.coalitions))
        axes.set_title(f"{run.times[step]:g}", pad=2)
    for axes in panels:
        axes.axis("off")
    style.legend(figure, result)
    style.one_run(figure, result, run.run)
    return figure


def places(world) -> dict[str, np.ndarray]:
    """A point for each nation, from the trust between them, and one for each vendor, beyond the nations nearest to it."""
    n = int(world.record.n)
    size = np.sqrt(world.record.gdp_start[:n] / world.record.gdp_start[:n].max())
    points = spread_out(scaled(1.0 - world.record.trust[:n, :n]), size)
    place = dict(zip(world.iso3, points, strict=True))
    for v, vendor in enumerate(world.vendors):
        near = np.argsort(world.record.distance[:n, v])[: max(n // 5, 1)]
        turn = 2 * np.pi * v / len(world.vendors)
        towards = points[near].mean(axis=0) / SIZE + 0.05 * np.array([np.cos(turn), np.sin(turn)])
        place[vendor] = SIZE * REACH * towards / np.linalg.norm(towards)
    return place


def scaled(distance: np.ndarray) -> np.ndarray:
    """Classical scaling: (N, 2) points whose distances come near the given (N, N), stretched to fill the panel."""
    n = len(distance)
    square = distance**2 * (1 - np.eye(n))
    centred = square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean()
    axes = np.pad(np.linalg.eigh(-centred / 2)[1], ((0, 0), (1, 0)))[:, :-3:-1]
    return SIZE * axes / np.maximum(np.abs(axes).max(axis=0), 1e-9)


def spread_out(points: np.ndarray, size: np.ndarray, rounds: int = 120) -> np.ndarray:
    """Points pushed apart until they have room within the panel's ellipse, large ones more; deterministic."""
    n = len(points)
    turn = 2.4 * np.arange(n)
    points = points + 1e-3 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    radius = (1 + size) / (1 + size).mean() * 0.7 * np.sqrt(SIZE.prod() / n)
    room = radius[:, None] + radius[None]
    for _ in range(rounds):
        apart = points[:, None] - points[None]
        length = np.linalg.norm(apart, axis=2) + np.eye(n)
        push = np.maximum(room - length, 0) * (1 - np.eye(n))
        points = points + 0.2 * (apart / length[..., None] * push[..., None]).sum(axis=1)
        outside = np.maximum(np.linalg.norm(points / SIZE, axis=1), 1)
        points = points / outside[:, None]
    return points


def _panel(axes, graph, place, colour) -> None:
    source = {node: key for key, group in network.groups(graph).items() for node in group}
    ties = [(a, b, kind) for a, b, kind in graph.edges(data="kind") if kind != "member"]
    allies = sum(kind == "ally" for *_, kind in ties)
    faint = {"ally": float(np.clip(5 / np.sqrt(max(allies, 1)), 0.05, 0.6)), "client": 0.35}
    lines = [(place[a], place[b]) for a, b, _ in ties]
    shades = [(colour[source[a]], faint[kind]) for a, _, kind in ties]
    axes.add_collection(LineCollection(lines, colors=shades, linewidths=0.5, zorder=1))
    nations = network.nations(graph)
    gdp = np.array([graph.nodes[node]["gdp"] for node in nations])
    where = np.array([place[node] for node in nations])
    area = np.clip(90 * gdp / gdp.max(), 7, None)
    axes.scatter(*where.T, s=area, c=[colour[source[node]] for node in nations], edgecolors="white", linewidths=0.5, zorder=2)
    for node in [node for node, kind in graph.nodes(data="kind") if kind == "vendor"]:
        axes.scatter(*place[node], s=110, marker="s", color=colour[node], edgecolors=style.INK, linewidths=0.8, zorder=3)
    for i in np.argsort(-gdp)[:NAMED]:
        axes.annotate(nations[i], where[i], (0, np.sqrt(area[i]) / 2 + 1), textcoords="offset points", ha="center",
                      fontsize=5.5, zorder=4, bbox={"facecolor": "white", "alpha": 0.6, "pad": 0.2, "linewidth": 0})
    everywhere = np.array(list(place.values()))
    axes.set_xlim(everywhere[:, 0].min() - 0.12, everywhere[:, 0].max() + 0.12)
    axes.set_ylim(everywhere[:, 1].min() - 0.12, everywhere[:, 1].max() + 0.22)
