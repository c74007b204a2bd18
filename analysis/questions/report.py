"""An answer as a page of Markdown: the sentence, the figure, the numbers, the table, what lies behind them."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from abm.docstrings import docstring
from analysis.experiments.inquiry import Answer, Inquiry
from analysis.figures.tables import markdown, number

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
