"""The page: what stands where, and what each control does. What it shows comes from the session, drawn by the panels.

It rests on Mesa's visualization (a model stepped by play controls, `update_counter` telling components to draw again); its
own play loop lets the browser set the pace, so that no frame is more than a step behind.
"""

from __future__ import annotations

import math
import threading
import time
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import solara
from mesa.visualization.utils import force_update, update_counter

from abm import data, parameters
from abm.model import Model
from abm.page import charts, components, panels, takeaway
from abm.page.components import Plain
from abm.page.foresight import Foresight
from abm.page.frame import base, frame
from abm.page.happenings import KINDS
from abm.page.services import Opened, Services
from abm.page.session import ACTING_NOW, Session, describe
from abm.scenario import Scenario

LEFT, RIGHT = ("Levers", "Act", "Take away"), ("Futures", "Nation", "Coalitions", "Compare", "Log")
_KINDS = {
    "restriction": "a vendor cuts off nations", "outage": "a vendor fails", "tension": "a tension shock",
    "open_weights": "open weights are released", "convene": "nations are convened",
}
_FIGURES = {
    "map": "map or network", "stances": "stances", "lag": "lag", "trust": "trust and turnover",
    "future-gdp_coalition": "futures: coalitions", "future-lag_coalition": "futures: lag", "why": "why",
    "compare-gdp_coalition": "compare: coalitions",
}
#: Levers shown first: those near which the model tips, and those a treaty or a vendor can pull.
_FIRST = ("fee_us", "fee_china", "portability", "hazard_us", "quality_sensitivity", "frontier_share", "convening_size", "openness")
_SLOWEST_DRAWING = 2.0  # seconds after which a browser that says nothing is sent the next frame all the same


class Screen:
    """What the visitor has open, beside the run: tabs, view, selection, and whether the last frame has been drawn."""

    def __init__(self, services: Services, scenario: Scenario, seed: int, recorded: Opened | None):
        self.session = Session(services, scenario, seed)
        if recorded is not None:
            self.session.open(recorded)
        self.foresight = Foresight(self.session, force_update)
        self.playing, self.interval = False, 100
        self.left, self.right, self.view, self.weight = LEFT[0], RIGHT[0], "map", "gdp"
        self.selected, self.now = self.session.model.world.iso3[0], False
        self.pending: dict[str, Any] | None = None
        self.message, self.file = "", None
        self.futures: Plain | None = None
        self.drawn = threading.Event()
        self._of_run: tuple[int, Plain, Any] = (-1, components.NOTHING, None)

    def of_run(self) -> tuple[Plain, Any]:
        """The picture's fixed part and the table of nations of the present run."""
        if self._of_run[0] != self.session.run:
            session = self.session
            fixed = Plain(base(session.scenario, session.model.world))
            self._of_run = (session.run, fixed, session.scenario.nations())
            if self.selected not in self.session.model.world.iso3:
                self.selected = self.session.model.world.iso3[0]
        return self._of_run[1:]

    def play(self) -> None:
        """Step until paused or over; a frame is sent once the last one has been drawn, and dropped otherwise."""
        self.drawn.set()
        sent = time.monotonic()
        while self.playing and not self.session.model.finished:
            began = time.monotonic()
            self.session.step()
            if self.drawn.is_set() or began - sent > _SLOWEST_DRAWING:
                self.drawn.clear()
                sent = began
                force_update()
            time.sleep(max(self.interval / 1000 - (time.monotonic() - began), 0.001))
        self.playing = False
        self.ask()
        force_update()

    def ask(self) -> None:
        """Ask for the futures of the present state, or of the move that is being considered."""
        if not self.playing:
            session = self.session
            with session.lock:
                document, reference = session.document(), session.reference
                if self.pending is not None:
                    document, reference = self.pending, document
                self.foresight.ask(document, reference, session.step_now)


@solara.component
def WorldView(model: Model, view: str = "map", selected: str = "", compact: bool = False, on_select=None, on_view=None, on_drawn=None):
    """Map and network of any model; stands in Mesa's ``SolaraViz(model, components=[WorldView])`` too."""
    update_counter.get()
    fixed = solara.use_memo(lambda: Plain(base(model.scenario, model.world)), [id(model)])
    components.Stage(
        base=fixed, frame=Plain(frame(model.world)), view=view, selected=selected, compact=compact,
        event_select=on_select or (lambda iso3: None), event_set_view=on_view or (lambda name: None),
        event_drawn=on_drawn or (lambda step: None),
    )


@solara.component
def Page(services: Services, scenario: Scenario, seed: int = 0, recorded: Opened | None = None):
    """The whole page of one visitor."""
    update_counter.get()
    state = parse_qs(solara.use_router().search or "").get("state", [""])[0]
    screen = solara.use_memo(lambda: _begin(services, scenario, seed, recorded, state), [])
    solara.Title("AI sovereignty through coalition")

    def live():
        screen.ask()
        return lambda: _end(screen)

    solara.use_effect(live, [])
    with solara.Div(classes=["abm"]):
        with solara.Div(classes=["top"]):
            _Controls(screen)
        if screen.message:
            solara.HTML(tag="p", classes=["message"], attributes={"role": "alert"}, unsafe_innerHTML=_escaped(screen.message))
        with solara.Div(classes=["left"]):
            components.Tabs(tabs=Plain(LEFT), chosen=screen.left, label="What you can do", event_choose=_setter(screen, "left", LEFT))
            with solara.Div(classes=["scroll"]).key(screen.left):
                {"Levers": _Levers, "Act": _Act, "Take away": _Takeaway}[screen.left](screen)
        with solara.Div(classes=["centre"]):
            _Centre(screen)
        with solara.Div(classes=["right"]):
            components.Tabs(tabs=Plain(RIGHT), chosen=screen.right, label="What you can ask", event_choose=_setter(screen, "right", RIGHT))
            with solara.Div(classes=["scroll"]).key(screen.right):
                _PANELS[screen.right](screen)


def _begin(services: Services, scenario: Scenario, seed: int, recorded: Opened | None, state: str) -> Screen:
    screen = Screen(services, scenario, seed, recorded)
    if state:
        _guarded(screen, lambda: _take_up(screen, *takeaway.from_link(state)))
    return screen


def _end(screen: Screen) -> None:
    """The page is closed: let go of the run."""
    screen.playing = False
    screen.foresight.stop()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _guarded(screen: Screen, action) -> None:
    """Do what a visitor asked; what is not admissible becomes a message."""
    screen.message = ""
    try:
        action()
    except (ValueError, TypeError, KeyError) as error:
        screen.message = str(error)


def _doing(screen: Screen, action):
    """An event of the browser that changes the run: guarded, then drawn, then the futures asked for again."""

    def do(*sent):
        _guarded(screen, lambda: action(*sent))
        screen.pending = None
        force_update()
        screen.ask()

    return do


def _setter(screen: Screen, name: str, allowed: tuple):
    def choose(value):
        if value in allowed:
            setattr(screen, name, value)
            force_update()

    return choose


def _select(screen: Screen):
    def select(iso3):
        if iso3 in screen.session.model.world.iso3:
            screen.selected, screen.right = iso3, "Nation"
            force_update()

    return select


def _take_up(screen: Screen, scenario: Scenario, seed: int | None) -> None:
    screen.playing = False
    screen.session.recorded = None
    screen.session.begin(scenario, screen.session.seed if seed is None else seed)


def _Controls(screen: Screen):
    session = screen.session
    shown = int(session.shown.world.record.step)

    def play(*_):
        screen.playing = not screen.playing
        screen.pending = None
        if screen.playing:
            session.look_at(session.step_now)
            threading.Thread(target=screen.play, daemon=True).start()
        force_update()

    def set_interval(value):
        screen.interval = min(max(int(value), 0), 500)
        force_update()

    def choose_scenario(name):
        if name in session.services.scenarios():
            _take_up(screen, session.services.scenario(name), None)

    def pause_and(action):
        def do(*sent):
            screen.playing = False
            action(*sent)

        return _doing(screen, do)

    components.Controls(
        quarter=panels.quarter(session.shown.date), look=shown, step_now=session.step_now, steps=session.steps,
        playing=screen.playing, finished=session.model.finished, interval=screen.interval, seed=session.seed,
        scenario=session.origin.name, scenarios=Plain(sorted({*session.services.scenarios(), session.origin.name})),
        event_play=play, event_step=_doing(screen, lambda *_: session.step()),
        event_reset=pause_and(lambda *_: session.reset()), event_look_at=_looking(screen), event_set_interval=set_interval,
        event_set_scenario=_doing(screen, choose_scenario),
        event_set_seed=pause_and(lambda seed: session.begin(session.origin, takeaway.checked_seed(seed), session.values)),
    )


def _looking(screen: Screen):
    def look_at(step):
        screen.playing = False
        _guarded(screen, lambda: screen.session.look_at(int(step)))
        force_update()

    return look_at


def _Centre(screen: Screen):
    session = screen.session
    fixed, _ = screen.of_run()
    components.Stage(
        base=fixed, frame=Plain(frame(session.shown.world)), view=screen.view, selected=screen.selected,
        event_select=_select(screen), event_set_view=_setter(screen, "view", ("map", "network")),
        event_drawn=lambda step: screen.drawn.set(),
    )
    with solara.Div(classes=["below"]):
        fan = None if screen.playing else screen.foresight.fan
        components.Pictures(
            svgs=Plain(charts.over_time(session, fan, screen.weight)),
            help=(
                "Each disc is a nation, its area its GDP, its colour whose AI it relies on. Press Play; click a nation to ask why; "
                "move a lever on the left and the futures answer on the right. Paler, right of the ruler: the mean of futures."
            ),
        )
        components.Tabs(tabs=Plain(("gdp", "nations")), chosen=screen.weight, label="Stances by", event_choose=_setter(screen, "weight", ("gdp", "nations")))


@cache
def lever_groups(vendors: tuple[str, ...]) -> Plain:
    """The parameter table as sliders: the main levers first, then all by group. A slider's middle is near the baseline."""
    baseline, rows = parameters.defaults(vendors), {}
    for name, (p, _) in parameters.names(vendors).items():
        inside = (baseline[name] - p.low) / (p.high - p.low)
        power = min(max(math.log(inside) / math.log(0.5), 0.5), 8.0) if 0 < inside < 1 else 1.0 if inside else 2.0
        rows[name] = {
            "name": name, "label": name.replace("_", " "), "unit": p.unit, "meaning": p.meaning, "source": p.source,
            "low": p.low, "high": p.high, "power": power, "whole": p.whole, "choices": list(p.choices),
            "baseline": p.show(baseline[name]) if p.choices else baseline[name], "group": p.group,
        }
    groups = list(dict.fromkeys(row["group"] for row in rows.values()))
    main = {"name": "main levers", "first": True, "rows": [rows[name] for name in _FIRST]}
    sorted_in = [{"name": g, "first": False, "rows": [r for r in rows.values() if r["group"] == g]} for g in groups]
    return Plain([main, *sorted_in])


def _Levers(screen: Screen):
    session = screen.session

    def drag(sent):
        def consider():
            screen.pending = session.preview(str(sent["name"]), sent["value"])

        _guarded(screen, consider)
        if screen.message:
            force_update()
        screen.ask()

    components.Levers(
        groups=lever_groups(session.model.world.vendors), values=Plain(_lever_values(session)), step_now=session.step_now,
        event_drag=drag, event_release=_doing(screen, lambda sent: session.set_parameter(str(sent["name"]), sent["value"])),
    )


def _lever_values(session: Session) -> dict[str, Any]:
    """Parameters as they stand, with those that moves have set for the coming step."""
    ordered = {move["name"]: move["value"] for move in session.moves if move["kind"] == "parameter"}
    return session.shown_parameters() | (ordered if session.look is None else {})


def _Act(screen: Screen):
    session = screen.session
    over = "The run is over: reset it to act." if session.model.finished else ""
    past = "You look at the past: return to the present to act." if session.look is not None else ""
    components.Act(
        kinds=Plain(_KINDS), vendors=Plain(session.model.world.vendors),
        groups=Plain(list(data.GROUPS)), nations=_chooser(session),
        moves=Plain([f"{panels.quarter(m['date'])}: {describe(m)}" for m in session.moves]),
        disabled=over or past, event_act=_doing(screen, session.act),
    )


def _chooser(session: Session) -> Plain:
    world = session.model.world
    named = ({"iso3": iso3, "name": name} for iso3, name in zip(world.iso3, world.names))
    return Plain(sorted(named, key=lambda nation: nation["name"]))


def _Takeaway(screen: Screen):
    session, services = screen.session, screen.session.services

    def save(name):
        path = services.save(Scenario.parse(session.document(), session.scenario.name, "page"), session.seed, str(name))
        screen.message = f"Saved as {path}; `abm replay {path} 0` does the run again."

    def fetch(name):
        screen.file = {"name": name, "text": takeaway.FILES[name](session), "count": time.monotonic()}

    def load(sent):
        if "text" not in sent:
            raise ValueError(f"{str(sent.get('name'))[:80]}: is larger than {takeaway.LIMIT // 1024} kB")
        _take_up(screen, *takeaway.from_file(str(sent["name"])[:80], str(sent["text"])))

    def replay(sent):
        opened = services.open(str(sent["name"]), int(sent["run"] or 0))
        screen.playing = False
        session.open(opened)
        same = session.agrees()
        screen.message = f"{opened.title}: " + ("every measure as recorded." if same else "the measures DIFFER from those recorded.")

    def missing(what):
        screen.message = f"{str(what)[:60]} is not on the page at present; open its panel first."

    components.Takeaway(
        figures=Plain(_FIGURES), results=Plain(services.results()), link=takeaway.link(session), file=Plain(screen.file), limit=takeaway.LIMIT,
        event_save=_doing(screen, save), event_fetch_file=_doing(screen, fetch), event_load_file=_doing(screen, load),
        event_replay=_doing(screen, replay), event_missing=_doing(screen, missing),
    )


def _Nation(screen: Screen):
    session = screen.session
    _, table = screen.of_run()

    def toggle(*_):
        screen.now = not screen.now
        force_update()

    components.NationPanel(
        nations=_chooser(session), selected=screen.selected, now=screen.now,
        content=Plain(panels.nation(session, session.shown, table, screen.selected, screen.now)),
        event_select=_select(screen), event_toggle=toggle,
    )


def _Coalitions(screen: Screen):
    components.CoalitionsPanel(content=Plain(panels.coalitions(screen.session.shown)))


def _Futures(screen: Screen):
    foresight = screen.foresight
    if not screen.playing or screen.futures is None:  # while it plays they stand still
        considered = screen.pending is not None
        screen.futures = Plain(charts.futures(screen.session, foresight.fan, foresight.before, considered))
    components.FuturesPanel(content=screen.futures)


def _Compare(screen: Screen):
    session = screen.session
    components.ComparePanel(content=Plain(panels.compare(session)))
    if session.moves:
        step = int(session.shown.world.record.step)
        fixed, _ = screen.of_run()
        world = session.world_at(session.scenario.document(), step)
        solara.HTML(tag="h3", unsafe_innerHTML="Without my moves")
        components.Stage(base=fixed, frame=Plain(frame(world)), view="map", selected=screen.selected, compact=True, event_select=_select(screen))


def _Log(screen: Screen):
    components.LogPanel(entries=Plain(panels.log(screen.session)), kinds=Plain(KINDS))


_PANELS = {"Futures": _Futures, "Nation": _Nation, "Coalitions": _Coalitions, "Compare": _Compare, "Log": _Log}
