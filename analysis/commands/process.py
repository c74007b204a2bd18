"""The process of a command: what can end it at any moment, while the command line is loaded too, and with which exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Ways of the system to ask a program to end: by ``kill`` or a batch system, and by closing its terminal.
_ASKS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))  # Windows closes no terminals
_SHORT = ("can't start new thread", "failed to map segment", "annot allocate memory", "Out of Memory")
#: Bytes of addresses, of which most are never used, that the libraries want before the first run. With less they do not say so in
#: words: OpenBLAS asks for them for ever, and LLVM ends the process.
LEAST = 3 << 30


class Stopped(KeyboardInterrupt):
    """A request to end, which takes the way of Ctrl-C."""

    def __init__(self, number: int):
        self.number = number


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    room = _address_space()
    if room < LEAST:
        _tell(f"this process may have {room >> 20:,} MB of addresses (ulimit -v), and needs {LEAST >> 20:,} MB of them")
        return 2
    if argv is None and _nowhere():  # coverage, which numba loads where it is installed, cannot stand that
        sys.modules.setdefault("coverage", None)  # type: ignore[arg-type]
    try:
        with _ends_when_asked():
            from analysis.commands.command_line import main as act

            return act(argv)
    except KeyboardInterrupt as stop:
        _tell("stopped; what was finished is whole, and the same command goes on")
        status = 128 + getattr(stop, "number", signal.SIGINT)
        if argv is None:  # this process is the command's own: what its threads still compute is of no use
            sys.stdout.flush()
            os._exit(status)
        return status
    except Exception as error:
        if not _short_of_memory(error):
            raise
        _tell("there is not enough memory; what was finished is whole, and with more of it the same command goes on")
        return 2


@contextmanager
def _ends_when_asked() -> Iterator[None]:
    """Meanwhile, end at the first request as at Ctrl-C; what was told to be ignored, as by nohup, still is."""
    taken = [number for number in _ASKS if signal.getsignal(number) == signal.SIG_DFL]

    def stop(number, frame):
        if signal.getsignal(signal.SIGTERM) not in (stop, signal.SIG_IGN):  # a server has its own way to end, which that begins
            signal.raise_signal(signal.SIGTERM)
            return
        for each in taken:
            signal.signal(each, signal.SIG_IGN)  # what is under way is the end
        raise Stopped(number)

    for number in taken:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _address_space() -> int:
    """Bytes of addresses that this process may have, where the system limits them."""
    try:
        import resource
    except ImportError:  # not on Windows
        return sys.maxsize
    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    return sys.maxsize if allowed == resource.RLIM_INFINITY else allowed


def _nowhere() -> bool:
    """Whether the folder that this was started in is gone."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _short_of_memory(error: BaseException | None) -> bool:
    """Whether that, or what led to it, is a want of memory: libraries have many words for it."""
    while error is not None:
        if isinstance(error, MemoryError) or any(said in str(error) for said in _SHORT):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tell(sentence: str) -> None:
    print(f"abm: {sentence}", file=sys.stderr)

