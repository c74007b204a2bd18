"""Almost-ideal sharing: every member gets its claim, what it could get by leaving, and a part of what is left over.

share_i = o_i(S \\ i) + w_i (sum of u - sum of o), w > 0, sum of w = 1: where what is left over is not negative no member gains
by leaving, whatever the weights; so no key stabilises a set that these shares do not. Source: [EyckmansFinus2009].
"""

from __future__ import annotations

import numpy as np

from analysis.stability.game import Game


def almost_ideal(game: Game, place: int, parts: np.ndarray | None = None) -> np.ndarray:
    """(n,) transferable shares of the set at row ``place``, NaN for outsiders; ``parts`` (n,) default to the game's weights."""
    member = game.sets[place]
    parts = game.weight if parts is None else np.asarray(parts, float)
    if not (parts[member] > 0).all():
        raise ValueError("every member's part of what is left over must be above 0")
    claim, made = game.weight * game.outside[place], game.weight * game.inside[place]
    left = (made - claim)[member].sum()
    return np.where(member, claim + parts / parts[member].sum() * left, np.nan)


def transfers(game: Game, place: int, parts: np.ndarray | None = None) -> np.ndarray:
    """(n,) what each member receives (below 0: pays) so that it ends up with its almost-ideal share; they sum to nought."""
    return almost_ideal(game, place, parts) - game.weight * game.inside[place]
