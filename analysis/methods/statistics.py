"""Estimates with their uncertainty: means, shares, paired differences, quantities without a formula (bootstrap)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95  # confidence of every interval


@dataclass(frozen=True)
class Estimate:
    """A number with its interval at :data:`LEVEL`, from ``count`` replicates."""

    value: float
    low: float = math.nan
    high: float = math.nan
    count: int = 0

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out nought: a difference larger than noise."""
        return self.low > 0 or self.high < 0


def mean(values) -> Estimate:
    """Mean over replicates with Student's interval; NaN values (undefined in a replicate) do not count."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    count = len(values)
    if count < 2:
        return Estimate(values.mean() if count else math.nan, count=count)
    half = stats.t.ppf(0.5 + LEVEL / 2, count - 1) * values.std(ddof=1) / math.sqrt(count)
    return Estimate(values.mean(), values.mean() - half, values.mean() + half, count)


def difference(values, base) -> Estimate:
    """Mean of the paired differences: replicate by replicate, what both share in noise drops out."""
    return mean(np.asarray(values, float) - np.asarray(base, float))


def share(happened) -> Estimate:
    """Share of replicates in which something happened, with Wilson's interval. Source: [Wilson1927]."""
    happened = np.asarray(happened, bool)
    count = len(happened)
    if not count:
        return Estimate(math.nan)
    low, high = wilson(happened.sum(), count)
    return Estimate(float(happened.mean()), float(low), float(high), count)


def wilson(hits, count, z: float = 1.959963984540054) -> tuple[np.ndarray, np.ndarray]:
    """Low and high end of Wilson's 95 % interval for a share of ``hits`` in ``count``; works at 0, at all, and for one replicate.

    Source: [Wilson1927].
    """
    share = np.asarray(hits, float) / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def bootstrap(statistic: Callable[[np.ndarray], float], count: int, resamples: int = 500, seed: int = 0) -> Estimate:
    """Percentile interval of ``statistic(rows)``, where ``rows`` are replicates drawn with replacement from ``count``.

    Pairing survives: a statistic of several arms takes the same rows of each. Resamples in which it is not finite do not count.
    Source: [EfronTibshirani1993].
    """
    drawn = np.array([statistic(rows) for rows in redrawn(count, resamples, seed)])
    low, high = map(float, interval(drawn))
    return Estimate(float(statistic(np.arange(count))), low, high, count)


def redrawn(count: int, resamples: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Rows of ``count`` replicates drawn with replacement, ``resamples`` times."""
    random = np.random.default_rng(seed)
    return (random.integers(count, size=count) for _ in range(resamples))


def interval(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends (...) of the percentile interval of (B, ...) resamples, of the finite ones; NaN where there are none."""
    drawn = np.where(np.isfinite(drawn), drawn, np.nan)
    known = np.isfinite(drawn).any(axis=0)
    found = np.full((2, *drawn.shape[1:]), np.nan)
    found[:, known] = np.nanquantile(drawn[:, known], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return found[0], found[1]


def finished_means(values: np.ndarray) -> np.ndarray:
    """(P,) means over the finite of (P, R) values; NaN where there are none, as where no run of a point finished."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(known, values, 0).sum(axis=1) / known.sum(axis=1)
