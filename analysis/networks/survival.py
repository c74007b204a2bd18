"""How long ties last, and whether shared partners protect them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.methods.statistics import LEVEL
from analysis.networks.panel import Panel
from analysis.networks.resampling import interval, rate, weights

CLASSES = ((0, 2), (3, 9), (10, 19), (20, 10_000))  # shared partners, from and to


def kaplan_meier(lost: np.ndarray, censored: np.ndarray) -> pd.DataFrame:
    """Survival by age in steps from (K+1,) counts of ties lost, and last seen standing, at each age.

    S(k) = prod over j <= k of (1 - d_j / n_j), with Greenwood's variance and the interval on the scale of log(-log S). A row
    per age: ``survival``, ``low``, ``high``, ``at_risk``. Source: [KaplanMeier1958], [Greenwood1926].
    """
    at_risk = (lost + censored)[::-1].cumsum()[::-1].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, 1 - lost / at_risk, 1.0))
        spread = np.sqrt(np.cumsum(np.where(lost > 0, lost / (at_risk * (at_risk - lost)), 0.0))) / np.abs(np.log(survival))
        half = stats.norm.ppf(0.5 + LEVEL / 2) * spread
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    return pd.DataFrame({"survival": survival, "low": low, "high": high, "at_risk": at_risk}).rename_axis("age")


def counts(ties: pd.DataFrame, runs: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """(R, T+1) ties lost, and last seen standing, by their age in steps."""
    lost, censored = np.zeros((2, runs, last + 1))
    age = (ties["end"] - ties["start"]).to_numpy()
    run, ended = ties["run"].to_numpy(), ties["ended"].to_numpy()
    np.add.at(lost, (run[ended], age[ended]), 1)
    np.add.at(censored, (run[~ended], age[~ended]), 1)
    return lost, censored


def survival(panel: Panel) -> pd.DataFrame:
    """A row per group of ties and age [years]: survival with Greenwood's interval (``low``, ``high``: as if every tie stood for
    itself) and the interval over runs (``run_low``, ``run_high``), which is the one to trust, and how many were at risk."""
    parts = []
    for group, ties in groups(panel).items():
        lost, censored = counts(ties, panel.count, panel.last)
        curve = kaplan_meier(lost.sum(axis=0), censored.sum(axis=0))
        drawn = weights(panel.count)
        _, low, high = interval(_curves(drawn @ lost, drawn @ censored))
        curve = curve.assign(run_low=low, run_high=high)[curve["at_risk"] > 0]
        parts.append(curve.assign(group=group, years=curve.index * panel.dt).reset_index(drop=True))
    table = pd.concat(parts, ignore_index=True)
    return table[["group", "years", "survival", "low", "high", "run_low", "run_high", "at_risk"]]


def _curves(lost: np.ndarray, censored: np.ndarray) -> np.ndarray:
    at_risk = (lost + censored)[:, ::-1].cumsum(axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.cumprod(np.where(at_risk > 0, 1 - lost / at_risk, 1.0), axis=1)


def groups(panel: Panel) -> dict[str, pd.DataFrame]:
    """Ties by what they are: memberships, clients by vendor, allies by the partners they shared when they allied."""
    ties = panel.ties
    found = {"member of a coalition": ties[ties["kind"] == "member"]}
    clients = ties[ties["kind"] == "client"]
    found |= {f"client of {vendor}": clients[clients["target"] == vendor] for vendor in sorted(clients["target"].unique())}
    allies = ties[ties["kind"] == "ally"]
    nation = pd.Index(panel.iso3).get_indexer(pd.Index(allies["source"]))
    shared = partners(panel)[allies["run"].to_numpy(), allies["start"].to_numpy(), nation] - 1
    for low, high in CLASSES:
        found[f"allies with {_range(low, high)} shared partners"] = allies[(shared >= low) & (shared <= high)]
    return {name: part for name, part in found.items() if len(part)}


def partners(panel: Panel) -> np.ndarray:
    """(R, T+1, N) the other members of a nation's coalition."""
    size = np.zeros(panel.serial.shape, np.int32)
    for serial in range(1, int(panel.serial.max(initial=0)) + 1):
        held = panel.serial == serial
        size += held * (held.sum(axis=2, keepdims=True) - 1)
    return size


def dissolution(panel: Panel) -> pd.DataFrame:
    """Ally ties ended a year by the partners the two share at the time: ``tie_years``, ``ended``, ``rate`` with its interval over
    runs [1/yr]."""
    exposed, ended = pairs(panel)
    rows = []
    for low, high in CLASSES:
        part = slice(low, min(high, exposed.shape[1] - 1) + 1)
        years, ends = panel.dt * exposed[:, part].sum(axis=1), ended[:, part].sum(axis=1)
        if years.sum():
            rows.append((_range(low, high), years.sum(), ends.sum(), *map(float, rate(ends, years))))
    return pd.DataFrame(rows, columns=["shared_partners", "tie_years", "ended", "rate", "low", "high"])


def pairs(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """(R, N) pairs of allies seen at a step and the next, and those that were allies no more, by partners shared."""
    exposed, ended = np.zeros((2, panel.count, len(panel.iso3)))
    now, after = panel.serial[:, :-1], panel.serial[:, 1:]
    for serial in range(1, int(panel.serial.max(initial=0)) + 1):
        size = (now == serial).sum(axis=2)
        stay = ((now == serial) & (after == serial)).sum(axis=2)
        run, step = np.nonzero(size > 1)
        m, k = size[run, step], stay[run, step]
        np.add.at(exposed, (run, m - 2), m * (m - 1) / 2)
        np.add.at(ended, (run, m - 2), m * (m - 1) / 2 - k * (k - 1) / 2)
    return exposed, ended


def _range(low: int, high: int) -> str:
    return f"{low} to {high}" if high < 1000 else f"{low} or more"
