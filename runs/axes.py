"""Axes of a design: what a factor ranges over, as a sweep file says it, checked against the scenario."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from abm.scenario import DatedEvent, Scenario, ScenarioError
from runs.factor import NATIONS, Factor, check_name

_RANGE = {"low", "high", "count", "log"}


class SweepError(ValueError):
    """All that is wrong with a sweep file or its table of points, one sentence a line."""


@dataclass(frozen=True)
class Axis:
    """A factor with what it ranges over: listed ``values`` (levels as positions), or ``low`` to ``high``.

    ``count`` cuts a range for a grid; ``log`` spaces it evenly in its logarithm; ``whole`` keeps whole numbers; ``present``
    is its value in the scenario.
    """

    factor: Factor
    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 1.0
    count: int = 0
    log: bool = False
    whole: bool = False
    present: float = field(default=float("nan"))

    def at(self, share: np.ndarray) -> np.ndarray:
        """Numbers at shares (0 to 1) of the axis: equal shares for listed values, whole numbers or stretches of a range."""
        if self.values:
            places = np.minimum((share * len(self.values)).astype(int), len(self.values) - 1)
            return np.array(self.values)[places]
        if self.whole:
            return np.minimum(np.floor(self.low + share * (self.high - self.low + 1)), self.high)
        if self.log:
            return np.clip(self.low * (self.high / self.low) ** share, self.low, self.high)
        return np.clip(self.low + share * (self.high - self.low), self.low, self.high)

    def grid(self) -> np.ndarray:
        """The listed values, or ``count`` evenly spaced ones from ``low`` to ``high``."""
        if self.values:
            return np.array(self.values)
        if self.whole:
            return np.unique(np.round(np.linspace(self.low, self.high, self.count)))
        space = np.geomspace if self.log else np.linspace
        return np.clip(space(self.low, self.high, self.count), self.low, self.high)


def axis(name: str, given: Any, scenario: Scenario) -> Axis:
    """The axis of a factor given as a list of values or a range. Errors: ValueError with one clause."""
    check_name(name, scenario)
    if isinstance(given, list) and given:
        return listed(name, given, scenario)
    if isinstance(given, dict) and {"low", "high"} <= given.keys():
        return _ranged(name, given, scenario)
    raise ValueError(f"found {given!r}; a list of values is needed, or {{ low = ..., high = ... }}")


def listed(name: str, values: Sequence[Any], scenario: Scenario) -> Axis:
    """An axis over listed values."""
    factor = Factor(name)
    present = _present(factor, scenario)
    if not _categorical(factor, scenario):
        numbers = tuple(_number(value) for value in values)
        for number in (min(numbers), max(numbers), *(n for n in numbers if n % 1)):
            _check(factor, number, scenario)
        return Axis(factor, numbers, present=float("nan") if present is None else present)
    distinct = [value for place, value in enumerate(values) if value not in values[:place]]
    for value in distinct:
        _check(factor, value, scenario)
    levels = [present, *(value for value in distinct if value != present)]
    return Axis(Factor(name, tuple(levels)), tuple(float(levels.index(value)) for value in values), present=0.0)


def _ranged(name: str, given: dict[str, Any], scenario: Scenario) -> Axis:
    factor = Factor(name)
    if not given.keys() <= _RANGE:
        raise ValueError(f"{', '.join(given.keys() - _RANGE)}: a range takes low, high, count and log")
    if _categorical(factor, scenario):
        raise ValueError("has names, not numbers: list those to vary")
    low, high, count, log = _number(given["low"]), _number(given["high"]), given.get("count", 2), given.get("log", False)
    for number in (low, high):
        _check(factor, number, scenario)
    if not low < high:
        raise ValueError(f"low = {low:g} must lie below high = {high:g}")
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise ValueError(f"count = {count!r}; a whole number from 2 is needed")
    if not isinstance(log, bool) or (log and low <= 0):
        raise ValueError(f"log = {log!r}; true or false is needed, and low above 0 for true")
    parameter, present = factor.parameter(scenario), _present(factor, scenario)
    whole = bool(parameter and parameter.whole)
    return Axis(factor, (), low, high, count, log, whole, float("nan") if present is None else present)


def _categorical(factor: Factor, scenario: Scenario) -> bool:
    parameter = factor.parameter(scenario)
    return factor.name == NATIONS or bool(parameter and parameter.choices)


def _number(value: Any) -> float:
    if isinstance(value, datetime.date):
        return DatedEvent.model_construct(date=value, kind="").year()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"found {value!r}; a number is needed")
    return float(value)


def _check(factor: Factor, value: Any, scenario: Scenario) -> None:
    """ValueError unless the scenario is sound with the factor at ``value``."""
    parameter = factor.parameter(scenario)
    if parameter:
        parameter.parse(value)
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
        return event.year() if field == "date" else getattr(event, field)
    if factor.name == NATIONS:
        given = scenario.document().get(NATIONS, {})
        return given.get("select", "midsized") if given.keys() <= {"select"} else given
    return scenario.parameter(factor.name)
