"""The world's outlines, small enough to send: one short SVG path a country, on the plane of the figures' maps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from abm import data
from analysis.figures.geography import project, window

WIDTH = 10_000  # of the map, in whole units
_EUROPE = (-11.0, 34.0, 33.0, 66.0)  # degrees: west, south, east, north
_APART = 9.0  # points nearer to the last one are left out
_LEAST = 30.0  # rings smaller than this are left out, unless a country has no larger one


def view() -> str:
    """The viewBox of the whole world."""
    return f"0 0 {WIDTH} {_height()}"


def europe() -> str:
    """The viewBox of Europe, where most mid-sized economies crowd."""
    west, south, east, north = _EUROPE
    edge = _projected(np.array([west, east, west, east]), np.array([south, south, north, north]))
    (left, top), (right, bottom) = edge.min(axis=0), edge.max(axis=0)
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"


@cache
def paths() -> dict[str, str]:
    """SVG path of each economy with an outline, by iso3."""
    found = {}
    for iso3, rings in data.outlines().items():
        placed = [_projected(*np.array(ring).T) for ring in rings]
        wide = [ring for ring in placed if np.ptp(ring, axis=0).max() > _LEAST] or placed
        found[iso3] = "".join(_path(ring) for ring in wide)
    return found


def dots(nations: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Places of the capitals of nations without an outline, by iso3."""
    without = nations[~nations.index.isin(list(paths()))]
    where = np.round(_projected(without["capital_lon"].to_numpy(float), without["capital_lat"].to_numpy(float))).astype(int)
    return {str(iso3): (int(x), int(y)) for iso3, (x, y) in zip(without.index, where)}


def _height() -> int:
    (west, east), (south, north) = window()
    return round(WIDTH * (north - south) / (east - west))


def _projected(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """(..., 2) points on the map, of degrees."""
    (west, east), (_, north) = window()
    return (project(lon, lat) - [west, north]) * [1, -1] * WIDTH / (east - west)


def _path(ring: np.ndarray) -> str:
    """A closed path in whole units, relative, without the points that hardly move it."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if np.abs(point - kept[-1]).max() > _APART:
            kept.append(point)
    moves = np.diff(np.round(np.array([*kept])).astype(int), axis=0)
    x, y = np.round(kept[0]).astype(int)
    return f"M{x} {y}l" + " ".join(f"{a} {b}" for a, b in moves) + "z" if len(moves) else f"M{x} {y}l20 0 0 20z"
