"""What a browser sends faster than it can be answered: of what has not been done yet, the newest alone is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable


class Mailbox:
    """Actions that wait, in their order, for one thread that does them and ends when none is left.

    A held arrow key sends hundreds of values. Each takes the place of the one of the same key that still waits, so that the
    last is done soon after it came, and nothing piles up.
    """

    def __init__(self, after: Callable[[], None]):
        """``after()`` is called after the actions, by the thread that did them, without a lock of the mailbox."""
        self._after = after
        self._waiting: dict[Hashable, Callable[[], None]] = {}
        self._lock, self._doing, self._at_work = threading.Lock(), threading.RLock(), False

    def put(self, key: Hashable, action: Callable[[], None]) -> None:
        """Let an action be done soon, instead of one of the same key that waits; returns at once."""
        with self._lock:
            self._waiting.pop(key, None)
            self._waiting[key] = action
            if self._at_work:
                return
            self._at_work = True
        threading.Thread(target=self._work, daemon=True).start()

    def flush(self) -> None:
        """Do now what waits, so that what comes next finds it done; ``after`` is left to the caller."""
        while self._do_next():
            pass

    def _do_next(self) -> bool:
        with self._doing:
            with self._lock:
                action = self._waiting.pop(next(iter(self._waiting))) if self._waiting else None
            if action is not None:
                action()
            return action is not None

    def _work(self) -> None:
        try:
            while self._do_next():
                self._after()
        finally:
            with self._lock:
                again = self._at_work = bool(self._waiting)
            if again:
                threading.Thread(target=self._work, daemon=True).start()
