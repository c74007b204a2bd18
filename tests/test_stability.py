"""Coalition theory against known games, and the model's own coalitions against what is exact."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from abm import options
from abm.submodels.coalition import UNANIMITY, admits, found
from abm.submodels.convening import free_slot, invite, settle_invitations
from abm.submodels.environment import horizon
from abm.submodels.payoff import sum_trust
from analysis.stability import game, likelihood, power, stable
from analysis.stability.model_game import before_politics, game_of, without_tastes
from runs import library
from runs.ensemble import simulate
from tests import coalition_games as games
from tests import payoff_oracle, questions, worlds
from tests.theory.limits import HOLD
from tests.theory.subsets import payoffs as formulas

BASELINE = library.scenario("baseline").with_values({"convening_rate": 0})


def sets_of(n: int, worth) -> np.ndarray:
    """(2^n,) worths of a function of the members."""
    return np.array([worth(np.flatnonzero(members)) for members in game.every(n)], float)


def public_good(benefit: float, cost: float, n: int, least: int = 0):
    """A linear public good that is provided where it pays its members and at least ``least`` take part."""
    def acts(k):
        return benefit * k > cost and k >= least

    return games.by_size(lambda k: benefit * k - cost if acts(k) else 0.0, lambda k: benefit * k if acts(k) else 0.0, n), acts


@pytest.mark.parametrize(("cost", "size"), [(2.5, 3), (3.2, 4), (7.5, 8), (4, 5)])
def test_a_linear_public_good_has_one_stable_size(cost, size):
    """k* = min{k: k b > c}: the members without any one of whom nothing is provided."""
    found, acts = public_good(1.0, cost, 12)
    assert [k for k in games.sizes(found, stable.stable(found)) if acts(k)] == [size]


@pytest.mark.parametrize("least", [3, 5, 9])
def test_a_quorum_makes_itself_the_stable_size(least):
    """Entry into force at m members: each of m is needed, none of more is. Source: [CarraroMarchioriOreffice2009]."""
    found, acts = public_good(1.0, 2.5, 12, least)
    assert [k for k in games.sizes(found, stable.stable(found)) if acts(k)] == [least]


@pytest.mark.parametrize("n", [5, 10, 50])
def test_linear_benefit_and_quadratic_cost_sustain_two_or_three(n):
    """Members choose q = k b / c together, outsiders b / c; u = b Q - c q^2 / 2."""
    b, c = 1.5, 0.7

    def total(k):
        return b / c * (k * k + n - k)

    found = games.by_size(lambda k: b * total(k) - c / 2 * (b * k / c) ** 2, lambda k: b * total(k) - c / 2 * (b / c) ** 2, n)
    assert games.sizes(found, stable.stable(found)) == [2, 3]


def test_a_club_with_exclusion_is_viable_from_6_to_35_and_best_at_the_root():
    fixed, worth, outside, crowding = 10, 3, 1, 0.05

    def member(k):
        return worth - fixed / k - crowding * (k - 1)

    found = games.by_size(member, lambda k: outside, 44)
    assert games.sizes(found, stable.internal(found)) == list(range(6, 36))
    assert games.sizes(found, stable.stable(found)) == [35]
    assert max(range(1, 45), key=member) == round(math.sqrt(fixed / crowding)) == 14
    closed = replace(found, admitted=found.sets)
    assert games.sizes(closed, stable.stable(closed)) == list(range(6, 36))


def test_all_sets_of_players_alike_say_what_sizes_say():
    by_size, _ = public_good(1.0, 3.2, 7)
    size = game.every(7).sum(axis=1)[:, None] * np.ones(7)
    acts = size > 3.2
    every = games.of_payoffs(np.where(acts, size - 3.2, 0), np.where(acts, size, 0))
    for condition in (stable.internal, stable.external, stable.potential):
        expected = condition(by_size)
        assert (condition(every) == expected[every.size]).all()


def test_gloves_pay_the_scarce_side():
    """Two left gloves and one right: the core is the single division (0, 0, 1); Shapley (1, 1, 4) / 6. Three and two alike."""
    def pairs(left, right):
        return sets_of(left + right, lambda members: min((members < left).sum(), (members >= left).sum()))

    assert power.shapley(pairs(2, 1)) == pytest.approx([1 / 6, 1 / 6, 4 / 6])
    for left, right, shares in ((2, 1, [0, 0, 1]), (3, 2, [0, 0, 0, 1, 1]), (2, 2, [0.3, 0.3, 0.7, 0.7])):
        assert games.least_excess(pairs(left, right)) <= 1e-9
        assert games.inside_core(pairs(left, right), np.array(shares), 1e-9)
    assert not games.inside_core(pairs(2, 2), np.array([0.3, 0.4, 0.7, 0.6]), 1e-9)


def test_a_majority_of_three_has_no_core():
    assert games.least_excess(sets_of(3, lambda members: len(members) >= 2)) == pytest.approx(1 / 3)


def airport(costs: np.ndarray) -> np.ndarray:
    """Shapley's shares of a runway: every piece is paid alike by those who need it [LittlechildOwen1973]."""
    order = np.argsort(costs)
    pieces = np.diff(np.append(0, costs[order])) / np.arange(len(costs), 0, -1)
    shares = np.empty(len(costs))
    shares[order] = np.cumsum(pieces)
    return shares


def test_shapley_shares_a_runway():
    costs = np.random.default_rng(0).uniform(1, 9, 12)
    assert power.shapley(sets_of(12, lambda members: max(costs[members], default=0))) == pytest.approx(airport(costs))


def test_shapley_and_banzhaf_of_votes():
    """A council of 5 with a veto and 10 without, nine votes needed: 0.1963 and 0.0019. And 4 of 3 + 2 + 1: (4, 1, 1) / 6."""
    council = sets_of(15, lambda members: (members < 5).sum() == 5 and len(members) >= 9)
    assert power.shapley(council) == pytest.approx([0.19627] * 5 + [0.001865] * 10, abs=5e-6)
    small = sets_of(3, lambda members: sum([3, 2, 1][i] for i in members) >= 4)
    assert power.shapley(small) == pytest.approx([4 / 6, 1 / 6, 1 / 6])
    assert power.banzhaf(small) == pytest.approx([3 / 4, 1 / 4, 1 / 4])


def test_too_many_players_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="21 players have too many sets to list; at most 20"):
        game.every(21)


@pytest.fixture(scope="module")
def world():
    """The baseline in 2031, just before politics, nobody in a coalition, with something given away and a cost of leaving."""
    lively = BASELINE.with_values({"openness": 0.6, "exit_fee": 0.002, "open_weights_lag": 2.0, "cost_key": "compute"})
    world = lively.world(3)
    simulate(world, lively.step_of(2031), np.array([3]))
    return before_politics(world)


NATIONS = ["DEU", "FRA", "ITA", "CAN", "JPN", "ESP"]


def test_founding_a_set_is_worth_what_the_descriptions_formulas_say(world):
    """Every member of every set of six, against formulas written apart from the rules."""
    found = game_of(world, NATIONS)
    rows = np.array([world.row(iso3) for iso3 in NATIONS])
    expected = formulas(world.record, rows, found.sets.astype(int))
    liking = world.record.taste[rows, options.first_slot(world.vendors)]
    assert np.ptp(liking) > 0
    mine = found.inside - found.entry
    several = found.sets & (found.size > 1)[:, None]
    assert mine[several] == pytest.approx((expected + liking)[several], abs=1e-12)
    assert found.status_quo == pytest.approx([worth(world.record, i, int(world.record.source[i])) for i in rows])
    interests = game_of(without_tastes(world), NATIONS)
    assert (interests.inside - interests.entry)[several] == pytest.approx(expected[several], abs=1e-12)


def worth(record, i: int, source: int) -> float:
    """Payoff plus taste by plain formulas."""
    return payoff_oracle.payoff(record, i, source) + payoff_oracle.taste(record, i, source)


def test_outsiders_and_leavers_get_what_the_oracle_says(world):
    """Best source by plain formulas, beside the coalition really founded; leavers pay exit fee and lock-in of their tenure."""
    closed = world.copy()
    p = closed.record.p
    p.openness, p.admission, p.admission_tolerance, p.overhead_size = 0.0, UNANIMITY, 0.0, 0.45
    members, record = NATIONS[:4], closed.record.copy()
    game_ = game_of(closed, NATIONS, tenure=2.0)
    record.invited[:4], record.invitations = [world.row(iso3) for iso3 in members], 4
    found(record, free_slot(record))
    horizon(record)
    record.lock_in[record.invited[:4]] = 1 - math.exp(-2.0 / record.p.lock_in_time)
    rows, sources = [world.row(iso3) for iso3 in NATIONS], range(options.first_slot(world.vendors))
    expected = [max(worth(record, row, source) for source in sources) for row in rows]
    index = game_.index(members)
    assert game_.outside[index] == pytest.approx(expected, abs=1e-12)
    coalition = int(record.source[rows[0]])
    assert game_.inside[index] == pytest.approx([worth(record, row, coalition) for row in rows], abs=1e-12)
    for row in rows[4:]:
        sum_trust(record, row)
    assert game_.admitted[index, 4:].tolist() == [admits(record, row, coalition - len(sources)) for row in rows[4:]]
    assert not game_.admitted[index, 4:].all()


def test_what_outsiders_get_for_free_follows_the_set(world):
    """Where free models are as useful as any, outsiders gain from a better coalition by ``openness`` of its quality."""
    rich = without_tastes(world)
    p = rich.record.p
    p.openness, p.free_use, p.open_weights_lag, rich.record.vendor_fee[:] = 1.0, 1.0, 10.0, 1.0
    given = game_of(rich, NATIONS)
    gains = [given.outside[given.index(NATIONS[:size]), 5] for size in (0, 2, 4)]
    assert gains[0] < gains[1] < gains[2]


@pytest.mark.parametrize(("openness", "sizes"), [(0.0, [12]), (1.0, [3])])
def test_a_pure_club_holds_all_and_a_pure_public_good_barretts_three(openness, sizes):
    """Among all 4,096 sets of twelve alike, by the model's own payoffs: the mapping of tests/theory/test_openness."""
    from tests.theory.test_openness import N, giving

    world = giving(openness)
    assert (world.record.source[:N] == HOLD).all()
    found = game_of(before_politics(world), world.iso3)
    assert games.sizes(found, stable.stable(found)) == sizes


def test_the_worlds_record_is_left_as_it_is(world):
    before = world.record.tobytes()
    game_of(world, NATIONS)
    assert world.record.tobytes() == before
    assert worlds.changed(world.record, world.copy().record) == {}


def test_members_are_no_players():
    model = questions.small(8, ({"date": 2025.0, "kind": "convene", "nations": ["FRA", "DEU"], "binding": True},), notice=8)
    world = model.world(0)
    simulate(world, 4, np.array([0]))
    with pytest.raises(ValueError, match="FRA: is in a coalition already"):
        game_of(before_politics(world), ["FRA", "ITA"])


def test_voluntary_worth_is_the_best_part_of_each_set():
    worth = np.random.default_rng(7).normal(0, 1, 64)
    masks = np.arange(64)
    expected = [worth[masks & ~m == 0].max() for m in masks]
    assert game.voluntary(worth) == pytest.approx(expected)


def test_draws_of_parameters_reach_the_game():
    """Where training is so dear that no set pays, nothing is stable; draws of it give a likelihood between."""
    draws = pd.DataFrame({"membership_cost": np.where(np.arange(12) % 2, 0.05, 0.0003)})
    found = likelihood.read(BASELINE, 24, NATIONS[:4], range(12), draws, tenure=3.0)
    whole = [each.inside[-1].mean() for each in found]
    assert max(whole[1::2]) < min(whole[::2])
    for row in range(12):
        (alone,) = likelihood.read(BASELINE, 24, NATIONS[:4], [row], draws.iloc[[row]], tenure=3.0)
        assert (alone.inside[-1] == found[row].inside[-1]).all()


def convened(scenario, seed: int, year: float, players: int, convener: str):
    """What a convener's invitation of its most trusted partners comes to, and the game among all invited."""
    world = scenario.world()
    simulate(world, scenario.step_of(year), np.array([seed]))
    world = before_politics(world)
    record = world.copy().record
    record.p.convening_size = players
    invite(record, world.row(convener))
    invited = [world.iso3[j] for j in record.invited[: record.invitations]]
    settle_invitations(record, free_slot(record), -1)
    left = [world.iso3[j] for j in record.invited[: record.invitations]]
    return game_of(world, invited, tenure=3.0), left if len(left) > 1 else []


@pytest.fixture(scope="module")
def comparison() -> pd.DataFrame:
    """Convening against exact solutions in 300 games of 6 to 10 nations, by the model's payoffs."""
    random = np.random.default_rng(1)
    large = BASELINE.nations().sort_values("gdp_usd_bn", ascending=False).index[:25]
    rows = []
    for seed in range(300):
        players, year = int(random.integers(6, 11)), float(random.choice([2027, 2029, 2031, 2033, 2035]))
        found, left = convened(BASELINE, seed, year, players, str(random.choice(large)))
        rows.append(compared(found, found.index(left)))
    return pd.DataFrame(rows)


def compared(found, index: int) -> dict[str, bool]:
    """Whether the convened set is among the exact solutions, and whether there are any."""
    as_it_is = replace(found, outside=np.broadcast_to(found.status_quo, found.outside.shape))
    worth = game.voluntary(game.surplus(as_it_is, found.entry))
    shares = np.where(found.sets[index], found.weight * (found.inside[index] - found.entry - found.status_quo), 0.0)
    foundable, lasting = stable.foundable(found, found.status_quo, found.entry), stable.stable(found)
    return {
        "foundable": foundable.any(), "largest": found.size[index] == max(found.size[foundable], default=0),
        "core": not games.blocked(as_it_is, index, found.entry).any(),
        "best": not games.blocked(found, index, found.entry).any(), "divided": games.inside_core(worth, shares, 1e-6),
        "empty": games.least_excess(worth) > 1e-8 * np.abs(worth).max(), "lasting": lasting.any(), "stable": lasting[index],
    }  # fmt: skip


@pytest.mark.slow
def test_convened_coalitions_against_the_exact_core(comparison):
    """In three games of four some set would be founded. In 84 % of them convening comes to a coalition in the core, being alone
    meaning the present source, and in 97 % to the largest set that would be founded; in half its gains as they fall are in the
    core with transfers too. Being alone meaning the best other source, which invited nations do not weigh, it is 3 %. Nothing is
    founded where nothing could be; the core with transfers is hardly ever empty. The bounds leave room for other defaults.
    """
    some = comparison[comparison["foundable"]]
    assert len(some) > 60
    assert some["core"].mean() > 0.7
    assert some["largest"].mean() > 0.9
    assert 0.25 < some["divided"].mean() < 0.75
    assert some["best"].mean() < 0.3
    assert comparison.loc[~comparison["foundable"], "largest"].all()
    assert comparison["empty"].mean() < 0.1


@pytest.mark.slow
def test_convened_coalitions_against_exact_stable_sets(comparison):
    """Three years on, with their lock-in: in the games that have a stable set, which is about half of those in which something
    is founded, convening comes to one in 84 %."""
    some = comparison[comparison["lasting"]]
    assert len(some) > 12
    assert some["stable"].mean() > 0.5
    assert 0.2 < comparison.loc[comparison["foundable"], "lasting"].mean() < 0.9
