"""What holds in any world: random nations, parameters from their whole ranges, random events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from abm import measures, options, parameters
from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels.events import KINDS
from abm.world import Event, Vendor, World, baseline_vendors, build, synthetic
from runs.ensemble import Varied, simulate
from tests import worlds
from tests.worlds import SLOT

# The same examples at each run, so that a failure is a failure of the code.
bounded = settings(max_examples=40, deadline=None, derandomize=True, database=None)

ADDRESSES = list(parameters.names())
RUNNING = [name for name in ADDRESSES if not parameters.lookup(name).at_start]
STEPS = 16


@st.composite
def values(draw):
    """Some parameters, each anywhere within its bounds."""
    chosen = {}
    for name in draw(st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=20)):
        p = parameters.lookup(name)
        if p.choices:
            chosen[name] = draw(st.sampled_from(p.choices))
        else:
            chosen[name] = draw(st.integers(int(p.low), int(p.high)) if p.whole else st.floats(p.low, p.high))
    return chosen


@st.composite
def events(draw, names: list[str]):
    """A dated event of any kind."""
    kind = draw(st.sampled_from(list(KINDS)))
    event = {"kind": kind, "date": 2025 + 0.25 * draw(st.integers(0, STEPS - 1))}
    some = st.lists(st.sampled_from(names), min_size=1, unique=True)
    sizes = {"restriction": ("years", 0.01, 20), "outage": ("years", 0.01, 2), "tension": ("factor", 0.01, 100),
             "compute": ("h100e", 1, 1e7), "funding": ("bn_usd", 0.1, 1e4), "open_weights": ("gap", 0, 10),
             "adoption": ("bn_usd", 0.01, 100)}
    if kind in sizes:
        field, low, high = sizes[kind]
        event[field] = draw(st.floats(low, high))
    if kind in ("restriction", "outage"):
        event["vendor"] = draw(st.sampled_from(["us", "china"]))
    if kind in ("restriction", "compute", "funding", "adoption", "convene"):
        event["nations"] = draw(some)
    if kind == "convene":
        event["binding"] = draw(st.booleans())
    if kind == "parameter":
        p = parameters.lookup(name := draw(st.sampled_from(RUNNING)))
        event |= {"name": name, "value": p.choices[-1] if p.choices else p.high if p.whole else draw(st.floats(p.low, p.high))}
    return event


@st.composite
def scenarios(draw):
    """A world of two to twenty invented nations that politics moves."""
    n = draw(st.integers(2, 20))
    names = [f"N{i + 1:03d}" for i in range(n)]
    lively = {"convening_rate": 0.5, "review_rate": 2, "quality_sensitivity": 0.4}
    return Scenario.parse({
        "nations": {"synthetic": n, "synthetic_seed": draw(st.integers(0, 9))}, "steps": STEPS,
        "parameters": {**lively, **draw(values())}, "events": draw(st.lists(events(names), max_size=6)),
    })


def finite(world: World) -> bool:
    """Whether every number in use is one, save where the tables say that there is none."""
    record, n = world.record, int(world.record.n)
    for name in record.dtype.names:
        column = np.asarray(record[name])
        if column.dtype.kind == "f" and name not in ("terms", "first_founding", "worth", "taste_draws"):
            used = column[:n] if column.shape[:1] == record.gdp.shape else column
            if not np.isfinite(used).all():
                return False
    return True


@bounded
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_any_run_stays_finite_or_is_said_to_have_failed(scenario, seed):
    world = scenario.world()
    results = simulate(world, STEPS, np.array([seed], np.uint64))
    assert results.status[0] > 0 or finite(world)
    assert results.status[0] > 0 or measures.all_defined(world.record, results.outcomes[0])


@bounded
@given(scenarios(), st.integers(0, 1000))
def test_invariants_of_any_run(scenario, seed):
    world = scenario.world()
    results = simulate(world, STEPS, np.array([seed]), series=True, choices=True)
    if results.status[0]:
        return
    check_record(world.record)
    check_series(dict(zip(worlds.columns(world), results.series[0].T)), results.sources[0], results.serials[0])


def check_record(record) -> None:
    """Invariants of a record at the end of a step."""
    n = int(record.n)
    source, trust = record.source[:n], record.trust[:n, :n]
    members = np.array([(source == SLOT + k).sum() for k in range(8)])
    assert record.members.tolist() == members.tolist()
    assert 1 not in members
    assert ((source >= 0) & (source < 12)).all()
    assert (record.serial[members > 0] > 0).all()
    assert record.foundings - record.dissolutions == (members > 0).sum()
    assert (source[record.notice_left[:n] >= 0] >= SLOT).all(), "only members have given notice"
    agenda = record.agenda[: record.reviewing]
    assert sorted(agenda) == np.flatnonzero(record.review_order[:n] < 2).tolist()
    assert (np.diff(record.review_order[agenda]) >= 0).all()
    assert ((trust >= 0) & (trust <= 1 + 1e-12)).all()
    assert (trust == trust.T).all(), "reports of cuts rely on it"
    assert not trust.diagonal().any()
    assert record.trust_sum[:n] == pytest.approx(trust.sum(axis=1), rel=1e-9, abs=1e-12)
    allied = (source[:, None] == source) & (source >= SLOT)
    assert record.bond[:n] == pytest.approx((trust * allied).sum(axis=1), rel=1e-9, abs=1e-9)
    for name in ("lock_in", "adoption", "former_member", "moved"):
        assert ((record[name][:n] >= 0) & (record[name][:n] <= 1)).all(), name
    for name in ("cut_left", "outage_left", "restriction_loss", "fee_paid", "benefit", "revenue"):
        assert (np.asarray(record[name]) >= 0).all(), name
    for name in ("gdp", "compute", "belief_years"):
        assert (record[name][:n] > 0).all(), name
    assert record.moves == record.moved[:n].sum()


def check_series(series: dict[str, np.ndarray], sources: np.ndarray, serials: np.ndarray) -> None:
    """Invariants of what is recorded of a run over time."""
    for prefix in ("nations", "gdp"):
        parts = np.array([series[f"{prefix}_{option}"] for option in options.names(("us", "china"))])
        assert ((parts >= 0) & (parts <= 1 + 1e-12)).all()
        assert parts.sum(axis=0) == pytest.approx(np.ones(STEPS + 1))
    assert ((sources >= SLOT) == (serials > 0)).all()
    for t, row in enumerate(serials):
        sizes = np.unique(row[row > 0], return_counts=True)[1]
        assert series["coalitions"][t] == len(sizes)
        assert series["largest_coalition"][t] == max(sizes, default=0)
    for name in ("foundings", "joins", "exits", "rejoins", "refusals", "dissolutions", "cuts", "outages"):
        assert (np.diff(series[name]) >= 0).all(), name


def order_free(nations, vendors=None, named=()) -> tuple[World, np.ndarray]:
    """A run without chance in which the order of the nations cannot matter: its world and its sources over time.

    Either nobody reviews and an event convenes the named nations, or all review at each step, without peers.
    """
    calm = {"hazard_us": 0, "hazard_china": 0, "outage_hazard": 0, "tension_volatility": 0, "convening_rate": 0,
            "taste_scale": 0, "taste_renewal": 1000}
    alive = {"review_rate": 0} if named else {"review_rate": 20, "peer_weight": 0}
    convene = [Event(2, list(KINDS).index("convene"), nations=named)] if named else []
    world = build(nations, vendors, {**calm, **alive}, convene, step_years=1.0)
    return world, simulate(world, STEPS, np.array([0]), choices=True).sources[0]


@bounded
@given(st.integers(2, 16), st.integers(0, 50), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_nations_does_not_matter(n, seed, chance, convened):
    table = synthetic(n, seed)
    order = list(range(n))
    chance.shuffle(order)
    named = tuple(table.index[: max(2, n // 2)]) if convened else ()
    straight, sources = order_free(table, named=named)
    shuffled, others = order_free(table.iloc[order], named=named)
    assert others.tolist() == sources[:, order].tolist()
    for name in ("gdp", "compute", "lock_in", "net_benefit", "trust_sum", "restriction_loss"):
        assert shuffled.record[name][:n] == pytest.approx(straight.record[name][:n][order], rel=1e-9), name


@bounded
@given(st.integers(2, 16), st.integers(0, 50))
def test_the_order_of_the_vendors_does_not_matter(n, seed):
    table = synthetic(n, seed)
    us, china = baseline_vendors()
    halves = table.index[: n // 2], table.index[n // 2 :]
    pair = [Vendor(v.name, v.ideal_point, v.compute_share, v.sells_chips, tuple(clients))
            for v, clients in zip((us, china), halves)]
    straight, sources = order_free(table, pair)
    swapped, others = order_free(table, pair[::-1])
    mirror = np.array([1, 0, *range(2, 12)])
    assert others.tolist() == mirror[sources].tolist()
    assert swapped.record.gdp[:n] == pytest.approx(straight.record.gdp[:n], rel=1e-9)
    assert swapped.record.revenue == pytest.approx(straight.record.revenue[::-1], rel=1e-9)


@bounded
@given(st.integers(2, 16), st.integers(0, 1000), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_the_unit_of_money_does_not_matter(n, seed, factor):
    """GDP and all spending in another currency, prices to match: the same run, to the last bit for powers of two."""
    table, runs = synthetic(n, seed % 7), []
    for money in (1.0, factor):
        paid = {"investment_us": 300 * money, "investment_china": 100 * money, "hardware": 0.02 / money,
                "site_cost": 0.18 * money, "convening_rate": 0.5, "review_rate": 2, "exit_fee": 0.001, "cost_key": "equal"}
        spent = [Event(3, list(KINDS).index("funding"), value=20 * money, nations=("N001",)),
                 Event(5, list(KINDS).index("adoption"), value=2 * money, nations=("N002",))]
        world = build(table.assign(gdp_usd_bn=money * table["gdp_usd_bn"]), None, paid, spent)
        runs.append((world, simulate(world, STEPS, np.array([seed]), series=True, choices=True)))
    (world, a), (_, b) = runs
    assert (a.sources == b.sources).all()
    for name, here, there in zip(worlds.columns(world), a.series[0].T, b.series[0].T):
        scale = factor if name in ("switching_spend", "programme_cost") else 1.0
        np.testing.assert_array_equal(there, scale * here, err_msg=name)


@settings(bounded, max_examples=20)
@given(scenarios(), st.integers(0, 1000))
def test_model_agents_and_ensemble_agree_on_any_world(scenario, seed):
    world = scenario.world()
    simulate(world, STEPS, np.array([seed]))
    for nation in (Nation, worlds.Apart):
        model = Model(scenario, rng=seed, nation=nation)
        while not model.finished:
            model.step()
        assert not worlds.changed(world.record, model.world.record)


def box(count: int, corners: bool) -> np.ndarray:
    """(count, parameters) points of the whole box that the bounds span: a Latin hypercube, or corners drawn at random."""
    table = [parameter for parameter, _ in parameters.names().values()]
    low, high = (np.array([getattr(parameter, end) for parameter in table]) for end in ("low", "high"))
    share = qmc.LatinHypercube(len(table), seed=1).random(count)
    whole = np.array([bool(parameter.choices) or parameter.whole for parameter in table])
    points = np.where(whole, np.minimum(np.floor(low + share * (high - low + 1)), high), low + share * (high - low))
    return np.where(share < 0.5, low, high) if corners else points


@pytest.mark.parametrize("corners", [False, True], ids=["Latin hypercube", "corners"])
def test_anywhere_in_the_box_of_all_bounds_a_run_is_sound_and_its_measures_are_within_their_bounds(corners):
    scenario, count = Scenario.read(worlds.BASELINE), 300
    varied = [Varied.parameter(name) for name in ADDRESSES]
    results = simulate(scenario.world(), scenario.content.steps, np.zeros(count, np.uint64), varied, box(count, corners))
    assert results.status.tolist() == [0] * count
    for (name, measure), values in zip(measures.columns(parameters.VENDORS).items(), results.outcomes.T, strict=True):
        assert measure.undefined or not np.isnan(values).any(), name
        known = values[~np.isnan(values)]
        assert np.isfinite(known).all(), name
        assert ((known >= measure.low - 1e-9) & (known <= measure.high + 1e-9)).all(), name
        if name == "net_benefit":
            assert ((known >= -1) & (known <= parameters.BY_NAME["value_end"].high)).all()


def test_dear_sites_and_a_strong_feedback_leave_every_run_with_a_net_benefit():
    values = {"site_cost": 10, "taste_scale": 1, "growth": -0.1, "growth_feedback": 2}
    scenario = Scenario.read(worlds.BASELINE).with_values(values)
    results = simulate(scenario.world(), 60, np.arange(50))
    column = list(measures.columns(parameters.VENDORS)).index("net_benefit")
    assert not results.status.any()
    assert ((results.outcomes[:, column] >= -1) & (results.outcomes[:, column] <= 0.1)).all()


@pytest.mark.parametrize(("name", "measure"), measures.columns(parameters.VENDORS).items())
def test_a_measure_without_a_value_is_told_from_one_that_is_broken(name, measure):
    world = worlds.plain(4, 1).world()
    out, index = np.ones(len(measures.columns(world.vendors))), list(measures.columns(world.vendors)).index(name)
    for value, sound in ((1.0, True), (np.nan, bool(measure.undefined)), (np.inf, False), (-np.inf, False)):
        out[index] = value
        assert measures.all_defined(world.record, out) == sound


def test_a_run_with_a_broken_measure_has_failed():
    """A thousand years of steps of five, with every rate at its bound, end beyond what a number can hold."""
    points = box(40, corners=True)
    scenario = Scenario.parse({"nations": {"synthetic": 6}, "step_years": 5, "steps": 200})
    varied = [Varied.parameter(name) for name in ADDRESSES]
    results = simulate(scenario.world(), 200, np.zeros(40, np.uint64), varied, points)
    required = [not measure.undefined for measure in measures.columns(parameters.VENDORS).values()]
    broken = ~np.isfinite(results.outcomes[:, required]).all(axis=1)
    assert 0 < broken.sum() < 40
    assert (results.status[broken] > 0).all()
