"""Small worlds that many tests start from. Each test gets its own."""

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
