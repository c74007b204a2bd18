"""The grid of ensembles behind the sliders: running it, and what it says in between."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from abm.words import ArgumentError
from analysis.share.layout import Layout, layout, outcomes, row
from analysis.share.levers import Lever
from runs.batch import Progress, run_points
from runs.ensemble import Results

_AT_ONCE = 2000  # runs whose curves are in memory together


@dataclass(frozen=True)
class Grid:
    """``rows`` (P, W) is what is kept of the ensembles, the first lever outermost, as exact as it is written to the page.

    Each of ``replicates`` seeds from ``seed`` on is the same at every point. ``failed`` runs are left out.
    """

    scenario: Scenario
    levers: Sequence[Lever]
    replicates: int
    seed: int
    kept: Layout
    rows: np.ndarray
    failed: int = 0
    still: Sequence[str] = field(default_factory=tuple)

    def at(self, positions: Sequence[float]) -> np.ndarray:
        """(W,) the row at these positions on the levers, see :meth:`Lever.position`: linear between the neighbours on the grid.

        A number that some neighbours lack is taken from the others.
        """
        around = list(corners(self.levers, positions))
        weights, rows = np.array([weight for _, weight in around]), self.rows[[position for position, _ in around]]
        known = np.isfinite(rows)
        total = (known * weights[:, None]).sum(axis=0)
        with np.errstate(invalid="ignore"):
            return np.where(known, rows * weights[:, None], 0.0).sum(axis=0) / np.where(total > 0, total, np.nan)

    def at_values(self, values: Sequence[float]) -> np.ndarray:
        """(W,) the row at these values of the levers."""
        return self.at([lever.position(value) for lever, value in zip(self.levers, values, strict=True)])

    @property
    def marks(self) -> list[float]:
        """Places of the reference: every lever at the scenario's own value."""
        return [float(lever.mark) for lever in self.levers]


def corners(levers: Sequence[Lever], positions: Sequence[float]) -> Iterator[tuple[int, float]]:
    """(row, weight) of the neighbours of a place on the grid; the weights add up to 1."""
    found = [(0, 1.0)]
    for lever, position in zip(levers, positions, strict=True):
        count, low = len(lever.values), min(int(position), len(lever.values) - 2)
        part = position - low
        found = [(k * count + low + up, w * (part if up else 1 - part)) for k, w in found for up in (0, 1)]
    return ((k, weight) for k, weight in found if weight > 0)


def points(levers: Sequence[Lever]) -> pd.DataFrame:
    """(P, L) values of the levers at the points of the grid, the first lever outermost."""
    return pd.DataFrame(list(product(*(lever.values for lever in levers))), columns=[lever.name for lever in levers])


def count(levers: Sequence[Lever]) -> int:
    """Points of the grid."""
    return math.prod(len(lever.values) for lever in levers)


def grid(
    scenario: Scenario, levers: Sequence[Lever], replicates: int, seed: int, progress: Progress = lambda runs: None
) -> Grid:
    """Run the ensembles of all points."""
    rows, failed = rows_at(scenario, levers, points(levers), replicates, seed, progress)
    kept = layout(scenario)
    exact = np.round(rows * kept.scales) / kept.scales
    return Grid(scenario, levers, replicates, seed, kept, exact, failed, still(levers, exact))


def rows_at(
    scenario: Scenario, levers: Sequence[Lever], values: pd.DataFrame, replicates: int, seed: int, progress: Progress
) -> tuple[np.ndarray, int]:
    """((P, W) what is kept of the ensembles at P values of the levers, number of runs that failed), not rounded."""
    marked = pd.DataFrame({lever.name: [lever.values[lever.mark]] for lever in levers})
    base = _run(scenario, marked, replicates, seed, progress)
    reference, kept, found, failed = outcomes(scenario, base), layout(scenario), [], _failed(base, marked, replicates)
    each = max(1, _AT_ONCE // replicates)
    for first in range(0, len(values), each):
        some = values.iloc[first : first + each]
        results = _run(scenario, some, replicates, seed, progress)
        failed += _failed(results, some, replicates)
        found += [row(scenario, kept, _part(results, k, replicates), reference) for k in range(len(some))]
    return np.array(found), failed


def _run(scenario: Scenario, values: pd.DataFrame, replicates: int, seed: int, progress: Progress) -> Results:
    return run_points(scenario, values, replicates, seed, series=True, choices=True, progress=progress)


def _failed(results: Results, values: pd.DataFrame, replicates: int) -> int:
    """Number of runs that failed. Errors: ArgumentError where all runs of a point did."""
    failed = (results.status != 0).reshape(len(values), replicates)
    if failed.all(axis=1).any():
        point = values.iloc[int(failed.all(axis=1).argmax())]
        at = ", ".join(f"{name}={value:g}" for name, value in point.items())
        raise ArgumentError("levers", None, f"every run fails with {at}; take others")
    return int(failed.sum())


def _part(results: Results, k: int, replicates: int) -> Results:
    """The runs of point k."""
    own = slice(k * replicates, (k + 1) * replicates)
    return Results(results.seeds[own], results.status[own], results.outcomes[own], results.series[own], results.sources[own],
                   results.serials[own])  # fmt: skip


def still(levers: Sequence[Lever], rows: np.ndarray) -> tuple[str, ...]:
    """Levers that move nothing anywhere on the grid."""
    shaped = rows.reshape(*(len(lever.values) for lever in levers), -1)
    return tuple(
        lever.name for axis, lever in enumerate(levers)
        if np.array_equal(shaped, np.broadcast_to(shaped.take([0], axis=axis), shaped.shape), equal_nan=True)
    )  # fmt: skip
