"""The payoff once more, straight from the model's description: plain formulas over whole arrays, no rule of the model.

All values are shares of GDP per year. ``record`` is a world's record in the middle of a step, before the politics.
"""

import math

import numpy as np

from abm import options
from abm.submodels.lone import lone_terms
from abm.submodels.payoff import sum_trust, total


def quality(record, capability: float) -> float:
    """Quality beside the projected frontier."""
    return math.exp(-record.p.quality_sensitivity * max(record.frontier_plan - capability, 0))


def capability(record, compute: float, talent: float, size: int = 1, cohesion: float = 1.0) -> float:
    """Effective compute [OOM] of a builder or a coalition that has this compute."""
    p = record.p
    if size > 1:
        overhead = p.overhead_size * math.log(size) + p.overhead_discord * (1 - p.federated) * (1 - cohesion)
        compute *= (1 - min(overhead, 0.9)) * (1 - p.federated * p.federated_loss)
        talent += p.talent_exchange * p.talent_abroad
    lag = p.builder_lag * math.exp(-p.talent_pull * talent)
    return math.log10(compute * p.pooling * p.builder_efficiency) - p.algorithmic_progress * lag


def effort(record, members, compute: float, start: float) -> float:
    """What members spend on training, as a share of their GDP, if 1 M H100e makes them capable of ``start``.

    In parts x = C / C_full of the compute that equals the best vendor's, the sum of benefits W x^a less the cost
    C_full x / ramp is greatest where W a x^(a - 1) = C_full / ramp; no further than x = 1, and from ``effort_floor`` to
    ``effort_limit``.
    """
    p, gdp = record.p, record.gdp[members]
    full = 10 ** (record.vendor_plan.max() - start)
    power = p.quality_sensitivity / math.log(10)
    marginal = record.value * (gdp * record.adoption[members]).sum() * power * record.plan_ramp / full
    bought = full * min(marginal ** (1 / (1 - power)), 1) - compute
    return min(max(bought / (gdp.sum() * record.plan_ramp), p.effort_floor * p.effort_limit), p.effort_limit)


def prospect(record, members) -> tuple[float, float, float]:
    """What members spend [share of GDP], and what quality they reach with all chips and with those that they expect.

    To the extent of ``contagion`` all get chips as the member does that expects the smallest share.
    """
    p, size, gdp = record.p, len(members), record.gdp[members]
    pairs = trust(record)[np.ix_(members, members)].sum()
    cohesion = pairs / (size * (size - 1)) if size > 1 else 1.0
    compute, talent = record.plan_compute[members].sum(), record.talent[members].sum()
    spent = effort(record, members, compute, capability(record, 1.0, talent, size, cohesion))
    chips = record.plan_chips[members]
    chips = (1 - p.contagion) * chips + p.contagion * chips.min()
    bought = spent * record.plan_ramp * gdp
    good, secure = (quality(record, capability(record, compute + new.sum(), talent, size, cohesion))
                    for new in (bought, bought * chips))
    return spent, good, secure


def used(record, i: int) -> float:
    """Value of AI that nation i takes up."""
    return record.value * record.adoption[i]


def cut_off(hazard: float, duration: float) -> float:
    """Share of time cut off."""
    return hazard * duration / (1 + hazard * duration)


def trust(record) -> np.ndarray:
    """(n, n) trust."""
    return record.trust[: record.n, : record.n]


def peers(record, i: int, partners) -> float:
    """Gain from partners on the same source."""
    return record.p.peer_weight * trust(record)[i, partners].sum() / trust(record)[i].sum()


def users(record, source: int) -> np.ndarray:
    """Nations that use a source."""
    return np.flatnonzero(record.source[: record.n] == source)


def switching(record, i: int, source: int) -> float:
    """Yearly cost of moving to another source."""
    p = record.p
    if source == record.source[i]:
        return 0.0
    projects = p.projects_per_bn * record.adoption[i] * record.lock_in[i]
    once = p.migration_cost / 1e9 * projects * (1 - p.portability)
    if record.source[i] >= options.first_slot(record.p.fee):
        left = [j for j in users(record, record.source[i]) if j != i]
        once += p.exit_fee + p.leaving_cost * math.sqrt(trust(record)[i, left].sum() / trust(record)[i].sum())
    return once / p.planning_horizon


def vendor(record, i: int, v: int) -> float:
    """Payoff of vendor v."""
    p = record.p
    benefit = used(record, i) * record.vendor_plan_quality[v]
    locked = record.lock_in[i] if record.source[i] == v else 0.0
    hazard = record.belief_cuts[i, v] / record.belief_years[i, v]
    off = p.severity * cut_off(hazard, p.restriction_duration) + cut_off(p.outage_hazard, p.outage_duration)
    home = record.vendor_hosting[v]
    fee = record.vendor_fee[v] * (1 + p.hold_up * locked) * (1 + p.hosting_cost * home)
    costs = benefit * (fee + p.risk_aversion * off * (1 - home)) + p.client_effort
    costs += switching(record, i, v) + p.distance_weight * record.distance[i, v]
    return benefit - costs + peers(record, i, users(record, v))


def hold_back(record, i: int, source: int) -> float:
    """Payoff of free models."""
    p = record.p
    benefit = used(record, i) * p.free_use
    costs = p.inference_cost * benefit + p.client_effort + switching(record, i, source)
    return benefit * record.free_plan - costs + peers(record, i, users(record, source))


def self_build(record, i: int, source: int) -> float:
    """Payoff of building alone."""
    p = record.p
    spent, good, secure = prospect(record, [i])
    costs = p.inference_cost * used(record, i) + spent + p.site_cost / record.gdp[i] + switching(record, i, source)
    return used(record, i) * (good - p.risk_aversion * (good - secure)) - costs


def by_its_own_rule(record, i: int, source: int) -> float:
    """Payoff of an option that the description does not know: somebody's addition."""
    asked = record.copy()
    sum_trust(asked, i)
    return total(lone_terms(asked, i, source))


def share_of_cost(record, i: int, members, spent: float) -> float:
    """Nation i's part of the training that a set of members spends ``spent`` of its GDP on, under the cost key."""
    p = record.p
    part = {0: record.gdp[i] / record.gdp[members].sum(), 1: 1 / len(members),
            2: record.plan_compute[i] / record.plan_compute[members].sum()}[int(p.cost_key)]
    return spent * record.gdp[members].sum() * part / record.gdp[i]


def coalition(record, i: int, members, source: int) -> float:
    """Payoff of a coalition of ``members``, nation i among them, as ``source``."""
    p, others = record.p, [j for j in members if j != i]
    spent, good, secure = prospect(record, members)
    costs = p.inference_cost * used(record, i) + share_of_cost(record, i, members, spent) + p.membership_cost
    costs += p.site_cost / record.gdp[i]
    costs += switching(record, i, source) + p.distance_weight * (1 - trust(record)[i, others].mean())
    return used(record, i) * (good - p.risk_aversion * (good - secure)) - costs + peers(record, i, others)


def payoff(record, i: int, source: int) -> float:
    """Payoff of a source as it stands: a member's coalition as it is, another enlarged by the nation."""
    vendors = len(record.p.fee)
    if source < vendors:
        return vendor(record, i, source)
    if source < options.first_slot(record.p.fee):
        described = {"self_build": self_build, "hold_back": hold_back}.get(options.LONE[source - vendors].name, by_its_own_rule)
        return described(record, i, source)
    return coalition(record, i, sorted({i, *users(record, source).tolist()}), source)


def taste(record, i: int, source: int) -> float:
    """Nation i's taste for a source; all coalitions are one option."""
    return record.taste[i, min(source, options.first_slot(record.p.fee))]


def founding(record, i: int, members, source: int) -> float:
    """What nation i would gain on its status quo, tastes included, if ``members`` founded a coalition."""
    now = int(record.source[i])
    return coalition(record, i, members, source) + taste(record, i, source) - payoff(record, i, now) - taste(record, i, now)


def convened(record, convener: int, source: int, size: int | None = None) -> list[int]:
    """The set that a nation's convening comes to: those who gain nothing from the whole set drop out, again and again."""
    n = int(record.n)
    outside = [j for j in range(n) if record.source[j] < options.first_slot(record.p.fee) and j != convener]
    ranked = sorted(outside, key=lambda j: -trust(record)[convener, j])
    return settled(record, sorted([convener, *ranked[: int(size or record.p.convening_size) - 1]]), source)


def settled(record, invited: list[int], source: int) -> list[int]:
    """The fixed point of a set that judges itself as a whole."""
    while len(invited) > 1:
        gaining = [j for j in invited if founding(record, j, invited, source) > 0]
        if gaining == invited:
            return invited
        invited = gaining
    return []
