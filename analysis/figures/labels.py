"""Labels beside points that keep clear of each other, of all points, and of the edges of the axes."""

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
            taken.append(box)
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
        if inside and clear and not any((low < other[2:]).all() and (high > other[:2]).all() for other in taken):
            return np.concatenate([low, high]), centre - centres[row], gap
    return None


def _write(axes, point, text, offset, size, led):
    line = {"arrowstyle": "-", "linewidth": 0.4, "color": "#777777", "shrinkA": 0, "shrinkB": 2} if led else None
    veil = {"facecolor": "white", "alpha": 0.6, "pad": 0.2, "linewidth": 0}
    return axes.annotate(
        text, point, offset, textcoords="offset points", ha="center", va="center", fontsize=size, arrowprops=line, bbox=veil,
        zorder=5,
    )
