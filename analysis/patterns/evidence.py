"""The runs that patterns are measured on: one scenario, its replicates at one point or at many, everything recorded.

Every pattern is taken from all runs at once, whichever point they belong to: a calibration measures thousands of points, and
point by point that took longer than to run them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from abm import parameters
from abm.dates import SLACK
from abm.scenario import Scenario
from analysis.methods.statistics import finished_means
from runs.batch import columns_of
from runs.ensemble import Results

GROUPS = 10  # groups of a point's runs, for what only many runs together can tell


@dataclass(frozen=True)
class Evidence:
    """R runs of T steps of N nations. Failed runs are left out.

    ``beside`` are the same runs without the cuts that the scenario dates. ``points`` (P, parameters) are the values that differ:
    each row is that of R / P consecutive runs; without it all runs are of one point.
    """

    scenario: Scenario
    results: Results
    beside: Results | None = None
    points: pd.DataFrame | None = None

    @cached_property
    def sound(self) -> np.ndarray:
        """(S,) places of the runs that did not fail, nor their fellows beside."""
        failed = self.results.status != 0
        return np.flatnonzero(~failed if self.beside is None else ~failed & (self.beside.status == 0))

    @cached_property
    def count(self) -> int:
        """Number of points."""
        return 1 if self.points is None else len(self.points)

    @cached_property
    def point(self) -> np.ndarray:
        """(S,) the point of each run."""
        return self.sound // max(len(self.results.status) // self.count, 1)

    @cached_property
    def group(self) -> np.ndarray:
        """(S,) the group of each run: :data:`GROUPS` a point (or a run each, where there are fewer), as even as can be."""
        return self._grouped[1]

    @cached_property
    def point_of_group(self) -> np.ndarray:
        """(G,) the point of each group."""
        return self._grouped[0]

    @cached_property
    def _grouped(self) -> tuple[np.ndarray, np.ndarray]:
        """:attr:`point_of_group` and :attr:`group`."""
        share, more = np.divmod(np.bincount(self.point, minlength=self.count), GROUPS)
        share, more, index = share[self.point], more[self.point], _index(self.point)
        large = more * (share + 1)  # runs in the groups that have one more than the others
        within = np.where(index < large, index // (share + 1), more + (index - large) // np.maximum(share, 1))
        names, group = np.unique(self.point * GROUPS + within, return_inverse=True)
        return names // GROUPS, group

    def medians(self, values: np.ndarray) -> np.ndarray:
        """(P,) each point's median of a value per run or per group; NaN where none is defined."""
        point = self.point if len(values) == len(self.point) else self.point_of_group
        table = np.full((self.count, max(1, int(np.bincount(point, minlength=1).max()))), np.nan)
        table[point, _index(point)] = np.where(np.isfinite(values), values, np.nan)
        table.sort(axis=1)  # NaN last
        known = np.isfinite(table).sum(axis=1)
        row = np.arange(self.count)
        return (table[row, np.maximum(known - 1, 0) // 2] + table[row, np.minimum(known // 2, table.shape[1] - 1)]) / 2

    @cached_property
    def dt(self) -> float:
        """Length of a step [yr]."""
        return self.scenario.content.step_years

    @cached_property
    def dates(self) -> np.ndarray:
        """(T+1,) dates."""
        return self.scenario.content.start + self.dt * np.arange(self.scenario.content.steps + 1)

    def reached(self, *dates: float) -> float:
        """1 where the run covers all these dates, at most a step beyond its ends, else NaN: what is read there is not defined."""
        first, last = self.dates[0] - self.dt - SLACK, self.dates[-1] + self.dt + SLACK
        return 1.0 if all(first <= date <= last for date in dates) else np.nan

    @cached_property
    def _columns(self) -> dict[str, int]:
        return columns_of(self.scenario)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Parameters by name: the scenario's, or (S,) that of each run where they differ."""
        same = parameters.defaults(self.scenario.vendor_names) | self.scenario.content.parameters
        varied = {} if self.points is None else {str(name): self.points[name].to_numpy()[self.point] for name in self.points}
        return same | varied

    def path(self, measure: str) -> np.ndarray:
        """(S, T+1) a measure over time."""
        return self.results.series[self.sound, :, self._columns[measure]]

    def at(self, measure: str, date: float) -> np.ndarray:
        """(S,) a measure at the step nearest to a date; NaN where the run does not reach it."""
        return self.path(measure)[:, self.step(date)] * self.reached(date)

    def raised(self, measure: str, date: float) -> np.ndarray:
        """(S,) by how much the dated cuts raise a measure: run by run with the same seeds, with them and without."""
        assert self.beside is not None, "no runs without the cuts"
        return self.at(measure, date) - self.beside.series[self.sound, self.step(date), self._columns[measure]]

    def step(self, date: float) -> int:
        """The step nearest to a date."""
        return self.scenario.nearest_step(date)

    def mean(self, measure: str, first: float, last: float) -> np.ndarray:
        """(S,) mean of a measure over the steps nearest to the dates from one to another; NaN where it is never defined."""
        return finished_means(self.path(measure)[:, self.step(first) : self.step(last) + 1]) * self.reached(first, last)

    @cached_property
    def serials(self) -> np.ndarray:
        """(S, T+1, N) coalition of each nation, 0 for none."""
        return self.results.serials[self.sound]

    @cached_property
    def sources(self) -> np.ndarray:
        """(S, T+1, N) source of each nation: vendors by row, then building alone, holding back, and each coalition."""
        return self.results.sources[self.sound]

    @cached_property
    def nations(self) -> pd.DataFrame:
        """Facts about the N nations, in their order."""
        return self.scenario.nations()

    def clients(self, vendor: str, date: float) -> np.ndarray:
        """(S, N) whether each nation uses a vendor at the step nearest to a date, which the run must reach."""
        return self.sources[:, self.step(date)] == self.scenario.vendor_names.index(vendor)


def _index(sorted_names: np.ndarray) -> np.ndarray:
    """The place of each entry among those of its name."""
    return np.arange(len(sorted_names)) - np.searchsorted(sorted_names, sorted_names)
