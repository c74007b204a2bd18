"""Trust and the alliance network."""

import math

from abm.compiled import rule


@rule
def trust(world):
    total = 0.0
    for i in range(world.n):
        total += world.trust_sum[i]
    return total / (world.n * (world.n - 1)) if world.n > 1 else math.nan


@rule
def cohesion(world):
    """Mean trust over pairs of co-members, over all coalitions."""
    bonds, pairs = 0.0, 0
    for k in range(world.members.size):
        if world.members[k] > 0:
            size = world.members[k]
            pairs += size * (size - 1)
            bonds += world.cohesion[k] * size * (size - 1)
    return bonds / pairs if pairs > 0 else math.nan


@rule
def density(world):
    """Ties over possible ties in the network of nations and vendors: a client's to its vendor, allies' to each other."""
    vendors = world.vendor_compute.size
    ties = 0.0
    for i in range(world.n):
        ties += world.source[i] < vendors
    for k in range(world.members.size):
        ties += world.members[k] * (world.members[k] - 1) / 2.0
    nodes = world.n + vendors
    return ties / (nodes * (nodes - 1) / 2.0)


@rule
def transitivity(world):
    """Closed over all paths of length two in that network: stars around vendors are open, coalitions closed."""
    closed = open_paths = 0.0
    for v in range(world.vendor_compute.size):
        clients = 0
        for i in range(world.n):
            clients += world.source[i] == v
        open_paths += clients * (clients - 1) / 2.0
    for k in range(world.members.size):
        size = world.members[k]
        closed += size * (size - 1) * (size - 2) / 2.0
    return closed / (closed + open_paths) if closed + open_paths > 0.0 else math.nan


@rule
def modularity(world):
    """Newman's modularity of the trust network, nations grouped by source: how far blocs follow trust."""
    total = within = expected = 0.0
    for i in range(world.n):
        total += world.trust_sum[i]
    if total <= 0.0:
        return math.nan
    for s in range(world.source_trust.shape[1]):
        strength = 0.0
        for i in range(world.n):
            if world.source[i] == s:
                strength += world.trust_sum[i]
                for j in range(world.n):
                    if world.source[j] == s:
                        within += world.trust[i, j]
        expected += (strength / total) ** 2
    return within / total - expected
