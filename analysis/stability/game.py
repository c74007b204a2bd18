"""A game of one coalition: what every player gets inside and outside it, for some or all sets of players.

``inside[S, i]`` is what player i gets as a member: of S where it is one, else of S with i in it. ``outside[S, i]`` is the best
it gets otherwise: having left S where it is a member, else with S standing. So every condition of stability compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MOST = 20  # players whose 2^n sets can all be looked at


@dataclass(frozen=True)
class Game:
    """``sets`` (M, n) bool, a row per set; ``inside`` and ``outside`` (M, n) payoffs; ``weight`` (n,) turns a player's payoff
    into what can be transferred; ``admitted`` (M, n): whether S would let the outsider in (members: True).
    """

    players: tuple[str, ...]
    sets: np.ndarray
    inside: np.ndarray
    outside: np.ndarray
    weight: np.ndarray
    admitted: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """(M,) members of each set."""
        return self.sets.sum(axis=1)

    def place(self, members: Sequence[str]) -> int:
        """The row of a set. Errors: ValueError where the game does not hold it."""
        rows = np.flatnonzero((self.sets == np.isin(self.players, list(members))).all(axis=1))
        if not len(rows) or not set(members) <= set(self.players):
            raise ValueError(f"{', '.join(members)}: no such set in this game")
        return int(rows[0])


def every(n: int) -> np.ndarray:
    """(2^n, n) all sets; row m is the set of the bits of m. Errors: ValueError for more than :data:`MOST` players."""
    if n > MOST:
        raise ValueError(f"{n} players have too many sets to list; at most {MOST}")
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)


def of_payoffs(inside: np.ndarray, outside: np.ndarray, players: Sequence[str] = ()) -> Game:
    """A game from (2^n, n) payoffs: ``inside[m, i]`` of a member of set m, ``outside[m, i]`` of an outsider while m stands.

    A leaver of S gets what an outsider of S without it gets, a joiner what a member of S with it gets.
    """
    sets, n = every(inside.shape[1]), inside.shape[1]
    masks, bits = np.arange(2**n)[:, None], 1 << np.arange(n)
    own = np.arange(n)
    return _plain(players, sets, inside[masks | bits, own], outside[masks & ~bits, own])


def by_size(inside: Callable[[int], float], outside: Callable[[int], float], n: int) -> Game:
    """A game of ``n`` players alike, a row per size k: ``inside(k)`` of a member, ``outside(k)`` beside a coalition of k."""
    sets = np.arange(n) < np.arange(n + 1)[:, None]
    within = np.array([inside(k) for k in range(1, n + 2)])
    beside = np.array([outside(k) for k in range(n + 1)])
    size = np.arange(n + 1)[:, None]
    member = np.where(sets, within[size - 1], within[np.minimum(size, n)])
    return _plain((), sets, member, np.where(sets, beside[size - 1], beside[size]))


def _plain(players: Sequence[str], sets: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> Game:
    n = sets.shape[1]
    names = tuple(players) or tuple(f"P{i + 1}" for i in range(n))
    return Game(names, sets, inside, outside, np.ones(n), np.ones_like(sets))


def surplus(game: Game, cost_of_entry: np.ndarray | float = 0.0) -> np.ndarray:
    """(M,) what a set gains by pooling over everybody alone, transferable: sum of weight (inside - entry - alone).

    The first row of the game must be the empty set, whose ``outside`` is what everybody gets alone.
    """
    if game.sets[0].any():
        raise ValueError("the first set of the game must be the empty one")
    gain = game.weight * (game.inside - cost_of_entry - game.outside[0])
    return np.where(game.size > 1, np.where(game.sets, gain, 0.0).sum(axis=1), 0.0)


def voluntary(worth: np.ndarray) -> np.ndarray:
    """(2^n,) the most that any part of each set can make: members may stay apart, each by itself worth nothing.

    v'(S) = max over T in S of v(T), for a characteristic function whose singles are worth 0.
    """
    best = worth.copy()
    for i in range(len(worth).bit_length() - 1):
        halves = best.reshape(-1, 2, 1 << i)
        np.maximum(halves[:, 1], halves[:, 0], out=halves[:, 1])
    return best
