"""A sweep as its report reads it: the factors in words, and what each design point came to over its replicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from abm import measures
from abm.words import MEASURES, nearest
from analysis.methods.statistics import LEVEL, wilson
from runs.factor import NATIONS, Factor
from runs.results import Result

#: What a report shows unless told otherwise, with what a reader calls it; shares and GDP shares are shown in per cent.
LABELS = {
    "gdp_coalition": "GDP in coalitions",
    "stands": "chance that a coalition stands",
    "sovereignty": "sovereignty",
    "net_benefit": "AI benefit less costs (of GDP a year)",
    "lag_mean": "lag of what nations use (months)",
}
OUTCOMES = ("gdp_coalition", "stands", "sovereignty", "net_benefit")


@dataclass(frozen=True)
class Sweep:
    """A result of several design points, and the measures of interest, the first of them the main one.

    ``stands`` is no measure of the model's own but the share of replicates in which a coalition stands at the end.
    """

    result: Result
    outcomes: tuple[str, ...] = OUTCOMES

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What was varied."""
        return self.result.plan.factors

    @property
    def points(self) -> np.ndarray:
        """(P, F) the design."""
        return self.result.plan.points

    @property
    def method(self) -> str:
        """The design's method; ``csv`` for a table of a person's own."""
        return self.result.plan.design.get("method", "csv")

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per design point: each outcome's mean over finished replicates with its 95 % interval (``NAME_low``,
        ``NAME_high``; Student's, Wilson's for ``stands``), and their number ``count``; NaN where none finished."""
        names = sorted({*self.outcomes, "coalitions"} - {"stands"})
        runs = self.result.runs(["point", "status", *names])
        runs = runs[runs["status"] == "done"].assign(stands=lambda rows: (rows["coalitions"] > 0).astype(float))
        groups = runs.groupby("point")[list(self.outcomes)]
        count, centre = groups.count(), groups.mean()
        half = stats.t.ppf(0.5 + LEVEL / 2, (count - 1).clip(lower=1)) * groups.std().fillna(0.0) / np.sqrt(count)
        low, high = centre - half, centre + half
        if "stands" in self.outcomes:
            low["stands"], high["stands"] = wilson(centre["stands"] * count["stands"], count["stands"])
        size = runs.groupby("point").size().rename("count")
        table = centre.join([low.add_suffix("_low"), high.add_suffix("_high"), size])
        return table.reindex(range(len(self.points))).fillna({"count": 0})

    def label(self, outcome: str) -> str:
        """What a reader calls an outcome."""
        known = measures.columns(self.result.vendors)
        return LABELS.get(outcome) or f"{outcome.replace('_', ' ')} ({known[outcome].unit})"

    def share(self, outcome: str) -> bool:
        """Whether an outcome is written in per cent."""
        return outcome == "stands" or measures.columns(self.result.vendors)[outcome].unit.startswith("share")

    def show(self, outcome: str, value: float) -> str:
        """A value as a reader writes it."""
        if np.isnan(value):
            return "none"
        digits = 0 if abs(value) >= 0.1 else 1
        return f"{100 * value:.{digits}f} %" if self.share(outcome) else f"{value:.3g}"

    def present(self, index: int) -> float:
        """A factor's value in the scenario that was varied; NaN where it has none."""
        from runs.axes import axis

        factor = self.factors[index]
        if factor.levels:
            return 0.0  # the scenario's own level comes first
        column = self.points[:, index]
        low, high = float(column.min()), float(column.max())
        if low == high:
            return axis(factor.name, [low], self.result.scenario).present
        return axis(factor.name, {"low": low, "high": high}, self.result.scenario).present

    def text(self, index: int, number: float) -> str:
        """A factor's value as a reader writes it."""
        value = self.factors[index].value(number)
        return value_text(value) if self.factors[index].levels else _short(float(value))

    def values(self, index: int) -> np.ndarray:
        """The distinct values of a factor, in order."""
        return np.unique(self.points[:, index])

    def where(self, point: int) -> str:
        """What a design point is; of a design one at a time, in what it differs from the first point."""
        told = list(range(len(self.factors)))
        if self.method == "one_at_a_time":
            told = [k for k in told if self.points[point, k] != self.points[0, k]]
        return ", ".join(f"{self.factors[k].name} = {self.text(k, self.points[point, k])}" for k in told) or "the scenario"


def sweep(result: Result, outcomes: Sequence[str] = ()) -> Sweep:
    """A sweep with the outcomes chosen, or the usual ones. Errors: ValueError with the nearest name of a measure."""
    known = [*measures.columns(result.vendors), "stands"]
    for name in outcomes:
        if name not in known:
            raise ValueError(f"{name}: no such measure; {nearest(name, known, MEASURES)}")
    return Sweep(result, tuple(dict.fromkeys(outcomes)) or OUTCOMES)


def _short(number: float) -> str:
    """A number to three figures, years and other large ones to five."""
    return f"{number:.5g}" if abs(number) >= 1000 else f"{number:.3g}"


def value_text(value: Any) -> str:
    """A level of a factor in few words."""
    if isinstance(value, dict):
        parts = {name: _short(part) if isinstance(part, float) else part for name, part in value.items()}
        return ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in parts.items())
    if isinstance(value, list | tuple):
        shown = " ".join(value[:4])
        return shown if len(value) <= 4 else f"{' '.join(value[:2])} and {len(value) - 2} more"
    return str(value).replace("_", " ")


def described(sweep: Sweep, index: int) -> tuple[str, str]:
    """Unit and meaning of a factor."""
    factor, scenario = sweep.factors[index], sweep.result.scenario
    if factor.name == NATIONS:
        return "", "which nations take part"
    if factor.event:
        event, field = scenario.content.events[factor.event[0]], factor.event[1]
        what = f"{event.kind} {event.name}" if event.name else event.kind
        return ("year" if field == "date" else ""), f"{field} of the scenario's event {factor.event[0] + 1}, {what}"
    parameter = factor.parameter(scenario)
    return (parameter.unit, parameter.meaning) if parameter else ("", "")


def axis_label(sweep: Sweep, index: int) -> str:
    """A factor's name with its unit."""
    unit, _ = described(sweep, index)
    return sweep.factors[index].name + (f" ({unit})" if unit else "")
