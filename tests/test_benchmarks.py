"""The benchmarks compare like with like: every runner does the same work."""

import numpy as np
import pytest

from runs.ensemble import simulate
from tests.benchmarks import guard
from tests.benchmarks.table import Table, exponent
from tests.benchmarks.timing import baseline


@pytest.mark.slow
def test_mesa_agentpy_and_the_ensemble_reach_the_same_state():
    pytest.importorskip("agentpy")  # only here, since to import it takes seconds
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


BEFORE = [
    Table(
        "Runs", ["sweep", "seconds", "runs/s", "files, MB"],
        [["one thread", 8.0, 2500.0, 5.0], ["two threads", 4.0, 5000.0, 5.0]],
    ),
    Table("Growth", ["what grows", "sizes", "us a run", "exponent"], [["nations", "25, 50", "175, 1,330", "1.1"]]),
]


def worse(**changed) -> list[Table]:
    """A run like the one before, but for some cells: table, row, column -> value."""
    tables = [Table(table.title, table.columns, [[*row] for row in table.rows]) for table in BEFORE]
    for place, value in changed.items():
        table, row, column = (int(digit) for digit in place[1:])
        tables[table].rows[row][column] = value
    return tables


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"_001": 8.7, "_012": 4600.0, "_003": 50.0}, []),  # within what a machine does by itself; sizes of files are no time
        ({"_001": 10.0}, ["  Runs: one thread: seconds: 25% worse"]),
        ({"_012": 2500.0}, ["  Runs: two threads: runs/s: 100% worse"]),
        ({"_001": 2.0, "_002": 9000.0}, []),
        ({"_102": "175, 2,660"}, ["  Growth: nations, 25, 50, 1.1: us a run (2): 100% worse"]),
        ({"_000": "three threads"}, []),
    ],
)
def test_what_got_slower_is_told(changed, said, tmp_path):
    assert list(guard.slower(BEFORE, worse(**changed))) == said
    kept = tmp_path / "kept" / "machine.json"
    assert guard.told(guard.kept(kept), BEFORE).startswith("No earlier run")
    guard.keep(BEFORE, kept)
    assert ("Nothing got slower" in guard.told(guard.kept(kept), worse(**changed))) == (not said)


def test_the_kept_runs_of_the_benchmarks_can_be_read():
    files = sorted(guard.KEPT.glob("*.json"))
    assert files
    for file in files:
        assert guard.told(guard.kept(file), guard.kept(file)).startswith("Nothing got slower")
        assert len(dict(guard._figures(guard.kept(file)))) > 20
