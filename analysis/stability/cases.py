"""Compiled reading of sets off a world, tastes included: what a nation weighs when it stays, leaves or joins.

This file calls the model's rules only, none of another file of :mod:`analysis`:

the directory of compiled rules is named after the model's sources, and numba itself looks at this file's own changes.
"""

import numpy as np

from abm.compiled import rule
from abm.options import first_coalition, first_lone, option
from abm.schedule import AGENDA, fused
from abm.submodels.capability import lag_months
from abm.submodels.coalition import admits, pool, prospects
from abm.submodels.convening import free_slot, status_quo_terms
from abm.submodels.derived import sum_bonds
from abm.submodels.environment import horizon
from abm.submodels.lone import lone_terms
from abm.submodels.payoff import joining_terms, member_terms, sum_trust, switching, total, vendor_terms

_early = fused(0, AGENDA)


@rule
def prepare(world):
    """All phases of a step that come before politics."""
    _early(world)


@rule
def entries(world, rows, entry, status_quo):
    """Yearly cost of moving into a coalition and worth of the present source, of each row."""
    source = first_coalition(world) + free_slot(world)
    for index in range(rows.size):
        i = rows[index]
        sum_trust(world, i)
        entry[index] = switching(world, i, source)
        status_quo[index] = worth(world, i, world.source[i], status_quo_terms(world, i))


@rule
def worth(world, i, source, terms):
    """Payoff of a source plus nation i's taste for it."""
    return total(terms) + world.taste[i, option(world, source)]


@rule
def read_sets(world, rows, sets, lock_in, outsiders, inside, outside, admitted, facts):
    """Fill (M, n) ``inside``, ``outside``, ``admitted`` and (M, 2) ``facts`` for each of (M, n) ``sets`` of the rows.

    Without ``outsiders`` only members are asked, which is much quicker where sets are small.
    """
    k = free_slot(world)
    home, home_lock = world.source[rows], world.lock_in[rows]
    for m in range(sets.shape[0]):
        size = stand(world, k, rows, sets[m], lock_in, home, home_lock)
        for index in range(rows.size):
            i = rows[index]
            if not (outsiders or sets[m, index]):
                continue
            outside[m, index] = best_outside(world, i)
            if sets[m, index] and size > 1:
                inside[m, index] = worth(world, i, world.source[i], member_terms(world, i, k))
            else:
                inside[m, index] = joined(world, i, k)
                admitted[m, index] = size > 1 and admits(world, i, k)
        note_facts(world, k, rows, sets[m], facts[m])


@rule
def stand(world, k, rows, chosen, lock_in, home, home_lock):
    """Make the chosen rows the members of slot k, the others what they were at home; returns their number.

    Fewer than two are no coalition, and stay at home.
    """
    size = 0
    for index in range(rows.size):
        size += chosen[index]
    for index in range(rows.size):
        i = rows[index]
        member = chosen[index] and size > 1
        world.source[i] = first_coalition(world) + k if member else home[index]
        world.lock_in[i] = lock_in if member else home_lock[index]
    world.members[k] = size if size > 1 else 0
    for index in range(rows.size):
        sum_bonds(world, rows[index])
    pool(world, k)
    horizon(world)
    prospects(world, k)
    return size


@rule
def best_outside(world, i):
    """Worth of nation i's best source that is no coalition, moving costs off."""
    sum_trust(world, i)
    best = -np.inf
    for source in range(first_lone(world), first_coalition(world)):
        best = max(best, worth(world, i, source, lone_terms(world, i, source)))
    for v in range(world.vendor_compute.size):
        best = max(best, worth(world, i, v, vendor_terms(world, i, v)))
    return best


@rule
def joined(world, i, k):
    """Worth of joining slot k, surveyed; NaN where no coalition stands."""
    return worth(world, i, first_coalition(world) + k, joining_terms(world, i, k)) if world.members[k] > 0 else np.nan


@rule
def note_facts(world, k, rows, chosen, facts):
    """Months behind the projected frontier, and what members pay to build [bn US$ a year]."""
    facts[:] = np.nan
    if world.members[k] == 0:
        return
    behind = world.frontier_plan - world.coalition_plan[k]
    facts[0], facts[1] = lag_months(world, world.frontier - behind), 0.0
    for index in range(rows.size):
        if chosen[index]:
            facts[1] -= member_terms(world, rows[index], k).build * world.gdp[rows[index]]
