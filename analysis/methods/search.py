"""The search for where a chance crosses one half: a grid, then finer grids about each crossing, on the same replicates.

Plain bisection would settle where noise happens to cross one half, and its intervals would hold the truth too rarely.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.methods import statistics
from analysis.methods.crossing import EVEN, estimate
from analysis.methods.scale import Scale
from analysis.methods.statistics import Estimate

GRID, FINE, LEVELS = 11, 10, 3  # values of the first grid; of each finer one about a crossing; how often it is made finer
ONE_CROSSING = GRID + LEVELS * FINE  # values looked at, at the most, where the chance crosses one half once
MOST, NEAR = 3, 7  # crossings that are looked at closer; least values within and about an interval
Ask = Callable[[np.ndarray], pd.DataFrame]  # values -> whether the outcome happened: a row per value, a column per replicate


def look(ask: Ask, scale: Scale) -> tuple[pd.DataFrame, list[Estimate]]:
    """What happened, a row per value (rising) and a column per replicate, and the tipping points from below.

    A grid first, then finer ones about each crossing, until the interval is not narrower than the grid can tell.
    """
    happened = ask(scale.grid(GRID))
    ends = brackets(happened)[:MOST]
    windows = [scale.wider(low, high, GRID) for low, high in ends]
    for _ in range(LEVELS):
        new = np.setdiff1d([value for window in windows for value in scale.between(*window, FINE)], happened.index)
        if not len(new):
            break
        happened = pd.concat([happened, ask(new)]).sort_index()
        windows = _closer(happened, crossings(happened, ends, scale))
    return happened, crossings(happened, ends, scale)


def _closer(happened: pd.DataFrame, found: list[Estimate]) -> list[tuple[float, float]]:
    """Where to look closer: about intervals that hold too few values to tell how narrow they are."""
    values, windows = happened.index.to_numpy(), []
    for point in found:
        first = max(0, int(np.searchsorted(values, point.low)) - 2)
        last = min(len(values) - 1, int(np.searchsorted(values, point.high)) + 1)
        if last - first < NEAR:
            windows.append((values[first], values[last]))
    return windows


def brackets(happened: pd.DataFrame) -> list[tuple[float, float]]:
    """Values between which the chance crosses one half by more than noise; at the ends of the range the chance itself counts."""
    values, sides = happened.index.to_numpy(), np.array([_side(row) for row in happened.to_numpy()])
    for end in (0, -1):
        sides[end] = sides[end] or (1 if happened.iloc[end].mean() >= EVEN else -1)
    known = np.flatnonzero(sides)
    return [(values[a], values[b]) for a, b in pairwise(known) if sides[a] != sides[b]]


def _side(row: np.ndarray) -> int:
    chance = statistics.share(row)
    return int(chance.low > EVEN) - int(chance.high < EVEN)


def crossings(happened: pd.DataFrame, ends: list[tuple[float, float]], scale: Scale) -> list[Estimate]:
    """The tipping points, each from the values between its neighbours; bootstrapped on the scale that the values have."""
    found = []
    for index, (low, high) in enumerate(ends):
        first = ends[index - 1][1] if index else happened.index[0]
        last = ends[index + 1][0] if index + 1 < len(ends) else happened.index[-1]
        part = happened.loc[first:last]
        falling = bool(happened.loc[low].mean() > happened.loc[high].mean())
        found.append(scale.back(estimate(scale.to(part.index.to_numpy()), part.to_numpy(), falling)))
    return found
