"""The one place where files that people bring are read: regular files, bounded in size and depth, every fault one sentence.

What reads a file of a person's own (scenario, sweep, manifest, table) goes through here, so that a pipe, a device, a file of
gigabytes or one nested ten thousand deep is refused before it is parsed.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MOST, MANIFESTS = 1_000_000, 512_000_000  # bytes of a file that a person writes, and of a manifest, which lists files
#: How it is opened: a pipe is not waited for, and every byte is taken as it is; not every system has, or needs, each of these.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))
DEEPEST = 40  # tables and lists within each other
_LONGEST = "Exceeds the limit"  # how Python begins to say that an integer has too many digits
#: A dotted key of so many parts; the parser of TOML would need the square of them in memory.
_DOTTED = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEEPEST}}}""")
#: What a line that is no TOML most likely was meant to be.
_CAUSES = (
    (r"=\s*[+-]?\d+,\d", "a decimal comma? write 0.5, not 0,5"),
    ("[\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019]", 'typographic quotes? write "..."'),
    (r"=\s*[A-Za-z_][\w -]*$", 'text needs quotes: "..."'),
    (r"^\s*[\w.]+\s*:", "a colon? write name = value"),
    (
        r"""^(?=.*[,;\t])["'A-Za-z_,;\t][^={}[\]]*$""",
        'a table of points? a sweep file names one: method = "csv" and file = "..." under [design]',
    ),
    (r"^(<|\{[^=]*$)", "another format? write name = value"),
)


class FileError(ValueError):
    """Why a file cannot be read, in one sentence that begins with its path."""


def text(path: str | Path, what: str = "file", most: int = MOST) -> str:
    """A regular file's text, without its byte-order mark: UTF-8, or UTF-16 that says so. Errors: FileError."""
    content = _content(path, what, most)
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        decoded = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not UTF-{16 if utf16 else 8} text (byte {error.start}); save it as UTF-8") from None
    if "\0" in decoded:
        line = decoded.count("\n", 0, decoded.index("\0")) + 1
        raise FileError(f"{path}: line {line}: holds a NUL character, as no text does; save it as UTF-8")
    return decoded


def module(name: str, path: str | Path, text: str) -> ModuleType:
    """The module ``name`` that a text of Python from ``path`` makes, carried out once a process.

    Errors: ValueError in one sentence for a text that fails.
    """
    if name in sys.modules:
        return sys.modules[name]
    made = sys.modules[name] = ModuleType(name)
    made.__file__ = os.path.abspath(path)
    try:
        exec(compile(text, path, "exec"), vars(made))
    except Exception as error:
        del sys.modules[name]
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) else ""
        raise ValueError(f"{path}: {line}{type(error).__name__}: {error}") from None
    return made


def _content(path: str | Path, what: str, most: int) -> bytes:
    try:
        # A pipe without a writer would otherwise keep the open itself waiting.
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise FileError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise FileError(f"{path}: is a directory, not a {what}")
        if not stat.S_ISREG(found.st_mode):
            raise FileError(f"{path}: is a pipe or a device, not a {what}")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(content) > most:
        size = f"{max(found.st_size, most + 1):,}"
        raise FileError(f"{path}: holds {size} bytes; a {what} of at most {most:,} is read")
    return content


def parse_toml(content: str, where: str) -> dict[str, Any]:
    """The tables of TOML text; ``where`` begins what is wrong with it. Errors: FileError."""
    if _DOTTED.search(content):
        raise FileError(f"{where}: {_TOO_DEEP}")
    return _parsed(tomllib.loads, content, where, lambda said: f"is not valid TOML: {said}{_cause(content, said)}")


def parse_json(content: str, where: str) -> Any:
    """What JSON text holds; ``where`` begins what is wrong with it. Errors: FileError."""
    return _parsed(json.loads, content, where, lambda said: f"cannot be read: {said}")


def _parsed(load: Callable[[str], Any], content: str, where: str, why: Callable[[str], str]) -> Any:
    """What a parser makes of a text; ``why`` puts what it says of a fault into a clause."""
    try:
        document = load(content)
    except RecursionError:
        raise FileError(f"{where}: {_TOO_DEEP}") from None
    except ValueError as error:  # of the format, or of an integer too long for Python
        said = str(error)
        if said.startswith(_LONGEST):
            raise FileError(f"{where}: holds an integer of thousands of digits; {_INTEGERS}") from None
        raise FileError(f"{where}: {why(said)}") from None
    return _bounded(document, where)


_TOO_DEEP = f"is nested too deep; at most {DEEPEST} tables and lists may lie within each other"
_INTEGERS = "whole numbers lie in -2^63 to 2^64 - 1"


def _bounded(document: Any, where: str) -> Any:
    """The document itself. FileError where it is nested too deep or holds an integer that no machine number takes."""
    waiting = [("", document, 1)]
    while waiting:
        place, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise FileError(f"{where}: {_TOO_DEEP}")
        if isinstance(value, dict):
            waiting += [(f"{place}.{key}", each, depth + 1) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(place, each, depth + 1) for each in value]
        elif isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise FileError(f"{where}: {place[1:]}: found an integer of {len(str(abs(value)))} digits; {_INTEGERS}")
    return document


def _cause(content: str, message: str) -> str:
    """The likely cause of a fault in TOML, from the line that the message names."""
    place = re.search(r"\(at line (\d+)", message)
    lines = content.splitlines()
    if not place or int(place[1]) > len(lines):
        return ""
    line = lines[int(place[1]) - 1].partition("#")[0].rstrip()
    return next((f"; {cause}" for sign, cause in _CAUSES if re.search(sign, line)), "")
