"""What each player is worth to the others: Shapley and Banzhaf values.

phi_i = sum over T without i of |T|! (n - |T| - 1)! / n! (v(T + i) - v(T)); Banzhaf weighs all T alike, 1 / 2^(n-1).

Source: [Shapley1953], [Banzhaf1965]; sampling by permutations [CastroGomezTejada2009].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.stability.core import Worth
from analysis.stability.game import every

EXACT = 18  # players up to whom every set is looked at


@dataclass(frozen=True)
class Values:
    """``value`` (n,) and its ``error`` (n,), the standard error of sampling: nought where exact."""

    value: np.ndarray
    error: np.ndarray


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


def shapley_of(worth: Worth, n: int, pairs: int = 200, seed: int = 0) -> Values:
    """Shapley values of a game given by a function of (M, n) sets: exact to 18 players, else from permutations.

    Each drawn order of arrival goes with its reverse (antithetic), whose errors partly cancel; the standard error is that of
    the mean over pairs.
    """
    if n <= EXACT:
        return Values(shapley(worth(every(n))), np.zeros(n))
    random = np.random.default_rng(seed)
    drawn = np.array([_pair(worth, random.permutation(n)) for _ in range(max(pairs, 2))])
    return Values(drawn.mean(axis=0), drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn)))


def _pair(worth: Worth, order: np.ndarray) -> np.ndarray:
    """(n,) mean of what each adds in an order of arrival and in its reverse."""
    return (_added(worth, order) + _added(worth, order[::-1])) / 2


def _added(worth: Worth, order: np.ndarray) -> np.ndarray:
    n = len(order)
    rank = np.empty(n, int)
    rank[order] = np.arange(n)
    return np.diff(worth(rank < np.arange(n + 1)[:, None]))[rank]
