"""What meets a newcomer: the tour, the guide with its exercises, and the box about the model."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from mesa.visualization.utils import force_update

from abm import titles
from analysis.page import components, guide
from analysis.page.about import about
from analysis.page.components import Plain
from analysis.page.presence import apart
from analysis.page.screen import Screen, doing, take_up
from analysis.page.session import describe
from runs import library

#: Selector of what a step of the tour speaks of, its title and text.
TOUR = (
    (".abm .stage", "The world", "Each disc is a nation, its area its GDP, its colour whose AI it relies on. Click or tap one to "
     "ask why. “table” lists all of them."),
    (".abm .controls", "Time", "Play lets the nations choose, quarter by quarter. The slider looks back; Reset begins again."),
    (".abm > .left", "What you can do", "Levers set what the world is like; their baseline is marked. Act lets something "
     "happen at once."),
    (".abm > .right", "What you can ask", "Futures shows how the world may go on, in many runs. Move a lever, and it answers "
     "at once, with the world before your move in grey."),
    (".abm #left-Guide", "Where to begin", "The Guide has three exercises, says what this scenario is about, and what the model "
     "can and cannot tell. Nothing you do here breaks anything."),
)


def Tour(screen: Screen):
    steps = [{"at": at, "title": title, "text": text} for at, title, text in TOUR]
    components.Tour(steps=Plain(steps), asked=screen.tours)


def Guide(screen: Screen):
    session = screen.session

    def begin(k):
        take_up(screen, library.scenario(guide.exercises()[int(k)].scenario), None)

    def move(sent):
        deed = guide.exercises()[int(sent["exercise"])].deeds()[int(sent["deed"])]
        if deed["kind"] == "parameter":
            session.set_parameter(deed["name"], deed["value"])
        else:
            session.act(deed)

    def look(k):
        screen.right = guide.exercises()[int(k)].look

    def tour(*_):
        screen.tours += 1
        force_update()

    over = "The run is over: reset it to act." if session.model.finished else ""
    past = "You look at the past: return to the present to act." if session.look is not None else ""
    components.Guide(
        scenario=Plain(guide.described(session.origin)), exercises=Plain(_exercises()), disabled=over or past,
        event_begin=doing(screen, begin), event_move=doing(screen, move), event_look=doing(screen, look), event_tour=tour,
        event_about=lambda *_: open_about(screen),
    )


def _exercises() -> list[dict[str, Any]]:
    return [
        {
            "title": entry.title, "question": entry.question, "notice": entry.notice, "look": entry.look,
            "minutes": entry.minutes,
            "where": "scenario “" + guide.described(library.scenario(entry.scenario))["title"].split(":")[0] + "”",
            "deeds": [titles.sentence(describe(deed).removeprefix("you ")) for deed in entry.deeds()],
        }
        for entry in guide.exercises()
    ]


def About(screen: Screen):
    def close(*_):
        screen.about = None
        force_update()

    components.About(content=screen.about or components.NOTHING, event_close=close)


def open_about(screen: Screen) -> None:
    """Show at once what is known, and the rest once it is worked out."""
    known: dict[str, Any] = {"limits": [], "patterns": None}
    known |= {"assumptions": guide.assumptions(), "scenarios": guide.shipped()}
    screen.about = Plain(known)
    force_update()

    def work():
        found = _worked_out()
        if screen.about is not None:
            screen.about = Plain(known | found)
            force_update()

    threading.Thread(target=work, daemon=True).start()


@cache
def _worked_out() -> dict[str, Any]:
    """The patterns in words, once a process."""
    with apart():
        found = about()
    patterns = [
        {
            "name": titles.sentence(entry["name"]), "says": titles.plain(entry["says"]), "source": titles.source(entry["source"]),
            "record": _range(entry["record"], entry["unit"]), "met": entry["met"],
            "model": f"{_figure(entry['model'][0], entry['unit'])} ({_range(entry['model'][1:], entry['unit'])})",
        }
        for entry in found["patterns"]
    ]
    return {
        "limits": [titles.plain(limit) for limit in found["limits"]], "replicates": found["replicates"],
        "met": sum(entry["met"] for entry in patterns), "patterns": sorted(patterns, key=lambda entry: entry["met"]),
    }


def _range(bounds: list[float], unit: str) -> str:
    of = "" if unit == "share" else " " + titles.unit(unit).removeprefix("share ")
    return f"{_figure(bounds[0], unit)} to {_figure(bounds[1], unit)}{of}".rstrip()


def _figure(x: float, unit: str) -> str:
    if unit.startswith("share"):
        return f"{100 * x:.3g} %"
    return f"{x:.0f}" if abs(x) >= 10 else f"{x:.2g}"
