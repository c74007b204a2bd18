"""The report as one HTML page that needs nothing else: styles and pictures inside, no script, every text escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from analysis.reading import ensembles
from analysis.reports.assumptions import assumptions
from analysis.reports.findings import Finding
from analysis.reports.markup import cell, table
from analysis.reports.reproduction import reproduction
from runs.results import Result


class Picture(NamedTuple):
    """A figure of the page; without a file, its caption says why it was not drawn."""

    name: str
    title: str
    caption: str
    png: Path | None


def page(result: Result, findings: Sequence[Finding], pictures: Sequence[Picture], varied: Iterable[str] = ()) -> str:
    """The whole page; ``varied`` is a section on what a sweep varied, as HTML."""
    title = escape(result.manifest.get("title") or result.plan.scenario.name)
    style = files("analysis.reports").joinpath("report.css").read_text("utf-8")
    parts = (_what(result), varied, _numbers(findings), _pictures(pictures), assumptions(result), reproduction(result))
    lines = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{title}</title><style>{style}</style></head>\n<body>",
        f"<h1>{title}</h1>",
        *(line for part in parts for line in part),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _what(result: Result) -> Iterable[str]:
    scenario, plan, content = result.scenario, result.plan, result.scenario.content
    end = scenario.end
    vendors = ", ".join(escape(vendor.title) for vendor in scenario.vendors)
    if content.description.strip():
        yield f'<p class="lead">{escape(content.description.strip())}</p>'
    times = "once" if plan.count == 1 else f"{plan.count:,} times, with different chance each time"
    told = "the numbers below tell how these replicates ended"
    if len(plan.points) > 1:
        times = f"{plan.count:,} times, with different assumptions at {len(plan.points):,} design points"
        told = "the page tells what difference they make"
    yield (
        f"<p>A simulation of {len(scenario.nations())} nations that choose, again and again from {content.start:g} to {end:g}, "
        f"whose artificial intelligence to rely on: a vendor abroad ({vendors}), a coalition with others, one they build "
        f"alone, or freely released models only. It was run {times}; {told}.</p>"
    )
    failed = plan.count - len(ensembles.finished(result))
    if failed:
        yield f'<p class="warn">{failed} of {plan.count} runs failed or are missing, and are left out.</p>'


def _numbers(findings: Sequence[Finding]) -> Iterable[str]:
    yield "<h2>What was found</h2>"
    if not findings:
        yield '<p class="warn">No run was finished, so there is nothing to report.</p>'
        return
    for told in (finding for finding in findings if finding.text):
        yield f"<p><b>{escape(told.label)}:</b> {escape(told.text)}.</p>"
    if all(finding.text for finding in findings):
        return
    yield table(
        ("", "median", "10 to 90 % of replicates"),
        [(cell(f.label), cell(f.value, "value"), cell(f.spread, "number")) for f in findings if not f.text],
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
