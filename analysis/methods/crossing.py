"""Where a chance crosses one half, as a value (a year, a parameter) rises, with a bootstrap interval over replicates.

The chances are first made monotone by isotonic regression, so that noise gives one crossing and no choice among several;
between two values the chance is taken as linear. A resample that crosses nowhere counts at the end beyond which it would
cross, so an interval that reaches an end is open there. Source: [BarlowEtAl1972].
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import isotonic_regression

from analysis.methods import statistics
from analysis.methods.statistics import Estimate

EVEN = 0.5


def crossing(values: np.ndarray, chances: np.ndarray, falling: bool) -> float:
    """The value (of P, rising) at which the (P,) chances cross one half; an end of ``values`` where they never do."""
    smooth = isotonic_regression(chances, increasing=not falling).x
    past = smooth < EVEN if falling else smooth >= EVEN
    if not past.any():
        return float(values[-1])
    after = int(np.argmax(past))
    if after == 0:
        return float(values[0])
    share = (EVEN - smooth[after - 1]) / (smooth[after] - smooth[after - 1])
    return float(values[after - 1] + share * (values[after] - values[after - 1]))


def open_ends(values: np.ndarray, found: Estimate) -> list[str]:
    """What to say of an interval that reaches an end of the values looked at."""
    ends = [end for end, reached in ((values[0], found.low <= values[0]), (values[-1], found.high >= values[-1])) if reached]
    return [f"The interval reaches {end:g}, where the search ends: it may go on beyond." for end in ends]


def estimate(values: np.ndarray, happened: np.ndarray, falling: bool) -> Estimate:
    """The crossing with its interval, from what (P, R) happened at each value; value NaN where all lies on one side."""
    whole = isotonic_regression(happened.mean(axis=1), increasing=not falling).x
    found = statistics.bootstrap(lambda rows: crossing(values, happened[:, rows].mean(axis=1), falling), happened.shape[1])
    return found if whole.min() < EVEN <= whole.max() else replace(found, value=float("nan"))
