"""A study of robustness on disk: its table, its figure, and a page of Markdown that says which results survive what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from abm.docstrings import docstring
from abm.odd import table as markdown
from analysis.experiments.inquiry import rows
from analysis.robustness import headlines
from analysis.robustness.headlines import FAILS, HEADLINES, HOLDS, UNCLEAR
from analysis.robustness.structures import STRUCTURES
from analysis.robustness.study import AGAIN, ASSUMED, BASELINE, POSTERIOR, STRUCTURE
from runs.folders import write_table

SURVIVES = 0.9  # share of a group's worlds in which a headline has to hold
GROUPS = {
    POSTERIOR: "draws of the posterior", ASSUMED: "assumptions halved and doubled, one at a time", STRUCTURE: "other structures",
}  # fmt: skip
CRITERION = (
    "A headline holds in another world where, with its whole 95 % interval, the chance of a coalition at the end lies on the "
    "same side of one half as in the baseline; where the nations' chances to be members have a rank correlation with the "
    "baseline's of 0.7 or more and half of the ten likeliest or more are the same; where the net benefit a year above the same "
    "runs without convening lies, with its whole interval, between half and double the baseline's. It survives a group of worlds "
    f"where it holds in {100 * SURVIVES:.0f} % of them."
)


#: What :func:`write` writes into the folder, and into the folder ``robustness`` there.
PAGE, PARTS = ("robustness.md",), ("arms.csv", "robustness.png", "robustness.svg")


def write(table: pd.DataFrame, folder: Path, made: str) -> None:
    """``robustness.md`` into ``folder``, table and figure into the folder ``robustness`` there."""
    from analysis.figures import style
    from analysis.figures.shipped import ship
    from analysis.robustness import figure

    parts = folder / "robustness"
    write_table(parts / "arms.csv", table, float_format="%.4g", na_rep="nan")
    png, _ = style.save(figure.draw(table), parts, "robustness", figure.TITLE, figure.CAPTION)
    ship(png, 96)
    (folder / "robustness.md").write_text("\n".join(_lines(table, made)) + "\n", "utf-8")


def _lines(table: pd.DataFrame, made: str) -> Iterator[str]:
    from analysis.robustness import figure

    yield f"# Robustness: which results survive\n\n{made}\n"
    yield from summary(table)
    yield f"\n![{figure.TITLE}](robustness/robustness.png)\n\n*{figure.CAPTION}*\n\n## The structures\n"
    yield from (f"- *{structure.name}*: {structure.says} ({_set(structure.values)})." for structure in STRUCTURES)
    yield f"\n## When a result holds\n\n{docstring(headlines)}\n\n## What is halved and doubled\n"
    yield (
        "Every number that was assumed (abm/ODD.md) or fitted, one at a time; not what people decide (levers, rules of "
        "coalitions), nor figures of the record. A date, and a number that is nought, goes to both ends of its plausible range "
        "(abm/ODD.md); one that would leave its bounds goes to the bound. What breaks something:\n"
    )
    broken = table[(table["group"] == ASSUMED) & (table[list(HEADLINES)] != HOLDS).any(axis=1)]
    yield _worlds(broken) if len(broken) else "Nothing does."
    yield "\nAll worlds stand in `robustness/arms.csv`: `gain` is the worth, `shared` the share of the likeliest members."


def _set(values: dict[str, float]) -> str:
    return ", ".join(f"`{name}={value:g}`" for name, value in values.items())


def summary(table: pd.DataFrame) -> list[str]:
    """The criterion, the table of groups and structures, and a sentence per headline."""
    return [CRITERION, "", _worlds(table[table["group"].isin((BASELINE, AGAIN, STRUCTURE))], _counts(table)), *sentences(table)]


def _worlds(table: pd.DataFrame, more: list[tuple] | None = None) -> str:
    """A row per world with its numbers and verdicts, then ``more`` rows."""
    cells = [
        (row.arm, f"{row.forms}: {_range(row, 'stands', 0)}", f"{row.who}: {row.rank:.2f}, {100 * row.shared:.0f} % the same",
         f"{row.worth}: {_range(row, 'gain', 2)}")
        for row in rows(table)
    ]  # fmt: skip
    return markdown(f"world, {', '.join(HEADLINES.values())} (% of GDP a year)", cells + (more or []))


def _range(row, name: str, digits: int) -> str:
    value, low, high = (f"{100 * getattr(row, part):.{digits}f}" for part in (name, f"{name}_low", f"{name}_high"))
    return f"{value} % [{low} to {high}]"


def _counts(table: pd.DataFrame) -> list[tuple]:
    """A row per group of many worlds: in how many each headline holds, is unclear, fails."""
    found = []
    for group in (POSTERIOR, ASSUMED):
        part = table[table["group"] == group]
        if len(part):
            said = [", ".join(f"{word} in {(part[key] == word).sum()}" for word in (HOLDS, UNCLEAR, FAILS)) for key in HEADLINES]
            found.append((f"{len(part)} worlds: {GROUPS[group]}", *said))
    return found


def sentences(table: pd.DataFrame) -> list[str]:
    """Which groups each headline survives, and what breaks it, a line per headline."""
    return [f"- **{name[0].upper()}{name[1:]}** {'; '.join(_said(table, key))}." for key, name in HEADLINES.items()]


def _said(table: pd.DataFrame, key: str) -> Iterator[str]:
    for group, title in GROUPS.items():
        part = table[table["group"] == group]
        if part.empty:
            continue
        holds = part[key] == HOLDS
        word = "survives" if holds.mean() >= SURVIVES else "does not survive"
        broken = ", ".join(part["arm"][part[key] == FAILS]) if group != POSTERIOR else ""
        yield f"{word} {title} ({holds.sum()} of {len(part)}{'; fails with ' + broken if broken else ''})"
