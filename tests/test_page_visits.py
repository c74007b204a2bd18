"""A visit to the page: who is let in, how much it may ask of the machine, and that its work ends when it does."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from abm.model import Model
from abm.scenario import Scenario
from analysis.page import address as address_of
from analysis.page import app, charts, serve, session
from analysis.page.address import State
from analysis.page.foresight import Foresight, Question
from analysis.page.futures import REPLICATES, futures, replicates
from analysis.page.presence import CONNECTIONS, Presence
from analysis.page.screen import Screen, doing
from analysis.page.services import Services
from analysis.page.session import NATION_STEPS, NATIONS, STEPS, Session
from runs import ensemble, library
from runs.ensemble import continue_runs
from tests.page_browser import TOKEN, serve_in_background

pytestmark = pytest.mark.xdist_group("page")
#: A link's scenario whose futures take seconds. More nations than these would be compiled for by nobody else.
LARGE = {"nations": {"synthetic": 256}, "steps": 140}
PATIENCE = 60.0  # seconds


def invented(nations: int, steps: int) -> Scenario:
    return Scenario.parse({"nations": {"synthetic": nations}, "steps": steps}, "invented")


class Counted:
    """``continue_runs`` that counts its runs, each a little slower than it is, so that a visitor can leave in the middle."""

    def __init__(self):
        self.runs, self.now, self.most, self.lock = 0, 0, 0, threading.Lock()

    def __call__(self, world, steps, seeds, *more):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        done = continue_runs(world, steps, seeds, *more)
        time.sleep(0.02 * len(seeds))
        with self.lock:
            self.now -= 1
            self.runs += len(seeds)
        return done


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """A served page whose futures are counted. It is the second of its process, as after a page that was closed."""
    for scenario in (library.scenario("baseline"), Scenario.parse(LARGE, "large")):  # rules compile for a world of a new size
        model = Model(scenario, rng=0)
        model.step()
        continue_runs(model.world, 1, np.arange(2), True, True)
    counted, patched = Counted(), pytest.MonkeyPatch()
    patched.setattr(ensemble, "continue_runs", counted)
    close_first = serve_in_background(library.scenario("baseline"), tmp_path_factory.mktemp("first"))[1]
    close_first()
    opened, end = serve_in_background(library.scenario("baseline"), tmp_path_factory.mktemp("results"))
    counted.runs = 0
    yield opened, counted
    end()
    patched.undo()


def address(opened) -> str:
    return urlsplit(opened.address).netloc


def cookie(opened, token: str = TOKEN) -> str:
    return f"abm-page-{urlsplit(opened.address).port}={token}"


def asked(opened, path: str, **headers: str) -> http.client.HTTPResponse:
    """The page's answer to one request, without going where it points."""
    line = http.client.HTTPConnection(address(opened), timeout=10)
    line.request("GET", path, headers=headers)
    return line.getresponse()


@contextmanager
def visiting(opened, state: str = ""):
    """A visitor without a browser: a WebSocket that asks for the page as Solara's script does, and hears no answers."""
    kernel = str(uuid4())
    where = f"ws://{address(opened)}/jupyter/api/kernels/{kernel}/channels?session_id={uuid4()}"
    with connect(where, additional_headers={"Cookie": cookie(opened)}, close_timeout=0.2, ping_interval=None) as line:
        comm = {"comm_id": str(uuid4())}
        run = {"method": "run", "args": {"path": f"/?state={state}" if state else "/", "themes": {}, "dark": False}}
        for kind, content in (("comm_open", {"target_name": "solara.control", "data": {}}), ("comm_msg", {"data": run})):
            header = {"msg_id": str(uuid4()), "msg_type": kind, "session": kernel, "username": "", "version": "5.3"}
            message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": comm | content}
            line.send(json.dumps(message))
        yield kernel


def until(holds) -> None:
    """Wait for something to hold."""
    patience = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def still(counted: Counted) -> bool:
    """Whether no further run is done in a second. On a busy machine what was under way takes its time to end."""
    before = counted.runs
    time.sleep(1.0)
    return counted.runs == before and counted.now == 0


def link_of(scenario: Scenario) -> str:
    """The state of a link to a scenario, of any size."""
    return address_of.query(State(scenario, 3)).removeprefix("?state=")


def test_a_visitor_who_leaves_in_the_middle_ends_the_work(serving):
    """With the page's own scenario and with a large one from a link; nothing is computed for one who has left."""
    opened, counted = serving
    for state in ("", link_of(Scenario.parse(LARGE, "large"))):
        before = counted.runs
        with visiting(opened, state) as kernel:
            until(lambda before=before: counted.runs > before)
            assert CONNECTIONS[kernel] == 1
        until(lambda: still(counted))
        assert counted.runs < before + REPLICATES // 2
        assert kernel not in CONNECTIONS


def test_visitors_share_the_workers(serving):
    """However many visitors ask at a time, no more is under way than there are workers."""
    opened, counted = serving
    counted.most, before = 0, counted.runs
    with visiting(opened), visiting(opened), visiting(opened):
        until(lambda: counted.runs > before + 100)
    assert counted.most == 2
    until(lambda: still(counted))
    assert counted.runs < before + 2 * REPLICATES


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/?token=", {}, 403),
        ("/?token=wrong", {}, 403),
        ("/?token=%C3%B6", {}, 403),
        ("/?token=" + TOKEN[:-1], {}, 403),
        ("/", {"Cookie": "{wrong}"}, 403),
        ("/", {"Cookie": "abm-page-1=" + TOKEN}, 403),
        ("/", {"Cookie": "=;;=\xff; a"}, 403),
        ("/static/main.js", {}, 403),
        ("/_solara/api/close/x?session_id=y", {}, 403),
        ("/?token=" + TOKEN, {"Origin": "http://example.org"}, 403),
        ("/?token=" + TOKEN, {"Host": "example.org"}, 403),
        ("/", {"Cookie": "{right}"}, 200),
        ("/?token=" + TOKEN, {}, 303),
    ],
)
def test_only_who_has_the_token_gets_an_answer(serving, path, headers, status):
    opened, _ = serving
    cookies = {"{right}": cookie(opened), "{wrong}": cookie(opened, "wrong")}
    assert asked(opened, path, **{name: cookies.get(value, value) for name, value in headers.items()}).status == status


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/?token=" + TOKEN, "/"),
        ("/?state=a%26b&token=" + TOKEN, "/?state=a%26b"),
        ("//example.org/?token=" + TOKEN, "/"),
        ("/\\example.org?token=" + TOKEN, "/"),
    ],
)
def test_the_token_goes_into_a_cookie_and_out_of_the_address(serving, path, to):
    opened, _ = serving
    answer = asked(opened, path)
    assert answer.getheader("location") == to
    assert answer.getheader("set-cookie") == f"{cookie(opened)}; Path=/; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize("headers", [{}, {"Cookie": "{wrong}"}, {"Cookie": "{right}", "Origin": "http://example.org"}])
def test_a_websocket_needs_the_token_and_no_foreign_origin(serving, headers):
    opened, _ = serving
    cookies = {"{right}": cookie(opened), "{wrong}": cookie(opened, "wrong")}
    brought = {name: cookies.get(value, value) for name, value in headers.items()}
    with pytest.raises(InvalidStatus):
        connect(f"ws://{address(opened)}/jupyter/api/kernels/x/y?session_id=z", additional_headers=brought)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("open_to_all", [False, True])
def test_view_prints_the_whole_address_and_who_can_use_it(monkeypatch, capsys, open_to_all, host):
    class Server:
        def run(self, sockets):
            sockets[0].close()

    given = []
    monkeypatch.setattr(serve, "page_server", lambda *_, token, nation: given.append(token) or Server())
    assert serve.serve(port=0, host=host, open_to_all=open_to_all) == 0
    told = capsys.readouterr().out
    assert (f"/?token={given[0]} (" in told) == (len(given[0]) == 32) == (not open_to_all)
    assert ("beyond this machine" in told) == (host == "0.0.0.0")
    assert ("anyone who reaches" in told) == (open_to_all and host == "0.0.0.0")


@pytest.mark.parametrize(
    ("nations", "steps"),
    [(1024, 10_000), (NATIONS + 1, 1), (2, STEPS + 1), (NATIONS, NATION_STEPS // NATIONS + 1)],
)
def test_a_scenario_too_large_for_a_visit_is_refused_in_words_and_the_run_stays(monkeypatch, nations, steps):
    """From a link, from a file, as the page's own; before anything is built."""
    mine, large = Session(Services(), library.scenario("baseline"), 5), invented(nations, steps)
    model, said = mine.model, r"[Tt]he page shows at most [^\n]+: make it smaller, or use `?abm run`?"
    screen = app._begin(Services(), library.scenario("baseline"), 0, None, link_of(large))
    assert re.fullmatch(said, screen.message)
    assert screen.session.scenario.name == "baseline"
    monkeypatch.setattr(session, "Watched", None)
    for begin in (lambda: mine.begin(large, 1), lambda: Session(Services(), large)):
        with pytest.raises(ValueError, match=said):
            begin()
    assert mine.model is model


@pytest.mark.parametrize("name", [*library.names()])
def test_every_scenario_that_comes_with_the_package_can_be_shown_with_all_its_futures(name):
    scenario = session.bounded(library.scenario(name))
    assert replicates(len(scenario.nations()), scenario.content.steps) == REPLICATES


def test_a_large_world_gets_fewer_futures_and_says_so():
    """The work of a fan is bounded, whatever the size of its world; a small one has all replicates."""
    for nations, steps in ((NATIONS, NATION_STEPS // NATIONS), (50, STEPS), (1, 1), (1024, 10_000)):
        count = replicates(nations, steps)
        assert 2 <= count <= REPLICATES
        assert count == 2 or count * nations**2 * steps <= 1e9
    mine = Session(Services(), invented(200, 240))
    fans = list(futures(mine.model.world, 240, mine.services))
    assert [(fan.runs, fan.planned) for fan in fans][-1] == (replicates(200, 240),) * 2
    assert fans[-1].runs < REPLICATES
    told = charts.futures(mine, fans[-1], None, False)["status"]
    assert f"{fans[-1].runs} of {fans[-1].runs} runs" in told
    assert "as the world is large" in told


def test_futures_do_not_depend_on_how_they_are_cut_into_batches(monkeypatch):
    world = library.scenario("baseline").world(5)
    whole = list(futures(world, 12, Services()))[-1]
    monkeypatch.setattr("analysis.page.futures._BATCH", 1.0)
    single = list(futures(world, 12, Services()))[-1]
    assert single.runs == whole.runs == REPLICATES
    assert all(np.array_equal(single.quantiles[name], whole.quantiles[name], equal_nan=True) for name in whole.quantiles)
    assert np.array_equal(single.members, whole.members)


def test_nothing_is_asked_for_a_visit_that_is_over():
    """Also a play that ends after the visit did asks for no futures, and a replay stops."""
    mine, presence = Session(Services(), library.scenario("baseline"), 5), Presence()
    foresight = Foresight(mine, lambda: None, presence)
    presence.end()
    foresight.ask(Question(mine.document(), 5, 0, 60))
    until(lambda: not foresight._turn.locked())
    assert foresight.fan is None
    mine.watched = presence.here
    mine.open(session.Opened(mine.scenario, 5, {}, "recorded"))
    assert mine.step_now == 0


def test_work_waits_while_the_browser_is_away_and_goes_on_when_it_is_back(monkeypatch):
    presence, answers = Presence(), []
    presence._kernel = "kernel"
    asking = threading.Thread(target=lambda: answers.append(presence.lasts()), daemon=True)
    asking.start()
    asking.join(0.5)
    assert answers == []
    monkeypatch.setitem(CONNECTIONS, "kernel", 1)
    asking.join(PATIENCE)
    assert answers == [True]


def test_no_answer_to_an_event_waits_for_a_browser_that_has_left():
    """The server ends a visit only after the answer; a replay, and a question after a move, would hold it for ever."""
    mine = Screen(Services(), library.scenario("baseline"), 5, None)
    mine.presence._kernel = "gone"
    opened = session.Opened(mine.session.scenario, 5, {}, "recorded")
    for action in (lambda: mine.session.open(opened), mine.session.step):
        answering = threading.Thread(target=doing(mine, action), daemon=True)
        answering.start()
        answering.join(PATIENCE)
        assert not answering.is_alive()
    assert mine.session.step_now == 1
    assert not mine.presence.over
    mine.presence.end()


def test_futures_of_a_visit_that_is_over_hold_up_nobody(monkeypatch):
    """A thread that begins in the context of a closed visit dies before it says so, and its executor would wait for ever."""
    import solara.server.app  # noqa: F401  which makes threads know their visit
    from solara.server import kernel, kernel_context

    context = kernel_context.VirtualKernelContext(id="over", kernel=kernel.Kernel(), session_id="over")
    context.kernel.shell = None  # as it is of a closed one
    world, done = library.scenario("baseline").world(1), []

    def work():
        with context:
            done.extend(futures(world, 8, Services()))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    assert done
