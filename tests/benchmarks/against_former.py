"""A run of the baseline beside one of the first dynamics, in turn, each in its own process and with its own sources."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.table import Table

ROOT = Path(__file__).parent.parent.parent
FORMER = "db3f1a2"  # the last commit of the first dynamics
PAIRS = 7
TIMED = """
import time
import numpy as np
from runs import library
from runs.ensemble import simulate
world, seeds = library.scenario("baseline").world(), np.arange(400)
simulate(world, 60, seeds)
taken = []
for _ in range(5):
    began = time.thread_time()
    simulate(world, 60, seeds)
    taken.append(time.thread_time() - began)
print(min(taken) / len(seeds))
"""


def measure(full: bool) -> list[Table]:
    """Pairs of processes in turn, so that a machine that slows down slows both."""
    with tempfile.TemporaryDirectory() as folder:
        former = Path(folder) / "former"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", former, FORMER], check=True)
        try:
            for source in (former, ROOT):
                timed(source, folder)  # compiles
            pairs = [(timed(former, folder), timed(ROOT, folder)) for _ in range(PAIRS)]
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", former], check=True)
    ratios = sorted(now / then for then, now in pairs)
    then, now = (1e6 * median(column) for column in zip(*pairs))
    return [
        Table(
            "One run of the baseline beside the first dynamics",
            ["commit", "microseconds a run"],
            [[FORMER, then], ["this", now], ["ratio: median", median(ratios)], ["ratio: least", ratios[0]],
             ["ratio: most", ratios[-1]]],
            f"53 nations, 60 steps, one thread, no files; the best of five times 400 runs a process, {PAIRS} pairs in turn.",
        )
    ]  # fmt: skip


def timed(source: Path, folder: str) -> float:
    """Processor time [s] of a run with the sources in a directory."""
    cache = Path(folder) / f"cache-{source.name}"
    world = {**os.environ, "PYTHONPATH": str(source), "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run([sys.executable, "-c", TIMED], cwd=source, env=world, check=True, capture_output=True, text=True)
    return float(done.stdout)
