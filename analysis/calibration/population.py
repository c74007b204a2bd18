"""What a calibration holds: points with their weights and distances, and what is reported of them in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.calibration.priors import Priors
from analysis.patterns.table import Pattern


@dataclass(frozen=True)
class Population:
    """``points`` (K, parameters), ``weight`` (K,), ``distance`` (K,) from the patterns, ``values`` (K, patterns) and ``root``
    (K,), which is the same for points that the sampler has moved from one start."""

    points: pd.DataFrame
    weight: np.ndarray
    distance: np.ndarray
    values: pd.DataFrame
    root: np.ndarray

    def at(self, rows: np.ndarray) -> Population:
        """Some of them, in this order, weights adding up to one."""
        points, values = (table.iloc[rows].reset_index(drop=True) for table in (self.points, self.values))
        weight = self.weight[rows]
        return Population(points, weight / weight.sum(), self.distance[rows], values, self.root[rows])

    def where(self, mine: np.ndarray, other: Population) -> Population:
        """These where ``mine``, and ``other`` elsewhere, row by row."""
        both, rows = joined([self, other]), np.arange(len(mine))
        return both.at(np.where(mine, rows, rows + len(mine)))

    def distinct(self) -> Population:
        """Each point once, with the weight of all its copies."""
        first = ~self.points.duplicated()
        copies = self.points.groupby(list(self.points), sort=False).ngroup().to_numpy()
        whole = self.at(np.flatnonzero(first))
        return replace(whole, weight=np.bincount(copies, self.weight))

    def error(self, values: np.ndarray) -> np.ndarray:
        """(F,) standard error of the mean by weight of values (K, F), as of draws of the sampler.

        Points of one root were drawn together, however far they were moved since, so that deviations are summed over each root
        before they are squared: sum over roots of (sum over kin of weight (value - mean)) ** 2, which is consistent for the
        variance of a mean over a sequential Monte Carlo sample. Where moves have made kin independent, kin count as such. As
        deviations are from the mean of few roots, it is widened as for as many independent draws as :meth:`effective_size` says,
        and one root alone tells no error at all (inf). Source: [ChanLai2013].
        """
        roots, off = self.effective_size(), self.weight[:, None] * (values - self.weight @ values)
        if roots < 1 + 1e-9:
            return np.full(values.shape[1], np.inf)
        _, root = np.unique(self.root, return_inverse=True)
        families = np.zeros((root.max() + 1, values.shape[1]))
        np.add.at(families, root, off)
        return np.sqrt(np.square(families).sum(axis=0) * roots / (roots - 1))

    def effective_size(self) -> float:
        """Effective sample size by Kish: (sum of weights)^2 / sum of their squares, those of one root taken for one point."""
        weight = np.bincount(self.root, self.weight)
        return float(weight.sum() ** 2 / (weight**2).sum())


def joined(parts: Sequence[Population]) -> Population:
    """All of them, one after another."""
    points, values = (pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in ("points", "values"))
    weight, away, root = (np.concatenate([getattr(part, name) for part in parts]) for name in ("weight", "distance", "root"))
    return Population(points, weight, away, values, root)


@dataclass(frozen=True)
class Fit:
    """The posterior, the nearest first, and what it is compared with, all on runs with seeds that no wave has used.

    ``priors`` are the whole ones and ``box`` (parameters, 2) the shares of them that history matching left, ``left`` the share
    of points that each of its waves did not rule out. ``present`` are the scenario's own values, ``suggested`` those that the
    posterior suggests and ``rounded`` the same with as many digits as are identified. ``own`` and ``proposed`` (a row per set
    of seeds) are the present and the rounded values, run on S sets of seeds, with the first of which the posterior and
    ``prior``, random points of the prior, were run. ``waves`` (W,) is the distance within which each wave stayed and ``moved``
    (W,) the share of its moves that did; ``selected_by`` (K,) are the distances of all that the last left, on the runs they
    were chosen by, and ``rerun`` (K,) on fresh ones, ``fresh`` a point. ``behind`` (K, lists), ``own_behind`` and
    ``proposed_behind`` (1, lists) say how far the posterior's points, the present and the rounded values are behind the best
    simple predictor of each list of nations [standard errors; below nought: ahead].
    """

    posterior: Population
    priors: Priors
    patterns: tuple[Pattern, ...]
    box: np.ndarray
    left: list[float]
    present: dict[str, float]
    suggested: dict[str, float]
    rounded: dict[str, float]
    own: Population
    proposed: Population
    prior: Population
    waves: list[float]
    moved: list[float]
    selected_by: np.ndarray
    rerun: np.ndarray
    fresh: int
    behind: pd.DataFrame
    own_behind: pd.DataFrame
    proposed_behind: pd.DataFrame

    def draw(self, count: int, seed: int = 0) -> pd.DataFrame:
        """(count, parameters) drawn from the posterior by weight."""
        population = self.posterior
        rows = np.random.default_rng(seed).choice(len(population.points), count, p=population.weight)
        return population.points.iloc[rows].reset_index(drop=True)


def quantiles(values: np.ndarray, weight: np.ndarray, shares: tuple[float, ...] = (0.1, 0.5, 0.9)) -> np.ndarray:
    """(shares,) quantiles of values by weight."""
    order = np.argsort(values)
    below = np.searchsorted(np.cumsum(weight[order]) / weight.sum(), shares)
    return values[order][np.minimum(below, len(values) - 1)]
