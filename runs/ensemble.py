"""The compiled ensemble: many runs of one world, each a design point and a seed, over the same rules as Mesa's agents.

:func:`simulate` runs them one after the other without the interpreter's lock, so that threads share the work; nothing a
run leaves depends on which thread or chunk it was in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from abm import measures, parameters
from abm.compiled import rule
from abm.measures import all_defined, measure_all
from abm.options import first_coalition
from abm.parameters import set_parameter
from abm.schedule import step
from abm.submodels.start import start
from abm.world import World

#: What a varied quantity is: a parameter, the step of a dated event, or its size.
PARAMETER, EVENT_STEP, EVENT_VALUE = range(3)


@dataclass(frozen=True)
class Varied:
    """One quantity that differs between runs: ``kind``, and its place in the world (parameter and vendor row, or event)."""

    kind: int
    position: int
    row: int = -1

    @classmethod
    def parameter(cls, name: str, vendors: tuple[str, ...] = parameters.VENDORS) -> Varied:
        """A parameter by addressable name."""
        return cls(PARAMETER, *parameters.position(name, vendors))


@dataclass
class Results:
    """What R runs of T steps in a world of N nations left. Arrays that were not asked for have no rows.

    ``outcomes`` (R, M) measures at the last step; ``series`` (R, T+1, M) at every step, step 0 first; ``sources`` and
    ``serials`` (R, T+1, N) source and coalition of each nation; ``status`` (R,) 0, or the step in which a run failed.
    """

    seeds: np.ndarray
    status: np.ndarray
    outcomes: np.ndarray
    series: np.ndarray
    sources: np.ndarray
    serials: np.ndarray


@rule
def _set(world, kind, position, row, value):
    if kind == PARAMETER:
        set_parameter(world, position, row, value)
    elif kind == EVENT_STEP:
        world.event_step[position] = int(value)
    else:
        world.event_value[position] = value


@rule
def _keep(world, r, s, series, sources, serials):
    if series.shape[0] > 0:
        measure_all(world, series[r, s])
    if sources.shape[0] > 0:
        for i in range(world.n):
            sources[r, s, i] = world.source[i]
            k = world.source[i] - first_coalition(world)
            serials[r, s, i] = world.serial[k] if k >= 0 else 0


@rule
def _sound(world):
    total = 0.0
    for i in range(world.n):
        total += world.gdp[i] + world.compute[i] + world.trust_sum[i] + world.net_benefit[i]
    return math.isfinite(total)


@rule
def _go_on(world, steps, r, status, outcomes, series, sources, serials):
    """Take the world ``steps`` steps further, keeping what is asked for in row r."""
    status[r] = 0
    _keep(world, r, 0, series, sources, serials)
    for s in range(1, steps + 1):
        step(world)
        _keep(world, r, s, series, sources, serials)
        if status[r] == 0 and not _sound(world):
            status[r] = s
    measure_all(world, outcomes[r])
    if status[r] == 0 and not all_defined(world, outcomes[r]):
        status[r] = max(steps, 1)


@rule
def _simulate(world, steps, kinds, positions, rows, values, seeds, status, outcomes, series, sources, serials):
    for r in range(seeds.size):
        for f in range(kinds.size):
            _set(world, kinds[f], positions[f], rows[f], values[r, f])
        world.seed = seeds[r]
        start(world)
        _go_on(world, steps, r, status, outcomes, series, sources, serials)


def _blank(world: World, seeds: np.ndarray, steps: int, series: bool, choices: bool) -> Results:
    m, n = len(measures.columns(world.vendors)), int(world.record.n)
    return Results(
        seeds,
        np.zeros(len(seeds), np.int64),
        np.empty((len(seeds), m)),
        np.empty((len(seeds) if series else 0, steps + 1, m)),
        np.empty((len(seeds) if choices else 0, steps + 1, n), np.int8),
        np.empty((len(seeds) if choices else 0, steps + 1, n), np.int16),
    )


def simulate(
    world: World,
    steps: int,
    seeds: np.ndarray,
    varied: Sequence[Varied] = (),
    values: np.ndarray | None = None,
    series: bool = False,
    choices: bool = False,
) -> Results:
    """Run ``world`` for ``steps`` steps once per seed, with row r of ``values`` (R, len(varied)) set before run r.

    The world is used up as the workspace: give each thread a copy. Parameters that dated events change are set back
    before every run.
    """
    seeds = np.asarray(seeds, np.uint64)
    values = np.zeros((len(seeds), 0)) if values is None else np.asarray(values, float)
    varied, values = _with_event_parameters(world, list(varied), values)
    results = _blank(world, seeds, steps, series, choices)
    kinds, positions, rows = (
        np.array([getattr(v, field) for v in varied], np.int64) for field in ("kind", "position", "row")
    )
    _simulate(
        world.record, steps, kinds, positions, rows, values, seeds, results.status, results.outcomes, results.series,
        results.sources, results.serials,
    )
    return results


def stages(
    world: World, steps: Sequence[int], seed: int, varied: Sequence[Varied] = (), values: Sequence[float] = ()
) -> Iterator[World]:
    """One run again, as :func:`simulate` does it: its world at each of ``steps``, in rising order. ``world`` is left as it is."""
    world, seeds = world.copy(), np.array([seed], np.uint64)
    simulate(world, 0, seeds, varied, np.array([values], float))
    blank, done = _blank(world, seeds, 0, False, False), 0
    for step_number in steps:
        _go_on(
            world.record, step_number - done, 0, blank.status, blank.outcomes, blank.series, blank.sources, blank.serials
        )
        done = step_number
        yield world


def _with_event_parameters(world: World, varied: list[Varied], values: np.ndarray) -> tuple[list[Varied], np.ndarray]:
    """Add the parameters that events change, at their present values, unless they are varied anyway."""
    record = world.record
    if not (record.event_parameter[: record.events] >= 0).any():
        return varied, values
    before = world.parameters()
    named = {position: name for name in before for position in [parameters.position(name, world.vendors)]}
    added: list[Varied] = []
    for e in range(int(record.events)):
        position = (int(record.event_parameter[e]), int(record.event_target[e]))
        if position[0] >= 0 and Varied(PARAMETER, *position) not in varied + added:
            added.append(Varied(PARAMETER, *position))
    fixed = np.array([before[named[v.position, v.row]] for v in added], float)
    return varied + added, np.hstack([values, np.broadcast_to(fixed, (len(values), len(fixed)))])


def continue_runs(
    world: World, steps: int, seeds: np.ndarray, series: bool = False, choices: bool = False
) -> Results:
    """Take ``world`` as it stands ``steps`` steps further, once per seed: runs share its past, each has its own chance.

    Row 0 of ``series`` and ``choices`` is the world's present step. The world itself is left as it is.
    """
    seeds = np.asarray(seeds, np.uint64)
    results = _blank(world, seeds, steps, series, choices)
    for r, seed in enumerate(seeds):
        record = world.record.copy()
        record.seed = seed
        _go_on(
            record, steps, r, results.status, results.outcomes, results.series, results.sources, results.serials
        )
    return results
