"""A file of rules of somebody's own, as text, for tests and benchmarks."""

#: The model's own rules once more, and one that decides for what no nation can have.
TWINS = '''
import math
from abm.compiled import rule
from abm.rules import admission, cost_key, decision, vendor_answer
from abm.submodels.coalition import gain_from
from abm.submodels.capability import prospect
from abm.submodels.payoff import changed_pool
from abm.options import first_coalition

@decision
def finest(world, i):
    found, most = world.source[i], world.worth[world.source[i]]
    for source in range(world.worth.size):
        if world.worth[source] > most:
            found, most = source, world.worth[source]
    return found

@vendor_answer
def rebate(world, v, lost):
    p = world.p
    return p.fee[v] * (1.0 - p.price_response * lost), p.hosting[v] + p.hosting_response * lost

@rule
def against(world, j, i, k, after, shared):
    return gain_from(world, j, i, k, after, shared) < -world.p.admission_tolerance

@admission
def veto(world, i, k):
    after = changed_pool(world, k, i, 1.0)
    shared = prospect(world, after)
    for j in range(world.n):
        if world.source[j] == first_coalition(world) + k and against(world, j, i, k, after, shared):
            return False
    return True

@cost_key
def heads(world, i, size, gdp, effort, compute, own):
    return effort * gdp * (1.0 / size) / world.gdp[i]

@decision
def moonstruck(world, i):
    return 99
'''
