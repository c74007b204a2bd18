"""The runs that patterns are measured on: one scenario, its replicates, everything recorded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from abm import parameters
from abm.scenario import Scenario
from runs.ensemble import Results
from runs.experiment import columns_of


@dataclass(frozen=True)
class Evidence:
    """R runs of T steps of N nations. Failed runs are left out."""

    scenario: Scenario
    results: Results

    @cached_property
    def sound(self) -> np.ndarray:
        """(R,) places of the runs that did not fail."""
        return np.flatnonzero(self.results.status == 0)

    @cached_property
    def dt(self) -> float:
        """Length of a step [yr]."""
        return self.scenario.content.step_years

    @cached_property
    def dates(self) -> np.ndarray:
        """(T+1,) dates."""
        return self.scenario.content.start + self.dt * np.arange(self.scenario.content.steps + 1)

    @cached_property
    def _columns(self) -> dict[str, int]:
        return columns_of(self.scenario)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Parameters of the scenario, by name."""
        return parameters.defaults(self.scenario.vendor_names) | self.scenario.content.parameters

    def path(self, measure: str) -> np.ndarray:
        """(R, T+1) a measure over time."""
        return self.results.series[self.sound, :, self._columns[measure]]

    def at(self, measure: str, date: float) -> np.ndarray:
        """(R,) a measure at the step nearest to a date."""
        return self.path(measure)[:, int(np.abs(self.dates - date).argmin())]

    def mean(self, measure: str, first: float, last: float) -> np.ndarray:
        """(R,) mean of a measure from one date to another; NaN where it is never defined."""
        inside = (self.dates >= first - 1e-9) & (self.dates <= last + 1e-9)
        path = self.path(measure)[:, inside]
        known = np.isfinite(path)
        total = np.where(known, path, 0.0).sum(axis=1)
        return np.divide(total, known.sum(axis=1), out=np.full(len(path), np.nan), where=known.any(axis=1))

    @cached_property
    def serials(self) -> np.ndarray:
        """(R, T+1, N) coalition of each nation, 0 for none."""
        return self.results.serials[self.sound]

    def groups(self, count: int = 10) -> list[np.ndarray]:
        """Places of the runs in ``count`` groups, for what only many runs together can tell."""
        return [part for part in np.array_split(np.arange(len(self.sound)), count) if len(part)]
