"""What the rules say of the world: restriction and belief, prices, lock-in, trust, money that adds up, the baseline."""

import numpy as np
import pytest

from abm import data, options
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels.restriction import believed_hazard, true_hazard
from abm.world import Vendor, build, synthetic
from runs.ensemble import Varied, simulate
from tests import worlds
from tests.worlds import STEP, happening, now


@pytest.mark.uncompiled
def test_beliefs_follow_the_gamma_poisson_formula():
    """Belief is (cuts + own + weighted others') over (years + exposure), old evidence fading with ``memory``."""
    events = [{"kind": "restriction", "vendor": "us", "nations": ["N002"], "years": 0.1}]
    values = {"hazard_us": 0.001, "hazard_distance": 3, "prior_years": 8, "memory": 10, "social_learning": 0.4,
              "trust_reversion": 0}
    model = happening(0, *events, **values)
    record, fade = model.world.record, np.exp(-STEP / 10)
    trust = record.trust[:6, :6].copy()
    cuts = 8 * 0.001 * np.exp(3 * (record.distance[:6, 0] - 0.5))
    years = np.full(6, 8.0)
    assert [believed_hazard(record, i, 0) for i in range(6)] == pytest.approx(cuts / years)
    for step in range(6):
        model.step()
        hit = np.array([0, 1.0, 0, 0, 0, 0]) * (step == 2)
        assert now(model, "cut_new")[:, 0].tolist() == hit.tolist()
        exposed = 1 - 0.4 * hit  # who is cut off, here for 0.1 of 0.25 years, cannot be cut off anew
        cuts = fade * cuts + hit + 0.4 * trust @ hit
        years = fade * years + STEP * (exposed + 0.4 * trust @ exposed)
        assert now(model, "belief_cuts")[:, 0] == pytest.approx(cuts)
        assert [believed_hazard(record, i, 0) for i in range(6)] == pytest.approx(cuts / years)


@pytest.mark.uncompiled
def test_the_hazard_grows_with_distance_tension_and_retaliation():
    model = happening(1, hazard_us=0.1, hazard_china=0.2, retaliation=2.5, hazard_distance=2)
    record = model.world.record
    record.tension = 1.5
    held = {"us": 2.5, "china": 2.5, "self_build": 2.5, "hold_back": 1, "coalition": 2.5}
    record.source[:5] = [OPTIONS.index(option) for option in held]
    for v, hazard in ((0, 0.1), (1, 0.2)):
        calm = 1.5 * hazard * np.exp(2 * (record.distance[:6, v] - 0.5))
        factors = [*(held | {OPTIONS[v]: 1}).values()]
        assert [true_hazard(record, i, v) for i in range(5)] == pytest.approx(calm[:5] * factors)


@pytest.mark.uncompiled
def test_a_builder_cut_off_by_a_chip_maker_buys_less():
    """``chip_dependence`` of its hardware while it is cut off by the US; a cut by China takes nothing away."""
    bought = {}
    for vendor, years in (("us", 1.0), ("us", 0.1), ("china", 1.0)):
        model = happening(2, {"kind": "restriction", "vendor": vendor, "nations": ["N001"], "years": years},
                          chip_dependence=0.6)
        record = model.world.record
        record.source[0] = 2
        before = record.compute[0]
        model.step()
        bought[vendor, years] = record.compute[0] - before * np.exp(-record.p.depreciation * STEP)
        assert record.restriction_loss[0] == 0
        assert record.cuts[0] == (vendor == "us")
    assert bought["us", 1.0] == pytest.approx(0.4 * bought["china", 1.0])
    assert bought["us", 0.1] == pytest.approx((1 - 0.6 * 0.4) * bought["china", 1.0])


@pytest.mark.uncompiled
def test_expected_cuts_in_chips_weigh_on_building():
    free, bound = (happening(1, hazard_us=0.5, chip_dependence=share, effort_floor=1) for share in (0, 0.9))
    off = [believed_hazard(bound.world.record, i, 0) * bound.world.record.p.restriction_duration for i in range(6)]
    assert now(bound, "plan_chips") == pytest.approx([1 - 0.9 * x / (1 + x) for x in off])
    assert (now(free, "plan_chips") == 1).all()
    losses = [model.explain("N001", now=True).loc["self_build", "restriction"] for model in (free, bound)]
    assert losses[0] == 0
    assert losses[1] < 0


@pytest.mark.uncompiled
def test_a_vendor_that_loses_clients_cuts_its_fee():
    model = happening(1, price_response=0.4, fee_us=0.35, fee_china=0.22)
    record = model.world.record
    assert record.client_share.tolist() == [1, 0]
    record.source[:2] = 2
    model.step()
    kept = record.gdp[2:6].sum() / record.gdp[:6].sum()
    assert record.client_share[0] == pytest.approx(kept)
    assert record.vendor_fee[0] == pytest.approx(0.35 * (1 - 0.4 * (1 - kept)))
    assert record.vendor_fee[1] == 0.22, "a vendor that never had clients has lost none"
    record.source[:2] = 0
    model.step()
    assert record.vendor_fee[0] == pytest.approx(0.35), "fees rise again when clients return"


@pytest.mark.uncompiled
def test_lock_in_builds_up_and_is_exploited_and_ends_with_a_move():
    model = happening(1, hold_up=0.8, lock_in_time=2, lock_in_start=0.2, fee_us=0.35)
    expected = 1 - 0.8 * np.exp(-STEP / 2)
    assert now(model, "lock_in") == pytest.approx(np.full(6, expected))
    model.step()
    assert now(model, "fee_paid") == pytest.approx(0.35 * (1 + 0.8 * expected) * now(model, "benefit"))
    moving = happening(0)
    record = moving.world.record
    moving.world.set({"review_rate": 20, "distance_weight": 0.1, "planning_horizon": 20})
    lock_in = record.lock_in[:6].copy()
    moving.step()
    moved = np.flatnonzero(record.moved[:6])
    assert len(moved) > 2
    p = record.p
    cost = p.migration_cost * 1e-9 * p.projects_per_bn * record.adoption[:6] * lock_in * (1 - p.portability)
    assert record.switching_paid[moved] == pytest.approx(cost[moved])
    assert moving.observed["switching_spend"] == pytest.approx((cost * record.gdp_start[:6])[moved].sum() / STEP)
    assert record.lock_in[moved] == pytest.approx(np.full(len(moved), 1 - np.exp(-STEP / p.lock_in_time)))


@pytest.mark.uncompiled
def test_trust_grows_between_members_and_returns_to_its_start_elsewhere():
    event = {"kind": "convene", "nations": ["N001", "N002"], "binding": True, "date": 2025.0}
    model = happening(0, event, trust_gain=0.4, trust_reversion=0.2, affinity_votes=0.3)
    record = model.world.record
    start = record.trust[:6, :6].copy()
    record.trust[2, 3] = record.trust[3, 2] = 0.1
    record.trust_moved[2:4] = 1
    for step in range(1, 4):
        model.step()
        assert record.trust[0, 1] == pytest.approx(1 - (1 - start[0, 1]) * np.exp(-0.4 * STEP * step))
        assert record.trust[2, 3] == pytest.approx(start[2, 3] + (0.1 - start[2, 3]) * np.exp(-0.2 * STEP * step))
        assert record.trust[0, 2] == pytest.approx(start[0, 2])
    alike, shared = 0.3 * record.votes[:6, :6], 0.7 * record.institutions[:6, :6]
    assert start == pytest.approx((alike + shared) * (1 - np.eye(6)))


def shares(values: dict, prefix: str) -> float:
    """Sum of a measure over the options."""
    return sum(value for name, value in values.items() if name in [f"{prefix}_{option}" for option in OPTIONS])


OPTIONS = options.names(("us", "china"))


@pytest.mark.uncompiled
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_paid_is_received_and_shares_add_up(seed):
    model = Model(worlds.levers(), rng=seed)
    while not model.finished:
        before = model.world.record.gdp.copy()
        model.step()
        record, seen = model.world.record, model.observed
        gdp = record.gdp[:12]
        assert shares(seen, "nations") == pytest.approx(1)
        assert shares(seen, "gdp") == pytest.approx(1)
        assert record.revenue.sum() == pytest.approx((record.fee_paid[:12] * gdp).sum())
        assert seen["fees"] == pytest.approx(record.revenue.sum() / gdp.sum())
        assert (record.exit_paid[:12] * before[:12]).sum() == pytest.approx(0, abs=1e-9)
        once = (record.switching_paid + record.exit_paid)[:12] / STEP
        net = (record.benefit - record.restriction_loss - record.fee_paid - record.build_paid)[:12] - once
        assert record.net_benefit[:12] == pytest.approx(net)
        growth = (record.p.growth + record.p.growth_feedback * record.net_benefit[:12]) * STEP
        assert np.log(gdp / before[:12]) == pytest.approx(growth)


@pytest.fixture(scope="module")
def baseline():
    """150 runs of the baseline."""
    world = Scenario.read(worlds.BASELINE).world()
    return world, simulate(world, 60, np.arange(150), choices=True)


def test_the_baseline_is_not_decided_beforehand(baseline):
    """Coalitions form before 2028 in some runs and after 2030 or never in others, and stand or fall."""
    world, results = baseline
    outcomes = dict(zip(worlds.columns(world), results.outcomes.T))
    founded = np.nan_to_num(outcomes["first_founding"], nan=2100)
    assert (results.status == 0).all()
    assert (founded < 2028).mean() > 0.1
    assert (founded > 2030).mean() > 0.03
    assert 0.3 < outcomes["gdp_coalition"].mean() < 0.95
    assert outcomes["gdp_coalition"].std() > 0.1
    assert (outcomes["exits"] > 0).mean() > 0.5


def test_every_option_is_held_by_somebody_in_most_runs(baseline):
    _, results = baseline
    found = options.of_source(results.sources, OPTIONS[:2])
    held = np.stack([(found == index).any(axis=(1, 2)) for index in range(len(OPTIONS))], axis=1)
    assert dict(zip(OPTIONS, (held.mean(axis=0) > 0.5).tolist())) == dict.fromkeys(OPTIONS, True)


def test_what_a_coalition_gives_away_makes_holding_back_better():
    """From a pure club (0) to a pure public good (1): the free model is as good as the coalition's."""
    world = Scenario.read(worlds.BASELINE).world()
    names = [Varied.parameter(name) for name in ("openness", "open_weights_lag", "free_use")]
    held, quality = {}, {}
    for openness in (0.0, 1.0):
        values = np.tile([openness, 10.0, 0.8], (40, 1))
        outcomes = simulate(world.copy(), 60, np.arange(40), names, values).outcomes
        held[openness] = outcomes[:, worlds.columns(world).index("nations_hold_back")].mean()
        single = world.copy()
        simulate(single, 60, np.array([0]), names, values[:1])
        record = single.record
        assert record.members.max() > 0
        quality[openness] = float(record.free_quality)
        best = record.coalition_quality[record.members > 0].max()
        assert openness == 0 or record.free_quality == best
    assert quality[1.0] > quality[0.0]
    assert held[1.0] > 2 * held[0.0]


@pytest.mark.uncompiled
@pytest.mark.parametrize("votes", [0, 0.3, 1])
def test_distance_to_a_vendor_is_one_minus_the_trust_that_its_country_would_start_with(votes):
    """One rule for both: a nation with the same facts as a vendor's country is trusted as much as the vendor is near."""
    table = synthetic(8, 2)
    table.loc["N004", ["eu", "nato"]] = 1
    shared = tuple(name for name in data.AFFINITY if table.loc["N004", name])
    assert shared, "a nation that shares institutions"
    twins = [Vendor("us", float(table.loc["N004", "un_ideal_point"]), 0.7, memberships=shared), Vendor("china", -1.9, 0.2)]
    world = build(table, twins, {"affinity_votes": votes, "hazard_distance": 2})
    record = world.record
    others = [i for i in range(8) if i != 3]
    assert record.distance[others, 0] == pytest.approx(1 - record.trust_start[others, 3])
    assert record.distance[others, 0].std() > 0.05
    assert record.susceptibility[:8] == pytest.approx(np.exp(2 * (record.distance[:8] - 0.5)))
    expected = 1 - votes * record.vendor_votes[:8] - (1 - votes) * record.vendor_institutions[:8]
    assert record.distance[:8] == pytest.approx(expected)
    assert (record.vendor_institutions[:8, 1] == 0).all(), "China's, which belongs to none of them here"
