"""The network of a run for networkx: the graph of one step, its measures, and the dynamic graph that Gephi opens.

Nodes are nations, vendors and coalitions; edges are ties of the kinds ``client`` (nation to vendor), ``member`` (nation
to coalition) and ``ally`` (nation to nation, members of one coalition). Measures that :mod:`abm.measures` compiles too
agree with it: they leave the coalitions' own nodes out, whose ties would count every membership twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import IO

import networkx as nx
import numpy as np

from abm import options
from abm.temporal_network import coalition_name
from abm.temporal_network import ties as ties_of
from abm.world import World

#: Stays of a node: (option, start, end), dates as decimal years.
Stays = list[tuple[str, float, float]]


def labels(sources, serials, vendors: tuple[str, ...]) -> tuple[list[str], list[str | None]]:
    """Option and coalition (None outside) of each nation from its source and its coalition's serial (0 outside)."""
    names = options.names(vendors)
    option = [names[position] for position in options.of_source(np.asarray(sources, int), vendors)]
    return option, [coalition_name(serial) if serial > 0 else None for serial in np.asarray(serials).tolist()]


def graph(world: World, option: Sequence[str], coalition: Sequence[str | None]) -> nx.Graph:
    """The network where each nation, in the world's order, holds an option and is in a coalition or (None) in none.

    Nodes have ``kind``, ``name``, ``option`` and ``gdp`` [bn US$, at the world's step; a vendor's is that of its
    clients, a coalition's that of its members]; nations also ``bloc``, the vendor politically nearest, and ``benefit``
    [bn US$/yr].
    """
    record, n = world.record, int(world.record.n)
    g = nx.Graph()
    nearest = np.argmin(record.distance[:n], axis=1)
    for i, (iso3, name) in enumerate(zip(world.iso3, world.names, strict=True)):
        gdp = float(record.gdp[i])
        g.add_node(iso3, kind="nation", name=name, gdp=gdp, option=option[i], bloc=world.vendors[nearest[i]],
                   benefit=gdp * float(record.benefit[i]))
    for vendor in world.vendors:
        g.add_node(vendor, kind="vendor", name=vendor, gdp=0.0, option=vendor, bloc=vendor)
    for iso3, held, joined in zip(world.iso3, option, coalition, strict=True):
        if held in world.vendors:
            _attach(g, iso3, held, "client")
        elif isinstance(joined, str):
            if joined not in g:
                g.add_node(joined, kind="coalition", name=joined, gdp=0.0, option="coalition")
            _attach(g, iso3, joined, "member")
    for hub in [node for node, kind in g.nodes(data="kind") if kind == "coalition"]:
        g.add_edges_from(combinations(list(g[hub]), 2), kind="ally")
    return g


def _attach(g: nx.Graph, nation: str, hub: str, kind: str) -> None:
    g.add_edge(nation, hub, kind=kind)
    g.nodes[hub]["gdp"] += g.nodes[nation]["gdp"]


def present(world: World) -> nx.Graph:
    """The network of a world as it stands."""
    record, n = world.record, int(world.record.n)
    serials = options.serial(record.source[:n], record.serial, world.vendors)
    return graph(world, *labels(record.source[:n], serials, world.vendors))


def alliance(g: nx.Graph) -> nx.Graph:
    """The network without the coalitions' own nodes: clients tied to vendors, allies to each other."""
    return g.subgraph([node for node, kind in g.nodes(data="kind") if kind != "coalition"])


def nations(g: nx.Graph) -> list[str]:
    """Nodes that are nations, in the world's order."""
    return [node for node, kind in g.nodes(data="kind") if kind == "nation"]


def groups(g: nx.Graph) -> dict[str, list[str]]:
    """Nations by source: a vendor, self_build, hold_back, or a coalition by name."""
    found: dict[str, list[str]] = {}
    for node in nations(g):
        hub = next((other for other, tie in g[node].items() if tie["kind"] == "member"), g.nodes[node]["option"])
        found.setdefault(hub, []).append(node)
    return found


def stays(times: Sequence[float] | np.ndarray, held: Sequence[str] | np.ndarray, end: float) -> Stays:
    """Runs of equal labels in a sequence, each until the next begins; the last until ``end``."""
    starts = [0, *(step for step in range(1, len(held)) if held[step] != held[step - 1])]
    ends = [*(times[step] for step in starts[1:]), end]
    return [(str(held[step]), float(times[step]), float(stop)) for step, stop in zip(starts, ends, strict=True)]


def write_choices(file: str | Path | IO[bytes], world: World, sources: np.ndarray, serials: np.ndarray) -> nx.Graph:
    """:func:`write_gexf` of (T+1, N) choices from step 0 on; the last stands for one step."""
    steps, vendors = len(sources), world.vendors
    dates = [world.date(step) for step in range(steps + 1)]
    ties = [
        (source, target, kind, dates[start], None if stop is None else dates[stop])
        for source, target, kind, start, stop in ties_of(sources, serials, world.iso3, vendors)
    ]
    held = np.array(options.names(vendors))[options.of_source(sources, vendors)]
    option = {iso3: stays(dates[:-1], held[:, i], dates[-1]) for i, iso3 in enumerate(world.iso3)}
    return write_gexf(file, world, ties, option, dates[-1])


def write_gexf(
    file: str | Path | IO[bytes],
    world: World,
    ties: Iterable[tuple[str, str, str, float, float | None]],
    option: Mapping[str, Stays],
    end: float,
) -> nx.Graph:
    """Write the temporal network of one run as dynamic GEXF 1.2 and return the graph that was written.

    ``ties`` are (source, target, kind, start, end) in decimal years; those that still stand (None or NaN) last to
    ``end``. ``option`` gives each nation's options over time. Nodes are labelled by name, dated by spells and have a
    ``kind``.
    """
    g = nx.Graph(mode="dynamic", name="AI sovereignty through coalition")
    whole = [(float(world.date(0)), float(end))]
    for i, (iso3, name) in enumerate(zip(world.iso3, world.names, strict=True)):
        gdp = round(float(world.record.gdp_start[i]), 3)
        g.add_node(iso3, label=name, kind="nation", gdp_start=gdp, option=list(option[iso3]), spells=whole)
    for vendor in world.vendors:
        g.add_node(vendor, label=vendor, kind="vendor", option=[(vendor, *whole[0])], spells=whole)
    for source, target, kind, begun, ended in ties:
        spell = (float(begun), float(end if ended is None or math.isnan(ended) else ended))
        if target not in g:
            g.add_node(target, label=target, kind="coalition", option=[("coalition", *whole[0])], spells=[])
        if kind == "member":
            g.nodes[target]["spells"] = _merged([*g.nodes[target]["spells"], spell])
        if not g.has_edge(source, target):
            g.add_edge(source, target, kind=kind, spells=[])
        g.edges[source, target]["spells"].append(spell)
    nx.write_gexf(g, file, version="1.2draft")
    return g


def _merged(spells: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Overlapping spells as one, in order."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spells):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
