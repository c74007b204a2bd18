"""One visitor's run: its scenario, seed, model, moves and recorded history. It draws nothing and knows no browser.

Whatever the page shows follows from a scenario document, a seed and a step. Moves are dated events of that document, so the
past can be looked at, saved and taken up again exactly: it is computed anew, in about a millisecond.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from abm import measures, parameters
from abm.model import Model
from abm.page import titles
from abm.page.happenings import Before, Entry, happenings
from abm.page.services import Opened, Services
from abm.scenario import Scenario
from abm.submodels.events import KINDS
from abm.world import Event, Vendor, World

#: Events that may happen at once. Compute and money are announced long before they come, so they belong in a scenario.
ACTING_NOW = ("restriction", "outage", "tension", "open_weights", "convene", "parameter")
_WORLDS = 8  # started worlds kept
#: What a visit may hold: its rows, its pictures and every run from the start grow with these.
NATIONS, STEPS, NATION_STEPS = 400, 1000, 50_000


class Watched(Model):
    """The model without Mesa's data collector: the session keeps what the page shows."""

    def collect(self) -> None:
        """Take all measures."""
        self.observed = measures.values(self.world)


class Session:
    """Everything one open page holds. ``run`` counts the runs begun; ``look`` is the past step shown, None at the present.

    ``watched()`` says whether somebody looks on, of which a replay asks between its steps.
    """

    def __init__(self, services: Services, scenario: Scenario, seed: int = 0, watched: Callable[[], bool] = lambda: True):
        self.services, self.watched, self.lock, self.run = services, watched, threading.RLock(), 0
        self._worlds: dict[str, World] = {}
        self.recorded: Opened | None = None
        self.begin(scenario, seed)

    def begin(self, scenario: Scenario, seed: int, values: dict[str, Any] | None = None) -> None:
        """Begin a run of a scenario with parameters that differ from it; the first picture is its step 0.

        Errors: ValueError for a scenario that is too large for a page, before anything is changed.
        """
        changed = bounded(scenario.with_values(values, "page") if values else scenario)
        with self.lock:
            model = Watched(changed, rng=int(seed), nation=self.services.nation)
            self.origin, self.values, self.scenario = scenario, dict(values or {}), changed
            self.seed, self.model = int(seed), model
            self.run += 1
            self.moves: list[dict[str, Any]] = []
            self.reference: dict[str, Any] | None = None
            self.look: int | None = None
            self.glance: Watched | None = None
            self.log: list[Entry] = []
            self.rows: list[np.ndarray] = []
            self.sources: list[np.ndarray] = []
            self.serials: list[np.ndarray] = []
            self._without: Any = None
            self.vendors = changed.vendors
            self._columns = {name: column for column, name in enumerate(measures.columns(changed.vendor_names))}
            self.all_dates = np.array([model.world.date(step) for step in range(self.steps + 1)])
            self._remember()

    def open(self, opened: Opened) -> None:
        """Take up a recorded run and play it to its end, so that it can be looked through at once. It stops where it is when
        the browser leaves; Play goes on from there."""
        with self.lock:
            self.begin(opened.scenario, opened.seed)
            self.recorded = opened
            while not self.model.finished and self.watched():
                self.step()

    def agrees(self) -> bool | None:
        """Whether the recorded run's last measures are met exactly; None where nothing was recorded or it is not over."""
        if self.recorded is None or not self.model.finished or self.moves:
            return None
        return all(
            self.model.observed[name] == value or (np.isnan(value) and np.isnan(self.model.observed[name]))
            for name, value in self.recorded.outcomes.items()
        )

    # --- going on ---

    @property
    def step_now(self) -> int:
        """Steps done."""
        return int(self.model.world.record.step)

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.scenario.content.steps

    def step(self) -> None:
        """One step of the model, recorded; nothing once the run is over."""
        with self.lock:
            if self.model.finished:
                return
            self.look = self.reference = None
            before = Before.of(self.model.world)
            dated = [event for event in self.scenario.content.events if self._step_of(event.date) == self.step_now]
            step, date = self.step_now, self.model.date
            self.model.step()
            self.log += [Entry(step, date, "event", event.note or event.kind.replace("_", " ")) for event in dated]
            self.log += happenings(before, self.model.world)
            self._remember()

    def _remember(self) -> None:
        record, n = self.model.world.record, int(self.model.world.record.n)
        slots = np.maximum(record.source[:n] - len(self.model.world.vendors) - 2, 0)
        member = record.source[:n] >= len(self.model.world.vendors) + 2
        self.rows.append(np.array(list(self.model.observed.values())))
        self.sources.append(record.source[:n].astype(np.int8))
        self.serials.append(np.where(member, record.serial[slots], 0).astype(np.int16))

    def reset(self) -> None:
        """Begin the run again: same scenario, parameters and seed, no moves."""
        self.begin(self.origin, self.seed, self.values)

    def history(self, name: str) -> np.ndarray:
        """One measure at every step done."""
        return self.measured(self.rows, name)

    def measured(self, rows, name: str) -> np.ndarray:
        """One measure of rows of all measures."""
        column = self._columns[name]
        return np.array([row[column] for row in rows])

    @property
    def dates(self) -> np.ndarray:
        """Dates of the steps done."""
        return self.all_dates[: len(self.rows)]

    # --- looking back ---

    def look_at(self, step: int) -> None:
        """Show a step already played; the run itself stays where it is."""
        with self.lock:
            step = max(0, min(int(step), self.step_now))
            self.look = None if step == self.step_now else step
            if self.look is None:
                self.glance = None
                return
            if self.glance is None:
                self.glance = Watched(self.scenario, rng=self.seed, nation=self.services.nation)
            self.glance.world = self.world_at(self.document(), step)
            self.glance.observed = measures.values(self.glance.world)

    @property
    def shown(self) -> Model:
        """The model of the step that is shown."""
        return self.glance if self.look is not None and self.glance is not None else self.model

    def world_at(self, document: dict[str, Any], step: int) -> World:
        """The world of a scenario document under this run's seed at a step, computed from its start."""
        key = json.dumps([document, self.seed])
        if key not in self._worlds:
            while len(self._worlds) >= _WORLDS:
                self._worlds.pop(next(iter(self._worlds)))
            self._worlds[key] = Scenario.parse(document, self.scenario.name).world(self.seed)
        world = self._worlds[key].copy()
        self.services.simulate(world, step, np.array([self.seed], np.uint64))
        return world

    # --- moves ---

    def document(self, *more: dict[str, Any]) -> dict[str, Any]:
        """The scenario with the moves made so far, and ``more``, as dated events."""
        plain = self.scenario.document()
        plain["events"] = [*plain.get("events", []), *self.moves, *more]
        return plain

    def event(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A move as a dated event of the present step. Errors: ValueError."""
        if fields.get("kind") not in ACTING_NOW:
            raise ValueError(f"kind: {fields.get('kind')!r} cannot happen at once; these can: {', '.join(ACTING_NOW)}")
        if self.model.finished:
            raise ValueError("the run is over; reset it, or choose an earlier moment in another run, to act")
        dates = [event.date for event in self.scenario.content.events]
        same_step = [date for date in dates if self._step_of(date) == self.step_now]
        return {"date": max([self.model.date, *same_step]), **fields}

    def _step_of(self, date: float) -> int:
        return self.scenario.step_of(date)

    def act(self, fields: dict[str, Any]) -> None:
        """Make a move: it happens in the coming step. Errors: ValueError with what is wrong in one sentence each."""
        with self.lock:
            move = self.event(fields)
            before, event = self.document(), self._checked(move)
            if self.moves and _same_lever(self.moves[-1], move):
                before = self.document_without_last()
                self.moves.pop()
                self.model.world = self.world_at(self.document(), self.step_now)
                self.log.pop()
            self.model.intervene(event)
            self.moves.append(move)
            self.reference = before
            self.log.append(Entry(self.step_now, self.model.date, "intervention", describe(move, self.vendors), event.nations))

    def document_without_last(self) -> dict[str, Any]:
        """The scenario with all moves but the last."""
        plain = self.scenario.document()
        plain["events"] = [*plain.get("events", []), *self.moves[:-1]]
        return plain

    def _checked(self, move: dict[str, Any]) -> Event:
        plain = self.scenario.document()
        event = Scenario.parse({**plain, "events": [move]}, self.scenario.name, "page").events()[0]
        known = set(self.model.world.iso3)
        return Event(
            event.step, event.kind, event.target, event.value, event.parameter,
            tuple(iso3 for iso3 in event.nations if iso3 in known),
        )

    def set_parameter(self, name: str, value: Any) -> None:
        """Change a parameter: before the first step the run's own, afterwards from now on, as a move."""
        if self.step_now == 0 and not self.moves:
            before = self.document()
            self.begin(self.origin, self.seed, {**self.values, name: value})
            self.reference = before
        else:
            self.act({"kind": "parameter", "name": name, "value": value})

    def preview(self, name: str, value: Any) -> dict[str, Any]:
        """The document that :meth:`set_parameter` would lead to."""
        if self.step_now == 0 and not self.moves:
            return self.origin.with_values({**self.values, name: value}, "page").document()
        return self.document(self.event({"kind": "parameter", "name": name, "value": value}))

    def shown_parameters(self) -> dict[str, Any]:
        """Parameters of the shown step, as a person writes them."""
        world = self.shown.world
        known = parameters.names(world.vendors)
        return {
            name: known[name][0].show(value) if known[name][0].choices else value
            for name, value in world.parameters().items()
        }

    # --- the same seed without the moves ---

    def without_moves(self):
        """The whole run of this seed without the moves, with series and choices."""
        with self.lock:
            if self._without is None:
                seeds = np.array([self.seed], np.uint64)
                self._without = self.services.simulate(self.scenario.world(self.seed), self.steps, seeds, (), None, True, True)
            return self._without


def bounded(scenario: Scenario) -> Scenario:
    """The scenario, if a page can show it. Errors: ValueError in one sentence."""
    nations, steps = len(scenario.nations()), scenario.content.steps
    if nations > NATIONS or steps > STEPS or nations * steps > NATION_STEPS:
        raise ValueError(
            f"the page shows at most {NATIONS} nations, {STEPS:,} steps and {NATION_STEPS:,} nations times steps; "
            f"{scenario.name} has {nations:,} nations and {steps:,} steps: make it smaller, or use `abm run`"
        )
    return scenario


def _same_lever(last: dict[str, Any], move: dict[str, Any]) -> bool:
    return all(last.get(key) == move.get(key) for key in ("date", "kind", "name")) and move["kind"] == "parameter"


def describe(move: dict[str, Any], vendors: tuple[Vendor, ...] = ()) -> str:
    """A move in words; ``vendors`` know the titles of those that a scenario adds."""
    kind, whom = move["kind"], titles.nations(move.get("nations", ""))
    if "vendor" in move:
        vendor = titles.vendor(move["vendor"], vendors)
    if kind == "restriction":
        years = f" for {move['years']:g} years" if move.get("years") else ""
        return f"you let {vendor} cut off {whom}{years}"
    if kind == "outage":
        return f"you let {vendor} fail" + (f" for {move['years']:g} years" if move.get("years") else "")
    if kind == "tension":
        return f"you multiply tension by {move['factor']:g}"
    if kind == "open_weights":
        return f"you release open weights {move['gap']:g} powers of ten of compute behind the frontier"
    if kind == "convene":
        return f"you convene {whom}" + (" (binding)" if move.get("binding") else "")
    if move["name"].startswith("hosting_") and move["name"] not in parameters.BY_NAME:
        vendor = titles.vendor(move["name"].removeprefix("hosting_"), vendors)
        return f"you let {vendor} host {100 * move['value']:g} % of its clients' use at their home"
    return f"you set “{titles.parameter(move['name'], vendors)}” to {titles.value(move['name'], move['value'])}"


assert set(ACTING_NOW) <= set(KINDS)
