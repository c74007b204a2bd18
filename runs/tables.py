"""What a chunk of runs leaves: one Parquet table a kind, with units and meanings in the columns' metadata."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from abm import measures, options, record
from abm.world import World
from runs.ensemble import Results, simulate
from runs.plan import Plan

_worlds = threading.local()


def chunk_files(plan: Plan, chunk: int) -> dict[str, bytes]:
    """Do the runs of a chunk and return each table as the bytes of a Parquet file.

    A pure function of the plan and the chunk: it can be done anywhere, any number of times.
    """
    parts: dict[str, list[pa.Table]] = {table: [] for table in plan.tables}
    for scenario, runs in plan.batches(chunk):
        try:
            world = _world(scenario)
        except ValueError as error:  # a world that cannot be built costs its own runs only
            parts["runs"].append(failed_table(plan, runs, str(error)))
            continue
        for table, part in _batch(plan, scenario, world, runs):
            parts[table].append(part)
    return {table: _parquet(pa.concat_tables(part)) for table, part in parts.items() if part}


def _batch(plan: Plan, scenario, world: World, runs: range) -> Iterator[tuple[str, pa.Table]]:
    results = simulate(
        world,
        scenario.content.steps,
        np.array([plan.seed_of(run) for run in runs], np.uint64),
        [varied for _, varied in plan.varied],
        plan.matrix(runs),
        series="series" in plan.tables,
        choices="choices" in plan.tables or "ties" in plan.tables,
    )
    make = {"runs": runs_table, "series": series_table, "choices": choices_table, "ties": ties_table}
    for table in plan.tables:
        yield table, make[table](plan, world, runs, results)


def _world(scenario) -> World:
    """A workspace of this thread for a scenario; the last one is kept, since chunks mostly share it."""
    key = repr(scenario.document())
    if getattr(_worlds, "key", None) != key:
        _worlds.key, _worlds.world = key, scenario.world()
    return _worlds.world.copy()


def _field(name: str, kind: pa.DataType, unit: str, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"unit": unit, "meaning": meaning})


_RUN = _field("run", pa.int64(), "", "number of the run: point * replicates + replicate")
_STEP = _field("step", pa.int32(), "steps", "step; 0 is the start")
_TIME = _field("time", pa.float64(), "year", "date of the step as a decimal year")


def _measure_fields(vendors: tuple[str, ...]) -> list[pa.Field]:
    return [_field(name, pa.float64(), m.unit, m.meaning) for name, m in measures.columns(vendors).items()]


def runs_table(plan: Plan, world: World, runs: range, results: Results) -> pa.Table:
    """A row per run: point, replicate, seed, what was varied, status and error, measures at the last step."""
    failed = results.status > 0
    errors = [f"the state is not finite from step {s} on" if s else "" for s in results.status.tolist()]
    return _runs_table(plan, runs, errors, np.where(failed[:, None], np.nan, results.outcomes))


def failed_table(plan: Plan, runs: range, error: str) -> pa.Table:
    """Rows for runs that could not be begun, with the reason."""
    width = len(measures.columns(plan.scenario.vendor_names))
    return _runs_table(plan, runs, [error] * len(runs), np.full((len(runs), width), np.nan))


def _runs_table(plan: Plan, runs: range, errors: list[str], outcomes: np.ndarray) -> pa.Table:
    fields = [
        _RUN,
        _field("point", pa.int64(), "", "design point"),
        _field("replicate", pa.int64(), "", "replicate; the same number has the same noise at every point"),
        _field("seed", pa.uint64(), "", "seed of the run"),
    ]
    columns: list = [list(runs), [plan.point(r) for r in runs], [r % plan.replicates for r in runs]]
    columns.append([plan.seed_of(run) for run in runs])
    varied = [plan.values(run) for run in runs]
    for factor in plan.factors:
        kind = pa.string() if factor.levels else pa.float64()
        fields.append(_field(factor.name, kind, "", "varied"))
        columns.append([_text(values[factor.name]) if factor.levels else values[factor.name] for values in varied])
    fields += [
        _field("status", pa.string(), "", "done or failed"),
        _field("error", pa.string(), "", "why the run failed; empty where it did not"),
        *_measure_fields(plan.scenario.vendor_names),
    ]
    columns += [["failed" if error else "done" for error in errors], errors]
    return pa.table([*columns, *_nullable(outcomes)], schema=pa.schema(fields))


def _text(level) -> str:
    return " ".join(level) if isinstance(level, list | tuple) else str(level)


def _nullable(values: np.ndarray) -> list[pa.Array]:
    """Columns of a matrix; a measure that is not defined (no coalition, say) is null."""
    return [pa.array(values[:, column], from_pandas=True) for column in range(values.shape[1])]


def series_table(plan: Plan, world: World, runs: range, results: Results) -> pa.Table:
    """A row per run and step: date and every measure."""
    count, steps, width = results.series.shape
    run, step = np.repeat(np.array(runs, np.int64), steps), np.tile(np.arange(steps, dtype=np.int32), count)
    columns = _nullable(results.series.reshape(count * steps, width))
    schema = pa.schema([_RUN, _STEP, _TIME, *_measure_fields(world.vendors)])
    return pa.table([run, step, _dates(world, steps)[step], *columns], schema=schema)


def choices_table(plan: Plan, world: World, runs: range, results: Results) -> pa.Table:
    """A row per run, step and nation: its option, and its coalition where it is in one."""
    count, steps, n = results.sources.shape
    step = np.tile(np.repeat(np.arange(steps, dtype=np.int32), n), count)
    option = options.of_source(results.sources.astype(np.int64), world.vendors).reshape(-1)
    serial = results.serials.reshape(-1).astype(np.int32)
    coalitions = [record.coalition_name(s) for s in range(1, int(serial.max(initial=0)) + 1)]
    schema = pa.schema(
        [
            _RUN,
            _STEP,
            _TIME,
            _field("iso3", pa.string(), "", "nation, ISO 3166"),
            _field("option", pa.string(), "", "what the nation has chosen"),
            _field("coalition", pa.string(), "", "its coalition, numbered in the order of founding; null outside"),
        ]
    )
    return pa.table(
        [
            np.repeat(np.array(runs, np.int64), steps * n),
            step,
            _dates(world, steps)[step],
            _names(world.iso3, np.tile(np.arange(n), count * steps)),
            _names(options.names(world.vendors), option),
            _names(coalitions, np.ma.masked_array(serial - 1, serial == 0)),
        ],
        schema=schema,
    )


def _names(names, codes) -> pa.Array:
    mask = np.ma.getmaskarray(codes) if isinstance(codes, np.ma.MaskedArray) else None
    indices = pa.array(np.ma.getdata(codes).astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string())).cast(pa.string())


def ties_table(plan: Plan, world: World, runs: range, results: Results) -> pa.Table:
    """A row per tie of the temporal network, from its first date to its last (null while it stands at the end)."""
    dates = _dates(world, results.sources.shape[1]).tolist()
    rows = [
        (run, source, target, kind, dates[start], None if end is None else dates[end])
        for place, run in enumerate(runs)
        for source, target, kind, start, end in record.ties(
            results.sources[place], results.serials[place], world.iso3, world.vendors
        )
    ]
    schema = pa.schema(
        [
            _RUN,
            _field("source", pa.string(), "", "nation, ISO 3166"),
            _field("target", pa.string(), "", "vendor, coalition or nation"),
            _field("kind", pa.string(), "", "client, member or ally"),
            _field("start", pa.float64(), "year", "date from which the tie stands"),
            _field("end", pa.float64(), "year", "date from which it stands no more; null while it stands at the end"),
        ]
    )
    columns = list(zip(*rows, strict=True)) if rows else [[]] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def _dates(world: World, steps: int) -> np.ndarray:
    return np.array([world.date(step) for step in range(steps)])


def _parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()

