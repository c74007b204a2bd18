"""What a visitor did, in order: each change can be taken back, done again and left out. The run follows from what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

#: What can change: the scenario, the seed, a parameter (before the run or from a step on), an intervention at a step.
KINDS = ("scenario", "seed", "lever", "act")
MOST = 100  # changes of one visit, and turns that can be taken back


@dataclass(frozen=True)
class Change:
    """One change. ``what`` is plain data: a scenario's ``name`` (and ``document``, where none of that name is shipped), a
    ``seed``, a lever's ``name`` and ``value``, or the fields of an event. It holds from ``step`` on; a lever of step 0 is set
    before the run.
    """

    kind: str
    what: dict[str, Any]
    step: int = 0


@dataclass(frozen=True)
class Turn:
    """One thing done: the changes before and after it, and the steps that were shown before and after it."""

    before: tuple[Change, ...]
    after: tuple[Change, ...]
    step_before: int
    step_after: int


class Changes:
    """The changes that hold ``now``, and the turns that led here, to take back or do again."""

    def __init__(self, now: Iterable[Change] = ()):
        self.now = tuple(now)
        self.done: list[Turn] = []
        self.undone: list[Turn] = []

    @property
    def own(self) -> tuple[Change, ...]:
        """Levers and interventions, without the scenario and the seed that they act on."""
        return tuple(change for change in self.now if change.kind in ("lever", "act"))

    def do(self, after: tuple[Change, ...], step_before: int, step_after: int) -> None:
        """Note what has been done; what was taken back before it cannot be done again."""
        self.done = [*self.done, Turn(self.now, after, step_before, step_after)][-MOST:]
        self.now, self.undone = after, []

    def undo(self) -> None:
        """Note that the last turn has been taken back."""
        turn = self.done.pop()
        self.undone.append(turn)
        self.now = turn.before

    def redo(self) -> None:
        """Note that it has been done again."""
        turn = self.undone.pop()
        self.done.append(turn)
        self.now = turn.after


def added(changes: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """The changes with one more. A lever moved again at the same step, another seed or scenario take the place of the former;
    a scenario is taken as it is, so that levers and interventions go."""
    if change.kind == "scenario":
        return change, *(other for other in changes if other.kind == "seed")

    def stays(other: Change) -> bool:
        if change.kind == "lever":
            return not (other.kind == "lever" and other.step == change.step and other.what["name"] == change.what["name"])
        return change.kind == "act" or other.kind != change.kind

    return *filter(stays, changes), change


def without(changes: tuple[Change, ...], index: int) -> tuple[Change, ...]:
    """The changes without the one at a place."""
    return changes[:index] + changes[index + 1 :]


def values_of(changes: tuple[Change, ...]) -> dict[str, Any]:
    """Parameters set before the run."""
    return {change.what["name"]: change.what["value"] for change in changes if change.kind == "lever" and change.step == 0}


def moves_of(changes: tuple[Change, ...], date: Callable[[int], float]) -> list[dict[str, Any]]:
    """Everything done in the course of the run as dated events, in their order; ``date`` gives the date of a step's moves."""
    dated = [change for change in changes if change.kind == "act" or (change.kind == "lever" and change.step > 0)]
    return [
        {"date": date(change.step), **({"kind": "parameter"} if change.kind == "lever" else {}), **change.what}
        for change in sorted(dated, key=lambda change: change.step)
    ]
