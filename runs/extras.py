"""What is missing of an extra of this project, and what a person types to have it.

The project is on no package index, so that its name and an extra in brackets name nothing that pip finds. The packages stand in
the metadata of the installed project, as ``pyproject.toml`` declares them, and nowhere else.
"""

from __future__ import annotations

import re
import shlex
from importlib.metadata import PackageNotFoundError, requires, version

from abm.version import DISTRIBUTION

WHOLE = "`make env` installs all that this project needs"
_DECLARED = re.compile(r"""(?P<name>[\w.-]+)\s*(?P<range>[^;]*?)\s*(?:;\s*extra\s*==\s*['"](?P<extra>[\w.-]+)['"])?""")


def declared() -> dict[str, list[str]]:
    """What pip takes for each package, such as ``SALib`` or ``ipyvue<2``, by extra; "" is what everybody needs.

    Empty where the project runs from its sources alone.
    """
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return {}
    packages: dict[str, list[str]] = {}
    for found in filter(None, map(_DECLARED.fullmatch, lines)):
        packages.setdefault(found["extra"] or "", []).append(_for_pip(found["name"], found["range"]))
    return packages


def _for_pip(name: str, versions: str) -> str:
    """A package with the versions that are too new for us; what pip takes is new enough."""
    return name + ",".join(sorted(each for each in versions.split(",") if each and not each.startswith(">")))


def install(extra: str) -> str:
    """What installs the packages of an extra that are not there; all of them where each is, and yet one cannot be imported."""
    packages = declared().get(extra, [])
    wanted = [package for package in packages if not _installed(package)] or packages
    return f"pip install {shlex.join(wanted)}" if wanted else WHOLE


def install_module(module: str) -> str:
    """What installs a module that could not be imported, with the rest of the extra that it belongs to."""
    for extra, packages in declared().items():
        if _plain(module.partition(".")[0]) in map(_plain, packages):
            return install(extra)
    return WHOLE


def _installed(package: str) -> bool:
    try:
        version(_name(package))
    except PackageNotFoundError:
        return False
    return True


def _name(package: str) -> str:
    return re.split("[<=!~]", package)[0]


def _plain(package: str) -> str:
    """The name of a package or of its module, as both are alike."""
    return _name(package).lower().replace("_", "-")
