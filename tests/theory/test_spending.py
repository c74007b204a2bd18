"""What builders spend: the level at which all members' marginal benefits together equal the marginal cost.

Source: [Samuelson1954]. The quality of a pool's models is a good that all its members use alike, so the best spending for them
together weighs the sum of their benefits; one that builds alone weighs its own only. With Q(C) = (C / C_full)^a and benefit
W Q(C) the best compute is C = (W a ramp C_full^-a)^(1 / (1 - a)), so a pool of n alike buys n^(1 / (1 - a)) times what one alone
does.
"""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from abm.submodels.capability import LN10, alone, best_effort, plan, pooled
from abm.submodels.convening import proposal
from tests import worlds
from tests.theory.limits import CLUB, SELF, bare, still


@pytest.fixture(scope="module")
def base():
    """Ten invented nations before the politics of their first step, that may spend up to 5 % of GDP and nothing at least."""
    record = worlds.plain(10, value_start=0.03, effort_floor=0, effort_limit=0.05, quality_sensitivity=0.3).world(0).record
    worlds.to_politics(record)
    return record


def invite(record, members):
    """The pool of some nations."""
    record.invited[: len(members)], record.invitations = members, len(members)
    return proposal(record)


def surplus(record, pool, full: float, effort: float) -> float:
    """Benefit of all members less what they spend [bn US$/yr]: worth W (C / C_full)^a, no better than the best vendor's."""
    power = record.p.quality_sensitivity / np.log(10)
    compute = pool.compute + effort * pool.gdp * record.plan_ramp
    return record.value * pool.use * min(compute / full, 1) ** power - effort * pool.gdp


def numeric(record, pool, full: float, bounds: tuple) -> float:
    """Where the joint surplus is largest, by search."""
    options = {"bounds": bounds, "method": "bounded", "options": {"xatol": 1e-9}}
    return minimize_scalar(lambda effort: -surplus(record, pool, full, effort), **options).x


def test_spending_is_the_numeric_maximum_of_the_joint_surplus(base):
    """In 600 worlds, where it lies at the floor, at the limit, between them, and at the frontier."""
    chance, record, where = np.random.default_rng(4), base.copy(), []
    p = record.p
    for _ in range(600):
        p.effort_limit, p.effort_floor = chance.uniform(0.0005, 0.05), chance.choice([0, 0.3])
        p.quality_sensitivity, record.value = chance.uniform(0.05, 1.8), 10 ** chance.uniform(-3, -0.5)
        gdp, full = 10 ** chance.uniform(2, 4), 10 ** chance.uniform(-3, 2)
        use = gdp * chance.uniform(0.2, 1)
        pool = invite(record, [0, 1])._replace(compute=full * 10 ** chance.uniform(-4, 0.3), gdp=gdp, use=use)
        effort = best_effort(record, pool, record.vendor_plan.max() - np.log10(full))
        bounds = p.effort_floor * p.effort_limit, p.effort_limit
        best = numeric(record, pool, full, bounds)
        assert surplus(record, pool, full, effort) >= surplus(record, pool, full, best) - 1e-9 * gdp
        assert bounds[0] <= effort <= bounds[1]
        compute = pool.compute + effort * gdp * record.plan_ramp
        where.append("floor" if effort == bounds[0] else "limit" if effort == bounds[1]
                     else "frontier" if compute > full * (1 - 1e-9) else "between")
        if where[-1] in ("frontier", "between"):
            assert effort == pytest.approx(best, rel=1e-3, abs=2e-6)
    assert min(where.count(place) for place in ("floor", "limit", "frontier", "between")) > 20


def marginal_benefits(record, pool, members, compute: float) -> np.ndarray:
    """What one more M H100e brings each member a year [bn US$], from the quality that the model's own rules give."""
    def benefits(compute):
        capability = pooled(record, compute, pool.talent, pool.size, pool.cohesion)
        quality = np.exp(-record.p.quality_sensitivity * max(record.frontier_plan - capability, 0))
        return record.gdp[members] * record.value * record.adoption[members] * quality

    step = 1e-5 * compute
    return (benefits(compute + step) - benefits(compute - step)) / (2 * step)


@pytest.mark.parametrize("members", [[0], [1, 4], [0, 3, 6], list(range(10))])
def test_marginal_benefits_add_up_to_the_marginal_cost(base, members):
    """Samuelson's condition, for heterogeneous members; each by itself would stop far earlier."""
    record = base.copy()
    pool = invite(record, members) if len(members) > 1 else alone(record, members[0])
    effort = plan(record, pool).effort
    assert 0 < effort < record.p.effort_limit
    compute = pool.compute + effort * pool.gdp * record.plan_ramp
    gains = marginal_benefits(record, pool, members, compute)
    assert gains.sum() == pytest.approx(1 / record.plan_ramp, rel=1e-6)
    assert (gains > 0).all()


POWER = 0.4


def alike(overhead: float = 0.0):
    """Identical nations with next to no compute and a frontier far ahead, which may spend as much as they like."""
    values = {"builder_lag": 0, "overhead_size": overhead, "quality_sensitivity": POWER * LN10, "effort_limit": 0.05,
              "effort_floor": 0, "world_compute": 0.1, "frontier_share": 0.03, "hardware": 0.03}
    world = still(40, **values)
    world.record.vendor_compute_share[:] = 1e6
    return bare(world).record


@pytest.mark.parametrize("overhead", [0, 0.1])
def test_one_that_builds_alone_under_provides_by_the_ratio_of_theory(overhead):
    """n^(1 / (1 - a)) where pooling costs nothing; a part u of usable compute leaves u^(a / (1 - a)) of that."""
    record = alike(overhead)
    one = alone(record, 0)
    single = one.compute + plan(record, one).effort * one.gdp * record.plan_ramp
    for size in (2, 5, 17, 40):
        pool = invite(record, list(range(size)))
        spent = plan(record, pool).effort
        assert 0 < spent < record.p.effort_limit
        ratio = (pool.compute + spent * pool.gdp * record.plan_ramp) / single
        usable = 1 - overhead * np.log(size)
        assert ratio == pytest.approx((size * usable**POWER) ** (1 / (1 - POWER)), rel=1e-9)
        assert ratio > size or overhead, "more than all of them would buy apart"


def test_spending_stops_at_the_floor_the_limit_and_the_frontier(base):
    record, pool = base.copy(), alone(base, 0)
    p = record.p
    p.effort_floor, record.value = 0.2, 1e-9
    assert plan(record, pool).effort == pytest.approx(0.2 * p.effort_limit)
    p.effort_limit, record.value = 0.0001, 0.5
    assert plan(record, pool).effort == p.effort_limit
    record.vendor_plan[:] = plan(record, pool).capability - 0.01, -9
    p.effort_floor = 0
    best = plan(record, pool)
    assert 0 < best.effort < p.effort_limit
    assert best.capability == pytest.approx(record.vendor_plan.max(), abs=1e-9), "nobody pays for models better than the best"


def test_a_floor_of_one_fixes_spending_whatever_it_brings():
    """Builders and members of coalitions then pay effort_limit of GDP, as builders alone and together do not by themselves."""
    spent = {}
    for floor in (0.0, 1.0):
        values = {"effort_floor": floor, "effort_limit": 0.05, "value_start": 0.005, "value_end": 0.005, "review_rate": 0}
        record = still(6, quality_sensitivity=0.3, **values).record
        record.source[:6] = [SELF, SELF, CLUB, CLUB, CLUB, CLUB]
        record.members[0] = 4
        for phase in worlds.PHASES:
            worlds.walk(record, phase)
        spent[floor] = np.where(record.source[:6] >= SELF, record.training_paid[:6], np.nan)
    assert (spent[1.0] == 0.05).all()
    assert 0 < spent[0.0].min() < spent[0.0].max() < 0.05
