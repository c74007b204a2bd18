"""The accounts of a nation at the end of a step, and how it grows: benefit, payments, compute, lock-in, GDP, trust."""

import math

import numpy as np

from abm.compiled import inline_rule
from abm.options import ALONE, VENDOR, first_coalition, kind, trains_own
from abm.submodels.capability import site, training_share
from abm.submodels.lone import lone_service
from abm.submodels.payoff import Service, asked_fee, full_use
from abm.submodels.restriction import chips_allowed


@inline_rule
def training(world, i):
    """What nation i spends on national compute and training [share of GDP/yr]; a coalition's members by its cost key."""
    if not trains_own(world, world.source[i]):
        return world.p.client_effort
    k = world.source[i] - first_coalition(world)
    if k < 0:
        return world.effort[i]
    size, gdp, effort = world.members[k], world.pool_gdp[k], world.pool_effort[k]
    return training_share(world, i, size, gdp, effort, world.coalition_compute[k], world.compute[i])


@inline_rule
def vendor_service(world, i, v):
    """What vendor v does for its client i in this step: cuts and outages take away what it does not host at the client's home."""
    p = world.p
    reach = 1.0 - world.vendor_hosting[v]
    lost = reach * (1.0 - (1.0 - p.severity * world.cut_share[i, v]) * (1.0 - world.outage_share[v]))
    fee = asked_fee(world, v, world.lock_in[i])
    return Service(full_use(world, i), world.vendor_quality[v], fee, lost, 0.0)


@inline_rule
def coalition_service(world, i, k):
    """What the models of slot k's coalition do for its member i in this step, which runs them itself."""
    p = world.p
    used = full_use(world, i)
    running = p.inference_cost * used + (site(world, i) + p.membership_cost)
    return Service(used, world.coalition_quality[k], 0.0, 0.0, running)


@inline_rule
def service(world, i):
    """What its source does for nation i in this step."""
    source = world.source[i]
    held = kind(world, source)
    if held == VENDOR:
        return vendor_service(world, i, source)
    if held == ALONE:
        return lone_service(world, i, source)
    return coalition_service(world, i, source - first_coalition(world))


@inline_rule
def settle(world, i):
    """Nation i's benefit, payments and losses in this step.

    net = benefit - fee - build - restriction loss - (switching + exit fees) / dt, all as shares of GDP per year, and at least -1:
    no nation loses more than its GDP, whatever it owes.
    """
    served = service(world, i)
    world.used[i] = served.used
    world.benefit[i] = served.used * served.good
    world.restriction_loss[i] = served.lost * world.benefit[i]
    world.fee_paid[i] = served.fee * (1.0 - served.lost) * world.benefit[i]
    world.training_paid[i] = training(world, i)
    world.build_paid[i] = world.training_paid[i] + served.running
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
