"""Lasting tastes: drawn given the choice on record, forgotten at a rate.

Source: random utility [McFadden1974]. A nation takes the option of the highest payoff plus taste, tastes follow a Gumbel law, and
what it chose is known. Its tastes then follow the law of those that are drawn again and again until the option it chose is the
best: accept-reject sampling, which is what the model's rule is put to here.
"""

import numpy as np
import pytest
from scipy import stats

from abm.scenario import Scenario
from abm.submodels.choice import decide, payoff, weigh
from abm.submodels.coalition import found
from runs.ensemble import simulate
from tests import worlds
from tests.theory.limits import CHINA, CLUB, HOLD, SELF, US, V, held, still

N, SCALE = 64, 0.0015
LONE = CLUB  # options that need no partner; tastes for all coalitions stand behind them

#: Fees, cost of inference and use of free models that make payoffs of V less 0 to 0.006, and what is on record.
CASES = {
    "all alike": ({"free_use": 1, "inference_cost": 0}, US),
    "the best": ({"fee_china": 0.01, "inference_cost": 0.015}, US),
    "the second best": ({"fee_us": 0.01, "inference_cost": 0.02}, US),
    "a bad one": ({"fee_us": 0.0, "fee_china": 0.01, "inference_cost": 0.02}, SELF),
    "the worst": ({"fee_us": 0.02, "fee_china": 0.0, "inference_cost": 0.005, "free_use": 0.975}, HOLD),
}


def first(values: dict, chosen: int, runs: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Payoffs of the lone options, and (runs * N, LONE + 1) tastes at the start of nations that chose ``chosen``."""
    world = still(N, taste_scale=SCALE, **values)
    world.record.source_start[:N] = chosen
    tastes = np.concatenate([world.start(seed).record.taste[:N, : LONE + 1].copy() for seed in range(runs)])
    weigh(world.record, 0)
    return np.array([payoff(world.record, 0, source) for source in range(LONE)]), tastes


def accepted(worth: np.ndarray, chosen: int, count: int) -> np.ndarray:
    """(count, LONE) tastes, drawn until the chosen option is the best."""
    chance, kept = np.random.default_rng(1), np.empty((0, LONE))
    while len(kept) < count:
        drawn = chance.gumbel(0, SCALE, (100000, LONE))
        kept = np.concatenate([kept, drawn[(worth + drawn).argmax(axis=1) == chosen]])
    return kept[:count]


@pytest.mark.parametrize("case", CASES)
def test_tastes_at_the_start_are_those_that_accept_reject_sampling_keeps(case):
    """Kolmogorov and Smirnov, two samples of 3840: each option's taste, and the lead of the chosen one over the next."""
    worth, tastes = first(*CASES[case])
    chosen = CASES[case][1]
    sampled = accepted(worth, chosen, len(tastes))
    for option in range(LONE):
        assert stats.ks_2samp(tastes[:, option], sampled[:, option]).pvalue > 1e-3, option
    leads = [lead(worth + drawn, chosen) for drawn in (tastes[:, :LONE], sampled)]
    assert min(leads[0]) > 0
    assert stats.ks_2samp(*leads).pvalue > 1e-3


def lead(worth: np.ndarray, chosen: int) -> np.ndarray:
    """What the chosen option is worth beyond the best of the others."""
    return worth[:, chosen] - np.delete(worth, chosen, axis=1).max(axis=1)


def test_the_comparison_would_see_tastes_drawn_whatever_was_chosen():
    worth, tastes = first(*CASES["the worst"])
    fresh = np.random.default_rng(2).gumbel(0, SCALE, tastes.shape)
    assert all(stats.ks_2samp(tastes[:, option], fresh[:, option]).pvalue < 1e-6 for option in (CHINA, SELF, HOLD))
    assert stats.ks_2samp(tastes[:, LONE], fresh[:, LONE]).pvalue > 1e-3, "coalitions, which nobody could choose"
    assert worth[HOLD] == pytest.approx(worth.max() - 4 * SCALE, abs=2e-4)


def is_best(record) -> np.ndarray:
    """(n,) whether each nation's source is better than every other to it at the state of the record, without convening."""
    trial = record.copy()
    trial.p.taste_renewal = trial.p.convening_rate = 0
    best = np.zeros(int(trial.n), bool)
    for i in range(int(trial.n)):
        weigh(trial, i)
        others = np.delete(trial.worth, trial.source[i])
        best[i] = decide(trial, i) == trial.source[i] and (others < trial.worth[trial.source[i]]).all()
    return best


@pytest.mark.parametrize(("scenario", "runs"), [(Scenario.read(worlds.BASELINE), 300),
                                                (Scenario.parse({"nations": {"select": "all"}}), 60)], ids=["baseline", "all"])
def test_the_recorded_choice_is_the_best_of_every_nation_at_step_0_in_every_run(scenario, runs):
    world = scenario.world()
    for seed in range(runs):
        record = world.start(seed).record
        assert is_best(record).all()
    record.taste[:] = 0
    assert not is_best(record).all(), "without tastes some nations would choose something else"


def test_all_coalitions_share_one_taste():
    world = still(12, taste_scale=SCALE, taste_renewal=0)
    record = world.start(3).record
    for k, members in enumerate(([0, 1, 2], [3, 4])):
        record.invited[: len(members)], record.invitations = members, len(members)
        found(record, k)
    for i in range(12):
        weigh(record, i)
        tastes = record.terms[i, [CLUB, CLUB + 1], -1]
        assert tastes.tolist() == [record.taste[i, CLUB]] * 2
    assert len(set(record.taste[:12, CLUB])) == 12


def changed(steps: int, renewal: float, runs: int = 100, **values) -> tuple[np.ndarray, np.ndarray]:
    """(runs, N) whether each nation's tastes have changed since the start, and the years until its last review."""
    world = still(N, taste_scale=SCALE, taste_renewal=renewal, **values)
    found, years = [], []
    for seed in range(runs):
        before = world.start(seed).record.taste[:N].copy()
        simulate(world, steps, np.array([seed]))
        moved = (world.record.taste[:N, : LONE + 1] != before[:, : LONE + 1])
        assert (moved.all(axis=1) == moved.any(axis=1)).all(), "all at once"
        found.append(moved.all(axis=1))
        years.append(world.record.reviewed[:N] + 1.0)
    return np.array(found), np.array(years)


@pytest.mark.parametrize(("renewal", "steps"), [(0.05, 5), (0.05, 20), (0.4, 3)])
def test_tastes_are_renewed_at_their_rate(renewal, steps):
    """By time t a share 1 - exp(-rate t) of nations that review at every step; 6400 nations."""
    share, chance = changed(steps, renewal)[0].mean(), -np.expm1(-renewal * steps)
    assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / (100 * N))


def test_a_change_of_tastes_waits_for_the_next_review():
    """Where nations review at 0.3 a year it is the time until the last review that counts."""
    found, years = changed(10, 0.2, review_rate=0.3)
    chance = -np.expm1(-0.2 * years)
    assert 0 < (years == 0).mean() < 0.1
    assert abs(found.mean() - chance.mean()) < 4 * np.sqrt((chance * (1 - chance)).mean() / found.size)
    assert not found[years == 0].any()


def test_at_no_rate_tastes_never_change_and_a_world_at_rest_stays_at_rest():
    assert not changed(20, 0.0, 5)[0].any()
    values = {"fee_us": 0.01, "fee_china": 0.0025, "inference_cost": 0.015, "free_use": 0.98}
    at_rest = still(N, taste_scale=SCALE, taste_renewal=0, **values)
    at_rest.record.source_start[:N] = np.arange(N) % LONE
    sources = held(at_rest, 20, 10)
    assert (sources == sources[:, :1]).all()
    at_rest.set({"taste_renewal": 0.1})
    assert (held(at_rest, 20, 10)[:, -1] != sources[:, -1]).mean() > 0.4


@pytest.mark.parametrize("chosen", [US, HOLD])
def test_renewed_tastes_have_forgotten_what_was_chosen(chosen):
    """Each follows the whole Gumbel law."""
    world = still(N, taste_scale=SCALE, taste_renewal=1000, fee_us=0.02)
    world.record.source_start[:N] = chosen
    tastes = []
    for seed in range(20):
        simulate(world, 1, np.array([seed]))
        tastes.append(world.record.taste[:N, : LONE + 1].copy())
    for option in range(LONE + 1):
        assert stats.kstest(np.concatenate(tastes)[:, option] / SCALE, "gumbel_r").pvalue > 1e-3


def test_without_scale_a_nation_is_given_just_what_its_choice_lacks():
    world = still(4, taste_scale=0, fee_us=0.3, fee_china=0.1)
    taste = world.start().record.taste[:4]
    assert taste[:, US] == pytest.approx(np.full(4, 0.2 * V), abs=1e-12)
    assert taste[:, [CHINA, SELF, HOLD, CLUB]] == pytest.approx(np.zeros((4, 4)), abs=1e-12)
