"""Sweeps: what a sweep file may say, and that the same sweep leaves the same bytes however it is carried out."""

import errno
import json
import multiprocessing
import os
import re
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import runs
from abm.parameters import plausible
from abm.scenario import Scenario, ScenarioError
from runs import execution as work
from runs import library, sweep_file
from runs.execution import run_chunk
from runs.manifest import StoreError
from runs.plan import Factor, Plan
from runs.sweep import local
from runs.sweep_file import SweepError
from tests import sweeps, worlds

SHIPPED = library.names(library.SWEEPS)
SWEEP = """
scenario = "baseline"
replicates = 2
[design]
method = "grid"
[factors]
portability = [0.2, 0.8]
"""


def read(tmp_path, text):
    path = tmp_path / "sweep.toml"
    path.write_text(text, "utf-8")
    return sweep_file.read(path)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_sweep_is_sound_to_its_last_run(name):
    plan = sweep_file.read(library.find(name, library.SWEEPS, "sweep"))
    assert plan.title
    assert plan.count >= 50
    assert len(np.unique(plan.points, axis=0)) > 1
    for run in (0, plan.count // 2, plan.count - 1):
        assert plan.scenario_of(run)


def test_shipped_sweeps_show_every_design():
    shown = {sweep_file.read(library.find(name, library.SWEEPS)).design["method"] for name in SHIPPED}
    assert shown >= {"grid", "one_at_a_time", "latin_hypercube", "saltelli", "morris", "csv"}


def test_a_sweep_file_says_everything(tmp_path):
    plan = read(tmp_path, """
        title = "All of it"
        scenario = "baseline"
        replicates = 3
        seed = 5
        record = ["ties", "series"]
        chunk = 11
        set = { steps = 20, fee_china = 0.3 }
        [design]
        method = "grid"
        [factors]
        convening_size = { low = 4, high = 8, count = 3 }
        admission = ["unanimity", "open"]
        nations = ["eu", ["FRA", "DEU"], { minimum_gdp = 500.0 }]
        "events[2].date" = [2027-07-01, 2028.25]
        "events[2].h100e" = [1e5, 1e6]
    """)
    assert (plan.name, plan.title, plan.seed, plan.chunk) == ("sweep", "All of it", 5, 11)
    assert plan.tables == ("runs", "series", "ties")
    assert plan.count == 3 * 2 * 3 * 2 * 2 * 3
    last = plan.scenario_of(plan.count - 1)
    assert last.content.steps == 20
    assert last.content.parameters == {"fee_china": 0.3, "convening_size": 8.0, "admission": "open"}
    assert last.content.nations.minimum_gdp == 500
    assert (last.content.events[1].date, last.content.events[1].h100e) == (2028.25, 1e6)
    assert plan.values(0)["events[2].date"] == 2027.5


def test_a_factor_ranges_over_what_the_parameters_table_calls_plausible(tmp_path):
    """Wide enough for the scenario's own value, which half to double is relative to; every name of a choice."""
    plan = read(tmp_path, """
        set = { fee_us = 0.6, severity = 0.2 }
        [design]
        method = "one_at_a_time"
        [factors]
        fee_us = "plausible"
        hardware = "plausible"
        severity = "plausible"
        admission = "plausible"
    """)
    fee, hardware, severity, admission = plan.design["ranges"]
    found = plausible("fee_us")
    assert (fee["low"], fee["high"]) == (found.low, 0.6)
    assert found.high < 0.6
    assert hardware["log"] is plausible("hardware").log is True
    assert (severity["low"], severity["high"]) == (0.1, 0.4)
    assert len(admission["values"]) == 3


def test_a_table_of_points_is_taken_as_it_stands(tmp_path):
    (tmp_path / "points.csv").write_text("portability,admission,nations\n0.1,open,eu\n0.9,majority,FRA DEU\n", "utf-8")
    plan = read(tmp_path, '[design]\nmethod = "csv"\nfile = "points.csv"\n')
    assert [plan.values(run) for run in range(2)] == [
        {"portability": 0.1, "admission": "open", "nations": "eu"},
        {"portability": 0.9, "admission": "majority", "nations": ["FRA", "DEU"]},
    ]


FAULTS = {
    'replicates = 2\nfactors.portability=[1]': "design: is missing",
    SWEEP.replace("portability", "portabilty"): "factors.portabilty: no such parameter; did you mean portability?",
    SWEEP.replace("portability = [0.2, 0.8]", 'nations = "plausible"'): "found 'plausible'; a list of values is needed",
    SWEEP.replace("0.8", "1.8"): "factors.portability: 1.8 is outside 0 to 1",
    SWEEP.replace("[0.2, 0.8]", "{ low = 0.2, high = 1.8, count = 3 }"): "factors.portability: 1.8 is outside 0 to 1",
    SWEEP.replace("[0.2, 0.8]", "{ low = 0.8, high = 0.2 }"): "low = 0.8 must lie below high = 0.2",
    SWEEP.replace("[0.2, 0.8]", "{ low = 0.2, high = 0.8, count = 1 }"): "count = 1; a whole number from 2 is needed",
    SWEEP.replace("[0.2, 0.8]", "{ low = 0.0, high = 0.8, log = true }"): "low above 0",
    SWEEP.replace("[0.2, 0.8]", "{ low = 0.2, high = 0.8, step = 1 }"): "step: a range takes low, high, count and log",
    SWEEP.replace("[0.2, 0.8]", "[]"): "a list of values is needed, or { low = ..., high = ... }, or \"plausible\"",
    SWEEP.replace("[0.2, 0.8]", "0.2"): "found 0.2; a list of values is needed",
    SWEEP.replace("[0.2, 0.8]", '["low"]'): "found 'low'; a number is needed",
    SWEEP.replace("portability = [0.2, 0.8]", "convening_size = [4.5]"): "4.5 is not a whole number",
    SWEEP.replace("portability = [0.2, 0.8]", 'admission = ["opne"]'): "did you mean open?",
    SWEEP.replace("portability = [0.2, 0.8]", "admission = { low = 0, high = 2 }"): "list those to vary",
    SWEEP.replace("portability = [0.2, 0.8]", 'nations = ["eurpe"]'): "eurpe: no such group",
    SWEEP.replace("portability = [0.2, 0.8]", 'nations = [["FRA", "DEX"]]'): "DEX: no such nation",
    SWEEP.replace("portability = [0.2, 0.8]", '"events[9].date" = [2026]'): "no such event; the scenario has 2",
    SWEEP.replace("portability = [0.2, 0.8]", '"events[1].years" = [2]'): "what can be varied is date, h100e",
    SWEEP.replace("portability = [0.2, 0.8]", '"events[1].date" = [2026, 2050]'): "2050 is outside the run's time",
    SWEEP.replace("replicates = 2", "replicates = 0"): "replicates: found 0",
    SWEEP.replace("replicates = 2", "replicas = 2"): "replicas: no such field; did you mean replicates?",
    SWEEP.replace("replicates = 2", 'record = ["serie"]'): "serie: cannot be recorded; did you mean series?",
    SWEEP.replace('"baseline"', '"basline"'): "basline: no such scenario; did you mean baseline?",
    SWEEP.replace('"grid"', '"gird"'): "gird: no such design; did you mean grid?",
    SWEEP.replace('"grid"', '"sobol"'): "design.samples: is missing, sobol needs it",
    SWEEP.replace('"grid"', '"sobol"\nsamples = 1'): "needs at least 2",
    SWEEP.replace('"grid"', '"grid"\nsamples = 8'): "design.samples: grid does not take it",
    SWEEP.replace('"grid"', '"csv"\nfile = "none.csv"').partition("[factors]")[0]: "none.csv: no such file",
    SWEEP.partition("portability")[0]: "factors: is missing",
    SWEEP + "set = 3": "factors.set",
    "[design\n": "is not valid TOML",
    "  \n": "is empty; a sweep needs at least a title",
}


@pytest.mark.parametrize("text", FAULTS, ids=list(FAULTS.values()))
def test_a_fault_in_a_sweep_file_is_one_sentence_with_the_file(tmp_path, text):
    with pytest.raises((SweepError, ScenarioError), match=re.escape(FAULTS[text])) as caught:
        read(tmp_path, text)
    assert re.search(r"sweep\.toml: |none\.csv: ", str(caught.value))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "is empty; a table needs a line with the names of the columns"),
        ("portability\n", "and a line for each row"),
        ("portability,taste_scale\n0.1\n", "line 2: has 1 value under 2 names"),
        ("portability\n0.1\n2\n", "line 3: column portability: 2.0 is outside 0 to 1"),
        ("portability\n0.1\nmuch\n", "line 3: column portability: found 'much'; a number is needed"),
        ("portabilty\n0.1\n", "did you mean portability?"),
        ("nations\nFRA XYZ\n", "XYZ: no such nation"),
    ],
)
def test_a_fault_in_a_table_of_points_is_named(tmp_path, table, sentence):
    (tmp_path / "points.csv").write_text(table, "utf-8")
    with pytest.raises(SweepError, match=re.escape(sentence)):
        read(tmp_path, '[design]\nmethod = "csv"\nfile = "points.csv"\n')


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return sweeps.carry(sweeps.plan(), tmp_path_factory.mktemp("undisturbed"))


def processes(plan, chunks):
    """Two processes of their own, which share nothing with this one."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        yield from zip(chunks, pool.map(run_chunk, [plan.part(chunk) for chunk in chunks]))


def backwards(plan, chunks):
    """The last chunk first."""
    return local(1)(plan, chunks[::-1])


@pytest.mark.parametrize("execute", [local(1), local(2), local(5), backwards, processes])
def test_files_are_the_same_to_the_byte_however_the_chunks_are_done(execute, undisturbed, tmp_path):
    assert sweeps.files(sweeps.carry(sweeps.plan(), tmp_path, execute)) == sweeps.files(undisturbed)


@pytest.mark.parametrize("chunk", [1, 7, 24, 1000])
def test_runs_are_the_same_to_the_bit_in_chunks_of_any_size(chunk, undisturbed, tmp_path):
    sweeps.assert_same(sweeps.carry(replace(sweeps.plan(), chunk=chunk), tmp_path, local(2)), undisturbed)


def test_a_selection_of_nations_makes_its_own_world_in_any_order_of_points(tmp_path):
    levels = ("eu", ["FRA", "DEU", "JPN", "CAN"], "g7")
    baseline = library.scenario("baseline").with_values({"steps": 12})
    points = np.array([[2, 0.1], [0, 0.5], [2, 0.9], [1, 0.5]])
    plan = Plan(baseline, (Factor("nations", levels), Factor("portability")), points, 3, chunk=5)
    directory = sweeps.carry(plan, tmp_path / "all")
    counts = sweeps.tables(directory)["choices"].groupby("run")["iso3"].nunique().tolist()
    assert counts == [6] * 3 + [27] * 3 + [6] * 3 + [4] * 3
    for path in directory.glob("*/*.parquet"):
        assert (np.diff(pq.read_table(path)["run"].to_numpy()) >= 0).all()
    for run in (0, 4, 11):
        alone = sweeps.carry(Plan(plan.scenario_of(run), replicates=1, seed=plan.seed_of(run)), tmp_path / str(run))
        mine = sweeps.tables(directory)["series"].query(f"run == {run}").drop(columns="run").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, sweeps.tables(alone)["series"].drop(columns="run"), check_exact=True)


def test_the_same_replicate_has_the_same_noise_at_every_point_which_saves_variance(tmp_path):
    """The variance of a difference between two points is several times smaller than with noise of their own."""
    scenario, points = worlds.plain(12, 20), np.array([[0.5], [0.6]])
    plan = Plan(scenario, (Factor("portability"),), points, 200, tables=("runs",))
    table = runs.open(sweeps.carry(plan, tmp_path, local(2))).runs(["point", "seed", "net_benefit"])
    one, other = (table[table["point"] == point].set_index("seed")["net_benefit"] for point in (0, 1))
    assert one.index.equals(other.index)
    shared = np.var(one.to_numpy() - other.to_numpy())
    own = np.var(one.to_numpy() - np.roll(other.to_numpy(), 1))
    assert shared < own / 4


MACHINE = {
    "runs 5 to 9: there is not enough memory to do them": MemoryError("no room"),
    "runs 5 to 9: there is not enough memory to do them;": np._core._exceptions._ArrayMemoryError((9,), np.dtype(float)),
    "runs 5 to 9: cannot be done: /cache: No space left on device": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/cache"),
    "runs 5 to 9: cannot be done: EOFError: Ran out of input": EOFError("Ran out of input"),
    "runs 5 to 9: cannot be done: ValueError: not of the scenario": ValueError("not of the scenario"),
}


@pytest.mark.parametrize("sentence", MACHINE)
def test_a_fault_of_the_machine_is_no_failed_run_and_the_same_command_goes_on(tmp_path, undisturbed, monkeypatch, sentence):
    simulate = work.simulate

    def failing(world, steps, seeds, *rest, **options):
        if seeds.tolist() == sweeps.plan().part(1).seeds.tolist():
            raise MACHINE[sentence]
        return simulate(world, steps, seeds, *rest, **options)

    with monkeypatch.context() as broken:
        broken.setattr(work, "simulate", failing)
        with pytest.raises(StoreError, match=f"{sentence}.*what was finished is whole, and the same command goes on"):
            sweeps.carry(sweeps.plan(), tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "interrupted"
    assert not sweeps.tables(tmp_path)["runs"]["status"].eq("failed").any()
    sweeps.carry(sweeps.plan(), tmp_path)
    assert sweeps.files(tmp_path) == sweeps.files(undisturbed)


def test_who_stops_does_not_wait_for_chunks_that_nobody_takes(tmp_path, undisturbed, monkeypatch):
    simulate, go_on = work.simulate, threading.Event()

    def slow(world, steps, seeds, *rest, **options):
        if seeds.tolist() != sweeps.plan().part(0).seeds.tolist():
            assert go_on.wait(60)
        return simulate(world, steps, seeds, *rest, **options)

    def stop(done, before, failed):
        if done:
            raise KeyboardInterrupt

    with monkeypatch.context() as slowed:
        slowed.setattr(work, "simulate", slow)
        with pytest.raises(KeyboardInterrupt):
            sweeps.carry(sweeps.plan(), tmp_path, local(2), progress=stop)
        assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "interrupted"
        go_on.set()
    sweeps.carry(sweeps.plan(), tmp_path)
    assert sweeps.files(tmp_path) == sweeps.files(undisturbed)


def test_a_run_whose_state_overflows_is_a_row_with_the_step(tmp_path):
    wild = {"growth": 0.2, "growth_feedback": 2.0, "value_start": 0.2, "value_end": 0.5}
    scenario = worlds.plain(3, 400, **wild).with_values({"step_years": 5.0})
    plan = Plan(scenario, (Factor("growth"),), np.array([[0.0], [0.2]]), 1, tables=("runs",))
    table = runs.open(sweeps.carry(plan, tmp_path)).runs()
    assert table["status"].tolist()[-1] == "failed"
    assert re.fullmatch(r"the state is not finite from step \d+ on", table["error"].tolist()[-1])


def test_a_world_that_cannot_be_built_costs_its_own_runs_only(tmp_path, monkeypatch):
    baseline = library.scenario("baseline").with_values({"steps": 12})
    plan = Plan(baseline, (Factor("nations", ("g7", ["TWN"])),), np.array([[0.0], [1.0]]), 2, chunk=4)
    world = Scenario.world

    def refuse(self, seed=0):
        if self.content.nations.select == ["TWN"]:
            raise ValueError("nations.csv: TWN: population_m is blank")
        return world(self, seed)

    with monkeypatch.context() as broken:
        broken.setattr(Scenario, "world", refuse)
        table = runs.open(sweeps.carry(plan, tmp_path)).runs()
    assert table["status"].tolist() == ["done", "done", "failed", "failed"]
    assert table["error"].tolist()[2:] == ["nations.csv: TWN: population_m is blank"] * 2
    assert table["net_benefit"].isna().tolist() == [False, False, True, True]
    sweeps.carry(plan, tmp_path)
    assert runs.open(tmp_path).runs()["status"].eq("failed").sum() == 2
    sweeps.carry(plan, tmp_path, retry_failed=True)
    assert json.loads((tmp_path / "manifest.json").read_text())["failed"] == 0
    assert runs.open(tmp_path).runs()["status"].eq("done").all()


CHANGES = {
    "replicates was 4, now 5": {"replicates": 5},
    "seed was 7, now 8": {"seed": 8},
    "tables differ": {"tables": ("runs", "ties")},
    "points differ": {"points": sweeps.plan().points + [0.001, 0, 0, 0, 0]},
    "scenario differs in steps": {"scenario": worlds.levers(8, 13)},
    "factors differ": {"factors": (Factor("openness"), *sweeps.FACTORS[1:])},
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_directory_of_another_sweep_is_refused_with_what_differs(reason, undisturbed):
    before = sweeps.files(undisturbed)
    with pytest.raises(StoreError, match=reason):
        sweeps.carry(replace(sweeps.plan(), **CHANGES[reason]), undisturbed)
    assert sweeps.files(undisturbed) == before


def test_changed_sources_are_refused_until_forced(tmp_path):
    plan = sweeps.plan(2)
    sweeps.carry(plan, tmp_path)
    origin = runs.open(tmp_path).manifest["provenance"]
    sweeps.amended(tmp_path, provenance=origin | {"sources": "0123456789abcdef"})
    with pytest.raises(StoreError, match="other sources of the model"):
        sweeps.carry(plan, tmp_path)
    sweeps.carry(plan, tmp_path, overwrite=True)
    sweeps.amended(tmp_path, provenance=origin | {"packages": origin["packages"] | {"numba": "0.1"}})
    with pytest.raises(StoreError, match=r"begun with numba 0\.1"):
        sweeps.carry(plan, tmp_path)


def test_other_chunks_or_another_name_are_the_same_sweep(undisturbed):
    before = sweeps.files(undisturbed)
    sweeps.carry(replace(sweeps.plan(), chunk=3, name="other"), undisturbed)
    assert sweeps.files(undisturbed) == before


def test_a_design_of_many_points_stands_beside_the_manifest_and_is_checked(tmp_path):
    points = np.random.default_rng(0).random((12_000, 1))
    plan = Plan(worlds.plain(2, 1), (Factor("portability"),), points, 1, tables=("runs",))
    sweeps.carry(plan, tmp_path, local(2))
    assert (tmp_path / "manifest.json").stat().st_size < 5000
    result = runs.open(tmp_path)
    assert np.array_equal(result.plan.points, points)
    assert np.array_equal(result.runs(["portability"])["portability"], points[:, 0])
    content = (tmp_path / "points.parquet").read_bytes()
    (tmp_path / "points.parquet").write_bytes(content[:-1000])
    with pytest.raises(StoreError, match=r"points.parquet: the points of the design cannot be read"):
        runs.open(tmp_path)
