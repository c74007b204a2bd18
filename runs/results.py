"""Reading a result directory, of any size, lazily: DuckDB over its Parquet files, pandas and xarray for what fits in memory.

    >>> import runs
    >>> result = runs.open("results/hazard-grid")
    >>> result.sql("select hazard_us, avg(gdp_coalition) from runs group by hazard_us order by hazard_us").show()
    >>> result.runs(["point", "replicate", "hazard_us", "gdp_coalition"])     # pandas, only these columns are read
    >>> result.series(["gdp_coalition"])                                      # pandas, with run, step and time
    >>> result.xarray(["gdp_coalition"]).mean("replicate")                    # xarray over point and replicate
    >>> result.plan.scenario_of(17)                                           # the scenario of run 17
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from abm import measures
from abm.scenario import Scenario
from abm.world import World
from runs.plan import Plan
from runs.store import StoreError, read_manifest

if TYPE_CHECKING:
    import xarray

_ORDER = {
    "runs": "run",
    "series": "run, step",
    "choices": "run, step, iso3",
    "ties": "run, kind, source, target, start",
}


class Result:
    """A result directory. Tables are ``runs``, ``series``, ``choices`` and ``ties``, as far as they were recorded."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)
        self.manifest = read_manifest(directory)

    @cached_property
    def plan(self) -> Plan:
        """The plan that was carried out."""
        try:
            plan = Plan.parse(self.manifest["plan"], self.directory)
        except (KeyError, TypeError):
            raise StoreError(f"{self.directory}: was written by another version; run it again") from None
        return replace(plan, name=self.manifest.get("name", ""), title=self.manifest.get("title", ""))

    @property
    def scenario(self) -> Scenario:
        """The scenario before anything was varied."""
        return self.plan.scenario

    @property
    def vendors(self) -> tuple[str, ...]:
        """Vendor names in row order."""
        return self.scenario.vendor_names

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view per recorded table."""
        connection = duckdb.connect()
        for table in self.plan.tables:
            if any((self.directory / table).glob("*.parquet")):
                files = str(self.directory / table / "*.parquet").replace("'", "''")
                connection.execute(f"create view {table} as select * from read_parquet('{files}')")
        return connection

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """A lazy DuckDB relation over the tables, such as ``sql("select avg(gdp_coalition) from runs")``."""
        return self.connection.sql(query)

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A whole table in order of run (and step). StoreError when it was not recorded or nothing of it stands yet."""
        if name not in self.plan.tables:
            raise StoreError(f"{self.directory}: {name} were not recorded; recorded are {', '.join(self.plan.tables)}")
        if not any((self.directory / name).glob("*.parquet")):
            raise StoreError(f"{self.directory}: no run is finished yet")
        chosen = ", ".join(f'"{column}"' for column in columns) if columns else "*"
        return self.sql(f"select {chosen} from {name} order by {_ORDER[name]}").df()

    def runs(self, columns: list[str] | None = None) -> pd.DataFrame:
        """A row per run."""
        return self.table("runs", columns)

    def series(self, columns: list[str] | None = None) -> pd.DataFrame:
        """A row per run and step."""
        return self.table("series", ["run", "step", "time", *columns] if columns else None)

    def choices(self) -> pd.DataFrame:
        """A row per run, step and nation."""
        return self.table("choices")

    def ties(self) -> pd.DataFrame:
        """A row per tie of the temporal network."""
        return self.table("ties")

    def xarray(self, columns: list[str] | None = None, series: bool = False) -> xarray.Dataset:
        """Outcomes over (point, replicate), with the factors as coordinates of point; or the series over (run, step)."""
        names = columns or list(measures.columns(self.vendors))
        if series:
            return self.series(names).set_index(["run", "step"]).to_xarray()
        factors = [factor.name for factor in self.plan.factors]
        table = self.runs(["point", "replicate", *factors, *names])
        values = table.drop(columns=factors).set_index(["point", "replicate"]).to_xarray()
        points = table.drop_duplicates("point").set_index("point")[factors]
        return values.assign_coords({name: ("point", points[name].to_numpy()) for name in factors})

    def world(self, run: int = 0) -> World:
        """A started world of one run: its parameters, events and seed."""
        return self.plan.scenario_of(run).world(self.plan.seed_of(run))


def open_result(directory: str | Path) -> Result:
    """Open a result directory; StoreError in one sentence where there is none."""
    return Result(directory)
