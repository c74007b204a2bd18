"""What each player is worth to the others: Shapley and Banzhaf values.

phi_i = sum over T without i of |T|! (n - |T| - 1)! / n! (v(T + i) - v(T)); Banzhaf weighs all T alike, 1 / 2^(n-1).

Source: [Shapley1953], [Banzhaf1965].
"""

from __future__ import annotations

import math

import numpy as np

from analysis.stability.game import every


def shapley(worth: np.ndarray) -> np.ndarray:
    """(n,) or (n, K) Shapley values from (2^n,) or (2^n, K) worths, exact."""
    n = len(worth).bit_length() - 1
    size = every(n).sum(axis=1)
    weights = np.array([math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)])
    return _marginals(worth, lambda without: weights[size[without]])


def banzhaf(worth: np.ndarray) -> np.ndarray:
    """(n,) or (n, K) Banzhaf values, exact: the mean of what a player adds to a random set of the others."""
    n = len(worth).bit_length() - 1
    return _marginals(worth, lambda without: np.full(len(without), 2.0 ** (1 - n)))


def _marginals(worth: np.ndarray, weigh) -> np.ndarray:
    n, masks = len(worth).bit_length() - 1, np.arange(len(worth))
    found = []
    for i in range(n):
        without = masks[masks >> i & 1 == 0]
        found.append(weigh(without) @ (worth[without | 1 << i] - worth[without]))
    return np.array(found)
