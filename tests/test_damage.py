"""Readers of a result on a thousand generated damages: a sentence that names a file, never a traceback or a false success."""

import contextlib
import io
import random
import shutil
from pathlib import Path

import pytest

import runs
from analysis.commands.command_line import main
from analysis.page.services import opened
from runs import design_points, sweep
from runs.manifest import StoreError
from runs.plan import TABLES
from tests import damage, sweeps

TRIALS = 1000
SEED = 20261125


def carry(directory: Path) -> Path:
    """A sweep of three chunks whose points stand in a file of their own."""
    with pytest.MonkeyPatch.context() as few:
        few.setattr(design_points, "FEW", 0)
        few.setattr(sweep, "FEW", 0)
        return sweeps.carry(sweeps.plan(points=3, replicates=2, chunk=2, steps=12), directory)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return carry(tmp_path_factory.mktemp("whole") / "out")


def command(*words) -> tuple[int, str, str]:
    """Exit status, output and error stream of a command."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as told:
        return main([str(word) for word in words]), out.getvalue(), told.getvalue()


def view(directory: Path) -> tuple[int, str, str]:
    try:
        opened(directory, 3)
    except ValueError as error:
        return 2, "", f"{error}\n"
    return 0, "", ""


READERS = {
    "status": lambda directory: command("status", directory),
    "verify": lambda directory: command("status", directory, "--verify"),
    "report": lambda directory: command("report", directory, "--quiet"),
    "networks": lambda directory: command("networks", directory, "--quiet"),
    "nations": lambda directory: command("nations", directory),
    "replay": lambda directory: command("replay", directory, 3, "--out", directory.parent / "replayed", "--force"),
    "compare": lambda directory: command("compare", f"{directory}:0", f"{directory}:1"),
    "view": view,
}


def damaged(directory: Path, chance: random.Random) -> str:
    """Do one damage to a random file; says which."""
    kind = chance.random()
    if kind < 0.2:
        path, known = directory / "manifest.json", damage.ANY + damage.MANIFEST
    elif kind < 0.25:
        path, known = directory / "points.parquet", damage.ANY
    else:
        path, known = chance.choice(sorted(directory.glob("*/*.parquet"))), damage.ANY + damage.CHUNK
    act = chance.choice(known)
    act(path, chance)
    return f"{act.__name__} {path.relative_to(directory)}"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """What is written about results goes below the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_what_is_whole_is_read(whole, tmp_path, reader):
    shutil.copytree(whole, tmp_path / "out")
    assert READERS[reader](tmp_path / "out")[0] == 0


def test_no_damage_passes_for_a_result_or_ends_in_a_traceback(whole, tmp_path):
    chance, passed = random.Random(SEED), []
    for trial in range(TRIALS):
        directory = tmp_path / "out"
        shutil.copytree(whole, directory)
        what = damaged(directory, chance)
        reader = list(READERS)[trial % len(READERS)]
        status, out, told = READERS[reader](directory)
        if status == 0:
            passed.append((reader, what))
        else:
            assert (status, out, told.count("\n")) == (2, "", 1), (reader, what, told)
            assert str(directory) in told, (reader, what, told)
        shutil.rmtree(directory)
    # Points are compared with the manifest by their values: a flip in what else their file says of itself does no harm.
    assert [what for _, what in passed if what not in ("flipped points.parquet", "zeroed points.parquet")] == []


def test_the_same_command_makes_again_just_what_is_damaged(whole, tmp_path):
    chance, untouched = random.Random(SEED + 1), sweeps.files(whole)
    for trial in range(40):
        directory = tmp_path / str(trial)
        shutil.copytree(whole, directory)
        what = damaged(directory, chance)
        for path in list(directory.rglob("*")):  # what no sweep wrote is not a sweep's to remove
            if path.is_dir() and path.suffix:
                path.rmdir()
            elif path.is_file() and path.name in TABLES:
                path.unlink()
        carry(directory)
        assert sweeps.files(directory) == untouched, what


def read(directory: Path, last: str, opened: list) -> None:
    """Open a result and read its tables, one of them last; ``opened`` tells how far that came."""
    opened.append(runs.open(directory))
    for table in sorted(TABLES, key=lambda table: table == last):
        opened[-1].table(table)


def test_a_flipped_bit_in_a_result_too_large_to_be_read_at_once_shows_when_its_table_is_read(whole, tmp_path, monkeypatch):
    monkeypatch.setattr("runs.integrity.EVERY_BYTE", 0)
    chance, opened = random.Random(SEED + 2), []
    assert not runs.open(whole).every_byte
    for _ in range(40):
        directory = tmp_path / "out"
        shutil.copytree(whole, directory)
        path = chance.choice(sorted(directory.glob("*/*.parquet")))
        damage.flipped(path, chance)
        with pytest.raises(StoreError, match=f"{path.name}: is damaged"):
            runs.open(directory, every_byte=True)
        with pytest.raises(StoreError, match=f"{path.name}: is damaged"):
            read(directory, path.parent.name, opened)
        shutil.rmtree(directory)
    assert 10 < len(opened) < 40  # flips in footers show when the result is opened
