"""The last step of a calibration: what the waves kept is run again with seeds that no wave has used.

A wave keeps the points that came nearest, so the distances it keeps them by are partly luck. Hence every point that the last wave
left is run again, and the nearest quarter by these runs is the posterior. Its distances and values come from a further set of
seeds, on which it was not chosen; the scenario's own values, those that the posterior suggests and random points of the prior are
run with the same seeds, as often. How much of a difference is chance is read off :data:`SETS` sets of seeds.

Lists of nations count here as one more family of patterns (:func:`_with_lists`): at each point the chances of all nations are
needed, which would take the waves ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from abm.parameters import Range
from abm.scenario import Scenario
from analysis.calibration.population import Fit, Population, joined, quantiles
from analysis.calibration.priors import Priors, sample, shares
from analysis.calibration.target import Target, met
from analysis.nations.foretold import RUNS, Listed, behind
from analysis.patterns.table import families

BehindLists = Callable[[pd.DataFrame, int], pd.DataFrame]  #: of points and a seed, as :func:`analysis.nations.foretold.behind`

SETS = 10  # sets of seeds for the scenario's own values and those that the posterior suggests
ACCEPTED = 0.25  # share of what the last wave left that is accepted when run again
BEST, OFTEN = 24, 4  # points that may be suggested, run so many times as often as the others before one is chosen
CHOICE_SEEDS, REPORT_SEEDS = 2 * 10**6, 3 * 10**6  # beyond the seed of the first wave; waves and pilots use fewer


def selected(
    target: Target,
    population: Population,
    priors: Priors,
    cut: Priors,
    fresh: int,
    seed: int,
    waves: tuple[list[float], ...],
    lists: tuple[Listed, ...],
) -> Fit:
    """The nearest quarter of a ``population`` when run again, run once more beside the scenario's own values and the prior."""
    alone, choice, first = population.distinct(), seed + CHOICE_SEEDS, seed + REPORT_SEEDS

    def behind_lists(points: pd.DataFrame, seed: int) -> pd.DataFrame:
        return behind(target.baseline, points, lists, seed, target.progress)

    again = target.rerun(alone, fresh, choice)
    joint = _with_lists(target, again.distance, behind_lists(again.points, choice))
    nearer = again.at(np.argsort(joint, kind="stable")[: _accepted(len(again.points))])
    suggested, rounded = _suggested(target, nearer, priors, fresh, choice + fresh, behind_lists)
    told = target.rerun(nearer, fresh, first)
    posterior = told.at(np.argsort(told.distance, kind="stable"))
    random = sample(priors, len(posterior.points), seed + 1)
    prior = target.evaluated(random, np.full(len(random), 1 / len(random)), fresh, first)
    present = own_values(target.baseline, priors)
    own, proposed = _sets(target, pd.DataFrame([present, rounded]), fresh, first)
    ends = np.array([np.sort(whole.share(np.array([cut[name].low, cut[name].high]))) for name, whole in priors.items()])
    lagging = [behind_lists(table, first) for table in (posterior.points, pd.DataFrame([present]), pd.DataFrame([rounded]))]
    return Fit(
        posterior, priors, target.patterns, ends, waves[0], present, suggested, rounded, own, proposed, prior, waves[1], waves[2],
        alone.distance, again.distance, fresh, *lagging,
    )  # fmt: skip


def points_run(points: int) -> int:
    """How many points :func:`selected` runs at the most, each as often as ``fresh`` says, where the waves left ``points``."""
    return points + 2 * _accepted(points) + OFTEN * (BEST + 1) + 2 * SETS


def lists_runs(points: int) -> int:
    """How many runs it makes at the most for the lists."""
    return RUNS * (points + _accepted(points) + BEST + 1 + 2)


def _accepted(points: int) -> int:
    return max(2, int(ACCEPTED * points))


def own_values(scenario: Scenario, priors: Priors) -> dict[str, float]:
    """The parameters as the scenario has them."""
    return {name: float(scenario.parameter(name)) for name in priors}


def round_to(prior: Range, value: float, spread: float) -> float:
    """A value with no more digits than its ``spread`` (a standard deviation, in shares of the prior) lets it have.

    Assumption: the last digit is one of at most half a standard deviation. It stays within the prior.
    """
    if prior.whole:
        return float(round(value))
    position = float(prior.share(np.array(value)))
    around = prior.at(np.clip(np.array([position - spread / 2, position + spread / 2]), 0, 1))
    digits = -int(np.floor(np.log10(max(float(around[1] - around[0]) / 2, 1e-12))))
    return float(np.clip(round(value, digits), prior.low, prior.high))


def _with_lists(target: Target, distance: np.ndarray, lagging: pd.DataFrame) -> np.ndarray:
    """(P,) distances with the lists as one more family of patterns, each list that a simple predictor foretells better counting
    by the standard errors it is ahead."""
    if lagging.empty:
        return distance
    number = families(target.patterns)
    return np.sqrt((number * distance**2 + np.square(lagging.clip(lower=0)).mean(axis=1).to_numpy()) / (number + 1))


def _suggested(
    target: Target, posterior: Population, priors: Priors, replicates: int, seed: int, behind_lists: BehindLists
) -> list[dict[str, float]]:
    """The posterior's median or one of its nearest points, as it is and rounded: that which rounded meets most patterns and
    lists, and of these the nearest, when run more often with seeds that chose neither."""
    spread = deviations(posterior, priors)
    columns = {name: posterior.points[name].to_numpy(float) for name in priors}
    median = {name: float(quantiles(values, posterior.weight)[1]) for name, values in columns.items()}
    rows = pd.concat([pd.DataFrame([median]), posterior.points.iloc[:BEST]], ignore_index=True)
    short = pd.DataFrame({n: [round_to(priors[n], value, wide) for value in rows[n]] for n, wide in zip(priors, spread)})
    tried, lagging = target.evaluated(short, np.ones(len(rows)), OFTEN * replicates, seed), behind_lists(short, seed)
    number = met(tried.values, target.patterns) + (lagging < 0).sum(axis=1).to_numpy()
    best = int(np.lexsort((_with_lists(target, tried.distance, lagging), -number))[0])
    return [{str(name): float(value) for name, value in table.iloc[best].items()} for table in (rows, short)]


def deviations(population: Population, priors: Priors) -> np.ndarray:
    """(parameters,) weighted standard deviation in shares of the priors."""
    position, weight = shares(priors, population.points), population.weight
    return np.sqrt(weight @ (position - weight @ position) ** 2 / max(1 - 1 / population.effective_size(), 0.5))


def _sets(target: Target, points: pd.DataFrame, replicates: int, first: int) -> list[Population]:
    """Each point on :data:`SETS` sets of seeds, a row a set."""
    weight = np.ones(len(points))
    tried = joined([target.evaluated(points, weight, replicates, first + part * replicates) for part in range(SETS)])
    return [tried.at(np.arange(position, SETS * len(points), len(points))) for position in range(len(points))]
