"""The project works where it is installed, from a wheel in an environment of its own, away from this checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numba
import pytest

from abm.sources import results_hash
from abm.version import project_version
from tests.untouched import PACKAGES, ROOT

pytestmark = pytest.mark.xdist_group("installed")


def quiet(*command: str | Path, **options) -> str:
    """What a command prints that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> dict[str, Path]:
    """An sdist, the wheel that it makes, and the wheel that the checkout makes."""
    folder = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir")
    quiet(*build, folder / "sdist", ROOT)  # and from it a wheel
    quiet(*build, folder / "direct", "--wheel", ROOT)
    found = {"sdist": "sdist/*.tar.gz", "wheel": "sdist/*.whl", "direct": "direct/*.whl"}
    return {kind: next(folder.glob(pattern)) for kind, pattern in found.items()}


@dataclass
class Environment:
    """A virtual environment, away from which and from the checkout its commands are run."""

    scripts: Path
    folder: Path

    def run(self, *command: str, **env: str) -> str:
        """What a command of it prints that must succeed."""
        return quiet(self.scripts / command[0], *command[1:], cwd=self.folder, env=self.world(**env))

    def world(self, **more: str) -> dict[str, str]:
        """The variables of its commands: no way to the checkout."""
        return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")} | more


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory) -> Environment:
    """A new one with the wheel. It sees the packages of the running one, but not its .pth files, which lead to the checkout."""
    top = tmp_path_factory.mktemp("environment")
    quiet(sys.executable, "-m", "venv", "--without-pip", top / "venv")
    paths = sysconfig.get_paths("venv", vars={"base": str(top / "venv"), "platbase": str(top / "venv")})
    pip = (sys.executable, "-m", "pip", "--python", top / "venv", "--disable-pip-version-check")
    quiet(*pip, "install", "--quiet", "--no-deps", "--no-index", built["wheel"])
    (Path(paths["purelib"]) / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    (top / "elsewhere").mkdir()
    return Environment(Path(paths["scripts"]), top / "elsewhere")


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_sdist_makes_the_wheel_that_the_checkout_makes(built):
    assert content(built["wheel"]) == content(built["direct"])


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git knows nothing of this copy")
def test_the_wheel_holds_what_git_does_and_says_that_it_has_types(built):
    tracked = quiet("git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "abm_command.py", *PACKAGES).splitlines()
    packaged = {name for name in content(built["wheel"]) if ".dist-info/" not in name}
    assert packaged == {name for name in tracked if (ROOT / name).exists()}
    assert packaged >= {f"{package}/py.typed" for package in PACKAGES}


def test_no_packaged_name_is_one_that_some_system_cannot_hold(built):
    """Neither a character nor a device of Windows, nor two names that differ in capitals alone."""
    names = list(content(built["wheel"]))
    assert [name for name in names if set(name) & set('<>:"|?*\\') or name != name.rstrip(". ")] == []
    assert {Path(name).stem.lower() for name in names}.isdisjoint({"con", "prn", "aux", "nul", "com1", "lpt1"})
    assert len({name.lower() for name in names}) == len(names)


WHERE = """
import json, pathlib, abm, runs, analysis, abm_command
from abm.provenance import provenance
from abm.version import __version__
files = [each.__file__ for each in (abm, runs, analysis, abm_command)]
print(json.dumps([files, __version__, provenance()["version"], provenance()["sources"]]))
"""


def test_what_is_installed_is_what_is_used(environment):
    files, *versions, sources = json.loads(environment.run("python", "-c", WHERE))
    assert all(Path(file).is_relative_to(environment.scripts.parent) for file in files), files
    assert versions == [project_version()] * 2
    assert sources == results_hash()


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="slow without compiled rules")
def test_commands_run_from_a_wheel_and_their_result_opens(environment):
    assert "calibrate" in environment.run("abm", "--help")  # found by name, as all that `analysis` offers
    said = environment.run("abm", "run", "baseline", "--replicates", "2", "--out", "small", "--figures", "none")
    assert "2 runs of baseline" in said
    opened = environment.run("python", "-c", "import runs; print(*runs.open('small').runs()['status'])")
    assert opened == "done done\n"


#: What a stranger may put in the way, and the file of it that is named.
KINDS = {"package": "{}/__init__.py", "module": "{}.py"}


def stranger(folder: Path, name: str, kind: str) -> Path:
    """A package or a module of somebody else's with this name."""
    path = folder / KINDS[kind].format(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", "utf-8")
    return path if kind == "module" else path.parent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_of_anothers_is_named_not_taken_for_ours(environment, tmp_path, name, kind):
    """However PYTHONPATH leads there, and for each name."""
    found = stranger(tmp_path, name, kind)
    done = subprocess.run([environment.scripts / "abm", "scenarios"], cwd=environment.folder, text=True, capture_output=True,
                          env=environment.world(PYTHONPATH=str(tmp_path)), check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"abm: {found} was found in place of this project's package {name}; ")


@pytest.mark.parametrize("name", [name for name in PACKAGES if name != "abm"])
def test_python_m_abm_names_it_too(environment, tmp_path, name):
    """Where the folder that it is started in holds it; a folder with another ``abm`` is what Python then runs."""
    found = stranger(tmp_path, name, "module")
    done = subprocess.run([environment.scripts / "python", "-m", "abm", "scenarios"], cwd=tmp_path, text=True,
                          capture_output=True, env=environment.world(), check=False)  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"abm: {found} was found in place of this project's package {name}; ")


def test_a_folder_of_results_named_as_a_package_is_not_in_the_way(environment, tmp_path):
    for name in PACKAGES:
        (tmp_path / name).mkdir()
    done = subprocess.run([environment.scripts / "abm", "scenarios"], cwd=tmp_path, text=True, capture_output=True,
                          env=environment.world(PYTHONPATH=str(tmp_path)), check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_checkout_that_is_not_installed_knows_its_version(tmp_path):
    for name in ("abm/version.py", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    program = "import runpy, sys; print(runpy.run_path(sys.argv[1])['__version__'])"
    said = quiet(sys.executable, "-I", "-S", "-c", program, tmp_path / "abm/version.py")
    assert said == f"{version}+uninstalled\n"
    (tmp_path / "pyproject.toml").unlink()
    assert quiet(sys.executable, "-I", "-S", "-c", program, tmp_path / "abm/version.py") == "0+uninstalled\n"
