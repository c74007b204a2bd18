"""What simulated points say of a record: the nearest are kept and moved to it.

Of the points given the nearest are kept, weighed by Epanechnikov's kernel in their distance, and each is moved along a local
regression of the parameters on the patterns and their squares, to where its own would be the record's. Without the squares it
missed the scale of tastes, whose patterns bend: of truths more lay above than below what was said. The regression is on logits of
the shares, so that no point leaves the prior; what it explains of the kept points by its own freedom is given back to them.

Source: [Beaumont2002].
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

RIDGE = 1e-2  # of a pattern's variance: patterns of one family are nearly collinear
END = 1e-3  # shares nearer to the ends are taken for this near, so that their logits are finite


def nearest(away: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights (sum 1) of the ``count`` points of least distance ``away`` (P,), or of all where there are fewer."""
    order = np.argsort(away, kind="stable")
    rows, bound = order[:count], away[order[min(count, len(order) - 1)]]
    kernel = np.maximum(1 - (away[rows] / bound) ** 2, 1e-6) if bound > 0 else np.ones(len(rows))
    return rows, kernel / kernel.sum()


def moved(share: np.ndarray, off: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(K, parameters) ``share`` of points where their patterns were not ``off`` (K, patterns) the record; NaN moves nothing."""
    known = np.hstack([np.nan_to_num(off), np.square(np.nan_to_num(off))])
    known = known / np.maximum(np.sqrt(weight @ np.square(known - weight @ known)), 1e-9)
    centred, position = known - weight @ known, logit(np.clip(share, END, 1 - END))
    spread = (centred * weight[:, None]).T @ centred
    inverse = np.linalg.inv(spread + RIDGE * np.eye(len(spread)))
    mean = weight @ position
    slope = inverse @ (centred * weight[:, None]).T @ position
    freedom = min(0.9, float(np.trace(inverse @ spread)) * float((weight**2).sum()))  # of as many points as the kept are worth
    rest = (position - mean - centred @ slope) / np.sqrt(1 - freedom)
    return expit(mean - (weight @ known) @ slope + rest)
