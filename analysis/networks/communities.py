"""Communities over time: which nations hang together, and for how long.

Two networks are looked at. In that of alliances, clients are tied to their vendor and allies to each other. In that of trust, all
nations are tied by how far they trust each other. Communities are Louvain's, with a fixed seed. Source: [Blondel2008].
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import pandas as pd

from analysis.networks.panel import Panel
from analysis.networks.resampling import interval, weights
from runs.ensemble import simulate
from runs.results import Result

SEED = 0
RUNS = 30  # runs looked at; communities take long to find

Groups = list[set[str]]


def communities(graph: nx.Graph) -> Groups:
    """Louvain's communities of at least two nations, the largest first; nodes that are no nations have a ``kind``."""
    found = nx.community.louvain_communities(graph, weight="weight", seed=SEED)
    nations = [{node for node in group if "kind" not in graph.nodes[node]} for group in found]
    return sorted((group for group in nations if len(group) > 1), key=lambda group: (-len(group), min(group)))


def jaccard(one: Groups, other: Groups) -> np.ndarray:
    """(A, B) members in common over members in either. Source: [Jaccard1901]."""
    return np.array([[len(a & b) / len(a | b) for b in other] for a in one]).reshape(len(one), len(other))


def persistence(before: Groups, after: Groups) -> float:
    """How far communities stay what they were: Jaccard index with the best match, mean by members; NaN without any."""
    if not before:
        return float("nan")
    best = jaccard(before, after).max(axis=1, initial=0.0)
    return float(np.average(best, weights=[len(group) for group in before]))


def alliance(panel: Panel, run: int, step: int) -> nx.Graph:
    """The alliances of a run (a row of the panel) at a step; vendors have the ``kind`` vendor."""
    ties = panel.ties[(panel.ties["run"] == run) & (panel.ties["kind"] != "member")]
    standing = ties[(ties["start"] <= step) & ((ties["end"] > step) | ~ties["ended"])]
    graph = nx.Graph()
    graph.add_nodes_from(panel.iso3)
    graph.add_nodes_from(standing.loc[standing["kind"] == "client", "target"].unique(), kind="vendor")
    graph.add_edges_from(zip(standing["source"], standing["target"]))
    return graph


def trust(result: Result, run: int, steps: Sequence[int]) -> list[nx.Graph]:
    """Trust between nations in a run (its own number) at some steps, from the same run simulated again."""
    graphs, world = [], result.world(run)
    for step in steps:
        simulate(world, step, np.array([result.plan.seed_of(run)]))
        n = int(world.record.n)
        graph = nx.from_numpy_array(world.record.trust[:n, :n] * (1 - np.eye(n)))
        graphs.append(nx.relabel_nodes(graph, dict(enumerate(world.iso3))))
    return graphs


def over_time(result: Result, panel: Panel, most: int = RUNS) -> pd.DataFrame:
    """A row per network, run and year: ``communities``, ``largest`` [nations], ``persistence`` since the year before."""
    steps, rows = panel.yearly(), []
    for run in range(min(panel.count, most)):
        found = {
            "alliances": [communities(alliance(panel, run, step)) for step in steps],
            "trust": [communities(graph) for graph in trust(result, int(panel.runs[run]), steps)],
        }
        for network, history in found.items():
            rows += _rows(network, int(panel.runs[run]), panel.date(np.array(steps)), history)
    return pd.DataFrame(rows, columns=["network", "run", "time", "communities", "largest", "persistence"])


def _rows(network: str, run: int, dates: np.ndarray, history: Sequence[Groups]):
    for index, (date, groups) in enumerate(zip(dates, history, strict=True)):
        kept = persistence(history[index - 1], groups) if index else float("nan")
        yield network, run, float(date), len(groups), max(map(len, groups), default=0), kept


def by_date(table: pd.DataFrame) -> pd.DataFrame:
    """Means over runs with their intervals: a row per network and date."""
    parts = []
    for network, part in table.groupby("network", sort=True):
        found = {"network": network, "time": np.sort(part["time"].unique())}
        for name in ("communities", "persistence"):
            values = part.pivot(index="run", columns="time", values=name).to_numpy(float)
            drawn = weights(len(values)) / len(values)
            found[name], found[f"{name}_low"], found[f"{name}_high"] = interval(drawn @ np.nan_to_num(values, nan=0.0))
        parts.append(pd.DataFrame(found))
    whole = pd.concat(parts, ignore_index=True)
    for name in ("persistence", "persistence_low", "persistence_high"):
        whole[name] = whole[name].where(whole["time"] > whole["time"].min())
    return whole


def together(panel: Panel) -> np.ndarray:
    """(N, N) share of all runs and steps after the first in which two nations are in the same coalition."""
    shared = np.zeros((len(panel.iso3),) * 2)
    for serial in range(1, int(panel.serial.max(initial=0)) + 1):
        held = (panel.serial[:, 1:] == serial).reshape(-1, len(panel.iso3)).astype(np.float32)
        shared += held.T @ held
    return shared / (panel.count * panel.last)


def blocs(panel: Panel) -> Groups:
    """Communities of the nations by how often they are allied, over all runs: who goes with whom."""
    graph = nx.from_numpy_array(together(panel) * (1 - np.eye(len(panel.iso3))))
    return communities(nx.relabel_nodes(graph, dict(enumerate(panel.iso3))))
