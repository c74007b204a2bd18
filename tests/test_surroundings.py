"""A command works, or says one sentence, whatever terminal, locale, Python options or files its surroundings bring."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import abm
from abm.docstrings import docstring
from abm.scenario import Scenario
from runs.plan import Plan
from tests import sweeps
from tests.beforehand import after

ROOT = Path(abm.__file__).parent.parent
PLAIN = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ODD = PLAIN | {
    "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "HOME": "/nonexistent", "TZ": ":nowhere", "TERM": "dumb", "COLUMNS": "20",
    "NO_COLOR": "1", "LC_NUMERIC": "de_DE.UTF-8", "OMP_NUM_THREADS": "x",
}  # fmt: skip


@dataclass
class Case:
    """Words of the command with ``DIR`` for a result, what surrounds it or is done ``before`` in its process, what is to come."""

    words: str
    env: dict[str, str] = field(default_factory=dict)
    before: str = ""
    out: str | None = None
    status: int = 0
    said: str = ""
    told: str = ""


CASES = {
    "a terminal that knows ASCII only": Case("report DIR --figures none", PLAIN, told="vendor K?ln ?"),
    "a name that the terminal cannot write": Case("status no-köln-→", PLAIN, status=2, said="abm: no-k"),
    "all that is odd at once": Case("report DIR --figures none", ODD, before="os.umask(0o077)", told="report: "),
    "docstrings dropped": Case("ask pivotal --help", {"PYTHONOPTIMIZE": "2"}, told="What is computed"),
    "no output": Case("status DIR", before="os.close(1)"),
    "no error stream": Case("status nowhere", before="os.close(2)", status=2),
    "no streams at all": Case("status DIR", before="[os.close(stream) for stream in (0, 1, 2)]"),
    "a full disk": Case("status DIR", out="/dev/full", status=2, said="abm: the system: No space left on device"),
    "a folder that is gone": Case("status nowhere", before="os.rmdir(os.getcwd())", status=2, said="abm: nowhere"),
    "nowhere to write": Case(
        "run --replicates 2 --figures none --quiet", before="os.rmdir(os.getcwd())", status=2,
        said="abm: the folder that this was started in: No such file",
    ),
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A small result with a vendor whose title not every terminal can write. Its short name is one that others compile for."""
    vendor = {"title": "Köln →", "ideal_point": 0.1, "compute_share": 0.05}
    scenario = Scenario.parse({"nations": {"select": ["DEU", "FRA"]}, "steps": 1, "vendors": {"gulf": vendor}}, "small")
    return sweeps.carry(Plan(scenario, replicates=2, seed=3), tmp_path_factory.mktemp("small") / "result")


@pytest.mark.parametrize("name", CASES)
def test_a_command_works_or_says_one_sentence(name, directory, tmp_path):
    case = CASES[name]
    words = [word.replace("DIR", str(directory)) for word in case.words.split()]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | case.env
    command = [sys.executable, "-m", "abm", *words]
    with open(case.out or os.devnull, "w") as full:
        done = subprocess.run(
            after(case.before, command) if case.before else command, cwd=tmp_path, env=env, check=False,
            stdout=full if case.out else subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    said = done.stderr.decode("ascii" if case.env.get("PYTHONIOENCODING") else "utf-8")
    assert (done.returncode, said.count("\n")) == (case.status, int(bool(case.said)))
    assert said.startswith(case.said)
    assert case.told.encode() in (done.stdout or b"")


def test_a_reader_who_has_seen_enough_is_no_error():
    """``abm parameters | head -1``, with a pipe that is closed before the first word."""
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "abm", "parameters"]
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_process_is_a_copy_of_the_tests():
    """See :mod:`tests.beforehand`."""
    unsafe = re.compile(r"preexec_fn *=|os\.fork\(|get_context\(.fork.\)")
    own = {Path(__file__), ROOT / "tests" / "test_compiled_cache.py"}  # whose copies are of a process without other threads
    files = [path for path in (ROOT / "tests").rglob("*.py") if path not in own]
    assert files
    assert [path.name for path in files if unsafe.search(path.read_text("utf-8"))] == []


def test_docstrings_are_those_of_the_sources():
    from analysis.questions import QUESTIONS, question

    for name in QUESTIONS:
        assert docstring(question(name)).split() == question(name).__doc__.split()
    assert docstring(docstring).split() == docstring.__doc__.split()
    assert docstring(test_docstrings_are_those_of_the_sources) == ""
