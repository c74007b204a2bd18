"""Small sweeps that the tests share, and what they left on disk."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from runs.execution import parquet
from runs.integrity import chunk_files
from runs.manifest import files_of, listed, read_manifest, sealed
from runs.plan import TABLES, Factor, Plan
from runs.results import Result
from runs.store import Store
from runs.sweep import Executor, local, run_plan
from tests import worlds

#: A factor of every kind that a world of invented nations has.
FACTORS = (
    Factor("portability"),
    Factor("admission", ("open", "majority", "unanimity")),
    Factor("events[4].date"),
    Factor("events[4].h100e"),
    Factor("events[8].value"),
)


def plan(points: int = 6, replicates: int = 4, tables: tuple[str, ...] = TABLES, chunk: int = 5, steps: int = 10) -> Plan:
    """A plan over all kinds of factors in a small world with all levers on."""
    chance = np.random.default_rng(0)
    columns = (
        chance.random(points),
        chance.integers(0, 3, points),
        chance.uniform(2025, 2027, points),
        chance.uniform(1e4, 1e6, points),
        chance.random(points),
    )
    return Plan(worlds.levers(8, max(steps, 12)), FACTORS, np.column_stack(columns), replicates, 7, tables, chunk)


def carry(plan: Plan, directory: Path, execute: Executor | None = None, **options) -> Path:
    """Carry a plan out, in one thread unless told otherwise."""
    run_plan(plan, Store(directory), execute or local(1), **options)
    return directory


def amended(directory: Path, **fields) -> None:
    """Give a result's manifest other values of some fields, sealed as if it had been written so."""
    manifest = read_manifest(directory) | fields
    (directory / "manifest.json").write_bytes(sealed(manifest))


def with_failed(directory: Path, where: str, error: str = "it broke") -> Result:
    """A result of which some runs failed (``where``, in SQL), sealed as if they had."""
    files, store = files_of(read_manifest(directory)), Store(directory)
    with store.lock():
        for chunk, path in chunk_files(directory, "runs"):
            table = duckdb.sql(
                f"select * replace (case when {where} then 'failed' else status end as status, "
                f"case when {where} then '{error}' else error end as error) from '{path}'"
            ).to_arrow_table()
            content = parquet(table.cast(pq.read_schema(path)), pq.read_schema(path).metadata)
            path.unlink()
            files |= {(file.table, file.chunk): file for file in store.write(chunk, {"runs": content})}
    amended(directory, files=listed(files.values()))
    return Result(directory)


def files(directory: Path) -> dict[str, bytes]:
    """Everything a sweep left that must not depend on how it came about."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", ".lock")
    }


def tables(directory: Path) -> dict[str, pd.DataFrame]:
    """Each table in order of run, which is all that chunks may change."""
    found = {}
    for folder in sorted(path for path in directory.iterdir() if path.is_dir()):
        table = duckdb.sql(f"select * from read_parquet('{folder}/*.parquet', filename = true)").df()
        found[folder.name] = table.sort_values(["run"], kind="stable", ignore_index=True).drop(columns="filename")
    return found


def assert_same(one: Path, other: Path) -> None:
    """The same tables to the last bit, after sorting by run."""
    left, right = tables(one), tables(other)
    assert left.keys() == right.keys()
    for name in left:
        pd.testing.assert_frame_equal(left[name], right[name], check_exact=True)
