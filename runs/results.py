"""Reading what runs left, of any size, lazily: DuckDB over their tables, pandas and xarray for what fits in memory.

    >>> import abm
    >>> factors = {"hazard_us": [0.02, 0.2]}
    >>> plan = {"design": {"method": "grid"}, "factors": factors, "replicates": 3, "record": ["series"], "set": {"steps": 12}}
    >>> result = abm.sweep(plan)  # in memory; abm.open("results/hazard-grid") reads a result directory alike
    >>> result.sql("select hazard_us, count(*) from runs group by hazard_us order by hazard_us").fetchall()
    [(0.02, 3), (0.2, 3)]
    >>> result.runs(["point", "replicate", "gdp_coalition"]).shape  # pandas, only these columns are read
    (6, 3)
    >>> result.series(["gdp_coalition"]).columns.tolist()  # pandas, with run, step and time
    ['run', 'step', 'time', 'gdp_coalition']
    >>> dict(result.xarray(["gdp_coalition"]).sizes)  # xarray over point and replicate
    {'point': 2, 'replicate': 3}
    >>> result.plan.scenario_of(4).parameter("hazard_us")  # the scenario of run 4
    0.2
"""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.fs

from abm import measures
from abm.scenario import Scenario
from abm.world import World
from runs.integrity import Fault, examine, read_through
from runs.manifest import MANIFEST, StoreError, files_of, read_manifest
from runs.plan import Plan
from runs.tables import schemas

if TYPE_CHECKING:
    import xarray

_ORDER = {
    "runs": "run",
    "series": "run, step",
    "choices": "run, step, iso3",
    "ties": "run, kind, source, target, start",
}


_FORMAT = pyarrow.dataset.ParquetFileFormat(
    default_fragment_scan_options=pyarrow.dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
)


class Tables(ABC):
    """What the runs of a plan left, in memory (:class:`runs.memory.Runs`) or on disk (:class:`Result`), read alike.

    Tables are ``runs``, ``series``, ``choices`` and ``ties``, as far as they were recorded.
    """

    plan: Plan
    place: str  # what sentences call it

    @abstractmethod
    def _arrow(self, table: str) -> pa.dataset.Dataset | pa.Table:
        """A recorded table, as Arrow holds it."""

    @property
    def scenario(self) -> Scenario:
        """The scenario before anything was varied."""
        return self.plan.scenario

    @property
    def vendors(self) -> tuple[str, ...]:
        """Vendor names in row order."""
        return self.scenario.vendor_names

    @property
    def failed(self) -> int:
        """Number of the runs that failed."""
        return self.sql("select count(*) from runs where status = 'failed'").fetchall()[0][0]

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view per recorded table."""
        connection = duckdb.connect()
        for table in self.plan.tables:
            connection.register(table, self._arrow(table))
        return connection

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """A lazy DuckDB relation over the tables, such as ``sql("select avg(gdp_coalition) from runs")``."""
        return self.connection.sql(query)

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A whole table in order of run (and step). StoreError when it was not recorded."""
        if name not in self.plan.tables:
            raise StoreError(f"{self.place}: {name} were not recorded; recorded are {', '.join(self.plan.tables)}")
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


class Result(Tables):
    """A result directory.

    Opening it looks at all of its files (:mod:`runs.integrity`): at every byte where that is soon done, else at names, sizes and
    footers, and at every byte of a table before it is first read. ``every_byte`` True looks at all at once, False at no more than
    the checksums of the pages that are read. What is read is what stood then: chunks that a sweep finishes later are not seen.
    Errors: StoreError with the first file that is not as it was written, and how it is made again.
    """

    def __init__(self, directory: str | Path, every_byte: bool | None = None):
        self.directory, self.place = Path(directory), str(directory)
        self.manifest = read_manifest(directory)
        complete = self.manifest["status"] == "complete"
        seen = examine(self.directory, self.plan, self.manifest["job"], files_of(self.manifest), complete, every_byte)
        self._refuse(seen.faults)
        self.chunks, self.every_byte = seen.chunks(self.plan), seen.every_byte
        self.size = sum(file.size for file in seen.files.values())
        self._files = seen.files
        self._unread = {*self.plan.tables} if every_byte is None and not seen.every_byte else set()

    def _refuse(self, faults: list[Fault]) -> None:
        if faults:
            more = f", and {len(faults) - 1:,} more" if len(faults) > 1 else ""
            raise StoreError(f"{faults[0].path}: {faults[0].why}{more}; {self._again}")

    @property
    def _again(self) -> str:
        command = shlex.join(["abm", "run", str(self.directory / MANIFEST), "--out", str(self.directory)])
        return f"`{command}` makes it again, and only what is not whole"

    @cached_property
    def plan(self) -> Plan:  # type: ignore[override]
        """The plan that was carried out."""
        return planned(self.directory, self.manifest)

    @property
    def done(self) -> int:
        """Number of runs that stand."""
        return sum(len(self.plan.runs(chunk)) for chunk in self.chunks)

    def _arrow(self, table: str) -> pa.dataset.Dataset | pa.Table:
        # The files are named one by one: a path is never a pattern, and says nothing of columns.
        if not self.chunks:
            return schemas(self.plan.some(range(1)))[table].empty_table()
        home = self.directory.absolute()  # what begins with a slash is never taken for an address, or for somebody's home
        paths = [str(home / self._files[table, chunk].name) for chunk in self.chunks]
        return pyarrow.dataset.dataset(paths, format=_FORMAT, filesystem=pyarrow.fs.LocalFileSystem())

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """A lazy DuckDB relation over the tables, such as ``sql("select avg(gdp_coalition) from runs")``."""
        for table in [table for table in self._unread if table in query.lower()]:
            self._refuse(read_through(self.directory, (self._files[table, chunk] for chunk in self.chunks)))
            self._unread.remove(table)
        return super().sql(query)

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A whole table in order of run (and step). StoreError when it was not recorded or nothing of it stands yet."""
        if name in self.plan.tables and not self.chunks:
            raise StoreError(f"{self.directory}: no run is finished yet")
        try:
            return super().table(name, columns)
        except duckdb.Error as error:
            raise StoreError(f"{self.directory}: {name} cannot be read: {error}; {self._again}") from None


def planned(directory: Path, manifest: dict[str, Any]) -> Plan:
    """The plan of a manifest; StoreError where this version does not understand it."""
    try:
        plan = Plan.parse(manifest["plan"], directory)
    except (KeyError, TypeError):
        raise StoreError(f"{directory}: was written by another version; run it again") from None
    except ValueError as error:
        raise StoreError(str(error)) from None
    return replace(plan, name=manifest["name"], title=manifest["title"])


def open_result(directory: str | Path, every_byte: bool | None = None) -> Result:
    """Open a result directory; StoreError in one sentence where there is none, or it is not as it was written."""
    return Result(directory, every_byte)
