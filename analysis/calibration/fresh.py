"""The last step of a calibration: what the waves kept is run again with seeds that no wave has used.

A wave keeps the points that came nearest, so the distances it keeps them by are partly luck. Hence every point that the last wave
left is run again, and the nearer half by these runs is the posterior, at the weights that the waves gave. Its distances and
values come from a further set of seeds, on which it was not chosen; the scenario's own values and random points of the prior are
run with the same seeds, as often. How much of a difference is chance is read off :data:`SETS` sets of seeds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.calibration.aim import Aim
from analysis.calibration.found import Fit, Kept, quantiles
from analysis.calibration.priors import Prior, sample

SETS = 10  # sets of seeds for the scenario's own values
ACCEPTED = 0.5  # share of what the last wave left that is accepted when run again
CHOICE_SEEDS, REPORT_SEEDS = 2 * 10**6, 3 * 10**6  # beyond the seed of the first wave; waves and pilots use fewer


def renewed(aim: Aim, kept: Kept, replicates: int, seed: int) -> Kept:
    """The same points at the same weights, with values and distances of runs with fresh seeds."""
    return aim.tried(kept.points, kept.weight, replicates, seed + CHOICE_SEEDS)


def judged(
    aim: Aim, again: Kept, kept: Kept, waves: list[float], priors: tuple[Prior, ...], fresh: int, seed: int
) -> Fit:
    """The nearer half of ``again`` run once more, beside the scenario's own values and the prior."""
    nearer = again.at(np.argsort(again.distance, kind="stable")[: max(2, int(ACCEPTED * len(again.points)))])
    first = seed + REPORT_SEEDS
    told = aim.tried(nearer.points, nearer.weight, fresh, first)
    posterior = told.at(np.argsort(told.distance, kind="stable"))
    present = own_values(aim.baseline, priors)
    sets = _sets(aim, _one_moved(posterior, priors, present), fresh, first)
    random = sample(priors, len(posterior.points), seed + 1)
    prior = aim.tried(random, np.ones(len(random)), fresh, first)
    alone = pd.DataFrame(sets[:, 1:], columns=[moved.name for moved in priors])
    return Fit(posterior, priors, present, sets[:, 0], alone, prior, waves, kept.distance, again.distance, fresh)


def own_values(scenario: Scenario, priors: tuple[Prior, ...]) -> dict[str, float]:
    """The parameters as the scenario has them."""
    return {prior.name: float(scenario.parameter(prior.name)) for prior in priors}


def _one_moved(posterior: Kept, priors: tuple[Prior, ...], present: dict[str, float]) -> pd.DataFrame:
    """The scenario's own values, and below them the same with each parameter in turn at the posterior's median."""
    rows = [present]
    for prior in priors:
        rows.append(present | {prior.name: float(quantiles(posterior.points[prior.name].to_numpy(float), posterior.weight)[1])})
    return pd.DataFrame(rows)


def _sets(aim: Aim, points: pd.DataFrame, replicates: int, first: int) -> np.ndarray:
    """(S, P) distances of points on :data:`SETS` sets of seeds."""
    weight = np.ones(len(points))
    return np.array([aim.tried(points, weight, replicates, first + part * replicates).distance for part in range(SETS)])
