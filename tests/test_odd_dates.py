"""Runs whose steps do not fall on years: whatever reads a year reads the step nearest to it, and nothing is empty."""

import math

import numpy as np
import pytest

from abm.scenario import Scenario
from analysis.experiments import hysteresis, lever_costs
from analysis.nations.propensity import of_runs
from analysis.networks.churn import churn
from analysis.networks.panel import Panel
from analysis.page.panels import quarter
from analysis.patterns import measured
from analysis.patterns.evidence import Evidence
from analysis.questions import question
from runs import batch
from runs.plan import Plan
from tests import questions
from tests.questions import FEW
from tests.test_patterns import Told

#: start, step_years, steps, and whole years nearest to the run -> step nearest to each.
RUNS = {
    "months from February": (2025.1, 0.0833, 40, {2025: 0, 2026: 11, 2027: 23, 2028: 35}),
    "half a decade": (2026.37, 0.7, 9, {2026: 0, 2027: 1, 2028: 2, 2029: 4, 2030: 5, 2031: 7, 2032: 8, 2033: 9}),
    "weeks": (2025.6, 0.02, 3, {2026: 3}),
    "long steps": (2025.9, 1.7, 4, {2026: 0, 2027: 1, 2028: 1, 2029: 2, 2030: 2, 2031: 3, 2032: 4, 2033: 4}),
    "tenths": (2025.1, 0.1, 19, {2025: 0, 2026: 9, 2027: 19}),
}
NATIONS = ["DEU", "FRA", "GBR", "JPN"]


def odd(name: str, **values) -> Scenario:
    start, length, steps, _ = RUNS[name]
    document = {"nations": {"select": NATIONS}, "start": start, "step_years": length, "steps": steps}
    return Scenario.parse({**document, "parameters": {"convening_rate": 0.4, "review_rate": 1.5, **values}})


@pytest.mark.parametrize("name", RUNS)
def test_nations_have_a_chance_in_every_year_of_a_run(name):
    scenario, expected = odd(name), RUNS[name][3]
    found = of_runs(Plan(scenario, replicates=2), [0, 1]).chances
    assert {year: scenario.nearest_step(year) for year in expected} == expected
    assert sorted(set(found["year"])) == list(expected)
    assert len(found) == len(expected) * len(NATIONS) * 5
    assert found.groupby(["iso3", "year"])["probability"].sum().to_numpy() == pytest.approx(1)


ASKED = {
    "months from February": {"window": {"last": 2027, "wait": 1.0}, "shock": {"date": 2026.5, "after": 1.9, "nations": "DEU"},
                             "rules": {"by": 2025}, "pivotal": {"by": 2025, "year": 2028, "nations": 2},
                             "tipping": {"rungs": 2, "settle": 1.0}},
    "half a decade": {"window": {"last": 2030, "wait": 2.3}, "shock": {"date": 2028.0, "after": 4.67, "nations": "DEU"},
                      "rules": {"by": 2032},
                      "pivotal": {"by": 2026, "year": 2032, "nations": 2}, "tipping": {"rungs": 2, "settle": 1.4}},
}  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), [(name, asked) for name in ASKED for asked in (*ASKED[name], "levers")])
def test_questions_with_dates_answer_for_odd_steps(name, asked):
    answer = questions.ask(question(asked), odd(name), 4, **FEW.get(asked, {}) | ASKED[name].get(asked, {}))
    assert len(answer.table) > 0
    assert any(math.isfinite(stated.estimate.value) for stated in answer.stated.values())
    if asked == "window":
        assert answer.table["launch"].tolist() == list(range(math.ceil(RUNS[name][0]), ASKED[name][asked]["last"] + 1))


@pytest.mark.parametrize("name", RUNS)
def test_a_yearly_budget_is_spent_within_the_run_and_in_full(name):
    scenario = odd(name)
    spent = lever_costs._yearly(scenario, "funding", 3.0)
    assert sum(event["bn_usd"] for event in spent) == pytest.approx(3.0 * (scenario.end - scenario.content.start), abs=1e-4)
    assert all(0 <= scenario.step_of(event["date"]) < scenario.content.steps for event in spent)


def test_time_to_settle_is_a_whole_number_of_steps():
    for length, settle, steps in ((0.1, 1.1, 11), (0.1, 0.6, 6), (0.25, 1.0, 4), (0.0833, 1.0, 13), (0.7, 1.4, 2)):
        scenario = Scenario.parse({"nations": {"synthetic": 3}, "step_years": length, "steps": 99})
        asked = questions.inquiry(question("tipping"), scenario, settle=settle)
        assert hysteresis._settling(asked) == steps


@pytest.mark.parametrize("slack", [-1e-9, 0, 1e-9])
def test_quarters_are_told_by_the_calendar(slack):
    told = [quarter(2025 + 0.25 * step + slack) for step in range(8)]
    assert told == [f"Q{part} {year}" for year in (2025, 2026) for part in (1, 2, 3, 4)]
    assert [quarter(date) for date in (2025.1, 2025.1 + 11 * 0.0833, 2025.999)] == ["Q1 2025", "Q1 2026", "Q4 2025"]


def test_rates_of_a_year_are_of_the_steps_that_begin_in_it():
    """Of two nations one is inside throughout; 2025 has 0.9 years from 2025.1 on, in steps of a tenth."""
    serial = np.zeros((1, 20, 2), int)
    serial[0, :, 0] = 1
    serial[0, 10:, 1] = 1  # enters in the step that begins in 2026.0
    panel = Panel(np.array([0]), 1, ("DEU", "FRA"), ("", ""), serial, None, 2025.1, 0.1)
    table = churn(panel).set_index("year")
    assert list(table.index) == ["2025", "2026", "all"]
    assert table["entry"].tolist() == pytest.approx([0, 1 / 0.1, 1 / 1.0])


@pytest.mark.parametrize("length", [0.25, 1 / 12, 0.0833, 0.1, 1.0])
def test_waves_are_counted_by_whole_years_whatever_the_step(length):
    """Three ties in the first year, one in the second."""
    year = round(1 / length)
    run = [[0, 0, 0, 0, 0]] + [[1, 1, 1, 0, 0]] * year + [[1, 1, 1, 2, 2]] * (year + (year > 1))
    assert measured.waves(Told([run], length)) == pytest.approx([2 / 2])


def test_patterns_have_no_value_at_dates_that_a_run_does_not_reach():
    scenario = odd("tenths")
    evidence = Evidence(scenario, batch.run_arms([scenario], 2, series=True, choices=True)[0])
    assert np.array_equal(evidence.at("tension", 2026.0), evidence.path("tension")[:, 9])
    assert np.array_equal(evidence.mean("tension", 2025.1, 2026.04), evidence.path("tension")[:, :10].mean(axis=1))
    for value in (evidence.at("tension", 2040), evidence.mean("tension", 2026, 2030), measured.changed(evidence)):
        assert np.isnan(value).all()
    assert [evidence.reached(date) for date in (2025.0, 2025.1, 2027.1)] == [1, 1, 1]
    assert all(np.isnan(evidence.reached(date)) for date in (2024.9, 2027.2, math.nan))


def test_options_take_dates_as_scenarios_do():
    (date,) = (option for option in question("shock").OPTIONS if option.name == "date")
    (by,) = (option for option in question("rules").OPTIONS if option.name == "by")
    assert [date.parse(text) for text in ("2028.5", "2028-07-01", "2028-07", "2028-07-01T12:00Z")] == [2028.5] * 4
    assert by.parse("2028") == 2028
    for option, text in ((date, "July 2028"), (date, "nan"), (date, "2028-13"), (by, "2028-07-01"), (by, "2028.5")):
        with pytest.raises(ValueError, match=r"found .*(needed|allowed)"):
            option.parse(text)
