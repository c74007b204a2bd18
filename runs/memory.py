"""The runs of a plan kept in memory: what a notebook wants, where nothing has to be resumed or kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from runs.execution import tables
from runs.plan import Plan
from runs.resources import check_tables
from runs.results import Tables
from runs.sweep import processors


class Runs(Tables):
    """What the runs of a plan left: the same tables as those of a result directory, to the last bit."""

    place = "the runs"

    def __init__(self, plan: Plan, held: dict[str, pa.Table]):
        self.plan, self._held = plan, held

    def __repr__(self) -> str:
        return f"Runs({self.plan.count:,} of {self.plan.name}; {', '.join(self.plan.tables)})"

    def _arrow(self, table: str) -> pa.Table:
        return self._held[table]


def in_memory(plan: Plan, workers: int | None = None, progress: Callable[[int], object] = lambda runs: None) -> Runs:
    """Do the runs of a plan in threads. Errors: ValueError where their tables would not fit into memory."""
    check_tables(plan)

    def done(chunk: int) -> dict[str, pa.Table]:
        runs = plan.runs(chunk)
        left = tables(plan.some(runs))
        progress(len(runs))
        return left

    with ThreadPoolExecutor(workers or processors()) as pool:
        parts = list(pool.map(done, range(plan.chunks)))
    return Runs(plan, {name: pa.concat_tables([part[name] for part in parts]).unify_dictionaries() for name in plan.tables})
