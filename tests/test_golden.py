"""The rules give what they gave when the golden results were last renewed."""

import json

import pytest

from tests import golden

CURE = "if this change of the rules is meant, run `make golden` and say in CHANGELOG.md why the results moved"


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.xdist_group("three vendors") if "three" in name else ()) for name in golden.RUNS
])
def test_results_are_those_kept(name):
    kept = json.loads((golden.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found = golden.results(name)
    assert list(found) == list(kept), CURE
    for seed, run in found.items():
        steps = zip(run["choices"], kept[seed]["choices"], strict=True)
        parted = next((step for step, (now, then) in enumerate(steps) if now != then), None)
        assert parted is None, f"{name}, {seed}: choices part at step {parted}; {CURE}"
        assert list(run["measures"]) == list(kept[seed]["measures"]), f"{name}: other measures; {CURE}"
        for measure, value in run["measures"].items():
            then = kept[seed]["measures"][measure]
            expected = then if then is None else pytest.approx(then, rel=1e-9, abs=1e-12)
            assert value == expected, f"{name}, {seed}, {measure}: {CURE}"


def test_no_golden_result_is_left_over():
    assert sorted(path.stem for path in golden.FOLDER.glob("*")) == sorted(golden.RUNS)
