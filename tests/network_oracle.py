"""Measures of the network by networkx, that the compiled ones are held against; see :mod:`abm.network`."""

import math

import networkx as nx
import numpy as np

from abm import options
from abm.network import alliance, groups, nations


def density(g: nx.Graph) -> float:
    """Ties over possible ties of the alliance network."""
    return nx.density(alliance(g))


def transitivity(g: nx.Graph) -> float:
    """Closed over all paths of two ties in the alliance network; NaN where no two ties meet."""
    ties = alliance(g)
    return nx.transitivity(ties) if any(degree > 1 for _, degree in ties.degree) else math.nan


def modularity(g: nx.Graph, trust: np.ndarray) -> float:
    """Newman's modularity of the nations' trust (N, N), in the graph's order, grouped by source; NaN without trust."""
    rows = nations(g)
    trusted = nx.from_numpy_array(np.asarray(trust)[: len(rows), : len(rows)])
    if trusted.size() == 0:
        return math.nan
    return nx.community.modularity(trusted, [{rows.index(node) for node in group} for group in groups(g).values()])


def turnover(before: nx.Graph, after: nx.Graph) -> float:
    """Share of nations whose source differs between two graphs.

    The compiled measure counts moves: it is higher where a nation moved twice in one step.
    """
    was, now = ({node: key for key, group in groups(g).items() for node in group} for g in (before, after))
    return sum(was[node] != now[node] for node in now) / len(now)


def concentration(g: nx.Graph, weight: str = "benefit") -> float:
    """Herfindahl index over sources of a nation attribute; building alone is a source per nation. NaN if all is 0."""
    held = {key: [g.nodes[node][weight] for node in group] for key, group in groups(g).items()}
    total = sum(map(sum, held.values()))
    parts = [part for key, values in held.items() for part in (values if key in options.OWN_SOURCE else [sum(values)])]
    return sum((part / total) ** 2 for part in parts) if total > 0 else math.nan
