"""The choice of a nation: when it reviews its stance, what it weighs, what it decides, what follows.

Among the options open to it a nation takes the one of the highest payoff plus Gumbel noise, which makes the choice
logit: P(a) = exp(U_a / noise) / sum_b exp(U_b / noise).

Source: [McFadden1974].
"""

import math

import numpy as np

from abm.attributes import TERMS
from abm.compiled import inline_rule, rule
from abm.draws import CHOICE, CONVENE, ORDER, REVIEW, block_of_draws, gumbel, uniform
from abm.options import first_coalition, hold_back, self_build
from abm.submodels.coalition import admits, enter, found, move
from abm.submodels.convening import convened_terms, free_slot, outside
from abm.submodels.payoff import (
    hold_back_terms,
    joining_terms,
    member_terms,
    self_build_terms,
    survey,
    total,
    vendor_terms,
)

NOISE = len(TERMS) - 1
QUARTER = 0.25  # yr
NOT_REVIEWING = 2.0  # above every draw


@inline_rule
def open_books(world, i):
    """Begin nation i's step: count down its notice, and draw whether and in which place it reviews its stance.

    A nation reviews with probability 1 - exp(-review_rate * dt); one that gave notice does so when the notice is over, and may
    then withdraw it.
    """
    world.switching_paid[i] = world.exit_paid[i] = 0.0
    world.moved[i] = 0
    if world.notice_left[i] >= 0.0:
        world.notice_left[i] = max(world.notice_left[i] - world.dt, 0.0)
        reviews = world.notice_left[i] < 1e-9
    else:
        reviews = world.chance[REVIEW, i] < world.review_chance
    world.review_order[i] = uniform(world.seed, world.step, i, ORDER) if reviews else NOT_REVIEWING


@rule
def set_agenda(world):
    """List the reviewing nations in their drawn order."""
    world.reviewing = 0
    for i in range(world.n):
        if world.review_order[i] < NOT_REVIEWING:
            place = world.reviewing
            while place > 0 and world.review_order[world.agenda[place - 1]] > world.review_order[i]:
                world.agenda[place] = world.agenda[place - 1]
                place -= 1
            world.agenda[place] = i
            world.reviewing += 1


@rule
def politics(world, i):
    """Nation i reviews its stance."""
    weigh(world, i)
    enact(world, i, decide(world, i))


@inline_rule
def note(world, i, source, terms):
    """Keep the terms of an option."""
    for term in range(NOISE):
        world.terms[i, source, term] = terms[term]


@inline_rule
def draw_noise(world, i):
    """Draw the noise on every open option, and work out what each is worth with it."""
    drawn = -1  # the block of four draws at hand
    for source in range(world.worth.size):
        world.worth[source] = -np.inf
        if not math.isnan(world.terms[i, source, 0]):
            if source // 4 != drawn:
                drawn = source // 4
                u0, u1, u2, u3 = block_of_draws(world.seed, world.step, i, CHOICE // 4 + drawn)
                world.draws[0], world.draws[1], world.draws[2], world.draws[3] = u0, u1, u2, u3
            world.terms[i, source, NOISE] = world.p.noise * gumbel(world.draws[source % 4])
            world.worth[source] = total(world.terms[i, source]) + world.terms[i, source, NOISE]


@inline_rule
def weigh(world, i):
    """Work out the terms of every option open to nation i; the first term of the others is NaN."""
    world.reviewed[i] = world.step
    world.terms[i, :, 0] = math.nan
    survey(world, i)
    for v in range(world.vendor_compute.size):
        note(world, i, v, vendor_terms(world, i, v))
    note(world, i, self_build(world), self_build_terms(world, i))
    note(world, i, hold_back(world), hold_back_terms(world, i))
    for k in range(world.members.size):
        if world.members[k] > 0:
            source = first_coalition(world) + k
            member = world.source[i] == source
            note(world, i, source, member_terms(world, i, k) if member else joining_terms(world, i, k))
    k = free_slot(world)
    if k >= 0 and outside(world, i) and uniform(world.seed, world.step, i, CONVENE) < world.p.convening_rate:
        note(world, i, first_coalition(world) + k, convened_terms(world, i, k))
    draw_noise(world, i)


@rule
def payoff(world, i, source):
    """Payoff of an option at nation i's last review, without the noise; NaN where it was not open."""
    return total(world.terms[i, source])


@inline_rule
def decide(world, i):
    """The source nation i takes: the best of those that will have it, noise included.

    A coalition that would be best but refuses is noted, and its noise set to minus infinity.
    """
    world.refused_by[i] = 0
    while True:
        best, most = world.source[i], -np.inf
        for source in range(world.worth.size):
            if world.worth[source] > most:
                best, most = source, world.worth[source]
        if welcome(world, i, best):
            return best
        world.terms[i, best, NOISE] = world.worth[best] = -np.inf


@inline_rule
def welcome(world, i, source):
    """Whether a source will have nation i. Only a coalition that it is no member of may refuse, which is noted."""
    k = source - first_coalition(world)
    if source == world.source[i] or k < 0 or world.members[k] == 0 or admits(world, i, k):
        return True
    world.refused_by[i] = world.serial[k]
    world.refusals += 1
    return False


@inline_rule
def enact(world, i, source):
    """Carry out nation i's decision: stay (which withdraws a notice), give notice, join, found, or move.

    Source: a notice may be withdrawn until it takes effect [Vienna1969], [Wightman2018].
    """
    if source == world.source[i]:
        world.notice_left[i] = -1.0
        return
    if not outside(world, i) and world.notice_left[i] < 0.0 and world.p.notice > 0.0:
        world.notice_left[i] = world.p.notice * QUARTER
        return
    k = source - first_coalition(world)
    if k < 0:
        move(world, i, source)
    elif world.members[k] > 0:
        enter(world, i, k)
    else:
        found(world, k)
