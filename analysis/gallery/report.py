"""The gallery as a page of Markdown with its figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from abm.provenance import results_hash
from analysis.figures import style
from analysis.figures.shipped import ship
from analysis.gallery.beside import beside
from analysis.gallery.figure import CAPTION, draw
from analysis.gallery.sentences import changes, formed, sentences
from analysis.gallery.why import reason
from runs import library
from runs.batch import run_arms

FOLDER = Path(__file__).parent.parent.parent / "docs"
REPLICATES = 100  # runs of a scenario


BASES = ("baseline", "all-nations")  # what the others are held against


def names() -> list[str]:
    """Scenarios shown: all that come with the package and change something."""
    return [name for name in library.names() if name not in BASES]


def entry(name: str, folder: Path) -> Iterator[str]:
    """One scenario's part of the page; its figure goes into ``folder``."""
    scenario = library.scenario(name)
    worlds = [beside(scenario), scenario]
    arms = [run_arms([world], REPLICATES, series=True)[0] for world in worlds]
    ship(style.picture(draw((worlds, arms)), folder / f"{name}.png", 110), 48)
    yield f"## {scenario.content.title}\n"
    yield f"`{name}`: {' '.join(scenario.content.description.split())}\n"
    yield f"![{name}]({folder.name}/{name}.png)\n"
    yield sentences(scenario, changes(worlds, arms), formed(worlds, arms), reason(worlds, arms)) + "\n"


def write(folder: Path = FOLDER) -> Path:
    """The whole page."""
    pictures = folder / "gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Gallery\n",
        f"Every scenario that comes with the package beside the baseline, {REPLICATES} paired replicates each; changes are "
        f"those at the end, with 95 % intervals. {CAPTION} Made on {datetime.date.today()} by "
        f"`python -m analysis.gallery`, sources {results_hash()}.\n",
    ]
    for name in names():
        lines += entry(name, pictures)
    path = folder / "gallery.md"
    path.write_text("\n".join(lines), "utf-8")
    return path
