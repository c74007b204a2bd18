"""Cost keys: sharing that is judged by hand, agreement with the model's own choices."""

import numpy as np
import pytest

from abm import options
from abm.submodels import choice
from analysis.questions import cost_key
from analysis.questions.cost_key import Judged, _ideal, _under_key, judge
from analysis.stability.likelihood import worlds
from tests import questions


def test_three_members_by_hand():
    """Gains of 2, 1 and -1 for GDPs of 1, 1 and 2: one would leave; together they gain 1, so almost-ideal sharing holds them."""
    member = Judged(np.array([2.0, 1.0, -1.0]), np.array([1.0, 1.0, 2.0]), np.array([3.0, 0.0, 1.0]))
    holds, least, moved = _under_key([member, None])
    assert (holds, least) == ([False], [-1.0])
    assert moved == [2.0]  # by GDP they would pay 1, 1, 2
    holds, least, moved = _ideal([member])
    assert (holds, least) == ([True], [0.25])
    assert moved == pytest.approx([(1.75 + 0.75 + 2.5) / 2])


def test_what_no_transfer_can_hold_is_not_held():
    holds, least, _ = _ideal([Judged(np.array([1.0, -2.0]), np.array([1.0, 1.0]), np.ones(2))])
    assert (holds, least) == ([False], [-0.5])


def test_a_member_gains_what_the_model_weighs_at_its_review():
    """While its tastes last a reviewing member stays just where its gain is not below nought. A vendor that has just become
    cheap tempts some."""
    cheap = {"date": 2032.0, "kind": "parameter", "name": "fee_us", "value": 0.1}
    scenario, stays, leaves = questions.small(30, (cheap,), taste_renewal=0.0, notice=0), 0, 0
    for world in worlds(scenario, 30, range(24)):
        found = judge(world, 2)
        if found is None:
            continue
        assert (found.paid > 0).all()
        source = options.first_slot(world.vendors) + int(world.record.members.argmax())
        for gain, i in zip(found.gain, np.flatnonzero(world.record.source[: int(world.record.n)] == source), strict=True):
            record = world.copy().record
            choice.weigh(record, i)
            decided = choice.decide(record, i)
            assert (decided == source) == (gain >= 0)
            stays, leaves = stays + (decided == source), leaves + (decided != source)
    assert min(stays, leaves) > 3


def test_dear_leaving_holds_everybody():
    """An exit fee above anything AI is worth leaves no member a better source."""
    founded = {"date": 2025.0, "kind": "convene", "nations": ["FRA", "DEU", "ITA"], "binding": True}
    answer = questions.ask(cost_key, questions.small(8, (founded,), exit_fee=0.05, planning_horizon=0.5), 6, members=2)
    held = answer.table[answer.table["standing"] > 0]
    assert len(held)
    assert (held["holds"] == 1).all()
    assert (held["least_gain"] > 0).all()


def test_sharing_by_gdp_moves_nothing_and_the_ideal_holds_at_least_as_often():
    table = questions.ask(cost_key, questions.small(30), 8, members=2).table.set_index("key")
    assert table.loc["gdp", "transfers"] == pytest.approx(0, abs=0.02)
    assert table.loc["almost-ideal", "holds"] >= table.loc["gdp", "holds"]
    assert table.loc["almost-ideal", "standing"] == table.loc["gdp", "standing"]
