"""The report's section on what a result rests on."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from abm import parameters
from analysis.reports.markup import cell, table
from runs.results import Result

#: Parameters at which results tip or that stand for a policy lever: shown whether they were changed or not.
TELLING = (
    "quality_sensitivity", "frontier_share", "growth_decay", "fee_us", "hazard_us", "hazard_china", "hosting_us",
    "convening_size", "convening_rate", "leaving_cost", "portability", "effort_limit", "builder_lag", "planning_horizon",
    "taste_scale", "taste_renewal",
)
LIMITS = (
    "This is a thought experiment with numbers, not a forecast. Read differences between scenarios rather than levels.",
    "The spread shown is that of chance within the model for one set of parameters. That many parameters are assumptions "
    "adds more; a sweep (abm sweep) shows how much.",
    "Every nation is one decision maker that weighs the same terms; ministries, parties and firms are left out. A taste that "
    "lasts stands for them: drawn by chance, so that the choice on record was the best, and drawn anew at a low rate.",
    "Vendors set fees and what they host at their clients' homes by simple rules and do not bargain; governments restrict access "
    "at random times whose rate depends on tension and distance, not by strategy.",
    "Maps, networks, paths and reasons show a single run as an example; no single run is typical.",
)


def assumptions(result: Result) -> Iterable[str]:
    """The section on what was assumed: changed parameters, events, parameters to vary first, limits."""
    scenario = result.scenario
    default = parameters.defaults(scenario.vendor_names)
    known = parameters.names(scenario.vendor_names)
    value = {name: known[name][0].parse(given) for name, given in scenario.content.parameters.items()}
    changed = [name for name in known if name in value and value[name] != default[name]]
    yield "<h2>What was assumed</h2>"
    if changed:
        yield "<p>These parameters differ from the baseline's defaults:</p>"
        yield table(
            ("parameter", "value", "default", "unit", "meaning"),
            [_parameter(known[name][0], name, value[name], default[name]) for name in changed],
        )
    else:
        yield "<p>All parameters have the baseline's defaults.</p>"
    if scenario.content.events:
        yield "<p>These events happen on their dates:</p>"
        yield table(("date", "event", ""), [_event(event) for event in scenario.content.events])
    telling = [name for name in TELLING if name in known and name not in changed]
    yield "<p>Of the others, these are the first to vary: results tip on them, or they are levers of policy.</p>"
    yield table(
        ("parameter", "value", "unit", "meaning", "source"),
        [_told(known[name][0], name, value.get(name, default[name])) for name in telling],
    )
    yield "<p>Limits:</p><ul>" + "".join(f"<li>{escape(limit)}</li>" for limit in LIMITS) + "</ul>"


def _parameter(parameter, name: str, value: float, default: float) -> tuple[str, ...]:
    return (
        cell(name), cell(parameter.show(value), "number"), cell(parameter.show(default), "number"),
        cell(parameter.unit), cell(parameter.meaning),
    )


def _told(parameter, name: str, value: float) -> tuple[str, ...]:
    return (
        cell(name), cell(parameter.show(value), "number"), cell(parameter.unit), cell(parameter.meaning),
        cell(parameter.source),
    )


def _event(event) -> tuple[str, ...]:
    given = event.model_dump(exclude_none=True, exclude={"date", "kind", "note"})
    size = ", ".join(f"{name} {_plain(value)}" for name, value in given.items())
    return cell(f"{event.date:.2f}", "number"), cell(f"{event.kind}: {size}"), cell(event.note)


def _plain(value) -> str:
    """A field of an event as a reader writes it."""
    if isinstance(value, list):
        return " ".join(value)
    return f"{value:,.10g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
