"""The accounts of a nation at the end of a step, and how it grows: benefit, payments, compute, lock-in, GDP, trust."""

import math

import numpy as np

from abm.compiled import inline_rule
from abm.options import builds, first_coalition, hold_back, self_build
from abm.submodels.capability import NOTHING, alone, best_effort, methods, quality, site, training_share
from abm.submodels.payoff import asked_fee
from abm.submodels.restriction import chips_allowed


@inline_rule
def training(world, i):
    """What nation i spends on national compute and training [share of GDP/yr]; a coalition's members by its cost key."""
    if not builds(world, world.source[i]):
        return world.p.client_effort
    k = world.source[i] - first_coalition(world)
    if k < 0:
        return world.effort[i]
    size, gdp, effort = world.members[k], world.pool_gdp[k], world.pool_effort[k]
    return training_share(world, i, size, gdp, effort, world.coalition_compute[k], world.compute[i])


@inline_rule
def settle(world, i):
    """Nation i's benefit, payments and losses in this step.

    net = benefit - fee - build - restriction loss - (switching + exit fees) / dt, all as shares of GDP per year, and at least -1:
    no nation loses more than its GDP, whatever it owes.
    """
    p = world.p
    source = world.source[i]
    used = world.value * world.adoption[i]
    lost, fee, extra = 0.0, 0.0, p.inference_cost * used
    if source < self_build(world):
        good = world.vendor_quality[source]
        reach = 1.0 - world.vendor_hosting[source]
        lost = reach * (1.0 - (1.0 - p.severity * world.cut_share[i, source]) * (1.0 - world.outage_share[source]))
        fee = asked_fee(world, source, world.lock_in[i])
        extra = 0.0
    elif source == self_build(world):
        start = methods(world, world.talent[i], 1, 1.0)
        world.effort[i] = best_effort(world, alone(world, i), start)
        good = quality(world.frontier - start - math.log10(max(world.compute[i], NOTHING)), p.quality_sensitivity)
        extra += site(world, i)
    elif source == hold_back(world):
        good = world.free_quality
        used *= p.free_use
        extra *= p.free_use
    else:
        good = world.coalition_quality[source - first_coalition(world)]
        extra += site(world, i) + p.membership_cost
    world.benefit[i] = used * good
    world.restriction_loss[i] = lost * world.benefit[i]
    world.fee_paid[i] = fee * (1.0 - lost) * world.benefit[i]
    world.training_paid[i] = training(world, i)
    world.build_paid[i] = world.training_paid[i] + extra
    once = (world.switching_paid[i] + world.exit_paid[i]) / world.dt
    world.net_benefit[i] = (
        world.benefit[i] - world.restriction_loss[i] - world.fee_paid[i] - world.build_paid[i] - once
    )
    if world.net_benefit[i] < -1.0:
        world.net_benefit[i] = -1.0


@inline_rule
def chips_granted(world, i):
    """Share of the hardware it pays for that nation i gets in this step, alone or in its coalition."""
    own, k = chips_allowed(world, i), world.source[i] - first_coalition(world)
    return own if k < 0 else (1.0 - world.p.contagion) * own + world.p.contagion * world.chips_least[k]


@inline_rule
def grow(world, i):
    """Nation i's compute, lock-in and GDP at the end of the step.

    Compute depreciates and grows by spending times hardware per US$, less chips withheld (in a coalition as from its least
    trusted member to the extent of ``contagion``); lock-in nears one within
    ``lock_in_time``; GDP grows at a base rate plus ``growth_feedback`` times the net benefit of AI.
    """
    p = world.p
    spent = world.training_paid[i] * world.gdp[i] * world.spending_held
    bought = spent * world.hardware * chips_granted(world, i)
    world.compute[i] = world.compute[i] * world.compute_kept + bought
    world.lock_in[i] += (1.0 - world.lock_in[i]) * world.lock_in_gain
    world.gdp[i] *= math.exp((p.growth + p.growth_feedback * world.net_benefit[i]) * world.dt)


@inline_rule
def update_trust(world, i):
    """Nation i's trust grows towards one among members of its coalition, and returns towards its start elsewhere.

    Every sum of trust obeys the same linear law as its terms, so the sums are carried along and need no summing up.
    """
    if world.trust_moved[i] == 0:
        return
    gain, back = world.trust_gained, world.trust_reverted
    shared, others = np.int64(-1), 0.0
    if world.source[i] >= first_coalition(world):
        shared = world.source[i]
        others = world.members[shared - first_coalition(world)] - 1.0
    for j in range(world.n):
        allied = world.source[j] == shared
        aim = 1.0 if allied else world.trust_start[i, j]
        world.trust[i, j] += (gain if allied else back) * (aim - world.trust[i, j])
    world.trust[i, i] = 0.0
    allies, rest = world.bond[i], world.trust_sum[i] - world.bond[i]
    rest += back * (world.trust_start_sum[i] - world.trust_start_bond[i] - rest)
    world.bond[i] = allies + gain * (others - allies)
    world.trust_sum[i] = rest + world.bond[i]
