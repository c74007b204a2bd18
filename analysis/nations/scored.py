"""How well the model foretells a list of nations, beside simple baselines: cross-validated log score, and who is missed.

Every predictor x (the model's log odds that an option is a nation's best, its UN ideal point, its log GDP, its trade share with
China) goes into the same logistic regression, p = 1 / (1 + exp(-a - b z)), z standardised on the training folds, b shrunk by a
normal prior of spread one. The score is the mean log probability given to what is the case, on folds left out; nearer to nought
is better. Repeated with other folds; differences are paired by nation, with standard errors as if nations were drawn
independently. Each baseline is scored once more together with the model: what the model adds to it.

Source: log score [Good1952].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit, logit

from abm import data
from analysis.methods.auc import auc
from analysis.nations.propensity import Propensity

FOLDS, REPEATS, NEWTON_STEPS = 5, 40, 12
FLOOR = 0.005  # a probability is held this far from 0 and 1, so that its log odds are finite
WORTH_TELLING = 5e-5  # share of GDP/yr: a smaller difference misleads nobody


def score(found: Propensity, values: pd.Series, option: str, among: Sequence[str] = ()) -> pd.DataFrame:
    """A row per predictor: log score, by how much the model's is better, what the model adds to it, AUC, how many nations.

    The model's chance of ``option`` is the mean over years, given that the nation takes one of ``among`` (empty: of all options);
    under logit that is the choice among these alone. ``values`` (N,) is 0 or 1 by iso3.
    """
    predictors = {"model": _log_odds(_shares(found, values, option, among)[option]), **_simple(values)}
    y = values.to_numpy()
    alone = {name: log_scores(x, y) for name, x in predictors.items()}
    both = {name: log_scores(np.column_stack([x, predictors["model"]]), y) for name, x in predictors.items() if name != "model"}
    return pd.DataFrame([_row(name, x, y, alone, both) for name, x in predictors.items()])


def model_scores(found: Propensity, values: pd.Series, option: str, among: Sequence[str] = ()) -> np.ndarray:
    """(N,) the model's own :func:`log_scores`; arguments as of :func:`score`."""
    return log_scores(_log_odds(_shares(found, values, option, among)[option]), values.to_numpy())


def simple_scores(values: pd.Series) -> dict[str, np.ndarray]:
    """(N,) :func:`log_scores` of each simple predictor."""
    return {name: log_scores(x, values.to_numpy()) for name, x in _simple(values).items()}


def missed(found: Propensity, values: pd.Series, option: str, among: Sequence[str] = (), most: int = 8) -> pd.DataFrame:
    """The nations that the model foretells worst, worst first, and what in their payoffs misleads it most.

    Columns: nation, value, chance (geometric mean of those given to what is the case, on folds left out), term and difference.
    ``difference`` [share of GDP/yr] is what a term makes of the option beside the nation's other options, weighted by their
    chances, less the median of that on the list; ``term`` is the one that speaks most against what is the case, empty where none
    does. The term "use" is benefit less fee.
    """
    shares = _shares(found, values, option, among)
    scores = pd.Series(log_scores(_log_odds(shares[option]), values.to_numpy()), values.index)
    worst = scores.sort_values(kind="stable").index[:most]
    apart = _apart(found, shares, option)
    against = (apart - apart.median()).loc[worst].mul(1 - 2 * values[worst], axis=0).fillna(0)
    size, sign = against.max(axis=1), 1 - 2 * values[worst]
    table = {
        "nation": data.nations()["name"].reindex(worst),
        "value": values[worst],
        "chance": np.exp(scores[worst]),
        "term": against.idxmax(axis=1).where(size > WORTH_TELLING, ""),
        "difference": (size * sign).where(size > WORTH_TELLING),
    }
    return pd.DataFrame(table).reset_index(drop=True)


def _shares(found: Propensity, values: pd.Series, option: str, among: Sequence[str]) -> pd.DataFrame:
    """(N, options) mean chances over the years, given that one of ``among`` is taken."""
    table = found.chances[found.chances["iso3"].isin(values.index)].pivot_table("probability", "iso3", "option")
    table = table.loc[values.index, list(among or table)]
    return table.div(table.sum(axis=1), axis=0)


def _apart(found: Propensity, shares: pd.DataFrame, option: str) -> pd.DataFrame:
    """(N, terms) the option's terms less those of the others, weighted by their shares; NaN where it is never open."""
    terms = found.terms.assign(use=found.terms["benefit"] + found.terms["fee"]).drop(columns=["benefit", "fee"])
    others = shares.drop(columns=option)
    weight = others.div(others.sum(axis=1), axis=0).stack()
    beside = terms.loc[weight.index].mul(weight, axis=0).groupby(level="iso3").sum()
    return (terms.xs(option, level="option") - beside).loc[shares.index]


def _log_odds(chance: pd.Series) -> np.ndarray:
    return logit(chance.clip(FLOOR, 1 - FLOOR).to_numpy())


def _simple(values: pd.Series) -> dict[str, np.ndarray]:
    nations = data.economies().loc[values.index]
    return {
        "UN ideal point": nations["un_ideal_point"].to_numpy(),
        "GDP": np.log(nations["gdp_usd_bn"].to_numpy()),
        "trade share with China": nations["trade_share_cn"].fillna(nations["trade_share_cn"].median()).to_numpy(),
        "prevalence": np.zeros(len(values)),
    }


def _row(name: str, x: np.ndarray, y: np.ndarray, alone: dict[str, np.ndarray], both: dict[str, np.ndarray]) -> dict:
    better, error = _paired(alone["model"], alone[name])
    adds, error_added = _paired(both.get(name, alone[name]), alone[name])
    area = auc(x, y == 1)
    return {
        "predictor": name,
        "log_score": alone[name].mean(),
        "model_better_by": better,
        "standard_error": error,
        "model_adds": adds,
        "error_added": error_added,
        "auc": area if name == "model" else max(area, 1 - area),
        "nations": len(y),
    }


def _paired(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    difference = first - second
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference)))


def log_scores(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N,) mean log probability given to each nation's value while it was left out, over :data:`REPEATS` divisions into folds.

    ``x`` is (N,) or (N, predictors), ``y`` (N,) of 0 and 1.
    """
    x, left = x.reshape(len(y), -1), _left_out(y)
    kept = (~left).astype(float)
    count = kept.sum(axis=1, keepdims=True)
    middle = kept @ x / count
    spread = np.sqrt((kept @ x**2 / count - middle**2).clip(0))
    z = (x - middle[:, None]) / np.where(spread > 1e-9, spread, 1)[:, None]
    line = _fitted(np.dstack([np.ones(left.shape), z]), y, kept)
    margin = (line[:, :1] + (z * line[:, None, 1:]).sum(axis=2)) * (2 * y - 1)
    return (log_expit(margin) * left).sum(axis=0) / REPEATS


def _left_out(y: np.ndarray) -> np.ndarray:
    """(divisions x folds, N) which nations are left out; folds hold both kinds alike."""
    random, fold = np.random.default_rng(0), np.empty((REPEATS, len(y)), int)
    for division in range(REPEATS):
        for kind in (0, 1):
            indices = random.permutation(np.flatnonzero(y == kind))
            fold[division, indices] = np.arange(len(indices)) % FOLDS
    return (fold[:, None] == np.arange(FOLDS)[:, None]).reshape(-1, len(y))


def _fitted(z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(B, K) logistic regressions of ``y`` (N,) on ``z`` (B, N, K), by Newton's method; all slopes but the first are shrunk."""
    line, prior = np.zeros((len(z), z.shape[2])), np.diag([0.0] + [1.0] * (z.shape[2] - 1))
    for _ in range(NEWTON_STEPS):
        chance = expit((z * line[:, None]).sum(axis=2))
        slope = ((weight * (y - chance))[..., None] * z).sum(axis=1) - line @ prior
        bend = np.einsum("bn,bni,bnj->bij", weight * chance * (1 - chance), z, z) + prior
        line += np.linalg.solve(bend, slope[..., None])[..., 0]
    return line
