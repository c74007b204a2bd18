"""Futures: the compiled ensemble taken from the present step to the end, and what is drawn of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from abm import measures, options
from abm.page.services import Services
from abm.world import World

REPLICATES = 200
FIRST = 40  # replicates after which a fan is drawn for the first time
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
_SEEDS = 1 << 32  # futures take seeds that no run of the page has
_FANNED = ("gdp_coalition", "nations_coalition", "lag_coalition", "sovereignty", "net_benefit")


@dataclass(frozen=True)
class Fan:
    """``dates`` (S,) from the present step on; ``quantiles`` (5, S) per measure at :data:`LEVELS`; ``means`` (S,) per measure;
    ``chance`` (S,) that a coalition stands; ``members`` per nation the share of runs that end with it in a coalition.
    """

    runs: int
    step: int
    dates: np.ndarray
    quantiles: dict[str, np.ndarray]
    means: dict[str, np.ndarray]
    chance: np.ndarray
    members: np.ndarray


def futures(world: World, steps: int, services: Services, stale: Callable[[], bool] = lambda: False) -> Iterator[Fan]:
    """Fans of futures of ``world``, drawn after few replicates and again after all; ends early once it is ``stale``."""
    left = steps - int(world.record.step)
    parts: list = []
    with ThreadPoolExecutor(2) as pool:
        for first, count in ((0, FIRST), (FIRST, REPLICATES - FIRST)):
            if stale() or left <= 0:
                return
            seeds = np.arange(_SEEDS + first, _SEEDS + first + count)
            parts += pool.map(lambda part: services.continue_runs(world, left, part, True, True), np.array_split(seeds, 2))
            yield _fan(world, parts)


def _fan(world: World, parts: list) -> Fan:
    series = np.concatenate([part.series for part in parts])
    ends = np.concatenate([part.sources[:, -1] for part in parts])
    names = list(measures.columns(world.vendors))
    shown = {name: series[:, :, names.index(name)] for name in _FANNED}
    option_means = [f"{weight}_{option}" for weight in ("nations", "gdp") for option in options.names(world.vendors)]
    step = int(world.record.step)
    return Fan(
        runs=len(series),
        step=step,
        dates=np.array([world.date(step + s) for s in range(series.shape[1])]),
        quantiles={name: _quantiles(values) for name, values in shown.items()},
        means={name: series[:, :, names.index(name)].mean(0) for name in option_means},
        chance=(series[:, :, names.index("coalitions")] > 0).mean(0),
        members=(ends >= len(world.vendors) + 2).mean(0),
    )


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles over runs; NaN at steps where fewer than half of the runs have a value."""
    out = np.full((len(LEVELS), values.shape[1]), np.nan)
    enough = np.isfinite(values).mean(0) >= 0.5
    if enough.any():
        out[:, enough] = np.nanquantile(values[:, enough], LEVELS, axis=0)
    return out
