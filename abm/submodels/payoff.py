"""The payoff of an option, term by term, as a share of the nation's GDP per year.

payoff = benefit - fee - build - restriction - switching + peers - distance, planned over the planning horizon. Costs are
stored with their sign, so that the terms add up to the payoff. Each ``*_terms`` returns :class:`~abm.attributes.Terms`.
"""

import math
from typing import NamedTuple

from abm.attributes import Terms
from abm.compiled import inline_rule, rule
from abm.options import first_coalition
from abm.submodels.capability import Pool, plan, plan_quality, prospect, site, training_share
from abm.submodels.environment import free_ahead
from abm.submodels.restriction import believed_hazard, cut_off_share


class Service(NamedTuple):
    """What a source does for a nation in a step [shares of GDP per year, but for shares].

    ``used``: worth of its use with the best models; ``good``: their quality beside the best; ``fee``: share of the benefit that
    is paid for it; ``lost``: share lost to cuts and outages; ``running``: own cost of running them, training apart.
    """

    used: float
    good: float
    fee: float
    lost: float
    running: float


class Building(NamedTuple):
    """What models of a nation's own training are to it, alone or with others [shares of its GDP per year]."""

    benefit: float
    cost: float
    restriction: float


@inline_rule
def full_use(world, i):
    """What nation i's use of AI is worth with the best models, were it to use no less than it can [share of its GDP per year]."""
    return world.value * world.adoption[i]


@inline_rule
def total(terms):
    """Sum of the terms, always in the same order."""
    return terms[0] + terms[1] + terms[2] + terms[3] + terms[4] + terms[5] + terms[6]


@rule
def sum_trust(world, i):
    """Sum nation i's trust in the others by the source they use.

    In four parts: most nations share a source, and an addition that waits for the one before takes several times as long.
    """
    lanes, n = world.lanes, world.n
    sources = world.source_trust.shape[1]
    for s in range(sources):
        lanes[0, s] = lanes[1, s] = lanes[2, s] = lanes[3, s] = 0.0
    for j in range(0, n - 3, 4):
        lanes[0, world.source[j]] += world.trust[i, j]
        lanes[1, world.source[j + 1]] += world.trust[i, j + 1]
        lanes[2, world.source[j + 2]] += world.trust[i, j + 2]
        lanes[3, world.source[j + 3]] += world.trust[i, j + 3]
    for j in range(n - n % 4, n):
        lanes[0, world.source[j]] += world.trust[i, j]
    for s in range(sources):
        world.source_trust[i, s] = (lanes[0, s] + lanes[1, s]) + (lanes[2, s] + lanes[3, s])


@rule
def trust_in(world, i, source):
    """Sum of nation i's trust in the users of one source, in four parts as :func:`sum_trust` adds it up."""
    n, a, b, c, d = world.n, 0.0, 0.0, 0.0, 0.0
    for j in range(0, n - 3, 4):
        a += world.trust[i, j] if world.source[j] == source else 0.0
        b += world.trust[i, j + 1] if world.source[j + 1] == source else 0.0
        c += world.trust[i, j + 2] if world.source[j + 2] == source else 0.0
        d += world.trust[i, j + 3] if world.source[j + 3] == source else 0.0
    for j in range(n - n % 4, n):
        a += world.trust[i, j] if world.source[j] == source else 0.0
    return (a + b) + (c + d)


@inline_rule
def peers(world, i, trusted):
    """Gain from sharing a source with partners trusted at ``trusted`` in all [Arthur1989]."""
    return world.p.peer_weight * trusted / world.trust_sum[i] if world.trust_sum[i] > 0.0 else 0.0


@inline_rule
def moving_cost(world, i):
    """One-off cost of leaving the present source [share of GDP]: projects to migrate, and the exit fee of a member."""
    p = world.p
    projects = p.projects_per_bn * world.adoption[i] * world.lock_in[i] * (1.0 - p.portability)
    leaving = p.exit_fee if world.source[i] >= first_coalition(world) else 0.0
    return p.migration_cost * 1e-9 * projects + leaving


@inline_rule
def switching(world, i, source):
    """Yearly cost of moving to ``source``: none for staying, else what is paid and the standing lost, spread over the horizon."""
    if source == world.source[i]:
        return 0.0
    return (moving_cost(world, i) + standing_lost(world, i)) / world.p.planning_horizon


@inline_rule
def standing_lost(world, i):
    """Standing that nation i would lose by leaving its coalition [share of GDP, as it weighs it]; nobody gets it.

    ``leaving_cost`` by the root of the part of all its trust that lies in those it would leave: shared partners protect ties, and
    the first ones most.
    """
    return world.p.leaving_cost * math.sqrt(world.bond[i] / world.trust_sum[i]) if world.bond[i] > 0.0 else 0.0


@inline_rule
def asked_fee(world, v, lock_in):
    """Fee vendor v asks [share of benefit]: a locked-in client pays a surcharge [Klemperer1987], hosting at home another."""
    p = world.p
    return world.vendor_fee[v] * (1.0 + p.hold_up * lock_in) * (1.0 + p.hosting_cost * world.vendor_hosting[v])


@inline_rule
def vendor_terms(world, i, v):
    """Terms of being a client of vendor v; what it hosts at the client's home no cut or outage reaches."""
    p = world.p
    benefit = full_use(world, i) * world.vendor_plan_quality[v]
    fee = benefit * asked_fee(world, v, world.lock_in[i] if world.source[i] == v else 0.0)
    cut = p.severity * cut_off_share(believed_hazard(world, i, v), p.restriction_duration)
    outage = cut_off_share(p.outage_hazard, p.outage_duration)
    restriction = p.risk_aversion * (cut + outage) * (1.0 - world.vendor_hosting[v]) * benefit
    distance = p.distance_weight * world.distance[i, v]
    gain = peers(world, i, world.source_trust[i, v])
    return Terms(benefit, -fee, -p.client_effort, -restriction, -switching(world, i, v), gain, -distance)


@inline_rule
def members_pool(world, k):
    """The :class:`~abm.submodels.capability.Pool` of slot k's members."""
    return Pool(
        world.pool_compute[k], world.pool_gdp[k], world.pool_use[k], world.pool_chips[k], world.pool_least_chips[k],
        world.pool_talent[k], world.members[k], world.cohesion[k],
    )  # fmt: skip


@inline_rule
def changed_pool(world, k, i, sign):
    """Slot k's pool with nation i in it (``sign`` 1) or, where it is a member, without it (-1).

    Of a pool that loses its least trusted member the next one is not known, so its smallest share of chips stands.
    """
    gdp, size, joining = world.gdp[i], world.members[k] + int(sign), sign > 0.0
    trusted = world.source_trust[i, first_coalition(world) + k] if joining else world.bond[i]
    bonds = world.pool_bonds[k] + sign * 2.0 * trusted
    return Pool(
        world.pool_compute[k] + sign * world.plan_compute[i],
        world.pool_gdp[k] + sign * gdp,
        world.pool_use[k] + sign * gdp * world.adoption[i],
        world.pool_chips[k] + sign * gdp * world.plan_chips[i],
        min(world.pool_least_chips[k], world.plan_chips[i]) if joining else world.pool_least_chips[k],
        world.pool_talent[k] + sign * world.talent[i],
        size,
        bonds / (size * (size - 1)),
    )


@rule
def free_without(world, i):
    """Projected quality of free models without what nation i adds to them: a member who leaves takes its part along."""
    k = world.source[i] - first_coalition(world)
    if k < 0 or world.p.openness == 0.0:
        return world.free_plan
    if world.members[k] <= 2:
        return free_ahead(world, k, 0.0)
    return free_ahead(world, k, plan_quality(world, plan(world, changed_pool(world, k, i, -1.0)).capability))


@inline_rule
def building_terms(world, i, good, secure, training):
    """What models are worth that nation i trains, alone or with others, for ``training``: they will be of quality ``good``, or
    ``secure`` with cuts in chips."""
    p = world.p
    used = full_use(world, i)
    build = p.inference_cost * used + training + site(world, i)
    return Building(used * good, build, p.risk_aversion * used * (good - secure))


@inline_rule
def pooling_terms(world, i, source, good, secure, training, mean_trust, trusted):
    """Terms of building in a coalition whose members nation i trusts at ``mean_trust`` each and ``trusted`` in all."""
    p = world.p
    built = building_terms(world, i, good, secure, training)
    distance, gain = p.distance_weight * (1.0 - mean_trust), peers(world, i, trusted)
    cost = built.cost + p.membership_cost
    return Terms(built.benefit, 0.0, -cost, -built.restriction, -switching(world, i, source), gain, -distance)


@inline_rule
def member_terms(world, i, k):
    """Terms of staying in the coalition of slot k."""
    size = world.members[k]
    training = training_share(
        world, i, size, world.pool_gdp[k], world.pool_effort[k], world.pool_compute[k], world.plan_compute[i]
    )
    good, secure, bond = world.coalition_plan_quality[k], world.coalition_secure_quality[k], world.bond[i]
    return pooling_terms(world, i, world.source[i], good, secure, training, bond / (size - 1), bond)


@inline_rule
def shared_terms(world, i, source, pool, shared, trusted):
    """Terms for nation i of a coalition whose members are ``pool`` and offers ``shared``, itself among them."""
    training = training_share(world, i, pool.size, pool.gdp, shared.effort, pool.compute, world.plan_compute[i])
    return pooling_terms(world, i, source, shared.good, shared.secure, training, trusted / (pool.size - 1), trusted)


@inline_rule
def joining_terms(world, i, k):
    """Terms of joining the coalition of slot k, its pool enlarged by the nation's own part."""
    source, pool = first_coalition(world) + k, changed_pool(world, k, i, 1.0)
    return shared_terms(world, i, source, pool, prospect(world, pool), world.source_trust[i, source])
