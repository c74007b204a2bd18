"""How well the model foretells a list of nations, beside simple baselines: cross-validated log score.

Every predictor x (the model's log odds that a nation holds the option, its UN ideal point, its log GDP, its trade share with
China) goes into the same logistic regression, p = 1 / (1 + exp(-a - b z)), z standardised on the training folds, b shrunk by
a normal prior of spread one. The score is the mean log probability given to what is the case, on folds left out; nearer to
nought is better. Repeated with other folds; differences are paired by nation, with standard errors as if nations were drawn
independently. Each baseline is scored once more together with the model: what the model adds to it.

Source: log score [Good1952].
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit
from scipy.stats import rankdata

from abm import data

FOLDS, REPEATS = 5, 40
FLOOR = 0.005  # a probability is held this far from 0 and 1, so that its log odds are finite


def score(chances: pd.DataFrame, values: pd.Series, option: str) -> pd.DataFrame:
    """A row per predictor: log score, its difference from the model's, what the model adds to it, AUC, how many nations.

    ``chances`` is a table of :func:`~analysis.nations.propensity.propensity`, of which the mean over years is taken; ``values``
    (N,) is 0 or 1 by iso3.
    """
    predictors = _predictors(chances, values, option)
    y = values.to_numpy()
    alone = {name: log_scores(x, y) for name, x in predictors.items()}
    both = {name: log_scores(np.column_stack([x, predictors["model"]]), y) for name, x in predictors.items() if name != "model"}
    return pd.DataFrame([_row(name, x, y, alone, both) for name, x in predictors.items()])


def _predictors(chances: pd.DataFrame, values: pd.Series, option: str) -> dict[str, np.ndarray]:
    nations = data.economies().loc[values.index]
    held = chances[chances["option"] == option].groupby("iso3")["probability"].mean().reindex(values.index)
    return {
        "model": logit(held.clip(FLOOR, 1 - FLOOR).to_numpy()),
        "UN ideal point": nations["un_ideal_point"].to_numpy(),
        "GDP": np.log(nations["gdp_usd_bn"].to_numpy()),
        "trade share with China": nations["trade_share_cn"].fillna(nations["trade_share_cn"].median()).to_numpy(),
        "prevalence": np.zeros(len(values)),
    }


def _row(name: str, x: np.ndarray, y: np.ndarray, alone: dict[str, np.ndarray], both: dict[str, np.ndarray]) -> dict:
    better, error = _paired(alone["model"], alone[name])
    adds, error_added = _paired(both.get(name, alone[name]), alone[name])
    area = auc(x, y)
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
    random = np.random.default_rng(0)
    x, scores = x.reshape(len(y), -1), np.zeros(len(y))
    for _ in range(REPEATS):
        fold = np.empty(len(y), int)
        for kind in (0, 1):  # folds hold both kinds alike
            places = random.permutation(np.flatnonzero(y == kind))
            fold[places] = np.arange(len(places)) % FOLDS
        for left in range(FOLDS):
            scores[fold == left] += _left_out(x, y, fold == left)
    return scores / REPEATS


def _left_out(x: np.ndarray, y: np.ndarray, left: np.ndarray) -> np.ndarray:
    middle, spread = x[~left].mean(axis=0), x[~left].std(axis=0)
    z = (x - middle) / np.where(spread > 0, spread, 1)
    sign = 2 * y[~left] - 1

    def loss(line: np.ndarray) -> float:
        return -log_expit(sign * (line[0] + z[~left] @ line[1:])).sum() + (line[1:] ** 2).sum() / 2

    line = minimize(loss, np.zeros(1 + x.shape[1])).x
    chance = expit(line[0] + z[left] @ line[1:])
    return np.log(np.where(y[left] == 1, chance, 1 - chance))


def auc(x: np.ndarray, y: np.ndarray) -> float:
    """Chance that of two nations of either kind the one with value 1 has the larger x."""
    ranks, ones = rankdata(x), int(y.sum())
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones)))
