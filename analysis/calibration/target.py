"""How far points are from the patterns.

A point's implausibility in a pattern is nought where the median of its runs lies in the record's range, else how far outside it
lies, over the root of the squares of the range's half-width and of the chance in such a median (measured on :data:`PILOTS`
repetitions at the scenario's own values), at most :data:`FARTHEST`; a pattern that is undefined there (ties that end where no
coalition is founded) counts as :data:`UNDEFINED`. A point's distance is the root mean square over the fitted patterns, each by
its weight: families of patterns that tell much the same count alike (:func:`analysis.patterns.table.weights`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.calibration.population import Population
from analysis.patterns.compared import arms, gathered
from analysis.patterns.table import Pattern, weights
from runs import batch
from runs.ensemble import Results

FARTHEST, UNDEFINED = 4.0, 2.0
Near = Callable[[pd.DataFrame], np.ndarray]  #: of values (P, patterns), whether each point is still of interest

PILOTS = 12
PILOT_SEEDS = 10**6  # beyond the seed of the first wave; waves use at most 10^5
BATCH = 3200  # runs whose records are in memory at once


def everywhere(values: pd.DataFrame) -> np.ndarray:
    """(P,) true."""
    return np.ones(len(values), bool)


@dataclass(frozen=True)
class Target:
    """The fitted ``patterns``, measured on ``baseline`` and the scenarios beside it; ``scale``: a unit of distance of each."""

    baseline: Scenario
    patterns: tuple[Pattern, ...]
    scale: dict[str, float]
    progress: Callable[[int], object] = lambda runs: None

    def evaluated(
        self, points: pd.DataFrame, weight: np.ndarray, replicates: int, seed: int, apart: bool = False, within: float = np.inf
    ) -> Population:
        """Points with their values and distances; seeds as in :func:`evaluate`. Of points beyond ``within`` a distance that is
        at least so much: their other scenarios are not run."""

        def near(values: pd.DataFrame) -> np.ndarray:
            return distance(values, self.patterns, self.scale) <= within

        values = evaluate(self.baseline, points, self.patterns, replicates, seed, self.progress, apart, near)
        return Population(points, weight, distance(values, self.patterns, self.scale), values, np.arange(len(points)))

    def rerun(self, population: Population, replicates: int, seed: int) -> Population:
        """The same points, with values and distances of other runs."""
        return replace(self.evaluated(population.points, population.weight, replicates, seed), root=population.root)


def target_of(baseline: Scenario, patterns: Sequence[Pattern], replicates: int, seed: int, progress=lambda runs: None) -> Target:
    """The target of those ``patterns`` that are fitted."""
    fitted = tuple(pattern for pattern in patterns if pattern.fitted)
    return Target(baseline, fitted, scales(baseline, fitted, replicates, seed, progress), progress)


def arms_run(patterns: Sequence[Pattern]) -> int:
    """How many scenarios are run at each point, one a second time without its cuts where a pattern needs that."""
    beside = {pattern.scenario: False for pattern in patterns} | {p.scenario: True for p in patterns if p.beside}
    return len(beside) + sum(beside.values())


def evaluate(
    baseline: Scenario,
    tried: pd.DataFrame,
    fitted: Sequence[Pattern],
    replicates: int,
    seed: int,
    progress=lambda runs: None,
    apart: bool = False,
    near: Near = everywhere,
) -> pd.DataFrame:
    """(P, patterns) the median of each pattern at every point.

    Scenarios are run one after another, those whose patterns weigh most for their runs first, and only at points still ``near``
    by the values so far; the middle of its range stands for a pattern that has not been run.

    All points share the seeds ``seed`` to ``seed + replicates - 1``, so that they can be compared; with ``apart`` each batch of
    points has seeds of its own, the next ones, so that the luck of a few seeds does not pass for what points have in common.
    """
    size = max(1, BATCH // replicates)
    parts = [tried.iloc[start : start + size] for start in range(0, len(tried), size)]

    def measured(number: int, part: pd.DataFrame) -> pd.DataFrame:
        def run(arm: Scenario, points: pd.DataFrame) -> Results:
            return batch.run_points(arm, points, replicates, seed + apart * number * replicates, None, True, True, progress)

        return _medians(baseline, fitted, run, part.reset_index(drop=True), near)

    return pd.concat([measured(number, part) for number, part in enumerate(parts)], ignore_index=True)


def scales(
    baseline: Scenario, fitted: Sequence[Pattern], replicates: int, seed: int, progress=lambda runs: None
) -> dict[str, float]:
    """What one unit of distance is for each pattern: half-width of the range and chance in a median, as a root of squares."""

    def run(arm: Scenario, points: pd.DataFrame) -> Results:
        return batch.run_arms([arm], PILOTS * replicates, seed + PILOT_SEEDS, None, True, True, progress)[0]

    medians = _medians(baseline, fitted, run, pd.DataFrame(index=range(PILOTS)), everywhere)
    found = {}
    for pattern in fitted:
        known = medians[pattern.name].dropna()
        chance = known.std() if len(known) > 2 else 0.0
        found[pattern.name] = float(np.hypot((pattern.high - pattern.low) / 2, chance))
    return found


def outside(values: pd.DataFrame, fitted: Sequence[Pattern]) -> np.ndarray:
    """(P, patterns) by how much each value lies above (or, negative, below) its range; NaN where it is undefined."""
    found = values[[pattern.name for pattern in fitted]].to_numpy(float)
    low, high = (np.array([getattr(pattern, end) for pattern in fitted]) for end in ("low", "high"))
    return found - np.clip(found, low, high)


def implausibility(values: pd.DataFrame, fitted: Sequence[Pattern], scale: dict[str, float]) -> np.ndarray:
    """(P, patterns) how far each value lies outside its range, in units of ``scale``."""
    away = np.abs(outside(values, fitted)) / np.array([scale[pattern.name] for pattern in fitted])
    return np.where(np.isnan(away), UNDEFINED, np.minimum(away, FARTHEST))


def distance(values: pd.DataFrame, fitted: Sequence[Pattern], scale: dict[str, float]) -> np.ndarray:
    """(P,) root mean square of the implausibility over the patterns, each by the weight that its family leaves it."""
    weight = weights(fitted)
    return np.sqrt(np.square(implausibility(values, fitted, scale)) @ np.array([weight[pattern.name] for pattern in fitted]))


def met(values: pd.DataFrame, fitted: Sequence[Pattern]) -> np.ndarray:
    """(P,) number of patterns whose median lies in the record's range."""
    return (outside(values, fitted) == 0).sum(axis=1)


def _medians(
    baseline: Scenario,
    fitted: Sequence[Pattern],
    run: Callable[[Scenario, pd.DataFrame], Results],
    points: pd.DataFrame,
    near: Near,
) -> pd.DataFrame:
    """(P, patterns) medians over the runs of each of ``points``, as :func:`evaluate` says."""
    values = pd.DataFrame({pattern.name: np.full(len(points), (pattern.low + pattern.high) / 2) for pattern in fitted})
    left = np.arange(len(points))
    for arm, mine in _by_yield(baseline, fitted):
        part = points.iloc[left].reset_index(drop=True)

        def there(scenario: Scenario, part: pd.DataFrame = part) -> Results:
            return run(scenario, part)

        evidence = gathered(arm, there, any(pattern.beside for pattern in mine), part)
        for pattern in mine:
            values.loc[left, pattern.name] = evidence.medians(pattern.of(evidence))
        left = left[near(values)[left]]
        if not len(left):
            break
    return values


def _by_yield(baseline: Scenario, fitted: Sequence[Pattern]) -> list[tuple[Scenario, list[Pattern]]]:
    """The scenarios that patterns are measured on with these patterns, those whose patterns weigh most for their runs first."""
    weight, scenarios = weights(fitted), arms(baseline)
    found = [(scenarios[name], [pattern for pattern in fitted if pattern.scenario == name]) for name in scenarios]
    found = [(arm, mine) for arm, mine in found if mine]
    return sorted(found, key=lambda pair: -sum(weight[pattern.name] for pattern in pair[1]) / arms_run(pair[1]))
