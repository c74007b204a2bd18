"""What the page does with runs: compute them, read one of a result, keep one as a result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from abm import measures
from abm.agents import Nation
from abm.scenario import Scenario
from runs import ensemble
from runs.manifest import StoreError
from runs.plan import Plan
from runs.replay import plan_of
from runs.results import open_result
from runs.store import Store
from runs.sweep import local, run_plan

RESULTS = Path("results")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True)
class Opened:
    """One recorded run: what it takes to do it again, and the measures it ended with."""

    scenario: Scenario
    seed: int
    outcomes: dict[str, float]
    title: str


@dataclass(frozen=True)
class Services:
    """Results are read from and written to directories directly under ``directory``; nations are of the class ``nation``, and a
    fan takes ``most_futures`` runs at most. Errors of all methods: ValueError in one sentence."""

    directory: Path = RESULTS
    nation: type[Nation] = Nation
    most_futures: int = 200

    def simulate(self, *arguments, **named) -> ensemble.Results:
        """Runs from their start: :func:`runs.ensemble.simulate`."""
        return ensemble.simulate(*arguments, **named)

    def continue_runs(self, *arguments, **named) -> ensemble.Results:
        """Runs from here: :func:`runs.ensemble.continue_runs`."""
        return ensemble.continue_runs(*arguments, **named)

    def results(self) -> list[str]:
        """Names of the results."""
        return sorted(path.parent.name for path in self.directory.glob("*/manifest.json"))

    def open(self, name: str, run: int) -> Opened:
        """A run of the result of that name."""
        return opened(self._inside(name), run)

    def save(self, scenario: Scenario, seed: int, name: str) -> Path:
        """Write one run as a result of that name; returns its directory."""
        store = Store(self._inside(name))
        if store.has_result():
            raise ValueError(f"{store.directory}: holds a result already; choose another name")
        try:
            run_plan(Plan(scenario, replicates=1, seed=seed), store, local(1))
        except StoreError as error:
            raise ValueError(str(error)) from None
        return store.directory

    def _inside(self, name: str) -> Path:
        """The directory of a result's name; ValueError for a name that could lead anywhere else."""
        if not _NAME.fullmatch(name) or ".." in name:
            raise ValueError("name: allowed are up to 60 letters, digits, '-', '_' and single '.', a letter or digit first")
        path = self.directory / name
        if path.is_symlink():
            raise ValueError(f"name: {name} is a link; choose another")
        return path


def opened(directory: Path, run: int) -> Opened:
    """A run of the result in a directory. Errors: ValueError in one sentence."""
    try:
        result = open_result(directory)
        plan = plan_of(result, run)
        row = result.sql(f"select * from runs where run = {run}").df()
    except StoreError as error:
        raise ValueError(str(error)) from None
    if row.empty:
        raise ValueError(f"{directory}: run {run} was planned but not done")
    if row["status"].iloc[0] != "done":
        raise ValueError(f"{directory}: run {run} failed: {row['error'].iloc[0]}")
    names = measures.columns(result.vendors)
    outcomes = {name: float(row[name].iloc[0]) for name in names if name in row}
    return Opened(plan.scenario, plan.seed, outcomes, f"{directory.name}, run {run}")
