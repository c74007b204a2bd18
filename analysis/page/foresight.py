"""Futures in the background: the newest question is answered first, and answers that came too late are dropped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analysis.page.futures import Fan, futures
from analysis.page.presence import Presence
from analysis.page.session import Session

_KEPT = 12  # fans


@dataclass(frozen=True)
class Question:
    """A scenario document of so many ``steps``, under a seed, from a step on. ``without`` is the same without the visitor's
    changes, ``against`` the one that is drawn in grey beside it, under ``against_seed``. ``tag`` comes back with the answer."""

    document: dict[str, Any]
    seed: int
    step: int
    steps: int
    without: dict[str, Any] | None = None
    against: dict[str, Any] | None = None
    against_seed: int | None = None
    tag: int = 0


@dataclass(frozen=True)
class Answer:
    """The fans of a question; None where there is none (yet)."""

    fan: Fan | None = None
    without: Fan | None = None
    against: Fan | None = None


class Foresight:
    """The fans of the question asked last: ``fan``, ``before`` (the one beside it) and ``without`` (no change of the visitor's).

    Fans of another world than the session's present one are never given out: they cannot be drawn in it. ``answered`` is the
    tag of the question answered last, ``fresh`` tells whether that is the question asked last.
    """

    def __init__(self, session: Session, redraw: Callable[[], None], presence: Presence | None = None):
        self.session, self.redraw, self.presence = session, redraw, presence or Presence()
        self.answered, self._answer, self._answered_ticket = 0, Answer(), 0
        self._fans: dict[str, Fan] = {}
        self._asked, self._turn = 0, threading.Lock()

    @property
    def fan(self) -> Fan | None:
        """The fan of the question."""
        return self._own(self._answer.fan)

    @property
    def before(self) -> Fan | None:
        """The fan that is drawn beside it."""
        return self._own(self._answer.against)

    @property
    def without(self) -> Fan | None:
        """The fan without any change of the visitor's."""
        return self._own(self._answer.without)

    @property
    def fresh(self) -> bool:
        """Whether what is shown answers the question asked last."""
        return self._answered_ticket == self._asked

    def _own(self, fan: Fan | None) -> Fan | None:
        return fan if fan is not None and fan.kin == self.session.kin else None

    def ask(self, question: Question) -> None:
        """Ask; returns at once."""
        self._asked += 1
        threading.Thread(target=self._work, args=(self._asked, question), daemon=True).start()

    def _work(self, ticket: int, question: Question) -> None:
        with self._turn:
            if self._stale(ticket):
                return
            asked = {"fan": question.document, "without": question.without, "against": question.against}
            documents = {name: document for name, document in asked.items() if document is not None}
            seeds = dict.fromkeys(documents, question.seed)
            if question.against_seed is not None:
                seeds["against"] = question.against_seed
            keys = {name: json.dumps([document, seeds[name], question.step]) for name, document in documents.items()}
            found = {name: self._fans[key] for name, key in keys.items() if name != "fan" and key in self._fans}
            missing = {key: name for name, key in keys.items() if name not in found}
            asking = {key: self._fans_of(ticket, key, documents[name], seeds[name], question) for key, name in missing.items()}
            while asking:  # in turns, so that the first fans of all are there before the whole of any
                for key, fans in [*asking.items()]:
                    fan = next(fans, None)
                    if fan is None:
                        del asking[key]
                    else:
                        found |= {name: fan for name, its_key in keys.items() if its_key == key}
                        self._show(ticket, question, Answer(**found))

    def _fans_of(self, ticket: int, key: str, document: dict[str, Any], seed: int, question: Question):
        if key in self._fans:
            yield self._fans[key]
            return
        shown = False
        if self._stale(ticket):
            return

        def given_up() -> bool:  # the first fan comes also where something else has been asked since: a drag would show none
            return self._stale(ticket) if shown else not self.presence.lasts()

        world = self.session.world_at(document, question.step, seed)
        for fan in futures(world, question.steps, self.session.services, given_up):
            yield fan
            shown = True
            if fan.runs == fan.planned:
                self._keep(key, fan)

    def _stale(self, ticket: int) -> bool:
        """Whether something else has been asked since, or the visit is over; waits while the browser is away."""
        return ticket != self._asked or not self.presence.lasts() or ticket != self._asked

    def _keep(self, key: str, fan: Fan) -> None:
        while len(self._fans) >= _KEPT:
            self._fans.pop(next(iter(self._fans)))
        self._fans[key] = fan

    def _show(self, ticket: int, question: Question, answer: Answer) -> None:
        self._answer, self.answered, self._answered_ticket = answer, question.tag, ticket
        self.redraw()
