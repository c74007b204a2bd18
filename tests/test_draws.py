"""Law 2: chance is a pure function of (seed, step, nation, stream, k)."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy import stats

from abm import draws
from abm.draws import CUT, FIRST_TASTE, MOST_VENDORS, ORDER, REVIEW, STREAMS, TASTE, TENSION
from abm.scenario import Scenario
from runs.ensemble import simulate
from tests import worlds

#: Known answers of the generator's authors for Philox4x32-10: counter, key, words. Source: [Salmon2011].
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


def sample(count: int, seed=5, step=3, nation=2, draw=CUT, along="step") -> np.ndarray:
    """Draws that differ in one of their numbers."""
    place = {"seed": seed, "step": step, "nation": nation, "draw": draw}
    return np.array([draws.uniform(*{**place, along: number}.values()) for number in range(count)])


@pytest.mark.uncompiled
@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_known_answers(counter, key, words):
    given = (np.uint64(number) for number in (*counter, *key))
    assert tuple(int(word) for word in draws.philox(*given)) == words


@pytest.mark.uncompiled
def test_a_draw_is_a_pure_function_of_its_numbers():
    first = draws.uniform(11, 7, 3, ORDER)
    others = {draws.uniform(*place) for place in [(12, 7, 3, ORDER), (11, 8, 3, ORDER), (11, 7, 4, ORDER),
                                                 (11, 7, 3, ORDER + 1), (11 + 2**32, 7, 3, ORDER)]}
    assert draws.uniform(11, 7, 3, ORDER) == first
    assert len(others - {first}) == 5


@pytest.mark.uncompiled
def test_a_block_holds_the_draws_one_by_one():
    for block in (0, 5, TASTE // 4):
        drawn = draws.block_of_draws(2**40 + 9, 6, 5, block)
        assert list(drawn) == [draws.uniform(2**40 + 9, 6, 5, 4 * block + k) for k in range(4)]


@pytest.mark.uncompiled
@pytest.mark.parametrize("first", [TASTE, FIRST_TASTE])
@pytest.mark.parametrize("count", [3, 4, 5, 18])
def test_a_row_of_draws_holds_them_one_by_one(first, count):
    row = np.zeros(count)
    draws.draw_row(2**40 + 9, 6, 5, first, row)
    assert row.tolist() == [draws.uniform(2**40 + 9, 6, 5, first + k) for k in range(count)]


@pytest.mark.parametrize("along", ["seed", "step", "nation", "draw"])
def test_draws_are_uniform_along_each_of_their_numbers(along):
    drawn = sample(20000, along=along)
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert stats.chisquare(np.histogram(drawn, 100, (0, 1))[0]).pvalue > 1e-3
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 4 / math.sqrt(len(drawn))


def test_streams_are_independent():
    count = 10000
    drawn = {name: sample(count, draw=first) for name, first in STREAMS.items()}
    for a, b in combinations(drawn, 2):
        assert abs(stats.spearmanr(drawn[a], drawn[b]).statistic) < 4.5 / math.sqrt(count), (a, b)


def test_gumbel_and_normal_follow_their_laws():
    drawn = sample(20000, draw=TASTE)
    assert stats.kstest([draws.gumbel(chance) for chance in drawn], "gumbel_r").pvalue > 1e-3
    normal = [draws.normal(5, step, 0, TENSION) for step in range(20000)]
    assert stats.kstest(normal, "norm").pvalue > 1e-3


def test_streams_do_not_overlap():
    """Neither for the two vendors and five options of the baseline, nor for as many vendors as a run takes."""
    for vendors in (2, 3, MOST_VENDORS):
        length = dict.fromkeys(("cut", "cut_duration", "outage"), vendors)
        length |= {"taste": vendors + 3, "first_taste": vendors + 3, "tension": 2}
        spans = sorted((first, first + length.get(name, 1), name) for name, first in STREAMS.items())
        for (_, end, name), (start, _, follower) in pairwise(spans):
            assert end <= start, f"{name} runs into {follower} with {vendors} vendors"


def test_a_steps_own_block_begins_with_the_review_and_the_cuts():
    world = worlds.plain().world(9)
    simulate(world, 5, np.array([9]))
    record = world.record
    for i in range(int(record.n)):
        assert record.chance[REVIEW, i] == draws.uniform(9, 4, i, REVIEW)
        assert record.chance[CUT + 1, i] == draws.uniform(9, 4, i, CUT + 1)


def tastes(world, steps: int, seed: int) -> tuple[np.ndarray, list, list]:
    """Taste for every source at each step, NaN where none was weighed; tension and outages so far; sources at the end."""
    taste, chance = [], []
    for step in range(1, steps + 1):
        run = world.copy()
        simulate(run, step, np.array([seed]))
        record = run.record
        fresh = (record.reviewed == step - 1)[:, None] & np.isfinite(record.terms[:, :, -1])
        taste.append(np.where(fresh & ~np.isnan(record.terms[:, :, 0]), record.terms[:, :, -1], np.nan))
        chance.append((float(record.tension), record.outages.tolist()))
    return np.array(taste), chance, record.source.tolist()


@pytest.mark.parametrize("renewal", [0, 1000])
def test_scenarios_share_their_tastes(renewal):
    """A dearer vendor from the second year on moves choices, but no taste, lasting or new: common random numbers."""
    scenario = worlds.plain(12, 20, review_rate=2, taste_renewal=renewal)
    change = {"date": 2026.0, "kind": "parameter", "name": "fee_us", "value": 0.9}
    base = scenario.world()
    other = Scenario.parse({**scenario.document(), "events": [change]}).world()
    (a, chance_a, ends_a), (b, chance_b, ends_b) = tastes(base, 12, 3), tastes(other, 12, 3)
    shared = ~np.isnan(a) & ~np.isnan(b)
    assert chance_a == chance_b
    assert shared[5:].sum() > 100
    assert (a == b)[shared].all()
    assert ends_a != ends_b


def test_one_nations_facts_leave_the_others_cuts_alone():
    base, other = (worlds.plain(8, 20, hazard_us=0.8, review_rate=0).world() for _ in range(2))
    other.record.vendor_votes[0, :] = other.record.vendor_institutions[0, :] = 0
    for world in (base, other):
        simulate(world, 20, np.array([3]))
    assert base.record.cuts[1:8].sum() > 3
    assert base.record.cut_left[1:8].tolist() == other.record.cut_left[1:8].tolist()
    assert base.record.cuts[1:8].tolist() == other.record.cuts[1:8].tolist()
    assert base.record.cuts[0] < other.record.cuts[0]
