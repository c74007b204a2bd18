"""Lists of facts about nations: which are in the package, and reading any of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from abm import countries, data, parameters
from abm.words import nearest
from runs.delimited import Table, read_table

LEAST = 10  # nations of a list in the result


@dataclass(frozen=True)
class Shipped:
    """A list of the package, the option its value 1 should go with, and the options it is about (empty: all)."""

    file: str
    option: str
    among: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(data.__file__).parent / self.file


#: Lists that come with the package, by name; their sources stand in ``abm/data/SOURCES.md``.
SHIPPED = {
    "network-vendors": Shipped("network_vendors.csv", "china", parameters.VENDORS),  # nobody builds networks alone
    "ai-partnership": Shipped("ai_partnership.csv", "coalition"),
    "ai-safety-network": Shipped("ai_safety_network.csv", "coalition"),
}


def find(name: str) -> Path:
    """The file of a shipped list or of a person's own. Errors: ValueError with the nearest name."""
    path = SHIPPED[name].path if name in SHIPPED else Path(name)
    if path.exists():  # whatever it is, the reader says
        return path
    raise ValueError(f"{name}: no such file and no list of the package; {nearest(name, SHIPPED)}")


def read_list(path: str | Path, known: pd.Index) -> pd.Series:
    """A list of iso3 and value (0 or 1), of which the nations in ``known`` are kept. Errors: ValueError, naming file and line."""
    table = read_table(path)
    if not {"iso3", "value"} <= set(table.names):
        raise ValueError(f"{path}: found columns {', '.join(table.names)}; iso3 and value are needed")
    found = _checked(table)
    values = pd.Series(found, name="value", dtype=int).rename_axis("iso3")
    values = values[values.index.isin(known)]
    if len(values) < LEAST or values.nunique() < 2:
        raise ValueError(f"{path}: {len(values)} of its nations are in the result; {LEAST} of both kinds are needed")
    return values


def _checked(table: Table) -> dict[str, int]:
    found: dict[str, int] = {}
    iso3s, values = (table.names.index(name) for name in ("iso3", "value"))
    known = set(data.nations().index)
    unknown = {cells[iso3s]: line for line, cells in zip(table.lines, table.rows) if cells[iso3s] not in known}
    if unknown:
        told = (f"{table.path}: line {line}: {countries.problem(code, known)}" for code, line in unknown.items())
        raise ValueError("\n".join(told))
    for line, cells in zip(table.lines, table.rows):
        iso3, value = cells[iso3s], table.number(cells[values])
        where = f"{table.path}: line {line}"
        if iso3 in found:
            raise ValueError(f"{where}: {iso3} stands there twice; one row per nation is needed")
        if value not in (0, 1):
            raise ValueError(f"{where}: found {cells[values] or 'nothing'} for {iso3}; 0 or 1 is needed")
        found[iso3] = int(value)
    return found
