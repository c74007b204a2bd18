"""Whether the intervals of a calibration hold what they should: simulation-based calibration on records that the model makes.

Truths are drawn from the priors on the box that history matching left, and each is run with seeds of its own. Its record is the
medians of its patterns, each with an error drawn flat within the half-width of that pattern's range, as the ranges of the real
record are read; where a pattern is undefined, that is what is seen of it. All truths are inferred from one bank of simulated
points of the same box: each point is given :data:`COPIES` errors of the same law, so that bank and record are alike, the nearest
:data:`NEAREST` of these are kept (or :data:`FEWEST`), and a local regression moves them to the record
(:mod:`analysis.calibration.regression`).

An 80 % interval should hold the truth four times in five for each parameter, and the share of a posterior that lies nearer to a
random point than the truth does (TARP) should be evenly spread. Both are tests of the inference and of what the patterns can
tell, not of the record itself.

Source: [Talts2018], [Lemos2023], [Wilkinson2013].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.calibration.population import Population, quantiles
from analysis.calibration.priors import Priors, sample, shares
from analysis.calibration.regression import moved, nearest
from analysis.calibration.target import FARTHEST, UNDEFINED, Target
from analysis.patterns.table import weights

HELD = 0.8  # share of truths that an interval should hold
COPIES, NEAREST, FEWEST = 4, 0.2, 200
CHECK_SEEDS = 4 * 10**6  # beyond the seed of the first wave, and beyond those of the report

Posterior = tuple[np.ndarray, np.ndarray]  #: (K, parameters) shares of the priors and (K,) weights, sum 1


@dataclass(frozen=True)
class Check:
    """Of N truths: ``held`` (N, parameters) whether the 80 % interval holds it, ``rank`` (N, parameters) the posterior's weight
    below it, ``left`` (N, parameters) the posterior's variance over the prior's, ``level`` (N,) the posterior's weight that is
    nearer to a random point than the truth is; ``bank``: points that all were inferred from."""

    names: tuple[str, ...]
    held: np.ndarray
    rank: np.ndarray
    left: np.ndarray
    level: np.ndarray
    bank: int


def check(target: Target, priors: Priors, bank: Population, count: int, replicates: int, seed: int) -> Check:
    """Check the inference on ``count`` truths, from points that are flat in ``priors``."""
    drawn = sample(priors, count, seed + 2)
    record = target.evaluated(drawn, np.ones(count), replicates, seed + CHECK_SEEDS, apart=True)
    infer = inference(target, shares(priors, bank.points), bank.values, np.random.default_rng(seed + 2))
    return examined(tuple(priors), shares(priors, drawn), infer(record.values), seed, len(bank.points))


def inference(
    target: Target, bank: np.ndarray, values: pd.DataFrame, random: np.random.Generator
) -> Callable[[pd.DataFrame], Callable[[int], Posterior]]:
    """A function of the true values (N, patterns), without error, that gives the posterior of record number n."""
    names = [pattern.name for pattern in target.patterns]
    half = np.array([(pattern.high - pattern.low) / 2 for pattern in target.patterns])
    scale = np.array([target.scale[name] for name in names])
    weight = np.array([weights(target.patterns)[name] for name in names])
    copies = np.repeat(values[names].to_numpy(float), COPIES, axis=0)
    observed, points = copies + random.uniform(-half, half, copies.shape), np.repeat(bank, COPIES, axis=0)

    def infer(true: pd.DataFrame) -> Callable[[int], Posterior]:
        records = true[names].to_numpy(float)
        records = records + random.uniform(-half, half, records.shape)

        def posterior(number: int) -> Posterior:
            off = np.clip((observed - records[number]) / scale, -FARTHEST, FARTHEST)
            other = np.isnan(observed) != np.isnan(records[number])
            away = np.sqrt(np.square(np.where(other, UNDEFINED, np.nan_to_num(off))) @ weight)
            rows, kernel = nearest(away, max(FEWEST, round(NEAREST * len(away))))
            return moved(points[rows], off[rows], kernel), kernel

        return posterior

    return infer


def examined(
    names: tuple[str, ...], truth: np.ndarray, posterior: Callable[[int], Posterior], seed: int = 0, bank: int = 0
) -> Check:
    """Check any ``posterior`` of record n against the ``truth`` (N, parameters), both in shares of flat priors."""
    references = np.random.default_rng([seed, 3]).random(truth.shape)
    held, rank, left, level = (np.empty(shape) for shape in (truth.shape, truth.shape, truth.shape, len(truth)))
    for number, true in enumerate(truth):
        points, weight = posterior(number)
        ends = np.array([quantiles(column, weight, ((1 - HELD) / 2, (1 + HELD) / 2)) for column in points.T])
        held[number] = (ends[:, 0] <= true) & (true <= ends[:, 1])
        rank[number] = weight @ (points < true)
        left[number] = 12 * (weight @ (points - weight @ points) ** 2)
        level[number] = tarp(true, points, weight, references[number])
    return Check(names, held.astype(bool), rank, left, level, bank)


def tarp(truth: np.ndarray, points: np.ndarray, weight: np.ndarray, reference: np.ndarray) -> float:
    """Weight of the ``points`` (K, parameters) that are nearer to ``reference`` than ``truth`` (parameters,) is; evenly spread
    over truths and random references where the posterior is right."""
    return float(weight[np.square(points - reference).sum(axis=1) < np.square(truth - reference).sum()].sum())


def uneven(level: np.ndarray) -> float:
    """Chance (Kolmogorov-Smirnov) that levels of a right posterior are spread as unevenly as these."""
    return float(stats.kstest(level, "uniform").pvalue)


def coverage(found: Check) -> pd.DataFrame:
    """A row per parameter: share of truths held by the 80 % interval with its 95 % interval (Clopper-Pearson), whether that holds
    80 %, mean contraction (1 - posterior variance / prior variance), and the chance of ranks as uneven as these."""
    rows = []
    for index, name in enumerate(found.names):
        held = int(found.held[:, index].sum())
        interval = stats.binomtest(held, len(found.held), HELD).proportion_ci()
        rows.append({
            "parameter": name, "held": held / len(found.held), "held_low": interval.low, "held_high": interval.high,
            "as_said": bool(interval.low <= HELD <= interval.high),
            "contraction": float(1 - found.left[:, index].mean()), "ranks": uneven(found.rank[:, index]),
        })  # fmt: skip
    return pd.DataFrame(rows)
