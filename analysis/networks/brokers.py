"""Brokers: nations that stand between others who are not tied themselves.

At any one date a nation has one source, so that the network of a date is cliques of allies and stars around vendors, and nobody
stands between. Who brokers shows over time: two nations are tied as far as they were allied in the years of a run, and a nation
that went from one coalition to another ties both.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from analysis.networks.core import allied
from analysis.networks.panel import Panel
from analysis.networks.resampling import interval, weights


def betweenness(shared: np.ndarray) -> np.ndarray:
    """(N,) share of the shortest paths between two other nations that lead over each; the longer two were allied, the nearer.

    The length of a tie is one over the share of the time allied. Source: [Freeman1977].
    """
    graph = nx.from_numpy_array(np.divide(1.0, shared, out=np.zeros_like(shared), where=shared > 0))
    found = nx.betweenness_centrality(graph, weight="weight")
    return np.array([found[i] for i in range(len(shared))])


def constraint(shared: np.ndarray) -> np.ndarray:
    """(N,) Burt's constraint by years allied: low where partners are not tied to each other, so that a nation has structural
    holes to broker; NaN without a partner.

    c_i = sum over j of (p_ij + sum over q of p_iq p_qj)^2, where p_ij is the share of i's ties that goes to j.
    Source: [Burt1992].
    """
    strength = shared.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(strength > 0, shared / strength, 0.0)
    invested = np.where(shared > 0, share + share @ share, 0.0)
    return np.where(strength[:, 0] > 0, (invested**2).sum(axis=1), np.nan)


def brokers(panel: Panel) -> pd.DataFrame:
    """A row per nation, the highest betweenness first: mean over runs of ``betweenness`` and ``constraint`` with their intervals,
    and the ``coalitions`` it was in per run."""
    shared = [allied(panel, run) for run in range(panel.count)]
    drawn = weights(panel.count)
    table = pd.DataFrame({"iso3": panel.iso3, "name": panel.names})
    for name, measure in (("betweenness", betweenness), ("constraint", constraint)):
        values = np.array([measure(one) for one in shared])
        known = np.isfinite(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (drawn @ np.where(known, values, 0.0)) / (drawn @ known)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = interval(means)
    table["coalitions"] = _distinct(panel)
    return table.sort_values("betweenness", ascending=False, kind="stable", ignore_index=True)


def _distinct(panel: Panel) -> np.ndarray:
    """(N,) mean over runs of the different coalitions a nation was in."""
    total = np.zeros(len(panel.iso3))
    for serial in range(1, int(panel.serial.max(initial=0)) + 1):
        total += (panel.serial == serial).any(axis=1).sum(axis=0)
    return total / panel.count
