"""Futures: the compiled ensemble taken from the present step to the end, and what is drawn of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from abm import measures, options
from abm.world import World
from analysis.page.presence import apart
from analysis.page.services import Services

REPLICATES = 200
STAGES = (20, 80, REPLICATES)  # replicates after which a fan is drawn: soon, then better
_SOON = 4e7  # pairs of nations times steps; a fan of fewer is whole so soon that nothing is drawn between its first and its last
_BUDGET = 1e9  # pairs of nations times steps that a fan may take: some seconds; large worlds get fewer replicates
_BATCH = 2e7  # the same of a batch, between two of which a fan can end: a few tenths of a second
_WORKERS = 2
_LULL, _LONGEST_LULL = 0.15, 1.0  # s
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
_SEEDS = 1 << 32  # futures take seeds that no run of the page has
_FANNED = ("gdp_coalition", "nations_coalition", "lag_coalition", "sovereignty", "net_benefit")


class Turns:
    """Batches under way, of all visitors together. The first runs of anybody's fan go before the rest of everybody else's."""

    def __init__(self, count: int):
        self._free, self._urgent, self._change = count, 0, threading.Condition()
        self._latest = 0.0  # when first runs were done last, on the clock of :func:`time.monotonic`

    @contextmanager
    def taken(self, urgent: bool):
        """Wait for a turn, and hold it."""
        with self._change:
            self._urgent += urgent
            self._change.wait_for(lambda: self._free > 0 and (urgent or self._urgent == 0))
            self._urgent -= urgent
            self._free -= 1
        try:
            yield
        finally:
            with self._change:
                self._free += 1
                if urgent:
                    self._latest = time.monotonic()
                self._change.notify_all()

    def lull(self, stale: Callable[[], bool]) -> None:
        """Wait until no first runs have been done for :data:`_LULL`, at most for :data:`_LONGEST_LULL`, or it is ``stale``. Where
        many visitors ask at once, the rest of one's fan would take the processors from what others have yet to be told."""
        end = time.monotonic() + _LONGEST_LULL
        while (left := min(self._latest + _LULL, end) - time.monotonic()) > 0 and not stale():
            time.sleep(min(left, 0.01))


_TURNS = Turns(_WORKERS)


@dataclass(frozen=True)
class Fan:
    """``runs`` of the ``planned`` replicates; ``dates`` (S,) from the present step on; ``quantiles`` (5, S) per measure at
    :data:`LEVELS`; ``means`` (S,) per measure; ``chance`` (S,) that a coalition stands; ``members`` per nation the share of
    runs that end with it in a coalition; ``ends`` (runs,) per measure its value at the last step, one run after the other, so
    that two fans of one ``kin`` pair run by run.
    """

    runs: int
    planned: int
    step: int
    dates: np.ndarray
    quantiles: dict[str, np.ndarray]
    means: dict[str, np.ndarray]
    chance: np.ndarray
    members: np.ndarray
    ends: dict[str, np.ndarray]
    kin: tuple


def kin_of(world: World, steps: int) -> tuple:
    """What the worlds of a fan and of a picture must have in common, or the one cannot be drawn in the other."""
    return world.vendors, world.iso3, world.date(0), world.date(steps)


def replicates(nations: int, steps: int) -> int:
    """Replicates of a fan over so many steps: as many as fit into the budget of one, at least two."""
    return int(min(max(_BUDGET // (nations**2 * steps), 2), REPLICATES))


def futures(world: World, steps: int, services: Services, stale: Callable[[], bool] = lambda: False) -> Iterator[Fan]:
    """Fans of futures of ``world``, drawn after few replicates and again after all; ends early once it is ``stale``."""
    left, nations = steps - int(world.record.step), int(world.record.n)
    if left <= 0:
        return
    planned = min(replicates(nations, left), services.most_futures)
    size = int(min(max(_BATCH // (nations**2 * left), 1), STAGES[0] // _WORKERS, max(services.most_futures // 8, 1)))
    parts: list = []

    def batch(seeds):
        if stale():
            return None
        # Own nations that cannot decide are told of by the run itself.
        with _TURNS.taken(urgent=seeds[0] < _SEEDS + STAGES[0]), suppress(ValueError):
            return services.continue_runs(world, left, seeds, True, True)
        return None

    with ThreadPoolExecutor(_WORKERS) as pool:
        stages = STAGES if nations**2 * left * planned > _SOON else (STAGES[0], planned)
        for first, end in pairwise((0, *sorted({min(stage, planned) for stage in stages}))):
            if first == STAGES[0]:
                _TURNS.lull(stale)
            with apart():
                parts += pool.map(batch, [_SEEDS + np.arange(k, min(k + size, end)) for k in range(first, end, size)])
            if any(part is None for part in parts):
                return
            yield _fan(world, parts, planned, steps)


def _fan(world: World, parts: list, planned: int, steps: int) -> Fan:
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
        members=options.in_coalition(ends, world.vendors).mean(0),
        ends=dict(zip(names, series[:, -1].T)),
        kin=kin_of(world, steps),
    )


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles over runs; NaN at steps where fewer than half of the runs have a value."""
    ranked, columns = np.sort(values, axis=0), np.arange(values.shape[1])  # values that are not finite come last
    known = np.isfinite(values).sum(0)
    position = np.multiply.outer(np.array(LEVELS), np.maximum(known - 1, 0))
    below = position.astype(int)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    low, high = ranked[below, columns], ranked[above, columns]
    return np.where(known >= 0.5 * len(values), low + (high - low) * (position - below), np.nan)
