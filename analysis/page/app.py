"""The page: what stands where, and what each control does. What it shows comes from the session, drawn by the panels.

It rests on Mesa's visualization (a model stepped by play controls, `update_counter` telling components to draw again); its
own play loop lets the browser set the pace, so that every step is drawn.
"""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import solara
from mesa.visualization.utils import force_update, update_counter

from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from analysis.page import charts, components, guide, left, panels, right, strip, welcome
from analysis.page.address import checked_seed, read
from analysis.page.components import Plain
from analysis.page.frame import base, frame
from analysis.page.screen import LEFT, RIGHT, Screen, doing, guarded, select, setter, take_up
from analysis.page.services import Opened, Services
from runs import library


def _ignored(*_) -> None:
    """An event that means nothing here."""


@solara.component
def WorldView(model: Model, view: str = "map", selected: str = ""):
    """Map and network of any model; stands in Mesa's ``SolaraViz(model, components=[WorldView])`` too."""
    update_counter.get()
    fixed = solara.use_memo(lambda: Plain(base(model.scenario, model.world)), [id(model)])
    components.Stage(
        base=fixed, frame=Plain(frame(model.world)), view=view, selected=selected,
        event_select=_ignored, event_set_view=_ignored, event_drawn=_ignored,
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
    with screen.session.lock:  # or it would draw a part of one run and a part of the next
        _drawn(screen)


def _drawn(screen: Screen) -> None:
    screen.changed = False
    with solara.v.Html(tag="main", class_="abm"):
        with solara.Div(classes=["top"]):
            _Controls(screen)
            strip.Strip(screen)
        # Always there: were it to come and go, all that stands after it would be made anew, and forms and searches be emptied.
        solara.HTML(tag="p", classes=["message"], attributes={"role": "alert"}, unsafe_innerHTML=_escaped(screen.message))
        _Side(screen, "left", LEFT, left.PANELS, "What you can do")
        with solara.Div(classes=["centre"]):
            _Centre(screen)
        _Side(screen, "right", RIGHT, right.PANELS, "What you can ask")
        welcome.About(screen)
        welcome.Tour(screen)


def _Side(screen: Screen, side: str, tabs: tuple[str, ...], contents: dict, label: str):
    """A row of tabs and the panel of the one that is open, which can be scrolled with the keyboard too."""
    chosen = getattr(screen, side)
    panel = {"role": "tabpanel", "id": f"{side}-panel", "aria-labelledby": f"{side}-{chosen.replace(' ', '-')}", "tabindex": "0"}
    with solara.Div(classes=[side]):
        components.Tabs(tabs=Plain(tabs), chosen=chosen, label=label, owner=side, event_choose=setter(screen, side, tabs))
        with solara.Div(classes=["scroll"], attributes=panel).key(chosen):
            contents[chosen](screen)


def _begin(services: Services, scenario: Scenario, seed: int, recorded: Opened | None, state: str) -> Screen:
    screen = Screen(services, scenario, seed, recorded)
    if state:
        guarded(screen, lambda: screen.restore(read(state)))
    return screen


def _end(screen: Screen) -> None:
    """The page is closed: let go of the run."""
    screen.playing = False
    screen.presence.end()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
        if name in library.names():
            take_up(screen, library.scenario(name))

    def pause_and(action):
        def do(*sent):
            screen.playing = False
            action(*sent)

        return doing(screen, do)

    components.Controls(
        quarter=panels.quarter(session.shown.date), look=shown, step_now=session.step_now, steps=session.steps,
        playing=screen.playing, finished=session.model.finished, interval=screen.interval, seed=session.seed,
        scenario=session.origin.name, scenarios=Plain(_choices(screen)),
        event_play=play, event_step=doing(screen, lambda *_: session.step()),
        event_reset=pause_and(lambda *_: session.reset()), event_look_at=_looking(screen), event_set_interval=set_interval,
        event_set_scenario=doing(screen, choose_scenario), event_about=lambda *_: welcome.open_about(screen),
        event_set_seed=pause_and(lambda seed: session.set_seed(checked_seed(seed))),
        event_again=pause_and(lambda *_: session.again()),
    )


def _choices(screen: Screen) -> list[tuple[str, str]]:
    """Name and title of each scenario that can be chosen, that of the visitor's own file among them."""
    session = screen.session
    shipped = {name: told["title"] for name, told in guide.shipped()}
    return sorted({session.origin.name: guide.described(session.origin)["title"], **shipped}.items())


def _looking(screen: Screen):
    def look_at(step):
        screen.playing = False
        guarded(screen, lambda: screen.session.look_at(int(step)))
        force_update()

    return look_at


def _own(services: Services) -> str:
    own = services.nation is not Nation
    return f"Nations decide as {services.nation.__name__} does; reasons shown are the model's. " if own else ""


def _Centre(screen: Screen):
    session = screen.session
    fixed, _ = screen.of_run()
    components.Stage(
        base=fixed, frame=Plain(frame(session.shown.world)), view=screen.view, selected=screen.selected,
        event_select=select(screen), event_set_view=setter(screen, "view", ("map", "network", "table")),
        event_drawn=lambda step: screen.note_drawn(int(step)),
    )
    with solara.Div(classes=["below"], attributes={"role": "region", "aria-label": "Charts over time", "tabindex": "0"}):
        fan = None if screen.playing else screen.foresight.fan
        components.Pictures(
            svgs=Plain(charts.over_time(session, fan, screen.weight)),
            about=Plain(guide.described(session.origin)),
            help=_own(session.services)
            + "Press Play, click a nation, or move a lever. Paler, right of the ruler: the mean of futures.",
        )
        weights = {"gdp": "GDP", "nations": "nations"}
        components.Choice(
            options=Plain(weights), chosen=screen.weight, label="Stances by",
            event_choose=setter(screen, "weight", tuple(weights)),
        )
