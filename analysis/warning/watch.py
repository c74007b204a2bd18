"""Every coalition of a run watched step by step: size, cohesion, notices given, how its members trust each other and others.

The ensemble's series holds the world's measures. What happens within one coalition is read off the world itself, which is run
again from its start to each step: the rules are compiled, and this way nothing of the model is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from abm import options
from abm.compiled import rule
from abm.options import first_coalition
from abm.outcomes import network
from abm.scenario import Scenario
from abm.world import World
from runs.ensemble import simulate
from runs.sweep import processors

#: What is read of each coalition, and of the world around it.
WITHIN = ("serial", "members", "cohesion", "weakest", "embedding", "notice")
AROUND = ("tension", "modularity", "trust", "density")


@dataclass(frozen=True)
class Watched:
    """``within`` (R, T+1, K, len(WITHIN)), NaN where a slot is free; ``around`` (R, T+1, len(AROUND)); ``serial`` (R, T+1, N)
    each nation's coalition, 0 outside; ``gdp`` (R, T+1, N) [bn US$]; a step lasts ``dt`` years. Rows are runs.
    """

    within: np.ndarray
    around: np.ndarray
    serial: np.ndarray
    gdp: np.ndarray
    dt: float


def watch(
    scenario: Scenario,
    seeds: np.ndarray,
    draws: pd.DataFrame | None = None,
    progress: Callable[[int], object] = lambda runs: None,
) -> Watched:
    """Run the scenario once per seed; ``draws`` has a row of parameters per seed, or is None."""
    world, steps = scenario.world(), scenario.content.steps

    def one(row: int):
        base = world.copy()
        if draws is not None:
            base.set({str(name): float(value) for name, value in draws.iloc[row].items()})
        found = [look(at(base, step, int(seeds[row]))) for step in range(steps + 1)]
        progress(1)
        return [np.array(part) for part in zip(*found, strict=True)]

    with ThreadPoolExecutor(processors()) as pool:
        runs = list(pool.map(one, range(len(seeds))))
    within, around, serial, gdp = (np.array(part) for part in zip(*runs, strict=True))
    return Watched(within, around, serial, gdp, scenario.content.step_years)


def at(base: World, step: int, seed: int) -> World:
    """The world of a run at a step; ``base`` is left as it is."""
    world = base.copy()
    simulate(world, step, np.array([seed]))
    return world


def look(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What is read of a world as it stands: a row each of :class:`Watched`."""
    within, around = np.full((options.COALITIONS, len(WITHIN)), np.nan), np.empty(len(AROUND))
    n = int(world.record.n)
    serial, gdp = np.zeros(n, np.int32), np.empty(n)
    _look(world.record, within, around, serial, gdp)
    return within, around, serial, gdp


@rule
def _look(world, within, around, serial, gdp):
    for i in range(world.n):
        k = world.source[i] - first_coalition(world)
        serial[i] = world.serial[k] if k >= 0 else 0
        gdp[i] = world.gdp[i]
    for k in range(world.members.size):
        if world.members[k] > 1:
            _coalition(world, k, within[k])
    around[0], around[1] = world.tension, network.modularity(world)
    around[2], around[3] = network.trust(world), network.density(world)


@rule
def _coalition(world, k, out):
    """Members, mean trust between them, the least that one of them has in the others, that less their trust in outsiders, and
    the share that has given notice."""
    source, size = first_coalition(world) + k, world.members[k]
    inside = outside = 0.0
    weakest, notice = 1.0, 0
    for i in range(world.n):
        if world.source[i] == source:
            bond = 0.0
            for j in range(world.n):
                if world.source[j] == source and j != i:
                    bond += world.trust[i, j]
            inside += bond
            outside += world.trust_sum[i] - bond
            weakest = min(weakest, bond / (size - 1))
            notice += world.notice_left[i] >= 0.0
    apart = world.n - size
    out[0], out[1] = world.serial[k], size
    out[2] = inside / (size * (size - 1))
    out[3] = weakest
    out[4] = out[2] - outside / (size * apart) if apart > 0 else 0.0
    out[5] = notice / size
