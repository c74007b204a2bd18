"""What a chunk of runs leaves: one Parquet table a kind, with units and meanings in the columns' metadata."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from abm import measures, options, temporal_network
from abm.world import World
from runs.chunk import Chunk
from runs.ensemble import Results


def _field(name: str, kind: pa.DataType, unit: str, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"unit": unit, "meaning": meaning})


def _measure_fields(vendors: tuple[str, ...]) -> list[pa.Field]:
    return [_field(name, pa.float64(), m.unit, m.meaning) for name, m in measures.columns(vendors).items()]


def label(job: str, chunk: int, table: str) -> dict[bytes, bytes]:
    """What stands in a file's footer: whose it is. A file that was moved, or swapped with another, shows by it."""
    return {b"job": job.encode(), b"chunk": str(chunk).encode(), b"table": table.encode()}


NAME = pa.dictionary(pa.int32(), pa.string())
_RUN = _field("run", pa.int64(), "", "number of the run: point * replicates + replicate")
_STEP = _field("step", pa.int32(), "steps", "step; 0 is the start")
_TIME = _field("time", pa.float64(), "year", "date of the step as a decimal year")

CHOICES = pa.schema(
    [
        _RUN,
        _STEP,
        _TIME,
        _field("iso3", NAME, "", "nation, ISO 3166"),
        _field("option", NAME, "", "what the nation has chosen"),
        _field("coalition", NAME, "", "its coalition, numbered in the order of founding; null outside"),
    ]
)
TIES = pa.schema(
    [
        _RUN,
        _field("source", NAME, "", "nation, ISO 3166"),
        _field("target", NAME, "", "vendor, coalition or nation"),
        _field("kind", NAME, "", "client, member or ally"),
        _field("start", pa.float64(), "year", "date from which the tie stands"),
        _field("end", pa.float64(), "year", "date from which it stands no more; null while it stands at the end"),
    ]
)


def series_schema(vendors: tuple[str, ...]) -> pa.Schema:
    """Columns of the series: run, step, time and every measure."""
    return pa.schema([_RUN, _STEP, _TIME, *_measure_fields(vendors)])


def runs_schema(chunk: Chunk) -> pa.Schema:
    """Columns of the runs: number, point, replicate, seed, every factor, status, error, measures at the last step."""
    return pa.schema(
        [
            _RUN,
            _field("point", pa.int64(), "", "design point"),
            _field("replicate", pa.int64(), "", "replicate; the same number has the same draws at every point"),
            _field("seed", pa.uint64(), "", "seed of the run"),
            *(_field(f.name, NAME if f.levels else pa.float64(), "", "varied") for f in chunk.factors),
            _field("status", NAME, "", "done or failed"),
            _field("error", pa.string(), "", "why the run failed; empty where it did not"),
            *_measure_fields(chunk.scenario.vendor_names),
        ]
    )


def schemas(chunk: Chunk) -> dict[str, pa.Schema]:
    """Columns of every table."""
    series = series_schema(chunk.scenario.vendor_names)
    return {"runs": runs_schema(chunk), "series": series, "choices": CHOICES, "ties": TIES}


def runs_table(chunk: Chunk, indices: np.ndarray, errors: np.ndarray, outcomes: np.ndarray) -> pa.Table:
    """A row per run. ``errors`` (R,) texts, empty where none; ``outcomes`` (R, M) measures at the last step."""
    numbers = chunk.numbers[indices]
    varied = [
        _names([_text(level) for level in factor.levels], column) if factor.levels else column
        for factor, column in zip(chunk.factors, chunk.points[indices].T)
    ]
    columns = [
        numbers,
        numbers // chunk.replicates,
        numbers % chunk.replicates,
        chunk.seeds[indices],
        *varied,
        _names(["done", "failed"], errors != ""),
        errors,
        *_nullable(outcomes),
    ]
    return pa.table(columns, schema=runs_schema(chunk))


def _text(level) -> str:
    if isinstance(level, dict):
        return ", ".join(f"{name} = {value}" for name, value in level.items())
    return " ".join(level) if isinstance(level, list | tuple) else str(level)


def _nullable(values: np.ndarray) -> list[pa.Array]:
    """Columns of a matrix; a measure that is not defined (no coalition, say) is null."""
    return [pa.array(column, from_pandas=True) for column in np.ascontiguousarray(values.T)]


def series_table(world: World, runs: np.ndarray, results: Results) -> pa.Table:
    """A row per run and step: date and every measure."""
    count, steps, width = results.series.shape
    step = np.tile(np.arange(steps, dtype=np.int32), count)
    columns = [np.repeat(runs, steps), step, _dates(world, steps)[step]]
    return pa.table([*columns, *_nullable(results.series.reshape(-1, width))], schema=series_schema(world.vendors))


def choices_table(world: World, runs: np.ndarray, results: Results) -> pa.Table:
    """A row per run, step and nation: its option, and its coalition where it is in one."""
    count, steps, n = results.sources.shape
    step = np.tile(np.repeat(np.arange(steps, dtype=np.int32), n), count)
    option = options.of_source(results.sources.astype(np.int64), world.vendors).reshape(-1)
    serial = results.serials.reshape(-1)
    columns = [
        np.repeat(runs, steps * n),
        step,
        _dates(world, steps)[step],
        _names(world.iso3, np.tile(np.arange(n), count * steps)),
        _names(options.names(world.vendors), option),
        _names(_coalitions(serial), serial - 1, serial == 0),
    ]
    return pa.table(columns, schema=CHOICES)


def ties_table(world: World, runs: np.ndarray, results: Results) -> pa.Table:
    """A row per tie of the temporal network, from its first date to its last (null while it stands at the end)."""
    found, steps = temporal_network.all_ties(results.sources, results.serials, len(world.vendors)), results.sources.shape[1]
    coalitions = _coalitions(results.serials)
    first = np.array([0, len(world.vendors) - 1, len(world.vendors) + len(coalitions)])  # of each kind's targets
    dates = np.append(_dates(world, steps), np.nan)
    columns = [
        runs[found.run],
        _names(world.iso3, found.source),
        _names([*world.vendors, *coalitions, *world.iso3], found.target + first[found.kind]),
        _names(temporal_network.TIE_KINDS, found.kind),
        dates[found.start],
        pa.array(dates[found.end], from_pandas=True),
    ]
    return pa.table(columns, schema=TIES)


def _coalitions(serials: np.ndarray) -> list[str]:
    return [temporal_network.coalition_name(serial) for serial in range(1, int(serials.max(initial=0)) + 1)]


def _names(names, codes: np.ndarray, absent: np.ndarray | None = None) -> pa.Array:
    """Names by position, kept as positions in a dictionary, which takes little memory and is quickly written."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=absent), pa.array(list(names), pa.string()))


def _dates(world: World, steps: int) -> np.ndarray:
    return np.array([world.date(step) for step in range(steps)])
