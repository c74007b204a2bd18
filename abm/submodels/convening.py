"""Convening: a set of nations judges itself as a whole, down to the fixed point.

Each invited nation compares the *whole* proposed set with its own status quo; those who would refuse drop out, the rest
judge again, until nobody drops out. Nations that join one at a time never get a pool off the ground.
"""

import math

from abm.compiled import rule
from abm.options import first_coalition
from abm.submodels.capability import training_share
from abm.submodels.coalition import found
from abm.submodels.events import CONVENE
from abm.submodels.payoff import builder_terms, plan_quality, status_quo_terms, survey, total


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
    """Invite nation i and the partners it trusts most among those in no coalition, ``convening_size`` in all."""
    for j in range(world.n):
        world.invited[j] = 0
    world.invited[i] = 1
    for _ in range(int(world.p.convening_size) - 1):
        best, most = -1, -1.0
        for j in range(world.n):
            if world.invited[j] == 0 and world.trust[i, j] > most and outside(world, j):
                best, most = j, world.trust[i, j]
        if best < 0:
            return
        world.invited[best] = 1


@rule
def proposal(world):
    """Pool of the invited set: compute, secure compute, talent, GDP, bonds, size."""
    compute = secure = talent = gdp = bonds = 0.0
    size = 0
    for j in range(world.n):
        if world.invited[j] == 1:
            size += 1
            compute += world.plan_compute[j]
            secure += world.plan_secure_compute[j]
            talent += world.talent[j]
            gdp += world.gdp[j]
            world.invited_bond[j] = 0.0
            for m in range(world.n):
                if world.invited[m] == 1:
                    world.invited_bond[j] += world.trust[j, m]
            bonds += world.invited_bond[j]
    return compute, secure, talent, gdp, bonds, size


@rule
def set_terms(world, j, k, proposed):
    """Terms for nation j of founding the proposed set in slot k."""
    compute, secure_compute, talent, gdp, bonds, size = proposed
    cohesion = bonds / (size * (size - 1))
    good = plan_quality(world, compute, talent, size, cohesion)
    secure = plan_quality(world, secure_compute, talent, size, cohesion)
    training = training_share(world, j, size, gdp, compute, world.plan_compute[j])
    trusted = world.invited_bond[j]
    return builder_terms(
        world, j, first_coalition(world) + k, good, secure, training, trusted / (size - 1), trusted
    )


@rule
def settle_invitations(world, k):
    """Let the invited judge until nobody drops out; returns the pool that is left (its size may be below two)."""
    for j in range(world.n):
        if world.invited[j] == 1:
            survey(world, j)
            world.status_quo[j] = total(status_quo_terms(world, j))
    while True:
        proposed = proposal(world)
        if proposed[5] < 2 or not drop_unwilling(world, k, proposed):
            return proposed


@rule
def drop_unwilling(world, k, proposed):
    """Withdraw those who do not gain from the proposed set, all at once; whether anybody did."""
    dropped = False
    for j in range(world.n):
        if world.invited[j] == 1 and total(set_terms(world, j, k, proposed)) <= world.status_quo[j]:
            world.invited[j] = 0
            dropped = True
    return dropped


@rule
def quorate(world, proposed):
    """Whether a set may enter into force: enough members, and enough of all nations' GDP."""
    gdp = 0.0
    for i in range(world.n):
        gdp += world.gdp[i]
    size = proposed[5]
    return size >= 2 and size >= world.p.quorum_members and proposed[3] >= world.p.quorum_gdp * gdp


@rule
def summon(world):
    """Dated events that convene named nations; a binding one skips their judgement."""
    for e in range(world.events):
        k = free_slot(world)
        if world.event_step[e] == world.step and world.event_kind[e] == CONVENE and k >= 0:
            for j in range(world.n):
                world.invited[j] = 1 if world.event_part[e, j] > 0.0 and outside(world, j) else 0
            proposed = proposal(world) if world.event_value[e] > 0.0 else settle_invitations(world, k)
            if quorate(world, proposed):
                found(world, k)


@rule
def convened_terms(world, i, k):
    """Terms for nation i of the coalition it can convene in slot k; all NaN when it cannot."""
    invite(world, i)
    proposed = settle_invitations(world, k)
    if world.invited[i] == 1 and quorate(world, proposed):
        return set_terms(world, i, k, proposed)
    nothing = math.nan
    return nothing, nothing, nothing, nothing, nothing, nothing, nothing
