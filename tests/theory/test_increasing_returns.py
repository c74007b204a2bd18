"""Increasing returns: two vendors, two tastes, each nation chooses once in a drawn order; early chance decides for good.

Source: [Arthur1989]. An agent of taste R gains a_R + r n_A from technology A and b_R + r n_B from B, one of taste S the
reverse. Here A and B are the vendors, r = peer_weight / (n - 1) (nations trust each other alike), and the taste
a_R - b_R = distance_weight * distance to the other vendor. Nations begin with free models and can never move again
once they have chosen (a prohibitive switching cost), as Arthur's adopters. An R takes A unless n_A - n_B <= -BARRIER, an S
takes B unless n_A - n_B >= BARRIER: absorbing barriers at n_A - n_B = +-(a_R - b_R) / r.
"""

from functools import cache

import numpy as np
import pytest

from abm.world import World
from runs.ensemble import simulate
from tests.theory.limits import CHINA, HOLD, US, apart, held_from, still

N, BARRIER, SEEDS = 64, 4, 300
PEERS = 0.05
TASTE = (BARRIER - 0.5) * PEERS / (N - 1)  # half a nation short of the barrier, so that no nation is ever indifferent
TASTES = np.where(np.arange(N) % 2, -1, 1)  # 1 for R, which is near the US, and -1 for S


def newcomers(**values) -> World:
    """Nations of two tastes that have yet to choose a vendor, and will do so once."""
    stuck = {"portability": 0, "migration_cost": 2e6, "projects_per_bn": 100, "lock_in_start": 0, "planning_horizon": 0.25}
    world = still(N, **{**stuck, "taste_scale": 0, "peer_weight": PEERS, "distance_weight": TASTE, **values})
    world.record.source_start[:N] = HOLD
    return apart(world, us=TASTES < 0, china=TASTES > 0)


def adopted(world: World, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Tastes in the order in which nations chose in a run, and what each chose (1 the US, -1 China)."""
    simulate(world, 1, np.array([seed]))
    order = world.record.agenda[: world.record.reviewing]
    assert sorted(order) == list(range(N))
    return TASTES[order], np.where(world.record.source[order] == US, 1, -1)


def arthur(tastes: np.ndarray) -> list[int]:
    """Arthur's process itself."""
    ahead, chosen = 0, []
    for taste in tastes:
        chosen.append(int(np.sign(taste * BARRIER + ahead) or -taste))
        ahead += chosen[-1]
    return chosen


@cache
def lock_in_chance(r: int, s: int, ahead: int = 0) -> float:
    """Chance that A wins for good when ``r`` and ``s`` adopters of the two tastes are still to come in random order."""
    if abs(ahead) >= BARRIER:
        return float(ahead > 0)
    if r + s == 0:
        return 0.0
    first = r / (r + s)
    return (first and first * lock_in_chance(r - 1, s, ahead + 1)) + (
        (1 - first) and (1 - first) * lock_in_chance(r, s - 1, ahead - 1))


@pytest.fixture(scope="module")
def histories():
    """Tastes in order and choices of many runs, (SEEDS, N) each."""
    world = newcomers()
    return tuple(np.array(rows) for rows in zip(*(adopted(world, seed) for seed in range(SEEDS))))


def test_nations_follow_arthurs_process_choice_by_choice(histories):
    tastes, chosen = histories
    assert chosen.tolist() == [arthur(row) for row in tastes]


def test_barriers_absorb(histories):
    """Before a barrier is reached everyone follows its taste; from then on everyone follows the leader."""
    for tastes, chosen in zip(*histories):
        ahead = np.cumsum(chosen)
        first = np.argmax(abs(ahead) >= BARRIER) + 1 if abs(ahead).max() >= BARRIER else N
        assert (chosen[:first] == tastes[:first]).all()
        assert (chosen[first:] == np.sign(ahead[first - 1])).all()


def test_both_vendors_win_each_as_often_as_theory_says(histories):
    """The exact chance by counting orders; 300 runs give it within four standard errors (12 percentage points)."""
    ahead = histories[1].sum(axis=1)
    chance = lock_in_chance(N // 2, N // 2)
    assert 0.4 < chance < 0.5
    error = np.sqrt(chance * (1 - chance) / SEEDS)
    assert abs((ahead >= BARRIER).mean() - chance) < 4 * error
    assert abs((ahead <= -BARRIER).mean() - chance) < 4 * error


@pytest.mark.parametrize(("portability", "kept"), [(0, N), (1, 0)])
def test_lock_in_outlasts_its_cause_while_moving_is_dear(portability, kept):
    """The leader takes half of the benefit as its fee: nobody leaves it where moving costs more, everybody where it is free."""
    world = newcomers()
    leader = US if adopted(world, 0)[1].sum() > 0 else CHINA
    world.set({"fee_us" if leader == US else "fee_china": 0.5, "portability": portability})
    world.record.vendor_fee[leader] = 0.5
    clients = world.record.source[:N] == leader
    assert clients.sum() > N * 0.7
    assert (held_from(world, 10, 3)[:, -1] == leader).sum() == 3 * (clients.sum() if kept else 0)


@pytest.mark.parametrize("seed", range(5))
def test_without_peers_everyone_follows_its_taste(seed):
    tastes, chosen = adopted(newcomers(peer_weight=0), seed)
    assert chosen.tolist() == tastes.tolist()
    assert chosen.sum() == 0


def test_returns_too_weak_for_a_barrier_within_reach_leave_no_lock_in():
    """A barrier beyond the number of each taste is never reached."""
    weak = newcomers(peer_weight=PEERS * BARRIER / (N // 2 + 2))
    assert all(adopted(weak, seed)[1].sum() == 0 for seed in range(30))
