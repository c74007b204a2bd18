"""``python -m tests.benchmarks [--full] [NAME ...]``: measure, write ``RESULTS.md``, and say what got slower."""

import argparse
import importlib
import pkgutil
import sys
import time
from pathlib import Path

from tests import benchmarks
from tests.benchmarks import guard
from tests.benchmarks.table import machine

RESULTS = Path(__file__).parent / "RESULTS.md"
FIRST = ("throughput", "against_mesa", "limit", "scaling", "records")


def modules() -> dict:
    """Every module with a ``measure``, by name."""
    names = sorted((module.name for module in pkgutil.iter_modules(benchmarks.__path__)), key=_place)
    found = {name: importlib.import_module(f"tests.benchmarks.{name}") for name in names if not name.startswith("_")}
    return {name: module for name, module in found.items() if hasattr(module, "measure")}


def _place(name: str) -> tuple:
    return (FIRST.index(name), "") if name in FIRST else (len(FIRST), name)


def main() -> None:
    """Measure what was asked for; only a run of all benchmarks replaces what is kept."""
    known = modules()
    parser = argparse.ArgumentParser(prog="make bench", description="Measure speed and scale.")
    parser.add_argument("names", nargs="*", choices=[[], *known], metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--full", action="store_true", help="a million runs instead of 200,000")
    asked = parser.parse_args()
    tables = []
    for name in asked.names or known:
        began = time.perf_counter()
        print(f"{name} ...", file=sys.stderr, flush=True)
        tables += known[name].measure(asked.full)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    text, former = "\n".join(["# Benchmarks", "", machine(), "", *(table.markdown() for table in tables)]), guard.path()
    print(text)
    print(guard.told(guard.kept(former), tables))
    if not asked.names:
        RESULTS.write_text(text, "utf-8")
        guard.keep(tables, former)


if __name__ == "__main__":
    main()
