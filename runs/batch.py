"""Experiments in memory: the same replicates under several arms (scenarios) or at several points, on all processors.

Arms and points share their seeds (common random numbers), so that a difference between two of them is a difference
replicate by replicate. For what has to be kept on disk, or resumed, use a sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pandas as pd

from abm import measures
from abm.scenario import Scenario
from abm.world import World
from runs.ensemble import Results, Varied, simulate
from runs.factor import Factor, check_name
from runs.resources import check_memory
from runs.sweep import processors

BLOCK = 64  # runs that a thread takes at a time
Progress = Callable[[int], object]
Job = tuple[World, int, np.ndarray, list[Varied], np.ndarray]  # world, steps, and of R runs the seeds, what varies, and (R, F)


def run_arms(
    arms: Sequence[Scenario],
    replicates: int,
    seed: int = 0,
    draws: pd.DataFrame | None = None,
    series: bool = False,
    choices: bool = False,
    progress: Progress = lambda runs: None,
) -> list[Results]:
    """Run every arm with seeds ``seed`` to ``seed + replicates - 1``; one Results of R rows per arm.

    ``draws`` has a row per replicate and a column per parameter: replicate r of every arm runs with row r (uncertainty that
    the arms share). A parameter that an arm sets itself away from the first arm keeps the arm's value.
    """
    check_memory(arms[0], len(arms) * replicates, series, choices)
    seeds = np.arange(seed, seed + replicates, dtype=np.uint64)
    jobs = [job for arm in arms for job in _jobs(arm, seeds, _free(arm, arms[0], draws))]
    done = _all(jobs, series, choices, progress)
    blocks = -(-replicates // BLOCK)
    return [_joined(done[a * blocks : (a + 1) * blocks]) for a in range(len(arms))]


def run_points(
    scenario: Scenario,
    points: pd.DataFrame,
    replicates: int = 1,
    seed: int = 0,
    draws: pd.DataFrame | None = None,
    series: bool = False,
    choices: bool = False,
    progress: Progress = lambda runs: None,
) -> Results:
    """Run every point (a row, a column per factor) with the same seeds; Results of P * R rows, points outermost.

    ``draws`` is as in :func:`run_arms`; a factor of the points overrides it. Errors: ValueError for an unknown factor.
    """
    check_memory(scenario, len(points) * replicates, series, choices)
    table = points.loc[points.index.repeat(replicates)].reset_index(drop=True)
    if draws is not None:
        shared = draws.iloc[:replicates].drop(columns=points.columns, errors="ignore")
        table = pd.concat([table, pd.concat([shared] * len(points), ignore_index=True)], axis=1)
    seeds = np.tile(np.arange(seed, seed + replicates, dtype=np.uint64), len(points))
    return _joined(_all(_jobs(scenario, seeds, table), series, choices, progress))


def _free(arm: Scenario, first: Scenario, draws: pd.DataFrame | None) -> pd.DataFrame | None:
    """The draws of the parameters that the arm does not itself change against the first arm."""
    if draws is None:
        return None
    mine, theirs = arm.content.parameters, first.content.parameters
    return draws.drop(columns=[name for name in map(str, draws) if mine.get(name) != theirs.get(name)])


def _jobs(scenario: Scenario, seeds: np.ndarray, table: pd.DataFrame | None) -> list[Job]:
    """The runs of a scenario in blocks. World and design are made once: for each block they took as long as its runs."""
    world, factors = scenario.world(), [] if table is None else [Factor(str(name)) for name in table]
    for factor in factors:
        check_name(factor.name, scenario)
    varied = [each for factor in factors if (each := factor.varied(scenario)) is not None]
    columns = [factor.numbers(table[factor.name].to_numpy(float), scenario) for factor in factors]  # type: ignore[index]
    values = np.column_stack(columns) if columns else np.empty((len(seeds), 0))
    starts = range(0, len(seeds), BLOCK)
    return [(world, scenario.content.steps, seeds[b : b + BLOCK], varied, values[b : b + BLOCK]) for b in starts]


def _all(jobs: Sequence[Job], series: bool, choices: bool, progress: Progress) -> list[Results]:
    def run(job: Job) -> Results:
        world, steps, seeds, varied, values = job
        done = simulate(world.copy(), steps, seeds, varied, values, series, choices)
        progress(len(seeds))
        return done

    with ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(run, jobs))


def _joined(parts: Sequence[Results]) -> Results:
    return Results(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Results)))


def columns_of(scenario: Scenario) -> dict[str, int]:
    """Place of each measure in the columns of outcomes and series."""
    return {name: index for index, name in enumerate(measures.columns(scenario.vendor_names))}
