"""What is missing is told with packages that there are: those that ``pyproject.toml`` declares for the extra."""

import re
import shlex
import sys
import tomllib
from importlib.metadata import PackageNotFoundError

import pytest

from analysis.commands.command_line import main
from runs import extras
from runs.manifest import StoreError
from tests.untouched import FILES, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
#: Extra -> what pip takes for each of its packages, by the name that pip compares.
DECLARED = {
    extra: {re.split("[<>=]", each)[0].lower(): each for each in packages}
    for extra, packages in {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}.items()
}


def named(sentence: str) -> list[str]:
    """The packages that a sentence tells to install."""
    (command,) = re.findall(r"pip install ([^;\n]+)", sentence)
    return shlex.split(command)


def by_view() -> str:
    assert main(["view", "--port", "0"]) == 2
    return ""


def by_dask() -> str:
    from runs.cluster import dask

    with pytest.raises(StoreError) as told:
        dask()
    return str(told.value)


def by_design() -> str:
    from runs.designs import DesignError, morris

    with pytest.raises(DesignError) as told:
        morris([], {})
    return str(told.value)


def by_command() -> str:
    assert main(["status", "."]) == 2
    return ""


#: Module that is missing -> its extra, and how a person comes to hear of it.
HINTS = {
    "solara": ("page", by_view),
    "distributed": ("dask", by_dask),
    "SALib.sample.morris": ("analysis", by_design),
    "ema_workbench": ("analysis", by_command),
}


@pytest.mark.parametrize("module", HINTS)
def test_every_hint_names_packages_of_the_extra(module, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    for loaded in [name for name in sys.modules if name.startswith("analysis.page")]:
        monkeypatch.delitem(sys.modules, loaded)  # which another test has loaded already
    if module == "ema_workbench":  # as if the command had needed it
        monkeypatch.setattr("analysis.commands.status.lines", lambda *whatever: __import__(module))
    extra, tell = HINTS[module]
    said = tell() + capsys.readouterr().err
    packages = named(said)
    assert said.count("\n") <= 1
    assert {extras._name(package) for package in packages} == set(DECLARED[extra])


def test_nothing_else_tells_how_to_install():
    """So that no sentence names what is on no package index."""
    telling = [path for path in FILES if re.search(r"pip install|ai-sovereignty\[", path.read_text("utf-8"))]
    assert telling == [ROOT / "runs/extras.py"]


@pytest.mark.parametrize("extra", DECLARED)
def test_only_what_is_missing_is_named_and_in_a_version_that_works(extra, monkeypatch):
    gone = sorted(DECLARED[extra])[0]

    def version(name: str) -> str:
        if name == gone:
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(extras, "version", version)
    (package,) = named(extras.install(extra))
    ends = {each for each in re.split(",", DECLARED[extra][gone][len(gone):]) if each[:1] in "<="}
    assert (extras._name(package), set(filter(None, package[len(gone):].split(",")))) == (gone, ends - {""})


@pytest.mark.parametrize("module", ["analysis.questions", "unheard_of"])
def test_what_no_extra_brings_is_told_otherwise(module):
    assert extras.install_module(module) == extras.WHOLE


def test_sources_alone_declare_nothing(monkeypatch):
    def none(name: str):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "requires", none)
    assert extras.install("page") == extras.install_module("SALib") == extras.WHOLE
