"""Rules that people bring: they are asked where the model's own are, at the same bytes, and go where the scenario goes."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import numba
import numpy as np
import pytest

from abm import parameters, rules
from abm.model import Model
from abm.scenario import Scenario, ScenarioError
from runs import sweep_file
from runs.axes import SweepError
from runs.ensemble import simulate
from tests import worlds
from tests.twins import TWINS
from tests.untouched import ROOT

OWN = {"decision": "best", "vendor_answer": "discount", "admission": "unanimity", "cost_key": "equal"}
BROUGHT = {"decision": "finest", "vendor_answer": "rebate", "admission": "veto", "cost_key": "heads"}



def left(document: dict) -> str:
    """Digest of what a scenario's runs leave by compiled loops and, uncompiled, by Mesa's steps; or what was wrong."""
    scenario = pickle.loads(pickle.dumps(Scenario.parse(document)))
    try:
        results = simulate(scenario.world(), scenario.content.steps, np.arange(3), series=True, choices=True)
        if numba.config.DISABLE_JIT:
            model = Model(scenario, rng=1)
            while not model.finished:
                model.step()
            watched = model.datacollector.get_model_vars_dataframe().drop(columns="seed")
            assert watched.to_numpy().tobytes() == results.series[1].tobytes()
    except ValueError as error:
        return str(error)
    return hashlib.sha256(results.series.tobytes() + results.sources.tobytes()).hexdigest()


def carried_out(documents: list[dict], compiled: bool) -> list[str]:
    """What some scenarios leave, one after the other: in a process of its own where this one would have to compile anew for the
    rules that it loads, and for what comes after."""
    if numba.config.DISABLE_JIT and not compiled:
        return list(map(left, documents))
    world = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": str(int(not compiled))}
    program = "import json, sys; from tests.test_rules import left; print(json.dumps([*map(left, json.load(sys.stdin))]))"
    done = subprocess.run([sys.executable, "-c", program], input=json.dumps(documents), capture_output=True, text=True,
                          check=False, cwd=ROOT, env=world)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def document(values: dict, text: str | None = TWINS) -> dict:
    """A small world with all levers on, these values, and a file of rules."""
    plain = worlds.levers(8, 20).document()
    plain["parameters"] |= values
    return plain | ({"rules": {"twins.py": text}} if text else {})


@pytest.mark.uncompiled
def test_a_rule_that_does_the_same_leaves_the_same_bytes():
    """Each kind, by compiled loops and by Mesa's steps, in a process that has run without rules before."""
    own = document(OWN, None)
    brought = [document(OWN | {kind: BROUGHT[kind]}) for kind in OWN]
    first, *twins, again, moonstruck = carried_out(
        [own, *brought, document(BROUGHT), own, document(OWN | {"decision": "moonstruck"})], compiled=False)  # fmt: skip
    assert twins == [first] * 5
    assert again == first, "nothing is left over for who brings none"
    assert moonstruck == "a nation decided for a source that is not open to it"


@pytest.mark.slow
@pytest.mark.xdist_group("rules")
def test_compiled_a_rule_leaves_what_it_leaves_uncompiled():
    """That of the how-to, whose page has compiled it."""
    page = (ROOT / "docs" / "howto" / "rule.md").read_text("utf-8")
    text = page.split("```python\n")[1].split("```")[0]
    asked = [document({}, None), *(document({"decision": name}, text) for name in ("best", "sober", "cautious"))]
    compiled, uncompiled = (carried_out(asked, compiled) for compiled in (True, False))
    assert compiled == uncompiled
    assert compiled[0] == compiled[1]
    assert len(set(compiled)) == 3


@pytest.mark.uncompiled
def test_the_names_are_the_parameters_values_and_mean_the_same_rule_each_time():
    found = [Scenario.parse(document(OWN | {"decision": "finest"})) for _ in range(2)]
    numbers = {scenario.number(rules_parameter(), "finest") for scenario in found}
    assert len(numbers) == 1
    assert rules.decision[int(numbers.pop())] == "finest"
    assert found[0].parameter("decision") == "finest"
    other = Scenario.parse(document({"decision": "finest"}, TWINS + "\n# changed\n"))
    assert other.number(rules_parameter(), "finest") != found[0].number(rules_parameter(), "finest")


def rules_parameter():
    """The parameter that says how nations decide."""
    return parameters.lookup("decision")


@pytest.mark.uncompiled
@pytest.mark.parametrize(("given", "said"), [
    ({"rules": "gone.py"}, "rules: gone.py: no such file"),
    ({"rules": 3}, "rules: names a file of rules, or a list of them"),
    ({"rules": {"a.py": "def f(:"}}, "rules: a.py: line 1: "),
    ({"rules": {"a.py": "def f(world, i): return 0"}}, "rules: a.py: holds no rule; one is marked by @decision, @vendor_answer"),
    ({"rules": {"a.py": "@decision\ndef best(world, i): return 0"}}, "rules: best: is the name of a rule of the model"),
    ({"parameters": {"decision": "finest"}}, "parameters.decision: 'finest' is "),
    ({"parameters": {"decision": "bets"}}, "parameters.decision: 'bets' is not one of best"),
])  # fmt: skip
def test_what_is_no_rule_is_refused_in_one_sentence(given, said):
    Scenario.parse(document(BROUGHT))  # whose names are no others'
    with pytest.raises(ScenarioError) as caught:
        Scenario.parse({**worlds.plain(4).document(), **given})
    assert str(caught.value).startswith(f"scenario: {said}")
    assert "\n" not in str(caught.value)


@pytest.mark.uncompiled
def test_a_file_that_fails_is_told_when_a_world_is_built_and_not_before():
    text = "from abm.rules import decision\nprint(1 / 0)\n@decision\ndef broken(world, i): return 0\n"
    scenario = Scenario.parse(document({"decision": "broken"}, text))
    with pytest.raises(ValueError, match=r"^rules: twins.py: ZeroDivisionError: division by zero$"):
        scenario.world()


@pytest.mark.uncompiled
def test_a_scenario_and_a_sweep_name_files_beside_them_and_carry_their_text(tmp_path):
    (tmp_path / "twins.py").write_text(TWINS, "utf-8")
    never = "from abm.rules import admission\n@admission\ndef never(world, i, k): return False\n"
    (tmp_path / "more.py").write_text(never, "utf-8")
    (tmp_path / "mine.toml").write_text('title = "t"\nrules = "twins.py"\n[parameters]\ndecision = "finest"\n', "utf-8")
    scenario = Scenario.read(tmp_path / "mine.toml")
    assert scenario.document()["rules"] == {"twins.py": TWINS}
    sweep = 'scenario = "mine.toml"\nrules = ["more.py"]\n[design]\nmethod = "grid"\n[factors]\n{}\n'
    (tmp_path / "sweep.toml").write_text(sweep.format('admission = ["open", "veto", "never"]'), "utf-8")
    plan = sweep_file.read(tmp_path / "sweep.toml")
    assert list(plan.scenario.content.rules) == ["twins.py", "more.py"]
    assert plan.parse(json.loads(json.dumps(plan.document()))).document() == plan.document()
    changed = plan.scenario.document()
    changed["rules"]["more.py"] += "# changed\n"
    assert replace(plan, scenario=Scenario.parse(changed, plan.scenario.name)).job != plan.job, "another rule is another result"
    (tmp_path / "sweep.toml").write_text(sweep.format('decision = ["best", "sober"]'), "utf-8")
    with pytest.raises(SweepError, match="decision: 'sober' is not one of best"):
        sweep_file.read(tmp_path / "sweep.toml")
    (tmp_path / "more.py").unlink()
    with pytest.raises(SweepError, match=r"sweep.toml: rules: .*more.py: no such file"):
        sweep_file.read(tmp_path / "sweep.toml")


@pytest.mark.uncompiled
def test_who_brings_none_sees_no_further_parameter():
    assert not {"decision", "vendor_answer"} & set(parameters.names())
    assert {"admission", "cost_key"} <= set(parameters.names())
    assert Scenario.parse({"parameters": {"decision": "best"}}).world().parameters() == Scenario.parse({}).world().parameters()
