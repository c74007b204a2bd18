"""How far sources and nations are behind the frontier, and what compute there is."""

import math

from abm.compiled import rule
from abm.options import trains_own
from abm.submodels.capability import lag_months


@rule
def best_coalition(world):
    """Slot of the most capable coalition, or -1."""
    best = -1
    for k in range(world.members.size):
        if world.members[k] > 0 and (best < 0 or world.coalition_capability[k] > world.coalition_capability[best]):
            best = k
    return best


@rule
def lag(world, v):
    """Months a vendor is behind the frontier."""
    return lag_months(world, world.vendor_capability[v])


@rule
def lag_coalition(world):
    """Months the most capable coalition is behind the frontier."""
    k = best_coalition(world)
    return lag_months(world, world.coalition_capability[k]) if k >= 0 else math.nan


@rule
def source_quality(world, i):
    """Quality of the models nation i uses."""
    return world.benefit[i] / world.used[i] if world.used[i] > 0.0 else 1.0


@rule
def quality_gap(world, i):
    """Orders of magnitude of compute that nation i's models are behind the frontier, from their quality."""
    return -math.log(max(source_quality(world, i), 1e-12)) / max(world.p.quality_sensitivity, 1e-9)


@rule
def lag_mean(world):
    """GDP-weighted months that the nations' own sources are behind the frontier, from their quality."""
    behind = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        behind += world.gdp[i] * 12.0 * quality_gap(world, i) / max(world.frontier_speed, 1e-9)
    return behind / total


@rule
def frontier_speed(world):
    return world.frontier_speed


@rule
def programme_cost(world):
    """Yearly spending behind the dearest frontier programme of a vendor."""
    dearest = 0.0
    for v in range(world.vendor_investment.size):
        dearest = max(dearest, world.programme_share * world.vendor_investment[v])
    return dearest


@rule
def builders_compute(world):
    """Compute of builders and coalition members."""
    total = 0.0
    for i in range(world.n):
        if trains_own(world, world.source[i]):
            total += world.compute[i]
    return total


@rule
def nations_compute(world):
    """Compute of all nations."""
    total = 0.0
    for i in range(world.n):
        total += world.compute[i]
    return total
