"""A chunk: the runs that one task does, with all it needs, small enough to be sent to another machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from abm.scenario import Scenario
from runs.ensemble import Varied
from runs.factor import NATIONS, Factor


@dataclass(frozen=True)
class Chunk:
    """``points`` is (R, F), a row per run; ``job`` and ``number`` say which chunk of which plan it is (:attr:`Plan.job`), none
    where a few runs are tried; the rest is as in :class:`runs.plan.Plan`."""

    scenario: Scenario
    factors: tuple[Factor, ...]
    runs: Sequence[int]
    points: np.ndarray
    replicates: int
    seed: int
    tables: tuple[str, ...]
    job: str = ""
    number: int = -1

    @property
    def numbers(self) -> np.ndarray:
        """(R,) run numbers."""
        return np.array(self.runs, np.int64)

    @property
    def seeds(self) -> np.ndarray:
        """(R,) seeds, the same for the same replicate of every point."""
        return np.uint64(self.seed) + (self.numbers % self.replicates).astype(np.uint64)

    @property
    def varied(self) -> list[Varied]:
        """What varies within a world, in the order of the columns of :meth:`values`."""
        varied = [factor.varied(self.scenario) for factor in self.factors]
        return [each for each in varied if each is not None]

    def values(self) -> np.ndarray:
        """(R, len(varied)) numbers for the compiled ensemble."""
        columns = [
            factor.numbers(self.points[:, column], self.scenario)
            for column, factor in enumerate(self.factors)
            if factor.name != NATIONS
        ]
        return np.column_stack(columns) if columns else np.zeros((len(self.runs), 0))

    def worlds(self) -> Iterator[tuple[Scenario, np.ndarray]]:
        """The selections of nations in the chunk: (scenario, places of the runs that share it)."""
        column = next((index for index, factor in enumerate(self.factors) if factor.name == NATIONS), None)
        if column is None:
            yield self.scenario, np.arange(len(self.runs))
            return
        factor = self.factors[column]
        for number in np.unique(self.points[:, column]):
            document = self.scenario.document()
            factor.place_in(document, factor.value(number))
            scenario = Scenario.parse(document, self.scenario.name, f"{NATIONS} = {factor.value(number)}")
            yield scenario, np.flatnonzero(self.points[:, column] == number)
