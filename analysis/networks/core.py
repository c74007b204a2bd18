"""Core and periphery: who is in coalitions most of the time, and who belongs to the densest part of the network."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from analysis.networks.panel import Panel
from analysis.networks.resampling import interval, weights

HALF = 0.5  # of the time: from here on two nations count as allied over a run, and a nation as of the core


def allied(panel: Panel, run: int) -> np.ndarray:
    """(N, N) share of a run's steps, the first left out, in which two nations are in the same coalition; 0 with itself."""
    shared = np.zeros((len(panel.iso3),) * 2)
    for serial in np.unique(panel.serial[run])[1:] if panel.inside[run].any() else ():
        held = (panel.serial[run, 1:] == serial).astype(float)
        shared += held.T @ held
    np.fill_diagonal(shared, 0.0)
    return shared / panel.last


def coreness(shared: np.ndarray) -> np.ndarray:
    """(N,) largest k for which a nation is in the k-core of those allied at least half the time, over the largest k of all.

    A k-core is the largest set in which everybody has k ties within the set; 0 where nobody is allied for so long.
    Source: [Seidman1983].
    """
    number = nx.core_number(nx.from_numpy_array((shared >= HALF).astype(int)))
    k = np.array([number[i] for i in range(len(shared))], float)
    return k / max(k.max(initial=0), 1)


def founders(panel: Panel) -> np.ndarray:
    """(R, N) whether a nation is among the founders of any coalition of the run."""
    found = np.zeros((panel.count, len(panel.iso3)), bool)
    for serial in range(1, int(panel.serial.max(initial=0)) + 1):
        held = panel.serial == serial
        first = held.any(axis=2).argmax(axis=1)
        found |= held[np.arange(panel.count), first]
    return found


def core(panel: Panel) -> pd.DataFrame:
    """A row per nation, the most central first: ``member`` (share of the time in a coalition) and ``coreness``, means over runs
    with their intervals; ``founder`` (share of runs), ``exits`` (per year of membership); ``place``: core or periphery."""
    inside = panel.inside[:, 1:].mean(axis=1)
    k = np.array([coreness(allied(panel, run)) for run in range(panel.count)])
    drawn = weights(panel.count) / panel.count
    table = pd.DataFrame({"iso3": panel.iso3, "name": panel.names})
    for name, values in (("member", inside), ("coreness", k)):
        table[name], table[f"{name}_low"], table[f"{name}_high"] = interval(drawn @ values)
    left = (panel.inside[:, :-1] & (panel.serial[:, 1:] != panel.serial[:, :-1])).sum(axis=(0, 1))
    years = panel.dt * panel.inside[:, :-1].sum(axis=(0, 1))
    table["founder"] = founders(panel).mean(axis=0)
    table["exits"] = np.divide(left, years, out=np.full(len(left), np.nan), where=years > 0)
    table["place"] = np.where(table["member"] >= HALF, "core", "periphery")
    return table.sort_values(["member", "coreness"], ascending=False, kind="stable", ignore_index=True)
