"""Labels beside points that keep clear of each other, of each other's lines, of all points, and of the edges of the axes."""

import numpy as np
from matplotlib.axes import Axes

ASPECT = 0.62  # mean width of a letter over its size, in this type
#: Where a label may stand about its point: (direction, gap in points between the two), the nearest first.
PLACES = [(turn, gap) for gap in (1.5, 7, 14, 22, 32, 44) for turn in np.radians(np.arange(0, 360, 30))]


def place(axes: Axes, points: np.ndarray, areas: np.ndarray, texts: list[str], size: float = 6.5) -> list:
    """Write each text beside its point, the first ones first; returns the annotations.

    ``points`` (M, 2) in data coordinates and their ``areas`` (M,) in square points, as for a scatter, may be more than
    the texts: no label covers any of them. A text without a free place is left out. The axes must have their final
    limits and position.
    """
    scale = 72 / axes.figure.dpi
    frame = np.array(axes.bbox.extents) * scale
    centres, radii = axes.transData.transform(points) * scale, np.sqrt(areas / np.pi)
    taken: list[np.ndarray] = []
    written = []
    for row, text in enumerate(texts):
        found = _free(row, text, size, frame, centres, radii, taken)
        if found is not None:
            box, offset, gap = found
            taken += [box, *_leader(centres[row], offset, gap)]
            written.append(_write(axes, points[row], text, offset, size, gap > PLACES[0][1]))
    return written


def _free(row, text, size, frame, centres, radii, taken):
    half = np.array([ASPECT * size * len(text), 1.15 * size]) / 2
    for turn, gap in PLACES:
        towards = np.array([np.cos(turn), np.sin(turn)])
        centre = centres[row] + towards * (radii[row] + gap + half)
        low, high = centre - half, centre + half
        inside = (low >= frame[:2]).all() and (high <= frame[2:]).all()
        nearest = np.clip(centres, low, high)
        clear = (np.linalg.norm(nearest - centres, axis=1) >= radii).all()
        line = _leader(centres[row], centre - centres[row], gap)
        clear = clear and not any(_touches(spot, np.delete(centres, row, 0), np.delete(radii, row)) for spot in line)
        boxes = [np.concatenate([low, high]), *line]
        if inside and clear and not any(_cover(box, other) for box in boxes for other in taken):
            return np.concatenate([low, high]), centre - centres[row], gap
    return None


def _cover(box: np.ndarray, other: np.ndarray) -> bool:
    return bool((box[:2] < other[2:]).all() and (box[2:] > other[:2]).all())


def _touches(spot: np.ndarray, others: np.ndarray, radii: np.ndarray) -> bool:
    return bool((np.linalg.norm(others - (spot[:2] + spot[2:]) / 2, axis=1) < 1.3 * radii).any())


def _leader(point: np.ndarray, offset: np.ndarray, gap: float) -> list[np.ndarray]:
    """Small boxes along the line from a point to its label, where one is drawn."""
    if gap <= PLACES[0][1]:
        return []
    places = [point + share * offset for share in np.linspace(0.1, 0.9, 15)]
    return [np.concatenate([place - 0.5, place + 0.5]) for place in places]


def _write(axes, point, text, offset, size, led):
    line = {"arrowstyle": "-", "linewidth": 0.4, "color": "#777777", "shrinkA": 0, "shrinkB": 2} if led else None
    veil = {"facecolor": "white", "alpha": 0.6, "pad": 0.2, "linewidth": 0}
    return axes.annotate(
        text, point, offset, textcoords="offset points", ha="center", va="center", fontsize=size, arrowprops=line, bbox=veil,
        zorder=5,
    )
