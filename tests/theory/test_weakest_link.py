"""A pool is as safe as its riskiest member, to the extent of ``contagion``: chips come to all as to the one that gets fewest.

Source: the good of a group that its weakest link sets, [Hirshleifer1983]; at contagion 0 each member's chips are its own,
and what the pool gets is their sum; at 1 it is the smallest share for all.
"""

import numpy as np
import pytest

from abm.submodels.capability import alone, plan, pooled, prospect
from abm.submodels.coalition import gain_from
from abm.submodels.convening import proposal
from abm.submodels.payoff import changed_pool, joining_terms, member_terms, sum_trust
from tests import worlds
from tests.worlds import STEP, happening

MEMBERS = [0, 1, 2]
EXPECTED = np.array([1.0, 0.9, 0.4, 0.2, 1.0, 1.0])  # shares of chips, of which the first three are members'


def planned(contagion: float):
    """A record just before politics with a coalition of three that expect to get :data:`EXPECTED` of their chips."""
    event = {"kind": "convene", "nations": ["N001", "N002", "N003"], "binding": True, "date": 2025.0}
    record = happening(1, event, contagion=contagion, effort_floor=1, effort_limit=0.01, quality_sensitivity=0.4).world.record
    for phase in worlds.PHASES[: worlds.AGENDA]:
        worlds.walk(record, phase)
        if phase.rule.__name__ == "project":
            record.plan_chips[:6] = EXPECTED
    for i in range(6):
        sum_trust(record, i)
    return record


@pytest.mark.uncompiled
@pytest.mark.parametrize(("contagion", "granted"), [(0, [1.0, 0.9, 0.4]), (1, [0.4] * 3), (0.5, [0.7, 0.65, 0.4])])
def test_planned_chips_are_those_of_the_hand(contagion, granted):
    """The secure plan of a standing coalition, and the restriction that each member fears."""
    record = planned(contagion)
    gdp, ramp = record.gdp[MEMBERS], record.plan_ramp
    compute = record.plan_compute[MEMBERS].sum() + 0.01 * ramp * (gdp * granted).sum()
    rest = record.pool_talent[0], 3, record.cohesion[0]
    assert record.coalition_secure_plan[0] == pytest.approx(pooled(record, compute, *rest), rel=1e-12)
    full = record.plan_compute[MEMBERS].sum() + 0.01 * ramp * gdp.sum()
    assert record.coalition_plan[0] == pytest.approx(pooled(record, full, *rest), rel=1e-12), "cuts apart"
    good, secure = (np.exp(-0.4 * (record.frontier_plan - pooled(record, size, *rest))) for size in (full, compute))
    for i in MEMBERS:
        feared = record.p.risk_aversion * record.value * record.adoption[i] * (good - secure)
        assert member_terms(record, i, 0).restriction == pytest.approx(-feared, rel=1e-9)


@pytest.mark.uncompiled
def test_the_riskiest_newcomer_lowers_everybodys_chips():
    """Nation 4 expects a fifth of its chips: where contagion is full it takes the members' down to that, else only its own."""
    for contagion, least, secure in ((0.0, 0.2, [1, 0.9, 0.4, 0.2]), (1.0, 0.2, [0.2] * 4)):
        record = planned(contagion)
        after = changed_pool(record, 0, 3, 1)
        gdp = record.gdp[[*MEMBERS, 3]]
        assert after.least_chips == least
        compute = after.compute + 0.01 * record.plan_ramp * (gdp * secure).sum()
        shared = plan(record, after)
        assert shared.secure == pytest.approx(pooled(record, compute, after.talent, 4, after.cohesion), rel=1e-12)
        assert joining_terms(record, 3, 0).restriction < 0
    gains = {contagion: gain_from(record, 0, 3, 0, after, prospect(record, after))
             for contagion in (0.0, 1.0) for record in [planned(contagion)] for after in [changed_pool(record, 0, 3, 1)]}
    assert gains[1.0] < gains[0.0]


@pytest.mark.uncompiled
def test_a_proposed_set_and_a_standing_one_expect_the_same():
    record = planned(0.7)
    record.invited[:3], record.invitations = MEMBERS, 3
    assert plan(record, proposal(record)) == pytest.approx(
        (record.pool_effort[0], record.coalition_plan[0], record.coalition_secure_plan[0]), rel=1e-12)


@pytest.mark.uncompiled
def test_one_that_builds_alone_catches_nothing():
    plans = [plan(record, alone(record, 2)) for record in (planned(0.0), planned(1.0))]
    assert plans[0] == plans[1]


def bought(contagion: float, source: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Compute bought per US$ spent, as a share of what the price gives, and the chips withheld by hand, in a step with a cut."""
    event = {"kind": "convene", "nations": ["N001", "N002", "N003"], "binding": True, "date": 2025.0}
    cut = {"kind": "restriction", "vendor": "us", "nations": ["N002"], "years": 0.15}
    model = happening(2, event, cut, contagion=contagion, chip_dependence=0.8)
    record = model.world.record
    if source is not None:
        record.source[:3], record.members[0] = source, 0
    before, gdp = record.compute[:6].copy(), record.gdp[:6].copy()
    model.step()
    new = record.compute[:6] - before * record.compute_kept
    granted = new / (record.training_paid[:6] * gdp * record.spending_held * record.hardware)
    return granted, np.where(np.arange(6) == 1, 1 - 0.8 * 0.15 / STEP, 1.0)


@pytest.mark.uncompiled
@pytest.mark.parametrize("contagion", [0, 0.25, 1])
def test_actual_chips_are_those_of_the_hand(contagion):
    """One of three members is cut off for 0.15 of 0.25 years, at a dependence of 0.8: it gets 0.52 of its chips."""
    granted, own = bought(contagion)
    assert own[1] == pytest.approx(0.52)
    expected = own.copy()
    expected[MEMBERS] = (1 - contagion) * own[MEMBERS] + contagion * 0.52
    assert granted == pytest.approx(expected, rel=1e-9)


@pytest.mark.uncompiled
def test_a_cut_of_one_outside_coalitions_reaches_nobody_else():
    granted, own = bought(1.0, source=2)
    assert granted == pytest.approx(own, rel=1e-9)
