"""Carrying a plan out, chunk by chunk, into a result directory.

A run that fails is a row with its error. What is interrupted, by Ctrl-C or kill -9, leaves the chunks that stand; the same
plan goes on from there.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import islice
from typing import Any

from abm.provenance import provenance
from runs.clock import Clock, Progress
from runs.perform import Done, perform
from runs.plan import Plan
from runs.points import FEW, POINTS, to_parquet
from runs.resume import Notice, check_same, failed_runs, still_to_do
from runs.space import check_space
from runs.store import Store, StoreError, read_manifest

#: Takes (plan, chunks) and yields (chunk, what it left) in any order.
Executor = Callable[[Plan, list[int]], Iterable[tuple[int, Done]]]


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def local(workers: int | None = None) -> Executor:
    """Threads of this process; the compiled ensemble holds no interpreter lock. Few chunks wait in memory at a time."""
    threads = workers or processors()

    def execute(plan: Plan, chunks: list[int]):
        with ThreadPoolExecutor(threads) as pool:
            coming = iter(chunks)
            running = {pool.submit(perform, plan.part(c)): c for c in islice(coming, 2 * threads)}
            try:
                while running:
                    for done in wait(running, return_when=FIRST_COMPLETED).done:
                        chunk = running.pop(done)
                        running |= {pool.submit(perform, plan.part(c)): c for c in islice(coming, 1)}
                        yield chunk, done.result()
            finally:
                for future in running:
                    future.cancel()

    return execute


def carry_out(
    plan: Plan,
    store: Store,
    execute: Executor,
    progress: Progress = lambda done, before, failed: None,
    notice: Notice = lambda sentence: None,
    overwrite: bool = False,
    retry_failed: bool = False,
) -> dict[str, Any]:
    """Do what is left of a plan in a directory; returns the manifest, whose status is ``running`` meanwhile.

    StoreError when the directory holds something else or cannot be written; what stands there is then as it was.
    """
    store.reach()
    with store.lock():
        if overwrite:
            store.clear()
        begun = read_manifest(store.directory) if store.has_result() else None
        if begun:
            check_same(plan, begun, store.directory)
            plan = replace(plan, chunk=begun["plan"]["chunk"])
        left = still_to_do(plan, store, notice, retry_failed)
        check_space(plan, left, store.directory)
        return _do_chunks(plan, store, execute, left, begun, progress)


def _do_chunks(plan, store, execute, left, begun, progress) -> dict[str, Any]:
    failed = sum(failed_runs(path) for _, path in store.chunks("runs"))
    standing = plan.count - sum(len(plan.runs(chunk)) for chunk in left)
    clock = Clock(store, standing, failed, progress, begun["seconds"] if begun else 0.0)
    if plan.points.size > FEW:
        store.replace(store.directory / POINTS, to_parquet(plan.points, [factor.name for factor in plan.factors]))
    manifest = {
        "name": plan.name,
        "title": plan.title,
        "status": "running",
        "created": begun["created"] if begun else datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "runs": plan.count,
        "failed": failed,
        "plan": plan.document(),
        "provenance": provenance(),
        "seconds": clock.seconds,
    }
    store.write_manifest(manifest)
    try:
        for chunk, done in execute(plan, left):
            store.write(chunk, done.files)
            clock.count(len(plan.runs(chunk)), done.failed)
        manifest["status"] = "complete"
    finally:
        manifest |= {"failed": clock.failed, "seconds": clock.seconds}
        if manifest["status"] == "complete":
            store.write_manifest(manifest)
            clock.stop()
        else:
            _leave(store, manifest | {"status": "interrupted"})
    return manifest


def _leave(store: Store, manifest: dict[str, Any]) -> None:
    """Say that it was stopped, as far as the disk still allows."""
    try:
        store.write_manifest(manifest)
    except StoreError:
        return
