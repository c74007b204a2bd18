"""What got slower: a run of the benchmarks beside the last whole one on a machine of the same class, kept in ``kept/``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from runs.sweep import processors
from tests.benchmarks.table import Table, processor

KEPT = Path(__file__).parent / "kept"
LIMIT = 0.1  # part by which a figure may be worse before it is told of: below it lies what a machine does by itself
_RATE, _COST = re.compile(r"/s$"), re.compile(r"(?<!')\b(us|ms|ns|s|seconds|microseconds|MiB)\b")


def path() -> Path:
    """Where the last whole run on machines of this one's class is kept."""
    return KEPT / (re.sub(r"[^a-z0-9]+", "-", f"{processor()} {processors()}".lower()).strip("-") + ".json")


def keep(tables: Iterable[Table], to: Path) -> None:
    """Keep a whole run."""
    to.parent.mkdir(exist_ok=True)
    plain = [{"title": table.title, "columns": table.columns, "rows": table.rows} for table in tables]
    to.write_text(json.dumps(plain, indent=1, default=float) + "\n", "utf-8")


def kept(of: Path) -> list[Table] | None:
    """The run that is kept, or None."""
    return [Table(**table) for table in json.loads(of.read_text("utf-8"))] if of.exists() else None


def told(before: list[Table] | None, now: list[Table]) -> str:
    """What a person is told of a run, beside the one before."""
    if before is None:
        return "No earlier run on a machine of this class is kept, so nothing says what got slower."
    found = list(slower(before, now))
    head = f"Slower by more than {LIMIT:.0%}:" if found else f"Nothing got slower by more than {LIMIT:.0%}."
    return "\n".join([head, *found])


def slower(before: list[Table], now: list[Table]) -> Iterator[str]:
    """A line for each figure that is worse by more than :data:`LIMIT`; what stands in one of the runs alone is no matter."""
    former = dict(_figures(before))
    for place, value in _figures(now):
        then = former.get(place)
        if then and value > (1 + LIMIT) * then:
            title, row, column = place
            yield f"  {title}: {', '.join(row)}: {column}: {value / then - 1:.0%} worse"


def _figures(tables: list[Table]) -> Iterator[tuple[tuple[str, tuple[str, ...], str], float]]:
    """Every figure that time or memory decides, by where it stands; higher is worse, so a rate is turned over.

    Words and whole numbers say what a row is about.
    """
    for table in tables:
        timed = {column for column in table.columns[1:] if _RATE.search(column) or _COST.search(column)}
        for cells in table.rows:
            row = dict(zip(table.columns, cells, strict=True))
            words = [cell for column, cell in row.items() if column not in timed or isinstance(cell, int)]
            name = tuple(str(cell) for cell in words if not isinstance(cell, float))
            for column in timed:
                for place, value in enumerate(_numbers(row[column]), 1):
                    at = column if place == 1 else f"{column} ({place})"
                    yield (table.title, name, at), 1 / value if _RATE.search(column) and value else value


def _numbers(cell: Any) -> list[float]:
    """What a cell measured: a number, or several in a row, such as ``175, 1,330``."""
    if not isinstance(cell, str):
        return [cell] if isinstance(cell, float) else []
    return [float(number.replace(",", "")) for number in cell.split(", ") if re.fullmatch(r"[\d,.]+", number)]
