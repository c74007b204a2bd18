"""Intervals over runs. Ties of one run end together, so the run, not the tie, is what is drawn again."""

from __future__ import annotations

import numpy as np

from analysis.methods import statistics

RESAMPLES = 400


def weights(runs: int, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """(B, R) how often each run is drawn in each resample; the first row is the runs as they are.

    Source: [EfronTibshirani1993].
    """
    chance = np.random.default_rng(seed)
    return np.vstack([np.ones(runs), chance.multinomial(runs, np.full(runs, 1 / runs), size=resamples)])


def interval(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, low and high of (B, ...) statistics whose first row is that of the runs as they are."""
    return drawn[0], *statistics.interval(drawn[1:])


def rate(events: np.ndarray, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events over exposure, each (R, ...), summed over runs: value, low and high; NaN where nothing was exposed."""
    drawn = weights(len(events))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.tensordot(drawn, events, 1) / np.tensordot(drawn, exposure, 1)
    return interval(ratios)
