"""Small worlds that many tests start from, each test its own; a browser and a page. Signals mean what they do in a terminal."""

import signal
from pathlib import Path

import pytest

from abm.model import Model
from abm.world import World
from runs import library
from tests import worlds
from tests.page_browser import CHROMIUM_ARGUMENTS, chromium, serve_in_background

#: Groups that begin first, since they take longest. While one process compiles the model for the page, the other does what needs
#: no such compiling, or one for other rules; it finds the model compiled when it comes to the rest. The style of figures is
#: looked at before any page: solara changes matplotlib for the whole process, whose own ``rc_context`` then gives back nothing.
FIRST = ("style", "page", "site", "rules", "installed", "dask")


@pytest.fixture
def world() -> World:
    """Twelve nations with all levers on, at step 0."""
    return worlds.levers().world(1)


@pytest.fixture
def model() -> Model:
    """The same as a Mesa model."""
    return Model(worlds.levers(), rng=1)


@pytest.fixture(scope="module")
def browser():
    """Chromium; skips the test without it."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The baseline's page, on a free port."""
    chromium()
    served, end = serve_in_background(library.scenario("baseline"), tmp_path_factory.mktemp("results"))
    yield served
    end()


def pytest_configure(config: pytest.Config) -> None:
    """Whoever starts the tests in the background or by nohup ignores signals, and every process of the tests would too."""
    config.option.loadscopereorder = False  # xdist would begin with the groups of most tests
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """xdist 3.8 ends a test's name with its group by setting ``_nodeid``, which pytest 9.2 no longer reads: groups fell apart."""
    for item in items:
        if "_nodeid" in vars(item):
            item._id = type(item._id).parse(vars(item)["_nodeid"])
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When a test's turn is; those of one turn are in the order of their files."""
    group = item.get_closest_marker("xdist_group")
    return FIRST.index(group.args[0]) if group and group.args[0] in FIRST else len(FIRST)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The uncompiled pass reads no file without a test of its own: what the others import takes a quarter of a minute."""
    if config.option.markexpr != "uncompiled" or not collection_path.name.startswith("test_"):
        return None
    return True if "uncompiled" not in collection_path.read_text("utf-8") else None
