"""Plans, the tables they leave, and reading them: what is recorded is what happened."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import runs
from abm import measures
from abm.model import Model
from runs import library
from runs.chunk import Chunk
from runs.factor import check_name
from runs.manifest import StoreError
from runs.plan import TABLES, Plan
from runs.sweep import local
from tests import sweeps, worlds

PLAN = sweeps.plan()


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return runs.open(sweeps.carry(PLAN, tmp_path_factory.mktemp("result")))


def test_a_plan_survives_json():
    again = Plan.parse(json.loads(json.dumps(PLAN.document())))
    assert again.document() == PLAN.document()
    assert np.array_equal(again.points, PLAN.points)


def test_every_run_stands_in_one_chunk():
    assert [run for chunk in range(PLAN.chunks) for run in PLAN.runs(chunk)] == list(range(PLAN.count))


def test_a_part_knows_its_runs_points_and_seeds():
    part: Chunk = PLAN.some(range(6, 11))
    assert part.seeds.tolist() == [PLAN.seed_of(run) for run in range(6, 11)]
    assert np.array_equal(part.points, PLAN.points[[1, 1, 2, 2, 2]])


@pytest.mark.parametrize(
    ("count", "tables", "least", "most"),
    [(100, TABLES, 1, 8), (10_000, ("runs",), 500, 1000), (10**6, ("runs",), 1000, 10_000), (10**6, TABLES, 50, 500)],
)
def test_the_size_of_a_chunk_is_chosen_by_its_work_and_memory(count, tables, least, most):
    plan = Plan(library.scenario("baseline"), replicates=count, tables=tables)
    assert least <= plan.chunk <= most


@pytest.mark.parametrize("run", [0, 5, 13, 23])
def test_a_run_of_a_sweep_is_the_run_that_mesa_steps(result, run):
    """Values set by the compiled ensemble and values written into the scenario give the same run, to the last bit."""
    model = Model(PLAN.scenario_of(run), rng=PLAN.seed_of(run))
    while not model.finished:
        model.step()
    row = result.runs().set_index("run").loc[run]
    for name, value in model.observed.items():
        assert np.array(row[name], float).tobytes() == np.array(value).tobytes() or np.isnan([row[name], value]).all(), name
    last = result.series().query(f"run == {run}").iloc[-1]
    assert last["net_benefit"] == row["net_benefit"]
    assert last["time"] == model.date


def test_the_runs_say_what_was_varied(result):
    table = result.runs()
    for run in range(PLAN.count):
        row = table.iloc[run]
        assert (row["run"], row["point"], row["replicate"], row["seed"]) == (run, run // 4, run % 4, 7 + run % 4)
        assert {name: row[name] for name in PLAN.values(run)} == PLAN.values(run)


def test_tables_carry_units_and_meanings(result):
    for table in ("runs", "series"):
        schema = pq.read_schema(next((result.directory / table).glob("*.parquet")))
        for name, measure in measures.columns(result.vendors).items():
            assert schema.field(name).metadata == {b"unit": measure.unit.encode(), b"meaning": measure.meaning.encode()}


def test_series_choices_and_ties_fit_together(result):
    steps, nations = PLAN.scenario.content.steps + 1, 8
    series, choices, ties = result.series(), result.choices(), result.ties()
    assert (len(series), len(choices)) == (PLAN.count * steps, PLAN.count * steps * nations)
    members = choices[choices["coalition"].notna()]
    assert set(members["option"]) == {"coalition"}
    shares = (choices["option"] == "coalition").groupby([choices["run"], choices["step"]]).mean()
    assert shares.to_numpy() == pytest.approx(series["nations_coalition"].to_numpy())
    standing = ties[(ties["kind"] == "member") & ties["end"].isna()]
    last = members[members["step"] == steps - 1]
    assert sorted(zip(standing["run"], standing["source"], standing["target"])) == sorted(
        zip(last["run"], last["iso3"], last["coalition"])
    )
    assert (ties["end"].fillna(9999) > ties["start"]).all()


def test_one_run_of_one_option_has_no_coalitions_and_no_allies(tmp_path):
    plan = Plan(worlds.plain(3, 4, convening_rate=0), replicates=1)
    found = runs.open(sweeps.carry(plan, tmp_path))
    assert found.choices()["coalition"].isna().all()
    assert set(found.ties()["kind"]) == {"client"}


def test_sql_reads_all_tables(result):
    query = "select count(*) from runs join series using (run) join choices using (run, step)"
    assert result.sql(query).fetchall() == [(PLAN.count * 13 * 8,)]
    assert result.sql("select count(distinct target) from ties where kind = 'client'").fetchall()[0][0] == 2


def test_only_the_columns_asked_for_are_read(result):
    assert list(result.runs(["run", "tension"])) == ["run", "tension"]
    assert list(result.series(["tension"])) == ["run", "step", "time", "tension"]


def test_xarray_has_points_replicates_and_factors(result):
    found = result.xarray(["tension", "net_benefit"])
    assert dict(found.sizes) == {"point": 6, "replicate": 4}
    assert found["portability"].values.tolist() == PLAN.points[:, 0].tolist()
    means = result.runs().groupby("point")["net_benefit"].mean()
    assert found["net_benefit"].mean("replicate").values == pytest.approx(means.to_numpy())
    assert dict(result.xarray(["tension"], series=True).sizes) == {"run": 24, "step": 13}


def test_a_run_opens_as_a_world(result):
    world = result.world(23)
    assert int(world.record.seed) == PLAN.seed_of(23)
    assert world.parameters()["portability"] == PLAN.points[5, 0]


def test_what_was_not_recorded_is_one_sentence(tmp_path):
    found = runs.open(sweeps.carry(replace(sweeps.plan(2), tables=("runs",)), tmp_path))
    with pytest.raises(StoreError, match="series were not recorded; recorded are runs"):
        found.series()
    with pytest.raises(StoreError, match="holds no result"):
        runs.open(tmp_path / "none")


def test_what_stands_of_an_unfinished_sweep_is_read(tmp_path):
    def stop(plan, chunks):
        yield from local(1)(plan, chunks[:2])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweeps.carry(PLAN, tmp_path, stop)
    found = runs.open(tmp_path)
    assert (found.manifest["status"], len(found.runs())) == ("interrupted", 10)


def test_nothing_finished_is_one_sentence(tmp_path):
    def stop(plan, chunks):
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        sweeps.carry(PLAN, tmp_path, stop)
    with pytest.raises(StoreError, match="no run is finished yet"):
        runs.open(tmp_path).runs()


@pytest.mark.parametrize("name", ["portability", "fee_china", "events[1].date", "events[1].h100e", "nations"])
def test_factors_are_known(name):
    check_name(name, library.scenario("baseline"))


@pytest.mark.parametrize("name", ["fee", "events[0].date", "events[3].date", "events[1].note", "events[1].nations", "nation"])
def test_what_is_no_factor_is_refused(name):
    with pytest.raises(ValueError, match=r"no such|no size"):
        check_name(name, library.scenario("baseline"))


def test_pandas_and_sql_agree(result):
    means = result.sql("select admission, avg(tension) as tension from runs group by admission order by admission").df()
    own = result.runs().groupby("admission")["tension"].mean().reset_index()
    pd.testing.assert_frame_equal(means, own)
