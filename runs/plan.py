"""A plan: every run that is to be done, as plain data. One scenario, the factors, the design points, the replicates.

Run number = point * replicates + replicate, and the seed of a run is the plan's seed plus its replicate: the same replicate
has the same noise at every point (common random numbers). From a plan alone every result is rebuilt bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from abm import parameters
from abm.scenario import FIELDS, Scenario
from runs.ensemble import EVENT_STEP, EVENT_VALUE, Varied

TABLES = ("runs", "series", "choices", "ties")
NATIONS = "nations"  # the factor that varies the selection of nations
_EVENT = re.compile(r"events\[(\d+)\]\.(\w+)")


@dataclass(frozen=True)
class Factor:
    """What a sweep varies: a parameter, ``events[1].date`` or a size of an event (counted from 1), or ``nations``.

    ``levels`` names the values of a categorical factor (a choice, a selection of nations); a point then holds positions.
    """

    name: str
    levels: tuple = ()

    def value(self, number: float) -> Any:
        """What a person would write for ``number``."""
        return self.levels[int(number)] if self.levels else float(number)


@dataclass(frozen=True)
class Plan:
    """``points`` is (P, F), a row per design point; ``tables`` says what is recorded besides the runs themselves."""

    scenario: Scenario
    factors: tuple[Factor, ...] = ()
    points: np.ndarray = field(default_factory=lambda: np.zeros((1, 0)))
    replicates: int = 100
    seed: int = 0
    tables: tuple[str, ...] = TABLES
    chunk: int = 100

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

    def point(self, run: int) -> int:
        """Design point of a run."""
        return run // self.replicates

    def seed_of(self, run: int) -> int:
        """Seed of a run."""
        return self.seed + run % self.replicates

    def values(self, run: int) -> dict[str, Any]:
        """What a run varies, by factor, as a person would write it."""
        return {
            factor.name: factor.value(number)
            for factor, number in zip(self.factors, self.points[self.point(run)], strict=True)
        }

    def scenario_of(self, run: int) -> Scenario:
        """The scenario of one run, with its values in place: what opens it in the browser or replays it."""
        document = self.scenario.document()
        for name, value in self.values(run).items():
            event = _EVENT.fullmatch(name)
            if event:
                document["events"][int(event[1]) - 1][event[2]] = value
            elif name == NATIONS:
                document["nations"] = {**document.get("nations", {}), "select": value}
            else:
                document["parameters"][name] = value
        return Scenario.parse(document, self.scenario.name, f"run {run}")

    def batches(self, chunk: int) -> Iterator[tuple[Scenario, range]]:
        """The runs of a chunk in order, grouped where they share their nations, with the scenario that selects them."""
        runs = self.runs(chunk)
        column = next((place for place, factor in enumerate(self.factors) if factor.name == NATIONS), None)
        if column is None:
            yield self.scenario, runs
            return
        start = runs.start
        for run in runs:
            last = run + 1 == runs.stop
            if last or self.points[self.point(run), column] != self.points[self.point(run + 1), column]:
                yield self._selected(self.factors[column].value(self.points[self.point(run), column])), range(start, run + 1)
                start = run + 1

    def _selected(self, nations: Any) -> Scenario:
        document = self.scenario.document()
        document["nations"] = {**document.get("nations", {}), "select": nations}
        return Scenario.parse(document, self.scenario.name, f"nations = {nations}")

    @cached_property
    def varied(self) -> list[tuple[int, Varied]]:
        """The factors that vary within a world: (column in the points, place in the world)."""
        vendors = self.scenario.vendor_names
        found = []
        for column, factor in enumerate(self.factors):
            event = _EVENT.fullmatch(factor.name)
            if event:
                kind = EVENT_STEP if event[2] == "date" else EVENT_VALUE
                found.append((column, Varied(kind, int(event[1]) - 1)))
            elif factor.name != NATIONS:
                found.append((column, Varied.parameter(factor.name, vendors)))
        return found

    def matrix(self, runs: range) -> np.ndarray:
        """(R, len(varied)) numbers for the compiled ensemble: dates as steps, choices as positions in their table."""
        rows = self.points[[self.point(run) for run in runs]]
        out = np.empty((len(runs), len(self.varied)))
        for place, (column, varied) in enumerate(self.varied):
            factor = self.factors[column]
            if varied.kind == EVENT_STEP:
                out[:, place] = [self.scenario.step_of(date) for date in rows[:, column]]
            elif factor.levels:
                parameter = parameters.lookup(factor.name, self.scenario.vendor_names)
                out[:, place] = [parameter.parse(factor.value(number)) for number in rows[:, column]]
            else:
                out[:, place] = rows[:, column]
        return out

    def document(self) -> dict[str, Any]:
        """The plan as plain data, JSON-able."""
        return {
            "name": self.scenario.name,
            "scenario": self.scenario.document(),
            "factors": [{"name": factor.name, "levels": list(factor.levels)} for factor in self.factors],
            "points": self.points.tolist(),
            "replicates": self.replicates,
            "seed": self.seed,
            "tables": list(self.tables),
            "chunk": self.chunk,
        }

    @classmethod
    def parse(cls, document: dict[str, Any]) -> Plan:
        """The plan that :meth:`document` described."""
        factors = tuple(Factor(entry["name"], tuple(entry["levels"])) for entry in document["factors"])
        return cls(
            scenario=Scenario.parse(document["scenario"], document["name"], "manifest"),
            factors=factors,
            points=np.array(document["points"], float).reshape(len(document["points"]), len(factors)),
            replicates=document["replicates"],
            seed=document["seed"],
            tables=tuple(document["tables"]),
            chunk=document["chunk"],
        )


def event_field(name: str, scenario: Scenario) -> tuple[int, str] | None:
    """(event, field) of a factor such as ``events[1].date``; None for other names; ValueError where there is none."""
    match = _EVENT.fullmatch(name)
    if match is None:
        return None
    place, chosen = int(match[1]), match[2]
    if not 1 <= place <= len(scenario.content.events):
        raise ValueError(f"{name}: the scenario has {len(scenario.content.events)} events")
    kind = scenario.content.events[place - 1].kind
    required, optional = FIELDS[kind]
    sizes = ["date", *(f for f in (*required, *optional) if f not in ("vendor", "nations", "name", "binding"))]
    if chosen not in sizes:
        raise ValueError(f"{name}: {kind} has no size of that name; its are {', '.join(sizes)}")
    return place, chosen
