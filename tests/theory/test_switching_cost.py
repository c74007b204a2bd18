"""Switching cost: it holds clients where they are, at equal payoffs, as much as its logit says.

Source: [FarrellKlemperer2007], [Klemperer1987]. With n options of equal payoff and a cost K of leaving the present one,
P(stay) = exp(mu K) / (exp(mu K) + n - 1) with mu = 1 / taste_scale. K = migration_cost * projects_per_bn * 1e-9 * adoption *
lock_in * (1 - portability) / planning_horizon, a share of GDP per year. Lock-in is complete in all of these worlds
(4.5e-5 short of it after a year).
"""

import numpy as np
import pytest

from tests.theory.limits import CHINA, US, V, held, still

SCALE = 0.0015
FOUR = {"value_start": 0, "value_end": 0}  # us, china, self_build and hold_back are all worth nothing
TWO: dict[str, float] = {}  # the two vendors alone are worth V


def costly(cost: float, **values):
    """Nations whose moving costs ``cost`` of GDP a year over a horizon of 4 years."""
    migration = cost * 4 / (100 * 1e-9)
    return still(taste_scale=SCALE, portability=0, projects_per_bn=100, migration_cost=migration, **values)


def stay_chance(cost: float, options: int) -> float:
    """The formula under test."""
    return np.exp(cost / SCALE) / (np.exp(cost / SCALE) + options - 1)


def stays(sources: np.ndarray) -> np.ndarray:
    """Whether each nation kept its source, step by step."""
    return sources[:, 1:] == sources[:, :-1]


@pytest.mark.parametrize("cost", [0.0005, 0.0015, 0.004])
@pytest.mark.parametrize(("options", "values"), [(2, TWO), (4, FOUR)])
def test_stayers_are_as_many_as_the_logit_of_the_cost_says(cost, options, values):
    """32000 reviews; every review is a draw of its own, so the error is binomial: four of them are at most 0.012."""
    kept = stays(held(costly(cost, **values), 20, 25))
    chance = stay_chance(cost, options)
    assert abs(kept.mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / kept.size)


@pytest.mark.parametrize(("options", "values"), [(2, TWO), (4, FOUR)])
def test_the_incumbents_share_fades_to_an_equal_one_at_the_rate_of_the_moves(options, values):
    """Share after t reviews is 1/n + (1 - 1/n) (1 - (1 - P) n / (n - 1))^t from a share of one."""
    cost = 0.003
    sources = held(costly(cost, **values), 40, 50)
    share = (sources == US).mean(axis=(0, 2))
    left = 1 - (1 - stay_chance(cost, options)) * options / (options - 1)
    expected = 1 / options + (1 - 1 / options) * left ** np.arange(41)
    assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / (64 * 50)))
    assert share[3] > 1 / options + 0.1, "the incumbent begins ahead"


def test_everybody_is_frozen_where_moving_costs_more_than_anything_gains():
    """Even under a fee on the incumbent that takes all of the benefit: a move costs a fifth of GDP, counted on a quarter."""
    sources = held(costly(0.05, fee_us=1, planning_horizon=0.25), 20, 10)
    assert (sources == US).all()
    assert not (held(costly(0.0, fee_us=1), 20, 10)[:, 1:] == US).any()


@pytest.mark.parametrize(("options", "values"), [(2, TWO), (4, FOUR)])
def test_choice_has_no_memory_where_moving_is_free(options, values):
    kept = stays(held(still(taste_scale=SCALE, **values), 20, 25))
    assert abs(kept.mean() - 1 / options) < 4 * np.sqrt((options - 1) / options**2 / kept.size)


def test_portability_halves_what_holds_clients():
    """Full cost at half portability holds as half the cost at none: the same run, choice by choice."""
    half = costly(0.002)
    half.set({"portability": 0.5})
    assert (held(half, 20, 5) == held(costly(0.001), 20, 5)).all()
    assert not (held(costly(0.002), 20, 5) == held(costly(0.001), 20, 5)).all()


def test_an_incumbent_holds_on_up_to_the_cost_of_moving_and_no_further():
    """Without tastes a dearer vendor keeps its clients while the difference in fees is below K, as in Shy's index.

    Source: [Shy2002].
    """
    for gap, kept in ((0.0019, 1.0), (0.0021, 0.0)):
        world = costly(0.002, fee_us=gap / V)
        world.set({"taste_scale": 0})
        sources = held(world, 5, 1)
        assert (sources[0, -1] == (US if kept else CHINA)).all()
