"""What follows from facts and parameters alone: worked out at the start, and again when an event changes a parameter."""

import math

from abm.compiled import rule
from abm.options import first_coalition


@rule
def derive(world, i):
    """Nation i's susceptibility to each vendor, exp(hazard_distance * (distance - 0.5)), and the start of its trust.

    Trust at the start is vote affinity and shared institutions, weighted by ``trust_votes``.
    """
    for v in range(world.vendor_compute.size):
        world.susceptibility[i, v] = math.exp(world.p.hazard_distance * (world.distance[i, v] - 0.5))
    weight = world.p.trust_votes
    total = 0.0
    for j in range(world.n):
        affinity = weight * world.votes[i, j] + (1.0 - weight) * world.institutions[i, j]
        world.trust_start[i, j] = 0.0 if i == j else affinity
        total += world.trust_start[i, j]
    world.trust_start_sum[i] = total
    world.trust_moved[i] = 1


@rule
def tie(world, i):
    """Sum nation i's trust, and its trust at the start, over the other members of its coalition; none outside."""
    world.bond[i] = world.trust_start_bond[i] = 0.0
    if world.source[i] >= first_coalition(world):
        world.trust_moved[i] = 1
        for j in range(world.n):
            if world.source[j] == world.source[i]:
                world.bond[i] += world.trust[i, j]
                world.trust_start_bond[i] += world.trust_start[i, j]
