"""``python -m tests.untouched`` prints what importing our files changes for the process, a line each.

All that our files import is loaded first, since what others' packages do when they are imported is not ours to answer for.
"""

from __future__ import annotations

import ast
import asyncio
import atexit
import builtins
import decimal
import faulthandler
import gc
import importlib
import locale
import logging
import multiprocessing
import os
import random
import resource
import signal
import socket
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("abm", "runs", "analysis")
FILES = [ROOT / "abm_command.py", *(path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py")))]
_PARTS = (type, types.FunctionType, types.BuiltinFunctionType, property, staticmethod, classmethod)


def ours(name: str) -> bool:
    """Whether a module is one of ours, or this one."""
    return name.partition(".")[0] in (*PACKAGES, "abm_command", "tests", "__main__")


def foreign() -> Iterator[str]:
    """Modules of others that our files import, within functions too; names in modules among them."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{each.name}" for each in node.names)


def state() -> dict[str, Any]:
    """What a process has one of, and anybody may set."""
    import matplotlib
    import numpy as np

    mask = os.umask(0o022)
    os.umask(mask)
    return {
        "signals": {int(each): signal.getsignal(each) for each in signal.valid_signals()},
        "warnings": (list(warnings.filters), warnings.showwarning),
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": (logging.root.manager.disable, logging.getLoggerClass(), logging.getLogRecordFactory(), _loggers()),
        "start method": multiprocessing.get_start_method(allow_none=True),
        "rcParams": dict(matplotlib.rcParams.copy()),
        "numpy": (np.geterr(), np.geterrcall(), np.get_printoptions(), np.random.get_state()[1].tolist()),  # type: ignore
        "pandas": _options(),
        "decimal": str(decimal.getcontext()),
        "environment": (dict(os.environ), os.getcwd(), mask, time.tzname),
        "ways to import": (list(sys.path), list(sys.meta_path), list(sys.path_hooks)),
        "hooks": (sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook, sys.gettrace(), sys.getprofile()),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), gc.get_threshold(), gc.isenabled(), len(gc.callbacks)),
        "resources": [resource.getrlimit(getattr(resource, each)) for each in dir(resource) if each.startswith("RLIMIT")],
        "faults": faulthandler.is_enabled(),
        "chance": random.getstate(),
        "sockets": socket.getdefaulttimeout(),
        "threads": sorted(each.name for each in threading.enumerate()),
        "streams": [(each, each.encoding, each.errors) for each in (sys.stdin, sys.stdout, sys.stderr)],
        "builtins": dict(vars(builtins)),
        "at exit": atexit._ncallbacks(),  # type: ignore[attr-defined]
        "loops": type(asyncio.get_event_loop_policy()),
    }


def _options() -> dict[str, Any]:
    import pandas as pd

    names = (line.split()[0] for line in pd.describe_option("", _print_desc=False).splitlines() if line[:1].isalpha())
    with warnings.catch_warnings(action="ignore"):  # some are on their way out
        return {name: pd.get_option(name) for name in names if "." in name}


def _loggers() -> dict[str, tuple]:
    known = [logging.root, *(each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    return {each.name: (each.level, list(each.handlers), each.propagate, each.disabled) for each in known if not ours(each.name)}


def parts() -> dict[str, Any]:
    """What others' modules and their classes are made of: all that can be called, and properties."""
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if ours(name) or not isinstance(module, types.ModuleType):
            continue
        for key, value in list(vars(module).items()):
            if isinstance(value, _PARTS):
                found[f"{name}.{key}"] = value
            if isinstance(value, type) and value.__module__ == name:
                found |= {f"{name}.{key}.{part}": each for part, each in list(vars(value).items()) if isinstance(each, _PARTS)}
    return found


def changes() -> list[str]:
    """What is other than before once all our files are loaded."""
    for name in sorted(set(foreign())):
        if not ours(name):
            # What is not found is a name within a module, or a module of another system.
            with suppress(ModuleNotFoundError), warnings.catch_warnings(action="ignore"):
                importlib.import_module(name)
    before, made_of = state(), parts()
    for path in FILES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        importlib.import_module(name)
    after, now = state(), parts()
    changed = [f"{key}: {before[key]} became {after[key]}" for key in before if before[key] != after[key]]
    return changed + [f"{key}: {value} became {now.get(key)}" for key, value in made_of.items() if now.get(key) is not value]


if __name__ == "__main__":
    print("\n".join(changes()))
