"""What happens to all nations alike: AI's value, tension, hardware, vendors, the frontier, free models."""

import math
from typing import NamedTuple

import numpy as np

from abm.compiled import inline_rule, rule
from abm.draws import OUTAGE, TENSION, normal, uniform
from abm.rules import brought_answer, vendor_answer
from abm.submodels.capability import quality
from abm.submodels.events import announce, announced

OWN_ANSWER = len(vendor_answer.own)


@rule
def tension(world):
    """Log tension, an Ornstein-Uhlenbeck process stepped exactly, so that halving the step leaves its law unchanged."""
    shock = world.tension_shock * normal(world.seed, world.step, 0, TENSION)
    world.log_tension = world.log_tension * world.tension_kept + world.tension_drifted + shock
    world.tension = math.exp(world.log_tension)


@rule
def environment(world):
    """Value of AI, hardware and vendors' growing spending at the present date, now and in a plan.

    value(t) = start + (end - start) / (1 + exp(-speed (t - midpoint))).
    """
    p = world.p
    years = world.step * world.dt
    date = world.start + years
    rise = 1.0 / (1.0 + math.exp(-p.value_speed * (date - p.value_midpoint)))
    world.value = p.value_start + (p.value_end - p.value_start) * rise
    world.hardware = p.hardware * math.exp(p.hardware_improvement * years)
    world.plan_ramp = world.hardware * world.plan_steady
    world.investment_grown = math.exp(investment_growth(world, world.dt))
    world.spending_grown = growing_spending(world, 0, world.step_nodes)
    world.programme_share_plan = frontier_share(world, 0.5 * p.planning_horizon)
    world.plan_growing = growing_spending(world, world.step_nodes, world.plan_nodes)
    announce(world)
    world.switching_spend = 0.0
    world.moves = 0


@inline_rule
def excess(world, ahead):
    """Integral of exp(-s / growth_decay) over the next ``ahead`` years, times what is left of the growth rates' excess by now."""
    tau = world.p.growth_decay
    return -world.growth_left * tau * math.expm1(-ahead / tau)


@inline_rule
def investment_growth(world, ahead):
    """Log growth of vendors' investment in the next ``ahead`` years.

    Its rate g(t) = g_end + (g_start - g_end) exp(-t / growth_decay), integrated.
    """
    p = world.p
    return p.investment_growth_end * ahead + (p.investment_growth - p.investment_growth_end) * excess(world, ahead)


@inline_rule
def growing_spending(world, first, last):
    """What spending of 1 a year that grows as vendors' investment does adds up to, at hardware's price today.

    The integral of exp(investment_growth(s) + hardware_improvement s - depreciation (time - s)) over s from 0 to ``time``, by the
    nodes that :func:`~abm.submodels.derived.set_nodes` laid for that time.
    """
    excess_now = (world.p.investment_growth - world.p.investment_growth_end) * world.growth_left
    total = 0.0
    for node in range(first, last):
        total += math.exp(world.node_steady[node] + excess_now * world.node_excess[node])
    return total


@rule
def frontier_share(world, ahead):
    """Share of a vendor's compute behind one frontier programme, ``ahead`` years from now."""
    grown = world.programme_share * math.exp(world.p.frontier_share_growth * excess(world, ahead))
    return min(world.p.frontier_share_limit, grown)


@rule
def vendor(world, v):
    """Vendor's effective compute now and in a plan.

    capability = log10(programme_share * compute) - algorithmic_progress * lag.
    """
    p = world.p
    behind = p.algorithmic_progress * p.vendor_lag[v]
    bought = world.vendor_investment[v] * world.hardware * world.plan_growing
    plan = world.vendor_compute[v] * world.plan_keep + bought
    world.vendor_capability[v] = math.log10(max(world.programme_share * world.vendor_compute[v], 1e-12)) - behind
    plan += announced(world, v, -1)
    world.vendor_plan[v] = math.log10(max(world.programme_share_plan * plan, 1e-12)) - behind


@rule
def outage(world, v):
    """All clients of a vendor lose it at once for ``outage_duration``: drawn, or ordered by a dated event."""
    p = world.p
    if uniform(world.seed, world.step, 0, OUTAGE + v) < world.outage_chance:
        world.outage_left[v] += p.outage_duration
        world.outages[v] += 1
    world.outage_share[v] = min(world.outage_left[v] / world.dt, 1.0)
    world.outage_left[v] = max(world.outage_left[v] - world.dt, 0.0)


@rule
def horizon(world):
    """The projected frontier, and how good every source will be beside it."""
    top = -np.inf
    for v in range(world.vendor_plan.size):
        top = max(top, world.vendor_plan[v])
    for k in range(world.members.size):
        if world.members[k] > 0:
            top = max(top, world.coalition_plan[k])
    world.frontier_plan = top
    for v in range(world.vendor_plan.size):
        world.vendor_plan_quality[v] = quality(top - world.vendor_plan[v], world.p.quality_sensitivity)
    for k in range(world.members.size):
        if world.members[k] > 0:
            world.coalition_plan_quality[k] = quality(top - world.coalition_plan[k], world.p.quality_sensitivity)
    world.free_plan = free_ahead(world, -1, 0.0)


@rule
def free_ahead(world, k, good):
    """Projected quality of the best free model, were the models of slot k of quality ``good`` (k = -1: all as they are)."""
    best = good
    for other in range(world.members.size):
        if world.members[other] > 0 and other != k:
            best = max(best, world.coalition_plan_quality[other])
    released = world.released - 0.5 * world.p.planning_horizon * world.p.algorithmic_progress
    return free_models(world, world.frontier_plan, released, best)


@rule
def frontier(world):
    """The frontier now, its speed, and the quality of every source beside it."""
    p = world.p
    top, leader = -np.inf, 0
    for v in range(world.vendor_capability.size):
        if world.vendor_capability[v] > top:
            top, leader = world.vendor_capability[v], v
    spent = world.vendor_investment[leader] * world.hardware
    growth = spent / max(world.vendor_compute[leader], 1e-12) - p.depreciation
    if world.programme_share < p.frontier_share_limit:
        growth += p.frontier_share_growth * world.growth_left
    world.frontier_speed = p.algorithmic_progress + max(growth, 0.0) / math.log(10.0)
    for k in range(world.members.size):
        if world.members[k] > 0:
            top = max(top, world.coalition_capability[k])
    world.frontier = top
    for v in range(world.vendor_capability.size):
        world.vendor_quality[v] = quality(top - world.vendor_capability[v], p.quality_sensitivity)
    best = 0.0
    for k in range(world.members.size):
        if world.members[k] > 0:
            world.coalition_quality[k] = quality(top - world.coalition_capability[k], p.quality_sensitivity)
            best = max(best, world.coalition_quality[k])
    world.free_quality = free_models(world, top, world.released, best)


@rule
def free_models(world, top, released, best_coalition):
    """Quality of the best free model: open weights, a dated release, or what the best coalition gives away."""
    p = world.p
    gap = min(world.frontier_speed * p.open_weights_lag, top - released)
    return max(quality(gap, p.quality_sensitivity), p.openness * best_coalition)


class Offer(NamedTuple):
    """A vendor's ``fee`` [share of benefit] and ``hosting`` [share of use]."""

    fee: float
    hosting: float


@inline_rule
def offer(world, v, lost):
    """The offer of vendor v once the part ``lost`` of its peak share of clients has left.

    fee = listed fee * (1 - price_response * lost) and hosting = listed hosting + hosting_response * lost, unless a rule is
    brought.
    """
    p = world.p
    if p.vendor_answer >= OWN_ANSWER:
        fee, hosting = brought_answer(world, v, lost)
        return Offer(fee, hosting)
    return Offer(p.fee[v] * (1.0 - p.price_response * lost), p.hosting[v] + p.hosting_response * lost)


@rule
def vendor_books(world, v):
    """Vendor's clients, revenue, offer and investment at the end of a step."""
    total, clients, revenue = 0.0, 0.0, 0.0
    for i in range(world.n):
        gdp = world.gdp[i]
        served = gdp if world.source[i] == v else 0.0
        total += gdp
        clients += served
        revenue += world.fee_paid[i] * served
    world.client_share[v] = clients / total
    world.client_peak[v] = max(world.client_peak[v], world.client_share[v])
    lost = 1.0 - world.client_share[v] / world.client_peak[v] if world.client_peak[v] > 0.0 else 0.0
    offered = offer(world, v, lost)
    world.vendor_fee[v], world.vendor_hosting[v] = offered.fee, min(1.0, offered.hosting)
    world.revenue[v] = revenue
    bought = world.vendor_investment[v] * world.hardware * world.spending_grown
    world.vendor_compute[v] = world.vendor_compute[v] * world.compute_kept + bought
    world.vendor_investment[v] *= world.investment_grown


@rule
def advance(world):
    """Close the step; released weights fall behind the algorithms of the day, and growth nears its long run."""
    world.step += 1
    world.programme_share = frontier_share(world, world.dt)
    world.growth_left *= world.growth_kept
    world.released -= world.p.algorithmic_progress * world.dt

