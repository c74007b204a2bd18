"""What a visitor changes on the page: scenarios, levers, interventions, seeds; taken back, done again, left out, kept."""

from __future__ import annotations

import itertools
import threading
import time
from functools import cache

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

import ipywidgets
import solara

from abm import parameters
from abm.model import Model
from abm.page import Page, page, screen
from abm.page import futures as fans
from abm.page.foresight import Answer
from abm.page.frame import base
from abm.page.session import Session
from abm.scenario import Scenario
from runs import library
from runs.view import services
from tests.test_page import forward, same_bytes

pytestmark = pytest.mark.xdist_group("page")


@pytest.fixture
def session(tmp_path):
    return Session(services(tmp_path), library.scenario("baseline"), 5)


class Shown:
    """A page without a browser: its screen, and the events that a browser would send."""

    def __init__(self, monkeypatch, folder):
        begun, whole = [], page._begin
        monkeypatch.setattr(page, "_begin", lambda *given: begun.append(whole(*given)) or begun[-1])
        before = set(ipywidgets.widgets.widget._instances)
        _, self.rendered = solara.render(Page(services(folder), library.scenario("baseline"), 5), handle_error=False)
        self.screen = begun[0]
        self._own = set(ipywidgets.widgets.widget._instances) - before

    def send(self, event: str, *sent) -> None:
        """What a browser sends to whichever component hears it."""
        found = [widget for widget in ipywidgets.widgets.widget._instances.values() if hasattr(widget, f"vue_{event}")]
        getattr(found[-1], f"vue_{event}")(*(sent or ({},)))

    @property
    def levers(self):
        """The component of the levers."""
        return [widget for widget in ipywidgets.widgets.widget._instances.values() if hasattr(widget, "vue_release")][-1]


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """A page that asks for no futures by itself."""
    monkeypatch.setattr(screen.Screen, "ask", lambda self: None)
    shown = Shown(monkeypatch, tmp_path)
    yield shown
    shown.rendered.close()


def until(holds) -> None:
    """Wait for something that another thread does."""
    patience = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def tour(names: list[str]) -> list[str]:
    """A way through the names on which each comes once directly after every other."""
    way = names[:1]
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            way += [other, name]
        way += names[place + 1 : place + 2]
    assert {*itertools.permutations(names, 2)} <= {*itertools.pairwise(way)}
    return way


@pytest.mark.parametrize("playing", [False, True])
def test_every_scenario_can_be_chosen_from_every_other_while_the_old_futures_are_drawn(monkeypatch, shown, playing):
    """Scenarios differ in vendors, nations and dates; what was computed for one is not drawn into another. All pairs when
    paused; in play one scenario of those whose futures can be drawn into each other."""
    names, worlds = library.names(), {}
    build = Scenario.world
    monkeypatch.setattr(  # worlds and pictures are made once, as there are hundreds of pairs
        Scenario, "world",
        lambda self, seed=0: worlds.setdefault((self.name, str(self.document()), seed), build(self, seed)).copy(),
    )
    monkeypatch.setattr(screen, "base", cache_by(lambda scenario, world: (scenario.name, world.vendors), base))
    monkeypatch.setattr(library, "scenario", cache(library.scenario))
    object.__setattr__(shown.screen.session.services, "scenario", library.scenario)
    monkeypatch.setattr(fans, "replicates", lambda nations, steps: 2)
    old = {}
    for name in names:
        scenario = library.scenario(name)
        (old[name],) = fans.futures(scenario.world(5), scenario.content.steps, shown.screen.session.services)
    assert len({fan.kin for fan in old.values()}) >= 4
    if playing:
        names = list({fan.kin: name for name, fan in old.items()}.values())
    way = tour(names)
    screen.take_up(shown.screen, library.scenario(way[0]))
    for before, after in itertools.pairwise(way):
        shown.screen.foresight._answer = Answer(old[before], old[before], old[before])
        if playing:
            shown.screen.playing = True
            shown.screen.session.step()
            screen.force_update()
        shown.send("set_scenario", after)
        assert shown.screen.session.scenario.name == after
        assert shown.screen.session.step_now == 0
        assert (shown.screen.foresight.fan is None) != (old[before].kin == shown.screen.session.kin)


def cache_by(key, function):
    """A function that is asked once for every key of its arguments."""
    found: dict = {}

    def asked(*given):
        if key(*given) not in found:
            found[key(*given)] = function(*given)
        return found[key(*given)]

    return asked


def test_a_page_is_never_drawn_of_half_a_run(monkeypatch, shown):
    """While a run is begun in one thread, another that draws the page waits: no chart without a row, no slice of step zero."""
    session, rows = shown.screen.session, []
    take = Session._take
    begun, drawn = threading.Event(), threading.Event()

    def slow(self, *given):
        take(self, *given)
        rows.append(self.rows)
        self.rows = []
        begun.set()
        drawn.wait(0.5)  # would be set if a drawing did not wait
        self.rows = rows[-1]

    monkeypatch.setattr(Session, "_take", slow)
    beginning = threading.Thread(target=session.set_seed, args=(9,))
    beginning.start()
    begun.wait()
    screen.force_update()
    drawn.set()
    beginning.join()
    assert session.seed == 9


def test_steps_of_the_page_are_the_models_agent_by_agent(session):
    """With moves on the way and after looking back; the page takes its steps from the compiled rules."""
    model = Model(library.scenario("baseline"), rng=5)
    for step in range(12):
        if step == 4:
            session.act({"kind": "restriction", "vendor": "us", "nations": ["DEU", "FRA"], "years": 2.0})
            model.intervene(session.model.scenario.events()[-1])
        session.step()
        model.step()
        session.look_at(2)
        session.look_at(99)
    assert same_bytes(session.model.world.record, model.world.record) == []


def test_a_world_made_from_a_kept_one_is_the_world_of_its_document(session):
    """Whatever parameter is moved, before the run or in it, and however many worlds have been asked for before."""
    known = parameters.names()
    values = {}
    for name, (parameter, _) in known.items():
        values[name] = parameter.choices[-1] if parameter.choices else parameter.high if parameter.whole else (
            0.9 * parameter.low + 0.1 * parameter.high
        )
    plain = session.plain_document()
    documents = [session.preview(name, value) for name, value in values.items()]
    forward(session, 3)
    dated = [name for name in known if not known[name][0].at_start]
    documents += [session.preview(name, values[name]) for name in dated[::6]]
    for document in documents[::5] + documents[-3:]:
        fresh = Scenario.parse(document, "fresh").world(5)
        session.services.simulate(fresh, 6, np.array([5], np.uint64))
        assert same_bytes(session.world_at(document, 6).record, fresh.record) == []
    assert session.plain_document() == plain


def test_a_storm_of_values_leaves_the_last_and_begins_few_runs(shown):
    """Five hundred values, dragged and let go, of one lever: the last stands, and not one run for each was begun."""
    session, before = shown.screen.session, shown.screen.session.run
    levers = shown.levers
    for count in range(500):
        value = 0.2 + 0.0002 * count
        levers.vue_drag({"name": "fee_us", "value": value, "count": count})
        levers.vue_release({"name": "fee_us", "value": value, "count": count})
    until(lambda: not shown.screen.mailbox._at_work)
    assert session.values["fee_us"] == pytest.approx(0.2 + 0.0002 * 499)
    assert shown.screen.heard == 499
    assert session.run - before < 250
    assert levers.heard == 499
    assert len(session.changes.now) == 1


def test_what_follows_a_lever_finds_it_set(shown):
    shown.levers.vue_release({"name": "fee_us", "value": 0.1, "count": 1})
    shown.send("step")
    until(lambda: not shown.screen.mailbox._at_work)
    assert shown.screen.session.step_now == 1
    assert shown.screen.session.values == {"fee_us": 0.1}
    assert shown.screen.session.moves == []


def test_an_error_resets_no_form(shown):
    """A message comes and goes beside what stands on the page, which stays as it is."""
    levers = shown.levers
    shown.send("set_seed", "many")
    assert "allowed is a whole number" in shown.screen.message
    assert shown.levers is levers
    shown.send("set_seed", "3")
    assert shown.screen.message == ""
    assert shown.levers is levers
