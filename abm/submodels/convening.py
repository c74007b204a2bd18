"""Convening: a set of nations judges itself as a whole, down to the fixed point.

Each invited nation compares the *whole* proposed set with its own status quo; those who would refuse drop out, the rest
judge again, until nobody drops out. Nations that join one at a time never get a pool off the ground.
"""

import math

from abm.attributes import Terms
from abm.compiled import inline_rule, rule
from abm.draws import INVITE, uniform
from abm.options import ALONE, VENDOR, first_coalition, kind, option
from abm.submodels.capability import Pool, prospect
from abm.submodels.coalition import found
from abm.submodels.events import CONVENE
from abm.submodels.lone import lone_terms
from abm.submodels.payoff import member_terms, shared_terms, total, trust_in, vendor_terms


@rule
def free_slot(world):
    """The first free coalition slot, or -1."""
    for k in range(world.members.size):
        if world.members[k] == 0:
            return k
    return -1


@rule
def outside(world, i):
    """Whether nation i is in no coalition."""
    return world.source[i] < first_coalition(world)


@rule
def invite(world, i):
    """Invite nation i and the partners it trusts most among those in no coalition, ``convening_size`` in all.

    Partners trusted alike come in the order of the rows, begun at a drawn one, so that no row is favoured.
    """
    world.invited[0] = i
    world.invitations = 1
    most = min(int(world.p.convening_size), world.n)
    first = int(uniform(world.seed, world.step, i, INVITE) * world.n)
    for index in range(first, first + world.n):
        j = index if index < world.n else index - world.n
        if j != i and outside(world, j):
            rank = world.invitations
            if rank < most:
                world.invitations += 1
            elif world.trust[i, j] <= world.trust[i, world.invited[rank - 1]]:
                continue
            else:
                rank -= 1
            while rank > 1 and world.trust[i, world.invited[rank - 1]] < world.trust[i, j]:
                world.invited[rank] = world.invited[rank - 1]
                rank -= 1
            world.invited[rank] = j


@rule
def proposal(world):
    """The pool of the invited set; of one nation or none it is no coalition's."""
    compute = gdp = use = chips = talent = bonds = 0.0
    least, size = 1.0, world.invitations
    for index in range(size):
        j = world.invited[index]
        compute += world.plan_compute[j]
        gdp += world.gdp[j]
        use += world.gdp[j] * world.adoption[j]
        chips += world.gdp[j] * world.plan_chips[j]
        least = min(least, world.plan_chips[j])
        talent += world.talent[j]
        bond = 0.0
        for other in range(size):
            bond += world.trust[j, world.invited[other]]
        world.invited_bond[j] = bond
        bonds += bond
    cohesion = bonds / (size * (size - 1)) if size > 1 else 1.0
    return Pool(compute, gdp, use, chips, least, talent, size, cohesion)


@inline_rule
def set_terms(world, j, k, proposed, shared):
    """Terms for nation j of founding the proposed set, which offers ``shared``, in slot k."""
    return shared_terms(world, j, first_coalition(world) + k, proposed, shared, world.invited_bond[j])


@rule
def settle_invitations(world, k, convener):
    """Let the invited judge until nobody drops out; returns the pool that is left (its size may be below two).

    Where one of them convenes (``convener``, -1 where an event does), nothing is left once it drops out itself. It is asked
    first, since most proposals fail there.
    """
    judged = False
    while True:
        proposed = proposal(world)
        if proposed.size < 2:
            return proposed
        shared = prospect(world, proposed)
        if convener >= 0 and not gains(world, convener, k, proposed, shared):
            world.invitations = 0
            return proposed
        if not judged:
            judge_status_quo(world)
            judged = True
        if not drop_unwilling(world, k, proposed, shared):
            return proposed


@rule
def status_quo_terms(world, i):
    """Terms of the present source; trust in its users must stand in ``source_trust``."""
    source = world.source[i]
    held = kind(world, source)
    if held == VENDOR:
        return vendor_terms(world, i, source)
    if held == ALONE:
        return lone_terms(world, i, source)
    return member_terms(world, i, source - first_coalition(world))


@rule
def judge_status_quo(world):
    """What the present source of each invited nation is worth to it."""
    for index in range(world.invitations):
        j = world.invited[index]
        world.source_trust[j, world.source[j]] = trust_in(world, j, world.source[j])
        world.status_quo[j] = total(status_quo_terms(world, j)) + world.taste[j, option(world, world.source[j])]


@inline_rule
def gains(world, j, k, proposed, shared):
    """Whether the proposed set is worth more to nation j than its status quo, tastes included."""
    return total(set_terms(world, j, k, proposed, shared)) + world.taste[j, first_coalition(world)] > world.status_quo[j]


@rule
def drop_unwilling(world, k, proposed, shared):
    """Withdraw those who do not gain from the proposed set, all at once; whether anybody did."""
    before, left = world.invitations, 0
    for index in range(before):
        world.willing[index] = gains(world, world.invited[index], k, proposed, shared)
    for index in range(before):
        if world.willing[index] == 1:
            world.invited[left] = world.invited[index]
            left += 1
    world.invitations = left
    return left < before


@rule
def quorate(world, proposed):
    """Whether a set may enter into force: enough members, and enough of all nations' GDP."""
    gdp = 0.0
    for i in range(world.n):
        gdp += world.gdp[i]
    size = proposed.size
    return size >= 2 and size >= world.p.quorum_members and proposed.gdp >= world.p.quorum_gdp * gdp


@rule
def summon(world):
    """Dated events that convene named nations; a binding one skips their judgement."""
    for e in range(world.events):
        k = free_slot(world)
        if world.event_step[e] == world.step and world.event_kind[e] == CONVENE and k >= 0:
            world.invitations = 0
            for j in range(world.n):
                if world.event_part[e, j] > 0.0 and outside(world, j):
                    world.invited[world.invitations] = j
                    world.invitations += 1
            proposed = proposal(world) if world.event_value[e] > 0.0 else settle_invitations(world, k, -1)
            if quorate(world, proposed):
                found(world, k)


@rule
def convened_terms(world, i, k):
    """Terms for nation i of the coalition it can convene in slot k; all NaN when it cannot.

    The terms of its present source must have been worked out.
    """
    invite(world, i)
    source = world.source[i]
    world.status_quo[i] = total(world.terms[i, source]) + world.taste[i, option(world, source)]
    proposed = settle_invitations(world, k, i)
    if world.invitations > 0 and quorate(world, proposed):
        return set_terms(world, i, k, proposed, prospect(world, proposed))
    nothing = math.nan
    return Terms(nothing, nothing, nothing, nothing, nothing, nothing, nothing)
