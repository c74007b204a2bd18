"""Waves of joining: do nations enter coalitions one at a time, or in bursts?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.methods.statistics import Estimate, mean
from analysis.networks.panel import Panel

RARE = 0.01  # a step is a burst where so many entries or more would come with less chance than this
LEAST = 3  # entries that make a burst


def entries(panel: Panel) -> np.ndarray:
    """(R, T) nations that are in a coalition at a step and were in none the step before; steps 1 to T."""
    return (panel.inside[:, 1:] & ~panel.inside[:, :-1]).sum(axis=2)


def expected(panel: Panel) -> np.ndarray:
    """(R, T) entries if the run's nations outside entered independently, all at the run's mean rate."""
    outside = (~panel.inside[:, :-1]).sum(axis=2)
    total = outside.sum(axis=1, keepdims=True)
    return outside * entries(panel).sum(axis=1, keepdims=True) / np.maximum(total, 1)


def dispersion(count: np.ndarray, mean_count: np.ndarray) -> np.ndarray:
    """(R,) index of dispersion of (R, T) counts about their means: 1 for independent entries, above for bursts.

    sum over steps of (x - m)^2 / m, divided by their number less one. NaN in a run without entries.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(mean_count > 0, (count - mean_count) ** 2 / mean_count, 0)
        steps = (mean_count > 0).sum(axis=1)
        return np.where(steps > 1, terms.sum(axis=1) / (steps - 1), np.nan)


def bursts(count: np.ndarray, mean_count: np.ndarray) -> np.ndarray:
    """Whether each step brings more entries than chance has it: at least :data:`LEAST`, Poisson tail below :data:`RARE`."""
    return (count >= LEAST) & (stats.poisson.sf(count - 1, mean_count) < RARE)


def waves(panel: Panel) -> pd.DataFrame:
    """A row per wave, bursts in neighbouring steps taken together: ``run``, ``start`` and ``end`` (dates of the first and last
    step), ``entered``, ``expected`` [nations] and ``share`` of all entries of its run."""
    count, usual = entries(panel), expected(panel)
    rows = [row for run in range(panel.count) for row in _of(panel, run, count[run], usual[run])]
    return pd.DataFrame(rows, columns=["run", "start", "end", "entered", "expected", "share"])


def _of(panel: Panel, run: int, count: np.ndarray, usual: np.ndarray):
    marked = np.flatnonzero(bursts(count, usual))
    for group in np.split(marked, np.flatnonzero(np.diff(marked) > 1) + 1) if len(marked) else ():
        steps = slice(group[0], group[-1] + 1)
        dates = panel.date(np.array([group[0], group[-1]]) + 1)
        entered = count[steps].sum()
        yield int(panel.runs[run]), *dates.tolist(), int(entered), usual[steps].sum(), entered / count.sum()


def summary(panel: Panel) -> dict[str, Estimate]:
    """Means over runs: entries, dispersion, waves, their size, the share of entries that comes in waves, by founding."""
    count, found = entries(panel), waves(panel)
    by_run = found.groupby("run")
    share = by_run["share"].sum().reindex(panel.runs, fill_value=0.0).where(count.sum(axis=1) > 0)
    return {
        "entries a run": mean(count.sum(axis=1)),
        "index of dispersion": mean(dispersion(count, expected(panel))),
        "waves a run": mean(by_run.size().reindex(panel.runs, fill_value=0)),
        "nations in a wave": mean(found["entered"]),
        "share of entries in waves": mean(share),
        "largest entry in one step": mean(count.max(axis=1)),
    }
