"""The strip across the page: the answer in a sentence, what the visitor changed, and the address that restores both."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from mesa.visualization.utils import force_update

from abm import titles
from analysis.page import components, guide, headline, panels
from analysis.page.address import read
from analysis.page.changes import Change, without
from analysis.page.components import Plain
from analysis.page.screen import Screen, doing, guarded
from analysis.page.session import Session, describe


def Strip(screen: Screen) -> None:
    """The strip of one visitor."""
    session = screen.session
    query, serial = screen.address()

    def pick(place):
        picked = session.changes.now[int(place)]
        session.check_kin(without(session.changes.now, int(place)))
        screen.against = None if screen.against == picked else picked

    def back(search):
        word = parse_qs(str(search).removeprefix("?")).get("state", [""])[0]
        if not word:
            screen.restore(screen.first)
        elif "?state=" + word != screen.query:
            screen.restore(read(word))

    def act_on_history(action):
        def do(*_):
            screen.playing = False
            action()

        return doing(screen, do)

    def leave_out(place):
        screen.playing = False
        session.leave_out(int(place))

    turns = session.changes
    components.Strip(
        answer=Plain(headline.answer(screen)), entries=Plain([entry(screen, place) for place in range(len(turns.now))]),
        undo=_turned(session, turns.done[-1].before, turns.done[-1].after) if turns.done else "",
        redo=_turned(session, turns.undone[-1].before, turns.undone[-1].after) if turns.undone else "",
        query=query, serial=serial, event_take_back=act_on_history(session.undo), event_do_again=act_on_history(session.redo),
        event_leave_out=doing(screen, leave_out), event_pick=_considering(screen, pick), event_back=doing(screen, back),
    )


def _considering(screen: Screen, action):
    """What asks for other futures of the same run."""

    def do(*sent):
        guarded(screen, lambda: action(*sent))
        force_update()
        screen.ask()

    return do


def entry(screen: Screen, place: int) -> dict[str, Any]:
    """One change as the strip shows it. ``ahead`` is one that the run has yet to come to."""
    session, change = screen.session, screen.session.changes.now[place]
    own = change.kind in ("lever", "act")
    return {
        "kind": change.kind, "text": words(session, change), "own": own, "picked": screen.against == change,
        "when": when(session, change) if own else "", "ahead": own and change.step >= max(session.step_now, 1),
    }


def when(session: Session, change: Change) -> str:
    """From when on a change holds."""
    if change.kind == "lever" and change.step == 0:
        return "before the run"
    return panels.quarter(session.model.world.date(change.step))


def words(session: Session, change: Change) -> str:
    """A change in words, with its unit."""
    what = change.what
    if change.kind == "scenario":
        return f"scenario “{guide.described(session.scenario_of(what))['title'].split(':')[0]}”"
    if change.kind == "seed":
        return f"seed {what['seed']}"
    if change.kind == "act":
        return describe({"date": 0.0, **what}, session.vendors).removeprefix("you ")
    return f"{titles.parameter(what['name'], session.vendors)}: {titles.value(what['name'], what['value'])}"


def _turned(session: Session, before: tuple[Change, ...], after: tuple[Change, ...]) -> str:
    """What a turn did, in words, for the buttons that take it back and do it again."""
    new = [change for change in after if change not in before]
    gone = [change for change in before if change not in after]
    if new:
        return words(session, new[-1])
    if len(gone) > 1:
        return f"leaving out {len(gone)} changes"
    return f"leaving out {words(session, gone[0])}" if gone else "going back to the start"
