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
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm.provenance import provenance
from runs.clock import Clock, Progress
from runs.plan import Plan
from runs.points import FEW, POINTS, to_parquet
from runs.space import check_space
from runs.store import Store, StoreError, read_manifest
from runs.tables import Done, do

#: Takes (plan, chunks) and yields (chunk, what it left) in any order.
Executor = Callable[[Plan, list[int]], Iterable[tuple[int, Done]]]
#: Told of what a person should know, in one sentence.
Notice = Callable[[str], None]


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def local(workers: int | None = None) -> Executor:
    """Threads of this process; the compiled ensemble holds no interpreter lock. Few chunks wait in memory at a time."""
    threads = workers or processors()

    def execute(plan: Plan, chunks: list[int]):
        with ThreadPoolExecutor(threads) as pool:
            coming = iter(chunks)
            running = {pool.submit(do, plan.part(plan.runs(c))): c for c in islice(coming, 2 * threads)}
            try:
                while running:
                    for done in wait(running, return_when=FIRST_COMPLETED).done:
                        chunk = running.pop(done)
                        running |= {pool.submit(do, plan.part(plan.runs(c))): c for c in islice(coming, 1)}
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
        left = _left(plan, store, notice, retry_failed)
        check_space(plan, left, store.directory)
        return _do_chunks(plan, store, execute, left, begun, progress)


def check_same(plan: Plan, manifest: dict[str, Any], directory: Path) -> None:
    """StoreError with what differs, unless a directory was begun with the same plan, sources and packages."""
    there, here = dict(manifest["plan"]), plan.document()
    there["chunk"] = here["chunk"]
    changed = [_change(key, there.get(key), here[key]) for key in here if there.get(key) != here[key]]
    if changed:
        raise StoreError(f"{directory}: holds another run: {'; '.join(changed)}; take another --out, or --force to overwrite it")
    _check_origin(manifest["provenance"], provenance(), directory)


def _check_origin(there: dict[str, Any], here: dict[str, Any], directory: Path) -> None:
    again = "take another --out, or --force to begin anew"
    if there["sources"] != here["sources"]:
        raise StoreError(f"{directory}: was begun with other sources of the model; {again}")
    packages = there["packages"]
    changed = [f"{name} {packages.get(name)}" for name, version in here["packages"].items() if packages.get(name) != version]
    if there["machine"] != here["machine"]:
        changed.append(f"a processor of kind {there['machine']}")
    if changed:
        raise StoreError(f"{directory}: was begun with {', '.join(changed)}, so that runs could differ in a digit; {again}")


def _change(key: str, there: Any, here: Any) -> str:
    if isinstance(there, int) and isinstance(here, int):
        return f"{key} was {there}, now {here}"
    if isinstance(there, dict) and isinstance(here, dict):
        inner = [name for name in {**there, **here} if there.get(name) != here.get(name)]
        return f"{key} differs in {', '.join(inner)}"
    return f"{key} differs" if key not in ("factors", "tables", "points") else f"{key} differ"


def _left(plan: Plan, store: Store, notice: Notice, retry_failed: bool) -> list[int]:
    """The chunks still to be done, after everything that is not whole was removed."""
    store.tidy()
    strangers = store.strangers()
    if strangers:
        raise StoreError(f"{strangers[0]}: is no file of a sweep; move it away, since a reader would count its rows")
    for path in store.damaged(plan.tables):
        notice(f"{path}: is damaged; its chunk is done again")
        path.unlink()
    files = {table: store.chunks(table) for table in plan.tables}
    standing = set.intersection(*({chunk for chunk, _ in found} for found in files.values()))
    if retry_failed:
        standing -= {chunk for chunk, path in files["runs"] if chunk in standing and _failed(path)}
    for table, found in files.items():
        store.discard(table, [(chunk, path) for chunk, path in found if chunk not in standing])
    return [chunk for chunk in range(plan.chunks) if chunk not in standing]


def _failed(path: Path) -> int:
    return pq.read_table(path, columns=["status"])["status"].to_pylist().count("failed")


def _do_chunks(plan, store, execute, left, begun, progress) -> dict[str, Any]:
    failed = sum(_failed(path) for _, path in store.chunks("runs"))
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
