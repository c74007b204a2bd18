"""Progress on long work: a bar on a terminal, nothing where output goes elsewhere; how far a sweep is and how fast, on disk."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tqdm import tqdm

from runs.folders import PROGRESS
from runs.store import Store

#: Called with the runs done, those of them that stood before this session, and the runs that failed.
Progress = Callable[[int, int, int], None]


@contextmanager
def bar(total: int | None, unit: str, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A function to call with the amount done since its last call."""
    with _shown(total, unit, quiet) as shown:
        yield shown.update


@contextmanager
def growing_bar(unit: str, quiet: bool = False) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """A function to call with how much more there is to do, and one to call with the amount done since its last call."""
    with _shown(0, unit, quiet) as shown:

        def expect(more: int) -> None:
            shown.total = shown.n + more
            shown.refresh()

        yield expect, shown.update


@contextmanager
def runs_bar(total: int, quiet: bool = False) -> Iterator[Callable[[int, int, int], None]]:
    """A function of (runs done, of these before this session, failed), shown with rate, time left and failures."""
    with _shown(total, "runs", quiet) as shown:

        def update(done: int, before: int, failed: int) -> None:
            shown.initial = before
            if failed:
                shown.set_postfix_str(f"{failed} failed", refresh=False)
            shown.update(done - shown.n)

        yield update


def _shown(total: int | None, unit: str, quiet: bool) -> tqdm:
    return tqdm(total=total, unit=f" {unit}", disable=quiet or not sys.stderr.isatty(), leave=False)


class Session:
    """Counts one session of a sweep, on top of the sessions before, with a clock that never jumps; `abm status` reads it."""

    def __init__(self, store: Store, before: int, failed: int, progress: Progress, earlier: float = 0.0):
        self.path, self.progress = store.directory / PROGRESS, progress
        self.before, self.done, self.failed = before, before, failed
        self._earlier = max(earlier, so_far(store)["seconds"])
        self._began, self._told = time.monotonic(), -1.0
        progress(before, before, failed)

    @property
    def _session(self) -> float:
        return time.monotonic() - self._began

    @property
    def seconds(self) -> float:
        """Time spent in all sessions [s]."""
        return round(self._earlier + self._session, 3)

    def count(self, done: int, failed: int) -> None:
        """Take in a chunk; tell others at most once a second."""
        self.done += done
        self.failed += failed
        self.progress(self.done, self.before, self.failed)
        if self._session - self._told >= 1 or self._told < 0:
            self._told = self._session
            rate = (self.done - self.before) / max(self._session, 1e-9)
            with suppress(OSError):  # a full disk is the store's to report
                self.path.write_text(json.dumps({"seconds": self.seconds, "rate": rate}), "utf-8")

    def stop(self) -> None:
        """A complete result needs no progress."""
        self.path.unlink(missing_ok=True)


def so_far(store: Store) -> dict[str, Any]:
    """Seconds so far and runs per second of the last session; zeros where nothing is known."""
    try:
        found = json.loads((store.directory / PROGRESS).read_text("utf-8"))
        return {"seconds": float(found["seconds"]), "rate": float(found["rate"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"seconds": 0.0, "rate": 0.0}
