"""A path is only a path: whatever a result, a scenario, a sweep or a list is called, it is what is read, and nothing else."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import runs
from abm import data
from analysis.commands.command_line import main
from analysis.nations import lists
from analysis.page.services import opened
from tests import sweeps

NAMES = (
    "run=5", "portability=0.3/out", "seed=99/gdp_coalition=1/out", "z[1]", "[!a]", "a*b", "*", "**", "q?", "back\\slash",
    "co:lon", "file:x", "C:", "new\nline", "tab\tbed", "it's", 'so "said"', "{a,b}", "%20", "$HOME", "~", "#1", "a;b", "a&b",
    "ünï çödé 漢字",
    "-dash", "--out", " blank ", "dot.", "a..b", "x.parquet", "x.toml", "manifest.json", "con", "e" * 200,
)  # fmt: skip
#: All of it at once, for what takes long.
WORST = "portability=0.3/run=5 z[1]*?{a,b}'\"$HOME%20\\back:7\nlíne #;&"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return sweeps.carry(sweeps.plan(points=2, replicates=2, chunk=2, steps=12), tmp_path_factory.mktemp("whole") / "out")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def abm(*words) -> int:
    return main([str(word) for word in words])


@pytest.mark.parametrize("name", [*NAMES, WORST])
def test_a_result_of_any_name_is_read_as_it_was_written(whole, folder, name, capsys):
    shutil.copytree(whole, Path(name))
    for near in ("z1", "aXb", "qX", "X"):
        if not Path(near).exists():
            shutil.copytree(whole / "runs", Path(near) / "runs")
    expected, found = runs.open(whole), runs.open(name)
    for table in expected.plan.tables:
        assert found.table(table).equals(expected.table(table))
    assert found.xarray(["gdp_coalition"]).equals(expected.xarray(["gdp_coalition"]))
    assert found.xarray(["gdp_coalition"], series=True).equals(expected.xarray(["gdp_coalition"], series=True))
    assert abm("status", f"./{name}") == 0
    assert "complete, 4 of 4 runs" in capsys.readouterr().out
    assert opened(Path(name), 3).seed == expected.plan.seed_of(3)


@pytest.mark.parametrize("name", [WORST, "~"])
def test_whatever_reads_results_takes_any_name(whole, folder, name, capsys):
    shutil.copytree(whole, Path(name))
    assert abm("replay", name, 3) == 0
    assert "to the last bit" in capsys.readouterr().out
    assert abm("compare", f"{name}:0", f"{name}:1") == 0
    for command in ("report", "networks", "nations"):
        assert abm(command, name) == 0, command
        assert abm(command, whole) == 0, command
    made = [path.relative_to(whole) for path in whole.rglob("*.csv")]
    assert len(made) > 3
    for path in made:
        assert (name / path).read_bytes() == (whole / path).read_bytes()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", [*NAMES[::3], WORST, "~", "co:lon"])
def test_runs_and_sweeps_are_written_and_read_under_any_name(folder, name):
    Path("in").mkdir()
    scenario, sweep = Path("in") / f"{name.replace('/', '-')}.toml", Path("in") / f"{name.replace('/', '-')} 2.toml"
    scenario.write_text("steps = 2\n[nations]\nselect = [\"FRA\", \"DEU\"]\n")
    sweep.write_text(f'scenario = {json.dumps(scenario.name)}\ndesign = {{ method = "grid" }}\n'
                     "factors = { portability = [0.2, 0.4] }\n")  # fmt: skip
    out = f"./{name}"
    assert abm("run", scenario, "--replicates", 2, "--figures", "none", "--quiet", "--out", f"{out}/r") == 0
    assert runs.open(f"{out}/r").runs(["run"])["run"].tolist() == [0, 1]
    assert abm("sweep", sweep, "--quiet", "--out", f"{out}/s") == 0
    assert np.array_equal(runs.open(f"{out}/s").runs(["portability"])["portability"], [0.2, 0.4])
    assert abm("run", f"{out}/s/manifest.json", "--figures", "none", "--quiet", "--out", f"{out}/again") == 0
    assert runs.open(f"{out}/again").runs().equals(runs.open(f"{out}/s").runs())


@pytest.mark.parametrize("name", [*NAMES, WORST])
def test_a_list_of_nations_of_any_name_is_read(folder, name):
    path = Path("in") / f"{name}.csv"
    path.parent.mkdir(parents=True)
    nations = data.economies().index[:24]
    path.write_text("iso3,value\n" + "".join(f"{iso3},{index % 2}\n" for index, iso3 in enumerate(nations)))
    assert lists.read_list(lists.find(str(path)), nations).tolist() == [0, 1] * 12


def test_a_point_of_a_result_is_told_from_a_directory_with_a_colon(whole, folder, capsys):
    """`DIR:POINT` is a point only where no directory is called so."""
    shutil.copytree(whole, Path("out"))
    assert abm("compare", "out:0", "out:1") == 0
    sweeps.carry(sweeps.plan(points=1, replicates=2, chunk=2, steps=12), Path("out:1"))
    capsys.readouterr()
    assert abm("compare", "out:1", "out:0") == 0
    assert "levers:1" not in capsys.readouterr().out  # as the second point of `out` is called
    assert abm("compare", "out:1:0", "out:0") == 0


def test_names_that_no_file_system_can_hold_are_one_sentence(folder, capsys):
    for name in ("nul\0l", "e" * 300, "a/" * 3000):
        for command in (("status",), ("replay",), ("run", "baseline", "--figures", "none", "--replicates", "1", "--out")):
            words = [*command, name, *(["0"] if command == ("replay",) else [])]
            assert abm(*words) == 2
            told = capsys.readouterr().err
            assert told.startswith("abm: ")
            assert "Traceback" not in told
