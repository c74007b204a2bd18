"""What a question is given (:class:`Inquiry`) and what it gives back (:class:`Answer`).

A question is a module of :mod:`analysis.questions` with

- a docstring: its page of help (what is computed, assumptions, how to read the figure, source);
- ``TITLE``: the question in one line; ``CAPTION``: what the figure shows;
- ``REPLICATES``: default number of replicates; ``OPTIONS``: what a person may set;
- ``answer(inquiry) -> Answer`` and ``draw(answer) -> Figure``;
- ``runs_of(inquiry)``: how many runs an answer tells ``inquiry.progress`` of, from which the time that is left follows;
- where options make others idle, ``unused(inquiry)``: the ``option`` or ``set parameter``, and why it would do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from abm import dates
from abm.scenario import Scenario
from analysis.methods.statistics import Estimate
from runs import batch
from runs.ensemble import Results


@dataclass(frozen=True)
class Option:
    """A setting of a question: ``default`` gives its kind; numbers lie in ``low`` to ``high``; ``choices`` are names."""

    name: str
    default: float | int | str
    meaning: str
    low: float = 0.0
    high: float = float("inf")
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        if self.choices:
            return ", ".join(self.choices)
        return "a name" if isinstance(self.default, str) else f"{self.low:g} to {self.high:g}"

    def parse(self, text: str) -> float | int | str:
        """A value of the option's kind. Errors: ValueError with what was found and what is allowed."""
        if isinstance(self.default, str):
            if self.choices and text not in self.choices:
                raise ValueError(f"found {text}; allowed is {self.allowed}")
            return text
        try:
            value = type(self.default)(dates.plain(text) if isinstance(self.default, float) else text)
        except ValueError:
            kind = "whole number" if isinstance(self.default, int) else "number"
            raise ValueError(f"found {text}; a {kind} is needed, {self.allowed}") from None
        if not self.low <= value <= self.high:
            raise ValueError(f"found {text}; allowed is {self.allowed}")
        return value


@dataclass(frozen=True)
class Inquiry:
    """A question about a scenario: ``options`` by name, ``draws`` the parameter uncertainty (a row per replicate, or None).

    Which parameters the calibration's draws may move, :func:`analysis.experiments.uncertainty.free_draws` says, for all questions
    alike; a question leaves out (:meth:`fixed`) no more than what it varies or sets itself.
    """

    scenario: Scenario
    replicates: int
    options: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    draws: pd.DataFrame | None = None
    progress: Callable[[int], object] = lambda runs: None

    def __getitem__(self, name: str) -> Any:
        return self.options[name]

    def arms(self, arms: Sequence[Scenario], series: bool = False, choices: bool = False, replicates: int = 0) -> list[Results]:
        """The same replicates under each scenario: see :func:`runs.batch.run_arms`."""
        count = replicates or self.replicates
        return batch.run_arms(arms, count, self.seed, self.sample(count), series, choices, self.progress)

    def points(self, points: pd.DataFrame, series: bool = False, choices: bool = False, replicates: int = 0) -> Results:
        """The same replicates at each point (a row; columns are factors): see :func:`runs.batch.run_points`."""
        count = replicates or self.replicates
        draws = self.sample(count)
        return batch.run_points(self.scenario, points, count, self.seed, draws, series, choices, self.progress)

    def outcomes(self, results: Results, measure: str):
        """(R,) a measure at the last step; NaN in runs that failed."""
        column = results.outcomes[:, batch.columns_of(self.scenario)[measure]].copy()
        column[results.status != 0] = float("nan")
        return column

    def paths(self, results: Results, measure: str):
        """(R, T+1) a measure at every step; NaN in runs that failed."""
        series = results.series[:, :, batch.columns_of(self.scenario)[measure]].copy()
        series[results.status != 0] = float("nan")
        return series

    def money(self, results: Results, measure: str):
        """(R, T+1) a measure that is a share of GDP, as bn US$ a year of all nations, whose GDP has grown since the start."""
        content = self.scenario.content
        years = content.step_years * np.arange(results.series.shape[1])
        grown = np.exp(np.nan_to_num(self.paths(results, "gdp_growth")) * years)
        return self.paths(results, measure) * grown * float(self.scenario.nations()["gdp_usd_bn"].sum())

    def with_replicates(self, count: int) -> Inquiry:
        """The same question with more or fewer replicates; the first are the same runs."""
        return replace(self, replicates=count)

    def fixed(self, *names: str) -> Inquiry:
        """The same question in which the draws leave these parameters alone."""
        return self if self.draws is None else replace(self, draws=self.draws.drop(columns=list(names), errors="ignore"))

    def about(self, scenario: Scenario) -> Inquiry:
        """The same question about another scenario."""
        return replace(self, scenario=scenario)

    def sample(self, count: int) -> pd.DataFrame | None:
        """A row per replicate, the sample repeated where there are more replicates than draws."""
        if self.draws is None:
            return None
        return self.draws.iloc[[row % len(self.draws) for row in range(count)]].reset_index(drop=True)


def rows(table: pd.DataFrame) -> Iterable[Any]:
    """The rows of a table, whose columns are their attributes."""
    return table.itertuples(index=False)


@dataclass(frozen=True)
class Stated:
    """One number of an answer with its interval, as a reader meets it."""

    label: str
    unit: str
    estimate: Estimate


@dataclass
class Answer:
    """``sentence`` says it plainly with its uncertainty; ``table`` holds all that the figure shows, a row per thing compared.

    ``stated`` are the numbers by key, the headline first (``--precision`` asks for its half-width). ``notes`` say what to
    beware of. ``drawn`` is what only the figure needs.
    """

    sentence: str
    table: pd.DataFrame
    stated: dict[str, Stated]
    notes: list[str] = field(default_factory=list)
    drawn: Any = None

    @property
    def headline(self) -> Stated:
        """The first of the numbers stated."""
        return next(iter(self.stated.values()))
