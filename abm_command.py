"""Where the command ``abm`` begins: outside the packages, so as to see whether it is ours that Python finds under their names."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("abm", "runs", "analysis")


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns its exit status, 2 with one sentence where a package of another's would be taken for one of ours."""
    stranger = shadow()
    if stranger:
        print(f"abm: {stranger}", file=sys.stderr)
        return 2
    from analysis.commands.process import main as act

    return act(argv)


def shadow() -> str:
    """What Python finds instead of the first of our packages that is shadowed, in a sentence; "" where it finds ours."""
    for name in PACKAGES:
        found = _found(name)
        if not _same(found, Path(__file__).parent / name):
            return (f"{found or 'nothing'} was found in place of this project's package {name}; start in another folder, "
                    "take it off PYTHONPATH, or install this project in an environment of its own")  # fmt: skip
    return ""


def _found(name: str) -> str:
    """The file or folder that an import of this name leads to; "" for none. No package is loaded to know."""
    try:
        spec = find_spec(name)
    except ValueError:  # somebody put something there that says nothing about itself
        return f"a module {name} without a file"
    if spec is None:
        return ""
    folders = list(spec.submodule_search_locations or [])
    return folders[0] if folders else str(spec.origin)


def _same(found: str, ours: Path) -> bool:
    try:
        return os.path.samefile(found, ours)
    except OSError:
        return False
