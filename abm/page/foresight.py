"""Futures in the background: the newest question is answered first, and answers that came too late are dropped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from abm.page.futures import Fan, futures
from abm.page.presence import Presence
from abm.page.session import Session

_KEPT = 6  # fans


class Foresight:
    """The fan of the question asked last, and ``before``, the fan of its reference (the same without the last move)."""

    def __init__(self, session: Session, redraw: Callable[[], None], presence: Presence | None = None):
        self.session, self.redraw, self.presence = session, redraw, presence or Presence()
        self.fan: Fan | None = None
        self.before: Fan | None = None
        self._fans: dict[str, Fan] = {}
        self._asked, self._turn = 0, threading.Lock()

    def ask(self, document: dict[str, Any], reference: dict[str, Any] | None, step: int) -> None:
        """Ask for the futures of a scenario document from a step on; returns at once."""
        self._asked += 1
        work = threading.Thread(target=self._work, args=(self._asked, document, reference, step), daemon=True)
        work.start()

    def _work(self, ticket: int, document, reference, step: int) -> None:
        with self._turn:
            before = None if reference is None else self._fans.get(self._key(reference, step))
            for fan in self._fans_of(ticket, document, step):
                self._show(fan, before)
            if reference is not None and before is None:
                for before in self._fans_of(ticket, reference, step):
                    self._show(self.fan, before)
            if step >= self.session.steps:
                self._show(None, None)

    def _fans_of(self, ticket: int, document, step: int):
        key, session = self._key(document, step), self.session
        if key in self._fans:
            yield self._fans[key]
            return
        if not self._stale(ticket):
            world = session.world_at(document, step)
            for fan in futures(world, session.steps, session.services, lambda: self._stale(ticket)):
                if self._stale(ticket):
                    return
                yield fan
                if fan.runs == fan.planned:
                    self._keep(key, fan)

    def _stale(self, ticket: int) -> bool:
        """Whether something else has been asked since, or the visit is over; waits while the browser is away."""
        return ticket != self._asked or not self.presence.lasts() or ticket != self._asked

    def _keep(self, key: str, fan: Fan) -> None:
        while len(self._fans) >= _KEPT:
            self._fans.pop(next(iter(self._fans)))
        self._fans[key] = fan

    def _show(self, fan: Fan | None, before: Fan | None) -> None:
        self.fan, self.before = fan, before
        self.redraw()

    def _key(self, document, step: int) -> str:
        return json.dumps([document, self.session.seed, step])
