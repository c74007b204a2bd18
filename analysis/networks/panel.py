"""The memberships of a result's finished runs as a panel of nations by step, read from the intervals of its table of ties."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.reading import ensembles
from runs.factor import NATIONS
from runs.manifest import StoreError
from runs.results import Result

MOST = 1000  # runs of which the network is studied: shares are then known to a point or two, and more take long


@dataclass(frozen=True)
class Panel:
    """``serial`` (R, T+1, N): number of the coalition each nation is in at each step, 0 outside; N are ``iso3``.

    ``ties`` has a row per tie with ``run`` as a row of ``serial``, ``start`` and ``end`` as steps, and ``ended``; what stands at
    the last step ends, as far as seen, with it. ``runs`` are the runs' own numbers, of so many that ``finished``. Steps are
    ``dt`` years from ``begin`` on.
    """

    runs: np.ndarray
    finished: int
    iso3: tuple[str, ...]
    names: tuple[str, ...]
    serial: np.ndarray
    ties: pd.DataFrame
    begin: float
    dt: float

    @property
    def count(self) -> int:
        """Number of runs."""
        return len(self.runs)

    @property
    def counted(self) -> str:
        """Number of runs, in words."""
        return f"{self.count:,} runs" + (f" (evenly chosen of {self.finished:,})" if self.count < self.finished else "")

    @property
    def last(self) -> int:
        """The last step."""
        return self.serial.shape[1] - 1

    @cached_property
    def inside(self) -> np.ndarray:
        """(R, T+1, N) whether a nation is in a coalition."""
        return self.serial > 0

    def date(self, step):
        """Date of a step as a decimal year."""
        return self.begin + self.dt * np.asarray(step)

    def yearly(self) -> list[int]:
        """Steps about a year apart, the first and the last among them."""
        return sorted({*range(0, self.last + 1, max(round(1 / self.dt), 1)), self.last})


def read(result: Result, most: int = MOST) -> Panel:
    """The panel of at most ``most`` finished runs, evenly chosen.

    Errors: StoreError when the ties were not recorded or no run finished.
    """
    if "ties" not in result.plan.tables:
        raise StoreError(
            f"{result.directory}: ties were not recorded, and the network is made of them; "
            'abm run records them, a sweep does with record = ["ties"]'
        )
    finished = ensembles.finished(result)
    if not finished:
        raise StoreError(f"{result.directory}: no run was finished, so there is no network")
    runs = np.array(ensembles.some(finished, most), int)
    content, nations = result.scenario.content, _nations(result, runs)
    ties = _in_steps(_ties(result, runs), runs, content)
    serial = memberships(ties, list(nations), len(runs), content.steps)
    return Panel(runs, len(finished), tuple(nations), tuple(nations.values()), serial, ties, content.start, content.step_years)


def memberships(ties: pd.DataFrame, iso3: list[str], runs: int, steps: int) -> np.ndarray:
    """(R, T+1, N) coalition numbers from ties of the kind ``member``."""
    member = ties[ties["kind"] == "member"]
    change = np.zeros((runs, steps + 2, len(iso3)), np.int32)
    nation = pd.Index(iso3).get_indexer(pd.Index(member["source"]))
    serial = member["target"].str.removeprefix("C").astype(int).to_numpy()
    np.add.at(change, (member["run"], member["start"], nation), serial)
    np.add.at(change, (member["run"], member["end"] + ~member["ended"], nation), -serial)
    return change.cumsum(axis=1)[:, :-1]


def _nations(result: Result, runs: np.ndarray) -> dict[str, str]:
    """Names by code, of every nation that is in any of the points."""
    found: dict[str, str] = {}
    for point in dict.fromkeys(result.plan.point(int(run)) for run in runs):
        if point == 0 or any(factor.name == NATIONS for factor in result.plan.factors):
            found |= dict(result.plan.scenario_of(point * result.plan.replicates).nations()["name"])
    return found or dict(result.scenario.nations()["name"])


def _ties(result: Result, runs: np.ndarray) -> pd.DataFrame:
    chosen = ", ".join(map(str, runs))
    return result.sql(f"select * from ties where run in ({chosen}) order by run, kind, source, target, start").df()


def _in_steps(ties: pd.DataFrame, runs: np.ndarray, content) -> pd.DataFrame:
    ties = ties.astype({"source": str, "target": str, "kind": str})
    step = [((ties[column] - content.start) / content.step_years).round() for column in ("start", "end")]
    end = step[1].fillna(content.steps).astype(int)
    row = np.searchsorted(runs, ties["run"])
    return ties.assign(run=row, start=step[0].astype(int), end=end, ended=ties["end"].notna()).reset_index(drop=True)
