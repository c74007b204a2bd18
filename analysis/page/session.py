"""One visitor's run: its scenario, seed, model, changes and recorded past. It draws nothing and knows no browser.

Whatever the page shows follows from a scenario document, a seed and a step. Moves are dated events of that document, so the
past can be looked at, changed, saved and taken up again exactly: it is computed anew, in about a millisecond a step.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from abm import data, measures, options, parameters, titles
from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels.events import KINDS
from abm.world import Vendor, World
from analysis.page import changes as history
from analysis.page.address import State
from analysis.page.changes import Change, Changes
from analysis.page.event_log import Before, Entry, event_log
from analysis.page.futures import kin_of
from analysis.page.services import Opened, Services
from runs import library

#: Events that may happen at once. Compute and money are announced long before they come, so they belong in a scenario.
ACTING_NOW = ("restriction", "outage", "tension", "open_weights", "convene", "parameter")
_WORLDS = 8  # started worlds kept
_EVENTS = 32  # dated events that a run takes, or as many as its scenario has
#: What a visit may hold: its rows, its pictures and every run from the start grow with these.
NATIONS, STEPS, NATION_STEPS = 400, 1000, 50_000


class Watched(Model):
    """The model without Mesa's data collector: the session keeps what the page shows."""

    def collect(self) -> None:
        """Take all measures."""
        self.observed = measures.values(self.world)

    @property
    def by_rule(self) -> bool:
        """Whether its nations act by the rules alone, so that the compiled ensemble takes the very same step."""
        return all(type(nation) is Nation for nation in self.nations)

    def show(self, world: World) -> None:
        """Stand at another step of the same run."""
        self.world, self.steps = world, int(world.record.step)
        self.running = not self.finished
        self.collect()


class _Begun(Scenario):
    """A scenario whose world has been made already, from one kept: that takes a tenth of the time."""

    def __init__(self, scenario: Scenario, world: World):
        super().__init__(scenario.content, scenario.name)
        self._world = world

    def world(self, seed: int = 0) -> World:
        """The world that was made."""
        return self._world.copy()


class Session:
    """Everything one open page holds. ``run`` counts the runs begun; ``look`` is the past step shown, None at the present.

    ``watched()`` says whether somebody looks on, of which a replay asks between its steps. Who reads more than one thing of a
    session holds its ``lock``, or may see a part of one run and a part of the next.
    """

    def __init__(self, services: Services, scenario: Scenario, seed: int = 0, watched: Callable[[], bool] = lambda: True):
        self.services, self.watched, self.lock, self.run = services, watched, threading.RLock(), 0
        self._worlds: dict[str, World] = {}
        self._scenarios: dict[str, Scenario] = {}
        self._shipped: dict[str, bool] = {}
        self.recorded: Opened | None = None
        self.own: tuple[Scenario, int] = (scenario, int(seed))  # the page's own, from which changes start
        self.rows: list[np.ndarray] = []
        self.sources: list[np.ndarray] = []
        self.serials: list[np.ndarray] = []
        self.log: list[Entry] = []
        self.begin(scenario, seed)

    def begin(self, scenario: Scenario, seed: int, values: dict[str, Any] | None = None) -> None:
        """Begin afresh with a scenario of the page's own, and parameters that differ from it, at step 0; nothing is left to undo.

        Errors: ValueError for a scenario that is too large for a page, before anything is changed.
        """
        levers = tuple(Change("lever", {"name": name, "value": value}) for name, value in (values or {}).items())
        with self.lock:
            self._take(levers, 0, (scenario, int(seed)))
            self.changes = Changes(levers)

    def _take(self, changes: tuple[Change, ...], step: int, own: tuple[Scenario, int] | None = None) -> None:
        """Let the run follow from other changes, and stand at a step of it. Errors: ValueError, before anything is changed."""
        own = own or self.own
        origin, seed = self.begun_from(changes, own)
        values, moves = history.values_of(changes), history.moves_of(changes, lambda step: _date(origin, step))
        changed = bounded(origin.with_values(values, "page") if values else origin)
        if moves and len(moves) + len(changed.content.events) > max(_EVENTS, len(origin.content.events)):
            raise ValueError(f"a run takes at most {_EVENTS} dated events")
        document = _with_events(changed.document(), moves)
        whole = Scenario.parse(document, changed.name, "page") if moves else changed
        begun = _Begun(whole, self._start(whole, document, seed))
        model = Watched(begun, rng=seed, nation=self.services.nation)
        kept = self._same_until(changed, seed, moves) if self.run else -1
        past = (self.rows, self.sources, self.serials)
        self.own, self.origin, self.scenario, self.seed, self.model = own, origin, changed, seed, model
        self.values, self.moves, self._document = values, moves, document
        self.run += 1
        self.look: int | None = None
        self.glance: Watched | None = None
        self.vendors = changed.vendors
        self._without: Any = None
        self._columns = {name: column for column, name in enumerate(measures.columns(changed.vendor_names))}
        self.all_dates = np.array([model.world.date(step) for step in range(self.steps + 1)])
        self.kin = kin_of(model.world, self.steps)
        kept = min(kept, step)
        self.rows, self.sources, self.serials = ([*rows[: kept + 1]] for rows in past)
        self.log = [entry for entry in self.log if entry.step < kept]
        if kept > 0:
            self.model.show(self.world_at(document, kept))
        elif kept < 0:
            self._remember()
        self._announce()
        while self.step_now < min(step, self.steps):
            self._advance()

    def _same_until(self, changed: Scenario, seed: int, moves: list[dict[str, Any]]) -> int:
        """The step up to which the run that stands is also that of other changes; -1 where they differ from the start."""
        if seed != self.seed or changed.document() != self.scenario.document() or changed.name != self.scenario.name:
            return -1
        differ = [move for pair in ((moves, self.moves), (self.moves, moves)) for move in pair[0] if move not in pair[1]]
        return min([self.step_now, *(self._step_of(move["date"]) for move in differ)])

    def begun_from(self, changes: tuple[Change, ...], own: tuple[Scenario, int]) -> tuple[Scenario, int]:
        """The scenario and the seed that changes lead to, from the page's ``own``."""
        scenario, seed = own
        for change in changes:
            if change.kind == "scenario":
                scenario = self.scenario_of(change.what)
            elif change.kind == "seed":
                seed = int(change.what["seed"])
        return scenario, seed

    def scenario_of(self, what: dict[str, Any]) -> Scenario:
        """The scenario that a change names or brings. Errors: ValueError."""
        key = json.dumps(what)
        if key not in self._scenarios:
            if "document" not in what and what["name"] not in library.names():  # a path on this machine, say
                raise ValueError(f"{str(what['name'])[:60]}: no such scenario")
            found = (
                Scenario.parse(what["document"], what["name"], what["name"])
                if "document" in what else library.scenario(what["name"])
            )
            self._scenarios = {**self._scenarios, key: found} if len(self._scenarios) < _WORLDS else {key: found}
        return self._scenarios[key]

    def open(self, opened: Opened) -> None:
        """Take up a recorded run and play it to its end, so that it can be looked through at once. It stops where it is when
        the browser leaves; Play goes on from there."""
        with self.lock:
            self.take_up(opened.scenario, opened.seed)
            self.recorded = opened
            while not self.model.finished and self.watched():
                self.step()

    def agrees(self) -> bool | None:
        """Whether the recorded run's last measures are met exactly; None where nothing was recorded or it is not over."""
        if self.recorded is None or not self.model.finished or self.changes.own:
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
            self.look = None
            if not self.model.finished:
                self._advance()

    def _advance(self) -> None:
        before, step, date = Before.of(self.model.world), self.step_now, self.model.date
        dated = [event for event in self.scenario.content.events if self._step_of(event.date) == step]
        if self.model.by_rule:
            self.model.show(self.world_at(self._document, step + 1))
        else:
            self.model.step()
        self.log += [Entry(step, date, "event", event.note or event.kind.replace("_", " ")) for event in dated]
        self.log += event_log(before, self.model.world)
        self._remember()
        self._announce()

    def _announce(self) -> None:
        """Log the moves that happen in the coming step."""
        for move in self.moves:
            if self._step_of(move["date"]) == self.step_now:
                text = describe(move, self.vendors)
                self.log.append(Entry(self.step_now, self.model.date, "intervention", text, self._concerned(move)))

    def _concerned(self, move: dict[str, Any]) -> tuple[str, ...]:
        nations = move.get("nations") or []
        named = data.group(nations) if isinstance(nations, str) else nations
        return tuple(iso3 for iso3 in named if iso3 in self.model.world.iso3)

    def _remember(self) -> None:
        record, n = self.model.world.record, int(self.model.world.record.n)
        self.rows.append(np.array(list(self.model.observed.values())))
        self.sources.append(record.source[:n].astype(np.int8))
        self.serials.append(options.serial(record.source[:n], record.serial, self.model.world.vendors).astype(np.int16))

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
                return
            if self.glance is None:
                self.glance = Watched(self.model.scenario, rng=self.seed, nation=self.services.nation)
            self.glance.show(self.world_at(self._document, step))

    @property
    def shown(self) -> Model:
        """The model of the step that is shown."""
        return self.glance if self.look is not None and self.glance is not None else self.model

    @property
    def step_shown(self) -> int:
        """The step that is shown, from which on a change holds."""
        return self.step_now if self.look is None else self.look

    def world_at(self, document: dict[str, Any], step: int, seed: int | None = None) -> World:
        """The world of a scenario document at a step, computed from its start, under this run's seed or another."""
        seed = self.seed if seed is None else seed
        with self.lock:
            key = _key(document, seed)
            if key not in self._worlds:
                self._keep(document, seed, Scenario.parse({**document, "parameters": {}}, "page").world(seed))
            world = self._worlds[key].copy()
        world.set(document.get("parameters", {}))
        for position, event in enumerate(document.get("events", [])):
            if event["kind"] == "parameter":
                world.record.event_value[position] = parameters.lookup(event["name"], world.vendors).parse(event["value"])
        self.services.simulate(world, step, np.array([seed], np.uint64))
        return world

    def _start(self, scenario: Scenario, document: dict[str, Any], seed: int) -> World:
        """The world of a scenario at step 0, from one that is kept where there is one."""
        if _key(document, seed) not in self._worlds:
            self._keep(document, seed, scenario.world(seed))
        return self.world_at(document, 0, seed)

    def _keep(self, document: dict[str, Any], seed: int, world: World) -> None:
        """Keep a world at step 0, from which others start that differ in values of parameters alone."""
        while len(self._worlds) >= _WORLDS:
            self._worlds.pop(next(iter(self._worlds)))
        kept = world.copy()
        for name, value in parameters.defaults(kept.vendors).items():
            parameters.set_parameter(kept.record, *parameters.position(name, kept.vendors), value)
        self._worlds[_key(document, seed)] = kept

    # --- changes ---

    def document(self) -> dict[str, Any]:
        """The scenario with the changes made so far, moves as dated events."""
        return json.loads(json.dumps(self._document))

    def document_of(self, changes: tuple[Change, ...]) -> dict[str, Any]:
        """The document of other changes of this run, unchecked."""
        origin, _ = self.begun_from(changes, self.own)
        plain = origin.document()
        plain["parameters"] |= history.values_of(changes)
        return _with_events(plain, history.moves_of(changes, lambda step: _date(origin, step)))

    def check_kin(self, changes: tuple[Change, ...]) -> None:
        """Errors: ValueError where futures under other changes cannot be drawn beside those of this run."""
        origin, seed = self.begun_from(changes, self.own)
        if kin_of(self.world_at(self.document_of(changes), 0, seed), origin.content.steps) != self.kin:
            raise ValueError(
                "without it the run has other nations, vendors or years, so that its futures cannot be drawn beside these; undo "
                "it to see them"
            )

    def plain_document(self) -> dict[str, Any]:
        """The scenario as it is, without a lever moved or an intervention."""
        return self.origin.document()

    def turn(self, after: tuple[Change, ...], step: int) -> None:
        """Let the run follow from other changes and stand at a step of it, and note that for :meth:`undo`. Errors: ValueError."""
        with self.lock:
            if len(after) > history.MOST:
                raise ValueError(f"a visit takes at most {history.MOST} changes; take some out first")
            before = self.step_now
            if after != self.changes.now or step != before:
                self._take(after, step)
                self.changes.do(after, before, self.step_now)
                self.recorded = None
            self.look = None

    def take_up(self, scenario: Scenario, seed: int | None = None) -> None:
        """Begin a run of another scenario, or of the same one again, as it is; levers and interventions go."""
        what: dict[str, Any] = {"name": scenario.name}
        if not self._ships(scenario):
            what["document"] = scenario.document()
        after = history.added(self.changes.now, Change("scenario", what))
        own = self.own[0]
        if scenario.name == own.name and scenario.document() == own.document():
            after = after[1:]
        self.turn(after if seed is None else self._with_seed(after, seed), 0)

    def state(self, shown: dict[str, str]) -> State:
        """All that restores the visit, with what is ``shown`` beside the run."""
        with self.lock:
            own, seed = self.own
            return State(own.name if self._ships(own) else own, seed, self.changes.now, self.step_now, self.look, shown)

    def restore(self, state: State) -> None:
        """Take up a state. What led to its changes can be undone; where it is one turn back or forth, that is what is done.

        Errors: ValueError, before anything is changed.
        """
        with self.lock:
            named = state.scenario
            own = (self.scenario_of({"name": named}) if isinstance(named, str) else named, state.seed)
            same = own[0].name == self.own[0].name and own[0].document() == self.own[0].document() and own[1] == self.own[1]
            if not same or state.changes != self.changes.now or state.step != self.step_now:
                self._take(state.changes, state.step, own)
                self.recorded = None
            done, undone = self.changes.done, self.changes.undone
            if same and done and done[-1].before == state.changes and done[-1].after == self.changes.now:
                self.changes.undo()
            elif same and undone and undone[-1].after == state.changes and undone[-1].before == self.changes.now:
                self.changes.redo()
            elif not same or state.changes != self.changes.now:
                self.changes = Changes()
                for count in range(len(state.changes)):
                    self.changes.do(state.changes[: count + 1], self.step_now, self.step_now)
            self.look_at(self.step_now if state.look is None else state.look)

    def _ships(self, scenario: Scenario) -> bool:
        key = json.dumps([scenario.name, scenario.document()])
        if key not in self._shipped:
            known = scenario.name in library.names()
            self._shipped[key] = known and library.scenario(scenario.name).document() == scenario.document()
        return self._shipped[key]

    def set_seed(self, seed: int) -> None:
        """Begin the run again under another seed, with the same changes."""
        self.turn(self._with_seed(self.changes.now, seed), 0)

    def _with_seed(self, changes: tuple[Change, ...], seed: int) -> tuple[Change, ...]:
        kept = tuple(change for change in changes if change.kind != "seed")
        return kept if seed == self.own[1] else (*kept, Change("seed", {"seed": int(seed)}))

    def again(self) -> None:
        """Begin the run again: same scenario, seed and changes."""
        self.turn(self.changes.now, 0)

    def reset(self) -> None:
        """Begin the run again without levers and interventions: same scenario and seed."""
        self.turn(tuple(change for change in self.changes.now if change.kind in ("scenario", "seed")), 0)

    def all_to_baseline(self) -> None:
        """Take all levers back to the scenario's values; interventions stay, and so does the step."""
        self.turn(tuple(change for change in self.changes.now if change.kind != "lever"), self.step_now)

    def leave_out(self, position: int) -> None:
        """Leave out the change at a place; the run is computed anew up to the present step. Errors: ValueError."""
        if not 0 <= position < len(self.changes.now):
            raise ValueError("that change is no longer there")
        change = self.changes.now[position]
        self.turn(history.without(self.changes.now, position), 0 if change.kind in ("scenario", "seed") else self.step_now)

    def undo(self) -> None:
        """Take back what was done last; the step stays unless that moved it. Nothing where nothing was done."""
        with self.lock:
            if self.changes.done:
                turn = self.changes.done[-1]
                moved = turn.step_before != turn.step_after
                self._take(turn.before, turn.step_before if moved else self.step_now)
                self.changes.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        with self.lock:
            if self.changes.undone:
                turn = self.changes.undone[-1]
                moved = turn.step_before != turn.step_after
                self._take(turn.after, turn.step_after if moved else self.step_now)
                self.changes.redo()

    def act(self, fields: dict[str, Any]) -> bool:
        """Make a move: it happens in the step that comes after the one shown. Errors: ValueError with what is wrong in one
        sentence each. Returns whether a branch begins there (see :meth:`with_change`)."""
        if fields.get("kind") not in ACTING_NOW:
            raise ValueError(f"kind: {fields.get('kind')!r} cannot happen at once; these can: {', '.join(ACTING_NOW)}")
        return self._change(Change("act", fields, self.step_shown))

    def set_parameter(self, name: str, value: Any) -> bool:
        """Change a parameter: at step 0 the run's own, else from the step shown on. Returns whether a branch begins there."""
        return self._change(Change("lever", {"name": name, "value": value}, self.step_shown))

    def _change(self, change: Change) -> bool:
        with self.lock:
            branch, step = self.look is not None, self.step_shown
            self.turn(self.with_change(change), step)
            return branch

    def with_change(self, change: Change) -> tuple[Change, ...]:
        """The changes with one more. Where an earlier step is shown a branch begins: what was done after it is left out."""
        if change.step >= self.steps:
            raise ValueError("the run is over; look back to an earlier step, or begin it again, to change something")
        kept = tuple(c for c in self.changes.now if c.step <= change.step or c.kind not in ("lever", "act"))
        if change.kind != "lever":
            return history.added(kept, change)
        name, value = change.what["name"], change.what["value"]
        parameter = parameters.lookup(name, self.scenario.vendor_names)
        try:
            number = parameter.parse(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if parameter.at_start and change.step > 0:
            raise ValueError(f"{name} counts only when a run starts; go back to step 0 to set it")
        after = history.added(kept, change)
        own = change.step == 0 and parameter.parse(self.origin.parameter(name)) == number
        return after[:-1] if own else after

    def _step_of(self, date: float) -> int:
        return self.scenario.step_of(date)

    def shown_parameters(self) -> dict[str, Any]:
        """Parameters of the shown step, as a person writes them."""
        world = self.shown.world
        known = parameters.names(world.vendors)
        return {
            name: known[name][0].show(value) if known[name][0].choices else value
            for name, value in world.parameters().items()
        }

    # --- the same seed without the changes ---

    def without_moves(self):
        """The whole run of this seed without the visitor's levers and interventions, with series and choices."""
        with self.lock:
            if self._without is None:
                world, seeds = self.world_at(self.plain_document(), 0), np.array([self.seed], np.uint64)
                self._without = self.services.simulate(world, self.steps, seeds, (), None, True, True)
            return self._without


def _date(scenario: Scenario, step: int) -> float:
    """Date of a move at a step: after everything that the scenario lets happen in that step."""
    content = scenario.content
    same_step = [event.date for event in content.events if scenario.step_of(event.date) == step]
    return max([content.start + step * content.step_years, *same_step])


def _with_events(document: dict[str, Any], moves: list[dict[str, Any]]) -> dict[str, Any]:
    return {**document, "events": [*document.get("events", []), *moves]}


def _key(document: dict[str, Any], seed: int) -> str:
    """What worlds share that differ in values of parameters alone."""
    events = [{**event, "value": None} if event["kind"] == "parameter" else event for event in document.get("events", [])]
    shared = {name: value for name, value in document.items() if name not in ("parameters", "events")}
    return json.dumps([shared, events, seed])


def bounded(scenario: Scenario) -> Scenario:
    """The scenario, if a page can show it. Errors: ValueError in one sentence."""
    nations, steps = len(scenario.nations()), scenario.content.steps
    if nations > NATIONS or steps > STEPS or nations * steps > NATION_STEPS:
        raise ValueError(
            f"the page shows at most {NATIONS} nations, {STEPS:,} steps and {NATION_STEPS:,} nations times steps; "
            f"{scenario.name} has {nations:,} nations and {steps:,} steps: make it smaller, or use `abm run`"
        )
    return scenario


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
