"""Doing the runs of a chunk: simulate, keep failures to the runs that fail, put the tables into the bytes of files.

A run fails by what its scenario's values cause: a world that cannot be built, a state that is not finite. Whatever else goes
wrong is a fault of the machine: it says nothing about the run, leaves no row and stops the sweep.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from abm import measures
from abm.scenario import Scenario
from abm.world import World
from runs.chunk import Chunk
from runs.ensemble import simulate
from runs.manifest import StoreError
from runs.tables import choices_table, label, runs_table, schemas, series_table, ties_table

_kept = threading.local()


class Done(NamedTuple):
    """A chunk that is done: each table as the bytes of a Parquet file, and how many of its runs failed; ``job`` and ``chunk`` are
    those of the :class:`runs.chunk.Chunk` it was, so that a chunk of another sweep is known for what it is."""

    files: dict[str, bytes]
    failed: int
    job: str
    chunk: int


def run_chunk(chunk: Chunk) -> Done:
    """Do the runs of a chunk. A pure function: it can be done anywhere, any number of times.

    Errors: StoreError in one sentence for a fault of the machine.
    """
    try:
        return _perform(chunk)
    except Exception as error:
        runs = f"runs {chunk.runs[0]} to {chunk.runs[-1]}"
        raise StoreError(f"{runs}: {_reason(error)}; what was finished is whole, and the same command goes on") from error


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory to do them"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be done: {error.filename or 'the system'}: {error.strerror}"
    return f"cannot be done: {type(error).__name__}: {error}"


def _perform(chunk: Chunk) -> Done:
    left = tables(chunk)
    failed = pc.sum(pc.equal(left["runs"]["status"], "failed")).as_py()
    files = {name: parquet(table, label(chunk.job, chunk.number, name)) for name, table in left.items()}
    return Done(files, failed, chunk.job, chunk.number)


def tables(chunk: Chunk) -> dict[str, pa.Table]:
    """What the runs of a chunk leave, each table by its name."""
    parts = [_world_runs(chunk, scenario, indices) for scenario, indices in chunk.worlds()]
    return {name: _joined([part[name] for part in parts]) for name in chunk.tables}


def _world_runs(chunk: Chunk, scenario: Scenario, indices: np.ndarray) -> dict[str, pa.Table]:
    try:
        world = _world(scenario)
    except ValueError as error:  # a world that cannot be built costs its own runs only
        return _failed(chunk, indices, str(error))
    return _simulated(chunk, scenario, world.copy(), indices)


def _simulated(chunk: Chunk, scenario: Scenario, world: World, indices: np.ndarray) -> dict[str, pa.Table]:
    results = simulate(
        world,
        scenario.content.steps,
        chunk.seeds[indices],
        chunk.varied,
        chunk.values()[indices],
        series="series" in chunk.tables,
        choices="choices" in chunk.tables or "ties" in chunk.tables,
    )
    make = {"series": series_table, "choices": choices_table, "ties": ties_table}
    tables = {name: make[name](world, chunk.numbers[indices], results) for name in chunk.tables if name != "runs"}
    failed = results.status > 0
    errors = np.array([f"the state is not finite from step {s} on" if s else "" for s in results.status.tolist()])
    return tables | {"runs": runs_table(chunk, indices, errors, np.where(failed[:, None], np.nan, results.outcomes))}


def _failed(chunk: Chunk, indices: np.ndarray, reason: str) -> dict[str, pa.Table]:
    """Rows for runs that left nothing."""
    vendors = chunk.scenario.vendor_names
    outcomes = np.full((len(indices), len(measures.columns(vendors))), np.nan)
    tables = {name: kind.empty_table() for name, kind in schemas(chunk).items() if name in chunk.tables[1:]}
    return tables | {"runs": runs_table(chunk, indices, np.array([reason] * len(indices)), outcomes)}


def _world(scenario: Scenario) -> World:
    """A scenario's world; this thread keeps the last one, since chunks mostly share it."""
    key = repr(scenario.document())
    if getattr(_kept, "key", None) != key:
        _kept.world, _kept.key = scenario.world(), key
    return _kept.world


def _joined(parts: list[pa.Table]) -> pa.Table:
    if len(parts) == 1:
        return parts[0]
    table = pa.concat_tables(parts).unify_dictionaries()
    return table.take(pc.sort_indices(table["run"]))


def parquet(table: pa.Table, labelled: dict[bytes, bytes]) -> bytes:
    """A table as the bytes of its file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(labelled), sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue().to_pybytes()
