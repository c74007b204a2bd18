"""Scenarios that the tests share, as plain data: small worlds in which every lever of the model is on.

``python -m tests.worlds FILE`` writes what a few runs of them leave to FILE (npz), for comparing two interpreters.
"""

import sys
from pathlib import Path

import numpy as np

from abm import measures, options
from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from abm.schedule import AGENDA, PHASES
from runs.ensemble import simulate

BASELINE = Path(__file__).parent.parent / "runs" / "scenarios" / "baseline.toml"

#: Source number of the first coalition slot where there are two vendors.
SLOT = options.first_slot(("us", "china"))

#: Values under which every parameter matters within a few years.
LEVERS = {
    "openness": 0.6, "open_weights_lag": 2.0, "federated": 0.3, "talent_exchange": 0.1, "talent_pull": 5,
    "exit_fee": 0.001, "admission": "majority", "cost_key": "compute", "frontier_share_growth": 0.02,
    "tension_drift": 0.05, "convening_rate": 0.4, "convening_size": 5, "quorum_members": 3, "quorum_gdp": 0.1,
    "review_rate": 1.0, "notice": 2, "hazard_us": 0.3, "hazard_china": 0.3, "outage_hazard": 0.5, "adoption_floor": 0.4,
    "taste_renewal": 1.0, "leaving_cost": 0.001, "contagion": 0.3, "effort_floor": 0.2, "hosting_us": 0.2,
    "hosting_response": 0.3,
}

#: One dated event of each kind, the nations' by rank of GDP.
EVENTS = [
    {"date": 2025.5, "kind": "restriction", "vendor": "us", "nations": ["N002", "N004"], "years": 0.6},
    {"date": 2025.75, "kind": "outage", "vendor": "china", "years": 0.1},
    {"date": 2026.0, "kind": "tension", "factor": 1.5},
    {"date": 2026.5, "kind": "compute", "h100e": 200000, "nations": ["N001", "N003"]},
    {"date": 2026.5, "kind": "funding", "bn_usd": 20.0, "vendor": "china"},
    {"date": 2026.75, "kind": "open_weights", "gap": 0.4},
    {"date": 2027.0, "kind": "adoption", "bn_usd": 4.0, "nations": ["N005", "N006"]},
    {"date": 2027.25, "kind": "parameter", "name": "affinity_votes", "value": 0.6},
    {"date": 2027.5, "kind": "convene", "nations": ["N001", "N002", "N003", "N004", "N005"]},
    {"date": 2027.75, "kind": "convene", "nations": ["N006", "N007", "N008"], "binding": True},
]

STEP = 0.25  # yr

THIRD_VENDOR = {"gulf": {"ideal_point": 0.1, "compute_share": 0.05, "sells_chips": True, "clients": ["N003", "N007"]}}


def levers(nations: int = 12, steps: int = 24, **fields) -> Scenario:
    """``nations`` invented nations with all levers on and an event of each kind; ``fields`` replace or add to these."""
    document = {"nations": {"synthetic": nations}, "steps": steps, "parameters": LEVERS, "events": EVENTS}
    fields["parameters"] = {**LEVERS, **fields.get("parameters", {})}
    return Scenario.parse({**document, **fields}, "levers")


class Apart(Nation):
    """A nation that is called for each rule, where others act in compiled loops."""

    def act(self, rule):
        """As every nation does."""
        super().act(rule)


class Same(Nation):
    """A nation that decides as every nation does, but in Python."""

    def decide(self):
        """As every nation does."""
        return super().decide()


def plain(nations: int = 8, steps: int = 12, **values) -> Scenario:
    """``nations`` invented nations without events, all parameters at their defaults but ``values``."""
    return Scenario.parse({"nations": {"synthetic": nations}, "steps": steps, "parameters": values}, "plain")


def quiet(nations: int = 8, steps: int = 12, **values) -> Scenario:
    """The same with no chance in it: no cuts, no outages, calm tension, no tastes."""
    calm = {"hazard_us": 0, "hazard_china": 0, "outage_hazard": 0, "tension_volatility": 0, "taste_scale": 0,
            "taste_renewal": 1000}
    return plain(nations, steps, **{**calm, **values})


def happening(steps: int, *events: dict, nations: int = 6, **values) -> Model:
    """A quiet world in which nobody reviews its stance, some steps on, with these events."""
    document = quiet(nations, 30, **{"review_rate": 0, "tension_reversion": 0, **values}).document()
    model = Model(Scenario.parse({**document, "events": [{"date": 2025.5, **event} for event in events]}), rng=1)
    for _ in range(steps):
        model.step()
    return model


def now(model: Model, name: str) -> np.ndarray:
    """An attribute of the rows in use."""
    values = model.world.record[name]
    return values[: len(model.nations)] if values.shape[:1] == model.world.record.gdp.shape else values


def columns(world) -> tuple[str, ...]:
    """Names of the measures of a world, in the order of the ensemble's columns."""
    return tuple(measures.columns(world.vendors))


def rows(world, phase) -> list[int]:
    """Rows that a phase is applied to, in the order of the schedule."""
    count = {"nations": world.n, "vendors": world.vendor_compute.size, "coalitions": world.members.size}
    return world.agenda[: world.reviewing].tolist() if phase.rows == "agenda" else list(range(count[phase.rows]))


def walk(world, phase, order=list) -> None:
    """Apply a phase to all its rows, in the order that ``order`` makes of them."""
    if phase.rows == "world":
        phase.rule(world)
        return
    for row in rows(world, phase) if phase.rows == "agenda" else order(rows(world, phase)):
        phase.rule(world, row)


def to_politics(world) -> None:
    """Take a record from the start of a step to just before its politics, as far as the phases before it go."""
    for phase in PHASES[:AGENDA]:
        walk(world, phase)


def changed(before, after) -> dict[str, set[int]]:
    """Attributes that differ between two records, with the first indices of what differs (-1 for a single number)."""
    found = {}
    for name in before.dtype.names:
        a, b = np.atleast_1d(before[name]), np.atleast_1d(after[name])
        if a.tobytes() != b.tobytes():
            places = {i for i in range(len(a)) if a[i].tobytes() != b[i].tobytes()}
            found[name] = places if np.ndim(before[name]) else {-1}
    return found


def trace(seeds: range) -> dict[str, np.ndarray]:
    """All attributes of a small world with all levers at the end of a run, and its choices at each step, by seed."""
    kept = {}
    for seed in seeds:
        rules = [("open", "gdp"), ("majority", "equal"), ("unanimity", "compute")][seed % 3]
        values = dict(zip(("admission", "cost_key"), rules))
        scenario = levers(12, 20, parameters=values, vendors=THIRD_VENDOR if seed % 2 else {})
        world = scenario.world()
        results = simulate(world, 20, np.array([seed]), series=True, choices=True)
        kept |= {f"{seed} {name}": np.asarray(world.record[name]) for name in world.record.dtype.names if name != "p"}
        kept |= {f"{seed} choices": results.sources, f"{seed} serials": results.serials}
        kept |= {f"{seed} series": results.series}
    return kept


if __name__ == "__main__":
    np.savez(sys.argv[1], **trace(range(6)))
