"""What the page needs of the runs. ``abm`` imports nothing of them, so they come as functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm.agents import Nation
from abm.scenario import Scenario


@dataclass(frozen=True)
class Opened:
    """One recorded run: what it takes to do it again, and the measures it ended with."""

    scenario: Scenario
    seed: int
    outcomes: dict[str, float]
    title: str


@dataclass(frozen=True)
class Services:
    """``simulate`` and ``continue_runs`` are those of :mod:`runs.ensemble`.

    ``scenarios()`` names the scenarios that can be chosen and ``scenario(name)`` reads one; ``results()`` names the result
    directories; ``open(name, run)`` opens a run of one; ``save(scenario, seed, name)`` writes a run as a result directory.
    ``about()`` gives the model's ``limits`` and the ``patterns`` that it meets and misses, after some seconds. Nations
    are of the class ``nation``, and a fan takes ``most_futures`` runs at most. Errors of all: ValueError in one sentence.
    """

    simulate: Callable[..., Any]
    continue_runs: Callable[..., Any]
    scenarios: Callable[[], list[str]]
    scenario: Callable[[str], Scenario]
    results: Callable[[], list[str]]
    open: Callable[[str, int], Opened]
    save: Callable[[Scenario, int, str], Path]
    about: Callable[[], dict[str, Any]] = dict
    nation: type[Nation] = Nation
    most_futures: int = 200
