"""What a page's numbers are worth, measured: the grid's word at places off it, beside fresh runs with seeds it never saw.

Since all points of the grid share their seeds, they err together where these are not like others; so the same places are run with
the grid's own seeds as well, which shows the part of the error that is interpolation's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc

from abm.scenario import Scenario
from analysis.share.grid import Grid, rows_at
from analysis.share.layout import Layout
from analysis.share.levers import Lever
from runs.batch import Progress

PLACES = 16


@dataclass(frozen=True)
class Error:
    """How far off the quantity ``key`` is, in ``unit``: against fresh runs by ``mean`` on average and at most by ``most``.

    ``own_mean`` and ``own_most`` are the same against runs with the grid's own seeds: interpolation alone.
    """

    key: str
    name: str
    unit: str
    mean: float
    most: float
    own_mean: float
    own_most: float


def runs(replicates: int) -> int:
    """How many runs :func:`errors` takes."""
    return 2 * (PLACES + 1) * replicates


def positions(levers: Sequence[Lever], seed: int) -> pd.DataFrame:
    """(PLACES, L) values of the levers spread over their ranges, by Halton's sequence: hardly any of them on the grid."""
    shares = qmc.Halton(len(levers), rng=np.random.default_rng(seed)).random(PLACES)
    found = {}
    for lever, column in zip(levers, shares.T):
        stops = np.array(lever.stops)
        found[lever.name] = stops[(column * len(stops)).astype(int)]
    return pd.DataFrame(found)


def errors(scenario: Scenario, grid: Grid, progress: Progress = lambda runs: None) -> list[Error]:
    """The error of each headline quantity."""
    values = positions(grid.levers, grid.seed)
    said = np.array([grid.at_values(list(value)) for value in values.itertuples(index=False)])
    fresh, own = (
        rows_at(scenario, grid.levers, values, grid.replicates, seed, progress)[0]
        for seed in (grid.seed + grid.replicates, grid.seed)
    )
    return [
        Error(key, name, unit, *_off(grid.kept, key, said, fresh), *_off(grid.kept, key, said, own))
        for key, name, unit in QUANTITIES
    ]


#: What is compared -> (what a reader calls it, its unit).
QUANTITIES = (
    ("stands", "Futures with a coalition", "points"),
    ("held", "GDP in coalitions", "points"),
    ("held_change", "What the sliders do to GDP in coalitions", "points"),
    ("members", "A nation's chance to be a member", "points"),
    ("lag", "Months behind the frontier (median)", "months"),
)


def _quantity(kept: Layout, name: str, rows: np.ndarray) -> np.ndarray:
    """(K, ...) a quantity in its unit."""
    found = kept.fields[name].of(rows)
    if name == "lag":
        return found[:, 1, -1:]
    return 100 * (found[:, :1] if name.endswith("_change") else found)


def _off(kept: Layout, key: str, said: np.ndarray, run: np.ndarray) -> tuple[float, float]:
    """Mean and largest size of the difference, where both are known."""
    off = np.abs(_quantity(kept, key, said) - _quantity(kept, key, run))
    known = off[np.isfinite(off)]
    return (float(known.mean()), float(known.max())) if len(known) else (float("nan"), float("nan"))
