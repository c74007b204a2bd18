"""What a visitor keeps: CSV, GEXF, scenario files; and what a visitor brings, checked and bounded."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd

from abm import files, measures, network, options, temporal_network
from abm.scenario import Scenario
from analysis.page.address import LIMIT, State, checked_scenario, checked_seed, read
from analysis.page.session import Session


def series_csv(session: Session) -> str:
    """All measures at every step played."""
    frame = pd.DataFrame(session.rows, columns=list(measures.columns(session.model.world.vendors)))
    frame.insert(0, "time", session.dates)
    return frame.rename_axis("step").to_csv()


def choices_csv(session: Session) -> str:
    """Option and coalition of every nation at every step played."""
    world, n = session.model.world, int(session.model.world.record.n)
    sources, serials = np.array(session.sources, np.int64), np.array(session.serials)
    names = np.array(options.names(world.vendors))
    steps = len(sources)
    return pd.DataFrame(
        {
            "step": np.repeat(np.arange(steps), n),
            "time": np.repeat(session.dates, n),
            "iso3": np.tile(world.iso3, steps),
            "option": names[options.of_source(sources, world.vendors)].reshape(-1),
            "coalition": [temporal_network.coalition_name(int(serial)) if serial else "" for serial in serials.reshape(-1)],
        }
    ).to_csv(index=False)


def network_gexf(session: Session) -> str:
    """The temporal network of the steps played, as dynamic GEXF for Gephi; times are decimal years."""
    out = io.BytesIO()
    network.write_choices(out, session.model.world, np.array(session.sources, int), np.array(session.serials))
    return out.getvalue().decode()


def scenario_json(session: Session) -> str:
    """Scenario, parameters and moves, with the seed beside them."""
    return json.dumps({"scenario": session.document(), "name": session.scenario.name, "seed": session.seed}, indent=1)


def scenario_toml(session: Session) -> str:
    """Scenario, parameters and moves as a scenario file, which `abm run` takes; the seed stands in a comment."""
    document = session.document()
    tables = {key: value for key, value in document.items() if isinstance(value, dict) and key != "vendors"}
    lines = [f"# seed {session.seed}"]
    lines += [f"{key} = {_toml(value)}" for key, value in document.items() if not _is_table(value)]
    tables |= {f"vendors.{name}": vendor for name, vendor in document.get("vendors", {}).items()}
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    for event in document.get("events", []):
        lines += ["", "[[events]]", *(f"{key} = {_toml(value)}" for key, value in event.items())]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(entry, dict) for entry in value))


def _toml(value: Any) -> str:
    """A TOML value; strings, numbers, truth values and lists are written as in JSON."""
    return json.dumps(value).replace("\x7f", "\\u007f")


FILES = {
    "series.csv": series_csv,
    "choices.csv": choices_csv,
    "network.gexf": network_gexf,
    "scenario.json": scenario_json,
    "scenario.toml": scenario_toml,
}


def from_file(name: str, text: str) -> tuple[Scenario, int | None] | State:
    """Scenario, and seed if it names one, of a file's text; the whole state where the page saved it.

    Errors: ValueError in one sentence for each problem.
    """
    if len(text.encode()) > LIMIT:
        raise ValueError(f"{name}: is larger than {LIMIT // 1024} kB")
    parse = files.parse_json if name.lower().endswith(".json") else files.parse_toml
    content = parse(text.removeprefix("\ufeff"), name)
    if not isinstance(content, dict):
        raise ValueError(f"{name}: holds no scenario")
    if set(content) == {"state"}:
        return read(str(content["state"]))
    if set(content) <= {"scenario", "name", "seed"} and "scenario" in content:
        return checked_scenario(content["scenario"], str(content.get("name", "file")), name), checked_seed(content.get("seed", 0))
    return checked_scenario(content, name.rsplit(".", 1)[0], name), None
