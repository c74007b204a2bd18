"""The world's outlines on an equal-area plane, and where nations stand on it."""

from functools import cache

import numpy as np
from matplotlib.path import Path

from abm import data

SOUTH, NORTH = -56.0, 84.0  # degrees; there is no nation further south
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796  # coefficients of the Equal Earth projection


def project(lon, lat) -> np.ndarray:
    """(..., 2) plane coordinates of degrees by the Equal Earth projection of Savric, Patterson and Jenny (2019)."""
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(lat)))
    square = theta**2
    slope = _A1 + 3 * _A2 * square + square**3 * (7 * _A3 + 9 * _A4 * square)
    x = 2 * np.sqrt(3) / 3 * np.radians(lon) * np.cos(theta) / slope
    y = theta * (_A1 + _A2 * square + square**3 * (_A3 + _A4 * square))
    return np.stack([x, y], axis=-1)


@cache
def outlines() -> dict[str, Path]:
    """Outline of each country as one path in plane coordinates, islands and enclaves included."""
    return {iso3: _compound([project(*np.array(ring).T) for ring in rings]) for iso3, rings in data.outlines().items()}


def _compound(rings: list[np.ndarray]) -> Path:
    """Rings as one path. They are to be filled even-odd; since matplotlib fills by winding, rings inside others run backwards."""
    paths = [Path(ring) for ring in rings]
    for index, ring in enumerate(rings):
        depth = sum(other.contains_point(ring[0]) for at, other in enumerate(paths) if at != index)
        if (_area(ring) > 0) == (depth % 2 == 1):
            rings[index] = ring[::-1]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _area(ring: np.ndarray) -> float:
    """Signed area of a closed ring, positive where it runs counter-clockwise."""
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def window() -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits of x and y that hold the outlines from the Aleutians to New Zealand."""
    (west, _), (east, _) = project(-168.0, 40.0), project(179.5, -30.0)
    (_, south), (_, north) = project(0.0, SOUTH), project(0.0, NORTH)
    return (float(west), float(east)), (float(south), float(north))
