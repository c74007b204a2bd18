"""Scenarios side by side: the difference in every measure with its interval, and which differences are larger than noise.

Runs of the same seed share their noise, so they are compared pair by pair. A difference is called larger than noise where it
remains significant at 5 % after Holm's correction for looking at so many measures at once, which holds however the measures
depend on each other. Source: [Holm1979].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from abm import measures
from analysis.methods.statistics import LEVEL, Estimate, mean


@dataclass(frozen=True)
class Arm:
    """One scenario's finished runs: ``outcomes`` has a row per run (index: its seed) and a column per measure."""

    name: str
    outcomes: pd.DataFrame
    title: str = ""


@dataclass(frozen=True)
class Comparison:
    """``table`` has a row per arm other than the first and measure (see :func:`differences`); ``when`` is ``end`` or ``mean``."""

    arms: tuple[Arm, ...]
    table: pd.DataFrame
    when: str
    notes: tuple[str, ...] = ()

    def of(self, arm: Arm) -> pd.DataFrame:
        """The rows of an arm, the clearest differences first."""
        rows = self.table[self.table["arm"] == arm.name]
        order = rows.assign(size=rows["scaled"].abs()).sort_values(["clear", "size"], ascending=False, kind="stable")
        return order.drop(columns="size")


def compare(arms: Sequence[Arm], vendors: tuple[str, ...], when: str = "end", notes: Sequence[str] = ()) -> Comparison:
    """Every arm against the first. Errors: ValueError where an arm has fewer than two finished runs or the names are alike."""
    if len({arm.name for arm in arms}) < len(arms):
        raise ValueError(f"{', '.join(arm.name for arm in arms)}: the same is given twice; name each once")
    for arm in arms:
        if len(arm.outcomes) < 2:
            raise ValueError(f"{arm.name}: holds {len(arm.outcomes)} finished runs; comparing needs at least 2")
    parts = [differences(arms[0], arm, vendors).assign(arm=arm.name) for arm in arms[1:]]
    said = [note for arm in arms[1:] for note in _pairing(arms[0], arm)]
    return Comparison(tuple(arms), pd.concat(parts, ignore_index=True), when, (*said, *notes))


def differences(base: Arm, other: Arm, vendors: tuple[str, ...]) -> pd.DataFrame:
    """A row per measure: means (``base``, ``other``), ``difference`` with its 95 % interval (``low``, ``high``), ``pairs``
    (runs in which both know the measure), ``paired``, ``p``, ``adjusted`` (Holm), ``clear`` (larger than noise), and
    ``scaled``, the difference over the base's standard deviation between runs, with ``scaled_low`` and ``scaled_high``.
    """
    known, paired = measures.columns(vendors), len(common(base, other)) > 1
    rows = []
    for name in (name for name in known if name in base.outcomes and name in other.outcomes):
        one, two = _values(base, other, name, paired)
        estimate, p = pairwise(one, two) if paired else apart(one, two)
        centre = one.mean() if len(one) else np.nan, two.mean() if len(two) else np.nan
        rows.append((name, known[name].unit, *centre, estimate.value, estimate.low, estimate.high, estimate.count, paired, p))
    names = ["measure", "unit", "base", "other", "difference", "low", "high", "pairs", "paired", "p"]
    table = pd.DataFrame(rows, columns=names)
    table["adjusted"] = holm(table["p"].to_numpy())
    table["clear"] = table["adjusted"] < 1 - LEVEL
    spread = table["measure"].map(base.outcomes.std()).replace(0.0, np.nan)
    for column, value in (("scaled", "difference"), ("scaled_low", "low"), ("scaled_high", "high")):
        table[column] = table[value] / spread
    return table


def common(base: Arm, other: Arm) -> pd.Index:
    """Seeds that both ran."""
    return base.outcomes.index.intersection(other.outcomes.index)


def pairwise(one: np.ndarray, two: np.ndarray) -> tuple[Estimate, float]:
    """Mean of the differences two - one pair by pair, and the p-value of Student's test that it is nought."""
    change = two - one
    estimate = mean(change)
    if estimate.count < 2:
        return Estimate(np.nan, count=estimate.count), np.nan
    if np.ptp(change) == 0:  # the test knows no answer without spread, but the differences say it themselves
        return Estimate(change[0], change[0], change[0], len(change)), float(change[0] == 0)
    return estimate, float(stats.ttest_1samp(change, 0).pvalue)


def apart(one: np.ndarray, two: np.ndarray) -> tuple[Estimate, float]:
    """Difference of the means of runs that share no noise, by Welch's test."""
    count = min(len(one), len(two))
    if count < 2:
        return Estimate(np.nan, count=count), np.nan
    change = two.mean() - one.mean()
    if np.ptp(one) == 0 and np.ptp(two) == 0:
        return Estimate(change, change, change, count), float(change == 0)
    test = stats.ttest_ind(two, one, equal_var=False)
    interval = test.confidence_interval(LEVEL)
    return Estimate(change, interval.low, interval.high, count), float(test.pvalue)


def holm(p: np.ndarray) -> np.ndarray:
    """p-values adjusted for their number; NaN (not tested) stays and does not count."""
    adjusted, tested = np.full(len(p), np.nan), np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1) if len(order) else steps
    return adjusted


def _values(base: Arm, other: Arm, name: str, paired: bool) -> tuple[np.ndarray, np.ndarray]:
    """Values of a measure in both arms: of the seeds in which both know it, or of all that know it."""
    one, two = base.outcomes[name].astype(float), other.outcomes[name].astype(float)
    if not paired:
        return one.dropna().to_numpy(), two.dropna().to_numpy()
    both = pd.concat([one, two], axis=1, join="inner").dropna()
    return both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy()


def _pairing(base: Arm, other: Arm) -> list[str]:
    """What to say about how two arms were compared."""
    shared, most = len(common(base, other)), max(len(base.outcomes), len(other.outcomes))
    if shared < 2:
        return [f"{other.name} and {base.name} share no seeds: their runs are compared unpaired, which finds less"]
    if shared < most:
        return [f"{other.name} and {base.name} share {shared} of up to {most} seeds: the others are left out"]
    return []
