"""The choice of a nation: when it reviews its stance, what it weighs, what it decides, what follows.

Among the options open to it a nation takes the one of the highest payoff plus taste: what the model knows and what it does not
know of its liking. Tastes follow a Gumbel law and last until they are drawn anew, so that over many nations, or renewals,
choice is logit: P(a) = exp(U_a / taste_scale) / sum_b exp(U_b / taste_scale).

Source: random utility [McFadden1974].
"""

import math

import numpy as np

from abm.attributes import TERMS
from abm.compiled import inline_rule, rule
from abm.draws import CONVENE, FIRST_TASTE, ORDER, RENEWAL, REVIEW, TASTE, draw_row, gumbel, uniform
from abm.options import first_coalition, first_lone, option
from abm.rules import brought_decision, decision
from abm.submodels.coalition import admits, enter, found, move
from abm.submodels.convening import convened_terms, free_slot, outside
from abm.submodels.lone import lone_terms
from abm.submodels.payoff import joining_terms, member_terms, sum_trust, total, vendor_terms

TASTE_TERM = len(TERMS) - 1
OWN_DECISION = len(decision.own)
QUARTER = 0.25  # yr
NOT_REVIEWING = 2.0  # above every draw


@inline_rule
def draw_reviews(world, i):
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
            index = world.reviewing
            while index > 0 and world.review_order[world.agenda[index - 1]] > world.review_order[i]:
                world.agenda[index] = world.agenda[index - 1]
                index -= 1
            world.agenda[index] = i
            world.reviewing += 1


@rule
def politics(world, i):
    """Nation i reviews its stance."""
    weigh(world, i)
    enact(world, i, decide(world, i))


@inline_rule
def note(world, i, source, terms):
    """Keep the terms of an option."""
    for term in range(TASTE_TERM):
        world.terms[i, source, term] = terms[term]


@inline_rule
def first_tastes(world, i):
    """Draw nation i's tastes at the start, given that what it chose is the best it could choose then.

    With payoffs V, scale s, chosen option c, L = ln sum_o exp(V_o / s) and g a Gumbel draw, the best is worth U_c = s (L + g),
    and every other U_o = V_o - s ln(exp(-(U_c - V_o) / s) - ln u_o) with u_o uniform: a Gumbel draw cut off at U_c. A taste is
    U - V. That for coalitions, which nobody could choose, is an unconditional draw. The law is that of drawing all tastes again
    and again until c is the best. As s tends to nought, the chosen option is given just what it lacks.
    """
    sum_trust(world, i)
    note_lone_options(world, i)
    chosen, options, s, draws = world.source[i], first_coalition(world), max(world.p.taste_scale, 1e-300), world.taste_draws
    draw_row(world.seed, 0, i, FIRST_TASTE, draws)
    peak, share = -np.inf, 0.0
    for o in range(options):
        world.worth[o] = total(world.terms[i, o])
        peak = max(peak, world.worth[o])
    for o in range(options):
        world.taste[i, o] = math.exp((world.worth[o] - peak) / s)  # for the moment
        share += world.taste[i, o]
    first = -math.log(draws[chosen])  # exp of minus the best option's Gumbel draw
    for o in range(options):
        world.taste[i, o] = -s * math.log(world.taste[i, o] * first / share - math.log(draws[o]))
    world.taste[i, chosen] = peak + s * math.log(share / first) - world.worth[chosen]
    world.taste[i, options] = s * gumbel(draws[options])
    world.terms[i, :, :] = math.nan


@inline_rule
def renew_tastes(world, i):
    """Draw nation i's tastes anew if they have changed since its last review: they do so at rate ``taste_renewal``."""
    years = (world.step - world.reviewed[i]) * world.dt
    if uniform(world.seed, world.step, i, RENEWAL) < -math.expm1(-world.p.taste_renewal * years):
        draw_row(world.seed, world.step, i, TASTE, world.taste_draws)
        for o in range(first_coalition(world) + 1):
            world.taste[i, o] = world.p.taste_scale * gumbel(world.taste_draws[o])


@inline_rule
def add_tastes(world, i):
    """What every open option is worth to nation i with its taste."""
    for source in range(world.worth.size):
        world.worth[source] = -np.inf
        if not math.isnan(world.terms[i, source, 0]):
            world.terms[i, source, TASTE_TERM] = world.taste[i, option(world, source)]
            world.worth[source] = total(world.terms[i, source]) + world.terms[i, source, TASTE_TERM]


@inline_rule
def note_lone_options(world, i):
    """Work out the terms of every option that needs no partner; trust in the users of each must have been summed."""
    for v in range(world.vendor_compute.size):
        note(world, i, v, vendor_terms(world, i, v))
    for source in range(first_lone(world), first_coalition(world)):
        note(world, i, source, lone_terms(world, i, source))


@inline_rule
def weigh(world, i):
    """Work out the terms of every option open to nation i; the first term of the others is NaN."""
    renew_tastes(world, i)
    world.reviewed[i] = world.step
    note_options(world, i, world.p.convening_rate)
    add_tastes(world, i)


@inline_rule
def note_options(world, i, convening):
    """Work out the terms of what nation i may choose from; an outsider may convene with chance ``convening``."""
    world.terms[i, :, 0] = math.nan
    sum_trust(world, i)
    note_lone_options(world, i)
    for k in range(world.members.size):
        if world.members[k] > 0:
            source = first_coalition(world) + k
            member = world.source[i] == source
            note(world, i, source, member_terms(world, i, k) if member else joining_terms(world, i, k))
    k = free_slot(world)
    if k >= 0 and outside(world, i) and uniform(world.seed, world.step, i, CONVENE) < convening:
        note(world, i, first_coalition(world) + k, convened_terms(world, i, k))


@rule
def outlook(world, i, terms):
    """Terms of what nation i may choose now, whatever its tastes, in rows of ``terms`` (O + 1, T - 1); NaN where not open.

    The row of coalitions is the best of those that stand and would have it. The last row is the set that it can convene, were it
    itself for it, the others with their tastes as they are. Works in the world's scratch, terms and tastes: give it a copy.
    """
    coalition, slot = first_coalition(world), free_slot(world)
    world.taste[i, coalition] = math.inf  # not drawn yet, so it must not make the nation drop out of its own set
    note_options(world, i, 1.0)
    terms[:, :] = math.nan
    for source in range(world.worth.size):
        if math.isnan(world.terms[i, source, 0]):
            continue
        row = coalition + 1 if slot >= 0 and source == coalition + slot else option(world, source)
        if row == coalition and source != world.source[i] and not admits(world, i, source - coalition):
            continue
        if math.isnan(terms[row, 0]) or total(world.terms[i, source]) > total(terms[row]):
            for term in range(TASTE_TERM):
                terms[row, term] = world.terms[i, source, term]


@rule
def outlooks(world, terms):
    """:func:`outlook` of every nation, in ``terms`` (N, O + 1, T - 1)."""
    for i in range(world.n):
        kept = world.taste[i, first_coalition(world)]
        outlook(world, i, terms[i])
        world.taste[i, first_coalition(world)] = kept


@rule
def payoff(world, i, source):
    """Payoff of an option at nation i's last review, without the taste; NaN where it was not open."""
    return total(world.terms[i, source])


@inline_rule
def decide(world, i):
    """The source nation i takes: the best of those that will have it, or what a brought rule takes of them.

    A coalition that would be taken but refuses is noted, and the taste for it set to minus infinity. Errors: ValueError for a
    brought rule that takes what is not open.
    """
    world.refused_by[i] = 0
    while True:
        taken = chosen_by_rule(world, i) if world.p.decision >= OWN_DECISION else best(world, i)
        if welcome(world, i, taken):
            return taken
        world.terms[i, taken, TASTE_TERM] = world.worth[taken] = -np.inf


@inline_rule
def chosen_by_rule(world, i):
    """The source that nation i takes by a brought rule."""
    taken = brought_decision(world, i)
    if taken < 0 or taken >= world.worth.size or world.worth[taken] == -np.inf:
        raise ValueError("a nation decided for a source that is not open to it")
    return taken


@inline_rule
def best(world, i):
    """The source worth most to nation i, its taste included; where none is better, it stays."""
    found, most = world.source[i], world.worth[world.source[i]]
    for source in range(world.worth.size):
        if world.worth[source] > most:
            found, most = source, world.worth[source]
    return found


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
