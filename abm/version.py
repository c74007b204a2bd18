"""The version of this project, from one place: the metadata of what is installed, or the checkout that runs without."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DISTRIBUTION = "ai-sovereignty"


@cache
def project_version() -> str:
    """Version of the installed project; of a checkout that is not installed, with ``+uninstalled``."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return f"{_of_checkout()}+uninstalled"


def _of_checkout() -> str:
    try:
        found = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
        return found["version"] if found["name"] == DISTRIBUTION else "0"
    except (OSError, ValueError, KeyError):
        return "0"


__version__ = project_version()
