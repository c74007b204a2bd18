"""Tipping: known tipping points and branches, coverage of the interval, and what the model itself must give in a limit."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.experiments import hysteresis
from analysis.methods.crossing import crossing, estimate
from analysis.methods.scale import Scale
from analysis.methods.search import look
from analysis.questions import tipping
from tests import questions, worlds
from tests.questions import value_at

#: A world in which the true hazard is the parameter and nothing else.
PLAIN = {"hazard_distance": 0, "retaliation": 1, "tension_volatility": 0, "tension_reversion": 0, "review_rate": 0}


def tips_at(thresholds):
    """A law: coalitions hold all GDP in the replicates whose threshold the hazard has reached."""
    return lambda scenario, values, seeds, step: {"gdp_coalition": (values["hazard_us"] >= thresholds[seeds]).astype(float)}


def remembers(low, high):
    """A law with memory: on once the hazard has risen to ``high``, off once it has fallen below ``low``."""

    def law(scenario, values, seeds, step):
        _, path = value_at(scenario, "hazard_us", step)
        on = values.get("hazard_us", path[0]) >= high
        for value in path:
            on = value >= high or (on and value > low)
        return {"gdp_coalition": np.full(len(seeds), float(on)) + 0.01 * np.sin(seeds)}

    return law


def test_the_point_is_the_median_of_the_replicates_own_thresholds():
    thresholds = np.random.default_rng(3).normal(0.3, 0.05, 200)
    asked = questions.stub(tipping, tips_at(thresholds), 200, range="0:1", rungs=0)
    answer = tipping.answer(asked)
    point = answer.headline.estimate
    assert point.value == pytest.approx(np.median(thresholds), abs=0.002)
    assert point.low < point.value < point.high
    assert answer.stated["chance_low"].estimate.value == 0
    assert answer.stated["chance_high"].estimate.value == 1
    assert len(answer.table) <= 11 + 3 * 10


def test_the_hazard_that_nations_face_tips_at_itself():
    """In the model, calm and without distance, the true hazard is the parameter: its own threshold is the tipping point."""
    scenario = questions.small(8, **PLAIN)
    answer = questions.ask(tipping, scenario, 4, measure="hazard_true_us", threshold=0.3, range="0:1", rungs=3, settle=0.5)
    assert answer.headline.estimate.value == pytest.approx(0.3, abs=0.002)
    assert answer.stated["gap"].estimate.value == pytest.approx(0, abs=1e-12)
    assert "No hysteresis shows" in answer.sentence


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3])
def test_the_whole_search_holds_the_truth_as_often_as_it_says(noise):
    """Replicates differ in their threshold, and each value adds noise of its own to it, as paired runs do in part."""
    random, found = np.random.default_rng(11), []

    def runs(values):
        own = values[:, None] + random.normal(0, noise, (len(values), 60))
        return pd.DataFrame(own >= thresholds, index=values)

    for _ in range(60):
        thresholds = random.normal(0.3, 0.12, 60)
        found.append(look(runs, Scale(0, 1))[1][0])
    assert questions.covers(found, 0.3) >= 0.85


@pytest.mark.parametrize("falling", [False, True])
def test_the_interval_holds_the_truth_as_often_as_it_says(falling):
    random, values = np.random.default_rng(1), np.linspace(0, 1, 15)
    chance = 1 / (1 + np.exp(-(values - 0.42) / 0.08))
    chance = 1 - chance if falling else chance
    found = [estimate(values, random.random((15, 60)) < chance[:, None], falling) for _ in range(200)]
    assert 0.91 <= questions.covers(found, 0.42) <= 0.995


def test_the_interval_holds_the_truth_where_replicates_are_paired():
    random, values = np.random.default_rng(2), np.linspace(0, 1, 15)
    found = [estimate(values, values[:, None] >= random.normal(0.42, 0.15, 60), False) for _ in range(200)]
    assert 0.91 <= questions.covers(found, 0.42) <= 0.995


def test_no_crossing_is_said_plainly():
    answer = tipping.answer(questions.stub(tipping, tips_at(np.full(50, 2.0)), 50, range="0:1", rungs=0))
    assert np.isnan(answer.headline.estimate.value)
    assert "does not cross one half" in answer.sentence
    assert not answer.headline.estimate.clear


def test_a_crossing_back_is_reported_as_well():
    def law(scenario, values, seeds, step):
        return {"gdp_coalition": np.full(len(seeds), float(0.25 < values["hazard_us"] < 0.75))}

    answer = tipping.answer(questions.stub(tipping, law, 20, range="0:1", rungs=0))
    assert answer.headline.estimate.value == pytest.approx(0.25, abs=0.01)
    (note,) = answer.notes
    assert "crosses one half more than once" in note
    points = [float(word) for word in note.rstrip(".").split(" at ")[1].split(", ")]
    assert points == pytest.approx([0.25, 0.75], abs=0.01)


def test_a_law_with_memory_has_the_branches_it_must():
    asked = questions.stub(tipping, remembers(0.25, 0.75), 20, questions.small(60, hazard_us=0.1), range="0:1", rungs=11)
    loop = hysteresis.loop(asked, "hazard_us", Scale(0, 1))
    gaps = dict(zip(np.round(loop.rungs, 2), (loop.above - loop.below).mean(axis=1).round(6)))
    assert gaps == {rung: float(0.25 < rung < 0.75) for rung in np.round(np.linspace(0, 1, 11), 2)}
    assert loop.mean.clear
    assert 0.25 < loop.widest < 0.75


def test_a_law_without_memory_has_one_branch():
    asked = questions.stub(tipping, remembers(0.5, 0.5), 20, questions.small(60, hazard_us=0.1), range="0:1", rungs=5)
    loop = hysteresis.loop(asked, "hazard_us", Scale(0, 1))
    assert loop.mean.value == pytest.approx(0, abs=1e-12)
    assert "No hysteresis" in tipping._hysteresis(loop, asked)


def test_both_routes_reach_a_value_on_the_same_date_and_stay():
    scenario = questions.small(60, hazard_us=0.1)
    asked = questions.inquiry(tipping, scenario, settle=3.0)
    rungs = np.linspace(0, 1, 7)
    for index, rung in enumerate(rungs):
        for down in (True, False):
            routed = hysteresis.route(asked, "hazard_us", rungs, index, down)
            last, path = value_at(routed, "hazard_us", 48)
            assert last == pytest.approx(rung)
            assert value_at(routed, "hazard_us", 60) == (last, path)
            assert {min(path), max(path)} == {0.0, 1.0}
            assert path[1] == (0.0 if down else 1.0), "from the first date on; tastes at the start are the scenario's"


def test_the_scenarios_own_events_on_the_parameter_are_left_out():
    event = {"date": 2026.0, "kind": "parameter", "name": "hazard_us", "value": 3.0}
    scenario = questions.small(8, (event,), **PLAIN)
    answer = questions.ask(tipping, scenario, 4, measure="hazard_true_us", threshold=0.3, range="0:1", rungs=0)
    assert answer.headline.estimate.value == pytest.approx(0.3, abs=0.01)


def test_what_counts_only_at_the_start_has_no_branches():
    answer = questions.ask(tipping, questions.small(), 4, parameter="prior_years", rungs=3)
    assert "prior_years counts only when a run starts, so it has no branches to compare." in answer.notes
    assert "gap" not in answer.stated
    FigureCanvasAgg(tipping.draw(answer)).draw()


def test_whole_numbers_stay_whole():
    answer = questions.ask(tipping, questions.small(), 4, parameter="convening_size", rungs=3)
    assert (answer.table["value"] % 1 == 0).all()


def test_draws_do_not_move_the_parameter():
    draws = pd.DataFrame({"hazard_us": np.full(4, 4.0), "severity": np.full(4, 0.5)})
    asked = questions.inquiry(
        tipping, questions.small(8, **PLAIN), 4, draws, measure="hazard_true_us", threshold=0.3, range="0:1", rungs=3, settle=0.5
    )
    answer = tipping.answer(asked)
    assert answer.headline.estimate.value == pytest.approx(0.3, abs=0.01)
    branch = answer.table[answer.table["what"] == "from above"]
    assert branch["estimate"].to_numpy() == pytest.approx(branch["value"].to_numpy())


def test_crossing_by_hand():
    values = np.array([0.0, 1.0, 2.0, 3.0])
    assert crossing(values, np.array([0.0, 0.25, 0.75, 1.0]), falling=False) == 1.5
    assert crossing(values, np.array([1.0, 0.75, 0.25, 0.0]), falling=True) == 1.5
    assert crossing(values, np.array([0.6, 0.9, 0.9, 1.0]), falling=False) == 0.0
    assert crossing(values, np.array([0.0, 0.1, 0.1, 0.2]), falling=False) == 3.0
    assert crossing(values, np.array([0.0, 0.6, 0.2, 1.0]), falling=False) == pytest.approx(2 + 0.1 / 0.6)


def test_scales_step_by_ratios_where_the_range_is_wide():
    wide, narrow = Scale(0.01, 1), Scale(1, 3)
    assert wide.log
    assert not narrow.log
    assert wide.between(0.01, 1, 1) == pytest.approx([0.1])
    assert narrow.between(1, 3, 3) == pytest.approx([1.5, 2, 2.5])
    assert narrow.wider(1.4, 1.8, 11) == pytest.approx((1.2, 2.0))
    assert wide.wider(0.01, 1, 3) == (0.01, 1)
    assert Scale(2, 12, whole=True).grid(5).tolist() == [2, 4, 7, 10, 12]


def test_a_world_of_invented_nations_can_be_asked():
    answer = questions.ask(tipping, worlds.levers(8, 24), 4, rungs=0, range="0:2")
    assert answer.table["value"].iloc[[0, -1]].tolist() == [0, 2]
