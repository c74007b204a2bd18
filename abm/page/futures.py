"""Futures: the compiled ensemble taken from the present step to the end, and what is drawn of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from abm import measures, options
from abm.page.services import Services
from abm.world import World

REPLICATES = 200
FIRST = 40  # replicates after which a fan is drawn for the first time
_BUDGET = 1e9  # pairs of nations times steps that a fan may take: some seconds; large worlds get fewer replicates
_BATCH = 2e7  # the same of a batch, between two of which a fan can end: a few tenths of a second
_WORKERS = 2
_TURNS = threading.BoundedSemaphore(_WORKERS)  # batches under way, of all visitors together
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
_SEEDS = 1 << 32  # futures take seeds that no run of the page has
_FANNED = ("gdp_coalition", "nations_coalition", "lag_coalition", "sovereignty", "net_benefit")


@dataclass(frozen=True)
class Fan:
    """``runs`` of the ``planned`` replicates; ``dates`` (S,) from the present step on; ``quantiles`` (5, S) per measure at
    :data:`LEVELS`; ``means`` (S,) per measure; ``chance`` (S,) that a coalition stands; ``members`` per nation the share of
    runs that end with it in a coalition.
    """

    runs: int
    planned: int
    step: int
    dates: np.ndarray
    quantiles: dict[str, np.ndarray]
    means: dict[str, np.ndarray]
    chance: np.ndarray
    members: np.ndarray


def replicates(nations: int, steps: int) -> int:
    """Replicates of a fan over so many steps: as many as fit into the budget of one, at least two."""
    return int(min(max(_BUDGET // (nations**2 * steps), 2), REPLICATES))


def futures(world: World, steps: int, services: Services, stale: Callable[[], bool] = lambda: False) -> Iterator[Fan]:
    """Fans of futures of ``world``, drawn after few replicates and again after all; ends early once it is ``stale``."""
    left, nations = steps - int(world.record.step), int(world.record.n)
    if left <= 0:
        return
    planned = min(replicates(nations, left), services.most_futures)
    size = int(min(max(_BATCH // (nations**2 * left), 1), FIRST // _WORKERS, max(services.most_futures // 8, 1)))
    parts: list = []

    def batch(seeds):
        if stale():
            return None
        with _TURNS, suppress(ValueError):  # own nations that cannot decide; the run itself says so
            return services.continue_runs(world, left, seeds, True, True)
        return None

    with ThreadPoolExecutor(_WORKERS) as pool:
        for first, end in ((0, min(FIRST, planned)), (FIRST, planned)):
            if first < end:
                parts += pool.map(batch, [_SEEDS + np.arange(k, min(k + size, end)) for k in range(first, end, size)])
                if any(part is None for part in parts):
                    return
                yield _fan(world, parts, planned)


def _fan(world: World, parts: list, planned: int) -> Fan:
    series = np.concatenate([part.series for part in parts])
    ends = np.concatenate([part.sources[:, -1] for part in parts])
    names = list(measures.columns(world.vendors))
    shown = {name: series[:, :, names.index(name)] for name in _FANNED}
    option_means = [f"{weight}_{option}" for weight in ("nations", "gdp") for option in options.names(world.vendors)]
    step = int(world.record.step)
    return Fan(
        runs=len(series),
        planned=planned,
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
