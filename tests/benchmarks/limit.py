"""How close to the limit: the draws and functions that a run cannot do without, and where the rest of the time goes."""

from __future__ import annotations

import ctypes
import json
import math
import os
import subprocess
import sys
from typing import Any

import numba
import numpy as np

from abm import measures, schedule
from abm.draws import philox
from abm.measures import measure_all
from abm.submodels.start import start
from tests.benchmarks.table import Table
from tests.benchmarks.timing import baseline, run_seconds, seconds

_N = 1_000_000
_ONE = np.uint64(1)
_clock_gettime = ctypes.CDLL(None).clock_gettime
_clock_gettime.argtypes, _clock_gettime.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_int
_MONOTONIC = 1


def measure(full: bool) -> list[Table]:
    """The count and the profile."""
    return [_counted(), _profile()]


def _counted() -> Table:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "tests.benchmarks._uncompiled", "count"]
    calls = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    taken, rows = run_seconds(baseline(), 200), []
    for name, count in sorted(calls.items(), key=lambda item: -item[1]):
        each = _cost(name)
        rows.append([name if name != "philox" else "Philox block (four draws)", count, 1e9 * each, 100 * count * each / taken])
    rows.append(["together", "", "", sum(row[3] for row in rows)])
    return Table(
        "The least a run must do: counted calls times measured cost",
        ["call", "a run", "ns each", "% of the run's time"],
        rows,
        f"One run of the baseline takes {1e6 * taken:.0f} us in one thread, without files. Calls are counted in a run with numba "
        "switched off; costs are of a compiled loop of a million calls.",
    )


def _cost(name: str) -> float:
    """Seconds of one call within a compiled loop."""
    if name == "philox":
        return seconds(lambda: _philox_loop(_N)) / _N
    scope: dict[str, Any] = {"math": math}
    exec(f"def loop(x):\n    s = 0.0\n    for i in range(x.size):\n        s += math.{name}(x[i])\n    return s", scope)
    loop, numbers = numba.njit(scope["loop"], error_model="numpy"), np.random.default_rng(0).random(_N) + 0.01
    return seconds(lambda: loop(numbers)) / _N


@numba.njit
def _philox_loop(n):
    total = np.uint64(0)
    for i in range(n):
        w0, w1, w2, w3 = philox(np.uint64(i), _ONE, _ONE, _ONE, _ONE, _ONE)
        total += w0 + w1 + w2 + w3
    return total


def _profile() -> Table:
    spent = _phases() | _ends()
    total = sum(spent.values())
    rows = [[name, 1e6 * each, 100 * each / total] for name, each in sorted(spent.items(), key=lambda item: -item[1])]
    return Table(
        "Where the time goes: a run of the baseline by phase",
        ["phase", "us a run", "%"],
        rows,
        "The schedule compiled with a reading of the clock after each phase; the cost of a reading is taken off. Set-up is "
        "what puts the world at step 0, outcomes the measures after the last step.",
    )


def _phases(runs: int = 300) -> dict[str, float]:
    """Seconds of each phase in a run."""
    phases = schedule.PHASES
    scope: dict[str, Any] = {"now": _now}
    lines = ["def timed(world, spent, buffer):", "    before = now(buffer)"]
    for index, phase in enumerate(phases):
        name = phase.rule.__name__
        scope[name] = phase.rule
        lines += [f"    {schedule._WALK[phase.rows].format(rule=name)}", "    after = now(buffer)"]
        lines += [f"    spent[{index}] += after - before", "    before = after"]
    exec("\n".join(lines), scope)
    step, scenario = numba.njit(scope["timed"], error_model="numpy"), baseline()
    world, spent, buffer = scenario.world(), np.zeros(len(phases)), np.zeros(2, np.int64)
    for seed in range(-1, runs):
        if seed == 0:
            spent[:] = 0.0
        world.record.seed = max(seed, 0)
        start(world.record)
        for _ in range(scenario.content.steps):
            step(world.record, spent, buffer)
    reading = seconds(lambda: _readings(10_000, buffer)) / 10_000
    each = np.maximum(1e-9 * spent / runs - reading * scenario.content.steps, 0.0)
    return {phase.rule.__name__: float(time) for phase, time in zip(phases, each)}


def _ends() -> dict[str, float]:
    """Seconds of what a run does before its first step and after its last."""
    world = baseline().world()
    out = np.empty(len(measures.columns(world.vendors)))
    return {
        "set-up": seconds(lambda: _starts(world.record, 1000), 0.2) / 1000,
        "outcomes": seconds(lambda: _outcomes(world.record, out, 1000), 0.2) / 1000,
    }


@numba.njit(error_model="numpy")
def _starts(record, n):
    for _ in range(n):
        start(record)


@numba.njit(error_model="numpy")
def _outcomes(record, out, n):
    for _ in range(n):
        measure_all(record, out)


@numba.njit
def _now(buffer):
    """The monotonic clock in nanoseconds."""
    _clock_gettime(_MONOTONIC, buffer.ctypes.data)
    return buffer[0] * 1_000_000_000 + buffer[1]


@numba.njit
def _readings(n, buffer):
    total = 0
    for _ in range(n):
        total += _now(buffer)
    return total
