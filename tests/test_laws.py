"""Laws of the dynamics: a rule writes its own row; one set of rules, whoever walks them.

The laws about chance and about the tables of declarations are in ``test_draws.py`` and ``test_tables.py``.
"""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from abm import attributes, measures
from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from abm.schedule import PHASES
from abm.submodels.choice import politics
from runs.ensemble import continue_runs, simulate
from tests import worlds
from tests.worlds import changed, rows, walk

TABLES = {"nations": attributes.NATION, "vendors": attributes.VENDOR, "coalitions": attributes.COALITION}
LETTERS = {"nations": "N", "vendors": "V", "coalitions": "K"}


def trespasses(phase, row: int, differences: dict[str, set[int]]) -> list[str]:
    """What a rule changed that is not an entry of its own row of its own table."""
    own = {a.name for a in TABLES[phase.rows] if a.shape[:1] == LETTERS[phase.rows] and a.kind != "fact"}
    return [name for name, places in differences.items() if name not in own or places != {row}]


@pytest.mark.uncompiled
def test_a_rule_writes_only_its_own_row():
    world = worlds.levers(8, 14).world(3).record
    wrote = dict.fromkeys((phase.rule for phase in PHASES if phase.rows in TABLES), False)
    for step in range(14):
        for phase in PHASES:
            if phase.rows in TABLES and step in (2, 7, 11, 13):
                for row in rows(world, phase):
                    before = world.copy()
                    phase.rule(world, row)
                    differences = changed(before, world)
                    assert not trespasses(phase, row, differences), f"{phase.rule.__name__} of row {row}"
                    wrote[phase.rule] |= bool(differences)
            else:
                walk(world, phase)
    assert all(wrote.values()), "a rule that writes nothing leaves this test empty"


@pytest.mark.uncompiled
def test_politics_is_the_one_phase_that_acts_in_a_drawn_order():
    assert [phase.rule for phase in PHASES if phase.rows == "agenda"] == [politics]
    assert {phase.rows for phase in PHASES} == {"world", "vendors", "nations", "coalitions", "agenda"}
    world = worlds.levers(8, 20).world(3).record
    others = set()
    for _ in range(20):
        for phase in PHASES:
            if phase.rule is not politics:
                walk(world, phase)
                continue
            draws = [world.review_order[i] for i in rows(world, phase)]
            assert draws == sorted(draws)
            for i in rows(world, phase):
                before = world.copy()
                politics(world, i)
                others |= {name for name, places in changed(before, world).items() if places - {i, -1}}
    assert {"trust", "exit_paid", "source", "members"} <= others, "politics is excepted for what it writes elsewhere"


@pytest.mark.uncompiled
@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_within_a_phase_does_not_matter(seed):
    in_order, shuffled = (worlds.levers(8, 12).world(seed).record for _ in range(2))
    chance = np.random.default_rng(seed)
    for _ in range(12):
        for phase in PHASES:
            walk(in_order, phase)
            walk(shuffled, phase, lambda numbers: chance.permutation(numbers).tolist())
    assert not changed(in_order, shuffled)


def _scenarios():
    for number, admission in enumerate(("open", "majority", "unanimity")):
        for cost_key in ("gdp", "equal", "compute"):
            rule = {"admission": admission, "cost_key": cost_key, "notice": number}
            yield pytest.param(worlds.levers(parameters=rule), number, id=f"{admission}, {cost_key}")
    # One process compiles for three vendors, and the other tests that need it find its work.
    group = pytest.mark.xdist_group("three vendors")
    yield pytest.param(worlds.levers(vendors=worlds.THIRD_VENDOR), 8, id="three vendors", marks=group)
    yield pytest.param(worlds.plain(1), 9, id="one nation")
    for seed in (0, 2**63 + 5):
        yield pytest.param(Scenario.read(worlds.BASELINE), seed, id=f"baseline, seed {seed}")


@pytest.mark.parametrize("nation", [Nation, worlds.Apart])
@pytest.mark.parametrize(("scenario", "seed"), list(_scenarios()))
def test_the_model_equals_the_ensemble_byte_for_byte(scenario, seed, nation):
    """By compiled loops and agent by agent."""
    model = Model(scenario, rng=seed, nation=nation)
    while not model.finished:
        model.step()
    world = scenario.world()
    results = simulate(world, scenario.content.steps, np.array([7, seed], np.uint64), series=True)
    assert not changed(world.record, model.world.record)
    watched = model.datacollector.get_model_vars_dataframe().drop(columns="seed")
    assert list(watched) == list(measures.columns(world.vendors))
    assert watched.to_numpy().tobytes() == results.series[1].tobytes()


def test_runs_do_not_depend_on_what_ran_before_or_beside_them():
    scenario = worlds.levers()
    together = simulate(scenario.world(), 24, np.arange(6), series=True, choices=True)
    for seed in (4, 0, 5):
        alone = simulate(scenario.world(99), 24, np.array([seed]), series=True, choices=True)
        assert alone.series[0].tobytes() == together.series[seed].tobytes()
        assert alone.sources[0].tobytes() == together.sources[seed].tobytes()


def test_a_continued_run_is_the_run_itself_under_its_own_seed():
    scenario = worlds.levers()
    whole = simulate(scenario.world(), 24, np.array([5]), series=True)
    model = Model(scenario, rng=5)
    for _ in range(10):
        model.step()
    rest = continue_runs(model.world, 14, np.array([5, 6]), series=True)
    assert rest.series[0].tobytes() == whole.series[0, 10:].tobytes()
    assert rest.series[1, 0].tobytes() == whole.series[0, 10].tobytes()
    assert rest.series[1].tobytes() != rest.series[0].tobytes()
    assert int(model.world.record.step) == 10


@pytest.mark.xdist_group("three vendors")
def test_uncompiled_equals_compiled(tmp_path):
    """The same choices exactly, all other state within 1e-12: a misspelt field or a type that wraps would show."""
    file = tmp_path / "uncompiled.npz"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-m", "tests.worlds", str(file)], check=True, env=environment)
    compiled, uncompiled = worlds.trace(range(6)), np.load(file)
    assert sorted(compiled) == sorted(uncompiled)
    for name, values in compiled.items():
        if values.dtype.kind == "f":
            np.testing.assert_allclose(uncompiled[name], values, rtol=1e-12, atol=1e-14, err_msg=name)
        else:
            np.testing.assert_array_equal(uncompiled[name], values, err_msg=name)


#: What worlds of so many nations are named in machine code, of a rule and of a function that it calls.
NAMES = """
import sys, numpy, re
from abm.attributes import dtype
from abm.compiled import generated, rule
inner = generated("inner", ["def inner(world):", "    return world.shape[0]"], {})
@rule
def outer(world):
    return inner(world)
for n in sys.argv[1:]:
    world = numpy.zeros(1, dtype(int(n), ("us", "china")))
    outer(world)
    for each in (inner, outer):
        newest = list(each.overloads.values())[-1]
        print(each.__name__, n, re.sub(r"B\\d+v\\d+", "", newest.fndesc.mangled_name))
"""


def test_machine_code_is_named_alike_in_every_process(tmp_path):
    """Whatever world a process meets first: else two processes would keep different code under one name in one cache."""
    said = []
    for order in ("50 300", "300 50"):
        world = {**os.environ, "NUMBA_DISABLE_JIT": "0", "NUMBA_CACHE_DIR": str(tmp_path / order)}
        command = [sys.executable, "-c", NAMES, *order.split()]
        said.append(subprocess.run(command, capture_output=True, text=True, env=world).stdout)
    assert sorted(said[0].splitlines()) == sorted(said[1].splitlines())
    numbers = dict(re.findall(r"^(\w+ \d+) .*?(\d{12,})", said[0], re.MULTILINE))
    assert sorted(numbers) == ["inner 300", "inner 50", "outer 300", "outer 50"]
    assert numbers["inner 50"] == numbers["outer 50"] != numbers["outer 300"] == numbers["inner 300"]
