"""How an outcome answers to one factor of a sweep, whatever the design."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.methods.statistics import mean
from analysis.reading.sweep import Sweep

BINS = 8  # into which the values of a sampled factor are put


def alone(sweep: Sweep, index: int, outcome: str) -> pd.DataFrame:
    """The outcome by a factor's value, all other factors as in the first design point: ``value``, ``mean``, ``low``, ``high``."""
    others = np.delete(np.arange(len(sweep.factors)), index)
    rows = (sweep.points[:, others] == sweep.points[0, others]).all(axis=1)
    return _curve(sweep, index, outcome, np.flatnonzero(rows))


def at(sweep: Sweep, index: int, outcome: str, other: int, number: float) -> pd.DataFrame:
    """The outcome by a factor's value where another factor has the value ``number``."""
    return _curve(sweep, index, outcome, np.flatnonzero(sweep.points[:, other] == number))


def _curve(sweep: Sweep, index: int, outcome: str, rows: np.ndarray) -> pd.DataFrame:
    table = sweep.table.iloc[rows]
    curve = pd.DataFrame({"value": sweep.points[rows, index], "mean": table[outcome]})
    curve[["low", "high"]] = table[[f"{outcome}_low", f"{outcome}_high"]]
    return curve.dropna().sort_values("value", ignore_index=True)


def marginal(sweep: Sweep, index: int, outcome: str) -> pd.DataFrame:
    """The outcome by a factor's value (in :data:`BINS` equal shares of the points where there are more values), the mean over
    all design points that have it, with the 95 % interval of that mean."""
    values, known = sweep.points[:, index], sweep.table[outcome]
    if len(np.unique(values)) > BINS and not sweep.factors[index].levels:
        edges = np.quantile(values, np.linspace(0, 1, BINS + 1))
        groups = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, BINS - 1)
    else:
        groups = np.searchsorted(np.unique(values), values)
    rows = []
    for group in np.unique(groups):
        estimate = mean(known[groups == group])
        rows.append((values[groups == group].mean(), estimate.value, estimate.low, estimate.high))
    return pd.DataFrame(rows, columns=["value", "mean", "low", "high"]).dropna(subset="mean")


def response(sweep: Sweep, index: int, outcome: str) -> pd.DataFrame:
    """The curve that suits the design: the factor alone where it was varied alone, else its mean over all other factors."""
    if sweep.method == "one_at_a_time" or len(sweep.factors) == 1:
        return alone(sweep, index, outcome)
    return marginal(sweep, index, outcome)


def reach(sweep: Sweep, outcome: str) -> pd.Series:
    """How far the outcome's response to each factor reaches, highest less lowest, the farthest first."""
    found = {}
    for index, factor in enumerate(sweep.factors):
        curve = response(sweep, index, outcome)["mean"]
        found[factor.name] = float(curve.max() - curve.min()) if len(curve) else 0.0
    return pd.Series(found).sort_values(ascending=False, kind="stable")
