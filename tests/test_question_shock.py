"""Shock: what an outage must cost, who cannot move, recovery of a known loss, coverage."""

import numpy as np
import pytest

from analysis.methods import recovery, statistics
from analysis.questions import shock
from tests import questions

#: Nobody moves, nothing happens by chance, GDP grows by itself alone.
STILL = {
    "review_rate": 0,
    "hazard_us": 0,
    "hazard_china": 0,
    "outage_hazard": 0,
    "growth_feedback": 0,
    "growth": 0.02,
    "tension_volatility": 0,
}


def fading(years, noise=0.0, count=60, steps=40, random=None):
    """(R, T) losses that fade by 1/e in ``years``, with noise that each replicate keeps."""
    time = 0.25 * np.arange(steps)
    loss = np.where(time > 0, -np.exp(-(time - 0.25) / years), 0.0)
    return loss + (random.normal(0, noise, (count, 1)) * loss if random is not None else np.zeros((count, 1)))


def test_an_outage_costs_the_clients_benefit_net_of_fees_for_its_days():
    scenario = questions.small(**STILL)
    asked = questions.inquiry(shock, scenario, 4, kind="outage")
    answer = shock.answer(asked)
    (base,) = asked.arms([scenario], series=True)
    step = scenario.step_of(2028.0) + 1
    worth = asked.paths(base, "benefit")[0, step] - asked.paths(base, "fees")[0, step]
    worth *= scenario.nations()["gdp_usd_bn"].sum() * np.exp(0.02 * 0.25 * step)
    assert answer.stated["cost"].estimate.value == pytest.approx(-worth * 18 / 365.25, rel=1e-6)
    assert answer.stated["recovery"].estimate.value == 0.5


def test_a_cut_costs_its_severity():
    scenario = questions.small(**STILL, severity=1.0)
    asked = questions.inquiry(shock, scenario, 2, kind="lasting-cut", nations="FRA,DEU", years=1.0)
    with_cut = shock.answer(asked)
    half = shock.answer(
        questions.inquiry(shock, questions.small(**STILL, severity=0.5), 2, kind="lasting-cut", nations="FRA,DEU", years=1.0)
    )
    assert with_cut.stated["cost"].estimate.value == pytest.approx(2 * half.stated["cost"].estimate.value, rel=0.02)
    assert with_cut.stated["cost"].estimate.value < 0


def test_nobody_moves_who_never_reviews():
    answer = questions.ask(shock, questions.small(**STILL), 4)
    assert not answer.table["moves"].any()
    assert "no nation has moved by more than noise" in answer.sentence
    assert answer.stated["moved"].estimate.value == 0


def test_an_outage_moves_nobody_since_it_is_common_knowledge():
    answer = questions.ask(shock, questions.small(), 16, kind="outage")
    assert answer.stated["moved"].estimate.value == 0
    assert answer.stated["cost"].estimate.high < 0


def test_those_cut_off_for_long_leave_the_vendor():
    scenario = questions.small(
        convening_rate=0, severity=1.0, hazard_us=0.01, fee_us=0.25, inference_cost=0.18, site_cost=0.3
    )
    table = questions.ask(shock, scenario, 120, kind="lasting-cut", nations="ESP", date=2026.0, after=4.0).table
    first = table.iloc[0]
    assert first["iso3"] == "ESP"
    assert first["moves"]
    assert first["vendor_high"] < 0


def test_changes_of_a_nation_sum_to_nought():
    table = questions.ask(shock, questions.small(), 12).table
    assert table[list(shock.GROUPS)].sum(axis=1).to_numpy() == pytest.approx(np.zeros(10), abs=1e-12)


def test_a_shock_that_does_nothing_is_said_to_do_nothing():
    answer = questions.ask(shock, questions.small(**STILL, severity=0.0), 4)
    assert answer.stated["cost"].estimate.value == 0
    assert "at no time is there a loss larger than noise" in answer.sentence


@pytest.mark.parametrize("years", [0.5, 1.0, 2.0])
def test_recovery_from_a_known_loss(years):
    found = recovery.recovered(fading(years)[0], 0.25)
    truth = 0.25 + years * np.log(10)
    assert truth <= found <= truth + 0.25


def test_a_loss_that_lasts_does_not_recover():
    assert np.isnan(recovery.recovered(fading(1e9)[0], 0.25))
    found = recovery.estimate(fading(1e9, 0.1, random=np.random.default_rng(1)), 0.25)
    assert np.isnan(found.value)
    assert found.high == 10.0


def test_a_loss_that_turns_into_a_gain_has_recovered():
    path = np.array([0, -5, -3, 1, 4, 8, 8, 8, 8.0])
    assert recovery.recovered(path, 0.25) == 0.75


def test_the_recoverys_interval_holds_the_truth_as_often_as_it_says():
    """Noise comes on top of a loss that fades by 1/e in two years; truth is what infinitely many replicates would say."""
    random, truth = np.random.default_rng(7), recovery.recovered(fading(2.0)[0], 0.25)
    found = [recovery.estimate(fading(2.0) + random.normal(0, 0.2, (60, 40)), 0.25) for _ in range(100)]
    assert questions.covers(found, truth) >= 0.9


def test_the_costs_interval_holds_the_truth_as_often_as_it_says():
    """Costs of few replicates against the cost over many, in the model itself."""
    whole = shock.answer(questions.inquiry(shock, questions.small(20), 1600, date=2026.0, after=1.0))
    truth = whole.stated["cost"].estimate.value
    after = whole.drawn[2].sum(axis=1) * 0.25
    parts = [statistics.mean(after[first : first + 20]) for first in range(0, 1600, 20)]
    assert 0.86 <= questions.covers(parts, truth) <= 1.0
