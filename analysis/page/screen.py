"""What a visitor has open beside the run, and what the browser's events do to it."""

from __future__ import annotations

import threading
import time
from typing import Any

from mesa.visualization.utils import force_update

from abm import titles
from abm.scenario import Scenario
from analysis.page import components
from analysis.page.address import State, query
from analysis.page.changes import Change, without
from analysis.page.components import Plain
from analysis.page.foresight import Foresight, Question
from analysis.page.frame import base
from analysis.page.mailbox import Mailbox
from analysis.page.presence import Presence
from analysis.page.services import Opened, Services
from analysis.page.session import Session

LEFT, RIGHT = ("Levers", "Act", "Guide", "Take away"), ("Futures", "Nation", "Coalitions", "Compare", "Log")
#: What stands open beside the run, and goes into the address.
OPEN: dict[str, tuple[str, ...]] = {
    "left": LEFT, "right": RIGHT, "view": ("map", "network"), "weight": ("gdp", "nations"), "selected": (),
}
_SLOWEST_DRAWING = 5.0  # seconds; a browser that draws nothing (a hidden tab) holds the run up no longer than this
_PATIENCE = 1.0  # seconds; a change is drawn with its first futures, or so long after it where they take longer


class Screen:
    """What the visitor has open, beside the run: tabs, view, selection, and whether the last frame has been drawn."""

    def __init__(self, services: Services, scenario: Scenario, seed: int, recorded: Opened | None):
        self.presence = Presence()
        self.session = Session(services, scenario, seed, self.presence.here)
        if recorded is not None:
            self.session.open(recorded)
        self.foresight = Foresight(self.session, force_update, self.presence)
        self.mailbox = Mailbox(self._after)
        self.playing, self.interval = False, 50
        self.left, self.right, self.view, self.weight = LEFT[0], RIGHT[0], "map", "gdp"
        self.selected, self.now = self.session.model.world.iso3[0], False
        self.pending: tuple[Change, ...] | None = None  # the changes with a lever as it is dragged
        self.against: Change | None = None  # the change without which the futures are drawn in grey; None: without all of them
        self.first = self.session.state({})
        self.query, self.serial, self._sent = "", 0, self.session.changes.now  # the address, and the turns that it has seen
        self.changed = False  # whether there is something that has not been drawn
        self.acts = 0  # interventions heard, done or refused
        self.heard, self.tag = 0, 0  # counts of the levers' last release and last drag that have been heard
        self.message = ""
        self.file: dict[str, Any] | None = None
        self.futures: Plain | None = None
        self.about: Plain | None = None  # open where it is not None
        self.tours = 0  # asked for
        self.drawn, self.drawing, self.turn = 0, threading.Condition(), threading.Lock()
        self._of_run: tuple[Any, Plain, Any] = (None, components.NOTHING, None)

    def of_run(self) -> tuple[Plain, Any]:
        """The picture's fixed part and the table of nations of the present run."""
        session, plain = self.session, self.session.origin.document()
        key = [session.kin, plain.get("nations"), plain.get("vendors")]
        if self._of_run[0] != key:
            fixed = Plain(base(session.scenario, session.model.world))
            self._of_run = (key, fixed, session.scenario.nations())
        if self.selected not in session.model.world.iso3:
            self.selected = session.model.world.iso3[0]
        return self._of_run[1:]

    def play(self) -> None:
        """Step until paused or over. The next step waits for the browser: a frame is drawn from the model as it stands, so one
        drawn late would show a step further, and a step would be missing on the screen."""
        with self.turn:
            self.note_drawn(self.session.step_now)
            while self.playing and not self.session.model.finished and self.presence.lasts():
                began = time.monotonic()
                try:
                    self.session.step()
                except ValueError as error:  # a nation of the visitor's own that cannot decide
                    self.message = titles.message(error, self.session.vendors)
                    break
                force_update()
                with self.drawing:
                    self.drawing.wait_for(lambda: self.drawn >= self.session.step_now, _SLOWEST_DRAWING)
                time.sleep(max(self.interval / 1000 - (time.monotonic() - began), 0.001))
            self.playing = False
            self.ask()
            force_update()

    def note_drawn(self, step: int) -> None:
        """The browser has drawn this step."""
        with self.drawing:
            self.drawn = step
            self.drawing.notify_all()

    def ask(self) -> None:
        """Ask for the futures of the present state, or of the move that is being considered."""
        if not self.playing and not self.presence.over:
            self.foresight.ask(self.question())

    def question(self) -> Question:
        """The futures from the present step (from the shown one, where a lever is dragged there; of a run that is over, from
        its start), beside the same without any change and without the one that was picked."""
        session = self.session
        with session.lock:
            changes = session.changes.now if self.pending is None else self.pending
            step = session.step_now if self.pending is None else session.step_shown
            own = [change for change in changes if change.kind in ("lever", "act")]
            plain = session.plain_document() if own else None
            beside, seed = self._beside(changes)
            return Question(
                session.document_of(changes), session.seed, 0 if step >= session.steps else step, session.steps, plain,
                beside or plain, seed, self.tag,
            )

    def _beside(self, changes: tuple[Change, ...]) -> tuple[dict[str, Any] | None, int | None]:
        """The document without the change that was picked, and its seed."""
        if self.against not in changes:
            return None, None
        rest = without(changes, changes.index(self.against))
        return self.session.document_of(rest), self.session.begun_from(rest, self.session.own)[1]

    def address(self) -> tuple[str, int]:
        """The query that restores all this, and a number that grows with each change of the run: the browser's back returns to
        the one before. It stands still while the run plays."""
        session = self.session
        if not self.playing or not self.query:
            shown = {name: getattr(self, name) for name in OPEN}
            self.query = query(session.state(shown))
        if session.changes.now != self._sent:
            self._sent, self.serial = session.changes.now, self.serial + 1
        return self.query, self.serial

    def restore(self, state: State) -> None:
        """Take up what an address holds. Errors: ValueError."""
        self.playing = False
        self.session.restore(state)
        self._sent = self.session.changes.now
        for name, value in state.open.items():
            if value in OPEN.get(name, ()) or (name == "selected" and value in self.session.model.world.iso3):
                setattr(self, name, value)

    def _after(self) -> None:
        self.ask()
        if self.changed:  # not by a lever that is dragged, which only its futures draw
            threading.Thread(target=self._draw_late, daemon=True).start()

    def _draw_late(self) -> None:
        """Draw what the first futures have not drawn. Drawn before them too, it would take the time that they need."""
        time.sleep(_PATIENCE)
        if self.changed and not self.presence.over:
            force_update()


def guarded(screen: Screen, action) -> None:
    """Do what a visitor asked; what is not admissible becomes a message."""
    screen.message = ""
    try:
        action()
    except (ValueError, TypeError, KeyError) as error:
        screen.message = titles.message(error, screen.session.vendors)


def doing(screen: Screen, action):
    """An event of the browser that changes the run: guarded, then drawn, then the futures asked for again."""

    def do(*sent):
        screen.mailbox.flush()
        guarded(screen, lambda: action(*sent))
        screen.pending = None
        force_update()
        screen.ask()

    return do


def setter(screen: Screen, name: str, allowed: tuple):
    def choose(value):
        if value in allowed:
            setattr(screen, name, value)
            force_update()

    return choose


def select(screen: Screen):
    def select(iso3):
        if iso3 in screen.session.model.world.iso3:
            screen.selected, screen.right = iso3, "Nation"
            force_update()

    return select


def take_up(screen: Screen, scenario: Scenario, seed: int | None = None) -> None:
    """Begin a run of a scenario as it is, under the present seed or another."""
    screen.playing = False
    screen.session.take_up(scenario, seed)


def chooser(session: Session) -> Plain:
    world = session.model.world
    named = ({"iso3": iso3, "name": name} for iso3, name in zip(world.iso3, world.names))
    return Plain(sorted(named, key=lambda nation: nation["name"]))
