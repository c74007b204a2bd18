"""Farsighted coalitions: players who weigh where a move leads in the end, not only what it brings at once.

States are sets. In each period one player is drawn. It may leave its coalition, ask to join the standing one, or, where none
stands, propose one; those concerned (the joining player and the members, or all the founders) must not lose. Everybody values
a state by V_i(x) = (1 - d) u_i(x) + d sum over y of P(x, y) V_i(y), and moves to where its own V is highest, if that is a gain.

Source: [KonishiRay2003]; computed as in [HeyenLehtomaa2021]: moves given values, values by solving (I - d P) V = (1 - d) u.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stability.game import Game

MOST = 8  # players
ROUNDS, PURE = 400, 40  # rounds in all, and those in which the best moves replace the ones before
SETTLED = 1e-2
TIE = 1e-12


@dataclass(frozen=True)
class Process:
    """``chances`` (M, M) of moving from set to set, rows sum to one; ``values`` (M, n); ``regret``: the most, as a share of the
    spread of values, that a player in some state would gain on its moves by the best one agreed to; nought in equilibrium.
    """

    chances: np.ndarray
    values: np.ndarray
    regret: float

    @property
    def settled(self) -> bool:
        """Whether moves and values agree."""
        return self.regret <= SETTLED

    @property
    def absorbing(self) -> np.ndarray:
        """(M,) sets that are never left."""
        return np.isclose(np.diag(self.chances), 1.0)

    def ends(self, start: int = 0) -> np.ndarray:
        """(M,) long-run share of time in each set from a start."""
        lazy = (self.chances + np.eye(len(self.chances))) / 2  # the same shares without periods
        return np.linalg.matrix_power(lazy, 1 << 20)[start]


def values(chances: np.ndarray, payoffs: np.ndarray, patience: float) -> np.ndarray:
    """(M, n) values: the solution of (I - d P) V = (1 - d) u."""
    return np.linalg.solve(np.eye(len(chances)) - patience * chances, (1 - patience) * payoffs)


def payoffs_of(game: Game) -> np.ndarray:
    """(M, n) what each player gets in each state: members inside, all others outside; nobody is in a set of one."""
    member = game.sets & (game.size > 1)[:, None]
    return np.where(member, game.inside, game.outside)


def process(payoffs: np.ndarray, patience: float = 0.9, exclusive: bool = True) -> Process:
    """The process that (2^n, n) payoffs lead to. ``exclusive``: the members must agree to whoever joins.

    Where best moves and values never agree on one pure rule, moves are averaged over rounds (fictitious play), which is where
    mixed rules lie; ``regret`` says how far from an equilibrium that still is. Errors: ValueError for more than :data:`MOST`
    players, whose states cannot all be looked at, or patience outside [0, 1).
    """
    n = payoffs.shape[1]
    if n > MOST:
        raise ValueError(f"{n} players; farsighted coalitions are worked out for at most {MOST}")
    if not 0 <= patience < 1:
        raise ValueError(f"patience {patience}: must lie in 0 to below 1")
    moves = np.broadcast_to(np.eye(len(payoffs)), (n, len(payoffs), len(payoffs))).copy()
    for round_ in range(ROUNDS):
        worth = values(moves.mean(axis=0), payoffs, patience)
        best = _moves(worth, n, exclusive)
        regret = _regret(best, moves, worth)
        if regret <= SETTLED / 10:
            break
        moves += (best - moves) / (1 if round_ < PURE else round_ - PURE + 2)
    return Process(moves.mean(axis=0), worth, regret)


def _regret(best: np.ndarray, moves: np.ndarray, worth: np.ndarray) -> float:
    """The largest gain of a best move over the moves made, as a share of the spread of values."""
    gains = np.einsum("ixy,yi->ix", best - moves, worth)
    return float(gains.max() / max(np.ptp(worth), TIE))


def _moves(worth: np.ndarray, n: int, exclusive: bool) -> np.ndarray:
    """(n, M, M) the best agreed move of each player, were it drawn."""
    found = np.zeros((n, len(worth), len(worth)))
    for state in range(len(worth)):
        for i in range(n):
            found[i, state, _move(worth, state, i, n, exclusive)] = 1.0
    return found


def _move(worth: np.ndarray, state: int, i: int, n: int, exclusive: bool) -> int:
    """Where player i takes a state: the agreed move it values most, or nowhere."""
    targets = _open(state, i, n)
    gains = worth[targets] - worth[state]
    agreed = ((gains >= -TIE) | ~_concerned(state, targets, i, n, exclusive)).all(axis=1)
    gain = np.where(agreed, gains[:, i], 0.0)
    return int(targets[gain.argmax()]) if gain.max() > TIE else state


def _open(state: int, i: int, n: int) -> np.ndarray:
    """States that player i can bring about; a set of one is no coalition."""
    bit = 1 << i
    if state & (state - 1) == 0:
        targets = np.arange(1 << n)
        return targets[(targets & bit > 0) & (targets & (targets - 1) > 0)]
    left = state & ~bit
    return np.array([(left if left & (left - 1) else 0) if state & bit else state | bit])


def _concerned(state: int, targets: np.ndarray, i: int, n: int, exclusive: bool) -> np.ndarray:
    """(T, n) players who must not lose: the mover alone if it leaves, else all members to be."""
    mover = np.arange(n) == i
    standing = state & (state - 1) > 0
    if standing and (state >> i & 1 or not exclusive):
        return np.broadcast_to(mover, (len(targets), n))
    return (targets[:, None] >> np.arange(n) & 1).astype(bool)
