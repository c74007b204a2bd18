"""Where a result comes from: versions of the project and its packages, and a hash of the sources that define it."""

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from abm.compiled import sources

PACKAGES = ("numpy", "numba", "llvmlite", "mesa", "pandas", "pyarrow")
#: Beside the compiled rules: how a world is made, from which facts, and how runs are planned and recorded.
_MORE = ("abm/world.py", "abm/scenario.py", "abm/options.py", "abm/record.py", "abm/data/__init__.py", "abm/data/*.csv",
         "runs/plan.py", "runs/chunk.py", "runs/factor.py", "runs/perform.py", "runs/tables.py")


def project_version() -> str:
    """Version of the installed project; ``uninstalled`` where it runs from its sources alone."""
    try:
        return version("ai-sovereignty")
    except PackageNotFoundError:
        return "uninstalled"


def results_hash() -> str:
    """Hex digest (16 characters) of all files, rules and data, that decide what a run's result is."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted({*sources(), *(path for pattern in _MORE for path in root.glob(pattern))}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


#: What must be the same for a run to leave the same results to the byte.
DECISIVE = ("sources", "machine", "packages")


def decisive() -> dict:
    """The part of :func:`provenance` on which results depend."""
    return {key: value for key, value in provenance().items() if key in DECISIVE}


def provenance() -> dict:
    """Versions and the sources' hash, as plain data."""
    return {
        "version": project_version(),
        "sources": results_hash(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in PACKAGES},
    }
