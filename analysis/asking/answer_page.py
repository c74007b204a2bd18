"""An answer as a page of Markdown: the sentence, the figure, the numbers, the table, what lies behind them."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pandas as pd

from abm.docstrings import docstring
from analysis.asking.inquiry import Answer, Inquiry

ROWS = 40  # of the table; the rest is in table.csv


def page(name: str, module: ModuleType, inquiry: Inquiry, answer: Answer) -> str:
    """The whole page."""
    return "\n".join(_lines(name, module, inquiry, answer)) + "\n"


def _lines(name: str, module: ModuleType, inquiry: Inquiry, answer: Answer) -> Iterator[str]:
    yield f"# {module.TITLE}\n\n{answer.sentence}\n"
    yield from (f"> {note}\n" for note in answer.notes)
    yield f"![{module.TITLE}](figure.png)\n\n*{module.CAPTION}*\n"
    yield "| | value | 95 % interval | unit |\n| --- | --- | --- | --- |"
    for stated in answer.stated.values():
        e = stated.estimate
        yield f"| {stated.label} | {number(e.value)} | {number(e.low)} to {number(e.high)} | {stated.unit} |"
    yield f"\n## Table\n\n{markdown(answer.table.head(ROWS))}\n"
    if len(answer.table) > ROWS:
        yield f"The first {ROWS} of {len(answer.table)} rows; all stand in `table.csv`.\n"
    yield f"## What lies behind it\n\n{docstring(module)}\n"
    options = "".join(f" --{key} {value}" for key, value in inquiry.options.items())
    again = f"abm ask {name} {inquiry.scenario.name}{options} --replicates {inquiry.replicates} --seed {inquiry.seed}"
    drawn = "" if inquiry.draws is None else " --uncertainty posterior"
    yield f"Again: `{again}{drawn}` (with the same `--set`). `answer.json` holds the scenario whole."


def number(value) -> str:
    """A number to three figures; an empty string where it is not defined."""
    if isinstance(value, str) or value is None:
        return value or ""
    if value != value:
        return "–"
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.5g}" if abs(value) >= 1000 else f"{value:.3g}"


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    head = f"| {' | '.join(map(str, table.columns))} |\n|{' --- |' * len(table.columns)}\n"
    return head + "\n".join(f"| {' | '.join(number(value) for value in row)} |" for row in table.itertuples(index=False))
