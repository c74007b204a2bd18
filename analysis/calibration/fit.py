"""Fitting parameters to the patterns: approximate Bayesian computation by adaptive population Monte Carlo.

A point's distance from a pattern is nought where the median of its runs lies in the record's range, else how far outside it
lies, over the root of the squares of the range's half-width and of the chance in such a median (measured on :data:`PILOTS`
repetitions at the scenario's own values), at most :data:`FARTHEST`; a pattern that is undefined there (ties that end where no
coalition is founded) counts as :data:`UNDEFINED`. A point's distance is the root mean square over the fitted patterns.
The first wave samples the priors. Of all points so far the nearest :data:`KEPT` are kept; each later wave draws from them by
weight and moves each by a normal kernel of twice their covariance, and a new point's weight is its prior over the density it was
drawn with. What is kept after the last wave is the posterior.

Source: [Lenormand2013].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy import stats

from abm import parameters
from abm.scenario import Scenario
from analysis.calibration.priors import PRIORS, Prior, sample, shares, values_at
from analysis.patterns.compared import arms
from analysis.patterns.evidence import Evidence
from analysis.patterns.table import PATTERNS, Pattern
from runs import experiment
from runs.ensemble import Results

FARTHEST, UNDEFINED = 4.0, 2.0
PILOTS = 12
KEPT = 0.25  # share of a wave's number of points that is kept
BATCH = 100  # points whose records are in memory at once


@dataclass
class Fit:
    """What is kept: ``points`` (K, parameters), the nearest first, ``weight`` (K,) adding up to one, ``distance`` (K,) and
    ``values`` (K, patterns). ``waves`` (W,) is the distance of the farthest that was kept after each wave."""

    points: pd.DataFrame
    weight: np.ndarray
    distance: np.ndarray
    values: pd.DataFrame
    waves: list[float]
    priors: tuple[Prior, ...]

    def posterior(self, count: int, seed: int = 0) -> pd.DataFrame:
        """(count, parameters) drawn by weight."""
        rows = np.random.default_rng(seed).choice(len(self.points), count, p=self.weight)
        return self.points.iloc[rows].reset_index(drop=True)


def fit(
    baseline: Scenario,
    points: int = 800,
    waves: int = 6,
    replicates: int = 4,
    seed: int = 0,
    priors: tuple[Prior, ...] = PRIORS,
    patterns: Sequence[Pattern] = PATTERNS,
    progress: Callable[[int], object] = lambda runs: None,
) -> Fit:
    """Fit ``priors`` to the fitted ``patterns``: ``points`` a wave, each run ``replicates`` times in every scenario needed."""
    aimed = [pattern for pattern in patterns if pattern.fitted]
    random = np.random.default_rng(seed)
    scale = scales(baseline, aimed, replicates, seed)

    def wave(number: int, tried: pd.DataFrame, weight: np.ndarray) -> Fit:
        values = evaluate(baseline, tried, aimed, replicates, seed + number * replicates, progress)
        return Fit(tried, weight, distance(values, aimed, scale), values, [], priors)

    count = max(2, int(KEPT * points))
    found = _nearest([wave(0, sample(priors, points, seed), np.ones(points))], count)
    for number in range(1, waves):
        before = found.waves
        found = _nearest([found, wave(number, *_moved(found, points, random))], count)
        found.waves = [*before, *found.waves]
    return found


def _nearest(both: Sequence[Fit], count: int) -> Fit:
    """The nearest ``count`` of all, weights adding up to one."""
    away = np.concatenate([part.distance for part in both])
    weight = np.concatenate([part.weight / part.weight.sum() * len(part.points) for part in both])
    order = np.argsort(away, kind="stable")[:count]
    points = pd.concat([part.points for part in both], ignore_index=True).iloc[order].reset_index(drop=True)
    values = pd.concat([part.values for part in both], ignore_index=True).iloc[order].reset_index(drop=True)
    return Fit(points, weight[order] / weight[order].sum(), away[order], values, [float(away[order][-1])], both[0].priors)


def _moved(found: Fit, count: int, random: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Points drawn from what was kept and moved within the priors, and their weights (the prior is flat in its shares)."""
    kept = shares(found.priors, found.points)
    spread = 2 * np.cov(kept.T, aweights=found.weight) + 1e-9 * np.eye(kept.shape[1])
    kernel = stats.multivariate_normal(cov=spread, allow_singular=True)
    moved = np.empty((count, kept.shape[1]))
    left = np.arange(count)
    while len(left):
        start = kept[random.choice(len(kept), len(left), p=found.weight)]
        moved[left] = start + random.multivariate_normal(np.zeros(kept.shape[1]), spread, len(left))
        left = left[((moved[left] < 0) | (moved[left] > 1)).any(axis=1)]
    density = sum(w * kernel.pdf(moved - point) for w, point in zip(found.weight, kept))
    return values_at(found.priors, moved), 1 / np.maximum(density, 1e-300)


def evaluate(
    baseline: Scenario, tried: pd.DataFrame, aimed: Sequence[Pattern], replicates: int, seed: int, progress=lambda runs: None
) -> pd.DataFrame:
    """(P, patterns) the median of each pattern at every point."""
    wanted = {name: arm for name, arm in arms(baseline).items() if any(p.scenario == name for p in aimed)}
    columns: dict[str, list[float]] = {pattern.name: [] for pattern in aimed}
    for name, arm in wanted.items():
        mine = [pattern for pattern in aimed if pattern.scenario == name]
        for start in range(0, len(tried), BATCH):
            part = tried.iloc[start : start + BATCH]
            done = experiment.run_points(arm, part, replicates, seed, None, True, True, progress)
            for place, values in enumerate(part.to_dict("records")):
                evidence = Evidence(arm.with_values(_typed(values)), _rows(done, place * replicates, replicates))
                for pattern in mine:
                    columns[pattern.name].append(_median(pattern.of(evidence)))
    return pd.DataFrame(columns)


def scales(baseline: Scenario, aimed: Sequence[Pattern], replicates: int, seed: int) -> dict[str, float]:
    """What one unit of distance is for each pattern: half-width of the range and chance in a median, as a root of squares."""
    found = {}
    for name, arm in arms(baseline).items():
        runs = experiment.run_arms([arm], PILOTS * replicates, seed + 10**6, None, True, True)[0]
        pilots = [Evidence(arm, _rows(runs, pilot * replicates, replicates)) for pilot in range(PILOTS)]
        for pattern in (pattern for pattern in aimed if pattern.scenario == name):
            medians = np.array([_median(pattern.of(pilot)) for pilot in pilots])
            chance = medians[np.isfinite(medians)].std(ddof=1) if np.isfinite(medians).sum() > 2 else 0.0
            found[pattern.name] = float(np.hypot((pattern.high - pattern.low) / 2, chance))
    return found


def distance(values: pd.DataFrame, aimed: Sequence[Pattern], scale: dict[str, float]) -> np.ndarray:
    """(P,) root mean square over the patterns of how far each lies outside its range, in units of ``scale``."""
    away = []
    for pattern in aimed:
        found = values[pattern.name].to_numpy(float)
        outside = np.maximum(np.maximum(pattern.low - found, found - pattern.high), 0) / scale[pattern.name]
        away.append(np.where(np.isnan(found), UNDEFINED, np.minimum(outside, FARTHEST)))
    return np.sqrt(np.mean(np.square(away), axis=0))


def _typed(values: dict) -> dict:
    return {name: int(value) if parameters.lookup(name).whole else float(value) for name, value in values.items()}


def _rows(done: Results, start: int, count: int) -> Results:
    part = slice(start, start + count)
    return Results(*(getattr(done, field.name)[part] for field in fields(Results)))


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
