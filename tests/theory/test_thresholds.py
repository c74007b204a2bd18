"""Thresholds: nations that join once enough others have; one nation less can stop the cascade, or unravel the whole.

Source: [Granovetter1978]. Nation i joins when k >= tau_i others have; the cascade ends at the least fixed point of
k = #{tau <= k}, a convened set at the greatest. Mapping: partners' example is worth peer_weight * k / (n - 1), and distance
sets what each nation asks for it. One at a time: from the US to China, k clients of China, distance_i = tau_i / (n - 1).
Convened: out of the US into a coalition that is worth as much, a nation farther from the US needing fewer partners.
Half a nation is added in favour of joining, so that nobody is ever indifferent.
"""

import numpy as np
import pytest

from abm.submodels.convening import settle_invitations
from abm.world import World
from tests.theory.limits import CHINA, V, apart, held, still

N, PEERS = 64, 0.05
LADDER = np.arange(N)  # Granovetter's hundred rioters: nobody, one other, two others ...
BROKEN = np.where(LADDER == 1, 2, LADDER)  # the one with threshold 1 now asks for 2


def one_at_a_time(thresholds: np.ndarray) -> World:
    """Gain of moving to China: 2 peer_weight (k + 1/2 - tau) / (n - 1)."""
    world = still(N, taste_scale=0, peer_weight=PEERS, distance_weight=2 * PEERS, fee_us=PEERS * (1 + 1 / (N - 1)) / V)
    return apart(world, us=0, china=thresholds / (N - 1))


def joined(thresholds: np.ndarray, seeds: int = 5) -> set[int]:
    """Numbers of joiners that runs end with; a review of all in each of n steps is enough for any cascade."""
    sources = held(one_at_a_time(thresholds), N, seeds)
    assert (np.diff((sources == CHINA).sum(axis=2), axis=1) >= 0).all(), "nobody turns back"
    return set((sources[:, -1] == CHINA).sum(axis=1).tolist())


def least(thresholds: np.ndarray) -> int:
    """Least fixed point of k = #{tau <= k}."""
    k = 0
    while (grown := int((thresholds <= k).sum())) > k:
        k = grown
    return k


def convened(thresholds: np.ndarray, invited: np.ndarray) -> list[int]:
    """Who is left when the invited judge the whole set: gain of founding peer_weight (k + 1/2 - tau) / (n - 1)."""
    world = still(N, taste_scale=0, peer_weight=PEERS, distance_weight=PEERS, inference_cost=0,
                  fee_us=0.5 * PEERS / (N - 1) / V)
    record = apart(world, us=1 - thresholds / (N - 1)).record
    record.invited[: len(invited)], record.invitations = invited, len(invited)
    settle_invitations(record, 0, -1)
    left = sorted(record.invited[: record.invitations].tolist())
    return left if len(left) > 1 else []


def greatest(thresholds: np.ndarray, invited: np.ndarray) -> list[int]:
    """Greatest set in which everyone has its threshold among the others; none below two."""
    kept = set(invited.tolist())
    while (next_kept := {i for i in kept if thresholds[i] <= len(kept) - 1}) != kept:
        kept = next_kept
    return sorted(kept) if len(kept) > 1 else []


def test_the_ladder_of_thresholds_cascades_to_all():
    assert joined(LADDER) == {N}


def test_one_threshold_changed_stops_the_cascade_at_one():
    """The two crowds are alike on average to a 2016th of a threshold, and end with 64 and with 1."""
    assert joined(BROKEN) == {1}


@pytest.mark.parametrize("index", [2, 10, 40])
def test_the_cascade_stops_where_a_rung_is_missing(index):
    assert joined(np.where(index == LADDER, index + 1, LADDER)) == {index}


@pytest.mark.parametrize("spread", [5, 10, 15, 30])
def test_any_crowd_ends_at_the_least_fixed_point(spread):
    """Normal thresholds around a quarter of the crowd, rounded, as Granovetter's; the cascade needs spread to begin."""
    chance, ends = np.random.default_rng(spread), []
    for _ in range(12):
        thresholds = np.clip(np.ceil(chance.normal(N / 4, spread, N)), 0, N - 1)
        ends.append(least(thresholds))
        assert joined(thresholds, 1) == {ends[-1]}
    assert (np.mean(ends) > N / 2) == (spread >= 10)


def test_a_whole_set_that_judges_itself_does_not_need_the_first_rungs():
    """What never starts one by one holds when convened: the model's reason for convening."""
    assert convened(LADDER, LADDER) == convened(BROKEN, LADDER) == LADDER.tolist()
    assert joined(np.full(N, N - 1)) == {0}
    assert convened(np.full(N, N - 1), LADDER) == LADDER.tolist()


@pytest.mark.parametrize("removed", [0, 1, 20, 62])
def test_without_one_nation_a_convened_set_unravels_above_it(removed):
    """Everyone above the missing rung finds one partner too few, the last first; those below it stay."""
    left = convened(LADDER, np.delete(LADDER, removed))
    assert left == (list(range(removed)) if removed > 1 else [])
    assert convened(np.full(N, N - 1), np.delete(LADDER, removed)) == []


@pytest.mark.parametrize("seed", range(20))
def test_any_convened_crowd_ends_at_the_greatest_fixed_point(seed):
    chance = np.random.default_rng(seed)
    thresholds = np.clip(np.ceil(chance.normal(N / 2, 3 + seed, N)), 0, N - 1)
    invited = np.flatnonzero(chance.random(N) < 0.9)
    assert convened(thresholds, invited) == greatest(thresholds, invited)
