"""How long a loss against paired runs lasts: the time until a tenth of its largest size is left, or it has become a gain."""

from __future__ import annotations

import numpy as np

from analysis.methods import statistics
from analysis.methods.statistics import Estimate

LEFT = 0.1  # of the largest loss: what counts as recovered
CALM = 1.0  # yr for which the loss has to stay below it


def recovered(path: np.ndarray, step_years: float) -> float:
    """Years until the loss of a (T,) difference, after its largest, stays below a tenth of it for a year; NaN where never.

    The first entry is the step of the shock, whose effect shows a step later at the earliest.
    """
    worst = int(np.argmin(path))
    within, needed = path >= LEFT * path[worst], max(1, round(CALM / step_years))
    for step in range(worst + 1, len(path) - needed + 1):
        if within[step : step + needed].all():
            return step * step_years
    return float("nan")


def estimate(changes: np.ndarray, step_years: float) -> Estimate:
    """Recovery time from (R, T) paired differences with a bootstrap interval; a resample that does not recover counts as T.

    NaN where the runs have not recovered by the end.
    """
    most = changes.shape[1] * step_years

    def years(rows: np.ndarray) -> float:
        found = recovered(changes[rows].mean(axis=0), step_years)
        return most if np.isnan(found) else found

    found = statistics.bootstrap(years, len(changes))
    return Estimate(recovered(changes.mean(axis=0), step_years), found.low, found.high, found.count)


def resolved(changes: np.ndarray, found: Estimate, step_years: float) -> bool:
    """Whether, where the recovery was found, the noise of the mean difference is below a tenth of the largest loss."""
    step = len(changes[0]) - 1 if np.isnan(found.value) else round(found.value / step_years)
    error = 2 * changes[:, step].std(ddof=1) / np.sqrt(len(changes))
    return bool(error <= LEFT * -changes.mean(axis=0).min())
