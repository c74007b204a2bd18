"""Games in draws of parameters and of chance: the share of them in which a set is stable is its stability likelihood.

SL(S) = Pr[S internally and externally stable], by Monte Carlo. Source: [DellinkFinusOlieman2008].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from abm.world import World
from analysis.stability.model_game import ModelGame, before_politics, game_of
from runs.ensemble import Varied, simulate
from runs.sweep import processors


def worlds(scenario: Scenario, step: int, seeds: Sequence[int], draws: pd.DataFrame | None = None):
    """The world of each seed just before the politics of the step after ``step``; row r of ``draws`` holds its parameters."""
    names = [] if draws is None else [str(name) for name in draws]
    varied = [Varied.parameter(name, scenario.vendor_names) for name in names]
    base = scenario.world()
    for row, seed in enumerate(seeds):
        world = base.copy()
        values = np.zeros((1, 0)) if draws is None else draws.iloc[[row]].to_numpy(float)
        simulate(world, step, np.array([seed]), varied, values)
        yield before_politics(world)


def in_worlds(
    scenario: Scenario, step: int, seeds: Sequence[int], draws: pd.DataFrame | None, act: Callable[[World], object]
) -> list:
    """``act(world)`` of each of :func:`worlds`, in the order of the seeds, on all processors."""

    def part(block: np.ndarray) -> list:
        mine = None if draws is None else draws.iloc[block]
        return [act(world) for world in worlds(scenario, step, [int(seeds[row]) for row in block], mine)]

    blocks = np.array_split(np.arange(len(seeds)), max(1, min(len(seeds), 4 * processors())))
    with ThreadPoolExecutor(processors()) as pool:
        return [each for found in pool.map(part, blocks) for each in found]


def read(
    scenario: Scenario,
    step: int,
    players: Sequence[str],
    seeds: Sequence[int],
    draws: pd.DataFrame | None = None,
    sets: np.ndarray | None = None,
    tenure: float = 0.0,
    act: Callable[[ModelGame, World], object] = lambda game, world: game,
) -> list:
    """``act(game, world)`` of each seed's game among some nations, in the order of the seeds, on all processors."""
    return in_worlds(scenario, step, seeds, draws, lambda world: act(game_of(world, players, sets, tenure), world))
