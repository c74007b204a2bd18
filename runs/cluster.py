"""A plan on a Dask cluster: chunks go out as tasks and come back as the bytes of their files; this process writes them.

A task may be done more than once (Dask promises at least once); a chunk is a pure function, so that costs only time. Sweeps may
share a scheduler: a task's name belongs to one job and one client alone, and what comes home says whose it is. Workers need this
project with the same sources and packages, and no shared file system.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import ModuleType
from typing import Any

from abm.provenance import DECISIVE, decisive
from abm.sources import SourcesChanged
from runs.chunk import Chunk
from runs.execution import Done, run_chunk
from runs.extras import install
from runs.manifest import StoreError
from runs.plan import Plan
from runs.resume import Notice
from runs.sweep import Executor, processors

#: Seconds: in which a scheduler must answer and a worker have come; after which who is not heard of is called silent, and a
#: worker's chunks go to others; after which a sweep ends for which nobody works; that a question to the scheduler may take.
PATIENCE, SILENT, GIVE_UP, ANSWER = 20, 20, 120, 5
#: Times that the workers of one chunk may die, or that what comes home may be of another sweep.
DEATHS = 3
_ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})")
_PAUSED = "has stopped working for want of memory"
_GOES_ON = "what was finished is whole, and the same command goes on"


class OtherSources(Exception):
    """A worker that would not give this sweep's results: its address, and what differs."""


def differing(expected: dict[str, Any]) -> list[str]:
    """What this process runs other than ``expected``, of what decides results."""
    try:
        here = decisive()
    except SourcesChanged:
        return ["sources"]
    return [key for key in DECISIVE if here[key] != expected[key]]


def do_as(chunk: Chunk, expected: dict[str, Any]) -> Done:
    """:func:`runs.execution.run_chunk` on a worker that checks itself first, since workers may come at any time."""
    found = differing(expected)
    if found:
        from distributed import get_worker

        raise OtherSources(get_worker().address, " and ".join(found))
    return run_chunk(chunk)


def dask(scheduler: str | None = None, workers: int | None = None, notice: Notice = lambda sentence: None) -> Executor:
    """The cluster behind a scheduler's address, or without one, ``workers`` processes on this machine.

    Errors: StoreError, at once for an address that is none, and from the executor within GIVE_UP seconds of silence.
    """
    try:
        import distributed
    except ImportError:
        raise StoreError(f"--engine dask needs Dask: {install('dask')}; --engine local needs nothing") from None
    if scheduler is not None:
        _check_address(scheduler)

    def execute(plan: Plan, chunks: list[int]):
        name = scheduler or "the cluster of processes here"
        with contextlib.ExitStack() as stack:
            _hush()
            client = _client(distributed, scheduler, workers or processors(), stack)
            watch = _Watch(client, name, notice)
            try:
                _check_workers(distributed, client, watch)
                yield from _Stream(distributed, client, plan, chunks, watch).results()
            except (distributed.comm.CommClosedError, distributed.CancelledError):  # wherever the stream meets it first
                raise StoreError(f"{name}: the Dask scheduler is gone; {_GOES_ON}") from None

    return execute


def _hush() -> None:
    """Keep Dask's own log off the terminal: what matters is told in our words."""
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _check_address(address: str) -> None:
    """StoreError for what can be no scheduler's address, without waiting."""
    if address.startswith("inproc://"):  # of a cluster within this process
        return
    match = _ADDRESS.fullmatch(address)
    if not match or not 0 < int(match[3]) < 65536:
        raise StoreError(f"{address}: is no address of a Dask scheduler; allowed is tcp://HOST:PORT, such as tcp://node1:8786")
    try:
        socket.getaddrinfo(match[1] or match[2], int(match[3]))
    except (OSError, UnicodeError):
        raise StoreError(f"{address}: there is no host {match[1] or match[2]}") from None


def _client(distributed: ModuleType, scheduler: str | None, workers: int, stack: contextlib.ExitStack):
    """A client, closed with the stack within a bounded time."""
    if scheduler is None:
        try:
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL + 1
            )
        except (RuntimeError, OSError, TimeoutError, MemoryError) as error:
            raise StoreError(f"the worker processes cannot be started here: {error}; --engine local needs none") from error
        client = distributed.Client(stack.enter_context(cluster), set_as_default=False)
    else:
        _check_scheduler(distributed, scheduler)
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError):
            raise StoreError(f"{scheduler}: no Dask scheduler answers there; start one with: dask scheduler") from None

    def close():
        with contextlib.suppress(TimeoutError, OSError):  # a scheduler that says nothing does not hear of it either
            client.close(timeout=ANSWER)

    stack.callback(close)
    return client


def _check_scheduler(distributed: ModuleType, address: str) -> None:
    """StoreError unless a scheduler answers in PATIENCE seconds; Dask itself waits for ever for a server of another kind."""

    async def asked() -> dict[str, Any]:
        options = distributed.Security().get_connection_args("client")
        async with distributed.rpc(address, timeout=PATIENCE / 2, connection_args=options) as server:
            return await asyncio.wait_for(server.identity(), PATIENCE)

    try:
        with ThreadPoolExecutor(1) as other:  # where a loop runs already, as in a notebook, no second one may
            kind = other.submit(asyncio.run, asked()).result()["type"]
    except distributed.comm.CommClosedError:
        kind = "server of another kind"
    except TimeoutError:
        silent = f"a server there has said nothing for {PATIENCE} s; it is no Dask scheduler, or one that is stuck"
        raise StoreError(f"{address}: {silent}") from None
    except OSError:
        raise StoreError(f"{address}: no Dask scheduler answers there; start one with: dask scheduler") from None
    except Exception:  # whatever it is, Dask cannot read what it says
        kind = "server of another kind"
    if kind != "Scheduler":
        raise StoreError(f"{address}: what answers there is no Dask scheduler, but a {kind}")


class _Watch:
    """Who of the cluster was heard of lately, told by the clock here, since others' clocks may differ."""

    def __init__(self, client, name: str, notice: Notice):
        self.client, self.name, self.notice = client, name, notice
        self.workers: dict[str, dict[str, Any]] = {}
        self.resting: dict[str, str] = {}
        self._heard: dict[str, tuple[float, float]] = {}
        self._asked = 0.0
        self._unanswered: float | None = None
        self._idle: float | None = None
        self._told: set[str] = set()

    @property
    def working(self) -> list[str]:
        """Addresses of the workers that work."""
        return [address for address in self.workers if address not in self.resting]

    def ask(self, question: Callable) -> Any:
        """What the scheduler answers; None when it does not in time."""
        try:
            return self.client.sync(question, callback_timeout=ANSWER)
        except (OSError, TimeoutError):
            return None

    def look(self) -> None:
        """Ask who is there, about once a second. StoreError when nobody has worked for too long."""
        if time.monotonic() - self._asked < 1 + len(self.workers) / 100 and self.workers:
            return
        self._asked = time.monotonic()
        found = self.ask(self.client.scheduler.identity)
        if found is None:
            self._unanswered = self._unanswered or self._asked
        else:
            self._unanswered, self.workers = None, found["workers"]
            self.resting = {address: why for address in self.workers if (why := self._rests(address))}
        for address, why in self.resting.items():  # one that wants memory is replaced by the next, which is told once for all
            self._tell(address if why != _PAUSED else why, f"{address}: this worker {why}; its work goes to others")
        self._told -= set(self.working)
        self._give_up()

    def _rests(self, address: str) -> str:
        """Why a worker does nothing; empty when it works."""
        worker = self.workers[address]
        if self._heard.get(address, (None,))[0] != worker["last_seen"]:
            self._heard[address] = worker["last_seen"], self._asked
        if self._asked - self._heard[address][1] > SILENT:
            return f"has been silent for {SILENT} s"
        return _PAUSED if worker["status"] == "paused" else ""

    def _give_up(self) -> None:
        now = time.monotonic()
        if self._unanswered is None and self.working:
            self._idle = None
            self._told.discard("")
            return
        self._idle = self._idle or self._asked
        silent = self._unanswered is not None and now - self._unanswered > SILENT
        none = "no worker works" if self.workers else "no workers are left"
        why = f"the scheduler has been silent for {SILENT} s" if silent else none
        if now - self._idle > GIVE_UP:
            raise StoreError(f"{self.name}: {why}, and nothing was done for {GIVE_UP} s; {_GOES_ON}")
        if silent or (self._unanswered is None and now - self._idle > SILENT):
            self._tell("", f"{self.name}: {why}; waiting for {GIVE_UP} s at most")

    def _tell(self, who: str, sentence: str) -> None:
        if who not in self._told:
            self._told.add(who)
            self.notice(sentence)


def _check_workers(distributed: ModuleType, client, watch: _Watch) -> None:
    """StoreError unless there are workers and each has the project as it is here; one that is silent is left out."""
    end = time.monotonic() + PATIENCE
    watch.look()
    while not watch.workers:
        if time.monotonic() > end:
            raise StoreError(f"{watch.name}: has no workers; start some with: dask worker {watch.name}")
        time.sleep(0.1)
        watch.look()
    asked, expected = uuid.uuid4().hex, decisive()
    answers = {
        client.submit(differing, expected, key=f"check-{asked}-{index}", workers=[worker], priority=100): worker
        for index, worker in enumerate(watch.workers)
    }
    while waiting := [future for future in answers if future.status == "pending" and answers[future] in watch.working]:
        if time.monotonic() > end:
            break
        _finished(distributed, client, waiting)
        watch.look()
    for future, worker in answers.items():
        if future.status == "error":
            raise StoreError(f"{worker}: this worker cannot take part: {future.exception()}; install this project there")
        if future.status == "finished":
            _refuse(worker, " and ".join(future.result(timeout=ANSWER)))


def _refuse(address: str, differs: str) -> None:
    if differs:
        raise StoreError(f"{address}: this worker has other {differs} of the model; install this version there and start it anew")


def _finished(distributed: ModuleType, client, futures: list) -> set:
    """Those of the futures that are done, as soon as there are some, or none after a second."""
    if client.status != "running":
        raise distributed.CancelledError
    try:
        with client.as_current():
            return distributed.wait(futures, timeout=1, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        return set()


class _Stream:
    """The chunks of one job on a cluster: every worker is kept busy, with few chunks waiting."""

    def __init__(self, distributed: ModuleType, client, plan: Plan, chunks: list[int], watch: _Watch):
        self.distributed, self.client, self.plan, self.watch = distributed, client, plan, watch
        self.expected, self.coming, self.left = decisive(), iter(chunks), len(chunks)
        self.deaths = dict.fromkeys(chunks, 0)
        self.running: dict[Any, int] = {}
        self.prefix, self.given = f"{plan.job[:16]}-{uuid.uuid4().hex}", 0

    def results(self) -> Iterator[tuple[int, Done]]:
        """Each chunk and what it left, as they are done."""
        self._submit(2 * max(1, sum(worker["nthreads"] for worker in self.watch.workers.values())))
        while self.running:
            for future in _finished(self.distributed, self.client, list(self.running)):
                chunk = self.running.pop(future)
                done = self._taken(future, chunk)
                if done is not None:
                    self._submit(1)
                    yield chunk, done
            self.watch.look()
            self._move()

    def _submit(self, count: int) -> None:
        for chunk in islice(self.coming, count):
            self._give(chunk)

    def _give(self, chunk: int) -> None:
        """Give a chunk to whoever works; while some are silent, to the others if there are any."""
        others = {"workers": self.watch.working, "allow_other_workers": True} if self.watch.resting and self.watch.working else {}
        self.given += 1
        key = f"chunk-{self.prefix}-{self.given}"
        self.running[self.client.submit(do_as, self.plan.part(chunk), self.expected, key=key, pure=False, **others)] = chunk

    def _again(self, chunk: int, why: str) -> None:
        self.deaths[chunk] += 1
        if self.deaths[chunk] >= DEATHS:
            raise StoreError(f"{self.watch.name}: chunk {chunk}: {DEATHS} times {why}; {_GOES_ON}")
        self._give(chunk)

    def _taken(self, future, chunk: int) -> Done | None:
        """What a future left, or None when the chunk had to be given again. StoreError when that is of no use."""
        error = future.exception() if future.status == "error" else None
        if future.status in ("cancelled", "lost") or isinstance(error, self.distributed.KilledWorker):
            self._again(chunk, "its workers died, perhaps for want of memory")
            return None
        if isinstance(error, OtherSources):
            _refuse(*error.args)
        if isinstance(error, StoreError):
            raise error
        if error is not None:
            raise StoreError(f"chunk {chunk}: a worker could not do it: {type(error).__name__}: {error}; {_GOES_ON}")
        try:
            done = future.result(timeout=SILENT)
        except TimeoutError:  # it lies on a worker that has fallen silent since
            self.watch.look()
            self._give(chunk)
            return None
        if (done.job, done.chunk) == (self.plan.job, chunk):
            return done
        self._again(chunk, "what came home was of another sweep")
        return None

    def _move(self) -> None:
        """Give again what waits with workers that rest; what they may still finish is let go."""
        if not self.watch.resting or not self.watch.working:
            return
        held = self.watch.ask(self.client.scheduler.processing) or {}
        keys = {key for address in self.watch.resting for key in held.get(address, ())}
        for future in [future for future in self.running if future.key in keys]:
            self._give(self.running.pop(future))
