"""Carrying a plan out, chunk by chunk, into a result directory.

A run that fails is a row with its error. What is interrupted, by Ctrl-C or kill -9, leaves the chunks that stand; the same
plan goes on from there.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from abm.provenance import provenance
from runs.design_points import FEW, POINTS, to_parquet
from runs.execution import Done, run_chunk
from runs.manifest import FORMAT, StoreError, listed
from runs.plan import Plan
from runs.progress import Progress, Session
from runs.resources import check_files, check_space
from runs.resume import Notice, begun, failed_runs, whole_files, without_failed
from runs.store import Store

#: Takes (plan, chunks) and yields (chunk, what it left) in any order.
Executor = Callable[[Plan, list[int]], Iterable[tuple[int, Done]]]


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def local(workers: int | None = None) -> Executor:
    """Threads of this process; the compiled ensemble holds no interpreter lock. Few chunks wait in memory at a time."""
    threads = workers or processors()

    def execute(plan: Plan, chunks: list[int]):
        pool, coming = ThreadPoolExecutor(threads), iter(chunks)
        try:
            running = {pool.submit(run_chunk, plan.part(c)): c for c in islice(coming, 2 * threads)}
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    chunk = running.pop(done)
                    running |= {pool.submit(run_chunk, plan.part(c)): c for c in islice(coming, 1)}
                    yield chunk, done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # who stops need not wait for chunks that nobody takes

    return execute


def run_plan(
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
    check_files(plan)
    store.reach()
    with store.lock():
        if overwrite:
            store.clear()
        before = begun(plan, store, notice)
        if before:
            plan = replace(plan, chunk=before["plan"]["chunk"])
        files = whole_files(plan, store, before, notice)
        if retry_failed:
            files = without_failed(store, files)
        left = [chunk for chunk in range(plan.chunks) if ("runs", chunk) not in files]
        check_space(plan, left, store.directory, processors(), notice)
        return _do_chunks(plan, store, execute, left, files, before, progress)


def _do_chunks(plan, store, execute, left, files, before, progress) -> dict[str, Any]:
    failed = sum(failed_runs(store.directory / file.name) for file in files.values() if file.table == "runs")
    standing = plan.count - sum(len(plan.runs(chunk)) for chunk in left)
    session = Session(store, standing, failed, progress, before["seconds"] if before else 0.0)
    if plan.points.size > FEW:
        store.replace(store.directory / POINTS, to_parquet(plan.points, [factor.name for factor in plan.factors]))
    manifest = {
        "format": FORMAT,
        "name": plan.name,
        "title": plan.title,
        "status": "running",
        "created": before["created"] if before else datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "runs": plan.count,
        "plan": plan.document(),
        "job": plan.job,
        "provenance": provenance(),
    }

    def document(status: str) -> dict[str, Any]:
        return manifest | {
            "status": status, "failed": session.failed, "seconds": session.seconds, "files": listed(files.values())
        }  # fmt: skip

    store.write_manifest(document("running"))
    try:
        for chunk, done in execute(plan, left):
            if (done.job, done.chunk) != (plan.job, chunk):
                raise StoreError(f"chunk {chunk}: what came back belongs to another sweep; the same command does it again")
            files |= {(file.table, chunk): file for file in store.write(chunk, done.files)}
            session.count(len(plan.runs(chunk)), done.failed)
        store.confirm(files.values())
    except BaseException:
        with suppress(StoreError):  # said as far as the disk still allows
            store.write_manifest(document("interrupted"))
        raise
    complete = document("complete")
    store.write_manifest(complete)
    session.stop()
    return complete
