"""Dependence and danger: sovereignty, hazards true and believed, cuts, outages."""

import math

from abm.compiled import rule
from abm.options import VENDOR, first_coalition, kind
from abm.submodels.capability import quality
from abm.submodels.restriction import believed_hazard, true_hazard


@rule
def national_sovereignty(world, i):
    """Share of nation i's benefit that no single foreign government can withdraw.

    Of what a vendor serves, what it hosts at home; all of what a nation runs on models of its own or freely released; in a
    coalition, what quality is left when its largest other member takes its compute away.
    """
    source = world.source[i]
    if kind(world, source) == VENDOR:
        return world.vendor_hosting[source]
    k = source - first_coalition(world)
    if k < 0 or world.coalition_quality[k] <= 0.0:
        return 1.0
    other = world.second_share[k] if world.largest_member[k] == i else world.largest_share[k]
    left = max(1.0 - other, 1e-9)
    without = world.coalition_capability[k] + math.log10(left)
    return quality(world.frontier - without, world.p.quality_sensitivity) / world.coalition_quality[k]


@rule
def sovereignty(world):
    """Share of all AI benefit that no single foreign government can withdraw."""
    safe = total = 0.0
    for i in range(world.n):
        worth = world.gdp[i] * world.benefit[i]
        total += worth
        safe += worth * national_sovereignty(world, i)
    return safe / total if total > 0.0 else 0.0


@rule
def hazard_believed(world, v):
    total = 0.0
    for i in range(world.n):
        total += believed_hazard(world, i, v)
    return total / world.n


@rule
def hazard_true(world, v):
    total = 0.0
    for i in range(world.n):
        total += true_hazard(world, i, v)
    return total / world.n


@rule
def tension(world):
    return world.tension


@rule
def cuts(world):
    count = 0
    for i in range(world.n):
        count += world.cuts[i]
    return float(count)


@rule
def outages(world):
    count = 0
    for v in range(world.outages.size):
        count += world.outages[v]
    return float(count)
