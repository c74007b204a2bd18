"""Reading a result directory, of any size, lazily: DuckDB over its Parquet files, pandas for what fits in memory."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd

from abm.scenario import Scenario
from abm.world import World
from runs.plan import Plan
from runs.store import StoreError, read_manifest


class Result:
    """A result directory. Tables are ``runs``, ``series``, ``choices`` and ``ties``, as far as they were recorded."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)
        self.manifest = read_manifest(directory)

    @cached_property
    def plan(self) -> Plan:
        """The plan that was carried out."""
        return Plan.parse(self.manifest["plan"])

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
        """A whole table in order of run (and step); StoreError when it was not recorded."""
        if name not in self.plan.tables:
            raise StoreError(f"{self.directory}: {name} were not recorded; recorded are {', '.join(self.plan.tables)}")
        order = {"runs": "run", "series": "run, step", "choices": "run, step", "ties": "run, start"}[name]
        chosen = ", ".join(f'"{column}"' for column in columns) if columns else "*"
        return self.sql(f"select {chosen} from {name} order by {order}").df()

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

    def xarray(self, columns: list[str] | None = None):
        """The series as an xarray Dataset over run and step."""
        return self.series(columns).set_index(["run", "step"]).to_xarray()

    def world(self, run: int = 0) -> World:
        """A started world of one run: its parameters, events and seed."""
        return self.plan.scenario_of(run).world(self.plan.seed_of(run))


def open_result(directory: str | Path) -> Result:
    """Open a result directory; StoreError in one sentence where there is none."""
    return Result(directory)
