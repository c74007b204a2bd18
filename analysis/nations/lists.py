"""Lists of facts about nations: which are in the package, and reading any of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from abm import data, parameters

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
    if path.is_file():
        return path
    near = difflib.get_close_matches(name, SHIPPED, 1) or [", ".join(SHIPPED)]
    raise ValueError(f"{name}: no such file and no list of the package; nearest: {near[0]}")


def read_list(path: str | Path, known: pd.Index) -> pd.Series:
    """A list of iso3 and value (0 or 1), of which the nations in ``known`` are kept. Errors: ValueError, naming file and row."""
    table = _table(path)
    if not {"iso3", "value"} <= set(table):
        raise ValueError(f"{path}: found columns {', '.join(map(str, table))}; iso3 and value are needed")
    _check(path, table)
    values = table.set_index("iso3")["value"].astype(int)
    values = values[values.index.isin(known)]
    if len(values) < LEAST or values.nunique() < 2:
        raise ValueError(f"{path}: {len(values)} of its nations are in the result; {LEAST} of both kinds are needed")
    return values


def _table(path: str | Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, comment="#")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path}: cannot be read as a table ({error})") from None


def _check(path: str | Path, table: pd.DataFrame) -> None:
    everywhere, seen = set(data.nations().index), set()
    for iso3, value in zip(table["iso3"], table["value"]):
        if iso3 not in everywhere:
            raise ValueError(f"{path}: found {iso3}; a nation's three letters in capitals are needed, such as DEU")
        if iso3 in seen:
            raise ValueError(f"{path}: {iso3} stands there twice; one row per nation is needed")
        if value not in (0, 1):
            raise ValueError(f"{path}: found {value} for {iso3}; 0 or 1 is needed")
        seen.add(iso3)
