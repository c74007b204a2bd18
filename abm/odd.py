"""The tables of ``ODD.md``, written from the declarations; ``python -m abm.odd`` renews the blocks between markers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from abm import data
from abm.attributes import TABLES
from abm.measures import MEASURES
from abm.parameters import PARAMETERS, Parameter
from abm.scenario import FIELDS
from abm.schedule import PHASES
from abm.submodels.events import KINDS

DOCUMENT = Path(__file__).with_name("ODD.md")
_BLOCK = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
_KEY = re.compile(r"\[([A-Z]\w+)\](?!\()")


def _table(head: str, rows) -> str:
    """A Markdown table; ``head`` names the columns, separated by commas."""
    columns = head.split(", ")
    cells = ([str(cell).replace("|", "\\|").replace("``", "`") for cell in row] for row in rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in (columns, ["---"] * len(columns), *cells))


def _value(parameter: Parameter) -> str:
    if not parameter.per:
        return parameter.show(float(f"{parameter.default:.6g}"))
    named = [*parameter.by_vendor.items(), ("others", parameter.default)]
    return ", ".join(f"{vendor} {number:g}" for vendor, number in named)


def _groups(rows: Iterable[tuple[str, tuple]], head: str) -> str:
    """A table for each title that ``rows`` (title, cells) name."""
    titled: dict[str, list] = {}
    for title, cells in rows:
        titled.setdefault(title, []).append(cells)
    return "\n".join(f"**{title.capitalize()}**\n\n" + _table(head, table) for title, table in titled.items())


def _parameters() -> str:
    rows = (
        (p.group, (f"`{p.name}`", _value(p), ", ".join(p.choices) or f"{p.low:g} to {p.high:g}", p.unit, p.meaning, p.source))
        for p in PARAMETERS
    )
    return _groups(rows, "parameter, value, range, unit, meaning, source")


def judged(near_a_source: bool) -> list[str]:
    """Parameters whose value is an assumption: near a source or after a published form, or on judgement alone."""
    assumed = [p for p in PARAMETERS if p.source.startswith(("Assumption", "DESIGN"))]
    return [p.name for p in assumed if bool(_KEY.search(p.source)) == near_a_source]


def _judgement() -> str:
    near, alone = judged(True), judged(False)
    counts = f"Of the {len(PARAMETERS)} parameters {len(PARAMETERS) - len(near) - len(alone)} name a source for their value"
    return (
        f"{counts}, {len(near)} are assumptions near a source or after a published form, and {len(alone)} rest on\n"
        f"judgement alone: {', '.join(f'`{name}`' for name in alone)}.\n"
    )


def _attributes() -> str:
    rows = ((kind, (f"`{a.name}`", a.shape or "1", a.kind, a.unit, a.meaning)) for kind, table in TABLES.items() for a in table)
    return _groups(rows, "attribute, shape, kind, unit, meaning")


def _measures() -> str:
    rows = [(f"`{m.name}`", m.per, m.unit, f"{m.low:g} to {m.high:g}", m.meaning) for m in MEASURES]
    return _table("measure, per, unit, range, meaning", rows)


def _schedule() -> str:
    """Each phase with the first paragraph of its rule's docstring."""
    said = [" ".join(str(phase.rule.__doc__).split("\n\n")[0].split()) for phase in PHASES]
    rows = [(at, phase.rows, f"`{phase.rule.__name__}`", said[at - 1]) for at, phase in enumerate(PHASES, 1)]
    return _table("phase, rows, rule, what it does", rows)


def _events() -> str:
    fields = {kind: [", ".join(f"`{name}`" for name in names) for names in FIELDS[kind]] for kind in KINDS}
    return _table("kind, what happens, needs, may have", [(f"`{k}`", text, *fields[k]) for k, text in KINDS.items()])


def _references(text: str) -> str:
    """An entry per bibliography key that ``text`` cites in brackets."""
    known = data.bibliography().fillna("")
    cited = known.loc[sorted(set(_KEY.findall(text)) & set(known.index))]
    rows = [(f"[{key}]", row.authors, row.year, row.title, row["where"], row.opened) for key, row in cited.iterrows()]
    return _table("key, authors, year, title, where, read", rows)


BLOCKS = {"parameters": _parameters, "judgement": _judgement, "attributes": _attributes, "measures": _measures,
          "schedule": _schedule, "events": _events}


def renewed(text: str) -> str:
    """The document with every block written anew; KeyError for a marker that no block answers to."""
    cited = _BLOCK.sub("", text) + _parameters()
    blocks = BLOCKS | {"references": lambda: _references(cited)}
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text("utf-8")), "utf-8")
