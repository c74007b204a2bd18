"""What series, choices and ties cost on top of the outcomes, in time and bytes a run."""

from __future__ import annotations

from runs.execution import run_chunk
from runs.plan import Plan
from tests.benchmarks.table import Table
from tests.benchmarks.timing import baseline, seconds

RUNS = 100


def measure(full: bool) -> list[Table]:
    """A row per table, as the difference to outcomes only."""
    alone, rows = _cost("runs"), []
    rows.append(["outcomes", 1e6 * alone[0], alone[1]])
    for table in ("series", "choices", "ties"):
        taken, _, size = _cost("runs", table)
        rows.append([f"{table}, on top", 1e6 * (taken - alone[0]), size])
    return [
        Table(
            "What is recorded: baseline world, one thread, chunks of 100 runs",
            ["table", "us a run", "bytes a run"],
            rows,
            "From the simulation to the bytes of the Parquet files (zstd).",
        )
    ]


def _cost(*tables: str) -> tuple[float, float, float]:
    part = Plan(baseline(), replicates=RUNS, tables=tables).some(range(RUNS))
    sizes = [len(content) / RUNS for content in run_chunk(part).files.values()]
    return seconds(lambda: run_chunk(part)) / RUNS, sizes[0], sizes[-1]
