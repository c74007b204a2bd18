"""The page: one HTML file with the grid, the styles and the script in it, which loads nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from abm import options, parameters, titles
from abm.provenance import project_version, results_hash
from abm.words import ArgumentError
from analysis.figures import style
from analysis.methods.statistics import LEVEL
from analysis.share import land, sentences, units
from analysis.share.check import PLACES, Error
from analysis.share.grid import Grid, count
from analysis.share.layout import Layout
from analysis.share.levers import Lever
from runs.resources import size

LIMIT = 5_000_000  # bytes of a page, so that it can be sent by mail
_REST, _NUMBER = 250_000, 4.6  # bytes of all that is no grid, and of a number of it with its comma: more than they take
#: What the JSON says of itself, for whoever reads it without the page.
ABOUT = (
    "rows[p] is the ensemble at point p of the grid: the levers' values in the order of levers, the last lever running fastest. "
    "Each field takes the numbers from start on, in the given shape, divided by scale; null where there is none."
)


def check_size(levers: Sequence[Lever], kept: Layout) -> None:
    """ArgumentError where a grid cannot fit into a page."""
    points = count(levers)
    needed = _REST + points * kept.width * _NUMBER
    if needed > LIMIT:
        room = int((LIMIT - _REST) / (kept.width * _NUMBER))
        most = int(room ** (1 / len(levers)) + 1e-9)
        less = f"take {most} values of each or fewer" if most > 1 else "take fewer"
        needs = f"{points:,} ensembles of {kept.width:,} numbers take about {size(needed)}"
        raise ArgumentError("levers", None, f"{needs}, and a page that can be sent holds {size(LIMIT)}: {less}")


def reference(grid: Grid, changed: bool) -> str:
    """What the sliders are compared with, in words."""
    return "the baseline" if grid.scenario.name == "baseline" and not changed else "this scenario as it stands"


def page(grid: Grid, errors: Sequence[Error], name: str, given: Mapping[str, Any], command: str) -> str:
    """The whole page. ``name`` of the scenario as `abm run` takes it, with what was set. ArgumentError if it is too large."""
    content, row = grid.scenario.content, grid.at(grid.marks)
    compared = reference(grid, bool(given))
    settings = [part for each, value in given.items() for part in ("--set", f"{each}={value}")]
    held = document(grid, errors, compared, [name, *settings])
    parts = {
        "title": escape(content.title or grid.scenario.name),
        "description": escape(" ".join(content.description.split())),
        "set": escape(_set(grid, given)),
        "headline": escape(sentences.headline(grid, row)),
        "reference": escape(compared),
        "nations": str(len(grid.scenario.nations())),
        "replicates": f"{grid.replicates:,}",
        "points": f"{count(grid.levers):,}",
        "runs": f"{count(grid.levers) * grid.replicates:,}",
        "seeds": f"{grid.seed} to {grid.seed + grid.replicates - 1}",
        "version": escape(project_version()),
        "sources": results_hash(),
        "command": escape(command),
        "failed": f"{grid.failed} runs failed and are left out." if grid.failed else "",
        "start": f"{content.start:.6g}",
        "years": f"{content.start:.6g} to {grid.scenario.end:.6g}",
        "still": escape(_still(grid)),
        "style": _part("share.css"),
        "script": _part("share.js"),
        "grid": json.dumps(held, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
    }
    filled = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _part("share.html"))
    if len(filled.encode()) > LIMIT:
        takes = f"the page would take {size(len(filled.encode()))}, and one that can be sent holds {size(LIMIT)}"
        raise ArgumentError("levers", None, f"{takes}: take fewer, or fewer values of each")
    return filled


def document(grid: Grid, errors: Sequence[Error], compared: str, run: Sequence[str]) -> dict[str, Any]:
    """The grid and all that the page shows of it, JSON-able; ``run`` are the words of `abm run` that give the scenario."""
    scenario, kept = grid.scenario, grid.kept
    content = scenario.content
    whole = np.round(grid.rows * kept.scales)
    return {
        "about": ABOUT,
        "project": {"name": "ai-sovereignty", "version": project_version(), "sources": results_hash()},
        "scenario": {"name": scenario.name, "title": content.title, "run": list(run), "document": scenario.document()},
        "reference": compared,
        "replicates": grid.replicates,
        "seed": grid.seed,
        "confidence": LEVEL,
        "end": f"{scenario.end:.6g}",
        "dates": [round(float(content.start + step * content.step_years), 6) for step in kept.steps],
        "levers": [_lever(lever, lever.name in grid.still) for lever in grid.levers],
        "options": _options(grid),
        "nations": _nations(grid),
        "map": _map(grid),
        "places": PLACES,
        "errors": [{key: _known(value) for key, value in asdict(error).items()} for error in errors],
        "fields": [asdict(field) for field in kept.fields.values()],
        "rows": [[None if value != value else int(value) for value in row] for row in whole.tolist()],
    }


def _lever(lever: Lever, still: bool) -> dict[str, Any]:
    parameter = lever.parameter
    source = titles.plain(parameter.source)
    return {
        "name": lever.name, "title": lever.title, "meaning": _sentence(parameter.meaning), "source": _sentence(source),
        "range": lever.because, "note": lever.note, "unit": units.unit(parameter),
        "still": still, "values": list(lever.values), "mark": lever.mark, "log": lever.log,
        "stops": [[value, lever.position(value), units.amount(parameter, value)] for value in lever.stops],
    }  # fmt: skip


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _options(grid: Grid) -> list[dict[str, str]]:
    """The options in the order of the page, the coalition first, with colours of the figures."""
    vendors = grid.scenario.vendor_names
    colours, names = style.colours(vendors), options.names(vendors)
    said = {name: titles.vendor(name, grid.scenario.vendors) for name in vendors}
    said |= options.DOING
    return [{"name": n, "label": said[n][0].upper() + said[n][1:], "colour": colours[n]} for n in (names[-1], *names[:-1])]


def _nations(grid: Grid) -> list[dict[str, str]]:
    return [{"iso3": str(iso3), "name": str(name)} for iso3, name in grid.scenario.nations()["name"].items()]


def _map(grid: Grid) -> dict[str, Any] | None:
    """Outlines and dots; None for invented nations, which have no place in the world."""
    if grid.scenario.content.nations.synthetic is not None:
        return None
    hosts = [vendor.iso3 for vendor in grid.scenario.vendors if vendor.iso3]
    return {"view": land.view(), "europe": land.europe(), "hosts": hosts, "paths": land.paths(),
            "dots": land.dots(grid.scenario.nations())}  # fmt: skip


def _set(grid: Grid, given: Mapping[str, Any]) -> str:
    """What was set by hand, in words."""
    vendors, said = grid.scenario.vendor_names, []
    for name, value in given.items():
        if name in parameters.names(vendors):
            parameter = parameters.lookup(name, vendors)
            amount = str(value) if parameter.choices else units.amount(parameter, float(value))
            said.append(f"{titles.parameter(name, grid.scenario.vendors)}: {amount}")
        else:
            said.append(f"{name.replace('_', ' ')}: {value}")
    return f"Set for this page: {'; '.join(said)}." if said else ""


def _still(grid: Grid) -> str:
    if not grid.still:
        return ""
    named = ", ".join(f"\N{LEFT DOUBLE QUOTATION MARK}{lever.title}\N{RIGHT DOUBLE QUOTATION MARK}"
                      for lever in grid.levers if lever.name in grid.still)  # fmt: skip
    return f"Here nothing on this page depends on {named}."


def _known(value: Any) -> Any:
    return None if value != value else round(value, 4) if isinstance(value, float) else value


def _part(name: str) -> str:
    return files("analysis.share").joinpath(name).read_text("utf-8")


def write(path: Path, text: str) -> int:
    """Write the page; its bytes."""
    return path.write_bytes(text.encode())
