"""Which sets are stable: nobody gains by leaving, nobody gains by joining and is let in, or nobody would with transfers.

Source: [dAspremont1983], [Barrett1994], [CarraroSiniscalco1993]; potential stability [EyckmansFinus2009].
"""

from __future__ import annotations

import numpy as np

from analysis.stability.game import Game

TIE = 1e-12  # payoffs nearer than this are equal


def internal(game: Game) -> np.ndarray:
    """(M,) u_i(S) >= o_i(S \\ i) for every member; sets below two are no coalition and never stable."""
    stays = game.inside >= game.outside - TIE
    return (stays | ~game.sets).all(axis=1) & (game.size > 1)


def external(game: Game) -> np.ndarray:
    """(M,) no outsider that S would let in gains by joining: u_j(S) >= u_j(S + j)."""
    joins = (game.inside > game.outside + TIE) & game.admitted & ~game.sets
    return ~joins.any(axis=1)


def stable(game: Game) -> np.ndarray:
    """(M,) internally and externally."""
    return internal(game) & external(game)


def potential(game: Game) -> np.ndarray:
    """(M,) sum of u_i(S) >= sum of o_i(S \\ i), weighted: some transfers make the set internally stable."""
    return (spare(game) >= -TIE * game.weight.sum()) & (game.size > 1)


def spare(game: Game) -> np.ndarray:
    """(M,) what members get over their claims, sum of weight (u_i(S) - o_i(S \\ i))."""
    return np.where(game.sets, game.weight * (game.inside - game.outside), 0.0).sum(axis=1)


def foundable(game: Game, status_quo: np.ndarray, entry: np.ndarray | float) -> np.ndarray:
    """(M,) every member gains by founding the set on its status quo, moving costs counted."""
    gains = game.inside - entry > status_quo
    return (gains | ~game.sets).all(axis=1) & (game.size > 1)
