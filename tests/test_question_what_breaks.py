"""What breaks: known effects, indices and boxes; coverage of the intervals; a measure of the model that one parameter decides."""

import numpy as np
import pandas as pd
import pytest

from analysis.experiments import ranges
from analysis.methods import sensitivity, statistics
from analysis.methods.prim import Box, discover
from analysis.questions import what_breaks
from analysis.robustness.headlines import FAILS, HOLDS, UNCLEAR
from analysis.robustness.structures import STRUCTURES
from tests import questions

FEW = questions.FEW["what-breaks"]
NAMES = ["a", "b", "c", "d"]


def additive(shares):
    """4 a + 2 b + c: first and total indices 16, 4 and 1 of 21."""
    return shares @ np.array([4.0, 2.0, 1.0, 0.0])


def ishigami(shares):
    """Ishigami's function, whose indices are known: a's total index is mostly with c."""
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def cases(count=2000, seed=1):
    """Draws of four factors, and failures: nine in ten where a > 0.6 and b < 0.5, three in a hundred elsewhere."""
    random = np.random.default_rng(seed)
    drawn = pd.DataFrame(random.random((count, 4)), columns=NAMES)
    inside = (drawn["a"] > 0.6) & (drawn["b"] < 0.5)
    return drawn, random.random(count) < np.where(inside, 0.9, 0.03)


def test_screening_finds_the_size_of_effects():
    table = sensitivity.screen(NAMES, additive, 10).set_index("factor")
    assert list(table.index) == NAMES
    assert table["mu_star"].to_numpy() == pytest.approx([4, 2, 1, 0], abs=1e-9)
    assert table["sigma"].to_numpy() == pytest.approx(np.zeros(4), abs=1e-9)


def test_indices_of_a_sum_are_its_shares_of_variance():
    table = sensitivity.indices(NAMES, additive, 512)
    assert table["first"].to_numpy() == pytest.approx(np.array([16, 4, 1, 0]) / 21, abs=0.03)
    assert table["total"].to_numpy() == pytest.approx(np.array([16, 4, 1, 0]) / 21, abs=0.03)
    assert (table["total"] - table["total_half"]).abs().max() < 0.05


def test_indices_of_ishigamis_function():
    table = sensitivity.indices(["a", "b", "c"], ishigami, 2048)
    assert table["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert table["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_a_response_that_does_not_vary_has_no_indices():
    table = sensitivity.indices(NAMES, lambda shares: np.ones(len(shares)), 16)
    assert (table[["first", "total"]] == 0).all(axis=None)


def test_the_indices_intervals_hold_the_truth_as_often_as_they_say():
    found = []
    for seed in range(100):
        table = sensitivity.indices(NAMES[:2], lambda shares: shares @ np.array([2.0, 1.0]), 64, seed)
        found.append(statistics.Estimate(0, table["total_low"][0], table["total_high"][0]))
    assert questions.covers(found, 0.8) >= 0.88


def test_the_box_is_found_and_tested_on_unseen_cases():
    box = discover(*cases(), seed=2)
    assert set(box.limits.index) == {"a", "b"}
    assert box.limits.loc["a", "low"] == pytest.approx(0.6, abs=0.03)
    assert box.limits.loc["b", "high"] == pytest.approx(0.5, abs=0.03)
    assert np.isinf(box.limits.loc["a", "high"])
    assert (box.limits["kept"] == 1).all()
    assert (box.limits["quasi_p"] < 0.05).all()
    assert box.density.low <= 0.9 <= box.density.high
    assert box.coverage.low <= 0.18 / (0.18 + 0.8 * 0.03) + 0.03


def test_a_box_has_at_most_four_dimensions():
    random = np.random.default_rng(3)
    drawn = pd.DataFrame(random.random((600, 6)), columns=list("abcdef"))
    failed = (drawn < 0.8).all(axis=1).to_numpy()
    box = discover(drawn, failed)
    assert 1 <= len(box.limits) <= 4


def test_no_box_where_failures_are_too_few_or_all():
    drawn, _ = cases(400)
    assert discover(drawn, np.zeros(400, bool)).limits.empty
    assert discover(drawn, np.ones(400, bool)).limits.empty


def test_density_and_coverage_hold_the_truth_as_often_as_they_say():
    box = Box(pd.DataFrame({"low": [0.6, -np.inf], "high": [np.inf, 0.5]}, index=["a", "b"]))
    density, coverage = [], []
    for seed in range(300):
        drawn, failed = cases(400, seed)
        inside = box.holds(drawn)
        density.append(statistics.share(failed[inside]))
        coverage.append(statistics.share(inside[failed]))
    assert 0.91 <= questions.covers(density, 0.9) <= 0.99
    assert 0.91 <= questions.covers(coverage, 0.18 / (0.18 + 0.024)) <= 0.99


def test_every_parameter_has_a_range_that_holds_its_value():
    scenario = questions.small()
    for axis in ranges.every(scenario):
        if not axis.values:
            assert axis.range.low <= ranges.value(scenario, axis.factor.name) <= axis.range.high
            assert axis.range.low < axis.range.high


def test_choices_are_given_by_their_numbers():
    scenario = questions.small(admission="unanimity")
    axes = [ranges.plausible(scenario, "admission")]
    points = ranges.points(axes, np.array([[0.1], [0.5], [0.9]]), scenario)
    assert points["admission"].tolist() == [0, 1, 2]


def test_adoption_is_decided_by_its_two_parameters():
    """In the model adoption stands still, so only what sets it at the start may matter, and GDP, which weighs it."""
    answer = questions.ask(what_breaks, questions.small(4), 1, measure="adoption", threshold=0.5, **FEW)
    table = answer.table.set_index("factor")
    assert table.index[0] == "adoption_full"
    weighing = {"growth", "growth_feedback"}
    assert table.loc[~table.index.isin({"adoption_full", "adoption_floor"} | weighing), "mu_star"].max() < 0.02
    assert table.loc["adoption_full", "total"] > 0.9
    assert list(answer.drawn[1].box.limits.index) == ["adoption_full"]
    assert "adoption_full ≥" in answer.sentence


def test_the_calibrations_draws_are_the_cases():
    random = np.random.default_rng(9)
    sample = pd.DataFrame({"adoption_full": random.uniform(20, 100, 300), "taste_scale": random.uniform(0.001, 0.002, 300)})
    asked = questions.inquiry(what_breaks, questions.small(4), 1, sample, measure="adoption", threshold=0.6, **FEW)
    answer = what_breaks.answer(asked)
    assert len(answer.drawn[1].failed) == 200
    assert "Over the calibration's draws" in answer.sentence


def test_each_structure_is_judged_beside_the_scenario():
    answer = questions.ask(what_breaks, questions.small(8), 1, measure="adoption", threshold=0.5, **FEW)
    built = answer.drawn[1].built.set_index("arm")
    assert list(built.index) == ["small", *(structure.name for structure in STRUCTURES)]
    table = answer.table.set_index("factor")
    for name in built.index[1:]:
        assert f"stands_{name}" in answer.stated
        assert table.loc[name, "forms"] == built.loc[name, "forms"] in (HOLDS, UNCLEAR, FAILS)
    assert answer.stated["worth_small"].estimate.value == built.loc["small", "gain"]
    assert "Of 4 structural alternatives" in answer.sentence
    level = built["level"].to_numpy()
    assert level == pytest.approx(level[0], rel=1e-3)  # adoption, which structures move by the GDP that weighs it alone


def test_a_structure_that_breaks_a_headline_is_named():
    built = pd.DataFrame([
        {"group": "baseline", "arm": "small", "forms": HOLDS, "who": HOLDS, "worth": HOLDS},
        {"group": "structure", "arm": "other", "forms": FAILS, "who": HOLDS, "worth": UNCLEAR},
    ])  # fmt: skip
    said = what_breaks._otherwise(built)
    assert "a coalition forms in 0 (other fails)" in said
    assert "who is in it in 1," in said
    assert "what it is worth in 0 (other is unclear)" in said
