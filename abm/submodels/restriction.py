"""Restriction: targeted cuts and what nations believe about them.

Source: form after [FarrellNewman2019]; learning is the conjugate Gamma-Poisson update.
"""

import math

from abm.compiled import inline_rule, rule
from abm.draws import CUT, CUT_DURATION, block_of_draws, uniform
from abm.options import rivals, trains_own
from abm.submodels.events import announced


@inline_rule
def cut_off_share(hazard, duration):
    """Share of time spent cut off where cuts come at ``hazard`` and last ``duration`` on average: hD / (1 + hD)."""
    x = hazard * duration
    return x / (1.0 + x)


@inline_rule
def true_hazard(world, i, v):
    """Yearly hazard that vendor v's country cuts nation i off; higher for users of a rival and for builders."""
    hazard = world.p.hazard[v] * world.tension * world.susceptibility[i, v]
    source = world.source[i]
    return hazard * world.p.retaliation if source != v and rivals(world, source) else hazard


@inline_rule
def believed_hazard(world, i, v):
    """Mean of nation i's Gamma belief about vendor v's yearly hazard."""
    return world.belief_cuts[i, v] / world.belief_years[i, v]


@rule
def draw_chances(world):
    """Every nation's draws of this step: for a review of its stance, and for a cut by each vendor.

    Drawn for all nations in one loop over nothing else, each draw in a row of its own: a processor then draws for several
    nations at a time, five times as fast.
    """
    seed, step = world.seed, world.step
    for block in range(world.chance.shape[0] // 4):
        for i in range(world.n):
            u0, u1, u2, u3 = block_of_draws(seed, step, i, block)
            world.chance[4 * block, i] = u0
            world.chance[4 * block + 1, i] = u1
            world.chance[4 * block + 2, i] = u2
            world.chance[4 * block + 3, i] = u3


@inline_rule
def restrict(world, i):
    """Targeted cuts of nation i in this step: ordered by a dated event, going on, or drawn."""
    for v in range(world.vendor_compute.size):
        world.cut_new[i, v] = 0.0
        if world.cut_ordered[i, v] > 0.0:
            begin_cut(world, i, v, world.cut_ordered[i, v])
        elif world.cut_left[i, v] <= 0.0:
            expected = true_hazard(world, i, v) * world.dt
            drawn = world.chance[CUT + v, i]
            if drawn < expected and drawn < -math.expm1(-expected):  # the first test spares most exponentials
                length = -math.log(uniform(world.seed, world.step, i, CUT_DURATION + v))
                begin_cut(world, i, v, world.p.restriction_duration * length)
        left = world.cut_left[i, v]
        if left > 0.0:
            world.cut_share[i, v] = min(left / world.dt, 1.0)
            world.cut_left[i, v] = max(left - world.dt, 0.0)
        else:
            world.cut_share[i, v] = 0.0


@rule
def begin_cut(world, i, v, duration):
    """Nation i is cut off by vendor v for ``duration`` years from now."""
    world.cut_left[i, v] = max(world.cut_left[i, v], duration)
    world.cut_ordered[i, v] = 0.0
    world.cut_new[i, v] = 1.0
    source = world.source[i]
    if source == v or (trains_own(world, source) and world.sells_chips[v] > 0.0):
        world.cuts[i] += 1


@inline_rule
def report_cuts(world, v):
    """What every nation hears of vendor v's cuts in this step: those that are new, and who could have been cut off, by trust.

    Cuts are few and trust is mutual, so a row of trust per nation that is cut off does for all who hear of it.
    """
    n, made = world.n, 0
    for i in range(n):
        world.heard[v, i], world.exposed[v, i] = 0.0, world.trust_sum[i]
    for j in range(n):
        if world.cut_share[j, v] > 0.0:
            new, share = world.cut_new[j, v], world.cut_share[j, v]
            made += new > 0.0
            for i in range(n):
                world.heard[v, i] += world.trust[j, i] * new
                world.exposed[v, i] -= world.trust[j, i] * share
    world.cuts_made[v] = made


@inline_rule
def learn(world, i):
    """Nation i's belief: old evidence fades, its own cuts and exposure count fully, others' by trust.

    Who is cut off cannot be cut off anew, so that time is no exposure.
    """
    social, kept = world.p.social_learning, world.evidence_kept
    for v in range(world.vendor_compute.size):
        exposure = world.dt * (1.0 - world.cut_share[i, v] + social * world.exposed[v, i])
        world.belief_cuts[i, v] = kept * world.belief_cuts[i, v] + world.cut_new[i, v] + social * world.heard[v, i]
        world.belief_years[i, v] = kept * world.belief_years[i, v] + exposure


@inline_rule
def chips_allowed(world, i):
    """Share of the hardware it pays for that nation i gets in this step, cuts by chip makers considered."""
    share = 1.0
    for v in range(world.vendor_compute.size):
        share *= 1.0 - world.p.chip_dependence * world.sells_chips[v] * world.cut_share[i, v]
    return share


@inline_rule
def chips_expected(world, i):
    """The same share as nation i expects it from its beliefs."""
    share = 1.0
    for v in range(world.vendor_compute.size):
        if world.sells_chips[v] > 0.0:
            off = cut_off_share(believed_hazard(world, i, v), world.p.restriction_duration)
            share *= 1.0 - world.p.chip_dependence * world.sells_chips[v] * off
    return share


@inline_rule
def project(world, i):
    """What nation i will have of today's and announced compute at the middle of the planning horizon, and its share of chips."""
    world.plan_compute[i] = world.compute[i] * world.plan_keep + announced(world, -1, i)
    world.plan_chips[i] = chips_expected(world, i)
