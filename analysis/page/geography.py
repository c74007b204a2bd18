"""Where everything lies on the map: outlines and capitals, projected once.

The world is drawn in the Natural Earth projection, Europe again in an inset, where most mid-sized economies crowd.
Source: Šavrič et al. (2011), A polynomial equation for the Natural Earth projection.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from abm import data

WIDTH, HEIGHT = 966.0, 458.0  # of the picture
INSET = (1.0, 208.0, 262.0, 249.0)  # x, y, width, height of Europe's inset
_EUROPE = (-10.5, 34.5, 35.0, 62.5)  # degrees: west, east, south, north
_NORTH, _SCALE, _CENTRE = 84.0, 176.0, 482.0
_LEAST_RING = 1.2  # rings narrower than this are not drawn, unless a nation has no wider one


def project(lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """Picture coordinates of longitudes and latitudes [degrees] on the world map."""
    x, y = _natural_earth(lon, lat)
    _, top = _natural_earth(0.0, _NORTH)
    return _CENTRE + _SCALE * x, _SCALE * (top - y)


def _natural_earth(lon, lat):
    lam, phi = np.radians(lon), np.radians(lat)
    p2, p4 = phi**2, phi**4
    x = lam * (0.870700 - 0.131979 * p2 - 0.013791 * p4 + p4 * p4 * p2 * (0.003971 - 0.001529 * p2))
    y = phi * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
    return x, y


def project_inset(lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """Picture coordinates in Europe's inset; the Mercator projection keeps shapes."""
    west, east, south, north = _EUROPE
    x0, y0, width, height = INSET
    low, high = _mercator(south), _mercator(north)
    x = x0 + width * (np.asarray(lon) - west) / (east - west)
    return x, y0 + height * (high - _mercator(np.asarray(lat))) / (high - low)


def _mercator(lat):
    return np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))


def in_europe(lon, lat) -> np.ndarray:
    """Whether a place lies in the inset."""
    west, east, south, north = _EUROPE
    return (np.asarray(lon) > west) & (lon < east) & (np.asarray(lat) > south) & (lat < north)


@cache
def land() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """(iso3, SVG path) of every economy with an outline, on the world map and in the inset."""
    world, europe = [], []
    for iso3, rings in data.outlines().items():
        arrays = [np.array(ring) for ring in rings]
        wide = [a for a in arrays if np.ptp(a, axis=0).max() > _LEAST_RING] or arrays
        world.append((iso3, "".join(_path(*project(*a.T)) for a in wide)))
        close = [a for a in arrays if in_europe(*a.T).any()]
        if close:
            europe.append((iso3, "".join(_path(*project_inset(*a.T)) for a in close)))
    return tuple(world), tuple(europe)


def _path(x: np.ndarray, y: np.ndarray) -> str:
    return "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y)) + "Z"


def places(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) positions of capitals on the world map, and in the inset (NaN for those outside it)."""
    lon, lat = table["capital_lon"].to_numpy(float), table["capital_lat"].to_numpy(float)
    inset = np.column_stack(project_inset(lon, lat))
    inset[~in_europe(lon, lat)] = np.nan
    return np.column_stack(project(lon, lat)), inset


def spread(places: np.ndarray, radii: np.ndarray, rounds: int = 80) -> np.ndarray:
    """Places moved apart a little, so that discs of these radii overlap less; those without a place stay without."""
    moved = places.copy()
    reach = 0.85 * (radii[:, None] + radii[None, :])
    for _ in range(rounds):
        apart = moved[:, None, :] - moved[None, :, :]
        distance = np.sqrt((apart**2).sum(-1)) + 1e-6
        push = np.clip(reach - distance, 0, None) / distance * 0.25
        np.fill_diagonal(push, 0)
        moved += np.nansum(push[:, :, None] * apart, axis=1) + 0.02 * (places - moved)
    return moved
