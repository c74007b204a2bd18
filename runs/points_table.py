"""Design points of a person's own: a table (CSV) with a column per factor and a row per point."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from abm import data
from abm.scenario import Scenario
from runs.axes import Axis, SweepError, axis
from runs.factor import NATIONS


def read_points(table: Path, scenario: Scenario) -> tuple[list[Axis], np.ndarray]:
    """Axes and (P, F) points of a table with a column per factor and a row per point. Errors: SweepError."""
    try:
        with open(table, newline="", encoding="utf-8") as file:
            names, *rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it needs a line with the factors' names and a line per point"
        raise SweepError(f"{table}: cannot be read as a table of points: {reason}") from None
    ragged = next((line for line, row in enumerate(rows, 2) if len(row) != len(names)), None)
    if ragged or not rows or len(set(names)) < len(names):
        where = f"{table}: line {ragged}" if ragged else f"{table}"
        raise SweepError(f"{where}: every line needs {len(names)} values, under names that differ, and there must be one")
    axes, problems = [], []
    for name, *column in zip(names, *rows):
        try:
            axes.append(axis(name, [_cell(name, text.strip()) for text in column], scenario))
        except ValueError as error:
            problems.append(f"{table}: column {name}: {str(error).removeprefix(f'{name}: ')}")
    if problems:
        raise SweepError("\n".join(problems))
    return axes, np.array([axis.values for axis in axes]).T.copy()


def _cell(name: str, text: str) -> Any:
    if name == NATIONS:
        return text if text in data.GROUPS else text.split()
    try:
        return float(text)
    except ValueError:
        return text
