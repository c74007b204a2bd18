"""Designs: each lays its points out as its method promises, within bounds, and says what it needs."""

from dataclasses import replace

import numpy as np
import pytest

from abm.parameters import Range
from runs import designs
from runs.designs import METHODS, Axis, DesignError
from runs.factor import Factor

AXES = (
    Axis(Factor("fee_us"), (), Range(0.1, 0.6), 3, present=0.35),
    Axis(Factor("hazard_us"), (), Range(0.01, 1.0, log=True), 3, present=0.04),
    Axis(Factor("convening_size"), (), Range(4, 9, whole=True), 6, present=12),
    Axis(Factor("admission", ("majority", "open", "unanimity")), (1.0, 2.0), present=0.0),
)
OPTIONS = {
    "grid": {},
    "one_at_a_time": {},
    "latin_hypercube": {"samples": 40, "seed": 3},
    "sobol": {"samples": 64, "seed": 3},
    "saltelli": {"samples": 32, "seed": 3, "second_order": False},
    "morris": {"trajectories": 10, "levels": 4, "seed": 3},
}


def points(method, **options):
    axes = AXES if METHODS[method].cuts else [replace(axis, count=0) for axis in AXES]
    return designs.points(method, axes, {**OPTIONS[method], **options})


@pytest.mark.parametrize("method", METHODS)
def test_points_stay_on_their_axes(method):
    found = points(method)
    assert found.shape[1] == len(AXES)
    assert found[:, 0].min() >= 0.1
    assert found[:, 0].max() <= 0.6
    assert found[:, 1].min() >= 0.01
    assert found[:, 1].max() <= 1.0
    sizes = set(found[:, 2]) - {12.0}
    assert sizes <= {4, 5, 6, 7, 8, 9}
    assert set(found[:, 3]) - {0.0} == {1.0, 2.0}


@pytest.mark.parametrize("method", [name for name in METHODS if "seed" in OPTIONS[name]])
def test_a_seed_decides_the_points(method):
    assert np.array_equal(points(method), points(method))
    assert not np.array_equal(points(method), points(method, seed=4))


def test_a_grid_has_every_combination_once_and_its_last_axis_runs_fastest():
    found = points("grid")
    assert len(found) == 3 * 3 * 6 * 2 == len(np.unique(found, axis=0))
    assert found[:3, 3].tolist() == [1, 2, 1]
    assert np.unique(found[:, 1]) == pytest.approx([0.01, 0.1, 1.0])


def test_one_at_a_time_begins_at_the_scenario_and_leaves_it_by_one_factor():
    base, *others = points("one_at_a_time")
    assert base.tolist() == [0.35, 0.04, 12, 0]
    changed = [np.flatnonzero(point != base).tolist() for point in others]
    assert [len(each) for each in changed] == [1] * (2 + 3 + 6 + 2)  # the present fee is on its grid


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol"])
def test_every_equal_share_of_an_axis_holds_one_point(method):
    found = points(method)
    shares = (found[:, 0] - 0.1) / 0.5
    assert np.bincount((shares * len(found)).astype(int), minlength=len(found)).tolist() == [1] * len(found)
    logs = np.log(found[:, 1] / 0.01) / np.log(100)
    assert np.bincount((logs * len(found)).astype(int), minlength=len(found)).tolist() == [1] * len(found)


def test_whole_numbers_have_equal_shares():
    axis = AXES[2]
    counts = np.bincount(axis.at((np.arange(600) + 0.5) / 600).astype(int))[4:]
    assert counts.tolist() == [100] * 6


@pytest.mark.parametrize(("second_order", "factor"), [(False, 6), (True, 10)])
def test_saltelli_has_base_points_times_factors_and_two(second_order, factor):
    assert len(points("saltelli", second_order=second_order)) == 32 * factor


def test_saltelli_gives_the_known_indices_of_a_sum():
    from SALib.analyze import sobol

    axes = [Axis(Factor(name)) for name in ("hold_up", "severity")]
    found = designs.points("saltelli", axes, {"samples": 1024, "seed": 0, "second_order": False})
    problem = {"num_vars": 2, "names": ["hold_up", "severity"], "bounds": [[0, 1]] * 2}
    indices = sobol.analyze(problem, found @ [2.0, 1.0], calc_second_order=False, seed=0)
    assert indices["S1"] == pytest.approx([0.8, 0.2], abs=0.01)
    assert indices["ST"] == pytest.approx([0.8, 0.2], abs=0.01)


def test_morris_moves_one_factor_a_step():
    trajectories = points("morris").reshape(10, len(AXES) + 1, len(AXES))
    moved = (np.diff(trajectories, axis=1) != 0).sum(axis=2)
    assert (moved <= 1).all()
    assert (np.abs(np.diff(trajectories[:, :, 0], axis=1)) > 0).sum(axis=1).tolist() == [1] * 10


@pytest.mark.parametrize(
    ("method", "options", "sentence"),
    [
        ("latin_hypercube", {"samples": 4}, "latin_hypercube over 4 factors needs at least 5"),
        ("sobol", {"samples": 4}, "sobol over 4 factors needs at least 8"),
        ("sobol", {"samples": 100}, "needs a power of two, such as 64 or 128"),
        ("saltelli", {"samples": 4}, "needs at least 8"),
        ("saltelli", {"samples": 48}, "needs a power of two, such as 32 or 64"),
        ("morris", {"trajectories": 3}, "needs at least 4"),
        ("morris", {"levels": 5}, "needs an even number"),
        ("latin_hypercube", {"samples": 10**9}, r"1e\+09 points over 4 factors are too many: at most 5,000,000 are laid out"),
    ],
)
def test_a_design_too_small_for_its_method_is_refused_with_what_it_needs(method, options, sentence):
    with pytest.raises(DesignError, match=sentence):
        points(method, **options)


def test_a_grid_beyond_memory_is_refused():
    axes = [Axis(Factor(f"factor{index}"), count=100) for index in range(6)]
    with pytest.raises(DesignError, match=r"1e\+12 points over 6 factors are too many"):
        designs.points("grid", axes, {})
