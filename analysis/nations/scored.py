"""How well the model foretells a list of nations, beside simple baselines: cross-validated log score.

Every predictor x (the model's log odds that a nation holds the option, its UN ideal point, its log GDP, its trade share with
China) goes into the same logistic regression, p = 1 / (1 + exp(-a - b z)), z standardised on the training folds, b shrunk by
a normal prior of spread one. The score is the mean log probability given to what is the case, on folds left out; nearer to
nought is better. Repeated with other folds; the difference from the model is paired by nation.

Source: log score [Good1952].
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from scipy.stats import rankdata

from abm import data

#: Lists that come with the package, by name.
SHIPPED = {"network-vendors": Path(data.__file__).parent / "network_vendors.csv"}
FOLDS, REPEATS = 5, 40
LEAST = 10  # nations of a list


def read_list(path: str | Path, known: pd.Index) -> pd.Series:
    """A list of iso3 and value (0 or 1) for nations in ``known``. Errors: ValueError, naming file and row."""
    try:
        table = pd.read_csv(path, comment="#")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path}: cannot be read as a table ({error})") from None
    if not {"iso3", "value"} <= set(table):
        raise ValueError(f"{path}: found columns {', '.join(map(str, table))}; iso3 and value are needed")
    for row, (iso3, value) in enumerate(zip(table["iso3"], table["value"]), 2):
        if value not in (0, 1):
            raise ValueError(f"{path}, line {row}: found {value} for {iso3}; 0 or 1 is needed")
    values = table.drop_duplicates("iso3").set_index("iso3")["value"].astype(int)
    values = values[values.index.isin(known)]
    if len(values) < LEAST or values.nunique() < 2:
        raise ValueError(f"{path}: {len(values)} of its nations are in the result; {LEAST} of both kinds are needed")
    return values


def score(chances: pd.DataFrame, values: pd.Series, option: str) -> pd.DataFrame:
    """A row per predictor: log score, its difference from the model's with standard error, AUC, and how many nations."""
    nations = data.economies().loc[values.index]
    held = chances[chances["option"] == option].groupby("iso3")["probability"].mean().reindex(values.index).clip(0.005, 0.995)
    predictors = {
        "model": np.log(held / (1 - held)),
        "UN ideal point": nations["un_ideal_point"],
        "GDP": np.log(nations["gdp_usd_bn"]),
        "trade share with China": nations["trade_share_cn"].fillna(nations["trade_share_cn"].median()),
        "prevalence": pd.Series(0.0, index=values.index),
    }
    logs = {name: log_scores(x.to_numpy(float), values.to_numpy()) for name, x in predictors.items()}
    return pd.DataFrame([_row(name, predictors[name], logs, values) for name in predictors])


def _row(name: str, x: pd.Series, logs: dict[str, np.ndarray], values: pd.Series) -> dict:
    behind = logs["model"] - logs[name]
    return {
        "predictor": name,
        "log_score": logs[name].mean(),
        "model_better_by": behind.mean(),
        "standard_error": behind.std(ddof=1) / np.sqrt(len(behind)),
        "auc": auc(x.to_numpy(float), values.to_numpy()),
        "nations": len(values),
    }


def log_scores(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N,) mean log probability given to each nation's value while it was left out, over :data:`REPEATS` divisions into folds."""
    random = np.random.default_rng(0)
    scores = np.zeros(len(y))
    for _ in range(REPEATS):
        fold = np.empty(len(y), int)
        for kind in (0, 1):  # folds hold both kinds alike
            places = random.permutation(np.flatnonzero(y == kind))
            fold[places] = np.arange(len(places)) % FOLDS
        for left in range(FOLDS):
            scores[fold == left] += _left_out(x, y, fold == left)
    return scores / REPEATS


def _left_out(x: np.ndarray, y: np.ndarray, left: np.ndarray) -> np.ndarray:
    middle, spread = x[~left].mean(), x[~left].std() or 1.0
    z = (x - middle) / spread
    sign = 2 * y[~left] - 1

    def loss(line: np.ndarray) -> float:
        return -log_expit(sign * (line[0] + line[1] * z[~left])).sum() + line[1] ** 2 / 2

    a, b = minimize(loss, np.zeros(2)).x
    chance = expit(a + b * z[left])
    return np.log(np.where(y[left] == 1, chance, 1 - chance))


def auc(x: np.ndarray, y: np.ndarray) -> float:
    """Chance that of two nations of either kind the predictor tells them apart, whichever way it points."""
    ranks, ones = rankdata(x), int(y.sum())
    area = (ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))
    return float(max(area, 1 - area))
