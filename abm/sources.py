"""The files that decide what a run's result is, as this process has loaded them.

What a process runs is what Python read when it imported the files, whatever lies on the disk by now. So the digests are taken
once, when the package's first file is loaded, and hold for the process's life; once all is loaded, they are compared with the
disk again, so that a change in between is noticed.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Where compiled functions stand, and the files that hold none but say how the others are compiled.
_COMPILED = ("abm/*.py", "abm/submodels/*.py", "abm/outcomes/*.py", "runs/ensemble.py")
_TABLES = ("abm/attributes.py", "abm/compiled.py")
#: Beside the compiled rules: how a world is made, from which facts, and how runs are planned and recorded.
_MORE = ("abm/world.py", "abm/scenario.py", "abm/options.py", "abm/temporal_network.py", "abm/data/__init__.py", "abm/data/*.csv",
         "runs/plan.py", "runs/chunk.py", "runs/factor.py", "runs/execution.py", "runs/tables.py")


class SourcesChanged(RuntimeError):
    """The files changed while this process was loading them, so that nobody knows what it runs; one sentence."""


def _read(patterns: tuple[str, ...]) -> dict[str, bytes]:
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for pattern in patterns for path in ROOT.glob(pattern)}


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def _rules() -> dict[str, str]:
    """Digest of each file of the compiled dynamics, as the disk holds it now."""
    found = _read(_COMPILED).items()
    return _digests({name: text for name, text in found if b"abm.compiled import" in text or name in _TABLES})


def _with_more(rules: dict[str, str]) -> dict[str, str]:
    """Digest of each file that decides results, as the disk holds it now, the rules' among them."""
    return rules | _digests(_read(_MORE))


_LOADED_RULES = _rules()
_LOADED = _with_more(_LOADED_RULES)


def _total(files: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]


def rules_hash() -> str:
    """Hex digest (16 characters) of the files that define the compiled dynamics, as loaded."""
    return _total(_LOADED_RULES)


def rules_changed() -> bool:
    """Whether those on the disk are by now others than those that were loaded."""
    return _rules() != _LOADED_RULES


@cache
def _changed() -> list[str]:
    """Load what is not loaded yet, and name the files that changed since loading began."""
    for name in _LOADED:
        if name.endswith(".py"):
            importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    now = _with_more(_rules())
    return sorted(name for name in {**_LOADED, **now} if _LOADED.get(name) != now.get(name))


def results_hash() -> str:
    """Hex digest (16 characters) of all files, rules and data, that decide what a run's result is, as this process runs them.

    Errors: SourcesChanged, for the rest of the process's life, when they changed before all were loaded.
    """
    if _changed():
        raise SourcesChanged(f"the model's sources changed while they were loaded ({', '.join(_changed())}); start again")
    return _total(_LOADED)
