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
from abm.scenario import Scenario
from analysis.page import Page, address, app, charts, screen
from analysis.page import futures as fans
from analysis.page.foresight import Answer
from analysis.page.frame import base
from analysis.page.services import Services
from analysis.page.session import Session
from runs import library
from tests.test_page import forward, preview, same_bytes
from tests.worlds import Apart

pytestmark = pytest.mark.xdist_group("page")


@pytest.fixture
def session(tmp_path):
    return Session(Services(tmp_path), library.scenario("baseline"), 5)


class Shown:
    """A page without a browser: its screen, and the events that a browser would send."""

    def __init__(self, monkeypatch, folder):
        begun, whole = [], app._begin
        monkeypatch.setattr(app, "_begin", lambda *given: begun.append(whole(*given)) or begun[-1])
        before = set(ipywidgets.widgets.widget._instances)
        _, self.rendered = solara.render(Page(Services(folder), library.scenario("baseline"), 5), handle_error=False)
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
    for index, name in enumerate(names):
        for other in names[index + 1 :]:
            way += [other, name]
        way += names[index + 1 : index + 2]
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


def test_a_page_is_drawn_of_one_run(monkeypatch, shown):
    """A run that is begun while the page is being drawn waits: no chart without a row, no slice of step zero."""
    session, draw, beginning, seeds = shown.screen.session, charts.over_time, [], []

    def drawn_while_another_begins(*given):
        if not beginning:
            beginning.append(threading.Thread(target=session.set_seed, args=(9,)))
            beginning[0].start()
            beginning[0].join(3)  # it is not done before the drawing is
            seeds.append(session.seed)
        return draw(*given)

    monkeypatch.setattr(charts, "over_time", drawn_while_another_begins)
    screen.force_update()
    beginning[0].join()
    assert (seeds, session.seed) == ([5], 9)


def test_steps_of_the_page_are_the_models_agent_by_agent(session):
    """With moves on the way and after looking back; the page takes its steps from the compiled rules."""
    model = Model(library.scenario("baseline"), rng=5, nation=Apart)
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
    documents = [preview(session, name, value) for name, value in values.items()]
    forward(session, 3)
    dated = [name for name in known if not known[name][0].at_start]
    documents += [preview(session, name, values[name]) for name in dated[::6]]
    for document in documents[::5] + documents[-3:]:
        fresh = Scenario.parse(document, "fresh").world(5)
        session.services.simulate(fresh, 6, np.array([5], np.uint64))
        assert same_bytes(session.world_at(document, 6).record, fresh.record) == []
    assert session.plain_document() == plain


def test_a_storm_of_values_leaves_the_last_and_begins_few_runs(shown):
    """Five hundred values, dragged and let go, of one lever: the last stands, and not one run for each was begun."""
    session, before = shown.screen.session, shown.screen.session.run
    levers = shown.levers
    with shown.screen.mailbox._doing:  # as if what came first took as long as all the rest to arrive
        for count in range(500):
            value = 0.2 + 0.0002 * count
            levers.vue_drag({"name": "fee_us", "value": value, "count": count})
            levers.vue_release({"name": "fee_us", "value": value, "count": count})
    until(lambda: not shown.screen.mailbox._at_work)
    assert session.values["fee_us"] == pytest.approx(0.2 + 0.0002 * 499)
    assert shown.screen.heard == 499
    assert session.run - before <= 2
    until(lambda: levers.heard == 499)
    assert len(session.changes.now) == 1


@pytest.mark.parametrize("soon", [True, False])
def test_a_lever_let_go_is_drawn_once_with_its_futures_or_without_where_they_take_long(shown, monkeypatch, soon):
    drawn, draw = [], app._drawn
    monkeypatch.setattr(app, "_drawn", lambda screen: drawn.append(soon_there.is_set()) or draw(screen))
    monkeypatch.setattr(screen, "_PATIENCE", 0.3)
    soon_there = threading.Event()

    def first_futures() -> None:
        time.sleep(0.1)
        soon_there.set()
        screen.force_update()

    if soon:
        monkeypatch.setattr(screen.Screen, "ask", lambda self: threading.Thread(target=first_futures).start())
    shown.levers.vue_release({"name": "fee_us", "value": 0.3, "count": 7})
    until(lambda: shown.levers.heard == 7)
    time.sleep(2 * screen._PATIENCE)
    assert drawn == [soon]


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


def documents(session: Session) -> list:
    """What the run follows from."""
    return [session.document(), session.seed, session.scenario.name, session.step_now]


CUT = {"kind": "restriction", "vendor": "us", "nations": ["DEU", "FRA"], "years": 2.0}
#: Everything that a visitor can do to the run, by name.
DEEDS = {
    "a lever before the run": lambda s: s.set_parameter("fee_us", 0.2),
    "steps": lambda s: forward(s, 6),
    "a lever in the run": lambda s: s.set_parameter("portability", 0.9),
    "an act": lambda s: s.act(CUT),
    "a lever from an earlier step": lambda s: (s.look_at(3), s.set_parameter("openness", 0.4)),
    "another seed": lambda s: s.set_seed(11),
    "more steps": lambda s: forward(s, 2),
    "another act": lambda s: s.act({"kind": "tension", "factor": 2.0}),
    "all levers to baseline": lambda s: s.all_to_baseline(),
    "leaving out": lambda s: s.leave_out(0),
    "another scenario": lambda s: s.take_up(library.scenario("third-vendor")),
    "a lever there": lambda s: s.set_parameter("fee_us", 0.3),
    "reset": lambda s: s.reset(),
    "the page's own scenario": lambda s: s.take_up(library.scenario("baseline")),
    "the same again": lambda s: (s.step(), s.take_up(library.scenario("baseline"))),
}


def test_everything_can_be_undone_and_done_again(session):
    """Back through all that was done, and forth: the same run each time, which is that of its document to the byte."""
    before, after = [], []
    for name, deed in DEEDS.items():
        turns, stood = len(session.changes.done), documents(session)
        deed(session)
        if len(session.changes.done) > turns:
            before.append(stood)
            after.append(documents(session))
        else:
            assert "steps" in name
    assert len(before) >= 12
    for stood in reversed(before):
        session.undo()
        assert documents(session)[:3] == stood[:3]
        check_run(session)
    session.undo()
    assert session.changes.now == ()
    for stood in after:
        session.redo()
        assert documents(session)[:3] == stood[:3]
        check_run(session)


def check_run(session: Session) -> None:
    """The run stands where its document leads, with a row for every step and a log in order."""
    fresh = Scenario.parse(session.document(), "fresh").world(session.seed)
    session.services.simulate(fresh, session.step_now, np.array([session.seed], np.uint64))
    assert same_bytes(session.model.world.record, fresh.record) == []
    assert len(session.rows) == len(session.sources) == session.step_now + 1
    alone = Session(session.services, Scenario.parse(session.document(), session.scenario.name), session.seed)
    forward(alone, session.step_now)
    assert all(mine.tobytes() == theirs.tobytes() for mine, theirs in zip(session.rows, alone.rows, strict=True))
    told = [(entry.step, entry.text) for entry in session.log if entry.kind not in ("intervention", "event")]
    assert told == [(entry.step, entry.text) for entry in alone.log if entry.kind != "event"]
    assert [entry.step for entry in session.log] == sorted(entry.step for entry in session.log)


def test_undo_keeps_the_step_unless_the_change_moved_it(session):
    session.act(CUT)
    forward(session, 5)
    session.undo()
    assert (session.step_now, session.moves) == (5, [])
    session.reset()
    assert session.step_now == 0
    session.undo()
    assert session.step_now == 5


def test_any_one_change_can_be_left_out(session):
    """The others stay, and so does the step; leaving out can be undone."""
    session.set_parameter("fee_us", 0.2)
    forward(session, 3)
    session.act(CUT)
    forward(session, 3)
    session.set_parameter("portability", 0.9)
    forward(session, 1)
    kept = session.changes.now
    for index in range(3):
        session.leave_out(index)
        assert session.changes.now == kept[:index] + kept[index + 1 :]
        assert session.step_now == 7
        check_run(session)
        session.undo()
        assert session.changes.now == kept
    with pytest.raises(ValueError, match="no longer there"):
        session.leave_out(3)


def test_a_lever_taken_back_to_the_scenarios_value_is_no_change(session):
    own = session.origin.parameter("fee_us")
    session.set_parameter("fee_us", 0.1)
    session.set_parameter("fee_us", own)
    assert session.changes.now == ()
    assert session.document() == Session(session.services, session.origin, 5).document()


def test_a_change_made_while_an_earlier_step_is_shown_begins_a_branch_there(shown):
    """It does not act on the present unseen: the run goes on from there, says so, and undo brings the other one back."""
    session = shown.screen.session
    forward(session, 4)
    session.act(CUT)
    forward(session, 4)
    whole = session.model.world.record.copy()
    session.look_at(2)
    shown.levers.vue_release({"name": "fee_us", "value": 0.2, "count": 1})
    until(lambda: not shown.screen.mailbox._at_work)
    assert (session.step_now, session.look) == (2, None)
    assert [(change.kind, change.step) for change in session.changes.now] == [("lever", 2)]
    assert "step 2" in shown.screen.message
    session.undo()
    assert session.step_now == 8
    assert same_bytes(session.model.world.record, whole) == []


def test_a_parameter_of_the_start_is_refused_in_words_once_the_run_goes_on(session):
    name = next(name for name, (parameter, _) in parameters.names().items() if parameter.at_start)
    session.set_parameter(name, session.origin.parameter(name))
    forward(session, 1)
    with pytest.raises(ValueError, match="only when a run starts; go back to step 0"):
        session.set_parameter(name, session.origin.parameter(name))
    assert session.changes.now == ()


def test_a_state_restores_the_whole_visit_and_its_way_back(session):
    """Step, past step looked at, changes, scenario and seed; undo goes on to work, and each undo is the one before."""
    session.take_up(library.scenario("local-providers"), 8)
    session.set_parameter("fee_us", 0.2)
    forward(session, 5)
    session.act(CUT)
    forward(session, 2)
    session.look_at(4)
    word = address.query(session.state({"right": "Log"})).removeprefix("?state=")
    other = Session(session.services, library.scenario("baseline"), 0)
    state = address.read(word)
    other.restore(state)
    assert state.open == {"right": "Log"}
    assert documents(other) == documents(session)
    assert other.look == 4
    assert address.query(other.state({"right": "Log"})).removeprefix("?state=") == word
    check_run(other)
    for _ in range(4):
        other.undo()
    assert (other.changes.now, other.scenario.name) == ((), "baseline")


def test_going_back_in_the_browser_is_undo_and_going_forth_is_redo(session):
    session.set_parameter("fee_us", 0.2)
    first = session.state({})
    session.act(CUT)
    second = session.state({})
    session.restore(first)
    assert session.changes.undone
    session.restore(second)
    assert (len(session.changes.done), session.changes.undone) == (2, [])
    assert session.moves[0]["kind"] == "restriction"


def known_alone(read):
    """``read`` of the names that come with the package; another one, such as a path, fails the test."""
    return lambda name: read(name) if name in library.names() else pytest.fail(f"{name} is read on a visitor's word")


@pytest.mark.parametrize(
    "plain",
    [
        {}, [], 3, [1, 2], {"scenario": "baseline"}, "x",
        {"scenario": "nowhere", "seed": 1, "changes": [], "step": 0, "look": None, "open": {}},
        {"scenario": "../secret", "seed": 1, "changes": [], "step": 0, "look": None, "open": {}},
        {"scenario": "baseline", "seed": -1, "changes": [], "step": 0, "look": None, "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [], "step": -1, "look": None, "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["act", 0, {}]], "step": 0, "look": None, "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["act", 0, {"kind": "compute"}]], "step": 0, "look": None, "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["lever", 0, {"name": "x", "value": 1}]], "step": 0, "look": None,
         "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["lever", 0, {"name": "fee_us", "value": []}]], "step": 0, "look": None,
         "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["scenario", 0, {"name": "/etc/passwd"}]], "step": 0, "look": None,
         "open": {}},
        {"scenario": "baseline", "seed": 1, "changes": [["seed", 0, {"seed": "x"}]], "step": 0, "look": None, "open": {}},
        {"scenario": ["b", {"steps": 3000}], "seed": 1, "changes": [], "step": 2**40, "look": None, "open": {}},
        {"scenario": ["b", {"steps": 3000}], "seed": 1, "changes": [], "step": 0, "look": None, "open": {}},
    ],
)
def test_a_state_from_outside_is_refused_in_words_and_the_run_stays(monkeypatch, session, plain):
    class Given:
        def plain(self):
            return plain

    before = documents(session)
    word = address.query(Given()).removeprefix("?state=")
    monkeypatch.setattr(library, "scenario", known_alone(library.scenario))
    own = session.origin
    object.__setattr__(session.services, "scenario", lambda name: own if name == own.name else library.scenario(name))
    with pytest.raises(ValueError, match=r"\w"):
        session.restore(address.read(word))
    assert documents(session) == before
