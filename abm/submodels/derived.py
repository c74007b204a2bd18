"""What follows from facts and parameters alone: worked out at the start, and again when an event changes a parameter."""

import math

import numpy as np

from abm.attributes import NODES_A_PANEL
from abm.compiled import inline_rule, rule
from abm.options import first_coalition
from abm.submodels.capability import accumulated

#: Nodes and weights of Gauss and Legendre's rule on [-1, 1].
NODES, WEIGHTS = (tuple(row.tolist()) for row in np.polynomial.legendre.leggauss(NODES_A_PANEL))


@inline_rule
def affinity(world, votes, institutions):
    """Affinity of two states: how alike they vote and what institutions they share, weighted by ``affinity_votes``."""
    return world.p.affinity_votes * votes + (1.0 - world.p.affinity_votes) * institutions


@rule
def derive(world, i):
    """Nation i's distance and susceptibility to each vendor, exp(hazard_distance * (distance - 0.5)), and the start of its trust.

    Trust at the start is the affinity of two states, distance one minus the affinity to a vendor's country.
    """
    for v in range(world.vendor_compute.size):
        world.distance[i, v] = 1.0 - affinity(world, world.vendor_votes[i, v], world.vendor_institutions[i, v])
        world.susceptibility[i, v] = math.exp(world.p.hazard_distance * (world.distance[i, v] - 0.5))
    total = 0.0
    for j in range(world.n):
        near = affinity(world, world.votes[i, j], world.institutions[i, j])
        world.trust_start[i, j] = 0.0 if i == j else near
        total += world.trust_start[i, j]
    world.trust_start_sum[i] = total
    world.trust_moved[i] = 1


@rule
def sum_bonds(world, i):
    """Sum nation i's trust, and its trust at the start, over the other members of its coalition; none outside."""
    world.bond[i] = world.trust_start_bond[i] = 0.0
    if world.source[i] >= first_coalition(world):
        world.trust_moved[i] = 1
        for j in range(world.n):
            if world.source[j] == world.source[i]:
                world.bond[i] += world.trust[i, j]
                world.trust_start_bond[i] += world.trust_start[i, j]


@rule
def set_step_rates(world):
    """What yearly rates come to in one step, and in a plan, which reaches to the middle of the planning horizon."""
    p, dt, half = world.p, world.dt, 0.5 * world.p.planning_horizon
    world.compute_kept = math.exp(-p.depreciation * dt)
    world.growth_kept = math.exp(-dt / p.growth_decay)
    world.spending_held = steady_spending(world, dt)
    world.lock_in_gain = -math.expm1(-dt / p.lock_in_time)
    world.evidence_kept = math.exp(-dt / p.memory)
    world.review_chance = -math.expm1(-p.review_rate * dt)
    world.outage_chance = -math.expm1(-p.outage_hazard * dt)
    world.trust_gained = -math.expm1(-p.trust_gain * dt)
    world.trust_reverted = -math.expm1(-p.trust_reversion * dt)
    world.tension_kept = math.exp(-p.tension_reversion * dt)
    world.tension_drifted = p.tension_drift * accumulated(p.tension_reversion, dt)
    world.tension_shock = p.tension_volatility * math.sqrt(accumulated(2.0 * p.tension_reversion, dt))
    world.plan_keep = math.exp(-p.depreciation * half)
    world.plan_steady = steady_spending(world, half)
    world.step_nodes = set_nodes(world, 0, dt)
    world.plan_nodes = set_nodes(world, world.step_nodes, half)


@rule
def set_nodes(world, first, time):
    """Lay the nodes of the integral over growing spending within ``time``, from place ``first`` on; the place after the last.

    Gauss and Legendre's rule in panels of at most a year, within 1e-7 of the truth for the rates of the record. ``node_steady``
    holds what does not change from step to step, weight included, ``node_excess`` what the growth's excess adds up to by then.
    """
    p, panels = world.p, math.ceil(time)
    half, position = 0.5 * time / panels, first
    for panel in range(panels):
        for node in range(len(NODES)):
            s = (2 * panel + 1 + NODES[node]) * half
            steady = (p.investment_growth_end + p.hardware_improvement) * s - p.depreciation * (time - s)
            world.node_steady[position] = steady + math.log(WEIGHTS[node] * half)
            world.node_excess[position] = -p.growth_decay * math.expm1(-s / p.growth_decay)
            position += 1
    return position


@rule
def steady_spending(world, time):
    """What spending of 1 a year adds up to within ``time`` while hardware improves and depreciates, at its price as it begins."""
    p = world.p
    return math.exp(p.hardware_improvement * time) * accumulated(p.hardware_improvement + p.depreciation, time)
