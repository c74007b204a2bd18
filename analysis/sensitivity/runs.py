"""Runs of a study: the headline outcomes at points of the parameters, with the same seeds at every point."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.experiments import ranges
from analysis.experiments.variants import constant
from analysis.methods.statistics import finished_means
from analysis.reading.sweep import LABELS, OUTCOMES
from runs import batch
from runs.axes import Axis

__all__ = ["LABELS", "MAIN", "OUTCOMES", "Once", "Respond", "model"]

MAIN = OUTCOMES[0]
#: (points, replicates) -> (P, R, O) outcomes at the end, NaN where a run failed.
Respond = Callable[[pd.DataFrame, int], np.ndarray]


def model(scenario: Scenario, names: list[str], seed: int, progress: batch.Progress) -> Respond:
    """The model's answer; the scenario's dated events that would set a parameter of ``names`` are left out."""
    fixed = constant(scenario, names)
    column = batch.columns_of(fixed)

    def respond(points: pd.DataFrame, replicates: int) -> np.ndarray:
        found = batch.run_points(fixed, points, replicates, seed, progress=progress)
        standing = found.outcomes[:, column["coalitions"]] > 0
        values = [standing if name == "stands" else found.outcomes[:, column[name]] for name in OUTCOMES]
        table = np.column_stack(values).astype(float)
        table[found.status != 0] = np.nan
        return table.reshape(len(points), replicates, len(OUTCOMES))

    return respond


def means(values: np.ndarray) -> np.ndarray:
    """(P,) means over the finished runs of (P, R). Errors: ValueError where at a point no run finished."""
    found = finished_means(values)
    if np.isnan(found).any():
        raise ValueError("at some point of the design no run finished, so that nothing can be said of it; narrow the ranges")
    return found


class Once:
    """The runs at shares (P, F) of the axes, done once for all outcomes; means over the runs of a point."""

    def __init__(self, respond: Respond, axes: list[Axis], scenario: Scenario, each: int):
        self._points = lambda shares: ranges.points(axes, shares, scenario)
        self._respond, self._each = respond, each
        self._kept: dict[bytes, np.ndarray] = {}

    def mean(self, shares: np.ndarray, index: int) -> np.ndarray:
        """(P,) mean of the outcome at ``index``."""
        key = shares.tobytes()
        if key not in self._kept:
            self._kept[key] = self._respond(self._points(shares), self._each)
        return means(self._kept[key][:, :, index])

    def chance(self, index: int) -> float:
        """Share of the variance of the means of an outcome that is chance. What a seed does alike at all points is none, since
        all points have the same seeds."""
        values = np.concatenate(list(self._kept.values()))[:, :, index]
        whole = np.nanvar(np.nanmean(values, axis=1))
        own = values - np.nanmean(values, axis=0)
        return float(np.nanmean(np.nanvar(own, axis=1, ddof=1)) / self._each / whole) if whole > 0 else 0.0
