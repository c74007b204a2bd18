"""Any run of a result again: the same scenario, values and seed, with everything recorded."""

from __future__ import annotations

import numpy as np

from abm import measures
from abm.provenance import provenance
from runs.manifest import StoreError
from runs.plan import Plan
from runs.results import Result


def plan_of(result: Result, run: int) -> Plan:
    """The plan of one run with full records. StoreError when the result has no such run."""
    if not 0 <= run < result.plan.count:
        raise StoreError(f"{result.directory}: has no run {run}; its runs are 0 to {result.plan.count - 1}")
    name = f"{result.plan.name}-{run}"
    return Plan(result.plan.scenario_of(run), replicates=1, seed=result.plan.seed_of(run), name=name)


def same(result: Result, run: int, replayed: Result) -> str:
    """What differs between a run's outcomes in the result and replayed, as a clause; empty when nothing does."""
    names = ", ".join(f'"{name}"' for name in measures.columns(result.vendors))
    found = result.sql(f"select status, {names} from runs where run = {run}").fetchall()
    if not found:
        return "the result does not hold it yet; its records are written"
    again = replayed.sql(f"select status, {names} from runs").fetchall()
    if _bits(found[0]) == _bits(again[0]):
        return ""
    changed = result.manifest["provenance"]["sources"] != provenance()["sources"]
    return f"its outcomes are no longer the same; the model's sources {'have changed since' if changed else 'are the same'}"


def _bits(row: tuple) -> tuple:
    return row[0], np.array([np.nan if value is None else value for value in row[1:]], float).tobytes()
