"""Levers: what the budget buys, effects that must be nought, regret by hand, coverage."""

import numpy as np
import pandas as pd
import pytest

from abm.parameters import decided
from analysis.experiments import lever_costs, ranges
from analysis.experiments.lever_costs import LEVERS, pull
from analysis.methods import statistics
from analysis.questions import levers
from tests import questions

BY_NAME = {lever.name: lever for lever in LEVERS}
PRICED = [lever for lever in LEVERS if lever.cost is not None]


def test_every_lever_is_what_people_decide():
    assert set(lever_costs.PARAMETERS) <= set(decided())


@pytest.mark.parametrize("lever", PRICED, ids=lambda lever: lever.name)
@pytest.mark.parametrize("budget", [0.05, 1.0, 1e6])
def test_a_lever_costs_the_budget_or_goes_to_the_end_of_its_range(lever, budget):
    scenario = questions.small(convening_rate=0.1)
    pulled, most = pull(scenario, lever, budget), ranges.plausible(scenario, lever.parameter).range.high
    assert pulled.before < pulled.after <= most
    assert pulled.cost <= budget * (1 + 1e-9)
    assert pulled.cost == pytest.approx(budget) or pulled.after == most
    (change,) = [event for event in pulled.scenario.content.events if event.name == lever.parameter]
    assert (change.date, change.value) == (2025.0, pulled.after), "tastes are those of the world before the lever"
    assert pulled.scenario.content.parameters == scenario.content.parameters


def test_costs_by_hand():
    scenario = questions.small(portability=0.5, projects_per_bn=16, migration_cost=315000, planning_horizon=4)
    gdp = scenario.nations()["gdp_usd_bn"].sum()
    assert BY_NAME["portability"].cost(scenario, 0.6) == pytest.approx(0.1 * 16 * gdp * 315000e-9 / 4)
    assert BY_NAME["efficiency"].cost(questions.small(builder_efficiency=1.0), 2.0) == pytest.approx(12.0)
    assert BY_NAME["talent exchange"].cost(questions.small(talent_abroad=0.47), 0.1) == pytest.approx(0.47)
    europe = scenario.parse({"nations": {"select": "eu"}})
    assert BY_NAME["hosting at home"].cost(europe, 0.5) == pytest.approx(0.5 * 3 * 7.8 * 1.1 / 16)


def test_hosting_at_home_makes_cuts_harmless_to_clients():
    """Where nobody reviews its stance, no cut reaches a client of the US vendor once all its use is hosted at home."""
    still = {"review_rate": 0, "growth_feedback": 0, "hazard_us": 0.3, "hazard_china": 0, "outage_hazard": 0}
    lost = []
    for budget in (0.01, 1000.0):
        asked = questions.inquiry(levers, questions.small(**still), 8)
        pulled = pull(asked.scenario, BY_NAME["hosting at home"], budget)
        (runs,) = asked.arms([pulled.scenario], series=True)
        lost.append(asked.paths(runs, "restriction_loss")[:, 2:].sum())
    assert pulled.after == 1.0
    assert lost[0] > 0
    assert lost[1] == 0


def test_a_lever_goes_on_from_what_the_scenarios_events_reach():
    event = {"date": 2029.0, "kind": "parameter", "name": "convening_rate", "value": 0.1}
    scenario = questions.small(40, (event,), convening_rate=0)
    pulled = pull(scenario, BY_NAME["convening"], 0.1)
    assert (pulled.before, pulled.after) == pytest.approx((0.1, 0.15))
    assert pulled.cost == pytest.approx(0.1)
    assert [each.date for each in pulled.scenario.content.events if each.name == "convening_rate"] == [2025.0]


def test_a_lever_at_the_end_of_its_range_stands_outside_the_ranking():
    answer = questions.ask(levers, questions.small(builder_efficiency=3.0), 4, draws=20, seeds=1)
    assert np.isnan(answer.table.set_index("lever").loc["efficiency", "per_bn"])
    assert "efficiency is at the end of its plausible range already." in answer.notes


def test_subsidies_spend_the_budget_every_year():
    for name in ("adoption subsidy", "compute subsidy"):
        events = pull(questions.small(42), BY_NAME[name], 3.0).scenario.content.events
        assert sum(event.bn_usd for event in events) == pytest.approx(3.0 * 42 * 0.25)
        assert len(events) == 11


def test_levers_that_need_a_review_do_nothing_where_nobody_reviews():
    still = questions.small(review_rate=0, adoption_response=0)
    table = questions.ask(levers, still, 4, draws=20, seeds=1).table.set_index("lever")
    for name in ("adoption subsidy", "convening", "portability", "talent exchange", "federated", "efficiency", "openness"):
        assert table.loc[name, "effect"] == pytest.approx(0, abs=1e-9)


def test_a_subsidy_that_buys_twice_the_adoption_buys_about_twice_the_benefit():
    still = {"review_rate": 0, "growth_feedback": 0, "hazard_us": 0, "hazard_china": 0, "outage_hazard": 0}
    asked = [questions.inquiry(levers, questions.small(**still, adoption_response=response), 2) for response in (0.5, 1.0)]
    effects = [levers.effects(one, [pull(one.scenario, BY_NAME["adoption subsidy"], 1.0).scenario], 2)[0, 0] for one in asked]
    assert effects[1] == pytest.approx(2 * effects[0], rel=1e-3)
    assert effects[0] > 0


def test_regret_by_hand():
    effect = np.array([[3.0, 0.0, 1.0], [1.0, 1.0, np.nan], [2.0, 2.0, 0.0]])
    assert levers.regret(effect).tolist() == [[0, 2], [2, 1], [1, 0]]


def test_the_safest_lever_is_that_of_the_table():
    answer = questions.ask(levers, questions.small(), 4, draws=20, seeds=2)
    table = answer.table.dropna(subset=["max_regret"])
    safest = table.loc[table["max_regret"].idxmin()]
    assert answer.stated["best_share"].estimate.value == pytest.approx(safest["best_share"])
    assert f"{safest['lever']} has the smallest largest regret" in answer.sentence
    assert list(table["per_bn"]) == sorted(table["per_bn"], reverse=True)
    assert answer.table.iloc[-1]["lever"] == "openness"
    assert (answer.table["basis"].str.startswith(("Assumption:", "The money", "No cost"))).all()


def test_draws_of_the_other_parameters_leave_the_levers_alone():
    asked = questions.inquiry(levers, questions.small(), 4, draws=30, seeds=2)
    drawn = levers.uncertain(asked)
    assert len(drawn) == 60
    assert not set(drawn) & set(lever_costs.PARAMETERS)
    assert drawn["hazard_us"].nunique() == 30
    assert set(drawn["admission"]) == {0.0, 1.0, 2.0}


def test_a_sample_of_the_calibration_takes_the_place_of_the_hypercube():
    sample = pd.DataFrame({"hazard_us": [0.1, 0.2, 0.3], "portability": [0.1, 0.2, 0.3]})
    asked = questions.inquiry(levers, questions.small(), 4, sample, draws=20, seeds=2).fixed(*lever_costs.PARAMETERS)
    drawn = levers.uncertain(asked)
    assert list(drawn) == ["hazard_us"]
    assert drawn["hazard_us"].tolist()[:6] == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    answer = levers.answer(questions.inquiry(levers, questions.small(portability=0.5), 4, sample, draws=20, seeds=2))
    assert answer.table.set_index("lever").loc["portability", "before"] == 0.5


def test_effects_per_cost_hold_the_truth_as_often_as_they_say():
    """Effects in the model over few replicates against the effect over many."""
    asked = questions.inquiry(levers, questions.small(20), measure="gdp_coalition")
    scenario = pull(asked.scenario, BY_NAME["efficiency"], 5.0).scenario
    gained = levers.effects(asked, [scenario], 4000)[0]  # nought in most runs: Student's interval needs some
    parts = [statistics.mean(gained[first : first + 40]) for first in range(0, 4000, 40)]
    assert 0.87 <= questions.covers(parts, gained.mean()) <= 1.0


def test_shares_of_draws_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(8)
    found = []
    for _ in range(300):
        regrets = levers.regret(random.normal([[0.0], [0.5]], 1.0, (2, 100)))
        found.append(statistics.share(regrets[1] == 0))
    truth = 0.6381631950841185  # chance that a normal difference of mean 0.5 and variance 2 is positive
    assert 0.91 <= questions.covers(found, truth) <= 0.99
