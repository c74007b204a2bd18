"""A plan on a Dask cluster: chunks go out as tasks and come back as the bytes of their files; this process writes them.

A task may be done more than once (Dask promises at least once); a chunk is a pure function, so that costs only time.
Workers need this project with the same sources and packages, and no shared file system.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from abm.provenance import DECISIVE, decisive
from runs.chunk import Chunk
from runs.perform import Done, perform
from runs.plan import Plan
from runs.resume import Notice
from runs.store import StoreError
from runs.sweep import Executor, processors

#: Seconds in which a scheduler must answer and a worker must have come; workers that one chunk may take down with it.
PATIENCE, DEATHS = 20, 10


class OtherSources(Exception):
    """A worker that would not give this sweep's results."""


def do_as(chunk: Chunk, expected: dict[str, Any]) -> Done:
    """:func:`runs.perform.perform` on a worker that checks itself first, since workers may come at any time."""
    differing = [key for key in DECISIVE if decisive()[key] != expected[key]]
    if differing:
        raise OtherSources(" and ".join(differing))
    return perform(chunk)


def dask(scheduler: str | None = None, workers: int | None = None, notice: Notice = lambda sentence: None) -> Executor:
    """The cluster behind a scheduler's address, or without one, ``workers`` processes on this machine."""
    try:
        import distributed
    except ImportError:
        raise StoreError("--engine dask needs Dask: pip install 'ai-sovereignty[dask]'; --engine local needs nothing") from None

    def execute(plan: Plan, chunks: list[int]):
        with contextlib.ExitStack() as stack:
            _hush()
            client = stack.enter_context(_client(distributed, scheduler, workers or processors(), stack))
            _check_workers(client, scheduler)
            try:
                yield from _stream(distributed, client, plan, chunks, scheduler, notice)
            except (distributed.comm.CommClosedError, distributed.CancelledError):  # wherever the stream meets it first
                raise StoreError(
                    f"{scheduler}: the Dask scheduler is gone; what was finished is whole, and the same command goes on"
                ) from None

    return execute


def _hush() -> None:
    """Keep Dask's own log off the terminal: what matters is told in our words."""
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _client(distributed, scheduler: str | None, workers: int, stack: contextlib.ExitStack):
    if scheduler is None:
        cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        return distributed.Client(stack.enter_context(cluster))
    try:
        return distributed.Client(scheduler, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError):
        raise StoreError(f"{scheduler}: no Dask scheduler answers there; start one with: dask scheduler") from None


def _check_workers(client, scheduler: str | None) -> None:
    """StoreError unless there are workers and each has the project as it is here."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise StoreError(f"{scheduler}: has no workers; start some with: dask worker {scheduler}") from None
    here = decisive()
    for worker, there in client.run(decisive, on_error="return").items():
        if isinstance(there, BaseException):
            raise StoreError(f"{worker}: this worker cannot take part: {there}; install this project there")
        _refuse(worker, [key for key in DECISIVE if there[key] != here[key]])


def _refuse(worker: str, differing) -> None:
    if differing:
        raise StoreError(f"{worker}: this worker has other {' and '.join(differing)} of the model; install this version there")


def _stream(distributed, client, plan: Plan, chunks: list[int], scheduler, notice) -> Iterator[tuple[int, Done]]:
    """Keep every worker busy with few chunks waiting; give a chunk out again when its worker died."""
    expected, coming, deaths = decisive(), iter(chunks), dict.fromkeys(chunks, 0)
    running: dict[Any, int] = {}

    def submit(count: int) -> None:
        running.update({give(chunk): chunk for chunk in islice(coming, count)})

    def give(chunk: int):
        key = f"chunk-{chunk}-{deaths[chunk]}"
        return client.submit(do_as, plan.part(chunk), expected, key=key, pure=False)

    submit(2 * max(1, sum(client.nthreads().values())))
    while running:
        for future in _finished(distributed, client, list(running), scheduler, notice):
            chunk = running.pop(future)
            error = future.exception() if future.status == "error" else None
            if future.status in ("cancelled", "lost") or isinstance(error, distributed.KilledWorker):
                deaths[chunk] += 1
                if deaths[chunk] > DEATHS:
                    raise StoreError(f"chunk {chunk}: {DEATHS} times its workers died; the same command tries again")
                running[give(chunk)] = chunk
            elif isinstance(error, OtherSources):
                _refuse("a worker that joined later", [str(error)])
            elif error is not None:
                raise StoreError(f"chunk {chunk}: a worker could not do it: {type(error).__name__}: {error}")
            else:
                submit(1)
                yield chunk, future.result()


def _finished(distributed, client, futures: list, scheduler, notice) -> list:
    """Futures that are done, as soon as there are some. CancelledError when the scheduler is gone."""
    waited = time.monotonic()
    while client.status == "running":
        try:
            done = distributed.wait(futures, timeout=1, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        if done:
            return list(done)
        if time.monotonic() - waited > PATIENCE and not client.nthreads():
            notice(f"{scheduler}: no workers are left; waiting for some")
            waited = float("inf")
    raise distributed.CancelledError
