"""Where a result comes from: versions of the project and its packages, and a hash of the sources that define it.

All of it says what this process runs, whatever was installed or edited on the disk since it began.
"""

import platform
import sys
from importlib.metadata import version

from abm.sources import results_hash
from abm.version import project_version

PACKAGES = ("numpy", "numba", "llvmlite", "mesa", "pandas", "pyarrow")


def _package(name: str) -> str:
    """Version of a package as it is loaded; of the one on the disk where it is not."""
    return getattr(sys.modules.get(name), "__version__", None) or version(name)


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
        "packages": {name: _package(name) for name in PACKAGES},
    }
