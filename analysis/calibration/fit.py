"""Fitting parameters to the patterns: history matching, then approximate Bayesian computation by sequential Monte Carlo.

History matching (:mod:`analysis.calibration.history`) cuts the prior's box; the nearest of its points are the first population.
Each wave then draws its population anew from those within a distance that half of them keep, and moves each by a walk of normal
steps with the population's covariance, reflected at the ends of the box, that a surrogate for the distance leads
(:mod:`analysis.calibration.surrogate`); a move counts where the runs keep it within the distance. Such moves leave the posterior
at that distance as it is, so that all points weigh the same: with thirty parameters the weights of population Monte Carlo, as
[Lenormand2013] has them, leave a handful of points that count. Where fewer than :data:`STALL` of the moves stay, the distance is
kept as it is for a wave, so that the population does not shrink to copies of a few lucky points; and steps are the shorter, the
fewer stay, which lets the distance fall further at the same cost. The number that stays is kept up by both: shorter moves alone
bring points as near as one likes, all of them kin, that seem to identify what they do not.

Whatever a wave keeps it keeps partly by luck: :mod:`analysis.calibration.selection` runs it again before anything is said of it.

The loop is our own because one call of :func:`runs.batch.run_points` runs thousands of points on all processors, in compiled
code without processes. pyABC asks its model for one point at a time and spreads these over worker processes; ELFI takes batches,
but its sampler is the population Monte Carlo that is said above not to do.

A neural posterior was tried and left out. The estimator of the package sbi (0.27, a masked autoregressive flow of five
transforms, the shares of the priors as normal scores) learnt from 27,996 points of the box that history matching left, a third
of the processor time of the waves. It is right by :mod:`analysis.calibration.check` (its 80 % intervals hold 81 % of the
truths; TARP 0.32) and says no more: over the truths its mean contraction is 0.154, that of the nearest points with a regression
0.158 from 7,996 points. Its points for the record itself lie at a median of 0.54 from the patterns, where the waves come to
0.33, and identify three parameters. With shares as they are, flat between bounds, it promises too much: 67 % of the truths.

Source: [DelMoral2012].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.calibration import history, selection, surrogate
from analysis.calibration.check import Check, check
from analysis.calibration.population import Fit, Population
from analysis.calibration.priors import PRIORS, Priors, shares, values_at
from analysis.calibration.target import PILOTS, Target, arms_run, target_of
from analysis.nations.foretold import listed
from analysis.nations.lists import SHIPPED
from analysis.patterns.table import PATTERNS, Pattern

KEPT = 0.5  # share of a population within the next wave's distance
STALL = 0.15  # share of moves that must have stayed for the distance to fall
STAYS = 0.25  # share of moves that should stay, about the best for a normal law; moves are as short as that needs
SHORTEST = 0.15  # part of the kernel's length
STEP = 2.38  # over the root of the number of parameters: best for a normal law [RobertsGelmanGilks1997]


def fit(
    baseline: Scenario,
    bank: int = 4000,
    points: int = 2500,
    waves: int = 24,
    replicates: int = 16,
    seed: int = 0,
    fresh: int = 64,
    checks: int = 100,
    priors: Priors = PRIORS,
    patterns: Sequence[Pattern] = PATTERNS,
    lists: Sequence[str] = tuple(SHIPPED),
    progress: Callable[[int], object] = lambda runs: None,
) -> tuple[Fit, Check | None]:
    """Fit ``priors`` to the fitted ``patterns``, and check the inference on ``checks`` records that the model made.

    ``bank`` points a wave of history matching, then ``points`` in each of ``waves``, each run ``replicates`` times in every
    scenario needed. What is left is run again ``fresh`` times a point, with other seeds, and must foretell the ``lists`` of
    nations too.
    """
    wanted = listed(baseline, lists)
    target = target_of(baseline, patterns, replicates, seed, progress)
    cut, within, left = history.matched(target, priors, bank, replicates, seed)
    first = seed + history.WAVES * bank * replicates
    population, reached, moved = _waves(target, cut, within, points, waves, replicates, first)
    found = selection.selected(target, population, priors, cut, fresh, seed, (left, reached, moved), wanted)
    return found, check(target, cut, within, checks, replicates, seed) if checks else None


def runs_of(
    patterns: Sequence[Pattern], bank: int, points: int, waves: int, replicates: int, fresh: int, checks: int,
    lists: Sequence[str] = tuple(SHIPPED),
) -> int:  # fmt: skip
    """How many runs :func:`fit` makes at the most."""
    tried = PILOTS + history.WAVES * bank + points * waves + checks
    return arms_run([pattern for pattern in patterns if pattern.fitted]) * (
        tried * replicates + selection.points_run(points) * fresh
    ) + (selection.lists_runs(points) if lists else 0)


def _waves(
    target: Target, priors: Priors, bank: Population, points: int, waves: int, replicates: int, seed: int
) -> tuple[Population, list[float], list[float]]:
    """What the last wave leaves, the nearest first, the distance of each wave, and the share of its moves within it."""
    random = np.random.default_rng(seed)
    known = surrogate.trained(shares(priors, bank.points), bank.distance)
    found = bank.at(np.argsort(bank.distance, kind="stable")[:points])
    found = replace(found, root=np.arange(len(found.points)))
    reached: list[float] = []
    stayed: list[float] = []
    length = 1.0
    for number in range(waves):
        fall = not stayed or stayed[-1] >= STALL
        reached.append(float(np.quantile(found.distance, KEPT)) if fall else reached[-1])
        found = _drawn(found, reached[-1], points, random)
        first = seed + number * points * replicates
        moves = _moved(priors, found, known, reached[-1], length, random)
        tried = replace(target.evaluated(moves, found.weight, replicates, first, True, reached[-1]), root=found.root)
        within = tried.distance <= reached[-1]
        known = surrogate.trained(shares(priors, tried.points), tried.distance, known)
        found = tried.where(within, found)
        stayed.append(float(within.mean()))
        length = float(np.clip(length * np.exp(2 * (stayed[-1] - STAYS)), SHORTEST, 1.0))
    return found.at(np.argsort(found.distance, kind="stable")), reached, stayed


def _drawn(found: Population, away: float, count: int, random: np.random.Generator) -> Population:
    """All within a distance, and as many of them again as make up ``count``."""
    near = np.flatnonzero(found.distance <= away)
    more = random.permutation(np.resize(random.permutation(near), max(0, count - len(near))))
    return found.at(np.concatenate([near, more]).astype(int))


def _moved(
    priors: Priors, found: Population, known: surrogate.Surrogate, within: float, length: float, random: np.random.Generator
) -> pd.DataFrame:
    """Each point after a walk with steps a part of ``length`` long, or as it was where the surrogate's gain forbids that."""
    position = shares(priors, found.points)
    size = position.shape[1]
    kernel = (length * STEP) ** 2 / size * np.cov(position.T).reshape(size, size) + 1e-9 * np.eye(size)
    ends, gain = surrogate.walk(position, lambda share: known.log_probability(share, within), kernel, random)
    allowed = np.log(random.random(len(position))) < -gain
    return values_at(priors, np.where(allowed[:, None], ends, position))
