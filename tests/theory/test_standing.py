"""Leaving costs standing: weighed by the leaver by the root of the trust it puts in those it leaves, paid by nobody.

States keep commitments that nothing enforces because breaking them is costly [Leeds2003]. The cost, ``leaving_cost`` of GDP for
leaving all that a nation trusts, is spread over the planning horizon like every one-off cost: shared partners hold a member.
"""

import numpy as np
import pytest

from abm.submodels import choice
from abm.submodels.payoff import switching
from tests import worlds
from tests.worlds import SLOT, happening

FOUNDERS = ["N001", "N002", "N003", "N004"]
SWITCHING = 4  # place of the term


def allied(cost: float, **values):
    """A record just before politics with a coalition of the first four of six nations."""
    event = {"kind": "convene", "nations": FOUNDERS, "binding": True, "date": 2025.0}
    own = {"leaving_cost": cost, "planning_horizon": 5, "notice": 0, "exit_fee": 0.001}
    record = happening(2, event, **own, **values).world.record
    worlds.to_politics(record)
    return record


def weighed(record, i: int) -> np.ndarray:
    """Switching term of each option outside coalitions, and of its own coalition."""
    choice.weigh(record, i)
    return record.terms[i, : SLOT + 1, SWITCHING].copy()


@pytest.mark.uncompiled
def test_standing_is_weighed_by_the_part_of_trust_that_lies_in_those_left():
    """On top of moving cost and exit fee: leaving_cost * sqrt(trust in members / trust in all) / horizon; nothing for staying."""
    free, bound = allied(0), allied(0.04)
    trust = bound.trust[:6, :6]
    for i in range(4):
        part = trust[i, :4].sum() / trust[i].sum()
        assert 0.3 < part < 1
        lost = weighed(free, i) - weighed(bound, i)
        assert lost == pytest.approx([0.04 * part**0.5 / 5] * SLOT + [0], abs=1e-15)
    for i in (4, 5):
        assert weighed(bound, i).tolist() == weighed(free, i).tolist(), "outsiders leave nobody"


@pytest.mark.uncompiled
def test_shared_partners_hold_a_member():
    """The cost rises with the root of the trust in members at the same trust in all, up to all of leaving_cost."""
    record, i = allied(0.04), 0
    moving = switching(record, i, 0) - 0.04 * np.sqrt(record.bond[i] / record.trust_sum[i]) / 5
    for part in (0, 0.25, 0.5, 1):
        record.bond[i] = part * record.trust_sum[i]
        assert switching(record, i, 0) == pytest.approx(moving + part**0.5 * 0.04 / 5)
    for cost in (0.0, 0.02, 0.08):
        record.p.leaving_cost = cost
        assert switching(record, i, 0) == pytest.approx(moving + cost / 5)
    record.trust_sum[i] = record.bond[i] = 0
    assert switching(record, i, 0) == pytest.approx(moving), "who trusts nobody loses nothing"


ACCOUNTS = ("switching_paid", "exit_paid", "net_benefit", "gdp", "compute", "trust", "build_paid", "fee_paid")


@pytest.mark.uncompiled
def test_nobody_pays_or_gets_it():
    """The same exit at any leaving cost leaves the same accounts, of the leaver and of those it leaves."""
    after = []
    for cost in (0.0, 0.1):
        record = allied(cost)
        choice.enact(record, 1, 0)
        assert record.source[1] == 0
        assert record.switching_paid[1] > 0
        assert record.exit_paid[1] == pytest.approx(0.001)
        assert (record.exit_paid[[0, 2, 3]] < 0).all()
        for phase in worlds.PHASES[worlds.AGENDA + 1 :]:
            worlds.walk(record, phase)
        after.append([record[name].tobytes() for name in ACCOUNTS])
    assert after[0] == after[1]


@pytest.mark.uncompiled
def test_it_is_what_keeps_members_from_leaving():
    """A coalition that all would leave stands where the standing lost outweighs what leaving brings, else it falls."""
    left = {}
    for cost in (0.0, 0.001, 0.2):
        event = {"kind": "convene", "nations": FOUNDERS, "binding": True, "date": 2025.0}
        values = {"membership_cost": 0.01, "review_rate": 20, "convening_rate": 0, "notice": 0, "leaving_cost": cost}
        left[cost] = happening(4, event, **values).observed["exits"]
    assert left[0.0] >= left[0.001] > 0
    assert left[0.2] == 0
