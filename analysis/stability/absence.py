"""Runs with and without one nation, paired draw by draw.

The nation takes the last row of the world. Without it the world has a row less, and all other rows keep their place and with it
their draws: the two differ by its absence alone. Dated compute that would have been its part is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd

from abm import options
from abm.scenario import Scenario
from abm.world import World, build
from runs.ensemble import Varied, simulate
from runs.sweep import processors

FOUNDED, STANDING, WELFARE = range(3)  # columns of what is read of a run


def last(scenario: Scenario, iso3: str) -> World:
    """The scenario's world with a nation in the last row."""
    table, content = scenario.nations(), scenario.content
    order = [*table.index.drop(iso3), iso3]
    return build(table.loc[order], scenario.vendors, content.parameters, scenario.events(), content.start, content.step_years)


def without_last(world: World) -> World:
    """A copy whose last row is not there."""
    found = world.copy()
    found.record.n -= 1
    return replace(found, iso3=found.iso3[:-1], names=found.names[:-1])


def with_and_without(
    scenario: Scenario, iso3: str, seeds: Sequence[int], draws: pd.DataFrame | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(R, 3) of each: year of the first founding (NaN: none), and, of all others at the end, the share of their GDP that is in
    coalitions and their AI benefit net of costs [bn US$ a year].
    """
    full = last(scenario, iso3)
    others = len(full.iso3) - 1
    return _runs(scenario, full, others, seeds, draws), _runs(scenario, without_last(full), others, seeds, draws)


def _runs(scenario: Scenario, base: World, others: int, seeds: Sequence[int], draws: pd.DataFrame | None) -> np.ndarray:
    varied = [] if draws is None else [Varied.parameter(str(name), scenario.vendor_names) for name in draws]

    def one(row: int) -> tuple[float, float, float]:
        world = base.copy()
        values = np.zeros((1, 0)) if draws is None else draws.iloc[[row]].to_numpy(float)
        simulate(world, scenario.content.steps, np.array([seeds[row]]), varied, values)
        return _read(world, others)

    with ThreadPoolExecutor(processors()) as pool:
        return np.array(list(pool.map(one, range(len(seeds)))))


def _read(world: World, others: int) -> tuple[float, float, float]:
    record = world.record
    gdp, member = record.gdp[:others], options.in_coalition(record.source[:others], world.vendors)
    return float(record.first_founding), float(gdp[member].sum() / gdp.sum()), float(record.net_benefit[:others] @ gdp)
