"""Somebody adds an option as docs/howto/option.md says, in the places that it names and nowhere else."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.untouched import PACKAGES, ROOT

PAGE = (ROOT / "docs" / "howto" / "option.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
#: Tests that any option must pass, those of them that are run uncompiled.
CONTRACT = ("laws", "properties", "dynamics", "politics", "model", "one_place")


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the sources with the option added."""
    folder = tmp_path_factory.mktemp("extended")
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "abm_command.py"):
        shutil.copy(ROOT / name, folder)
    for file, block in BLOCKS.items():
        path = folder / file
        if path.exists():
            begins = block.split("\n")[0]
            row = re.compile(rf"^{re.escape(begins)}\n.*?^\)\n", re.DOTALL | re.MULTILINE)
            assert row.search(path.read_text("utf-8")), f"{file}: {begins}"
            path.write_text(row.sub(lambda _, block=block: block, path.read_text("utf-8"), count=1), "utf-8")
        else:
            path.write_text(block, "utf-8")
    return folder


def run_plan(folder, *words):
    """Python in the copy, uncompiled."""
    world = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    return subprocess.run([sys.executable, *words], cwd=folder, env=world, capture_output=True, text=True, check=False)


def test_it_takes_three_places_at_most():
    assert 2 <= len(BLOCKS) <= 3


@pytest.mark.slow
def test_the_laws_of_the_model_hold_with_it(extended):
    files = [f"tests/test_{name}.py" for name in CONTRACT]
    done = run_plan(extended, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "uncompiled", *files)
    assert done.returncode == 0, done.stdout[-3000:]


def test_it_is_chosen_measured_and_drawn(extended):
    program = """
import numpy as np
from abm import options
from abm.model import Model
from abm.submodels import choice
from analysis.figures import style

model = Model(rng=1, steps=12)
while not model.finished:
    model.step()
held = {nation.option for nation in model.nations}
shares = [model.observed[f"nations_{name}"] for name in options.names(("us", "china"))]
assert "open_weights" in held and model.observed["nations_open_weights"] > 0, held
assert abs(sum(shares) - 1) < 1e-12, shares
assert style.colours(("us", "china"))["open_weights"] == "#35D035"
assert "open_weights" in model.explain("FRA").index
"""
    done = run_plan(extended, "-c", program)
    assert done.returncode == 0, done.stderr[-3000:]
