"""Learning the hazard: Gamma-Poisson beliefs find the true rate of cuts, the more evidence the closer.

Conjugate updating: with k cuts in T years of exposure, Gamma(alpha, beta) becomes Gamma(alpha + k, beta + T); its mean goes to
the true rate lambda, and its spread over histories to sqrt(lambda / T). Source: [GelmanEtAl2013]. Others' cuts add
omega sum(trust k) and omega sum(trust) T, and evidence of memory M fades by exp(-t / M).

Steps are a hundredth of a year and cuts last about as long, so that neither a second cut within a step nor the time cut
off biases the rate by more than half a per cent.
"""

import numpy as np
import pytest

from abm.parameters import position
from abm.submodels.events import PARAMETER
from abm.submodels.restriction import true_hazard
from abm.world import Event, World, build
from runs.ensemble import simulate
from tests.theory.limits import STILL, US, alike, apart

DT, RATE, N = 0.01, 0.5, 64  # yr, cuts a year, nations
PRIOR, PRIOR_RATE = 0.1, 5.0  # a tenth of a year's evidence for ten times the true rate
CALM = {"hazard_us": PRIOR_RATE, "hazard_distance": 0, "retaliation": 1, "restriction_duration": 0.01, "review_rate": 0,
        "prior_years": PRIOR, "memory": 500}


def learners(social: float, **values) -> World:
    """Nations that never move and learn a hazard that never changes; a weak and wrong prior is all they start with."""
    right = Event(0, PARAMETER, target=US, value=RATE, parameter=position("hazard_us")[0])
    return build(alike(N), None, {**STILL, **CALM, "social_learning": social, **values}, [right], step_years=DT)


def believed(world: World, years: float, seeds: int) -> np.ndarray:
    """(seeds, n, 2) mean and standard deviation of each nation's belief about the US after some years."""
    found = []
    for seed in range(seeds):
        run = world.copy()
        simulate(run, round(years / DT), np.array([seed]))
        cuts, exposure = run.record.belief_cuts[:N, US], run.record.belief_years[:N, US]
        found.append(np.stack([cuts / exposure, np.sqrt(cuts) / exposure], axis=1))
    return np.array(found)


@pytest.mark.parametrize("years", [10, 40])
def test_a_belief_finds_the_true_hazard(years):
    """Mean over 640 independent histories: that of the formula, which is the true rate but for what is left of the prior."""
    mean = believed(learners(0), years, 10)[:, :, 0]
    expected = (PRIOR * PRIOR_RATE + RATE * years) / (PRIOR + years)
    assert abs(mean.mean() - expected) < 0.005 * RATE + 4 * np.sqrt(RATE / years / 640)
    assert abs(expected - RATE) < 0.05 if years == 10 else abs(expected - RATE) < 0.012


@pytest.mark.parametrize("years", [10, 40])
def test_its_spread_is_the_root_of_the_rate_over_the_time(years):
    """Over 640 histories, and as the nation itself reckons it: sqrt(lambda / T); fading takes 3 % off, the error is 2.8 %."""
    found = believed(learners(0), years, 10)
    expected = np.sqrt(RATE / years)
    assert found[:, :, 0].std() == pytest.approx(expected, rel=4 * 0.028)
    assert np.sqrt((found[:, :, 1] ** 2).mean()) == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("social", [0.1, 1.0])
def test_it_is_faster_where_nations_learn_from_each_other(social):
    """Spread over histories: sqrt(lambda / T (1 + omega^2 m)) / (1 + omega m) for m = 63 others trusted fully.

    The nations of a run share their evidence, so the 200 runs alone give the error: 5 % of the spread.
    """
    years, others = 5, N - 1
    found = believed(learners(social), years, 200)[:, 0, 0]
    gain = np.sqrt(1 + social**2 * others) / (1 + social * others)
    assert found.std() == pytest.approx(np.sqrt(RATE / years) * gain, rel=0.2)
    assert gain < 0.2
    assert abs(found.mean() - RATE) < 0.03, "the prior is overruled within five years"


def test_memory_bounds_what_can_be_known():
    """Evidence that fades with memory M leaves a spread of sqrt(lambda / (2 M)) however long one waits."""
    found = believed(learners(0, memory=5), 40, 10)[:, :, 0]
    assert found.std() == pytest.approx(np.sqrt(RATE / 10), rel=4 * 0.028)
    assert abs(found.mean() - RATE) < 0.005 + 4 * np.sqrt(RATE / 10 / 640)


def test_others_cuts_are_taken_for_ones_own():
    """Where hazards differ, social learning finds the trust-weighted mean of all, not a nation's own: a limit of the rule."""
    world = learners(0.05, hazard_distance=3)
    apart(world, us=np.where(np.arange(N) % 2, 0.3, 0.7))
    found = believed(world, 40, 10)[:, :, 0].mean(axis=0)
    world.set({"hazard_us": RATE})
    own = np.array([true_hazard(world.start().record, i, US) for i in range(N)])
    pooled = (own + 0.05 * (own.sum() - own)) / (1 + 0.05 * (N - 1))
    for side in (0, 1):
        assert found[side::2].mean() == pytest.approx(pooled[side], rel=0.05)
    assert abs(pooled - own).min() > 0.15
