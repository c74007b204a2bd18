"""What a scenario of the gallery is held against."""

from __future__ import annotations

from abm.scenario import Scenario
from runs import library

#: What says how the frontier grows.
GROWTH = ("investment_growth", "investment_growth_end", "frontier_share_growth", "growth_decay")


def beside(scenario: Scenario) -> Scenario:
    """The baseline with the same nations and dates, and in another time the growth of that time, without further vendors."""
    document, mine = library.scenario("baseline").document(), scenario.document()
    for key in ("start", "steps", "step_years", "nations"):
        if key in mine:
            document[key] = mine[key]
    if scenario.content.start != library.scenario("baseline").content.start:
        given = scenario.content.parameters
        document["parameters"] = {name: given[name] for name in GROWTH if name in given}
    hosts = [vendor.iso3 for vendor in scenario.content.vendors.values() if vendor.iso3]
    if hosts:
        document["nations"] = {**document.get("nations", {}), "exclude": hosts}
    events, last = document.get("events", []), scenario.content.steps - 1
    document["events"] = [e for e in events if 0 <= scenario.step_of(e["date"]) <= last]
    return Scenario.parse(document, "baseline")
