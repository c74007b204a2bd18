"""The sliders of a page: which parameters, at which values ensembles are run, and at which values a slider can stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm import titles
from abm.parameters import Parameter, Range, lookup
from abm.scenario import Scenario
from abm.words import ArgumentError, repeated
from analysis.experiments import ranges

#: A vendor's price, another state's hand on the switch, and the nations' own will: what three sorts of people decide. Where the
#: scenario's events set one of them, the next takes its place.
FIRST = ("fee_us", "hazard_us", "convening_size", "portability", "convening_rate", "openness")
DEFAULT, MOST = 3, 5  # levers
#: Number of levers -> values of each, so that the grid has some hundred points.
VALUES = {1: 11, 2: 9, 3: 5, 4: 4, 5: 3}
_BETWEEN = 8  # places of a slider from one value of the grid to the next


@dataclass(frozen=True)
class Lever:
    """One slider. ``values`` rise, ``values[mark]`` is the scenario's own; ``log``: in between, evenly in the logarithm."""

    name: str
    parameter: Parameter
    title: str
    values: tuple[float, ...]
    mark: int
    log: bool = False
    because: str = ""
    note: str = ""

    @cached_property
    def stops(self) -> tuple[float, ...]:
        """Values at which the slider can stand, those of the grid among them."""
        found: list[float] = []
        for low, high in zip(self.values, self.values[1:]):
            ways = Range(low, high, log=self.log).at(np.linspace(0, 1, _BETWEEN + 1)[1:-1])
            inner = {_rounded(float(way), (high - low) / _BETWEEN, self.parameter.whole) for way in ways}
            found += [low, *sorted(value for value in inner if low < value < high)]
        return (*found, self.values[-1])

    def position(self, value: float) -> float:
        """Where a value lies on the grid: 0 at the first of ``values``, 1 at the second, in between in proportion."""
        if value in self.values:
            return float(self.values.index(value))
        k = int(np.clip(np.searchsorted(self.values, value, side="right") - 1, 0, len(self.values) - 2))
        return k + float(Range(self.values[k], self.values[k + 1], log=self.log).share(value))


def chosen(scenario: Scenario, names: Sequence[str], count: int | None = None) -> list[Lever]:
    """The levers named, or the default ones, with ``count`` values each. Errors: ArgumentError."""
    twice = repeated(names)
    if twice:
        raise ArgumentError("levers", ",".join(names), f"{twice[0] or 'nothing'} is named twice")
    if len(names) > MOST:
        raise ArgumentError("levers", ",".join(names), f"{len(names)} are named; a page holds 1 to {MOST}")
    names = names or [name for name in FIRST if name not in _set_by_events(scenario)][:DEFAULT]
    return [lever(scenario, name, count or VALUES[len(names)]) for name in names]


def lever(scenario: Scenario, name: str, count: int) -> Lever:
    """One lever over its plausible range, in at most ``count`` values (2 at least). Errors as of :func:`chosen`."""
    try:
        parameter = lookup(name, scenario.vendor_names)
    except ValueError as error:
        raise ArgumentError("levers", None, str(error) if name else "a name is empty") from None
    if parameter.choices:
        raise ArgumentError("levers", name, f"is a choice between {', '.join(parameter.choices)}, which no slider holds; "
                      f"`--set {name}={[*parameter.choices][-1]}` makes a page of one of them")  # fmt: skip
    axis, present = ranges.plausible(scenario, name), ranges.value(scenario, name)
    values = _values(axis.range, present, count)
    because = titles.plain(ranges.because(scenario, name))
    note = _event_note(scenario, name, parameter)
    title = titles.parameter(name, scenario.vendors)
    return Lever(name, parameter, title, values, values.index(present), axis.range.log, because, note)


def _values(over: Range, present: float, count: int) -> tuple[float, ...]:
    """The ends, the present value and others between them, as evenly on both its sides as can be."""
    low, high, share = over.low, over.high, float(over.share(present))
    below = round(share * (count - 1))
    if count > 2:
        below = min(max(below, int(share > 0)), count - 1 - int(share < 1))
    kept = {low, present, high} if count > 2 else {present, low if share > 0.5 else high}
    for start, end, parts in ((low, present, below), (present, high, count - 1 - below)):
        for k in range(1, parts):
            kept.add(_rounded(Range(start, end, log=over.log).at(k / parts), abs(end - start) / parts / 10, over.whole))
    return tuple(sorted(kept))


def _rounded(value: float, width: float, whole: bool) -> float:
    """A value as short as it can be written, moved by less than ``width``."""
    return float(round(value)) if whole else round(value, -math.floor(math.log10(width)))


def _set_by_events(scenario: Scenario) -> dict[str, float]:
    """Parameters that dated events set, and when first."""
    found: dict[str, float] = {}
    for event in scenario.content.events:
        if event.kind == "parameter":
            found[str(event.name)] = min(event.date, found.get(str(event.name), event.date))
    return found


def _event_note(scenario: Scenario, name: str, parameter: Parameter) -> str:
    """What a reader must know of a lever that the scenario itself moves."""
    date = _set_by_events(scenario).get(name)
    return "" if date is None else f"The scenario itself sets this in {date:.6g}: the slider counts until then."
