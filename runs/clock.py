"""How far a sweep is and how fast, counted with a clock that never jumps and kept where ``abm status`` can read it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from runs.folders import PROGRESS
from runs.store import Store

#: Called with the runs done, those of them that stood before this session, and the runs that failed.
Progress = Callable[[int, int, int], None]


class Clock:
    """Counts one session of a sweep, on top of the sessions before."""

    def __init__(self, store: Store, before: int, failed: int, progress: Progress, earlier: float = 0.0):
        self.path, self.progress = store.directory / PROGRESS, progress
        self.before, self.done, self.failed = before, before, failed
        self._earlier = max(earlier, read(store)["seconds"])
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


def read(store: Store) -> dict[str, Any]:
    """Seconds so far and runs per second of the last session; zeros where nothing is known."""
    try:
        found = json.loads((store.directory / PROGRESS).read_text("utf-8"))
        return {"seconds": float(found["seconds"]), "rate": float(found["rate"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"seconds": 0.0, "rate": 0.0}
