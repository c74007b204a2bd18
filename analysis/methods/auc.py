"""How well a score tells cases from controls, out of sample, with an interval from a bootstrap over runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.methods.statistics import Estimate, interval

BINS = 100  # ranks into which a score is put for resampling
RESAMPLES = 400
RIDGE = 1e-3  # penalty on squared slopes, per row
_INNER = np.linspace(0, 1, BINS + 1)[1:-1]


def auc(score: np.ndarray, positive: np.ndarray) -> float:
    """Chance that a case scores above a control (a half for equal scores); NaN without both.

    The area under the receiver operating characteristic, from ranks. Source: [HanleyMcNeil1982].
    """
    levels, index = np.unique(score, return_inverse=True)
    case, control = (np.bincount(index, mask, len(levels))[None] for mask in (positive, ~positive))
    return _area(case, control)


def _area(case: np.ndarray, control: np.ndarray) -> float:
    """The area from (1, L) cases and controls at each level of the score; NaN without both."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((_above(case, control) / (case.sum() * control.sum()))[0])


def _above(case: np.ndarray, control: np.ndarray) -> np.ndarray:
    """(B,) pairs in which the case scores above the control, from (B, L) cases and controls at each level of the score."""
    return (case * (np.cumsum(control, axis=1) - control / 2)).sum(axis=1)


def resampled(
    score: np.ndarray, positive: np.ndarray, run: np.ndarray, drawn: np.ndarray, stratum: np.ndarray | None = None
) -> np.ndarray:
    """(B,) areas with runs drawn ``drawn`` (B, R) times each: steps of one run are no independent cases.

    With ``stratum`` (M,) only cases and controls of the same stratum are compared. Scores are put into :data:`BINS` ranks.
    """
    present, run = np.unique(run, return_inverse=True)
    drawn = drawn[:, present].astype(np.float32)  # counts, which this holds exactly
    edges = np.unique(np.quantile(score, _INNER))
    index = np.searchsorted(edges, score, side="left")
    stratum = np.zeros(len(score), int) if stratum is None else stratum
    above, pairs = np.zeros((2, len(drawn)))
    for one in np.unique(stratum[positive]):
        parts = []
        for mask in (positive & (stratum == one), ~positive & (stratum == one)):
            seen = np.zeros((drawn.shape[1], len(edges) + 1), np.float32)
            np.add.at(seen, (run[mask], index[mask]), 1)
            parts.append((drawn @ seen).astype(float))
        above += _above(*parts)
        pairs += parts[0].sum(axis=1) * parts[1].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return above / pairs


def draw_runs(runs: int, seed: int = 0) -> np.ndarray:
    """(B, R) how often each run is drawn; the first row is the runs as they are. Even and odd runs are drawn apart."""
    chance = np.random.default_rng(seed)
    drawn = np.ones((RESAMPLES + 1, runs))
    for fold in (0, 1):
        rows = np.arange(fold, runs, 2)
        drawn[1:, rows] = chance.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=RESAMPLES)
    return drawn


def out_of_sample(
    measures: pd.DataFrame, positive: np.ndarray, run: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """(B,) mean over both folds of the area that a model of these measures reaches in runs that it was not fitted to, and the
    models' coefficients (B, F) for each fold. Even runs tell odd ones, and odd even; every resample fits its own model, since
    an interval around one fit would leave out how much the next may differ."""
    areas, models = [], []
    for fold in (0, 1):
        train, test = run % 2 != fold, run % 2 == fold
        models.append(refitted(measures[train].to_numpy(), positive[train], run[train], drawn))
        if measures.shape[1] == 1:  # one measure keeps its order, but a resample may turn it round
            reached = resampled(measures[test].to_numpy()[:, 0], positive[test], run[test], drawn)
            areas.append(0.5 + models[-1][:, 0] * (reached - 0.5))
        else:
            scores = models[-1] @ measures[test].to_numpy().T
            areas.append(np.array([weighted(*each, positive[test]) for each in zip(scores, drawn[:, run[test]])]))
    return np.mean(areas, axis=0), models


def weighted(score: np.ndarray, weight: np.ndarray, positive: np.ndarray) -> float:
    """The area where each row counts ``weight`` times, the score put into :data:`BINS` ranks; NaN without both."""
    index = np.searchsorted(np.unique(np.quantile(score, _INNER)), score, side="left")
    case, control = (np.bincount(index[mask], weight[mask], BINS)[None] for mask in (positive, ~positive))
    return _area(case, control)


def fit(x: np.ndarray, positive: np.ndarray, ridge: float = RIDGE) -> np.ndarray:
    """(F,) slopes of a logistic regression with a constant, by Newton's method; a single measure keeps only its sign."""
    return _own(*_fitted(x, positive, ridge)[:2])


def refitted(x: np.ndarray, positive: np.ndarray, run: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(B, F) the slopes that :func:`fit` finds in each resample of runs, by one step of Newton's from those of all runs.

    Source: one-step bootstrap [SchucanyWang1991].
    """
    slopes, scale, z = _fitted(x, positive, RIDGE)
    chance = _chance(z, slopes)
    pull, bend = np.zeros((drawn.shape[1], z.shape[1])), np.zeros((drawn.shape[1], z.shape[1], z.shape[1]))
    np.add.at(pull, run, z * (positive - chance)[:, None])
    np.add.at(bend, run, (z * (chance * (1 - chance))[:, None])[:, :, None] * z[:, None, :])
    penalty = _penalty(z, RIDGE)
    rises = drawn @ pull - penalty @ slopes
    steps = np.linalg.solve(np.tensordot(drawn, bend, 1) + penalty, rises[:, :, None])[:, :, 0]
    return np.array([_own(each, scale) for each in slopes + steps])


def _fitted(x: np.ndarray, positive: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slopes, the constant first, of measures on their own scale; that scale; and the measures on it."""
    scale = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    z = np.column_stack([np.ones(len(x)), (x - x.mean(axis=0)) / scale])
    slopes, penalty = np.zeros(z.shape[1]), _penalty(z, ridge)
    for _ in range(25):
        chance = _chance(z, slopes)
        steepness = (z * (chance * (1 - chance))[:, None]).T @ z + penalty
        change = np.linalg.solve(steepness, z.T @ (positive - chance) - penalty @ slopes)
        slopes += change
        if np.abs(change).max() < 1e-8:
            break
    return slopes, scale, z


def _penalty(z: np.ndarray, ridge: float) -> np.ndarray:
    """Keeps slopes finite where the measures separate cases from controls; next to nothing on the constant."""
    return np.diag([1e-9, *np.full(z.shape[1] - 1, ridge * len(z) + 1e-9)])


def _chance(z: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(z @ slopes, -30, 30)))


def _own(slopes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Slopes on the measures' own scales, without the constant; of a single measure the sign."""
    found = slopes[1:] / scale
    return np.sign(found) if len(found) == 1 else found


def estimate(drawn: np.ndarray, count: int) -> Estimate:
    """The first of the resampled numbers with the interval that the others make."""
    low, high = map(float, interval(drawn[1:]))
    return Estimate(float(drawn[0]), low, high, count)
