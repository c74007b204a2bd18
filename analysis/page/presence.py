"""Whether a visitor is there. Work for one whose browser has left waits for it to come back, and ends with the visit."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import AbstractContextManager

from solara.server import kernel_context

#: Open connections of every visit, by the id of its kernel; the server keeps them, see :class:`analysis.page.server.Guard`.
CONNECTIONS: Counter[str] = Counter()
_LOOK = 0.2  # seconds between looks for a browser that has left


def apart() -> AbstractContextManager[None]:
    """Meanwhile, threads that begin belong to no visit, as those of every executor must.

    A thread that solara begins for a visit that is over dies before it says that it has begun. Whoever waits for it holds a lock
    that every executor of the process needs, so that the page would stop for everybody.
    """
    return kernel_context.without_context()


class Presence:
    """One visit's. Without a server (in a notebook, in a test) the visitor is there until :meth:`end`."""

    def __init__(self):
        self._over = threading.Event()
        self._kernel: str | None = None
        if kernel_context.has_current_context():
            context = kernel_context.get_current_context()
            self._kernel = context.id
            context.on_close(self.end)

    def end(self) -> None:
        """The visit is over."""
        self._over.set()

    @property
    def over(self) -> bool:
        """Whether the visit is over."""
        return self._over.is_set()

    def here(self) -> bool:
        """Whether a browser is connected now. Work that answers an event of the browser asks this and never waits: the server
        does not see that the browser has left, and cannot end the visit, before that work is done."""
        return not self.over and (self._kernel is None or CONNECTIONS[self._kernel] > 0)

    def lasts(self) -> bool:
        """Whether the visit goes on; waits while no browser is connected, so it is for threads of their own."""
        while not self.over and not self.here():
            self._over.wait(_LOOK)
        return not self.over
