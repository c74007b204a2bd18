"""The payoff of an option, term by term, as a share of the nation's GDP per year.

payoff = benefit - fee - build - restriction - switching + peers - distance, planned over the planning horizon. Costs are
stored with their sign, so that the terms add up to the payoff. Each ``*_terms`` returns them in the order of
:data:`abm.attributes.TERMS`, without the noise.
"""

from abm.compiled import inline_rule, rule
from abm.options import first_coalition, hold_back, self_build
from abm.submodels.capability import pooled, quality, site, training_share
from abm.submodels.environment import free_ahead
from abm.submodels.restriction import believed_hazard, cut_off_share


@inline_rule
def total(terms):
    """Sum of the terms, always in the same order."""
    return terms[0] + terms[1] + terms[2] + terms[3] + terms[4] + terms[5] + terms[6]


@rule
def survey(world, i):
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
    """Sum of nation i's trust in the users of one source, in four parts as :func:`survey` adds it up."""
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
    """Yearly cost of moving to ``source``: nothing for staying, else the moving cost spread over the horizon."""
    return 0.0 if source == world.source[i] else moving_cost(world, i) / world.p.planning_horizon


@inline_rule
def vendor_terms(world, i, v):
    """Terms of being a client of vendor v; a locked-in client pays a surcharge [Klemperer1987]."""
    p = world.p
    benefit = world.value * world.adoption[i] * world.vendor_plan_quality[v]
    lock_in = world.lock_in[i] if world.source[i] == v else 0.0
    fee = world.vendor_fee[v] * benefit * (1.0 + p.hold_up * lock_in)
    cut = p.severity * cut_off_share(believed_hazard(world, i, v), p.restriction_duration)
    outage = cut_off_share(p.outage_hazard, p.outage_duration)
    restriction = p.risk_aversion * (cut + outage) * benefit
    distance = p.distance_weight * world.distance[i, v]
    gain = peers(world, i, world.source_trust[i, v])
    return benefit, -fee, -p.client_effort, -restriction, -switching(world, i, v), gain, -distance


@inline_rule
def hold_back_terms(world, i):
    """Terms of using free models only: less use, own inference, no one to depend on."""
    p = world.p
    used = world.value * world.adoption[i] * p.free_use
    source, free = hold_back(world), free_without(world, i)
    gain = peers(world, i, world.source_trust[i, source])
    build = p.inference_cost * used + p.client_effort
    return used * free, 0.0, -build, 0.0, -switching(world, i, source), gain, 0.0


@rule
def free_without(world, i):
    """Projected quality of free models without what nation i adds to them: a member who leaves takes its part along."""
    k = world.source[i] - first_coalition(world)
    if k < 0 or world.p.openness == 0.0:
        return world.free_plan
    size = world.members[k] - 1
    if size < 2:
        return free_ahead(world, k, 0.0)
    cohesion = (world.pool_bonds[k] - 2.0 * world.bond[i]) / (size * (size - 1))
    compute, talent = world.plan_pool[k] - world.plan_compute[i], world.pool_talent[k] - world.talent[i]
    return free_ahead(world, k, plan_quality(world, compute, talent, size, cohesion))


@inline_rule
def builder_terms(world, i, source, good, secure, training, mean_trust, trusted):
    """Terms of building alone or in a coalition whose models will be of quality ``good``, or ``secure`` with cuts in chips."""
    p = world.p
    used = world.value * world.adoption[i]
    alone = source == self_build(world)
    build = p.inference_cost * used + training + site(world, i) + (0.0 if alone else p.membership_cost)
    restriction = p.risk_aversion * used * (good - secure)
    distance = 0.0 if alone else p.distance_weight * (1.0 - mean_trust)
    gain = 0.0 if alone else peers(world, i, trusted)
    return used * good, 0.0, -build, -restriction, -switching(world, i, source), gain, -distance


@inline_rule
def self_build_terms(world, i):
    """Terms of building alone."""
    good = plan_quality(world, world.plan_compute[i], world.talent[i], 1, 1.0)
    secure = plan_quality(world, world.plan_secure_compute[i], world.talent[i], 1, 1.0)
    return builder_terms(world, i, self_build(world), good, secure, world.p.build_effort, 1.0, 0.0)


@rule
def plan_quality(world, compute, talent, size, cohesion):
    """Projected quality of a builder or a pool beside the projected frontier."""
    gap = world.frontier_plan - pooled(world, compute, talent, size, cohesion)
    return quality(gap, world.p.quality_sensitivity)


@inline_rule
def member_terms(world, i, k):
    """Terms of staying in the coalition of slot k."""
    size = world.members[k]
    training = training_share(world, i, size, world.pool_gdp[k], world.plan_pool[k], world.plan_compute[i])
    return builder_terms(
        world,
        i,
        world.source[i],
        world.coalition_plan_quality[k],
        world.coalition_secure_quality[k],
        training,
        world.bond[i] / (size - 1),
        world.bond[i],
    )


@inline_rule
def enlarged(world, i, k):
    """Quality, secure quality, size, GDP and compute of coalition k with nation i in it."""
    size = world.members[k] + 1
    bonds = world.pool_bonds[k] + 2.0 * world.source_trust[i, first_coalition(world) + k]
    cohesion = bonds / (size * (size - 1))
    talent = world.pool_talent[k] + world.talent[i]
    compute = world.plan_pool[k] + world.plan_compute[i]
    secure = world.plan_secure_pool[k] + world.plan_secure_compute[i]
    good = plan_quality(world, compute, talent, size, cohesion)
    safe = plan_quality(world, secure, talent, size, cohesion)
    return good, safe, size, world.pool_gdp[k] + world.gdp[i], compute


@inline_rule
def joining_terms(world, i, k):
    """Terms of joining the coalition of slot k, its pool enlarged by the nation's own compute and talent."""
    source = first_coalition(world) + k
    good, secure, size, gdp, compute = enlarged(world, i, k)
    training = training_share(world, i, size, gdp, compute, world.plan_compute[i])
    trusted = world.source_trust[i, source]
    return builder_terms(world, i, source, good, secure, training, trusted / (size - 1), trusted)


@rule
def status_quo_terms(world, i):
    """Terms of the present source; trust in its users must stand in ``source_trust``."""
    source = world.source[i]
    if source < self_build(world):
        return vendor_terms(world, i, source)
    if source == self_build(world):
        return self_build_terms(world, i)
    if source == hold_back(world):
        return hold_back_terms(world, i)
    return member_terms(world, i, source - first_coalition(world))
