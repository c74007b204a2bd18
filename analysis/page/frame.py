"""One picture of a world as small plain data for the browser: what stays (:func:`base`) and what a step changes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from abm import data, options, palette, titles
from abm.scenario import Scenario
from abm.submodels.capability import lag_months
from abm.temporal_network import coalition_name
from abm.world import Vendor, World
from analysis.page import geography

_AREA = 0.215  # radius of a nation's disc for a GDP of 1 bn US$
_LEAST_RADIUS = 3.4
_AT_SEA = (-30.0, -25.0)  # degrees; where a vendor without a country is drawn
_TIED = 2  # arcs drawn from each member, to the co-members it trusts most

def label(option: str, vendors: tuple[Vendor, ...]) -> str:
    """An option in words; ``vendors`` know the titles of those that a scenario adds."""
    return options.TITLES.get(option) or titles.vendor_label(option, vendors)


def clean(value: Any) -> Any:
    """A number for JSON: None where it is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def radius(gdp) -> np.ndarray:
    """Radius of a nation's disc, area by GDP [bn US$]."""
    return np.maximum(_AREA * np.sqrt(gdp), _LEAST_RADIUS)


def base(scenario: Scenario, world: World) -> dict[str, Any]:
    """Everything a run's picture does not change: outlines, nations, vendors, options with their colours."""
    table = scenario.nations()
    radii = radius(world.record.gdp_start[: world.record.n])
    on_world, in_inset = geography.places(table)
    close = np.isfinite(in_inset[:, 0])
    on_world = np.where(close[:, None], on_world, geography.spread(on_world, np.where(close, 0.0, radii)))
    in_inset = geography.spread(in_inset, radii)
    drawn_world, drawn_inset = geography.land()
    synthetic = scenario.content.nations.synthetic is not None
    return {
        "size": [geography.WIDTH, geography.HEIGHT],
        "inset": None if synthetic else list(geography.INSET),
        "land": [list(pair) for pair in drawn_world],
        "europe": [] if synthetic else [list(pair) for pair in drawn_inset],
        "nations": [
            {"iso3": iso3, "name": name, "at": _point(place), "inset": None if synthetic else _point(close_up)}
            for iso3, name, place, close_up in zip(world.iso3, world.names, on_world, in_inset)
        ],
        "vendors": [_hub(vendor) for vendor in scenario.vendors],
        "options": [
            {"name": name, "label": label(name, scenario.vendors), "colour": palette.option(name, world.vendors)}
            for name in options.names(world.vendors)
        ],
    }


def _point(place: np.ndarray) -> list[float] | None:
    return None if np.isnan(place).any() else [round(float(x), 1) for x in place]


def _hub(vendor: Vendor) -> dict[str, Any]:
    known = data.nations()
    lon, lat = known.loc[vendor.iso3, ["capital_lon", "capital_lat"]].astype(float) if vendor.iso3 in known.index else _AT_SEA
    place = np.array(geography.project(lon, lat))
    return {
        "name": vendor.name,
        "label": {"us": "US", "china": "China"}.get(vendor.name) or vendor.title or vendor.name,
        "title": titles.vendor(vendor.name, (vendor,)),
        "iso3": vendor.iso3,
        "at": _point(place),
        "colour": palette.option(vendor.name, (vendor.name,)),
    }


def frame(world: World) -> dict[str, Any]:
    """What the picture shows of a world at its present step: per nation source, colour, radius, cut; ties; coalitions."""
    record, n = world.record, int(world.record.n)
    source = record.source[:n]
    serial = options.serial(source, record.serial, world.vendors)
    return {
        "step": int(record.step),
        "date": world.date(),
        "sources": source.tolist(),
        "serials": serial.tolist(),
        "colours": [palette.of_source(s, c, world.vendors) for s, c in zip(source.tolist(), serial.tolist())],
        "radii": np.round(radius(record.gdp[:n]), 1).tolist(),
        "gdp": np.round(record.gdp[:n]).astype(int).tolist(),
        "lock_in": np.round(100 * record.lock_in[:n]).astype(int).tolist(),
        "cuts": cutting(world),
        "outages": [bool(share > 0) for share in record.outage_share],
        "ties": ties(world),
        "coalitions": coalitions(world),
    }


def cutting(world: World) -> list[int]:
    """Per nation the vendor row whose cut it feels in this step, as a client or as a builder who needs chips; else -1."""
    record, n = world.record, int(world.record.n)
    source = record.source[:n]
    builds = options.trains(source, world.vendors)
    felt = np.full(n, -1)
    for v in range(len(world.vendors)):
        felt[(record.cut_share[:n, v] > 0) & ((source == v) | (builds & (record.sells_chips[v] > 0)))] = v
    return felt.tolist()


def ties(world: World) -> list[list[int]]:
    """Pairs of co-members to draw: each member with the co-members it trusts most, so that large coalitions stay legible."""
    record, n = world.record, int(world.record.n)
    pairs = set()
    for k in np.flatnonzero(record.members):
        rows = np.flatnonzero(record.source[:n] == options.first_slot(world.vendors) + k)
        for i in rows:
            others = rows[rows != i]
            for j in others[np.argsort(-record.trust[i, others], kind="stable")[:_TIED]]:
                pairs.add((min(int(i), int(j)), max(int(i), int(j))))
    return [list(pair) for pair in sorted(pairs)]


def coalitions(world: World) -> list[dict[str, Any]]:
    """Standing coalitions: name, colour, members, lag."""
    record = world.record
    found = []
    for k in np.flatnonzero(record.members):
        serial = int(record.serial[k])
        found.append(
            {
                "slot": int(k),
                "name": coalition_name(serial),
                "colour": palette.coalition(serial),
                "members": int(record.members[k]),
                "lag": clean(lag_months(record, record.coalition_capability[k])),
            }
        )
    return sorted(found, key=lambda entry: (-entry["members"], entry["name"]))


def facts(table: pd.DataFrame, iso3: str) -> dict[str, Any]:
    """Region and groups of a nation, as the data room has them."""
    row: Any = table.loc[iso3]
    groups = [titles.GROUPS[name] for name in data.MEMBERSHIPS if row.get(name) == 1]
    return {"region": str(row["region"]), "groups": groups, "tier": int(row["us_ai_tier"])}
