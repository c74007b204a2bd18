"""The core: is there a division of what all make that no set of players can better by itself?

x(N) = v(N), x(T) >= v(T) for every T. The *least core* asks the most dissatisfied set to be as content as can be: the smallest
e with x(T) >= v(T) - e; the core is empty where e > 0. Solved by linear programming with constraint generation: the program
holds the few sets that bind, and the set most at odds with its solution joins until none is.

Source: least core [MaschlerPelegShapley1979]; checks of heuristics against the core [VernonBidoCollins2021].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog

from analysis.stability.game import MOST, every

TOLERANCE = 1e-9  # of the largest worth
ROUNDS, SEARCHED = 500, 40  # rounds of constraint generation, where all sets are looked at and where they are searched for
Worth = Callable[[np.ndarray], np.ndarray]  # (M, n) sets -> (M,) worth


@dataclass(frozen=True)
class Core:
    """``shares`` (n,) an allocation in the least core; ``excess`` the e above; ``exact``: every set was looked at."""

    shares: np.ndarray
    excess: float
    exact: bool
    tolerance: float

    @property
    def empty(self) -> bool:
        """Whether no division satisfies all sets."""
        return self.excess > self.tolerance


def core(worth: np.ndarray) -> Core:
    """The core of a characteristic function over all 2^n sets (row m: the bits of m), exact up to 20 players."""
    n = len(worth).bit_length() - 1
    if len(worth) != 2**n:
        raise ValueError(f"{len(worth)} worths; 2^n are needed, one per set of n players")
    sets = every(n)

    def worst(shares: np.ndarray) -> np.ndarray:
        deficit = worth - sets @ shares
        deficit[[0, -1]] = -np.inf
        return sets[[int(deficit.argmax())]]

    return _generate(lambda chosen: worth[chosen @ (1 << np.arange(n))], n, worst, ROUNDS)


def core_of(worth: Worth, n: int, starts: int = 20, seed: int = 0) -> Core:
    """The core of a game too large to list, its binding sets searched for by moving players in and out from random sets.

    The ``excess`` found is never above the true one: where positive it proves the core empty, else it proves nothing.
    """
    if n <= MOST:
        return core(worth(every(n)))
    random = np.random.default_rng(seed)

    def worst(shares: np.ndarray) -> np.ndarray:
        return _climb(lambda sets: worth(sets) - sets @ shares, random.random((starts, n)) < random.random((starts, 1)))

    return replace(_generate(worth, n, worst, SEARCHED), exact=False)


def inside_core(worth: np.ndarray, shares: np.ndarray, tolerance: float = 1e-9) -> bool:
    """Whether a division of 2^n worths' last is in the core."""
    sets = every(len(shares))
    scale = max(np.abs(worth).max(), 1e-300)
    return bool(((sets @ shares >= worth - tolerance * scale)).all() and abs(shares.sum() - worth[-1]) <= tolerance * scale)


def _generate(worth: Worth, n: int, worst: Callable[[np.ndarray], np.ndarray], rounds: int) -> Core:
    if n < 2:
        raise ValueError(f"{n} players; a core needs at least two")
    sets = np.vstack([np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)])
    bounds, total = worth(sets), float(worth(np.ones((1, n), bool))[0])
    scale = max(np.abs(bounds).max(), abs(total), 1e-300)
    shares, excess = _program(sets, bounds / scale, total / scale)
    settled = False
    for _ in range(rounds):
        found = worst(shares * scale)
        values = worth(found)
        at_odds = values / scale - found @ shares > excess + TOLERANCE
        settled = not at_odds.any()
        if settled:
            break
        sets, bounds = np.vstack([sets, found[at_odds]]), np.append(bounds, values[at_odds])
        shares, excess = _program(sets, bounds / scale, total / scale)
    return Core(shares * scale, excess * scale, settled, 10 * TOLERANCE * scale)


def _program(sets: np.ndarray, bounds: np.ndarray, total: float) -> tuple[np.ndarray, float]:
    """The smallest e and shares with x(T) + e >= v(T) for the sets at hand and x(N) = v(N)."""
    n = sets.shape[1]
    above = np.hstack([-sets.astype(float), -np.ones((len(sets), 1))])
    whole = np.append(np.ones(n), 0.0)[None]
    solved = linprog(np.append(np.zeros(n), 1.0), above, -bounds, whole, [total], bounds=(None, None), method="highs")
    if not solved.success:
        raise ValueError(f"the linear program of the core was not solved: {solved.message}")
    return solved.x[:-1], float(solved.x[-1])


def _climb(value: Worth, sets: np.ndarray) -> np.ndarray:
    """Sets that flipping the best single player, again and again, leads to from the given ones; neither empty nor whole."""
    n = sets.shape[1]
    kept = sets[sets.any(axis=1) & ~sets.all(axis=1)]
    best = value(kept)
    for _ in range(n):
        near = (kept[:, None] ^ np.eye(n, dtype=bool)).reshape(-1, n)
        values = np.where(near.any(axis=1) & ~near.all(axis=1), value(near), -np.inf).reshape(len(kept), n)
        place = values.argmax(axis=1)
        better = values.max(axis=1) > best
        if not better.any():
            break
        kept[better, place[better]] ^= True
        best = np.where(better, values.max(axis=1), best)
    return np.unique(kept, axis=0)
