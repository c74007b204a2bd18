"""The report as one HTML page that needs nothing else: styles and pictures inside, no script, every text escaped."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from abm import parameters
from analysis import reading
from analysis.findings import Finding
from runs import library
from runs.results import Result

#: Parameters at which results tip or that stand for a policy lever: shown whether they were changed or not.
TELLING = (
    "quality_sensitivity", "frontier_share", "fee_us", "hazard_us", "hazard_china", "convening_size", "convening_rate",
    "portability", "build_effort", "builder_lag", "planning_horizon", "noise",
)
LIMITS = (
    "This is a thought experiment with numbers, not a forecast. Read differences between scenarios rather than levels.",
    "The spread shown is that of chance within the model for one set of parameters. That many parameters are assumptions "
    "adds more; a sweep (abm sweep) shows how much.",
    "Every nation is one decision maker that weighs the same terms; ministries, parties and firms are left out, and chance "
    "stands for them.",
    "Vendors set fees by one simple rule and do not bargain; governments restrict access at random times whose rate depends "
    "on tension and distance, not by strategy.",
    "Maps, networks, paths and reasons show a single run as an example; no single run is typical.",
)
STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --soft: #555; --line: #d5d5d5; --back: #fff; --tint: #f4f6f5; --mark: #00694c }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e9e9; --soft: #b0b0b0; --line: #444; --back: #16181a; --tint: #202427; --mark: #6fd3b2 } }
body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1.25rem 4rem; color: var(--ink); background: var(--back);
  font: 1rem/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0.5rem 0 }
h2 { font-size: 1.2rem; margin: 2.4rem 0 0.6rem; padding-top: 0.6rem; border-top: 1px solid var(--line) }
p.lead { font-size: 1.1rem } .soft { color: var(--soft) } .warn { border-left: 4px solid #d55e00; padding-left: 0.8rem }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--line) }
td.number, td.value { white-space: nowrap; font-variant-numeric: tabular-nums }
td.value { font-weight: 600; color: var(--mark) }
figure { margin: 1.6rem 0 2.2rem; break-inside: avoid } figcaption { font-size: 0.9rem; color: var(--soft); margin-top: 0.5rem }
figcaption b { color: var(--ink) } figure img { display: block; width: 100%; height: auto; background: #fff; border-radius: 4px }
pre { background: var(--tint); padding: 0.7rem 0.9rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.wide { overflow-x: auto }
@media print { :root { --ink: #000; --soft: #333; --line: #bbb; --back: #fff; --tint: #f4f4f4; --mark: #000; color-scheme: light }
  body { max-width: none; padding: 0; font-size: 10pt } h2 { break-after: avoid } tr { break-inside: avoid } }
"""


class Picture(NamedTuple):
    """A figure of the page; without a file, its caption says why it was not drawn."""

    name: str
    title: str
    caption: str
    png: Path | None


def page(result: Result, findings: Sequence[Finding], pictures: Sequence[Picture]) -> str:
    """The whole page."""
    title = escape(result.manifest.get("title") or result.plan.scenario.name)
    parts = (_what(result), _numbers(findings), _pictures(pictures), _assumptions(result), _again(result))
    lines = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>",
        f"<h1>{title}</h1>",
        *(line for part in parts for line in part),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _what(result: Result) -> Iterable[str]:
    scenario, plan, content = result.scenario, result.plan, result.scenario.content
    end = content.start + content.steps * content.step_years
    vendors = ", ".join(escape(vendor.title) for vendor in scenario.vendors)
    if content.description.strip():
        yield f'<p class="lead">{escape(content.description.strip())}</p>'
    yield (
        f"<p>A simulation of {len(scenario.nations())} nations that choose, again and again from {content.start:g} to {end:g}, "
        f"whose artificial intelligence to rely on: a vendor abroad ({vendors}), a coalition with others, one they build "
        f"alone, or freely released models only. It was run {plan.count} times "
        f"{'with different chance each time' if plan.count > 1 else ''}; the numbers below are about these replicates.</p>"
    )
    if len(plan.points) > 1:
        yield f'<p class="warn">The runs are spread over {len(plan.points)} design points; numbers and figures pool them all.</p>'
    failed = plan.count - len(reading.finished(result))
    if failed:
        yield f'<p class="warn">{failed} of {plan.count} runs failed or are missing, and are left out.</p>'


def _numbers(findings: Sequence[Finding]) -> Iterable[str]:
    yield "<h2>What was found</h2>"
    if not findings:
        yield '<p class="warn">No run was finished, so there is nothing to report.</p>'
        return
    for told in (finding for finding in findings if finding.text):
        yield f"<p><b>{escape(told.label)}:</b> {escape(told.text)}.</p>"
    yield _table(
        ("", "median", "10 to 90 % of replicates"),
        [(escape(f.label), _cell(f.value, "value"), _cell(f.spread, "number")) for f in findings if not f.text],
    )


def _pictures(pictures: Sequence[Picture]) -> Iterable[str]:
    if pictures:
        yield "<h2>Figures</h2>"
    for number, picture in enumerate(pictures, 1):
        shown = f'<img alt="{escape(picture.title)}" src="{_data(picture.png)}">' if picture.png else ""
        caption = f"<b>{number}. {escape(picture.title)}.</b> {escape(picture.caption)}"
        yield f'<figure id="{picture.name}">{shown}<figcaption>{caption}</figcaption></figure>'


def _data(png: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(png.read_bytes()).decode()


def _assumptions(result: Result) -> Iterable[str]:
    scenario = result.scenario
    default = parameters.defaults(scenario.vendor_names)
    known = parameters.names(scenario.vendor_names)
    value = {name: known[name][0].parse(given) for name, given in scenario.content.parameters.items()}
    changed = [name for name in known if name in value and value[name] != default[name]]
    yield "<h2>What was assumed</h2>"
    if changed:
        yield "<p>These parameters differ from the baseline's defaults:</p>"
        yield _table(
            ("parameter", "value", "default", "unit", "meaning"),
            [_parameter(known[name][0], name, value[name], default[name]) for name in changed],
        )
    else:
        yield "<p>All parameters have the baseline's defaults.</p>"
    if scenario.content.events:
        yield "<p>These events happen on their dates:</p>"
        yield _table(("date", "event", ""), [_event(event) for event in scenario.content.events])
    telling = [name for name in TELLING if name in known and name not in changed]
    yield "<p>Of the others, these are the first to vary: results tip on them, or they are levers of policy.</p>"
    yield _table(
        ("parameter", "value", "unit", "meaning", "source"),
        [_told(known[name][0], name, value.get(name, default[name])) for name in telling],
    )
    yield "<p>Limits:</p><ul>" + "".join(f"<li>{escape(limit)}</li>" for limit in LIMITS) + "</ul>"


def _parameter(parameter, name: str, value: float, default: float) -> tuple[str, ...]:
    return (
        escape(name), _cell(parameter.show(value), "number"), _cell(parameter.show(default), "number"),
        escape(parameter.unit), escape(parameter.meaning),
    )


def _told(parameter, name: str, value: float) -> tuple[str, ...]:
    return (
        escape(name), _cell(parameter.show(value), "number"), escape(parameter.unit), escape(parameter.meaning),
        escape(parameter.source),
    )


def _event(event) -> tuple[str, ...]:
    given = event.model_dump(exclude_none=True, exclude={"date", "kind", "note"})
    size = ", ".join(f"{name} {_plain(value)}" for name, value in given.items())
    return _cell(f"{event.year():.2f}", "number"), escape(f"{event.kind}: {size}"), escape(event.note)


def _plain(value) -> str:
    """A field of an event as a reader writes it."""
    if isinstance(value, list):
        return " ".join(value)
    return f"{value:,.10g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _again(result: Result) -> Iterable[str]:
    manifest, plan = result.manifest, result.plan
    made = manifest["provenance"]
    packages = ", ".join(f"{name} {version}" for name, version in made["packages"].items())
    yield "<h2>How to get the same again</h2><p>From the manifest that lies beside this page:</p>"
    yield "<pre>abm run manifest.json --out again</pre>"
    named = command(result)
    if named:
        yield f"<p>Or, with the scenarios that come with the package:</p><pre>{escape(named)}</pre>"
    yield (
        f'<p class="soft">Seeds {plan.seed} to {plan.seed + plan.replicates - 1}. Made with version {escape(made["version"])} '
        f'(rules {escape(made["sources"])}) on {escape(manifest["created"][:10])}, Python {escape(made["python"])}, '
        f"{escape(packages)}. Beside this page: the tables runs, series, choices and ties as Parquet files, as far as they were "
        "recorded; the figures as PNG and SVG; network.gexf, the first finished run's network over time, for Gephi.</p>"
    )


def command(result: Result) -> str:
    """The command that gives this result again from a scenario that comes with the package, or "" if there is none."""
    plan, scenario = result.plan, result.scenario
    if scenario.name not in library.names() or plan.factors:
        return ""
    base, wanted = library.scenario(scenario.name), scenario.document()
    frame = {name: getattr(scenario.content, name) for name in ("start", "steps", "step_years")}
    values = {name: value for name, value in frame.items() if getattr(base.content, name) != value}
    values |= {name: v for name, v in wanted["parameters"].items() if base.document()["parameters"].get(name) != v}
    try:
        same = (base.with_values(values) if values else base).document() == wanted
    except ValueError:
        return ""
    settings = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    words = ["abm", "run", scenario.name, *settings, "--seed", str(plan.seed), "--replicates", str(plan.replicates)]
    return shlex.join(words) if same else ""


def _cell(text: str, kind: str) -> str:
    return f'<td class="{kind}">{escape(text)}</td>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of escaped cells; a cell that is a ``td`` already stays as it is."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = ("".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in row) for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"
