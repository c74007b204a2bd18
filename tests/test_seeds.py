"""Seeds as users of Mesa and NumPy know them: taken, or refused in one sentence; none means a fresh one, kept and shown."""

import copy
import pickle

import mesa
import numpy as np
import pytest

from abm import measures, seeds
from abm.model import Model
from runs.ensemble import simulate
from tests import worlds

SMALL = worlds.plain(5, 4, review_rate=4, taste_renewal=50)

#: Whole numbers that a world can hold are themselves.
ITSELF = [0, 7, np.int8(7), np.uint64(2**64 - 1), 2**63, np.int64(5)]
#: What is hashed -> the number, where it is known: the same on every machine.
HASHED = {
    "65 bits": (2**64, 8649202198168436674), "many bits": (2**200, None), "list": ([1, 2], 15529898885419721899),
    "tuple": ((3,), None), "range": (range(3), None), "array": (np.arange(3), None),
    "SeedSequence": (np.random.SeedSequence(3), None),
    "spawned": (np.random.SeedSequence(3).spawn(2)[1], None),
}
GENERATORS = {
    "Generator": np.random.default_rng, "BitGenerator": np.random.PCG64, "RandomState": np.random.RandomState,
}
REFUSED = {
    "negative": -1, "negative numpy": np.int64(-3), "bool": True, "numpy bool": np.bool_(False), "float": 1.5, "whole float": 2.0,
    "numpy float": np.float32(2), "nan": float("nan"), "text": "7", "bytes": b"7", "set": {1, 2}, "dict": {1: 2}, "floats": [1.5],
    "negatives": [1, -1], "texts": ["a"], "object": object(), "no dimension": np.array(3), "class": np.random.Generator,
}


def outcome(model: Model) -> bytes:
    """All that a run has left of its world."""
    while not model.finished:
        model.step()
    return model.world.record.tobytes()


@pytest.mark.parametrize("given", ITSELF)
@pytest.mark.parametrize("keyword", ["rng", "seed"])
def test_a_whole_number_is_its_own_seed(given, keyword):
    model = Model(SMALL, **{keyword: given})
    assert (model.seed, model._seed) == (given, given)
    results = simulate(SMALL.world(), 4, np.array([given], np.uint64))
    outcome(model)
    assert np.array(list(model.observed.values())).tobytes() == results.outcomes[0].tobytes()


@pytest.mark.parametrize("kind", HASHED)
def test_what_else_numpy_takes_gives_always_the_same_seed(kind):
    given, number = HASHED[kind]
    sequence = given if isinstance(given, np.random.SeedSequence) else np.random.SeedSequence(given)
    expected = int(sequence.generate_state(1, np.uint64)[0])
    assert Model(SMALL, rng=given).seed == Model(SMALL, seed=given).seed == expected
    assert number in (None, expected)


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_gives_a_seed_each_time_and_is_used_up_by_it(kind):
    first, second = GENERATORS[kind](3), GENERATORS[kind](3)
    found = [Model(SMALL, rng=first).seed for _ in range(3)]
    assert len(set(found)) == 3
    assert found == [Model(SMALL, seed=second).seed for _ in range(3)]


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("keyword", ["rng", "seed"])
def test_what_is_no_seed_is_refused_in_one_sentence(kind, keyword):
    with pytest.raises(ValueError, match=rf"^{keyword}: found .*; a seed is a whole number from 0 on") as refused:
        Model(SMALL, **{keyword: REFUSED[kind]})
    assert "\n" not in str(refused.value)


def test_both_names_at_once_are_refused():
    for pair in ((1, 1), (0, 2), (np.random.default_rng(1), 2)):
        with pytest.raises(ValueError, match="rng, seed: give one of the two"):
            Model(SMALL, rng=pair[0], seed=pair[1])
    assert Model(SMALL, rng=None, seed=4).seed == Model(SMALL, rng=4, seed=None).seed == 4


def test_without_a_seed_each_run_has_a_fresh_one_from_which_it_can_be_made_again():
    models = [Model(SMALL) for _ in range(3)]
    assert len({model.seed for model in models}) == 3
    assert all(0 <= model.seed < 2**53 for model in models)
    first, second, third = (outcome(model) for model in models)
    assert first != second != third
    assert first == outcome(Model(SMALL, rng=models[0].seed))


def test_a_batch_without_a_seed_has_different_runs_and_shows_their_seeds():
    batch = mesa.batch_run(Model, {"scenario": [SMALL]}, iterations=2, display_progress=False)
    assert len({row["seed"] for row in batch}) == 2
    for row in batch:
        again = mesa.batch_run(Model, {"scenario": [SMALL], "seed": row["seed"]}, display_progress=False)[0]
        names = measures.columns(SMALL.vendor_names)
        assert np.array_equal([again[name] for name in names], [row[name] for name in names], equal_nan=True)


def test_a_batch_over_seeds_is_those_runs():
    batch = mesa.batch_run(Model, {"scenario": [SMALL], "rng": [3, np.int64(4), 2**64]}, display_progress=False)
    assert [row["seed"] for row in batch] == [3, 4, seeds.number(2**64)]
    twice = mesa.batch_run(Model, {"scenario": [SMALL], "rng": 3}, iterations=2, display_progress=False)
    assert [row["seed"] for row in twice] == [3, 3], "a seed that is given is given to every iteration, as Mesa has it"


@pytest.mark.parametrize("reset", ["reset_rng", "reset_randomizer"])
def test_another_seed_in_mid_run_changes_what_is_still_to_come(reset):
    def goes_on(*given):
        model = Model(worlds.levers(8, 12), rng=1)
        for _ in range(4):
            model.step()
        before = np.asarray(model.world.record["gdp"]).tobytes()
        if given:
            getattr(model, reset)(*given)
        assert np.asarray(model.world.record["gdp"]).tobytes() == before
        return model.seed, outcome(model), model.rng.random(), model.random.random()

    assert goes_on()[:2] == goes_on(None)[:2]
    assert goes_on(9) == goes_on(9) != goes_on(8)
    assert goes_on(9)[0] == 9
    with pytest.raises(ValueError, match="rng: found -1"):
        goes_on(-1)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_the_seed_of_its_original(duplicate):
    model = Model(SMALL)
    twin = duplicate(model)
    assert twin.seed == model.seed
    assert outcome(twin) == outcome(model)
