"""Dates: one reading of them wherever they are given, and one rule by which they belong to steps."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm import dates
from abm.scenario import Scenario, ScenarioError
from runs.axes import axis
from tests.test_properties import bounded

JULY = 2026 + 6 / 12
ZONE = datetime.timezone(datetime.timedelta(hours=-11))
#: What is a date -> its decimal year; of a date-time the day as written counts.
TAKEN = [
    (2026, 2026.0), (2026.5, 2026.5), (np.float64(2026.5), 2026.5), (np.int32(2026), 2026.0), ("2026-07", JULY),
    ("2026-07-01", JULY), (" 2026-07-01 ", JULY),
    ("2026-07-01T23:59:59", JULY), ("2026-07-01 12:00", JULY), ("2026-07-01T12:00Z", JULY),
    ("2026-07-01T12:00:00.5+02:00", JULY), (datetime.date(2026, 7, 1), JULY), (datetime.datetime(2026, 7, 1, 23), JULY),
    (datetime.datetime(2026, 7, 1, 23, tzinfo=ZONE), JULY), (pd.Timestamp("2026-07-01", tz="UTC"), JULY),
    (np.datetime64("2026-07-01T10:00"), JULY), (datetime.date(2026, 12, 31), 2026 + 11 / 12 + 30 / 365.25),
]  # fmt: skip
REFUSED = [
    True, None, "", "2026", "July 2026", "01.07.2026", "2026-13", "2026-02-30", "2026-07-01T25:00", "2026-07-01Tnoon", "20260701",
    math.nan, math.inf, -math.inf, 10**400, [2026], datetime.time(10), np.datetime64("NaT"), pd.NaT,
]  # fmt: skip
DAY = {"kind": "tension", "factor": 2.0}


@pytest.mark.parametrize(("given", "year"), TAKEN, ids=repr)
def test_a_date_is_read_alike_wherever_it_is_given(given, year):
    assert dates.decimal_year(given) == year
    assert Scenario.parse({"events": [{"date": given, **DAY}]}).content.events[0].date == year
    assert Scenario.parse({"start": given}).content.start == year
    assert Scenario.parse({}).with_values({"start": given}).content.start == year
    scenario = Scenario.parse({"events": [{"date": 2026, **DAY}]})
    assert axis("events[1].date", [given, 2027], scenario).values == (year, 2027.0)
    if dates.plain(given) is not given:  # in every form but a number, for a parameter that is a date too
        assert Scenario.parse({"parameters": {"value_midpoint": given}}).content.parameters == {"value_midpoint": year}
        assert axis("value_midpoint", [given, 2027], scenario).values == (year, 2027.0)
        with pytest.raises(ScenarioError, match="is outside 0 to 1"):
            Scenario.parse({"parameters": {"fee_us": given}})


@pytest.mark.parametrize("given", REFUSED, ids=lambda given: repr(given)[:20])
def test_what_is_no_date_is_refused_alike(given):
    for document in ({"events": [{"date": given, **DAY}]}, {"start": given}):
        with pytest.raises(ScenarioError, match="a date is needed, as a year such as 2026") as refused:
            Scenario.parse(document)
        assert "\n" not in str(refused.value)
    with pytest.raises(ValueError, match=r"needed|outside"):
        axis("events[1].date", [given], Scenario.parse({"events": [{"date": 2026, **DAY}]}))


def test_days_are_in_the_order_of_the_calendar():
    days = pd.date_range("2023-12-01", "2025-01-31")
    years = [dates.decimal_year(day) for day in days]
    assert years == sorted(set(years))
    assert [int(year) for year in years] == days.year.tolist()


LENGTHS = st.sampled_from([0.001, 1 / 365.25, 0.01, 0.0833, 1 / 12, 0.1, 0.25, 1 / 3, 0.5, 1, 1.7, 5])


@bounded
@given(st.floats(1900, 2200), LENGTHS, st.integers(1, 10_000), st.floats(0, 0.99))
def test_a_date_falls_in_the_step_that_it_lies_in(start, length, step, within):
    assert dates.step_in(start + step * length, start, length) == step
    inside = start + (step + within) * length - 2 * dates.SLACK * (within > 0)
    assert dates.step_in(inside, start, length) in (step - (within < 0.01), step)


@bounded
@given(st.floats(1900, 2200), LENGTHS, st.integers(1, 10_000), st.floats(1890, 2400))
def test_the_nearest_step_is_as_near_as_any(start, length, steps, date):
    every = start + length * np.arange(steps + 1)
    found = dates.nearest_step(date, start, length, steps)
    assert abs(every[found] - date) <= np.abs(every - date).min() + 2 * dates.SLACK
    years = dates.years_of(start, every[-1])
    assert len(years) >= 1
    assert abs(years[0] - start) <= 0.5 >= abs(years[-1] - every[-1])


@bounded
@given(st.floats(1900, 2200), LENGTHS, st.integers(0, 500))
def test_sums_of_steps_that_reach_a_year_are_in_it(start, length, years):
    count = round(years / length)
    date = start + count * length
    assert dates.in_year([date, math.nan])[0] == math.floor(date + dates.SLACK)
    assert math.isnan(dates.in_year([math.nan])[0])
    assert dates.in_year([2026 - 1e-9, 2026, 2026.9]).tolist() == [2026, 2026, 2026]
