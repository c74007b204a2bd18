"""Whether disk, memory and a lifetime can hold what is asked for, estimated before it starts."""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from abm import measures
from abm.scenario import Scenario
from runs.execution import run_chunk
from runs.manifest import StoreError
from runs.plan import Plan

SMALL = 1000  # runs; below this nothing is estimated
FILES = 100_000  # of a table that a directory may hold
LONG, ENDLESS = 600, 100 * 365.25 * 86_400  # seconds of this machine from which a sweep is told of, and refused
_PILOTS = (16, 64)  # runs; from two sizes follow the bytes of a file and those of a run


def check_files(plan: Plan) -> None:
    """StoreError when a plan is cut into more files than a directory holds well."""
    if plan.chunks > FILES:
        files = f"{plan.count:,} runs would leave {plan.chunks:,} files a table, and at most {FILES:,} are kept"
        least = -(-plan.count // FILES)
        raise StoreError(f"chunk = {plan.chunk}: {files}; take fewer runs, or in a sweep file chunk = {least:,} or more")


def needed(plan: Plan, chunks: int, runs: int, processors: int) -> tuple[float, float]:
    """Bytes and seconds that ``runs`` runs in ``chunks`` chunks will take, from pilots spread over the plan."""
    few, many = max(1, min(_PILOTS[0], plan.chunk // 4)), min(_PILOTS[1], plan.chunk)  # no more than fit into memory
    (small, _), (large, seconds) = (_pilot(plan, count) for count in (few, many))  # the second finds all compiled
    each = max(0.0, (large - small) / (many - few)) if many > few else large / many
    return chunks * max(0.0, small - few * each) + runs * each, runs * seconds / many / processors


def _pilot(plan: Plan, count: int) -> tuple[int, float]:
    """Bytes and seconds of so many runs, spread over the plan."""
    spread, began = range(0, plan.count, max(1, plan.count // count))[:count], time.perf_counter()
    files = run_chunk(plan.some(spread)).files
    return sum(len(content) for content in files.values()), time.perf_counter() - began


def check_space(plan: Plan, left: list[int], directory: Path, processors: int, notice: Callable[[str], None]) -> None:
    """Tell of what takes long. StoreError when what is left to do needs more than the disk has free, or no one lives to see."""
    runs = sum(len(plan.runs(chunk)) for chunk in left)
    if runs < SMALL:
        return
    room, seconds = needed(plan, len(left), runs, processors)
    free = shutil.disk_usage(directory).free
    told = f"{runs:,} runs need about {duration(seconds)} on {processors} processor{'s' * (processors != 1)} and {size(room)}"
    if room > free:
        raise StoreError(f"{directory}: {told}; {size(free)} are free: record less, or take another directory")
    if seconds > ENDLESS:
        raise StoreError(f"{directory}: {told}; take fewer points or replicates")
    if seconds > LONG:
        notice(told)


def check_memory(scenario: Scenario, runs: int, series: bool = False, choices: bool = False) -> None:
    """ValueError when the outcomes of so many runs, kept in memory twice while they are put together, would not fit."""
    if runs < SMALL:
        return
    _check_room(scenario, runs, series, 3 * choices, "take fewer replicates, points or steps")


def check_tables(plan: Plan) -> None:
    """ValueError when a plan's tables, kept in memory twice while they are put together, would not fit."""
    choice, instead = 32 * ("choices" in plan.tables), "take fewer, record less, or write them to a directory"
    _check_room(plan.scenario, plan.count, "series" in plan.tables, choice, instead)


def _check_room(scenario: Scenario, runs: int, series: bool, choice: int, instead: str) -> None:
    """``choice``: bytes that a choice of a nation takes in a step."""
    steps, numbers = scenario.content.steps + 1, len(measures.columns(scenario.vendor_names))
    needed = 2 * runs * (8 * numbers * (1 + series * steps) + choice * len(scenario.nations()) * steps)
    if needed > memory():
        raise ValueError(f"{runs:,} runs take about {size(needed)} of memory, and there are {size(memory())}: {instead}")


def memory() -> float:
    """Bytes of memory of this machine, or of the part of it that this process may use."""
    if not hasattr(os, "sysconf"):  # Windows does not say, and nothing is refused
        return math.inf
    found = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # no such limit, or the word max
        found = min(found, float(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return found


def duration(seconds: float) -> str:
    """Seconds as a person reads them."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 3 * 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400:,} days" if whole < 3 * 365 * 86_400 else f"{whole / (365.25 * 86_400):,.0f} years"


def size(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"
