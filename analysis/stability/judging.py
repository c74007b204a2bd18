"""Many sets judged in many worlds at once: in what share of the draws each is stable, how far behind, at what cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from abm.world import World
from analysis.stability import stable
from analysis.stability.model_game import ModelGame, game_of
from runs.sweep import processors

#: What has to hold of a set: nobody gains by leaving; nor by joining; or nobody would by leaving, after transfers.
CONDITIONS: dict[str, Callable[[ModelGame], np.ndarray]] = {
    "internal": stable.internal,
    "both": stable.stable,
    "potential": stable.potential,
}


@dataclass(frozen=True)
class Judged:
    """(D, M) of each set in each draw: whether it ``holds`` and would be ``founded``, ``lag`` [months], ``cost`` [bn
    US$/yr]."""

    holds: np.ndarray
    founded: np.ndarray
    lag: np.ndarray
    cost: np.ndarray

    @property
    def likelihood(self) -> np.ndarray:
        """(M,) stability likelihood."""
        return self.holds.mean(axis=0)

    @property
    def behind(self) -> np.ndarray:
        """(M,) median lag [months]."""
        return np.median(self.lag, axis=0)

    def among(self, draws: np.ndarray) -> Judged:
        """The same over some of the draws."""
        return Judged(self.holds[draws], self.founded[draws], self.lag[draws], self.cost[draws])


def judge(worlds: Sequence[World], sets: np.ndarray, tenure: float, condition: str) -> Judged:
    """(M, n) sets of all nations, judged in worlds just before politics; rows of ``sets`` hold two members or more."""
    holds = CONDITIONS[condition]

    def one(world: World):
        game = game_of(world, world.iso3, sets, tenure, outsiders=condition == "both")
        return holds(game), stable.foundable(game, game.status_quo, game.entry), game.lag, game.cost

    with ThreadPoolExecutor(processors()) as pool:
        return Judged(*(np.array(part) for part in zip(*pool.map(one, worlds), strict=True)))
