"""Where a result comes from: versions of the project and its packages, and a hash of the sources that define it."""

import platform
from importlib.metadata import PackageNotFoundError, version

from abm.compiled import sources_hash

PACKAGES = ("numpy", "numba", "llvmlite", "mesa", "pandas", "pyarrow")


def project_version() -> str:
    """Version of the installed project; ``uninstalled`` where it runs from its sources alone."""
    try:
        return version("ai-sovereignty")
    except PackageNotFoundError:
        return "uninstalled"


def provenance() -> dict:
    """Versions and the sources' hash, as plain data. The hash covers every file with compiled rules."""
    return {
        "version": project_version(),
        "sources": sources_hash(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in PACKAGES},
    }
