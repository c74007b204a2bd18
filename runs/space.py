"""Whether the disk can hold a sweep, estimated from a few of its runs before it starts."""

from __future__ import annotations

import shutil
from pathlib import Path

from runs.perform import perform
from runs.plan import Plan
from runs.store import StoreError

SMALL = 1000  # runs; below this nothing is estimated
_PILOTS = (16, 64)  # runs; from two sizes follow the bytes of a file and those of a run


def bytes_needed(plan: Plan, chunks: int, runs: int) -> float:
    """Bytes that ``runs`` runs in ``chunks`` chunks will take, from pilots spread over the plan."""
    sizes = []
    for size in _PILOTS:
        spread = range(0, plan.count, max(1, plan.count // size))[:size]
        sizes.append(sum(len(content) for content in perform(plan.some(spread)).files.values()))
    each = max(0.0, (sizes[1] - sizes[0]) / (_PILOTS[1] - _PILOTS[0]))
    return chunks * max(0.0, sizes[0] - _PILOTS[0] * each) + runs * each


def check_space(plan: Plan, left: list[int], directory: Path) -> None:
    """StoreError when what is left to do needs more than the disk has free."""
    runs = sum(len(plan.runs(chunk)) for chunk in left)
    if runs < SMALL:
        return
    needed, free = bytes_needed(plan, len(left), runs), shutil.disk_usage(directory).free
    if needed > free:
        raise StoreError(
            f"{directory}: {runs:,} runs need about {size(needed)}, {size(free)} are free; record less, or take another --out"
        )


def size(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"
