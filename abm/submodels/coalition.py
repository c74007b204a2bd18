"""Coalitions as bodies: their pools, who is admitted, joining, leaving, dissolution.

Only the politics of a step calls the rules that move nations; they write other nations' rows too (trust of those a
leaver leaves, shared exit fees), which is why politics acts in a drawn order.
"""

import math

from abm.compiled import inline_rule, rule
from abm.options import first_coalition, self_build
from abm.rules import admission, brought_admission
from abm.submodels.capability import plan, plan_quality, pooled, prospect, training_share
from abm.submodels.derived import sum_bonds
from abm.submodels.environment import free_ahead
from abm.submodels.payoff import changed_pool, full_use, members_pool, moving_cost
from abm.submodels.restriction import chips_allowed

OPEN, MAJORITY, UNANIMITY, OWN_ADMISSION = *map(admission.index, admission.own), len(admission.own)


@rule
def pool(world, k):
    """Sum up the members of slot k (projected compute, GDP, use, chips, talent, bonds), and plan what they spend and reach."""
    if world.members[k] == 0:
        return
    source, size = first_coalition(world) + k, world.members[k]
    compute = gdp = use = chips = talent = bonds = 0.0
    least = 1.0
    for i in range(world.n):
        mine = 1.0 if world.source[i] == source else 0.0  # no branch: whether it is taken cannot be foretold
        produced = mine * world.gdp[i]
        compute += mine * world.plan_compute[i]
        gdp += produced
        use += produced * world.adoption[i]
        chips += produced * world.plan_chips[i]
        least = min(least, 1.0 - mine * (1.0 - world.plan_chips[i]))
        talent += mine * world.talent[i]
        bonds += mine * world.bond[i]
    world.pool_compute[k], world.pool_gdp[k], world.pool_use[k], world.pool_chips[k] = compute, gdp, use, chips
    world.pool_least_chips[k], world.pool_talent[k], world.pool_bonds[k] = least, talent, bonds
    world.cohesion[k] = bonds / (size * (size - 1))
    shared = plan(world, members_pool(world, k))
    world.pool_effort[k], world.coalition_plan[k], world.coalition_secure_plan[k] = shared


@rule
def prospects(world, k):
    """Projected quality of slot k's models, without and with believed cuts in chips."""
    if world.members[k] > 0:
        world.coalition_plan_quality[k] = plan_quality(world, world.coalition_plan[k])
        world.coalition_secure_quality[k] = plan_quality(world, world.coalition_secure_plan[k])


@rule
def refresh(world, k):
    """Bring slot k, and what it gives away, up to date after its membership changed."""
    pool(world, k)
    prospects(world, k)
    if world.p.openness > 0.0:
        world.free_plan = free_ahead(world, -1, 0.0)


@rule
def account(world, k):
    """Slot k's compute and capability now, what its two largest members bring, and the chips its most restricted one gets."""
    source = first_coalition(world) + k
    world.coalition_compute[k] = 0.0
    if world.members[k] == 0:
        return
    first = second = 0.0
    world.chips_least[k] = 1.0
    for i in range(world.n):
        if world.source[i] == source:
            world.coalition_compute[k] += world.compute[i]
            world.chips_least[k] = min(world.chips_least[k], chips_allowed(world, i))
            if world.compute[i] > first:
                first, second = world.compute[i], first
                world.largest_member[k] = i
            elif world.compute[i] > second:
                second = world.compute[i]
    world.largest_share[k] = first / world.coalition_compute[k]
    world.second_share[k] = second / world.coalition_compute[k]
    compute, talent = world.coalition_compute[k], world.pool_talent[k]
    world.coalition_capability[k] = pooled(world, compute, talent, world.members[k], world.cohesion[k])


@inline_rule
def admits(world, i, k):
    """Whether slot k's admission rule lets nation i in: ``open``, or enough members who would be no worse off."""
    if world.p.admission == OPEN:
        return True
    if world.p.admission >= OWN_ADMISSION:
        return brought_admission(world, i, k)
    source, after = first_coalition(world) + k, changed_pool(world, k, i, 1.0)
    shared = prospect(world, after)
    most_against = (world.members[k] - 1) // 2 if world.p.admission == MAJORITY else 0
    against = 0
    for j in range(world.n):
        if world.source[j] == source and gain_from(world, j, i, k, after, shared) < -world.p.admission_tolerance:
            against += 1
            if against > most_against:
                return False
    return True


@inline_rule
def gain_from(world, j, i, k, after, shared):
    """What member j's payoff gains if nation i joins slot k, whose pool is then ``after`` and offers ``shared``.

    The difference of its terms, those that cancel left out.
    """
    p, size, own = world.p, after.size, world.plan_compute[j]
    before = world.coalition_plan_quality[k]
    worth = shared.good - p.risk_aversion * (shared.good - shared.secure)
    worth -= before - p.risk_aversion * (before - world.coalition_secure_quality[k])
    paid = training_share(world, j, size, after.gdp, shared.effort, after.compute, own)
    paid -= training_share(world, j, size - 1, world.pool_gdp[k], world.pool_effort[k], world.pool_compute[k], own)
    trust_gain = (world.bond[j] + world.trust[j, i]) / (size - 1) - world.bond[j] / (size - 2)
    peer_gain = p.peer_weight * world.trust[j, i] / world.trust_sum[j] if world.trust_sum[j] > 0.0 else 0.0
    return full_use(world, j) * worth - paid + peer_gain + p.distance_weight * trust_gain


@rule
def move(world, i, source):
    """Nation i leaves its source for another: it pays for the switch, and its lock-in begins anew."""
    paid = moving_cost(world, i)
    world.moves += 1 - world.moved[i]
    world.moved[i] = 1
    if world.source[i] >= first_coalition(world):
        leave(world, i)
        paid -= world.p.exit_fee
    world.switching_paid[i] += paid
    world.switching_spend += paid * world.gdp[i]
    world.source[i] = source
    world.lock_in[i] = 0.0
    world.notice_left[i] = -1.0


@rule
def leave(world, i):
    """Nation i's exit from its coalition: lost trust, exit fee, dissolution when one member is left."""
    source = world.source[i]
    k = source - first_coalition(world)
    world.exits += 1
    world.former_member[i] = 1
    world.members[k] -= 1
    world.source[i] = -1  # between sources until `move` sets the new one
    sum_bonds(world, i)
    others = world.pool_gdp[k] - world.gdp[i]
    fee = world.p.exit_fee * world.gdp[i]
    world.exit_paid[i] += world.p.exit_fee
    for j in range(world.n):
        if world.source[j] == source:
            lost = world.p.trust_loss * world.trust[i, j]
            world.trust[i, j] -= lost
            world.trust[j, i] = world.trust[i, j]
            world.trust_sum[i] -= lost
            world.trust_sum[j] -= lost
            world.bond[j] -= lost + world.trust[j, i]
            world.trust_start_bond[j] -= world.trust_start[j, i]
            world.exit_paid[j] -= fee / others
    if world.members[k] == 1:
        dissolve(world, k)
    refresh(world, k)


@rule
def dissolve(world, k):
    """A coalition of one is none: its last member goes on building alone, on the systems it has."""
    for j in range(world.n):
        if world.source[j] == first_coalition(world) + k:
            world.source[j] = self_build(world)
            sum_bonds(world, j)
            world.notice_left[j] = -1.0
            world.moves += 1 - world.moved[j]
            world.moved[j] = 1
    world.members[k] = 0
    world.dissolutions += 1


@rule
def enter(world, i, k):
    """Nation i joins the standing coalition of slot k."""
    world.joins += 1
    world.rejoins += world.former_member[i]
    move(world, i, first_coalition(world) + k)
    world.members[k] += 1
    sum_bonds(world, i)
    for j in range(world.n):
        if world.source[j] == world.source[i] and j != i:
            world.bond[j] += world.trust[j, i]
            world.trust_start_bond[j] += world.trust_start[j, i]
    refresh(world, k)


@rule
def found(world, k):
    """The invited nations found a coalition in the free slot k."""
    world.foundings += 1
    if math.isnan(world.first_founding):
        world.first_founding = world.start + (world.step + 1) * world.dt  # as in the record: from the end of the step
    world.serial[k] = world.foundings
    world.founded[k] = world.step
    for index in range(world.invitations):
        world.rejoins += world.former_member[world.invited[index]]
        move(world, world.invited[index], first_coalition(world) + k)
    for index in range(world.invitations):
        sum_bonds(world, world.invited[index])
    world.members[k] = world.invitations
    refresh(world, k)
