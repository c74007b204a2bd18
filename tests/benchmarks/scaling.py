"""Cost as the work grows: nations, steps, coalitions, threads, chunks; exponents fitted to the logarithms."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from abm.scenario import Scenario
from runs.plan import Plan
from runs.store import Store
from runs.sweep import local, run_plan
from tests.benchmarks.table import Table, exponent
from tests.benchmarks.timing import baseline, run_seconds

NATIONS, STEPS = (25, 50, 100, 200, 400), (15, 30, 60, 120, 240)
THREADS, CHUNKS, COALITIONS = (1, 2), (10, 100, 1000, 10_000), (0, 1, 2, 4, 8)


def invented(nations: int, steps: int = 60) -> Scenario:
    """A world of invented nations with the baseline's parameters."""
    return Scenario.parse({"nations": {"synthetic": nations}, "steps": steps}, f"{nations} nations")


def founded(coalitions: int) -> Scenario:
    """The baseline's nations, with so many binding coalitions of five founded at the start, and no others."""
    names = baseline().nations().index.tolist()
    events = [
        {"date": 2025.0, "kind": "convene", "nations": names[5 * k : 5 * k + 5], "binding": True} for k in range(coalitions)
    ]
    return Scenario.parse({"parameters": {"convening_rate": 0.0}, "events": events}, f"{coalitions} coalitions")


def measure(full: bool) -> list[Table]:
    """One table of sizes and times, with an exponent for each kind of growth."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # compile for each size of record, two at a time
        list(pool.map(_compiled, NATIONS[::-1]))
    rows = _growth("nations", NATIONS, lambda n: run_seconds(invented(n), max(5, 2000 // n)))
    rows += _growth("steps", STEPS, lambda n: run_seconds(invented(50, n)))
    rows += _growth("coalitions founded", COALITIONS, lambda k: run_seconds(founded(k)))
    rows += _growth("threads, with files", THREADS, lambda threads: _with_files(threads, 500))
    rows += _growth("runs in a chunk, 2 threads, with files", CHUNKS, lambda chunk: _with_files(2, chunk))
    return [
        Table(
            "Cost as the work grows: microseconds a run",
            ["what grows", "sizes", "us a run", "exponent"],
            rows,
            "Exponent: slope of log time over log size, from the sizes above 0. Nations are invented (`synthetic`), 60 steps. "
            "Threads and chunks: baseline world, wall time a run of a sweep that writes its files.",
        )
    ]


def _compiled(nations: int) -> float:
    return run_seconds(invented(nations), 1)


def _growth(what: str, sizes, cost) -> list[list]:
    times = [cost(size) for size in sizes]
    fitted = [(size, time) for size, time in zip(sizes, times) if size > 0]
    texts = [", ".join(f"{size:,}" for size in sizes), ", ".join(f"{1e6 * time:,.0f}" for time in times)]
    return [[what, *texts, f"{exponent(*zip(*fitted)):.2f}"]]


def _with_files(threads: int, chunk: int) -> float:
    count = 400 if chunk < 100 else 10_000
    plan = replace(Plan(baseline(), replicates=max(count, threads * chunk), tables=("runs",)), chunk=chunk)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run_plan(plan, Store(folder), local(threads))
        return (time.perf_counter() - began) / plan.count
