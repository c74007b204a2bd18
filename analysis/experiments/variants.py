"""Scenarios made from a scenario: a parameter held at a value, changed as the run begins, dated events added.

Two ways to give a parameter another value. Where it says *what the world is* (a number that nobody knows) it is held from
before the start (:func:`throughout`): nations' tastes are drawn given what they are on record to have chosen in such a world.
Where it says *what changes* (a lever, a shock, an offer) it is changed as the run begins (:func:`from_start`): tastes are those
of the world before, and nations may answer the change. Held from before the start, tastes would make up for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from abm.scenario import Scenario


def throughout(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with these parameters at these values all along: its own events that would change them are left out."""
    document = scenario.document()
    document["parameters"] |= values
    document["events"] = [event for event in document.get("events", []) if event.get("name") not in values]
    return Scenario.parse(document, scenario.name)


def from_start(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with these parameters changed to these values in its first step: its own events for them are left out."""
    start = scenario.content.start
    changes = [{"date": start, "kind": "parameter", "name": name, "value": value} for name, value in values.items()]
    kept = [event for event in scenario.document().get("events", []) if event.get("name") not in values]
    return Scenario.parse({**scenario.document(), "events": [*changes, *kept]}, scenario.name)


def constant(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario with these parameters as they are at the start all along."""
    return throughout(scenario, {name: scenario.parameter(name) for name in names})


def with_events(scenario: Scenario, events: Sequence[dict[str, Any]]) -> Scenario:
    """The scenario with further dated events. Errors: ScenarioError for what is not admissible."""
    document = scenario.document()
    document["events"] = [*document.get("events", []), *events]
    return Scenario.parse(document, scenario.name, "scenario")
