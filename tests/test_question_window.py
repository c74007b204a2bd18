"""Window: nobody convenes before the launch, known windows, coverage of the last year with even odds."""

import numpy as np
import pytest

from analysis.methods.crossing import estimate
from analysis.questions import window
from tests import questions

FOUNDERS = {"date": 2025.0, "kind": "convene", "nations": ["FRA", "DEU"], "binding": True}


def closes_after(year):
    """A law: whoever launches by ``year`` stands at no lag from two years after the launch; waiting costs 0.001 a year."""

    def law(scenario, values, seeds, step):
        launch = next((event.date for event in scenario.content.events if event.name == "convening_rate"), 2025.0)
        stands = launch <= year and 2025 + step * 0.25 >= launch + 2
        lag = np.where(stands, 0.0, np.nan) + 0.0 * seeds
        return {"lag_coalition": lag, "net_benefit": np.full(len(seeds), -0.001 * (launch - 2025)) + 1e-6 * np.sin(seeds)}

    return law


def test_the_last_year_with_even_odds_is_found():
    asked = questions.stub(window, closes_after(2029), 40, questions.small(60), last=2034, wait=3.0)
    answer = window.answer(asked)
    assert answer.headline.estimate.value == 2029.5
    table = answer.table.set_index("launch")
    assert (table["chance"] == (table.index <= 2029)).all()
    assert (table["chance_after"] == (table.index <= 2029)).all()
    assert table["benefit_change"].to_numpy() == pytest.approx(-0.001 * (table.index - 2025))
    assert "2029.5" in answer.sentence


def test_a_late_launch_that_lacks_time_has_its_chance_after_the_wait():
    """Where the window never closes, the last launches stand after the wait though not at the end."""
    asked = questions.stub(window, closes_after(2100), 20, questions.small(60), last=2039, wait=3.0)
    last = window.answer(asked).table.iloc[-1]
    assert (last["chance"], last["chance_after"]) == (0.0, 1.0)


def test_no_last_year_is_said_plainly():
    answer = window.answer(questions.stub(window, closes_after(2100), 20, questions.small(60), last=2030))
    assert np.isnan(answer.headline.estimate.value)
    assert "does not fall through one half for launches from 2025 to 2030" in answer.sentence


def test_an_interval_that_reaches_the_first_launch_is_called_open():
    asked = questions.stub(window, closes_after(2025), 20, questions.small(60), last=2030)
    window_of_one_year = window.answer(asked)
    assert window_of_one_year.headline.estimate.value == 2025.5
    assert window_of_one_year.notes == []

    def sometimes(scenario, values, seeds, step):
        return {name: np.where(seeds % 2, value, np.nan) if name == "lag_coalition" else value
                for name, value in closes_after(2027)(scenario, values, seeds, step).items()}

    (note,) = window.answer(questions.stub(window, sometimes, 20, questions.small(60), last=2030)).notes
    assert note == "The interval reaches 2025, where the search ends: it may go on beyond."


def test_nobody_is_in_a_coalition_before_the_launch():
    scenario = questions.small(40, (FOUNDERS,), notice=4)
    asked = questions.inquiry(window, scenario, 8, last=2031, wait=2.0)
    (runs,) = asked.arms([window.launched(asked, 2029)], series=True)
    held = asked.paths(runs, "nations_coalition")
    assert (held[:, : 4 * 4 + 1] == 0).all()
    assert (held[:, 4 * 4 + 1] > 0).all()


def test_the_first_launch_is_the_scenario_as_it_is():
    scenario = questions.small(40, (FOUNDERS,))
    asked = questions.inquiry(window, scenario, 8, last=2031, wait=2.0)
    one, two = asked.arms([scenario, window.launched(asked, 2025)])
    assert np.array_equal(one.outcomes, two.outcomes, equal_nan=True)


def test_the_will_is_the_strongest_that_the_scenario_knows():
    event = {"date": 2029.0, "kind": "parameter", "name": "convening_rate", "value": 0.7}
    scenario = questions.small(40, (event,), convening_rate=0)
    asked = questions.inquiry(window, scenario, last=2031)
    events = window.launched(asked, 2027).content.events
    assert [(each.date, each.value) for each in events if each.name == "convening_rate"] == [(2027.0, 0.7)]


def test_growth_that_goes_on_puts_the_frontier_out_of_reach():
    """The scenario's own decay is left alone by 0; the later growth slows down, the fewer keep up."""
    event = {"date": 2027.0, "kind": "parameter", "name": "growth_decay", "value": 6.0}
    asked = questions.inquiry(window, questions.small(40, (event,), growth_decay=3.0), last=2031)
    document = window.launched(asked, 2027).content
    assert document.parameters["growth_decay"] == 3.0
    assert [each.value for each in document.events if each.name == "growth_decay"] == [6.0]
    asked = questions.inquiry(window, asked.scenario, last=2031, growth_decay=8.0)
    document = window.launched(asked, 2027).content
    assert document.parameters["growth_decay"] == 8.0
    assert not [each for each in document.events if each.name == "growth_decay"]
    early, late = (questions.ask(window, questions.small(40), 24, last=2028, growth_decay=tau).table for tau in (0.5, 20.0))
    assert early["chance"].mean() > late["chance"].mean() + 0.1


def test_no_lag_but_the_frontiers_own_closes_the_window():
    """Against a coalition that must be at the frontier itself nobody has even odds; against any lag everybody founds in time."""
    scenario = questions.small(40)
    never = questions.ask(window, scenario, 8, lag=0.1, last=2028).table
    assert (never["chance"] <= questions.ask(window, scenario, 8, lag=120, last=2028).table["chance"]).all()


def test_the_interval_holds_the_truth_as_often_as_it_says():
    random, years = np.random.default_rng(4), np.arange(2025, 2039)
    found = [estimate(years, 2031.4 + random.normal(0, 2.5, 60) >= years[:, None], falling=True) for _ in range(200)]
    assert 0.91 <= questions.covers(found, 2031.4) <= 0.995
