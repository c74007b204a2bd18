"""What may not matter: the order of the nations, the unit of money, the length of a step; and who may not be told apart.

The chance-free and random-world versions of the first two are in ``tests/test_properties.py``. Here they are
put to the baseline itself, with all its chance. Source: verification by invariance, [Grimm2014].
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abm.scenario import Scenario
from abm.world import World, build
from runs.ensemble import simulate
from tests import worlds
from tests.theory.limits import CALM, CLUB, alike

BASELINE = Scenario.read(worlds.BASELINE)
STEPS = BASELINE.content.steps
WATCHED = ("gdp_coalition", "nations_us", "nations_china", "nations_self_build", "nations_hold_back", "net_benefit",
           "sovereignty", "foundings", "joins", "exits", "rejoins", "cuts", "outages", "hazard_believed_us", "lock_in",
           "trust", "gdp_growth", "nations_compute", "tension", "fees", "adoption")


def world_of(table: pd.DataFrame, values: dict) -> World:
    """The baseline's world with these nations, in this order, and these parameters."""
    content = BASELINE.content
    return build(table, BASELINE.vendors, {**content.parameters, **values}, BASELINE.events(), content.start)


def differences(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Differences of means of independent samples (runs, quantities), in standard errors."""
    error = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
    gap = a.mean(axis=0) - b.mean(axis=0)
    return np.where(error > 0, gap / np.where(error > 0, error, 1), np.where(gap == 0, 0, np.inf))


def watched(world: World, outcomes: np.ndarray) -> np.ndarray:
    """(runs, measures) of the measures that are compared."""
    return outcomes[:, [worlds.columns(world).index(name) for name in WATCHED]]


def test_the_order_of_the_nations_does_not_matter_on_average():
    """Draws belong to rows, so a shuffled world is another sample of the same law: 53 shares of runs in which a nation is a
    member at the end, and 21 measures, of 400 runs each; the largest of 74 differences stays below four standard errors."""
    table, order = BASELINE.nations(), np.random.default_rng(1).permutation(53)
    world, shuffled = world_of(table, {}), world_of(table.iloc[order], {})
    here = simulate(world, STEPS, np.arange(400), choices=True)
    there = simulate(shuffled, STEPS, np.arange(400), choices=True)
    member, mover = here.sources[:, -1] >= CLUB, there.sources[:, -1] >= CLUB
    assert abs(differences(member[:, order], mover)).max() < 4
    assert abs(differences(member, mover)).max() > 8, "the test tells nations apart"
    assert abs(differences(watched(world, here.outcomes), watched(world, there.outcomes))).max() < 4


@pytest.mark.parametrize("factor", [0.85, 150.0])
def test_the_unit_of_money_does_not_matter(factor):
    """All amounts in euros or in yen, prices to match: in 40 runs of the baseline every nation chooses the same in every step."""
    table = BASELINE.nations()
    # The bounds of parameters are in US dollars, so the other world's are set past them, in the record.
    worth = [world_of(table, {}), world_of(table.assign(gdp_usd_bn=factor * table["gdp_usd_bn"]), {})]
    p = worth[1].record.p
    for name in ("investment", "site_cost", "migration_cost"):
        p[name] *= factor
    for name in ("hardware", "projects_per_bn"):
        p[name] /= factor
    here, there = (simulate(world, STEPS, np.arange(40), choices=True) for world in worth)
    assert (here.sources == there.sources).all()
    assert (here.serials == there.serials).all()
    assert watched(worth[0], here.outcomes) == pytest.approx(watched(worth[0], there.outcomes), rel=1e-6)
    spent = [worlds.columns(world).index("switching_spend") for world in worth]
    assert there.outcomes[:, spent[1]] == pytest.approx(factor * here.outcomes[:, spent[0]], rel=1e-6)


def at_step(step_years: float, runs: int, **values) -> np.ndarray:
    """Watched measures in 2040 of the baseline at a length of step."""
    steps = round(15 / step_years)
    scenario = Scenario.parse({**BASELINE.document(), "step_years": step_years, "steps": steps}).with_values(values)
    world = scenario.world()
    return watched(world, simulate(world, steps, np.arange(runs)).outcomes)


def test_halving_the_step_leaves_the_results():
    """Quarters against half quarters, 1000 runs each: 21 means within four standard errors of their difference.

    That is about 0.03 for the share of GDP in coalitions (0.5), 1.4 for the number of cuts (23), 0.01 for lock-in (0.86).
    """
    z = dict(zip(WATCHED, differences(at_step(0.25, 1000), at_step(0.125, 1000))))
    assert {name: round(value, 1) for name, value in z.items() if abs(value) > 4} == {}


def test_the_comparison_of_steps_would_see_a_rate_meant_per_step():
    """Half the reviews in each half step is what a rate per year means; a fourth of the reviews shows."""
    slow = BASELINE.world().parameters()["review_rate"] / 2
    z = dict(zip(WATCHED, differences(at_step(0.25, 200), at_step(0.125, 200, review_rate=slow))))
    assert abs(z["joins"]) > 4


def test_the_error_of_a_step_halves_with_it():
    """Without chance and politics: lock-in does not depend on the step at all, GDP and compute to first order."""
    found = {}
    for dt in (0.5, 0.25, 0.125):
        world = build(BASELINE.nations(), None, {**CALM, "review_rate": 0}, step_years=dt)
        simulate(world, round(10 / dt), np.array([0]))
        found[dt] = {name: world.record[name][:53].copy() for name in ("gdp", "compute", "lock_in", "belief_years")}
    coarse, half, fine = found.values()
    assert fine["lock_in"] == pytest.approx(coarse["lock_in"], rel=1e-12)
    for name in ("gdp", "compute", "belief_years"):
        ratio = (half[name] - coarse[name]) / (fine[name] - half[name])
        assert ratio == pytest.approx(np.full_like(ratio, 2), abs=0.35), name
        assert fine[name] == pytest.approx(half[name], rel=0.03), name


N, RUNS = 16, 400


def memberships(**values) -> np.ndarray:
    """(runs, N) share of the years that each of 16 identical nations spends in coalitions."""
    world = build(alike(N).assign(compute_share=0.004), None, {"convening_rate": 0.3, "review_rate": 2, **values})
    return (simulate(world, 40, np.arange(RUNS), choices=True).sources >= CLUB).mean(axis=1)


def test_identical_nations_are_treated_alike_on_average():
    """Where a convener may invite them all: no differences between rows beyond those within runs (Friedman's test)."""
    found = memberships(convening_size=N)
    assert 0.05 < found.mean() < 0.95
    assert stats.friedmanchisquare(*found.T).pvalue > 1e-3


def test_partners_trusted_alike_are_invited_alike():
    """Where it may invite only some of those whom it trusts equally."""
    found = memberships(convening_size=8)
    assert stats.friedmanchisquare(*found.T).pvalue > 1e-3
