"""What a newcomer is offered: exercises for a workshop, what a scenario is about, and what the model is and is not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from abm import parameters, titles
from abm.scenario import Scenario
from runs import library


@dataclass(frozen=True)
class Exercise:
    """A question for a workshop. ``moves`` set levers, ``acts`` are interventions; ``look`` is the panel in which to notice."""

    title: str
    question: str
    notice: str
    scenario: str
    look: str
    minutes: int
    moves: tuple[dict[str, Any], ...] = ()
    acts: tuple[dict[str, Any], ...] = ()

    def deeds(self) -> tuple[dict[str, Any], ...]:
        """What to do, in order, each as a move of the page."""
        levers = ({"kind": "parameter", "name": move["lever"], "value": move["to"]} for move in self.moves)
        return (*levers, *self.acts)


@cache
def exercises() -> tuple[Exercise, ...]:
    """The exercises of the file beside this module."""
    read = tomllib.loads(files("analysis.page").joinpath("exercises.toml").read_text("utf-8"))
    return tuple(Exercise(**{**entry, "moves": tuple(entry.get("moves", ())), "acts": tuple(entry.get("acts", ()))})
                 for entry in read["exercise"])


def described(scenario: Scenario) -> dict[str, str]:
    """What a scenario is about: its title, and its description with the first sentence apart."""
    text = titles.plain(" ".join(scenario.content.description.split()))
    first, stop, more = text.partition(". ")
    return {"title": scenario.content.title or scenario.name, "first": first + stop.strip(), "more": more}


@cache
def shipped() -> tuple[tuple[str, dict[str, str]], ...]:
    """Name of each scenario that can be chosen, and what it is about."""
    return tuple((name, described(library.scenario(name))) for name in library.names())


def assumptions() -> dict[str, Any]:
    """On what the numbers rest, from the table of parameters: how many are assumed, calibrated or from a source, and each."""
    kinds = {"assumed": 0, "calibrated": 0, "from a source": 0}
    rows = []
    defaults = parameters.defaults()
    for name, (parameter, _) in parameters.names().items():
        word = parameter.source.split()[0].strip(":;,.").lower()
        kind = {"assumption": "assumed", "calibrated": "calibrated"}.get(word, "from a source")
        kinds[kind] += 1
        shown = parameter.show(defaults[name]) if parameter.choices else float(f"{defaults[name]:.4g}")
        rows.append((titles.parameter(name), titles.value(name, shown), titles.sentence(titles.plain(parameter.source))))
    return {"kinds": list(kinds.items()), "rows": rows}
