"""Growth of the frontier: investment and the share behind one programme grow at rates that decay, without any error of the step.

The rate is g(t) = g_end + (g_start - g_end) exp(-t / tau), and what is bought at a price that falls wears out from then on. All
integrals are put to quadrature, and paths of runs to the integrals. Source: verification by invariance, [Grimm2014]; that
training cost grew at a steady rate so far, [Cottier2024].
"""

import numpy as np
import pytest
from scipy.integrate import quad

from abm.parameters import position
from abm.submodels.derived import set_nodes
from abm.submodels.environment import frontier_share, growing_spending, investment_growth
from abm.submodels.events import PARAMETER
from abm.world import Event, World, build, synthetic
from runs.ensemble import simulate
from tests.theory.limits import CALM

GROWING = {
    **CALM, "review_rate": 0, "investment_us": 300, "investment_china": 90, "investment_growth": 0.6,
    "investment_growth_end": 0.05, "growth_decay": 4,
    "frontier_share": 0.03, "frontier_share_growth": 0.5, "frontier_share_limit": 1, "hardware": 0.03,
    "hardware_improvement": 0.3, "depreciation": 0.25, "algorithmic_progress": 0.48,
}


def growing(*events: Event, step: float = 0.25, **values) -> World:
    """Four nations that never act, and two vendors that grow."""
    return build(synthetic(4), None, {**GROWING, **values}, events, step_years=step)


def after(world: World, years: float):
    """The record some years on."""
    run = world.copy()
    simulate(run, round(years / run.record.dt), np.array([0]))
    return run.record


def rate(p: dict, t: float) -> float:
    """Growth rate of investment at time t."""
    return p["investment_growth_end"] + (p["investment_growth"] - p["investment_growth_end"]) * np.exp(-t / p["growth_decay"])


def invested(p: dict, begin: float, end: float) -> float:
    """Log growth of investment between two times."""
    return quad(lambda t: rate(p, t), begin, end, epsabs=1e-13)[0]


def bought(p: dict, begin: float, time: float) -> float:
    """What spending of 1 a year at ``begin`` that grows with investment adds up to after ``time``, at the price of ``begin``."""
    def part(s):
        return np.exp(invested(p, begin, begin + s) + p["hardware_improvement"] * s - p["depreciation"] * (time - s))

    return quad(part, 0, time, epsabs=0, epsrel=1e-11, limit=200)[0]


def spending(record, time: float) -> float:
    """The model's integral over ``time`` from a record's present on, by nodes laid for it."""
    return growing_spending(record, 0, set_nodes(record, 0, time))


@pytest.mark.parametrize("years", [0, 3, 12])
@pytest.mark.parametrize("values", [{}, {"investment_growth": -0.3, "depreciation": 1},
                                    {"growth_decay": 1, "investment_growth": 1}, {"investment_growth_end": 0.6}])
def test_integrals_of_growth_are_those_of_quadrature(years, values):
    """From the date on that a run has come to, over a step and over plans; spending by Gauss and Legendre within 1e-6."""
    p, record = {**GROWING, **values}, after(growing(**values), years)
    for ahead in (0.25, 1.0, 2.0, 3.7):
        assert investment_growth(record, ahead) == pytest.approx(invested(p, years, years + ahead), rel=1e-10)
        assert spending(record, ahead) == pytest.approx(bought(p, years, ahead), rel=1e-6)
        grown = quad(lambda t: 0.5 * np.exp(-t / p["growth_decay"]), 0, years + ahead)[0]
        assert frontier_share(record, ahead) == pytest.approx(0.03 * np.exp(grown), rel=1e-9)


@pytest.mark.parametrize(("time", "error"), [(0.25, 1e-7), (2.0, 1e-7), (10.0, 1e-7)])
def test_spending_is_within_its_error_of_the_truth_at_the_record(time, error):
    assert spending(growing().record, time) == pytest.approx(bought(GROWING, 0, time), rel=error)


def test_the_share_of_a_programme_stops_at_its_limit():
    record = after(growing(frontier_share_limit=0.05), 1)
    assert record.programme_share == pytest.approx(0.03 * np.exp(0.5 * 4 * -np.expm1(-1 / 4)))
    assert frontier_share(record, 2) == 0.05
    assert after(growing(frontier_share_limit=0.05), 5).programme_share == 0.05


@pytest.mark.parametrize("years", [2, 10])
def test_runs_follow_the_integrals_of_the_whole_time(years):
    """Investment, and compute bought over all the years, of both vendors."""
    world = growing()
    start, record = world.record.vendor_compute.copy(), after(world, years)
    for v, first in enumerate((300, 90)):
        assert record.vendor_investment[v] == pytest.approx(first * np.exp(invested(GROWING, 0, years)), rel=1e-9)
        compute = start[v] * np.exp(-0.25 * years) + 0.03 * first * bought(GROWING, 0, years)
        assert record.vendor_compute[v] == pytest.approx(compute, rel=1e-7)


@pytest.mark.parametrize("step", [1.0, 0.5, 0.125])
def test_the_length_of_the_step_does_not_matter(step):
    here, there = after(growing(), 8), after(growing(step=step), 8)
    for name in ("vendor_investment", "programme_share", "growth_left"):
        assert there[name] == pytest.approx(here[name], rel=1e-10), name
    assert there.vendor_compute == pytest.approx(here.vendor_compute, rel=1e-6)


def test_steady_growth_has_its_closed_form():
    """C(T) = C(0) e^(-dT) + I h (e^((g + i) T) - e^(-dT)) / (g + i + d)."""
    world = growing(investment_growth=0.2, investment_growth_end=0.2, growth_decay=0.7)
    start, record = world.record.vendor_compute.copy(), after(world, 6)
    left, risen = np.exp(-0.25 * 6), np.exp(0.5 * 6)
    assert record.vendor_investment == pytest.approx(np.array([300, 90]) * np.exp(0.2 * 6), rel=1e-12)
    compute = start * left + 0.03 * np.array([300, 90]) * (risen - left) / (0.5 + 0.25)
    assert record.vendor_compute == pytest.approx(compute, rel=1e-8)


def test_a_plan_is_what_the_years_then_bring():
    """The projected compute of vendors is what a run reaches at the middle of the horizon, growth and wear included."""
    world = growing(planning_horizon=6, vendor_lag_china=0)
    planned, record = after(world, 0.25).vendor_plan, after(world, 3)
    assert np.log10(record.programme_share * record.vendor_compute) == pytest.approx(planned, abs=1e-7)


def test_growth_that_an_event_changes_goes_on_from_where_it_was():
    """Investment and share do not jump; from then on the new rates hold, less what had decayed before."""
    change = [Event(8, PARAMETER, parameter=position(name)[0], value=value)
              for name, value in (("investment_growth", 1.2), ("frontier_share_growth", 0.1))]
    world = growing(*change)
    for years, error in ((2, 0), (2.25, 0.1)):
        without = after(growing(), years)
        assert after(world, years).vendor_investment == pytest.approx(without.vendor_investment, rel=error), "no jump"
    record, new = after(world, 6), {**GROWING, "investment_growth": 1.2}
    grown = invested(GROWING, 0, 2) + invested(new, 2, 6)
    assert record.vendor_investment == pytest.approx(np.array([300, 90]) * np.exp(grown), rel=1e-9)
    share = 0.5 * 4 * -np.expm1(-2 / 4) + 0.1 * 4 * (np.exp(-2 / 4) - np.exp(-6 / 4))
    assert record.programme_share == pytest.approx(0.03 * np.exp(share), rel=1e-9)


@pytest.mark.parametrize("limit", [1.0, 0.05])
def test_the_frontiers_speed_is_the_slope_of_its_capability(limit):
    """Algorithms, compute and share together, OOM a year; from two runs a hundredth of a year apart."""
    ends = [after(growing(step=0.01, frontier_share_limit=limit), years) for years in (2.0, 2.02)]
    slope = (ends[1].vendor_capability[0] - ends[0].vendor_capability[0]) / 0.02
    assert ends[0].frontier_speed == pytest.approx(0.48 + slope, rel=0.01)
