"""Answers are those that were kept; ``make golden`` renews them where a change is meant."""

import json

import pytest

from abm import parameters
from tests import golden_answers

CURE = "if this change is meant, run `make golden` and say in CHANGELOG.md why the answers moved"


@pytest.mark.slow
@pytest.mark.parametrize("name", golden_answers.KEPT)
def test_an_answer_is_the_one_kept(name):
    kept = json.loads((golden_answers.FOLDER / f"{name}.json").read_text("utf-8"))
    found = golden_answers.found(name)
    assert list(found["numbers"]) == list(kept["numbers"]), CURE
    for key, values in kept["numbers"].items():
        for now, then in zip(found["numbers"][key], values, strict=True):
            assert now == (then if then is None else pytest.approx(then, rel=1e-6, abs=1e-9)), f"{name}, {key}: {CURE}"
    assert found["sentence"] == kept["sentence"], CURE
    assert found["rows"] == kept["rows"], CURE


def test_the_world_names_every_parameter():
    assert set(golden_answers.world().content.parameters) == set(parameters.names())
