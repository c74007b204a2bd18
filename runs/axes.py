"""Axes of a design: what a factor ranges over, as a sweep file says it, checked against the scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from abm import dates, rules
from abm.parameters import Range, lookup, plausible
from abm.scenario import Scenario, ScenarioError
from abm.words import shown
from runs.factor import NATIONS, Factor, check_name

_RANGE = {"low", "high", "count", "log"}
PLAUSIBLE = "plausible"  # the word for what the parameter's row calls so
UNIT = Range(0.0, 1.0)


class SweepError(ValueError):
    """All that is wrong with a sweep file or its table of points, one sentence a line."""


@dataclass(frozen=True)
class Axis:
    """A factor with what it ranges over: listed ``values`` (levels as positions), or a ``range``.

    ``count`` cuts the range for a grid (0 where none was given); ``steps`` is (start, length) of the scenario's steps where the
    factor is a date, which lies on one of them; ``present`` is its value in the scenario.
    """

    factor: Factor
    values: tuple[float, ...] = ()
    range: Range = UNIT
    count: int = 0
    present: float = field(default=float("nan"))
    steps: tuple[float, float] | None = None

    def at(self, share: np.ndarray) -> np.ndarray:
        """Numbers at shares (0 to 1) of the axis: equal shares for listed values, whole numbers or stretches of a range."""
        if self.values:
            indices = np.minimum((share * len(self.values)).astype(int), len(self.values) - 1)
            return np.array(self.values)[indices]
        low, high = self.range.low, self.range.high
        if self.range.whole:
            return np.minimum(np.floor(low + share * (high - low + 1)), high)
        return np.clip(self._on_step(self.range.at(share)), low, high)

    def _on_step(self, numbers: np.ndarray) -> np.ndarray:
        """Dates as the steps begin in which they fall: what is recorded is what is run."""
        if self.steps is None:
            return numbers
        start, length = self.steps
        return start + length * np.array([dates.step_in(number, start, length) for number in numbers.tolist()])

    @property
    def size(self) -> int:
        """Number of values of :meth:`grid`."""
        return len(self.values) or self.count or 2

    def grid(self) -> np.ndarray:
        """The listed values, or ``count`` evenly spaced ones from one end of the range to the other (2 where none was given).

        Errors: ValueError where two of them would be the same runs.
        """
        if self.values:
            return np.array(self.values)
        low, high = self.range.low, self.range.high
        if self.range.whole and self.size > high - low + 1:
            numbers = f"{high - low + 1:g} whole numbers from {low:g} to {high:g}"
            raise ValueError(f"count = {self.count} is more than the {numbers}")
        space = np.geomspace if self.range.log else np.linspace
        found = np.clip(space(low, high, self.size), low, high)
        self.check_apart(found.tolist())
        return np.unique(np.round(found)) if self.range.whole else found

    def check_apart(self, numbers: Sequence[float]) -> None:
        """ValueError where two of these values stand for the same runs: equal ones, and dates within one step."""
        kinds = self._on_step(np.array(numbers)).round(9).tolist() if self.steps else numbers
        first: dict[float, float] = {}
        for number, kind in zip(numbers, kinds):
            if kind in first and first[kind] == number:
                raise ValueError(f"{number:g} stands there twice")
            if kind in first:
                length = self.steps[1] if self.steps else 0
                raise ValueError(f"{first[kind]:.10g} and {number:.10g} fall into the same step of {length:g} years")
            first[kind] = number


def axis(name: str, given: Any, scenario: Scenario, distinct: bool = True) -> Axis:
    """The axis of a factor given as a list of values, each another one if ``distinct``, a range, or the word ``"plausible"``.

    Errors: ValueError with one clause.
    """
    check_name(name, scenario)
    if given == PLAUSIBLE and name != NATIONS and not Factor(name).event:
        given = _plausible(name, scenario)
    if isinstance(given, list) and given:
        return _listed(name, given, scenario, distinct)
    if isinstance(given, dict) and {"low", "high"} <= given.keys():
        return _ranged(name, given, scenario)
    raise ValueError(f"found {shown(given)}; a list of values is needed, or {{ low = ..., high = ... }}, or \"plausible\"")


def _plausible(name: str, scenario: Scenario) -> Any:
    """Every name of a choice; else the plausible range within the bounds, wide enough for the scenario's own value."""
    parameter, found = lookup(name, scenario.vendor_names), plausible(name, scenario.vendor_names)
    if parameter.choices:
        return [*parameter.choices, *rules.named(parameter.name, scenario.content.rules)]
    present = float(scenario.parameter(name))
    found = found.around(present) if found.relative else found
    low, high = max(parameter.low, min(found.low, present)), min(parameter.high, max(found.high, present))
    if parameter.whole:
        low, high = int(low), int(high)
    return {"low": low, "high": high, "log": found.log and low > 0 and not parameter.whole}


def _listed(name: str, values: Sequence[Any], scenario: Scenario, distinct: bool) -> Axis:
    factor = Factor(name)
    present = _present(factor, scenario)
    if not _categorical(factor, scenario):
        numbers = tuple(_number(value) for value in values)
        parameter = factor.parameter(scenario)
        broken = [number for number in numbers if number % 1] if parameter and parameter.whole else []
        for number in (min(numbers), max(numbers), *broken[:1]):  # what is admissible is an interval, or its whole numbers
            _check(factor, number, scenario)
        found = Axis(factor, numbers, present=float("nan") if present is None else present, steps=_steps(factor, scenario))
        if distinct:
            found.check_apart(numbers)
        return found
    different = {repr(value): value for value in values}
    if distinct and len(different) < len(values):
        counts = Counter(map(repr, values))
        raise ValueError(f"{shown(next(value for value in values if counts[repr(value)] > 1))} stands there twice")
    for value in different.values():
        _check(factor, value, scenario)
    levels = [present, *(value for value in different.values() if value != present)]
    indices = {word: float(levels.index(value)) for word, value in different.items()}
    return Axis(Factor(name, tuple(levels)), tuple(indices[repr(value)] for value in values), present=0.0)


def _steps(factor: Factor, scenario: Scenario) -> tuple[float, float] | None:
    """(start, length) of the scenario's steps for the date of an event; None for any other factor."""
    dated = factor.event and factor.event[1] == "date"
    return (scenario.content.start, scenario.content.step_years) if dated else None


def _ranged(name: str, given: dict[str, Any], scenario: Scenario) -> Axis:
    factor = Factor(name)
    if not given.keys() <= _RANGE:
        raise ValueError(f"{', '.join(sorted(given.keys() - _RANGE))}: a range takes low, high, count and log")
    if _categorical(factor, scenario):
        raise ValueError("has names, not numbers: list those to vary")
    low, high, count, log = _number(given["low"]), _number(given["high"]), given.get("count", 0), given.get("log", False)
    for number in (low, high):
        _check(factor, number, scenario)
    if not low < high:
        raise ValueError(f"low = {low:g} must lie below high = {high:g}")
    if isinstance(count, bool) or not isinstance(count, int) or ("count" in given and count < 2):
        raise ValueError(f"count = {shown(count)}; a whole number from 2 is needed")
    parameter, present = factor.parameter(scenario), _present(factor, scenario)
    whole, steps = bool(parameter and parameter.whole), _steps(factor, scenario)
    if not isinstance(log, bool) or (log and low <= 0):
        raise ValueError(f"log = {shown(log)}; true or false is needed, and low above 0 for true")
    if log and (whole or steps):
        raise ValueError(f"log = true: {'dates' if steps else 'whole numbers'} are spaced evenly; leave it out")
    found = Range(low, high, log=log, whole=whole)
    return Axis(factor, (), found, count, float("nan") if present is None else present, steps)


def _categorical(factor: Factor, scenario: Scenario) -> bool:
    parameter = factor.parameter(scenario)
    return factor.name == NATIONS or bool(parameter and parameter.choices)


def _number(value: Any) -> float:
    value = dates.plain(value)
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"found {shown(value)}; a number is needed")
    if isinstance(value, int) and abs(value) > 10**300:
        raise ValueError("found a whole number of more than 300 digits; a number is needed")
    return float(value)


def _check(factor: Factor, value: Any, scenario: Scenario) -> None:
    """ValueError unless the scenario is sound with the factor at ``value``."""
    parameter = factor.parameter(scenario)
    if parameter:
        scenario.number(parameter, value)
        return
    document = scenario.document()
    factor.place_in(document, value)
    try:
        Scenario.parse(document, scenario.name, "")
    except ScenarioError as error:
        raise ValueError(str(error).splitlines()[0].removeprefix(": ")) from None


def _present(factor: Factor, scenario: Scenario) -> Any:
    """The factor's value in the scenario; None where the scenario leaves it to the rules."""
    if factor.event:
        event, field = scenario.content.events[factor.event[0]], factor.event[1]
        return event.date if field == "date" else getattr(event, field)
    if factor.name == NATIONS:
        given = scenario.document().get(NATIONS, {})
        return given.get("select", "midsized") if given.keys() <= {"select"} else given
    return scenario.parameter(factor.name)
