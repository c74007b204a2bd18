"""The state of the world at step 0, from its facts and parameters."""

import math

from abm.compiled import rule
from abm.submodels.accounts import settle
from abm.submodels.choice import first_tastes
from abm.submodels.derived import derive, set_step_rates
from abm.submodels.environment import environment, frontier, horizon, vendor
from abm.submodels.restriction import project


@rule
def start(world):
    """Set every state attribute; facts and parameters must stand."""
    start_world(world)
    set_step_rates(world)
    for v in range(world.vendor_compute.size):
        start_vendor(world, v)
    for k in range(world.members.size):
        start_coalition(world, k)
    for i in range(world.n):
        start_nation(world, i)
    for v in range(world.vendor_compute.size):
        start_clients(world, v)
    environment(world)
    for v in range(world.vendor_compute.size):
        vendor(world, v)
    frontier(world)
    for i in range(world.n):
        project(world, i)
        settle(world, i)
    horizon(world)
    for i in range(world.n):
        first_tastes(world, i)


@rule
def start_world(world):
    """Clock, counters, growth."""
    world.growth_left = 1.0
    world.programme_share = min(world.p.frontier_share, world.p.frontier_share_limit)
    world.step = world.reviewing = world.moves = 0
    world.foundings = world.joins = world.exits = world.rejoins = world.refusals = world.dissolutions = 0
    world.first_founding = math.nan
    world.log_tension = 0.0
    world.tension = 1.0
    world.released = -99.0
    world.invitations = 0
    world.taste_draws[:] = 0.0
    world.lanes[:, :] = 0.0
    world.worth[:] = 0.0


@rule
def start_vendor(world, v):
    """Vendor's compute from the located shares; it has its listed fee and no outage."""
    p = world.p
    world.vendor_compute[v] = p.world_compute * world.vendor_compute_share[v]
    world.vendor_investment[v] = p.investment[v]
    world.vendor_fee[v] = p.fee[v]
    world.vendor_hosting[v] = p.hosting[v]
    world.outage_left[v] = world.outage_share[v] = world.revenue[v] = 0.0
    world.outages[v] = world.cuts_made[v] = 0
    world.heard[v, :] = world.exposed[v, :] = 0.0
    world.client_share[v] = world.client_peak[v] = 0.0


@rule
def start_coalition(world, k):
    """A free slot."""
    world.members[k] = world.serial[k] = world.largest_member[k] = 0
    world.founded[k] = -1
    world.pool_compute[k] = world.pool_gdp[k] = world.pool_use[k] = world.pool_chips[k] = world.pool_talent[k] = 0.0
    world.pool_effort[k] = 0.0
    world.pool_least_chips[k] = world.chips_least[k] = 1.0
    world.pool_bonds[k] = world.cohesion[k] = world.coalition_compute[k] = 0.0
    world.largest_share[k] = world.second_share[k] = 0.0
    world.coalition_plan[k] = world.coalition_secure_plan[k] = world.coalition_capability[k] = -99.0
    world.coalition_plan_quality[k] = world.coalition_secure_quality[k] = world.coalition_quality[k] = 0.0


@rule
def start_nation(world, i):
    """A nation before the first step: client of its vendor, with some lock-in and a prior about every hazard."""
    p = world.p
    world.gdp[i] = world.gdp_start[i]
    world.adoption[i] = min(1.0, max(p.adoption_floor, world.use_start[i] / p.adoption_full))
    world.compute[i] = p.world_compute * world.compute_share[i]
    world.source[i] = world.source_start[i]
    world.lock_in[i] = p.lock_in_start
    world.notice_left[i] = -1.0
    world.cuts[i] = world.former_member[i] = world.refused_by[i] = world.moved[i] = world.invited[i] = world.willing[i] = 0
    world.reviewed[i] = -1
    world.review_order[i] = 2.0
    world.agenda[i] = 0
    world.terms[i, :, :] = math.nan
    world.source_trust[i, :] = world.chance[:, i] = 0.0
    world.used[i] = world.benefit[i] = world.fee_paid[i] = world.training_paid[i] = world.build_paid[i] = 0.0
    world.restriction_loss[i] = world.effort[i] = 0.0
    world.taste[i, :] = 0.0
    world.switching_paid[i] = world.exit_paid[i] = world.net_benefit[i] = 0.0
    world.bond[i] = world.invited_bond[i] = world.status_quo[i] = 0.0
    derive(world, i)
    start_beliefs(world, i)
    start_trust(world, i)


@rule
def start_beliefs(world, i):
    """Prior: the calm hazard at the nation's distance, with ``prior_years`` of evidence behind it."""
    for v in range(world.vendor_compute.size):
        world.cut_left[i, v] = world.cut_share[i, v] = world.cut_new[i, v] = world.cut_ordered[i, v] = 0.0
        world.belief_years[i, v] = world.p.prior_years
        world.belief_cuts[i, v] = world.p.prior_years * world.p.hazard[v] * world.susceptibility[i, v]


@rule
def start_trust(world, i):
    """Trust at its start, none in oneself."""
    for j in range(world.n):
        world.trust[i, j] = world.trust_start[i, j]
    world.trust_sum[i] = world.trust_start_sum[i]
    world.trust_start_bond[i] = 0.0
    world.trust_moved[i] = 0


@rule
def start_clients(world, v):
    """Share of GDP that vendor v serves at the start."""
    total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        if world.source[i] == v:
            world.client_share[v] += world.gdp[i]
    world.client_share[v] /= total
    world.client_peak[v] = world.client_share[v]
