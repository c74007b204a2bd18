"""How a rule is compiled, and where its machine code is kept between processes.

numba's own disk cache looks only at the file a function stands in: after an edit to a *called* function in another
file it would silently serve old machine code. It also loads whatever bytes it finds, and one flipped bit may crash a process.
So machine code is kept here, in a directory named after a hash of every source that may be compiled, a file for each rule and
kind of arguments, which begins with the digest of the rest. What cannot be read or written costs the time to compile it again.
"""

import hashlib
import logging
import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import llvmlite  # type: ignore[import-untyped]
import numba
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.serialize import dumps
from numba.core.types import Record

from abm.sources import rules_changed, rules_hash

KEPT = 4  # cache generations kept on disk
#: What is compiled, and for which rules that people brought (see :mod:`abm.rules`).
_COMPILED: list = []
_BROUGHT, _SUPERSEDED = "", []  # type: ignore[var-annotated]
_DIGEST = hashlib.sha256().digest_size


def _cache_root() -> Path:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "ai-sovereignty"
    try:
        return Path.home() / ".cache" / "ai-sovereignty"
    except RuntimeError:  # a user that the system does not know has none, and nothing is kept
        return Path(os.devnull) / "ai-sovereignty"


@cache
def _say(sentence: str) -> None:
    """Say something on the error stream, once a process."""
    logging.getLogger(__name__).warning("abm: %s", sentence)


class _MachineCode(_Cache):
    """The machine code of one rule, a file per signature. numba asks for it before it compiles, and leaves it here after."""

    directory = _cache_root() / f"rules-{rules_hash()}"
    cache_path = str(directory)

    def __init__(self, function):
        self._function = function

    def load_overload(self, sig, target_context):
        """The compiled function, or None where it is not kept or damaged."""
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            _say(f"{self.directory}: holds machine code that is damaged; it is compiled again")
            with suppress(OSError):
                path.unlink()
            return None
        signature, reduced = pickle.loads(content[_DIGEST:])
        return CompileResult._rebuild(target_context, *reduced) if signature == sig else None

    def save_overload(self, sig, data):
        """Keep what was compiled, unless it is of other sources than the directory by now, or the disk does not take it."""
        if data.lifted or data.library.has_dynamic_globals or rules_changed():
            return
        content = dumps((sig, data._reduce()))
        path = self._path(sig, data.library.codegen)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            if not self.directory.is_dir():
                self.directory.mkdir(parents=True, exist_ok=True)
                _drop_old_generations(self.directory.parent)
            temporary.write_bytes(hashlib.sha256(content).digest() + content)
            os.replace(temporary, path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            _say(f"{self.directory}: {error.strerror}; each command compiles the model again, unless NUMBA_CACHE_DIR names a "
                 "directory that keeps its machine code")

    def _path(self, sig, codegen) -> Path:
        function = self._function
        compiler = numba.__version__, llvmlite.__version__, sys.implementation.cache_tag, codegen.magic_tuple()
        named = hashlib.sha256(repr((compiler, function.__code__.co_code, sig, _BROUGHT)).encode()).hexdigest()[:32]
        return self.directory / f"{function.__module__}.{function.__qualname__}.{named}"

    def flush(self):
        """Nothing waits to be written."""

    enable = disable = flush


def _drop_old_generations(root: Path) -> None:
    generations = sorted(root.glob("rules-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for stale in generations[KEPT:]:
        shutil.rmtree(stale, ignore_errors=True)


def _layout_in_name(record: Record) -> tuple[str, tuple[int]]:
    return "Record", (int(hashlib.sha256((record.name + _BROUGHT).encode()).hexdigest()[:15], 16),)


@contextmanager
def _records_named_by_layout() -> Iterator[None]:
    """Let the names of machine code tell one world's record from another's in every process alike.

    numba numbers records as a process meets them, and puts that number into names. Two processes that begin with worlds of
    different sizes would keep different code under one name, and a third that loads both would run the wrong one.
    Only who holds numba's lock of its compiler gives names, so that meanwhile nobody else's code is named.
    """
    with global_compiler_lock:
        usual = vars(Record).get("mangling_args")
        Record.mangling_args = property(_layout_in_name)  # type: ignore[assignment]
        try:
            yield
        finally:
            if usual is None:  # it is that of all types
                del Record.mangling_args
            else:  # one rule compiles another
                Record.mangling_args = usual  # type: ignore[method-assign]


def _naming_by_layout(dispatcher):
    """The same dispatcher; what it compiles is named so."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return dispatcher
    usual = dispatcher._compiler.compile

    def compile_named(args, return_type):
        with _records_named_by_layout():
            return usual(args, return_type)

    dispatcher._compiler.compile = compile_named
    _COMPILED.append(dispatcher)
    return dispatcher


def renew(brought: str) -> None:
    """Let everything be compiled once more, or be read from the disk, for the rules that people have ``brought`` by now.

    What was compiled for others before is kept: somebody may be running it.
    """
    global _BROUGHT
    with global_compiler_lock:
        _BROUGHT = brought
        for dispatcher in _COMPILED:
            _SUPERSEDED.extend(dispatcher.overloads.values())
            dispatcher._reset_overloads()


def _compiler(**options):
    """A decorator of rules. No fast-math: results must not depend on how a loop was vectorised."""
    compiled = numba.njit(nogil=True, error_model="numpy", **options)

    def decorate(function):
        dispatcher = _naming_by_layout(compiled(function))
        if dispatcher is not function:  # it is where numba is told not to compile
            dispatcher._cache = _MachineCode(function)
        return dispatcher

    return decorate


with suppress(OSError):  # a generation that is used is not the oldest
    os.utime(_MachineCode.directory)

#: Decorator of every rule.
rule = _compiler()

#: A rule that the compiler must write out where it is called, so that a loop over it can work on several rows at once.
inline_rule = _compiler(forceinline=True)


_GENERATED: dict[str, list[str]] = {}


def generated(name: str, lines: list[str], scope: dict):
    """Compile a function written out as source ``lines`` (a flat function compiles several times faster than a chain).

    numba cannot keep such a function on disk; call it from a ``@rule``, which then keeps it. That machine code is linked by name:
    two functions of one name, loaded from the disk, would run as the same. Errors: ValueError for a name that another one has.
    """
    if _GENERATED.setdefault(name, lines) != lines:
        raise ValueError(f"{name}: another generated function has this name")
    exec("\n".join(lines), scope)
    return _naming_by_layout(numba.njit(scope[name], nogil=True, error_model="numpy"))
