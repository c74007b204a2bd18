"""What only some systems have is taken for granted nowhere. Tried on Linux alone, where what others lack is taken away."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runs.folders import LOCK
from runs.manifest import StoreError
from runs.store import Store
from tests import sweeps
from tests.untouched import FILES, ROOT

#: What Python has on Linux and not on Windows, taken away from a process that has loaded all packages of others.
POORER = """
import importlib, os, signal, sys, types
from contextlib import suppress
from tests.untouched import foreign, ours
for name in sorted({name for name in foreign() if not ours(name)} - {"resource"}):
    if name.partition(".")[0] not in ("solara", "ema_workbench", "mesa", "altair"):
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
import duckdb, matplotlib.pyplot, mesa, numba, pandas, pyarrow.parquet, scipy.stats
import filelock._unix
filelock._unix.os = types.SimpleNamespace(**vars(os))  # the lock of this system needs what it has
for name in ("fcntl", "resource", "pwd", "grp", "termios", "pty", "posix"):
    sys.modules[name] = None
for module, names in {
    os: "sysconf sched_getaffinity O_NONBLOCK O_CLOEXEC getuid geteuid fork fchmod statvfs getpgid killpg register_at_fork",
    signal: "SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGALRM SIGQUIT SIGPIPE alarm setitimer pthread_sigmask",
}.items():
    for name in names.split():
        delattr(module, name)
opened = os.open
def opens_no_folder(path, *rest, **options):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return opened(path, *rest, **options)
os.open = opens_no_folder
from abm_command import main
sys.exit(max(main(words.split()) for words in sys.argv[1:]))
"""
SMALL = 'steps = 2\n[nations]\nselect = ["FRA", "DEU", "JPN"]\n'


def poorer(folder: Path, *commands: str) -> str:
    """What commands of one process say where Python has less."""
    world = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", POORER, *commands], cwd=folder, env=world, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_run_is_done_and_read_where_python_has_less(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL, "utf-8")
    said = poorer(tmp_path, "run small.toml --replicates 2 --figures none --out one", "status one --verify")
    assert re.match(r"2 runs of small in .*\nsmall: complete, 2 of 2 runs", said)


def calls(tree: ast.AST):
    """Calls that open a file as text, by what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield called, node


def unsaid(path: Path) -> list[str]:
    """Calls in a file that leave the encoding to the system."""
    found = []
    for called, node in calls(ast.parse(path.read_text("utf-8"))):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        said = any(keyword.arg == "encoding" for keyword in node.keywords) or any(
            isinstance(each, ast.Constant) and each.value in ("utf-8", "ascii", "rb", "wb", "ab") for each in given
        )
        if called in ("read_text", "write_text") and not said:
            found.append(f"{path}:{node.lineno}")
        if called == "open" and isinstance(node.func, ast.Name) and not said:
            found.append(f"{path}:{node.lineno}")
    return found


def test_every_text_says_its_encoding():
    assert [place for path in FILES for place in unsaid(path)] == []


def test_a_text_that_does_not_is_noticed(tmp_path):
    (tmp_path / "bad.py").write_text("open(p)\np.read_text()\np.write_text(x)\nopen(p, 'rb')\np.read_text('utf-8')\n", "utf-8")
    assert len(unsaid(tmp_path / "bad.py")) == 3


def test_nothing_that_is_written_has_a_name_that_some_system_cannot_hold(tmp_path):
    sweeps.carry(sweeps.plan(points=2, replicates=1), tmp_path / "out")
    names = [part for path in tmp_path.rglob("*") for part in path.relative_to(tmp_path).parts]
    assert [name for name in names if set(name) & set('<>:"|?*\\') or name != name.rstrip(". ")] == []


def test_the_lock_keeps_its_file_and_is_free_again(tmp_path):
    store, other = Store(tmp_path), Store(tmp_path)
    store.reach()
    with store.lock():
        assert other.locked()
        with pytest.raises(StoreError, match="another run is writing here; wait, or take another directory"), other.lock():
            pass
        assert other.locked()  # who was refused has not freed it
    assert not other.locked()
    assert (tmp_path / LOCK).is_file()


def test_a_directory_that_may_not_be_written_is_not_locked(tmp_path, monkeypatch):
    def forbidden(self, *rest, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("runs.store.FileLock.acquire", forbidden)
    assert not Store(tmp_path).locked()
