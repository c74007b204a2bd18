"""Coalition politics: convening, admission, quorum, notice, exit, cost keys, dissolution, return."""

from itertools import pairwise

import numpy as np
import pytest

from abm import options
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels import choice, coalition, convening
from abm.submodels.capability import prospect, training_share
from abm.submodels.payoff import changed_pool
from runs.ensemble import Varied, simulate
from tests import payoff_oracle as oracle
from tests import worlds
from tests.worlds import SLOT, to_politics

FOUNDERS = ["N001", "N002", "N003", "N004"]


def founded(nations=8, steps=12, founders=FOUNDERS, binding=True, date=2025.0, **values) -> Scenario:
    """A quiet world in which a coalition is convened by an event, and nobody convenes another."""
    quiet = worlds.quiet(nations, steps, **{"convening_rate": 0, "quality_sensitivity": 0.5, **values}).document()
    event = {"date": date, "kind": "convene", "nations": founders, "binding": binding}
    return Scenario.parse({**quiet, "events": [event]})


def stepped(scenario: Scenario | Model, steps: int, seed: int = 1) -> Model:
    """A model some steps on."""
    model = scenario if isinstance(scenario, Model) else Model(scenario, rng=seed)
    for _ in range(steps):
        model.step()
    return model


@pytest.mark.uncompiled
@pytest.mark.parametrize("cost_key", ["gdp", "equal", "compute"])
@pytest.mark.parametrize("seed", [0, 1])
def test_terms_are_those_of_the_theory(cost_key, seed):
    """Every option that every nation weighs, in the middle of a run with all levers on."""
    convened = {"date": 2026.75, "kind": "convene", "nations": FOUNDERS, "binding": True}
    values = {"cost_key": cost_key, "convening_rate": 1}
    model = stepped(worlds.levers(8, 12, parameters=values, events=[*worlds.EVENTS, convened]), 8, seed)
    record = model.world.record
    to_politics(record)
    kinds = set()
    for i in range(8):
        trial = record.copy()
        choice.weigh(trial, i)
        for source in np.flatnonzero(~np.isnan(trial.terms[i, :, 0])).tolist():
            standing = source < SLOT or record.members[source - SLOT] > 0
            invited = sorted(trial.invited[: trial.invitations].tolist())
            expected = oracle.payoff(record, i, source) if standing else oracle.coalition(record, i, invited, source)
            assert choice.payoff(trial, i, source) == pytest.approx(expected, rel=1e-9, abs=1e-12)
            kinds.add((source >= SLOT, standing, source == record.source[i]))
    assert {(False, True, True), (False, True, False), (True, True, False)} <= kinds


@pytest.mark.uncompiled
@pytest.mark.parametrize("size", [2, 4, 7])
def test_convening_reaches_the_fixed_point_where_nobody_would_refuse(size):
    """At any cost of membership: the dearer it is, the more drop out, each for what the others left."""
    dear = {"fee_us": 0.5, "fee_china": 0.4, "builder_lag": 0.3, "value_start": 0.04, "quality_sensitivity": 0.1}
    near = {"distance_weight": 0.004, "site_cost": 0.05, "taste_scale": 0.003}
    world = worlds.plain(7, 20, review_rate=1, convening_rate=0, convening_size=size, **dear, **near)
    seen = set()
    for seed in range(3):
        seen |= convenings(stepped(world, 6 + seed, seed).world.record, size)
    assert {(True, size > 2), (False, True)} <= seen, "some sets hold, in part where they are large, and some do not"


def convenings(record, size: int) -> set[tuple[bool, bool]]:
    """Whether a set held, and whether it was smaller than the invited one, over conveners and costs of membership."""
    to_politics(record)
    k, seen = convening.free_slot(record), set()
    for i in np.flatnonzero(record.source[:7] < SLOT).tolist():
        for record.p.membership_cost in np.linspace(0, 0.006, 13):
            convening.invite(record, i)
            invited = record.invited[: record.invitations].tolist()
            assert invited[0] == i
            assert len(set(invited)) == min(size, (record.source[:7] < SLOT).sum())
            convening.settle_invitations(record, k, -1)
            found = sorted(record.invited[: record.invitations].tolist())
            expected = oracle.convened(record, i, SLOT + k)
            assert (found if len(found) > 1 else []) == expected
            for j in expected:
                assert oracle.founding(record, j, expected, SLOT + k) > 0
            seen.add((len(expected) > 0, len(expected) < len(invited)))
    return seen


@pytest.mark.uncompiled
@pytest.mark.parametrize("cost_key", ["gdp", "equal", "compute"])
def test_cost_shares_add_up_to_the_whole(cost_key):
    record = stepped(founded(cost_key=cost_key, review_rate=0, effort_floor=0, effort_limit=0.05), 3).world.record
    members = np.flatnonzero(record.source[:8] == SLOT)
    assert len(members) == 4
    gdp, effort = record.gdp[members].sum(), record.pool_effort[0]
    assert record.p.effort_floor * record.p.effort_limit < effort < record.p.effort_limit
    shares = [training_share(record, i, 4, gdp, effort, record.compute[members].sum(), record.compute[i])
              for i in members]
    assert (shares * record.gdp[members]).sum() == pytest.approx(effort * gdp, rel=1e-12)
    growth = np.exp((record.p.growth + record.p.growth_feedback * record.net_benefit[members]) * record.dt)
    before = record.gdp[members] / growth  # the GDP that the step's payments were shares of
    paid = record.training_paid[members] * before
    assert paid.sum() == pytest.approx(effort * before.sum(), rel=1e-12)
    if cost_key == "equal":
        assert paid == pytest.approx(np.full(4, paid.mean()))
    elif cost_key == "gdp":
        assert record.training_paid[members] == pytest.approx(np.full(4, effort))


def applicants():
    """A record with a coalition of three, just before the politics of a step."""
    record = stepped(founded(founders=FOUNDERS[:3], overhead_size=0.5, review_rate=0), 3).world.record
    to_politics(record)
    assert record.members[0] == 3
    return record


@pytest.mark.uncompiled
def test_what_a_member_gains_from_a_newcomer_is_the_difference_of_its_payoffs():
    record = applicants()
    members = np.flatnonzero(record.source[:8] == SLOT).tolist()
    for i in range(3, 8):
        choice.sum_trust(record, i)
        after = changed_pool(record, 0, i, 1)
        shared = prospect(record, after)
        for j in members:
            gain = oracle.coalition(record, j, sorted([*members, i]), SLOT) - oracle.coalition(record, j, members, SLOT)
            assert coalition.gain_from(record, j, i, 0, after, shared) == pytest.approx(gain, rel=1e-9, abs=1e-12)


@pytest.mark.uncompiled
def test_admission_asks_those_whom_its_rule_names():
    """Open: nobody; majority: more than half of the members; unanimity: all, each with the tolerance."""
    record = applicants()
    members = np.flatnonzero(record.source[:8] == SLOT).tolist()
    seen = set()
    for i in range(3, 8):
        choice.sum_trust(record, i)
        after = changed_pool(record, 0, i, 1)
        shared = prospect(record, after)
        gains = [coalition.gain_from(record, j, i, 0, after, shared) for j in members]
        for tolerance in (0, *(1.0001 * max(-gain, 0) for gain in gains)):
            record.p.admission_tolerance = tolerance
            votes, verdicts = sum(gain >= -tolerance for gain in gains), []
            for record.p.admission in range(3):
                verdicts.append(bool(coalition.admits(record, i, 0)))
            assert verdicts == [True, votes >= 2, votes == 3]
            seen.add(votes)
    assert seen == {0, 1, 2, 3}


def outcome(world, name: str, runs: int = 60, steps: int = 60, **values) -> np.ndarray:
    """A measure at the end of some runs of a world with these parameters."""
    varied = [Varied.parameter(value) for value in values]
    rows = np.tile([float(value) for value in values.values()], (runs, 1))
    results = simulate(world.copy(), steps, np.arange(runs), varied, rows)
    return results.outcomes[:, list(worlds.columns(world)).index(name)]


@pytest.fixture(scope="module")
def baseline():
    """The world of the baseline."""
    return Scenario.read(worlds.BASELINE).world()


def test_stricter_admission_refuses_more(baseline):
    refused = [outcome(baseline, "refusals", admission=rule, admission_tolerance=0).mean() for rule in range(3)]
    assert refused[0] == 0
    assert 0 < refused[1] < refused[2]
    largest = [outcome(baseline, "largest_coalition", admission=rule, admission_tolerance=0).mean() for rule in (0, 2)]
    assert largest[0] > largest[1] + 2


@pytest.mark.uncompiled
@pytest.mark.parametrize(("quorum", "enters"), [({"quorum_members": 4}, True), ({"quorum_members": 5}, False),
                                                ({"quorum_gdp": 0.5}, True), ({"quorum_gdp": 0.99}, False)])
def test_a_coalition_enters_into_force_only_with_its_quorum(quorum, enters):
    model = stepped(founded(review_rate=0, **quorum), 1)
    share = model.world.record.gdp_start[:4].sum() / model.world.record.gdp_start[:8].sum()
    assert 0.5 < share < 0.99
    assert model.observed["foundings"] == enters
    assert model.observed["largest_coalition"] == (4 if enters else 0)


def unhappy(**values) -> Scenario:
    """A coalition that all would leave at their first review."""
    return founded(6, 16, membership_cost=0.05, review_rate=20, **values)


@pytest.mark.uncompiled
@pytest.mark.parametrize("notice", [0, 1, 4])
def test_a_leaver_stays_until_its_notice_is_over(notice):
    model = stepped(unhappy(notice=notice), 1)
    given = [nation for nation in model.nations if nation.notice_left >= 0]
    if notice == 0:
        assert model.observed["largest_coalition"] < 4
        return
    assert len(given) >= 3
    assert {nation.notice_left for nation in given} == {notice * 0.25}
    for waited in range(1, notice + 1):
        assert all(nation.option == "coalition" for nation in given)
        model.step()
        if waited < notice:
            assert {nation.notice_left for nation in given} == {(notice - waited) * 0.25}
    assert not any(nation.option == "coalition" for nation in given)
    assert [nation.notice_left for nation in given] == [-1] * len(given)
    assert sum(nation.former_member for nation in given) >= len(given) - 1, "a coalition of one dissolves under the last"


@pytest.mark.uncompiled
def test_a_notice_is_withdrawn_when_staying_pays_again():
    model = stepped(unhappy(notice=4), 1)
    leaver = next(nation for nation in model.nations if nation.notice_left > 0)
    model.world.set({"membership_cost": 0.0})
    model.world.record.p.peer_weight = 0.1  # now staying with partners beats everything else
    for waited in range(1, 4):
        model.step()
        assert leaver.notice_left == 1 - waited * 0.25, "it pays and waits before it decides again"
    model.step()
    assert leaver.notice_left == -1
    assert leaver.option == "coalition"
    assert not leaver.former_member


@pytest.mark.uncompiled
def test_the_exit_fee_paid_is_the_fee_received_and_goes_by_gdp():
    scenario = unhappy(notice=1, exit_fee=0.01)
    model = stepped(scenario, 1)
    record = model.world.record
    to_politics(record)
    assert record.reviewing > 1
    for i in record.agenda[: record.reviewing].tolist():
        before = record.copy()
        choice.politics(record, i)
        paid = (record.exit_paid - before.exit_paid)[:6] * record.gdp[:6]
        assert paid.sum() == pytest.approx(0, abs=1e-9)
        left = np.flatnonzero((before.source[:6] == SLOT) & (np.arange(6) != i))
        if len(left) and before.source[i] == SLOT:
            assert paid[i] == pytest.approx(0.01 * record.gdp[i])
            assert paid[left] / record.gdp[left] == pytest.approx(np.full(len(left), -paid[i] / record.gdp[left].sum()))
    assert record.exits == 3


@pytest.mark.uncompiled
def test_leaving_costs_trust_both_ways_and_a_coalition_of_one_dissolves():
    model = stepped(unhappy(notice=1, trust_loss=0.4, founders=FOUNDERS[:3]), 1)
    record = model.world.record
    to_politics(record)
    order = record.agenda[: record.reviewing].tolist()
    assert len(order) == 6
    leavers = [i for i in order if record.source[i] == SLOT]
    for i in order:
        before = record.copy()
        others = np.flatnonzero((before.source[:6] == SLOT) & (np.arange(6) != i))
        choice.politics(record, i)
        if before.source[i] != SLOT:
            continue
        for matrix in (record.trust, record.trust.T):
            old = before.trust if matrix is record.trust else before.trust.T
            assert matrix[i, others] == pytest.approx(0.6 * old[i, others])
            untouched = [j for j in range(6) if j not in others]
            assert matrix[i, untouched].tolist() == old[i, untouched].tolist()
    last = leavers[-1]
    assert record.dissolutions == 1
    assert record.members.sum() == 0
    assert record.former_member[leavers].tolist() == [1, 1, 0]
    assert options.names(("us", "china"))[int(record.source[last])] == "self_build" or record.moved[last] == 1
    assert record.moves == len({*leavers, *np.flatnonzero(record.moved[:6]).tolist()})


def test_members_return():
    """Re-entry is allowed: where leaving costs no standing and building little, nations leave and join again in most runs."""
    world = Scenario.read(worlds.BASELINE).with_values({"leaving_cost": 0, "taste_renewal": 1, "site_cost": 0.05}).world()
    results = simulate(world, 60, np.arange(20), choices=True)
    returned = 0
    for serials in results.serials:
        for stays in serials.T:
            spells = stays[np.flatnonzero(np.diff(stays, prepend=-1))]
            returned += any(a > 0 and b == 0 for a, b in pairwise(spells)) and spells[-1] > 0
    column = list(worlds.columns(world)).index("rejoins")
    assert returned > 0
    assert (results.outcomes[:, column] > 0).mean() > 0.5


def test_quorum_size_and_will_matter(baseline):
    none = outcome(baseline, "foundings", convening_rate=0)
    assert none.sum() == 0
    assert outcome(baseline, "foundings", convening_size=12, quorum_members=13).sum() == 0, "a set of 12 cannot meet it"
    early = outcome(baseline, "first_founding", convening_rate=0.3), outcome(baseline, "first_founding")
    assert np.nanmean(early[0]) < np.nanmean(early[1])
