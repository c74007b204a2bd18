"""Carrying a plan out: chunk by chunk, in threads of this machine, into a result directory.

A run that fails is a row with its error. What is interrupted, by Ctrl-C or kill -9, leaves the chunks that stand; the same
plan goes on from there.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from abm.provenance import provenance
from runs.plan import Plan
from runs.store import Store, StoreError, read_manifest
from runs.tables import chunk_files

#: Called with the number of runs done since the last call.
Progress = Callable[[int], None]
#: Takes (plan, chunks) and yields (chunk, files) in any order.
Executor = Callable[[Plan, list[int]], Iterable[tuple[int, dict[str, bytes]]]]


def local(workers: int | None = None) -> Executor:
    """Threads of this process; the compiled ensemble holds no interpreter lock."""

    def execute(plan: Plan, chunks: list[int]):
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            waiting = iter(chunks)
            running = {pool.submit(chunk_files, plan, c): c for c, _ in zip(waiting, range(2 * pool._max_workers))}
            try:
                while running:
                    done = next(as_completed(running))
                    chunk = running.pop(done)
                    following = next(waiting, None)
                    if following is not None:
                        running[pool.submit(chunk_files, plan, following)] = following
                    yield chunk, done.result()
            finally:
                for future in running:
                    future.cancel()

    return execute


def begin(plan: Plan, store: Store) -> list[int]:
    """The chunks that are still to be done in ``store``: all of a new one, the rest of one that was interrupted.

    StoreError when the directory holds another plan, or the sources changed since.
    """
    if not store.has_result():
        return list(range(plan.chunks))
    manifest = read_manifest(store.directory)
    if manifest["plan"] != plan.document():
        raise StoreError(f"{store.directory}: holds another run ({_difference(manifest['plan'], plan)}); take another --out")
    if manifest["provenance"]["sources"] != provenance()["sources"]:
        raise StoreError(f"{store.directory}: was begun with other sources of the model; take another --out")
    for path in store.damaged(plan.tables):
        path.unlink()
    standing = store.standing(plan.tables)
    return [chunk for chunk in range(plan.chunks) if chunk not in standing]


def _difference(document: dict, plan: Plan) -> str:
    other = plan.document()
    changed = [key for key in other if document.get(key) != other[key]]
    return ", ".join(changed) + " differ" if len(changed) > 1 else f"{changed[0]} differs"


def carry_out(plan: Plan, store: Store, execute: Executor, progress: Progress = lambda done: None) -> dict:
    """Do what is left of a plan in a prepared directory; returns the final manifest.

    The manifest's ``status`` is ``running`` meanwhile, ``complete`` at the end, ``interrupted`` if it was stopped.
    """
    with store.lock():
        left = begin(plan, store)
        began, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
        manifest = {
            "name": plan.scenario.name,
            "title": plan.scenario.content.title,
            "status": "running",
            "created": began.isoformat(timespec="seconds"),
            "runs": plan.count,
            "plan": plan.document(),
            "provenance": provenance(),
        }
        store.write_manifest(manifest)
        progress(plan.count - sum(len(plan.runs(chunk)) for chunk in left))
        try:
            for chunk, files in execute(plan, left):
                store.write(chunk, files)
                progress(len(plan.runs(chunk)))
            manifest["status"] = "complete"
        except (KeyboardInterrupt, StoreError):
            manifest["status"] = "interrupted"
            raise
        finally:
            manifest["seconds"] = round(time.monotonic() - clock, 3)
            if manifest["status"] != "running":
                _close(store, manifest)
    return manifest


def _close(store: Store, manifest: dict) -> None:
    try:
        store.write_manifest(manifest)
    except StoreError:
        if manifest["status"] == "complete":
            raise
