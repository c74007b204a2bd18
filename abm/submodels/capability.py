"""Compute, capability, quality: what a source can do, how far it is behind, what a builder spends.

Capability is log10 of effective training compute, less algorithmic progress not yet had, relative to the frontier's
algorithms: one unit is an order of magnitude (OOM).
"""

import math
from typing import NamedTuple

from abm.compiled import inline_rule, rule
from abm.rules import brought_share, cost_key

LN10 = math.log(10.0)
BY_GDP, EQUALLY, _, OWN_KEY = *map(cost_key.index, cost_key.own), len(cost_key.own)
#: Compute below which its logarithm is taken no further [M H100e].
NOTHING = 1e-12


class Pool(NamedTuple):
    """What a lone builder or a set of nations brings to training, projected to the middle of the planning horizon.

    ``compute`` [M H100e] is without what will be bought; ``gdp`` [bn US$]; ``use`` and ``chips`` are GDP weighted by adoption and
    by the share of hardware that each nation expects to get; ``least_chips`` is the smallest of these shares.
    """

    compute: float
    gdp: float
    use: float
    chips: float
    least_chips: float
    talent: float
    size: int
    cohesion: float


class Plan(NamedTuple):
    """What a pool will spend [share of its GDP/yr], and its capability [OOM] then: with all chips, and with those it expects."""

    effort: float
    capability: float
    secure: float


class Prospect(NamedTuple):
    """What a set offers its members: what they spend [share of GDP/yr], and the projected quality of its models, with all chips
    and with those that it expects."""

    effort: float
    good: float
    secure: float


@rule
def quality(gap, sensitivity):
    """exp(-sensitivity * gap) for a gap in OOM behind the best source; 1 where there is no gap."""
    return math.exp(-sensitivity * max(gap, 0.0))


@rule
def accumulated(rate, time):
    """Integral of exp(-rate * s) over s from 0 to ``time``: what a steady flow adds up to while it decays."""
    x = rate * time
    return time if abs(x) < 1e-12 else -math.expm1(-x) / rate


@rule
def overhead(world, size, cohesion):
    """Share of pooled compute lost to coordination: size * ln(n) + discord * (1 - cohesion), at most 0.9.

    Federated training needs no trust to pool data, so it takes away its share of the discord.
    """
    p = world.p
    discord = p.overhead_discord * (1.0 - p.federated) * (1.0 - cohesion)
    return min(0.9, p.overhead_size * math.log(float(size)) + discord)


@rule
def methods(world, talent, size, cohesion):
    """Capability [OOM] that a builder (size 1) or a coalition of this talent [share] gets out of 1 M H100e."""
    p = world.p
    usable = p.pooling * p.builder_efficiency
    if size > 1:
        usable *= (1.0 - overhead(world, size, cohesion)) * (1.0 - p.federated_loss * p.federated)
        talent += p.talent_exchange * p.talent_abroad
    lag = p.builder_lag * math.exp(-p.talent_pull * talent)
    return math.log10(max(usable, NOTHING)) - p.algorithmic_progress * lag


@rule
def pooled(world, compute, talent, size, cohesion):
    """Capability [OOM] of a builder (size 1) or a coalition from its members' compute [M H100e] and talent [share]."""
    return methods(world, talent, size, cohesion) + math.log10(max(compute, NOTHING))


@rule
def best_effort(world, pool, start):
    """Spending on training that is worth most to a pool's members together [share of their GDP/yr].

    ``start`` is the capability that the pool gets out of 1 M H100e (:func:`methods`). With compute C, C_full the compute level
    with the vendors' frontier, Q(C) = (C / C_full)^a their quality and
    a = quality_sensitivity / ln 10, the sum of the members' benefits less cost, value * use * Q(C) - (C - compute) / ramp, is
    greatest where value * use * a * Q(C) / C = 1 / ramp: the members' marginal benefits together equal the marginal cost. Hence
    C = (value * use * a * ramp * C_full^-a)^(1 / (1 - a)), no further than the frontier, between ``effort_floor`` and
    ``effort_limit``.

    Source: [Samuelson1954].
    """
    p = world.p
    top = world.vendor_plan[0]
    for v in range(1, world.vendor_plan.size):
        top = max(top, world.vendor_plan[v])
    log_full = LN10 * (top - start)
    a = p.quality_sensitivity / LN10
    log_best = (math.log(max(world.value * pool.use * a * world.plan_ramp, NOTHING**2)) - a * log_full) / (1.0 - a)
    best = math.exp(min(log_best, log_full))
    effort = (best - pool.compute) / (pool.gdp * world.plan_ramp)
    return min(max(effort, p.effort_floor * p.effort_limit), p.effort_limit)


@rule
def plan(world, pool):
    """The :class:`Plan` of a :class:`Pool`. A pool gets chips as its least trusted member does to the extent of ``contagion``."""
    p = world.p
    start = methods(world, pool.talent, pool.size, pool.cohesion)
    effort = best_effort(world, pool, start)
    bought = effort * world.plan_ramp
    chips = (1.0 - p.contagion) * pool.chips + p.contagion * pool.least_chips * pool.gdp
    capability = start + math.log10(max(pool.compute + bought * pool.gdp, NOTHING))
    return Plan(effort, capability, start + math.log10(max(pool.compute + bought * chips, NOTHING)))


@rule
def plan_quality(world, capability):
    """Quality of a projected capability beside the projected frontier."""
    return quality(world.frontier_plan - capability, world.p.quality_sensitivity)


@rule
def prospect(world, pool):
    """The :class:`Prospect` of a :class:`Pool`, the same for all its members: worked out once for a set, not once a member."""
    planned = plan(world, pool)
    return Prospect(planned.effort, plan_quality(world, planned.capability), plan_quality(world, planned.secure))


@inline_rule
def alone(world, i):
    """The :class:`Pool` of nation i by itself."""
    gdp, chips = world.gdp[i], world.plan_chips[i]
    return Pool(
        world.plan_compute[i], gdp, gdp * world.adoption[i], gdp * chips, chips, world.talent[i], 1, 1.0
    )


@rule
def training_share(world, i, size, gdp, effort, compute, own):
    """Nation i's cost of the pool's training under the cost key [share of its GDP per year].

    The pool spends ``effort`` of its members' ``gdp``; nation i pays by GDP, equally, or by its ``own`` part of the members'
    ``compute``. The shares add up to the whole.
    """
    p = world.p
    if size < 2 or p.cost_key == BY_GDP:
        return effort
    if p.cost_key >= OWN_KEY:
        return brought_share(world, i, size, gdp, effort, compute, own)
    part = 1.0 / size if p.cost_key == EQUALLY else own / compute
    return effort * gdp * part / world.gdp[i]


@rule
def site(world, i):
    """What nation i pays for a team and a site of its own, which any builder needs [share of its GDP per year]."""
    return world.p.site_cost / world.gdp[i]


@rule
def lag_months(world, capability):
    """Months that the frontier, at its present speed, is ahead of ``capability`` [OOM]."""
    return 12.0 * (world.frontier - capability) / max(world.frontier_speed, 1e-9)
