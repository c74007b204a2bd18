"""Small worlds that many tests start from. Each test gets its own. Signals mean what they mean in a terminal."""

import signal

import pytest

from abm.model import Model
from abm.world import World
from tests import worlds


@pytest.fixture
def world() -> World:
    """Twelve nations with all levers on, at step 0."""
    return worlds.levers().world(1)


@pytest.fixture
def model() -> Model:
    """The same as a Mesa model."""
    return Model(worlds.levers(), rng=1)


def pytest_configure() -> None:
    """Whoever starts the tests in the background or by nohup ignores signals, and every process of the tests would too."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
