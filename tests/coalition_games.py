"""Games for tests of coalition theory, and conditions that only these look at: known ones by their payoffs, the core exactly."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog

from analysis.stability.game import Game, every
from analysis.stability.stable import TIE


def of_payoffs(inside: np.ndarray, outside: np.ndarray) -> Game:
    """A game from (2^n, n) payoffs: ``inside[m, i]`` of a member of set m, ``outside[m, i]`` of an outsider while m stands.

    A leaver of S gets what an outsider of S without it gets, a joiner what a member of S with it gets.
    """
    sets, n = every(inside.shape[1]), inside.shape[1]
    masks, bits = np.arange(2**n)[:, None], 1 << np.arange(n)
    own = np.arange(n)
    return _plain(sets, inside[masks | bits, own], outside[masks & ~bits, own])


def by_size(inside: Callable[[int], float], outside: Callable[[int], float], n: int) -> Game:
    """A game of ``n`` players alike, a row per size k: ``inside(k)`` of a member, ``outside(k)`` beside a coalition of k."""
    sets = np.arange(n) < np.arange(n + 1)[:, None]
    within = np.array([inside(k) for k in range(1, n + 2)])
    beside = np.array([outside(k) for k in range(n + 1)])
    size = np.arange(n + 1)[:, None]
    member = np.where(sets, within[size - 1], within[np.minimum(size, n)])
    return _plain(sets, member, np.where(sets, beside[size - 1], beside[size]))


def _plain(sets: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> Game:
    n = sets.shape[1]
    return Game(tuple(f"P{i + 1}" for i in range(n)), sets, inside, outside, np.ones(n), np.ones_like(sets))


def sizes(game: Game, kept: np.ndarray) -> list[int]:
    """Sizes of the sets that ``kept`` marks, each once."""
    return sorted(set(game.size[kept].tolist()))


def blocked(game: Game, index: int, entry: np.ndarray | float = 0.0) -> np.ndarray:
    """(M,) sets each of whose members would rather found it than have the set at row ``index`` stand; a single: be alone.

    Members of the standing set have ``inside`` less ``entry``, outsiders ``outside``. Where none blocks, the set is in the core
    of the game without transfers. The first set of the game must be the empty one.
    """
    has = np.where(game.sets[index], game.inside[index] - entry, game.outside[index])
    gets = np.where((game.size > 1)[:, None], game.inside - entry, game.outside[0])
    return ((gets > has + TIE) | ~game.sets).all(axis=1) & (game.size > 0)


def least_excess(worth: np.ndarray) -> float:
    """The least core's smallest e with x(N) = v(N) and x(T) >= v(T) - e for every set T, from (2^n,) worths; above 0 the core is
    empty. Source: [MaschlerPelegShapley1979]; checks of coalitions against the core [VernonBidoCollins2021]."""
    n = len(worth).bit_length() - 1
    sets = every(n)[1:-1].astype(float)
    return linprog(np.append(np.zeros(n), 1), np.hstack([-sets, -np.ones((len(sets), 1))]), -worth[1:-1],
                   np.append(np.ones(n), 0)[None], worth[-1:], bounds=(None, None)).x[-1]


def inside_core(worth: np.ndarray, shares: np.ndarray, tolerance: float) -> bool:
    """Whether a division of all that is made, (2^n,) worths' last, is in the core."""
    slack = tolerance * max(np.abs(worth).max(), 1e-300)
    return bool((every(len(shares)) @ shares >= worth - slack).all() and abs(shares.sum() - worth[-1]) <= slack)
