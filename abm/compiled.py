"""How a rule is compiled, and where its machine code is kept between processes.

numba's own disk cache looks only at the file a function stands in: after an edit to a *called* function in another
file it would silently serve old machine code. So the cache directory is named after a hash of every source that may
be compiled, and an edit anywhere starts a fresh one.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numba
from numba.core.caching import IndexDataCacheFile
from numba.core.types import Record

KEPT = 4  # cache generations kept on disk
TABLES = ("attributes.py", "compiled.py")  # they hold no compiled function, but say how the others are compiled


def sources() -> list[Path]:
    """Files that define the compiled dynamics: those with compiled functions, and :data:`TABLES`."""
    root = Path(__file__).parent.parent
    patterns = ("abm/*.py", "abm/submodels/*.py", "abm/outcomes/*.py", "runs/ensemble.py")
    files = sorted(path for pattern in patterns for path in root.glob(pattern))
    return [path for path in files if b"abm.compiled import" in path.read_bytes() or path.name in TABLES]


def sources_hash() -> str:
    """Hex digest (16 characters) over the names and bytes of :func:`sources`."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.parent.name}/{path.name}".encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "ai-sovereignty"


def _cache_directory() -> Path:
    """A writable directory for this generation of sources; the temporary directory where home is read-only."""
    directory = _cache_root() / f"rules-{sources_hash()}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.touch()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="ai-sovereignty-"))
    _drop_old_generations(directory.parent)
    return directory


def _drop_old_generations(root: Path) -> None:
    generations = sorted(root.glob("rules-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for stale in generations[KEPT:]:
        shutil.rmtree(stale, ignore_errors=True)


def _save_one_at_a_time(directory: Path) -> None:
    """Let processes that share the directory save in turn.

    numba numbers a function's files by what its index holds. Two processes that compile it for different worlds at once
    would take the same number, and the index of one would then lead to the machine code of the other.
    """
    save = IndexDataCacheFile.save

    def save_locked(self, key, data):
        with open(directory / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            save(self, key, data)

    IndexDataCacheFile.save = save_locked  # type: ignore[method-assign]


def _name_records_by_layout() -> None:
    """Let the names of machine code tell one world's record from another's in every process alike.

    numba numbers records as a process meets them, and puts that number into names. Two processes that begin with worlds of
    different sizes would keep different code under one name, and a third that loads both would run the wrong one.
    """

    def mangling_args(record: Record) -> tuple[str, tuple[int]]:
        return "Record", (int(hashlib.sha256(record.name.encode()).hexdigest()[:15], 16),)

    Record.mangling_args = property(mangling_args)  # type: ignore[assignment]


if not getattr(numba.config, "DISABLE_JIT"):  # noqa: B009 - numba sets its settings' names at run time
    _directory = _cache_directory()
    setattr(numba.config, "CACHE_DIR", str(_directory))  # noqa: B010
    _save_one_at_a_time(_directory)
    _name_records_by_layout()

#: Decorator of every rule. No fast-math: results must not depend on how a loop was vectorised.
rule = numba.njit(cache=True, nogil=True, error_model="numpy")

#: A rule that the compiler must write out where it is called, so that a loop over it can work on several rows at once.
inline_rule = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


def generated(name: str, lines: list[str], scope: dict):
    """Compile a function written out as source ``lines`` (a flat function compiles several times faster than a chain).

    numba cannot keep such a function on disk; call it from a ``@rule``, which then keeps it.
    """
    exec("\n".join(lines), scope)
    return numba.njit(scope[name], nogil=True, error_model="numpy")
