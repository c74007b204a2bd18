"""A study on disk: tables, figures, and a page of Markdown that says what they show and how they were made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.figures.tables import markdown
from analysis.sensitivity import words
from analysis.sensitivity.runs import LABELS, MAIN
from analysis.sensitivity.study import Study
from runs.folders import write_table
from runs.sweep import processors

ROWS = 20  # of a table shown on the page
NUMERALS = {1: "one", 2: "two", 3: "three"}
TABLES = ("parameters", "curves", "screening", "indices", "wider")


#: What :func:`write` writes into the folder; see :func:`names` for the folder ``sensitivity`` there.
PAGE = ("sensitivity.md",)


def names() -> list[str]:
    """The files that :func:`write` writes into the folder ``sensitivity``."""
    from analysis.sensitivity.figures import FIGURES

    return [*(f"{name}.csv" for name in TABLES), *(f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg"))]


def write(found: Study, folder: Path, made: str) -> None:
    """``sensitivity.md`` into ``folder``, its tables and figures into the folder ``sensitivity`` there."""
    from analysis.figures import style  # matplotlib only where something is drawn
    from analysis.figures.shipped import ship
    from analysis.sensitivity.figures import FIGURES

    parts = folder / "sensitivity"
    for name in TABLES:
        write_table(parts / f"{name}.csv", getattr(found, name), float_format="%.4g")
    for name, (draw, title, caption) in FIGURES.items():
        png, _ = style.save(draw(found), parts, name, title, caption)
        ship(png, 96)
    (folder / "sensitivity.md").write_text("\n".join(_lines(found, made)) + "\n", "utf-8")


def made(command: str, found: Study, date: str, sources: str) -> str:
    """When and how, in a sentence."""
    cores = processors()
    shared = f"on {cores} processor{'s' * (cores != 1)}"
    return f"Made on {date} by `{command}`, sources {sources}: {found.runs:,} runs in {found.seconds:.0f} seconds {shared}."


def summary(found: Study) -> list[str]:
    """The assumptions that matter most, a line each."""
    return [f"{index}. {words.sentence(row)}" for index, row in enumerate(words.foremost(found.parameters), 1)]


def _lines(found: Study, made: str) -> Iterator[str]:
    title = found.scenario.content.title or found.scenario.name
    yield f"# Sensitivity: which assumptions matter most\n\n{title}. {made}\n"
    first = summary(found)
    yield f"## The {NUMERALS.get(len(first), len(first))} assumptions that matter most\n"
    yield f"By their total Sobol index for {LABELS[MAIN]} at the end, in brackets its 95 % interval:\n"
    yield "\n".join(first) + "\n"
    yield "\n".join(f"- {line}" for line in words.others(found.parameters)) + "\n"
    yield "The assumptions that matter most for the other outcomes, among the parameters that got indices:\n"
    yield "\n".join(f"- {line}" for line in words.other_outcomes(found.parameters, found.indices, found.screening)) + "\n"
    yield from (f"{line}\n" for line in words.wider(found.parameters, found.wider))
    yield " ".join(words.certainty(found.parameters, found.indices, found.chance)) + "\n"
    yield from _alone(found)
    yield from _screening(found)
    yield from _indices(found)
    yield _method(found)


def _figure(name: str) -> str:
    from analysis.sensitivity.figures import FIGURES

    _, title, caption = FIGURES[name]
    return f"![{title}](sensitivity/{name}.png)\n\n*{caption}*\n"


def _alone(found: Study) -> Iterator[str]:
    table = found.parameters.sort_values("reach", ascending=False, kind="stable").head(ROWS)
    ends = ["low_end", "high_end", "at_low_end", "at_high_end", "change_low", "change_high"]
    columns = ["factor", "kind", "own", *ends, "reach", "turn"]
    yield f"## Each parameter alone\n\n{words.reaches(found.parameters)}\n\n{_figure('curves')}\n{_figure('net-benefit')}"
    yield (
        f"The {len(table)} with the farthest reach on {words.NAMES[MAIN]}, a share: `own` is the scenario's value, `reach` the "
        "curve's highest less its lowest, `change` between the ends with its 95 % interval, `turn` where it goes beyond both.\n"
    )
    yield markdown(table[columns]) + "\n"


def _screening(found: Study) -> Iterator[str]:
    table = found.screening[found.screening["outcome"] == MAIN].drop(columns="outcome")
    table = table.merge(found.parameters[["factor", "kind"]], on="factor")
    yield f"## All parameters at once: Morris screening\n\n{_figure('screening')}"
    yield f"{words.NAMES[MAIN]}, the first {min(ROWS, len(table))} of {len(table)}; `mu` is the mean change with its sign.\n"
    yield markdown(table[["factor", "kind", "mu_star", "low", "high", "mu", "sigma"]].head(ROWS)) + "\n"


def _indices(found: Study) -> Iterator[str]:
    yield f"## Shares of the variance: Sobol indices\n\n{_figure('indices')}"
    table = found.parameters[found.parameters["total"].notna()]
    known = ["first", "first_low", "first_high", "total", "total_low", "total_high", "total_half"]
    yield f"{words.NAMES[MAIN]}; `total_half` is from half of the base points.\n"
    yield markdown(table[["factor", "kind", *known]]) + "\n"
    ranged: pd.DataFrame = table[["factor", "unit", "own", "low_end", "high_end", "range_because"]]
    yield f"Their ranges:\n\n{markdown(ranged)}\n"


def _method(found: Study) -> str:
    sizes = found.sizes
    weighed = found.indices["factor"].nunique()
    wider = f"; once more for {len(found.wider)}, with {sizes.fewer:,}" if len(found.wider) else ""
    return f"""## How it was made

- *Each alone*: {sizes.values} values evenly over a parameter's plausible range (a choice at every name) and the scenario's own,
  {sizes.replicates} runs of each, the same seeds at every value.
- *Morris screening* of all {len(found.parameters)} parameters: {sizes.trajectories} trajectories, {sizes.each} runs of each point
  [Morris1991], [Campolongo2007].
- *Sobol indices* of the {weighed} with the largest mu* on {words.NAMES[MAIN]}, the others as in the scenario:
  {sizes.samples:,} base points of Saltelli's design, {sizes.each} runs of each point [Saltelli2010]{wider}.

Ranges are the plausible ones of abm/ODD.md, with their reasons in `parameters.csv`; the parameters are independent and evenly
spread over them, and dated events that would set one are left out. With other ranges the ranking changes. Indices over
{weighed} parameters say nothing of the others, which stand still meanwhile. An *assumption* is a parameter whose value the ODD
calls assumed; what is *fitted* is calibrated to patterns of the record; a *decision* is a lever of policy or a rule of
coalitions, which people set; the *record* gives the others. Chance is averaged over the seeds and is no factor.

All numbers stand in `sensitivity/`: {', '.join(f'`{name}.csv`' for name in TABLES)}."""
