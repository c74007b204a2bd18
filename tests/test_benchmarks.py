"""The benchmarks compare like with like: every runner does the same work."""

import numpy as np
import pytest

from runs.ensemble import simulate
from tests.benchmarks.table import Table, exponent
from tests.benchmarks.timing import baseline

agentpy = pytest.importorskip("agentpy")


@pytest.mark.slow
def test_mesa_agentpy_and_the_ensemble_reach_the_same_state():
    from tests.benchmarks.against_mesa import agentpy_run, mesa_run

    world = baseline().world()
    simulate(world, baseline().content.steps, np.array([3]))
    assert mesa_run(3).world.record.gdp.tobytes() == world.record.gdp.tobytes()
    assert agentpy_run(3).world.record.gdp.tobytes() == world.record.gdp.tobytes()


def test_exponents_are_those_of_powers():
    sizes = np.array([25, 50, 100])
    assert exponent(sizes, 3.0 * sizes**2) == pytest.approx(2)


def test_a_table_is_markdown():
    text = Table("Runs", ["what", "runs/s"], [["ours", 12345.6], ["theirs", 0.123456], ["count", 1000]], "A note.").markdown()
    assert text.splitlines()[2:7] == [
        "| what | runs/s |", "| --- | --- |", "| ours | 12,346 |", "| theirs | 0.123 |", "| count | 1,000 |",
    ]
