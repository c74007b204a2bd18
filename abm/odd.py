"""The tables of ``ODD.md``, written from the declarations; ``python -m abm.odd`` renews the blocks between markers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from abm import data, options
from abm.attributes import TABLES
from abm.docstrings import docstring
from abm.measures import MEASURES
from abm.parameters import PARAMETERS, VENDORS, Parameter, Range
from abm.scenario import FIELDS
from abm.schedule import PHASES
from abm.submodels.events import KINDS

DOCUMENT = Path(__file__).with_name("ODD.md")
_BLOCK = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
#: Kinds of rules of which the model has one are told of in prose.
_LISTED = [parameter for parameter in PARAMETERS if parameter.listed]
_KEY = re.compile(r"\[([A-Z]\w+)\](?!\()")


def table(head: str, rows: Iterable[tuple], title: str = "") -> str:
    """A Markdown table; ``head`` names the columns, separated by commas."""
    columns = head.split(", ")
    cells = ([str(cell).replace("|", "\\|").replace("``", "`") for cell in row] for row in rows)
    lines = (columns, ["---"] * len(columns), *cells)
    return (f"**{title.capitalize()}**\n\n" if title else "") + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(p: Parameter) -> tuple:
    named = [*p.by_vendor.items(), ("others", p.default)]
    value = ", ".join(f"{v} {number:g}" for v, number in named) if p.per else p.show(float(f"{p.default:.6g}"))
    bounds, found = ", ".join(p.choices) or f"{p.low:g} to {p.high:g}", p.plausible
    plausible = str(found) if isinstance(found, Range) else "<br>".join(f"{vendor} {each}" for vendor, each in found.items())
    return f"`{p.name}`", value, bounds, plausible, "yes" if p.decided else "", p.unit, p.meaning, p.source


def _parameters() -> str:
    groups: dict[str, list] = {}
    for parameter in _LISTED:
        groups.setdefault(parameter.group, []).append(_row(parameter))
    head = "parameter, value, bounds, plausible, decided, unit, meaning, source"
    return "\n".join(table(head, rows, group) for group, rows in groups.items())


def judged(near_a_source: bool) -> list[str]:
    """Parameters whose value is assumed: near a source or after a published form, or on judgement alone."""
    assumed = [p for p in _LISTED if p.source.startswith("Assumption")]
    return [p.name for p in assumed if bool(_KEY.search(p.source)) == near_a_source]


def _judgement() -> str:
    alone, near, count = judged(False), len(judged(True)), len(_LISTED)
    return (
        f"Of the {count} parameters {count - near - len(alone)} name a source for their value, {near} are assumptions\n"
        f"near a source or after a published form, and {len(alone)} rest on judgement alone:\n"
        f"{', '.join(f'`{name}`' for name in alone)}.\n"
    )


def _attributes() -> str:
    head = "attribute, shape, kind, unit, meaning"
    rows = {kind: [(f"`{a.name}`", a.shape or "1", a.kind, a.unit, a.meaning) for a in t] for kind, t in TABLES.items()}
    return "\n".join(table(head, part, kind) for kind, part in rows.items())


def _options() -> str:
    """Each option with what the code asks of it."""
    asked = ("vendor", "trains", "rival", "own_source")
    rows = [(f"`{o.name}`", o.title, *("yes" if getattr(o, flag) else "no" for flag in asked)) for o in options.table(VENDORS)]
    head = "option, its users, a vendor\u2019s service, train models, are rivals to vendors, are a source each"
    return table(head, rows)


def _measures() -> str:
    rows = [(f"`{m.name}`", m.per, m.unit, f"{m.low:g} to {m.high:g}", m.meaning, m.undefined) for m in MEASURES]
    return table("measure, per, unit, range, meaning, not defined", rows)


def _schedule() -> str:
    """Each phase with the first paragraph of its rule's docstring."""
    said = [" ".join(docstring(getattr(phase.rule, "py_func", phase.rule)).split("\n\n")[0].split()) for phase in PHASES]
    rows = [(at, phase.rows, f"`{phase.rule.__name__}`", said[at - 1]) for at, phase in enumerate(PHASES, 1)]
    return table("phase, rows, rule, what it does", rows)


def _events() -> str:
    fields = {kind: [", ".join(f"`{name}`" for name in names) for names in FIELDS[kind]] for kind in KINDS}
    return table("kind, what happens, needs, may have", [(f"`{k}`", text, *fields[k]) for k, text in KINDS.items()])


def _references(text: str) -> str:
    """An entry per bibliography key that ``text`` cites in brackets."""
    known = data.bibliography().convert_dtypes().astype(object).fillna("")
    cited = known.loc[sorted(set(_KEY.findall(text)) & set(known.index))]
    rows = [(f"[{key}]", row.authors, row.year, row.title, row["where"], row.opened) for key, row in cited.iterrows()]
    return table("key, authors, year, title, where, read", rows)


def renewed(text: str) -> str:
    """The document with every block written anew; KeyError for a marker that no block answers to."""
    parts = (_parameters, _judgement, _options, _attributes, _measures, _schedule, _events)
    blocks = {part.__name__[1:]: part() for part in parts}
    blocks["references"] = _references(_BLOCK.sub("", text) + blocks["parameters"])
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n{found[3]}", text)


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text("utf-8")), "utf-8")
