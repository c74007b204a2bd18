"""Runs a second of whole sweeps, files included, and the memory they take at most."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import runs
from runs.sweep import processors
from tests.benchmarks.table import Table
from tests.twins import TWINS

SWEEP = """
title = "Baseline world, outcomes only"
scenario = "baseline"
replicates = 100
[design]
method = "latin_hypercube"
samples = {samples}
[factors]
portability = {{ low = 0.3, high = 0.7 }}
"""



def measure(full: bool) -> list[Table]:
    """One and two threads, then a larger sweep, and rules of somebody's own."""
    sweep(500, 1)  # compiles
    sweep(500, 1, "finest")
    sizes = [(20_000, 1), (40_000, 2), (1_000_000 if full else 200_000, processors())]
    rows = [[f"{count:,} runs, {threads} thread{'s' * (threads > 1)}", *sweep(count, threads)] for count, threads in sizes]
    return [
        Table(
            "Throughput: baseline world (53 nations, 60 steps), outcomes only, one lever (portability) varied",
            ["sweep", "seconds", "runs/s", "whole command, seconds", "peak memory, MiB", "files, MB"],
            rows,
            "`abm sweep` as a process of its own. Seconds and runs/s are those of the sweep, its files included; the whole "
            "command starts Python and loads the compiled rules as well. Memory is the peak of all its processes (there is "
            "one; the threads share it).",
        ),
        _brought(20_000),
    ]


def _brought(count: int, rounds: int = 3) -> Table:
    """Runs a second where nations decide by the model's own rule, and by one that is brought and does the same."""
    found: dict[str, list[float]] = {"best": [], "finest": []}
    for _ in range(rounds):
        for decision, rates in found.items():
            rates.append(sweep(count, processors(), decision)[1])
    own, brought = max(found["best"]), max(found["finest"])
    return Table(
        "Rules that people bring: runs a second where nations decide by the model's own rule, and by the same brought in a file",
        ["the model's own, runs/s", "brought, runs/s", "brought over own"],
        [[own, brought, brought / own]],
        f"The best of {rounds} sweeps of {count:,} runs each, in turns.",
    )


def sweep(count: int, threads: int, decision: str = "") -> list[float]:
    """Seconds, runs a second, seconds with start-up, peak memory [MiB] and bytes [MB] of a sweep in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "sweep.toml", Path(folder) / "out"
        brought = f'rules = "twins.py"\nset = {{ decision = "{decision}" }}\n' if decision else ""
        (Path(folder) / "twins.py").write_text(TWINS, "utf-8")
        file.write_text(brought + SWEEP.format(samples=count // 100), "utf-8")
        command = [sys.executable, "-m", "runs", "sweep", str(file), "--out", str(out), "--workers", str(threads), "--quiet"]
        began = time.perf_counter()
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        whole = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        taken = runs.open(out).manifest["seconds"]
        size = sum(path.stat().st_size for path in (out / "runs").iterdir())
        return [taken, count / taken, whole, usage.ru_maxrss / 1024, size / 1e6]
