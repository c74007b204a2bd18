"""A network study on disk: tables, figures, and a page of Markdown that explains both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from analysis.figures.tables import markdown
from analysis.networks.figures import FIGURES, figure
from analysis.networks.study import TABLES, Study, sentences
from runs.folders import write_table

ROWS = 15  # of a table shown on the page


def names() -> list[str]:
    """The files that :func:`write` may write."""
    pictures = [f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")]
    return ["networks.md", *(f"{name}.csv" for name in TABLES), *pictures]


def write(found: Study, folder: Path, figures: str = "all", progress: Callable[[int], object] = lambda done: None) -> None:
    """Everything into ``folder``; ``figures`` is ``all`` or ``none``."""
    for name, table in found.tables.items():
        write_table(folder / f"{name}.csv", table)
    drawn = FIGURES if figures == "all" and found.panel.inside.any() else ()
    for name in drawn:
        _draw(found, name, folder)
        progress(1)
    (folder / "networks.md").write_text("\n".join(_lines(found, drawn)) + "\n", "utf-8")


def _draw(found: Study, name: str, folder: Path) -> None:
    from analysis.figures import style  # matplotlib only where something is drawn

    module = figure(name)
    style.save(module.draw(found), folder, name, module.TITLE, module.CAPTION)


def _lines(found: Study, drawn: tuple[str, ...]) -> Iterator[str]:
    yield f"# The network of {found.result.plan.title or found.result.plan.name}\n"
    yield f"{found.panel.counted} of {len(found.panel.iso3)} nations. Brackets: 95 % intervals over runs.\n"
    yield from (f"- {line}" for line in sentences(found))
    for name in drawn:
        module = figure(name)
        yield f"\n![{module.TITLE}]({name}.png)\n\n**{module.TITLE}.** {module.CAPTION}"
    for name in ("core", "brokers", "dissolution", "churn"):
        table = found.tables[name]
        yield f"\n## {name.capitalize()}\n\n{markdown(table.head(ROWS))}"
        if len(table) > ROWS:
            yield f"\nThe first {ROWS} of {len(table)} rows; all stand in `{name}.csv`."
