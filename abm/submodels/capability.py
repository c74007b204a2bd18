"""Compute, capability, quality: what a source can do and how far it is behind.

Capability is log10 of effective training compute, less algorithmic progress not yet had, relative to the frontier's
algorithms: one unit is an order of magnitude (OOM).
"""

import math

from abm.compiled import rule


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
def pooled(world, compute, talent, size, cohesion):
    """Capability [OOM] of a builder (size 1) or a coalition from its members' compute [M H100e] and talent [share]."""
    p = world.p
    usable = p.pooling * p.builder_efficiency * compute
    if size > 1:
        usable *= (1.0 - overhead(world, size, cohesion)) * (1.0 - p.federated_loss * p.federated)
        talent += p.talent_exchange * p.talent_abroad
    lag = p.builder_lag * math.exp(-p.talent_pull * talent)
    return math.log10(max(usable, 1e-12)) - p.algorithmic_progress * lag


@rule
def training_share(world, i, size, gdp, compute, own):
    """Nation i's cost of the pool's training under the cost key [share of its GDP per year].

    The pool spends ``build_effort`` of its members' ``gdp``; nation i pays by GDP, equally, or by its ``own`` part of
    the members' ``compute``. The shares add up to the whole.
    """
    p = world.p
    if size < 2 or p.cost_key == 0.0:
        return p.build_effort
    budget = p.build_effort * gdp
    part = 1.0 / size if p.cost_key == 1.0 else own / compute
    return budget * part / world.gdp[i]


@rule
def site(world, i):
    """What nation i pays for a team and a site of its own, which any builder needs [share of its GDP per year]."""
    return world.p.site_cost / world.gdp[i]


@rule
def lag_months(world, capability):
    """Months that the frontier, at its present speed, is ahead of ``capability`` [OOM]."""
    return 12.0 * (world.frontier - capability) / max(world.frontier_speed, 1e-9)
