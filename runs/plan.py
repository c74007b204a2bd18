"""A plan: every run that is to be done, as plain data. One scenario, the factors, the design points, the replicates.

Run number = point * replicates + replicate, and the seed of a run is the plan's seed plus its replicate: the same replicate
has the same draws at every point (common random numbers). From a plan alone every result is rebuilt bit for bit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from abm import measures
from abm.provenance import decisive
from abm.scenario import Scenario
from runs.chunk import Chunk
from runs.design_points import describe, restore
from runs.factor import NATIONS, Factor

__all__ = ["NATIONS", "TABLES", "Factor", "Plan"]

TABLES = ("runs", "series", "choices", "ties")
#: A chunk's work [nation steps] takes about a second; its tables [numbers] stay small in memory; a plan has some chunks
#: even when it is small, so that threads share it.
_WORK, _NUMBERS, _SHARES = 15_000_000, 4_000_000, 16


@dataclass(frozen=True)
class Plan:
    """``points`` is (P, F), a row per design point; ``tables`` says what is recorded besides the runs themselves.

    ``chunk`` is the number of runs that are done and written together, 0 to have it chosen. ``design`` says how the points
    came about. ``name`` and ``title`` are labels; two plans that differ only in them are the same.
    """

    scenario: Scenario
    factors: tuple[Factor, ...] = ()
    points: np.ndarray = field(default_factory=lambda: np.zeros((1, 0)))
    replicates: int = 100
    seed: int = 0
    tables: tuple[str, ...] = TABLES
    chunk: int = 0
    design: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    title: str = ""

    def __post_init__(self):
        object.__setattr__(self, "chunk", self.chunk or _chunk(self))
        object.__setattr__(self, "name", self.name or self.scenario.name)
        object.__setattr__(self, "title", self.title or self.scenario.content.title)

    @property
    def count(self) -> int:
        """Number of runs."""
        return len(self.points) * self.replicates

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.count // self.chunk)

    def runs(self, chunk: int) -> range:
        """Run numbers of a chunk."""
        return range(chunk * self.chunk, min((chunk + 1) * self.chunk, self.count))

    @cached_property
    def job(self) -> str:
        """Hex digest of all that decides what the files of this plan hold, to the byte: the plan, the sources, the packages."""
        said = json.dumps({"plan": self.document(), **decisive()}, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def part(self, chunk: int) -> Chunk:
        """A chunk with all that is needed to do it elsewhere."""
        return replace(self.some(self.runs(chunk)), job=self.job, number=chunk)

    def some(self, runs: range) -> Chunk:
        """Some runs, to be tried."""
        points = self.points[np.array(runs, np.int64) // self.replicates]
        return Chunk(self.scenario, self.factors, runs, points, self.replicates, self.seed, self.tables)

    def point(self, run: int) -> int:
        """Design point of a run."""
        return run // self.replicates

    def seed_of(self, run: int) -> int:
        """Seed of a run."""
        return self.seed + run % self.replicates

    def values(self, run: int) -> dict[str, Any]:
        """What a run varies, by factor, as a person would write it."""
        point = self.points[self.point(run)]
        return {factor.name: factor.value(number) for factor, number in zip(self.factors, point, strict=True)}

    def scenario_of(self, run: int) -> Scenario:
        """The scenario of one run, with its values in place: what opens it in the browser or replays it."""
        document = self.scenario.document()
        for factor, value in zip(self.factors, self.values(run).values(), strict=True):
            factor.place_in(document, value)
        return Scenario.parse(document, self.scenario.name, f"run {run}")

    def document(self) -> dict[str, Any]:
        """The plan as plain data, JSON-able."""
        return {
            "name": self.scenario.name,
            "scenario": self.scenario.document(),
            "factors": [{"name": factor.name, "levels": list(factor.levels)} for factor in self.factors],
            "design": self.design,
            "points": describe(self.points),
            "replicates": self.replicates,
            "seed": self.seed,
            "tables": list(self.tables),
            "chunk": self.chunk,
        }

    @classmethod
    def parse(cls, document: dict[str, Any], directory: Path | None = None) -> Plan:
        """The plan that :meth:`document` described; ``directory`` holds its points where they are many."""
        factors = tuple(Factor(entry["name"], tuple(entry["levels"])) for entry in document["factors"])
        return cls(
            scenario=Scenario.parse(document["scenario"], document["name"], "manifest"),
            factors=factors,
            points=restore(document["points"], len(factors), directory),
            replicates=document["replicates"],
            seed=document["seed"],
            tables=tuple(document["tables"]),
            chunk=document["chunk"],
            design=document["design"],
        )


def _chunk(plan: Plan) -> int:
    """Runs in a chunk: a function of the plan alone, so that every machine cuts it alike."""
    nations, steps = len(plan.scenario.nations()), plan.scenario.content.steps
    width = len(measures.columns(plan.scenario.vendor_names))
    numbers = width * (1 + steps * ("series" in plan.tables)) + 6 * nations * steps * bool({"choices", "ties"} & {*plan.tables})
    most = min(_WORK // (nations * steps), _NUMBERS // numbers)
    return max(1, min(most, max(8, -(-plan.count // _SHARES))))
