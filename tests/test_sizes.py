"""What is too large for the machine is refused with the figures before any of it is built; what takes long is told of."""

import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm.scenario import Scenario
from analysis.commands.command_line import main
from runs import batch, resources, sweep_file
from runs.manifest import StoreError
from runs.plan import Factor, Plan
from runs.resources import check_files, duration
from tests import sweeps
from tests.test_command_line import abm, folder  # noqa: F401

DATES = f"[{', '.join(str(2026 + index / 1e5) for index in range(60_000))}]"


def sweep(design: str, factors: str = "portability = { low = 0, high = 1 }", more: str = "") -> str:
    return f'{more}\n[design]\n{design}\n[factors]\n{factors}\n'


BILLION = "{ low = 0, high = 1, count = 1_000_000_000 }"
THOUSANDS = "\n".join(f"{name} = {{ low = 0, high = 1, count = 1000 }}" for name in ("portability", "openness", "federated"))
GRID = 'method = "grid"'
LATIN, MORRIS = 'method = "latin_hypercube"\nsamples = ', 'method = "morris"\ntrajectories = '
#: Sweep file -> what is said of it.
REFUSED = {
    sweep(GRID, f"portability = {BILLION}"): "design: 1e+09 points over 1 factor are too many: at most 20,000,000",
    sweep('method = "one_at_a_time"', f"portability = {BILLION}"): "design: 1e+09 points over 1 factor are too many",
    sweep(GRID, THOUSANDS): "design: 1e+09 points over 3 factors are too many: at most 6,666,666 are laid out",
    sweep(GRID, "convening_size = { low = 4, high = 9, count = 1_000_000 }"): "count = 1000000 is more than the 6 whole",
    sweep(GRID, '"events[2].date" = { low = 2026, high = 2027, count = 1000 }'): "fall into the same step of 0.25 years",
    sweep(LATIN + "100_000_000"): "design: 1e+08 points over 1 factor are too many: at most 20,000,000 are laid out",
    sweep('method = "sobol"\nsamples = 134_217_728'): "design: 1.34e+08 points over 1 factor are too many",
    sweep('method = "saltelli"\nsamples = 8_388_608'): "design: 2.52e+07 points over 1 factor are too many",
    sweep('method = "saltelli"\nsecond_order = true\nsamples = 8_388_608'): "design: 3.36e+07 points over 1 factor",
    sweep(MORRIS + "100_000_000"): "design: 2e+08 points over 1 factor are too many",
    sweep(MORRIS + "8\nlevels = 1_000_000_000"): "design.levels: found 1000000000; input should be less than or equal to 1000",
    sweep(LATIN + "1" + "0" * 400): "found an integer of 401 digits",
    sweep(LATIN + "10", more="chunk = 1\nreplicates = 100_000"): "chunk = 1: 1,000,000 runs would leave 1,000,000 files a table, "
    "and at most 100,000 are kept; take fewer runs, or in a sweep file chunk = 10 or more",
    sweep(LATIN + "1_000_000", more="replicates = 1_000_000"): "1,000,000,000,000 runs would leave",
    sweep(LATIN + "10", "portability = { low = 0, high = 1, count = 3 }"): "portability: count: latin_hypercube draws",
    sweep(LATIN + "10", "convening_size = { low = 4, high = 9, log = true }"): "log = true: whole numbers are spaced evenly",
    sweep(GRID, more="set = { portability = 0.5 }"): "set.portability: is a factor too, so that no value of it holds",
    sweep(GRID, more='record = ["ties", "ties"]'): "record: a table is named twice",
    sweep(GRID, "portability = [0.1, 0.2, 0.1]"): "factors.portability: 0.1 stands there twice",
    sweep(GRID, 'admission = ["open", "open"]'): "factors.admission: 'open' stands there twice",
    sweep(GRID, '"events[2].date" = [2026.5, 2027.5, 2026.55]'): "2026.5 and 2026.55 fall into the same step of 0.25",
    sweep(GRID, f'"events[2].date" = {DATES}'): "2026 and 2026.00001 fall into the same step of 0.25 years",
    sweep(GRID, '"events[02].date" = [2026.5]'): "events[02].date: is written events[2].date",
    sweep(GRID, '"events[2].date" = [2026.5]\n"Events[2].Date" = [2027.5]'): "is written events[2].date",
    sweep(GRID, '"events[ 2 ].date" = [2026.5]'): "is written events[2].date",
    sweep(GRID, f'"events[{"9" * 50}].date" = [2026.5]'): "no such parameter",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=list(REFUSED.values()))
def test_a_sweep_too_large_or_with_the_same_runs_twice_is_refused_at_once(text, capsys):
    Path("own.toml").write_text(text, "utf-8")
    began = time.perf_counter()
    assert main(["sweep", "own.toml", "--quiet"]) == 2
    assert time.perf_counter() - began < 5
    said = capsys.readouterr().err
    assert REFUSED[text] in said
    assert said.count("\n") == 1
    assert not Path("results").exists()


WORDS = {
    "run small.toml --replicates 1e9": "found '1e9'; a whole number is needed",
    f"run small.toml --replicates {'9' * 400}": "999 ...; allowed is 1 to 1000000",
    f"run small.toml --seed {'9' * 5000}": "a whole number is needed",
    f"run small.toml --set notice={'9' * 400}": "notice: inf is outside",
    f"run small.toml --set notice={'9' * 5000}": "notice: inf is outside",
    f"run small.toml --set steps={'9' * 400}": "steps: found",
    f"ask tipping small.toml --threshold {'9' * 400}": "found 9999",
    f"ask tipping small.toml --precision {'9' * 400}": "a number above 0 is needed",
    "ask tipping small.toml --precision nan": "found 'nan'; a number above 0 is needed",
    "calibrate small.toml --points 1_000_000_000": "found 1000000000; allowed is 20 to 1000000",
    f"replay results/none {'9' * 400}": "9 ...; allowed is 0 to 9223372036854775808",
    f"view --replay results/none {'9' * 400}": "the number of a run is needed",
    "run /dev/zero": "/dev/zero: is a pipe or a device, not a scenario file",
    "sweep /dev/zero": "/dev/zero: is a pipe or a device, not a sweep file",
}


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[:60])
def test_numbers_on_the_command_line_are_bounded(words, capsys):
    status = abm(*words.split())
    said = capsys.readouterr().err
    assert status == 2
    assert WORDS[words] in said
    assert said.count("\n") == 1
    assert len(said) < 2500


def test_experiments_that_do_not_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr(resources, "memory", lambda: 8e9)
    scenario = Scenario.parse({"steps": 400}, "long")
    said = re.compile(r"2,000,000 runs take about \d+ GB of memory, and there are 8 GB: take fewer replicates")
    with pytest.raises(ValueError, match=said):
        batch.run_arms([scenario, scenario], 1_000_000, series=True)
    with pytest.raises(ValueError, match=said):
        batch.run_points(scenario, pd.DataFrame({"portability": [0.1, 0.9]}), 1_000_000, series=True)


def test_what_takes_long_is_told_with_its_time_and_room(tmp_path, monkeypatch):
    plan, told = sweeps.plan(points=50, replicates=30, chunk=500), []
    monkeypatch.setattr(resources, "LONG", 0)
    sweeps.carry(plan, tmp_path / "long", notice=told.append)
    assert len(told) == 1
    assert re.fullmatch(r"1,500 runs need about \d+ s on \d+ processors? and [\d.]+ MB", told[0])
    monkeypatch.setattr(resources, "ENDLESS", 0)
    with pytest.raises(StoreError, match=r"1,500 runs need about .*; take fewer points or replicates"):
        sweeps.carry(plan, tmp_path / "endless")


def test_a_plan_is_cut_into_no_more_files_than_a_directory_holds_well():
    scenario = Scenario.parse({"steps": 1}, "short")
    check_files(Plan(scenario, replicates=100_000, chunk=1))
    with pytest.raises(StoreError, match="chunk = 1: 100,001 runs would leave 100,001 files"):
        check_files(Plan(scenario, replicates=100_001, chunk=1))


def test_durations_are_read():
    said = [duration(seconds) for seconds in (3, 90, 5400, 400_000, 1e9)]
    assert said == ["3 s", "1 min", "1 h 30 min", "4 days", "32 years"]


def test_dates_of_a_design_are_those_that_are_run(tmp_path):
    """A drawn date is recorded as the step in which it falls, so that equal runs are equal points."""
    factors = '"events[2].date" = { low = 2026.1, high = 2028 }\nfee_us = { low = 0.1, high = 0.2 }'
    text = sweep('method = "saltelli"\nsamples = 16', factors)
    (tmp_path / "own.toml").write_text(text, "utf-8")
    plan = sweep_file.read(tmp_path / "own.toml")
    dates = plan.points[:, 0]
    steps = Factor("events[2].date").numbers(dates, plan.scenario)
    assert len(np.unique(dates)) == len(np.unique(steps)) == 8
    assert dates.min() == 2026.1
    assert ((dates == 2026.1) | (dates % 0.25 == 0)).all()


def test_a_file_full_of_faults_is_told_on_one_screen(capsys):
    Path("own.toml").write_text("[parameters]\n" + "".join(f"a{index} = 1\n" for index in range(1000)), "utf-8")
    assert main(["run", "own.toml"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 41
    assert said[-1] == "abm: and 960 more of the kind"
