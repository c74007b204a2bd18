"""Scenarios made from a scenario: a parameter held at a value, dated events added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from abm.scenario import Scenario


def held(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with these parameters at these values all along: its own events that would change them are left out."""
    document = scenario.document()
    document["parameters"] |= values
    document["events"] = [event for event in document.get("events", []) if event.get("name") not in values]
    return Scenario.parse(document, scenario.name)


def still(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario with these parameters as they are at the start all along."""
    return held(scenario, {name: scenario.parameter(name) for name in names})


def with_events(scenario: Scenario, events: Sequence[dict[str, Any]]) -> Scenario:
    """The scenario with further dated events. Errors: ScenarioError for what is not admissible."""
    document = scenario.document()
    document["events"] = [*document.get("events", []), *events]
    return Scenario.parse(document, scenario.name, "scenario")


def end_of(scenario: Scenario) -> float:
    """Date of the last step."""
    content = scenario.content
    return content.start + content.steps * content.step_years
