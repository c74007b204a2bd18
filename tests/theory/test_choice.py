"""Discrete choice: nations choose by logit, between best reply and chance.

Source: [McFadden1974], [McKelveyPalfrey1995]. P(a) = exp(U_a / s) / sum_b exp(U_b / s) with s = taste_scale, so mu = 1 / s.
Tastes are drawn anew at every review (the upper bound of ``taste_renewal``; :mod:`tests.theory.test_tastes` has those that
last). Draws are independent over nations, steps and runs, so frequencies are multinomial and chi-square applies as it stands.
"""

import numpy as np
import pytest
from scipy import stats

from tests.theory.limits import CHINA, HOLD, SELF, US, V, held, logit, still

#: A lone builder, and the fees that leave three options of different worth; holding back is worth nothing, over 100 scales less.
THREE = {"fee_us": 0.01, "fee_china": 0.0025, "inference_cost": 0.015, "free_use": 0}
WORTH = V * (1 - np.array([0.01, 0.0025, 0.015, 1.0]))  # of us, china, self_build, hold_back


def counts(steps: int = 20, seeds: int = 40, **values) -> np.ndarray:
    """How often each of the four sources outside coalitions is chosen, in 64 * ``steps`` * ``seeds`` choices."""
    sources = held(still(**{**THREE, **values}), steps, seeds)[:, 1:]
    return np.bincount(sources.ravel(), minlength=4)


@pytest.mark.parametrize("scale", [0.0004, 0.0015, 0.01])
def test_three_options_are_chosen_with_the_exact_logit_probabilities(scale):
    """Chi-square over 51200 choices at 0.1 %; the next test shows what it would see."""
    found = counts(taste_scale=scale)
    expected = logit(WORTH, scale) * found.sum()
    assert found[HOLD] == 0
    assert stats.chisquare(found[:3], expected[:3]).pvalue > 1e-3


def test_the_chi_square_would_see_a_wrong_scale():
    found = counts(taste_scale=0.0015)
    for wrong in (0.9, 1.1):
        expected = logit(WORTH, 0.0015 * wrong)[:3] * found.sum()
        assert stats.chisquare(found[:3], expected * found[:3].sum() / expected.sum()).pvalue < 1e-9


def test_without_tastes_every_choice_is_the_best_reply():
    assert counts(taste_scale=0).tolist() == [0, 51200, 0, 0]
    dear = counts(taste_scale=0, fee_china=0.02)
    assert dear[US] == dear.sum()
    assert counts(taste_scale=0, fee_us=0.02, fee_china=0.02)[SELF] == 51200


def test_with_boundless_tastes_choice_is_uniform():
    """At scale 1 the exact shares differ from a quarter by 0.5 % at most where payoffs differ by 0.02."""
    found = counts(taste_scale=1, value_start=0.02, value_end=0.02)
    expected = logit(WORTH / V * 0.02, 1.0)
    assert np.abs(expected - 0.25).max() < 0.005
    assert stats.chisquare(found, expected * found.sum()).pvalue > 1e-3


def test_the_odds_of_two_options_do_not_depend_on_a_third():
    """Independence of irrelevant alternatives: log odds are the difference in payoff over the scale, with or without it."""
    for third in (0.015, 1.0):
        found = counts(taste_scale=0.0015, inference_cost=third)
        odds, error = np.log(found[CHINA] / found[US]), np.sqrt(1 / found[CHINA] + 1 / found[US])
        assert abs(odds - V * 0.0075 / 0.0015) < 4 * error
    assert found[SELF] == 0


def test_nations_review_their_stance_with_the_rate_per_year():
    """A nation that reviews chooses one of two equal vendors, so it moves with half of 1 - exp(-rate)."""
    sources = held(still(fee_us=0, fee_china=0, review_rate=0.7), 20, 40)
    moves = (np.diff(sources.astype(int), axis=1) != 0)
    chance = 0.5 * -np.expm1(-0.7)
    assert abs(moves.mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / moves.size)
