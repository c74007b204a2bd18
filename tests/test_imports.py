"""Importing the packages changes nothing for the process: who uses them as a library keeps signals, warnings, styles and all."""

import os
import subprocess
import sys

import pytest

from tests import untouched
from tests.untouched import ROOT

#: What somebody may do on import -> what is told of it.
DEEDS = {
    "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)": "signals: ",
    "import warnings; warnings.simplefilter('ignore')": "warnings: ",
    "import matplotlib; matplotlib.rcParams['font.size'] = 3": "rcParams: ",
    "import logging; logging.basicConfig(level=10)": "logging: ",
    "import os; os.environ['A_STRANGER'] = '1'": "environment: ",
    "import sys; sys.path.append('x')": "ways to import: ",
    "import multiprocessing; multiprocessing.set_start_method('spawn')": "start method: ",
    "from numba.core.types import Record; Record.name = property(str)": "numba.core.types.npytypes.Record.name",
    "import numpy as np; np.seterr(all='raise')": "numpy: ",
}


def test_importing_all_changes_nothing():
    world = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-m", "tests.untouched"], env=world, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_what_would_be_changed_is_told(tmp_path):
    """Else the test above would hold whatever is done."""
    stranger = tmp_path / "stranger.py"
    stranger.write_text("\n".join(DEEDS), "utf-8")
    program = (
        "import sys; from pathlib import Path; from tests import untouched; sys.path.insert(0, sys.argv[1])\n"
        "import matplotlib, numba.core.types.npytypes; from numba.core.types import Record; Record.name = property(repr)\n"
        "untouched.ROOT, untouched.FILES = Path(sys.argv[1]), [Path(sys.argv[1]) / 'stranger.py']\n"
        "print('\\n'.join(untouched.changes()))"
    )
    world = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program, tmp_path], env=world, capture_output=True, text=True, check=True)
    told = done.stdout.splitlines()
    assert [deed for deed, said in DEEDS.items() if not any(line.startswith(said) for line in told)] == []


@pytest.mark.parametrize("package", untouched.PACKAGES)
def test_every_file_is_looked_at(package):
    looked = {path for path in untouched.FILES if path.is_relative_to(ROOT / package)}
    assert looked == set((ROOT / package).rglob("*.py"))
    assert looked
