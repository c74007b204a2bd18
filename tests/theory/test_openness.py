"""From public good to club: how large a coalition can be stable when outsiders share in what it makes.

Source: [dAspremont1983]: S is stable when no member gains by leaving, u_in(k) >= u_out(k - 1), and no outsider by
joining, u_in(k + 1) <= u_out(k). [Barrett1994]: for a pure public good such coalitions are small; [Buchanan1965]: for a
club, large. Mapping: identical nations pool compute of quality Q(k) = (k / k0)^(quality_sensitivity / ln 10); members
pay membership_cost; outsiders use ``openness`` times that quality for free, or build alone at Q(1). Vendors
take all of the benefit, and open weights are far behind (``open_weights_lag``), since they would hide what a coalition gives
away. So u_in(k) = V Q(k) - m and u_out(k) = V max(openness Q(k), Q(1)), and at openness 1 a coalition of k is stable when
V (Q(k) - Q(k - 1)) >= m >= V (Q(k + 1) - Q(k)).
"""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from abm.submodels.coalition import found
from abm.submodels.lone import lone_terms
from abm.submodels.payoff import joining_terms, member_terms, sum_trust, total
from abm.world import World
from tests import worlds
from tests.theory.limits import CLUB, HOLD, SELF, V, bare, held, held_from, still

N, COST = 12, 0.006
POWER = 0.5  # Q grows as the root of the number of members
SCALE = 95.0  # members that would reach the frontier: k0
KNOB = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.97, 0.98, 0.99, 1]


def giving(openness: float, **values) -> World:
    """Nations that hold back, and may pool compute of which outsiders get ``openness``."""
    own = {"inference_cost": 0, "free_use": 1, "fee_us": 1, "fee_china": 1, "open_weights_lag": 10, "builder_lag": 0,
           "overhead_size": 0, "quality_sensitivity": POWER * math.log(10), "membership_cost": COST, "taste_scale": 0}
    world = still(N, **{**own, "openness": openness, **values})
    world.record.source_start[:N] = HOLD
    usable, best = world.record.p.pooling * world.record.compute[0], world.record.vendor_compute.max()
    world.set({"frontier_share": SCALE * usable / best, "frontier_share_limit": 1})
    return bare(world)


def coalition_of(k: int, openness: float):
    """A record just before politics in which the first k nations are a coalition; none for k below two."""
    record = giving(openness).record
    if k > 1:
        record.invited[:k], record.invitations = np.arange(k), k
        found(record, 0)
    worlds.to_politics(record)
    for i in range(N):
        sum_trust(record, i)
    return record


@cache
def payoffs(openness: float) -> dict[str, np.ndarray]:
    """u_in(k), u_out(k) and what a joiner of k gains, k = 0 to N, by the model's rules; NaN where there is nobody to ask."""
    inside, outside, joining = (np.full(N + 1, np.nan) for _ in range(3))
    for k in range(N + 1):
        record = coalition_of(k, openness)
        if k > 1:
            inside[k] = total(member_terms(record, 0, 0))
        if k < N:
            outside[k] = max(total(lone_terms(record, N - 1, HOLD)), total(lone_terms(record, N - 1, SELF)))
        if 1 < k < N:
            joining[k] = total(joining_terms(record, N - 1, 0))
    return {"inside": inside, "outside": outside, "joining": joining}


def internal(openness: float) -> list[int]:
    """Sizes that no member gains by leaving, what it leaves behind taken into account."""
    u = payoffs(openness)
    return [k for k in range(2, N + 1) if u["inside"][k] >= u["outside"][k - 1]]


def stable(openness: float) -> list[int]:
    """Sizes that are internally and externally stable."""
    u = payoffs(openness)
    return [k for k in internal(openness) if k == N or u["joining"][k] <= u["outside"][k]]


def quality(k: float) -> float:
    """Q(k)."""
    return (k / SCALE) ** POWER


@pytest.mark.parametrize("openness", [0, 0.9, 1])
def test_payoffs_are_those_of_the_mapping(openness):
    u = payoffs(openness)
    for k in range(2, N):
        assert u["inside"][k] == pytest.approx(V * quality(k) - COST)
        assert u["outside"][k] == pytest.approx(V * max(openness * quality(k), quality(1)))
        assert u["joining"][k] == pytest.approx(V * quality(k + 1) - COST)


def test_a_pure_public_good_sustains_barretts_small_coalition():
    """Three of twelve: the last size at which what a member adds is worth its cost."""
    adds = [k for k in range(2, N + 1) if V * (quality(k) - quality(k - 1)) >= COST]
    assert stable(1) == [max(adds)] == [3]


def test_a_pure_club_sustains_everybody_and_nothing_less():
    assert internal(0) == list(range(2, N + 1))
    assert stable(0) == [N]


def test_the_largest_stable_coalition_shrinks_with_openness():
    """From all twelve to three, by whole steps; what can be left without regret only grows with what is given away."""
    largest = [max(stable(openness)) for openness in KNOB]
    assert largest == sorted(largest, reverse=True)
    assert (largest[0], largest[-1]) == (N, 3)
    assert len(set(largest)) > 2
    for less, more in pairwise(KNOB):
        assert set(internal(more)) <= set(internal(less))


def lasting(openness: float) -> np.ndarray:
    """(runs,) mean members over 60 years of reviews every other year, in runs that begin with nobody and convene all."""
    world = giving(openness, review_rate=0.5, convening_rate=0.2, convening_size=N)
    return (held(world, 60, 50)[:, 20:] == CLUB).sum(axis=2).mean(axis=1)


def test_in_runs_clubs_last_and_public_goods_do_not():
    """Members over time fall with openness, within two standard errors where they hardly do: all twelve for ever in a club,
    under a third of that for a public good, which is founded, gives itself away, and is left."""
    found = [lasting(openness) for openness in KNOB[::3] + KNOB[-1:]]
    means, errors = [runs.mean() for runs in found], [runs.std() / math.sqrt(len(runs)) for runs in found]
    assert means[0] == N
    assert means[-1] < N / 2
    assert all(b <= a + 2 * (e + f) for (a, e), (b, f) in pairwise(zip(means, errors)))


def test_members_stay_while_what_they_keep_to_themselves_is_worth_the_cost():
    """In runs a member compares Q(n) with openness Q(n - 1), what it would leave behind, and stays while the difference pays."""
    limit = (quality(N) - COST / V) / quality(N - 1)
    assert (lasting(limit - 0.005) == N).all()
    assert lasting(limit + 0.005).max() < N


def test_a_coalition_of_barretts_size_lasts():
    """None of three members of a pure public good gains by leaving, so none should."""
    world = giving(1)
    world.record.invited[:3], world.record.invitations = np.arange(3), 3
    found(world.record, 0)
    assert ((held_from(world, 10, 1) == CLUB).sum(axis=2) == 3).all()


def test_a_free_model_as_good_as_the_open_weights_hides_openness():
    """Where open weights are at least as good as what a coalition gives away, openness changes no payoff."""
    at_hand = [total(lone_terms(giving(openness, open_weights_lag=0).record, 0, HOLD)) for openness in (0, 1)]
    assert at_hand[0] == at_hand[1] > 0
