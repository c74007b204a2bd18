"""History matching: the part of the prior's box that no pattern rules out.

A point is ruled out where it is implausible in some pattern by more than :data:`CUTOFF` units
(:mod:`analysis.calibration.target`); where less than :data:`LEAST` of the points would be left, the worst one, two, ...
patterns are forgiven, as no model meets all. The box is cut to what holds the points that are left, widened by as much as their
outermost may miss by chance, and the next wave fills it anew. Runs are fast, so no emulator stands in for them. Points within
the final box are flat in it, whichever wave they are of: they are the first population of the sampler and the bank that
:mod:`analysis.calibration.check` infers from.

Source: [VernonGoldsteinBower2010].
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.calibration.population import Population, joined
from analysis.calibration.priors import Priors, sample, shares
from analysis.calibration.target import Target, implausibility

WAVES = 2
CUTOFF = 3.0  # three standard deviations hold 95 % of any law with one peak [Pukelsheim1994]
LEAST = 0.05  # share of the points that must be left
CHANCE = 0.01  # that the end of a flat law lies beyond the widened box


def matched(
    target: Target, priors: Priors, points: int, replicates: int, seed: int
) -> tuple[Priors, Population, list[float]]:
    """The priors on the box that is left, all points within it, and the share of each wave's points that was not ruled out."""
    found: list[Population] = []
    left = []
    for number in range(WAVES):
        tried = sample(priors, points, seed + number)
        found.append(target.evaluated(tried, np.ones(points), replicates, seed + number * points * replicates, apart=True))
        held = _plausible(target, found[-1].values)
        left.append(float(held.mean()))
        priors = _cut(priors, shares(priors, tried)[held])
    bank = joined(found)
    inside = ((shares(priors, bank.points) >= 0) & (shares(priors, bank.points) <= 1)).all(axis=1)
    return priors, bank.at(np.flatnonzero(inside)), left


def _plausible(target: Target, values: pd.DataFrame) -> np.ndarray:
    """(P,) whether no pattern but those that must be forgiven rules a point out."""
    worst = np.sort(implausibility(values, target.patterns, target.scale), axis=1)[:, ::-1] < CUTOFF
    enough = np.flatnonzero(worst.mean(axis=0) >= LEAST)
    return worst[:, enough[0]] if len(enough) else np.ones(len(values), bool)


def _cut(priors: Priors, kept: np.ndarray) -> Priors:
    """The priors between the outermost of ``kept`` (K, parameters) shares, a little wider; whole numbers stay as they are."""
    low, high = kept.min(axis=0), kept.max(axis=0)
    more = (high - low) * (CHANCE ** (-1 / len(kept)) - 1)
    ends = zip(priors.items(), np.maximum(low - more, 0).tolist(), np.minimum(high + more, 1).tolist())
    return {name: prior if prior.whole else prior.between(*part) for (name, prior), *part in ends}
