"""What ``import abm`` offers does what the command line does, and says what is wrong of its arguments."""

import inspect
import subprocess
import sys

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import abm
from abm.words import ArgumentError, on_command_line
from analysis import facade
from analysis.commands.command_line import main
from analysis.questions import QUESTIONS, question
from tests import questions

SMALL = questions.small(16).document()
SWEEP = {
    "set": {"steps": 12},
    "replicates": 2,
    "record": ["series"],
    "design": {"method": "grid"},
    "factors": {"fee_us": [0.3, 0.4], "admission": ["open", "majority"]},
}
SWEEP_TOML = """
replicates = 2
record = ["series"]
[set]
steps = 12
[design]
method = "grid"
[factors]
fee_us = [0.3, 0.4]
admission = ["open", "majority"]
"""
TABLES = ("runs", "series", "choices", "ties")


def test_what_is_offered_is_there_and_nothing_else():
    assert {name: callable(getattr(abm, name)) for name in abm.__all__} == dict.fromkeys(abm.__all__, True)
    assert {*abm.__all__, "__version__"} <= {*dir(abm)}
    assert abm.__version__.count(".") >= 1
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        abm.runn  # noqa: B018


def test_importing_it_loads_nothing_heavy():
    said = "import sys, abm; print([name for name in ('numba', 'pandas', 'duckdb', 'matplotlib', 'runs') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True).stdout.strip() == "[]"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same runs in memory and on disk."""
    folder = tmp_path_factory.mktemp("runs")
    return abm.run(SMALL, replicates=40, seed=3), abm.run(SMALL, replicates=40, seed=3, out=folder / "result")


@pytest.mark.parametrize("table", TABLES)
def test_runs_in_memory_are_those_on_disk(both, table):
    memory, disk = both
    assert memory.plan.chunks > 1
    pd.testing.assert_frame_equal(memory.table(table), disk.table(table))


def test_runs_in_memory_are_read_like_those_on_disk(both):
    memory, disk = both
    query = "select count(*) from choices where option = 'us'"
    assert memory.sql(query).fetchall() == disk.sql(query).fetchall()
    assert memory.failed == 0
    assert memory.xarray(["gdp_coalition"]).identical(disk.xarray(["gdp_coalition"]))
    assert memory.world(5).record.tobytes() == disk.world(5).record.tobytes()
    assert abm.open(disk.directory).manifest["status"] == "complete"
    assert repr(memory) == "Runs(40 of scenario; runs, series, choices, ties)"


def test_a_run_is_the_one_that_the_command_leaves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--set", "steps=12", "--set", "fee_us=0.4", "--replicates", "3", "--figures", "none", "--quiet"]) == 0
    mine = abm.run(set={"steps": 12, "fee_us": 0.4}, replicates=3)
    for table in TABLES:
        pd.testing.assert_frame_equal(mine.table(table), abm.open("results/baseline").table(table))


def test_the_same_call_goes_on_and_another_one_is_refused(tmp_path):
    out = tmp_path / "out"
    first = abm.run(SMALL, replicates=3, out=out, record=["series"])
    assert abm.run(SMALL, replicates=3, out=out, record=["series"]).manifest["created"] == first.manifest["created"]
    with pytest.raises(ValueError, match=r"holds another run: .*; take another directory, or overwrite it"):
        abm.run(SMALL, replicates=4, out=out, record=["series"])
    assert abm.run(SMALL, replicates=4, out=out, overwrite=True, record=[]).done == 4


def test_a_sweep_as_plain_data_is_that_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(SWEEP_TOML, "utf-8")
    data, file = abm.sweep(SWEEP), abm.sweep("mine.toml")
    disk = abm.sweep(tmp_path / "mine.toml", out="kept", workers=1)
    for table in ("runs", "series"):
        pd.testing.assert_frame_equal(data.table(table), file.table(table))
        pd.testing.assert_frame_equal(data.table(table), disk.table(table))
    with pytest.raises(ValueError, match="the runs: choices were not recorded; recorded are runs, series"):
        data.choices()


def test_a_question_is_answered_as_by_its_module(tmp_path):
    scenario = abm.load(questions.small(24).document())
    found = abm.ask("window", scenario, last=2028, wait=2.0, replicates=4)
    direct = questions.ask(question("window"), scenario, 4, last=2028, wait=2.0)
    assert (found.sentence, list(found.stated)) == (direct.sentence, list(direct.stated))
    pd.testing.assert_frame_equal(found.table, direct.table)
    assert found.sentence in repr(found)
    assert found._repr_markdown_().startswith(found.sentence)
    plt.close(found.figure())
    found.save(tmp_path)
    assert len([*tmp_path.iterdir()]) == 5


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_option_of_a_question_hides_an_argument(name):
    taken = set(inspect.signature(facade.ask).parameters) - {"options"}
    assert not taken & {option.name for option in question(name).OPTIONS}
    assert all(option.name.isidentifier() for option in question(name).OPTIONS)


FAULTS = [
    (lambda: abm.ask("window", last=1999), "last=1999: must lie after 2025 and before 2040, where the scenario ends"),
    (lambda: abm.ask("window", lst=2030), "lst=2030: no such option of this question; did you mean last?"),
    (lambda: abm.ask("window", last="soon"), "last: found soon; a whole number is needed, 1901 to 2200"),
    (lambda: abm.ask("windw"), "windw: no such question; did you mean window?"),
    (lambda: abm.ask("window", set={"growth_decay": 3}, growth_decay=3), "set growth_decay: is what the option"),
    (lambda: abm.ask("window", uncertainty="all"), "uncertainty=all: allowed is none, posterior"),
    (lambda: abm.ask("window", precision=-1), "precision=-1: a number above 0 is needed"),
    (lambda: abm.ask("window", replicates=1), "replicates: found 1; a whole number from 2 to 1000000 is needed"),
    (lambda: abm.run("basline"), "basline: no such scenario; did you mean baseline?"),
    (lambda: abm.run(replicates=0), "replicates: found 0; a whole number from 1 to 1000000 is needed"),
    (lambda: abm.run(replicates=2.0), "replicates: found 2.0; a whole number"),
    (lambda: abm.run(seed=True), "seed: found True; a whole number"),
    (lambda: abm.run(workers=0), "workers: found 0; a whole number from 1 to 1024"),
    (lambda: abm.run(record="serie"), "record=serie: cannot be recorded; known are series, choices, ties"),
    (lambda: abm.run(set={"fee_uss": 1}), "set: parameters.fee_uss: no such parameter; did you mean fee_us?"),
    (lambda: abm.run({"stepps": 3}), "scenario: stepps: no such field"),
    (lambda: abm.sweep({"design": {"method": "gri"}}), "sweep: design.method: gri: no such design; did you mean grid?"),
    (lambda: abm.sweep("hazard-gri"), "hazard-gri: no such sweep; did you mean hazard-grid?"),
    (lambda: abm.open("nowhere"), "nowhere: holds no result"),
]


@pytest.mark.parametrize(("call", "said"), FAULTS, ids=[said[:40] for _, said in FAULTS])
def test_what_is_wrong_is_said_of_the_argument(call, said):
    with pytest.raises(ValueError) as refused:
        call()
    assert str(refused.value).startswith(said)
    assert len(str(refused.value).splitlines()) == 1
    assert "--" not in str(refused.value)


def test_only_the_command_line_speaks_of_options():
    error = ArgumentError("settle", 2.0, "is too long")
    assert (str(error), on_command_line(error)) == ("settle=2: is too long", "--settle 2: is too long")
    assert on_command_line(ValueError("plain")) == "plain"
