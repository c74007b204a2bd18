"""Dated events: each kind does what it says, to those it names, on its date."""

import numpy as np
import pytest

from abm.model import Model
from abm.scenario import Scenario
from tests import worlds
from tests.worlds import STEP, happening, now


@pytest.mark.uncompiled
@pytest.mark.parametrize(("years", "parts"), [(0.6, [1, 1, 0.4, 0]), (0.1, [0.4, 0]), (None, [1, 1, 1, 1, 0])])
def test_a_restriction_cuts_off_the_named_for_its_time(years, parts):
    event = {"kind": "restriction", "vendor": "us", "nations": ["N002", "N005"]}
    event |= {} if years is None else {"years": years}
    model = happening(2, event, restriction_duration=1.0, severity=0.8)
    assert (now(model, "restriction_loss") == 0).all()
    for part in parts:
        model.step()
        named, benefit = [1, 4], now(model, "benefit")
        assert now(model, "cut_share")[named, 0] == pytest.approx(np.full(2, part))
        assert now(model, "restriction_loss")[named] == pytest.approx(0.8 * part * benefit[named])
        others = [0, 2, 3, 5]
        assert (now(model, "restriction_loss")[others] == 0).all()
        assert (now(model, "cut_share")[others] == 0).all()
        assert (now(model, "cut_share")[:, 1] == 0).all()
    assert now(model, "cuts").tolist() == [0, 1, 0, 0, 1, 0]


@pytest.mark.uncompiled
@pytest.mark.parametrize(("years", "parts"), [(0.1, [0.4, 0]), (0.3, [1, 0.2, 0]), (None, [0.2, 0])])
def test_an_outage_hits_all_clients_at_once_and_nobody_else(years, parts):
    event = {"kind": "outage", "vendor": "china"} | ({} if years is None else {"years": years})
    document = worlds.quiet(6, 20, review_rate=0, outage_duration=0.05).document()
    model = Model(Scenario.parse({**document, "events": [{"date": 2025.0, **event}]}), rng=1)
    model.world.record.source[[1, 4]] = 1
    model.world.record.source[5] = 2
    for part in parts:
        model.step()
        lost = now(model, "restriction_loss") / now(model, "benefit")
        assert lost == pytest.approx([0, part, 0, 0, part, 0], abs=1e-12)
    assert model.observed["outages"] == 1


@pytest.mark.uncompiled
def test_tension_is_multiplied_and_calms_down_at_its_reversion():
    assert happening(2, {"kind": "tension", "factor": 3}).observed["tension"] == 1
    assert happening(9, {"kind": "tension", "factor": 3}).observed["tension"] == pytest.approx(3)
    calming = happening(9, {"kind": "tension", "factor": 3}, tension_reversion=0.4)
    assert calming.observed["tension"] == pytest.approx(3 ** np.exp(-0.4 * 7 * STEP))
    before, after = (happening(steps, {"kind": "tension", "factor": 3}, hazard_us=0.1) for steps in (2, 3))
    assert after.observed["hazard_true_us"] == pytest.approx(3 * before.observed["hazard_true_us"])


ARRIVALS = [({"kind": "compute", "h100e": 300000}, 0.3),
            ({"kind": "funding", "bn_usd": 10.0}, 10 * 0.02 * np.exp(0.3 * 5))]
PACE = {"hardware": 0.02, "hardware_improvement": 0.3, "depreciation": 0.25, "planning_horizon": 4, "effort_limit": 0}


@pytest.mark.uncompiled
@pytest.mark.parametrize(("event", "size"), ARRIVALS, ids=["compute", "funding"])
def test_compute_arrives_by_gdp_and_is_planned_with_half_a_horizon_before(event, size):
    arrival = {**event, "date": 2030.0, "nations": ["N001", "N003"]}
    for steps, announced, arrived in ((11, 0, 0), (12, 0, 0), (13, 1, 0), (20, 1, 0), (21, 0, 1)):
        model, without = happening(steps, arrival, nations=4, **PACE), happening(steps, nations=4, **PACE)
        parts = now(model, "gdp_start") * [1, 0, 1, 0]
        parts = size * parts / parts.sum()
        kept = np.exp(-0.25 * STEP)  # it depreciates within the step of its arrival
        assert now(model, "compute") - now(without, "compute") == pytest.approx(arrived * kept * parts, rel=1e-3, abs=1e-12)
        difference = now(model, "plan_compute") - now(without, "plan_compute")
        in_plan = announced + arrived * np.exp(-0.25 * 2)
        assert difference == pytest.approx(in_plan * parts, rel=1e-3, abs=1e-12)


@pytest.mark.uncompiled
@pytest.mark.parametrize(("event", "size"), ARRIVALS, ids=["compute", "funding"])
def test_compute_arrives_at_a_vendor(event, size):
    arrival = {**event, "date": 2030.0, "vendor": "china"}
    for steps, announced, arrived in ((11, 0, 0), (13, 1, 0), (21, 1, 1)):
        model, without = happening(steps, arrival, nations=4, **PACE), happening(steps, nations=4, **PACE)
        gained = now(model, "vendor_compute") - now(without, "vendor_compute")
        assert gained == pytest.approx([0, arrived * size * np.exp(-0.25 * STEP)])
        assert (now(model, "vendor_plan") > now(without, "vendor_plan")).tolist() == [False, bool(announced)]


@pytest.mark.uncompiled
def test_released_weights_raise_free_models_to_their_gap_and_age():
    """They age with the algorithms of the frontier, 0.48 OOM a year, and with its compute."""
    values = {"open_weights_lag": 5, "algorithmic_progress": 0.48, "quality_sensitivity": 0.25}
    model, without = (happening(2, *events, **values) for events in ([{"kind": "open_weights", "gap": 0.2}], []))
    assert model.observed == pytest.approx(without.observed, nan_ok=True)
    model.step()
    without.step()
    record, aged = model.world.record, 0.48 * STEP
    quality, released = float(record.free_quality), float(record.released) + aged
    assert quality == pytest.approx(np.exp(-0.25 * (record.frontier - released)))
    assert quality > without.world.record.free_quality + 0.1
    model.step()
    assert record.released == pytest.approx(released - 2 * aged)
    assert record.free_quality == pytest.approx(np.exp(-0.25 * (record.frontier - released + aged)))
    assert record.free_quality < quality


@pytest.mark.uncompiled
def test_money_for_adoption_raises_the_use_of_the_named():
    event = {"kind": "adoption", "bn_usd": 5.0, "nations": ["N002", "N003"]}
    model, without = (happening(3, *events, adoption_response=20) for events in ([event], []))
    gdp, start = now(without, "gdp"), now(model, "gdp_start")
    before = happening(2)
    spent = 5.0 * start * [0, 1, 1, 0, 0, 0] / start[[1, 2]].sum() / now(before, "gdp")
    assert now(model, "adoption") == pytest.approx(np.minimum(now(without, "adoption") + 20 * spent, 1))
    assert (now(model, "adoption")[1:3] > now(without, "adoption")[1:3]).all()
    assert (now(model, "gdp") >= gdp).all()


@pytest.mark.uncompiled
def test_a_parameter_takes_its_value_from_its_date_on():
    event = {"kind": "parameter", "name": "fee_us", "value": 0.6}
    fees = [happening(steps, event, fee_us=0.35, price_response=0).observed["price_us"] for steps in (1, 2, 3, 4)]
    assert fees == [0.35, 0.35, 0.6, 0.6]
    model = happening(3, {"kind": "parameter", "name": "admission", "value": "unanimity"})
    assert model.world.parameters()["admission"] == 2
    trusting = happening(20, {"kind": "parameter", "name": "affinity_votes", "value": 1.0}, trust_reversion=5)
    votes = trusting.world.record.votes[:6, :6] * (1 - np.eye(6))
    assert trusting.world.record.trust[:6, :6] == pytest.approx(votes, abs=1e-6)


@pytest.mark.uncompiled
def test_a_convened_set_judges_itself_unless_it_is_bound():
    """Nobody gains where membership costs 5 % of GDP; a binding event skips that judgement, not the quorum."""
    named = {"kind": "convene", "nations": ["N001", "N002", "N004"]}
    members = {}
    for binding in (False, True):
        for cost in (0.0, 0.05):
            model = happening(3, {**named, "binding": binding}, membership_cost=cost, quality_sensitivity=1)
            members[binding, cost] = [nation.iso3 for nation in model.nations if nation.option == "coalition"]
    assert members[True, 0.0] == members[True, 0.05] == named["nations"]
    assert members[False, 0.05] == []
    assert set(members[False, 0.0]) <= set(named["nations"])
    assert happening(3, {**named, "binding": True}, quorum_members=4).observed["foundings"] == 0
    twice = happening(3, {**named, "binding": True}, {**named, "nations": ["N001", "N003", "N005"], "binding": True})
    assert [coalition.members for coalition in twice.coalitions[:3]] == [3, 2, 0], "members are not convened again"
