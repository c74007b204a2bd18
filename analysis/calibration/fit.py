"""Fitting parameters to the patterns: approximate Bayesian computation by adaptive population Monte Carlo.

The first wave samples the priors. Of all points so far the nearest :data:`KEPT` are kept; each later wave draws from them by
weight and moves each by a normal kernel of twice their covariance, and a new point's weight is its prior over the density it was
drawn with. Whatever a wave keeps it keeps partly by luck: :mod:`analysis.calibration.fresh` runs it again before anything is
said of it. How far a point is from the patterns stands in :mod:`analysis.calibration.aim`.

Source: [Lenormand2013].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from abm.scenario import Scenario
from analysis.calibration.aim import Aim, aim_at
from analysis.calibration.found import Fit, Kept
from analysis.calibration.fresh import judged, renewed
from analysis.calibration.priors import PRIORS, Prior, sample, shares, values_at
from analysis.patterns.table import PATTERNS, Pattern

KEPT = 0.4  # share of a wave's number of points that is kept


def fit(
    baseline: Scenario,
    points: int = 1500,
    waves: int = 8,
    replicates: int = 16,
    seed: int = 0,
    fresh: int = 64,
    priors: tuple[Prior, ...] = PRIORS,
    patterns: Sequence[Pattern] = PATTERNS,
    progress: Callable[[int], object] = lambda runs: None,
) -> Fit:
    """Fit ``priors`` to the fitted ``patterns``: ``points`` a wave, each run ``replicates`` times in every scenario needed.

    What is left is run again ``fresh`` times a point, with other seeds.
    """
    aim = aim_at(baseline, patterns, replicates, seed, progress)
    kept, reached = _waves(aim, priors, points, waves, replicates, seed)
    return judged(aim, renewed(aim, kept, fresh, seed), kept, reached, priors, fresh, seed)


def _waves(
    aim: Aim, priors: tuple[Prior, ...], points: int, waves: int, replicates: int, seed: int
) -> tuple[Kept, list[float]]:
    """What the last wave leaves, and the distance of the farthest that was kept after each."""
    random, count, reached = np.random.default_rng(seed), max(4, int(KEPT * points)), []
    tried, weight = sample(priors, points, seed), np.ones(points)
    found: list[Kept] = []
    for number in range(waves):
        found = [_nearest([*found, aim.tried(tried, weight, replicates, seed + number * replicates)], count)]
        reached.append(float(found[0].distance[-1]))
        if number < waves - 1:
            tried, weight = _moved(priors, found[0], points, random)
    return found[0], reached


def _nearest(both: Sequence[Kept], count: int) -> Kept:
    """The nearest ``count`` of all, weights adding up to one."""
    parts = [part.weighed(len(part.points)) for part in both]
    joined = Kept(
        pd.concat([part.points for part in parts], ignore_index=True), np.concatenate([part.weight for part in parts]),
        np.concatenate([part.distance for part in parts]), pd.concat([part.values for part in parts], ignore_index=True),
    )  # fmt: skip
    return joined.at(np.argsort(joined.distance, kind="stable")[:count])


def _moved(priors: tuple[Prior, ...], found: Kept, count: int, random: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Points drawn from what was kept and moved within the priors, and their weights (the prior is flat in its shares)."""
    kept = shares(priors, found.points)
    spread = 2 * np.cov(kept.T, aweights=found.weight).reshape(len(priors), -1) + 1e-9 * np.eye(len(priors))
    kernel = stats.multivariate_normal(cov=spread, allow_singular=True)
    moved = np.empty((count, kept.shape[1]))
    left = np.arange(count)
    while len(left):
        start = kept[random.choice(len(kept), len(left), p=found.weight)]
        moved[left] = start + random.multivariate_normal(np.zeros(kept.shape[1]), spread, len(left))
        left = left[((moved[left] < 0) | (moved[left] > 1)).any(axis=1)]
    density = sum(w * kernel.pdf(moved - point) for w, point in zip(found.weight, kept))
    return values_at(priors, moved), 1 / np.maximum(density, 1e-300)
