"""A game of one coalition: what every player gets inside and outside it, for some or all sets of players.

``inside[S, i]`` is what player i gets as a member: of S where it is one, else of S with i in it. ``outside[S, i]`` is the best
it gets otherwise: having left S where it is a member, else with S standing. So every condition of stability compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
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

    def index(self, members: Sequence[str]) -> int:
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
