"""What a calibration holds: points with their weights and distances, and what is reported of them in the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.calibration.priors import Prior


@dataclass(frozen=True)
class Kept:
    """``points`` (K, parameters), ``weight`` (K,), ``distance`` (K,) from the patterns and ``values`` (K, patterns)."""

    points: pd.DataFrame
    weight: np.ndarray
    distance: np.ndarray
    values: pd.DataFrame

    def at(self, rows: np.ndarray) -> Kept:
        """Some of them, in this order, weights adding up to one."""
        points, values = (table.iloc[rows].reset_index(drop=True) for table in (self.points, self.values))
        return Kept(points, self.weight[rows], self.distance[rows], values).weighed(1.0)

    def weighed(self, total: float) -> Kept:
        """The same with weights that add up to ``total``."""
        return Kept(self.points, self.weight / self.weight.sum() * total, self.distance, self.values)

    def worth(self) -> float:
        """As many points of equal weight would say as much."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())


@dataclass(frozen=True)
class Fit:
    """The posterior, the nearest first, and what it is compared with, all on runs with seeds that no wave has used.

    ``present`` are the scenario's own values of the parameters. ``default`` (S,) is their distance on each of S sets of seeds, of
    which the posterior and ``prior``, random points of the prior, were run with the first; ``alone`` (S, parameters) the distance
    with one parameter alone at the posterior's median. ``waves`` (W,) is the distance of the farthest point that each wave left
    and ``lucky`` (K,) the distances of all that the last left, on the runs they were chosen by; ``again`` (K,) on fresh ones,
    ``fresh`` a point.
    """

    posterior: Kept
    priors: tuple[Prior, ...]
    present: dict[str, float]
    default: np.ndarray
    alone: pd.DataFrame
    prior: Kept
    waves: list[float]
    lucky: np.ndarray
    again: np.ndarray
    fresh: int

    def draw(self, count: int, seed: int = 0) -> pd.DataFrame:
        """(count, parameters) drawn from the posterior by weight."""
        kept = self.posterior
        rows = np.random.default_rng(seed).choice(len(kept.points), count, p=kept.weight)
        return kept.points.iloc[rows].reset_index(drop=True)


def quantiles(values: np.ndarray, weight: np.ndarray, shares: tuple[float, ...] = (0.1, 0.5, 0.9)) -> np.ndarray:
    """(shares,) quantiles of values by weight."""
    order = np.argsort(values)
    below = np.searchsorted(np.cumsum(weight[order]) / weight.sum(), shares)
    return values[order][np.minimum(below, len(values) - 1)]
