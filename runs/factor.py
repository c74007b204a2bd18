"""What a sweep may vary: a parameter, the date or a size of a dated event, the selection of nations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm import parameters
from abm.scenario import FIELDS, Scenario
from runs.ensemble import EVENT_STEP, EVENT_VALUE, Varied

NATIONS = "nations"  # the factor that varies the selection of nations
_EVENT = re.compile(r"events\[([1-9]\d{0,5})\]\.([a-z]\w*)", re.ASCII)
_ALMOST = re.compile(r"events?\W*0*([1-9]\d{0,5})\W*([a-z]\w*)", re.ASCII | re.IGNORECASE)  # R writes events.1..date
_NO_SIZE = ("vendor", "nations", "name", "binding")


@dataclass(frozen=True)
class Factor:
    """What a sweep varies: a parameter, ``events[1].date`` or a size of an event (counted from 1), or ``nations``.

    ``levels`` names the values of a categorical factor (a choice, a selection of nations); a point then holds positions.
    """

    name: str
    levels: tuple = ()

    @property
    def event(self) -> tuple[int, str] | None:
        """(position from 0, field) of the event that is varied, or None."""
        match = _EVENT.fullmatch(self.name)
        return (int(match[1]) - 1, match[2]) if match else None

    def value(self, number: float) -> Any:
        """What a person would write for ``number``."""
        return self.levels[int(number)] if self.levels else float(number)

    def place_in(self, document: dict[str, Any], value: Any) -> None:
        """Set the factor to ``value`` in a scenario given as plain data."""
        if self.event:
            document["events"][self.event[0]][self.event[1]] = value
        elif self.name == NATIONS:
            kept = {key: v for key, v in document.get(NATIONS, {}).items() if not key.startswith("synthetic")}
            document[NATIONS] = kept | (value if isinstance(value, dict) else {"select": value})
        else:
            document["parameters"][self.name] = value

    def varied(self, scenario: Scenario) -> Varied | None:
        """Its place in a world; None for the selection of nations, which makes another world."""
        if self.event:
            return Varied(EVENT_STEP if self.event[1] == "date" else EVENT_VALUE, self.event[0])
        return None if self.name == NATIONS else Varied.parameter(self.name, scenario.vendor_names)

    def parameter(self, scenario: Scenario) -> parameters.Parameter | None:
        """The parameter behind it, whether varied itself or as the value that an event gives it."""
        if self.event:
            event = scenario.content.events[self.event[0]]
            return parameters.lookup(str(event.name), scenario.vendor_names) if self.event[1] == "value" else None
        return None if self.name == NATIONS else parameters.lookup(self.name, scenario.vendor_names)

    def numbers(self, points: np.ndarray, scenario: Scenario) -> np.ndarray:
        """Entries of a design as the compiled ensemble takes them: dates as steps, choices as positions in their table."""
        if not self.levels and not (self.event and self.event[1] == "date"):
            return points
        known, indices = np.unique(points, return_inverse=True)
        if self.levels:
            parameter = self.parameter(scenario)
            assert parameter is not None
            return np.array([scenario.number(parameter, self.value(number)) for number in known])[indices]
        return np.array([scenario.step_of(date) for date in known], float)[indices]


def check_name(name: str, scenario: Scenario) -> None:
    """ValueError, with what is allowed or the nearest name, unless ``name`` is a factor of this scenario."""
    event = Factor(name).event
    if event is None:
        almost = _ALMOST.fullmatch(name.strip())
        if almost:
            raise ValueError(f"{name}: is written events[{almost[1]}].{almost[2].lower()}")
        if name != NATIONS:
            parameters.lookup(name, scenario.vendor_names)
        return
    index, chosen = event
    events = scenario.content.events
    if not 0 <= index < len(events):
        raise ValueError(f"{name}: no such event; the scenario has {len(events)}, counted from 1")
    kind = events[index].kind
    required, optional = FIELDS[kind]
    sizes = ["date", *(field for field in (*required, *optional) if field not in _NO_SIZE)]
    if chosen not in sizes:
        raise ValueError(f"{name}: {kind} has no size of that name; what can be varied is {', '.join(sizes)}")
