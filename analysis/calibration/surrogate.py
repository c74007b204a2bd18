"""A surrogate for the distance of a point from the patterns, by which moves are chosen before anything is run.

The distance is taken for a polynomial of second order in the parameters with a normal error, fitted by ridge regression to all
points tried so far, older ones counting the less. A move is a walk that leaves the law as it is which the surrogate gives the
posterior; the runs then decide whether its end is kept, at a chance that makes up for what the surrogate is wrong about. So the
posterior is the same as without a surrogate: a bad one costs moves, not truth.

Source: [ChristenFox2005].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

FADE = 0.9  # what older points count for when new ones come
RIDGE = 30.0  # points' worth of coefficients of nought
WALK = 40  # steps of a walk


@dataclass(frozen=True)
class Surrogate:
    """``coefficients`` (C,) of the terms of :func:`_terms`, ``spread`` of the error in a distance; and the sums over points
    by weight from which both came: ``products`` (C, C) of the terms, ``moments`` (C + 1,) of terms and distances, the last of
    squared distances, ``count`` of the weights."""

    coefficients: np.ndarray
    spread: float
    products: np.ndarray
    moments: np.ndarray
    count: float

    def log_probability(self, share: np.ndarray, within: float) -> np.ndarray:
        """(K,) log chance that points at ``share`` (K, parameters) of the priors are ``within`` a distance."""
        return norm.logcdf((within - _terms(share) @ self.coefficients) / self.spread)


def trained(share: np.ndarray, distance: np.ndarray, before: Surrogate | None = None) -> Surrogate:
    """A surrogate from points and their distances (K,), and from what was known ``before``."""
    terms = _terms(share)
    products, moments, count = terms.T @ terms, np.append(terms.T @ distance, distance @ distance), float(len(distance))
    if before:
        products, moments, count = products + FADE * before.products, moments + FADE * before.moments, count + FADE * before.count
    coefficients = np.linalg.solve(products + RIDGE * np.eye(len(products)), moments[:-1])
    left = moments[-1] - 2 * coefficients @ moments[:-1] + coefficients @ products @ coefficients
    return Surrogate(coefficients, float(np.sqrt(max(left / count, 1e-6))), products, moments, count)


def walk(
    share: np.ndarray, likely: Callable[[np.ndarray], np.ndarray], kernel: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Where walks from ``share`` (K, parameters) end, and (K,) the log of what that end is likelier than their start.

    Each step is normal with covariance ``kernel``, reflected at the ends of the priors, and taken by Metropolis's rule."""
    at, here = share, likely(share)
    start, root = here, np.linalg.cholesky(kernel)
    for _ in range(WALK):
        there = np.abs(at + random.standard_normal(at.shape) @ root.T) % 2
        there = np.where(there > 1, 2 - there, there)
        new = likely(there)
        go = np.log(random.random(len(at))) < new - here
        at, here = np.where(go[:, None], there, at), np.where(go, new, here)
    return at, here - start


def _terms(share: np.ndarray) -> np.ndarray:
    """(K, C) 1, the shares about the middle of their range, and all products of two of these."""
    centred = 2 * share - 1
    one, other = np.triu_indices(share.shape[1])
    return np.column_stack([np.ones(len(share)), centred, centred[:, one] * centred[:, other]])
