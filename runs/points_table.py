"""Design points of a person's own: a table (CSV) with a column per factor and a row per point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from abm import data, dates
from abm.files import FileError
from abm.scenario import Scenario
from runs.axes import Axis, SweepError, axis
from runs.delimited import Table, cause, counted, read_table
from runs.factor import NATIONS, check_name

#: What ema-workbench writes beside the factors into experiments.csv.
BESIDE = ("scenario", "policy", "model")


def read_points(path: Path, scenario: Scenario) -> tuple[list[Axis], np.ndarray, list[str]]:
    """Axes and (P, F) points of a table with a column per factor and a row per point, and the columns that are left out.

    Errors: SweepError.
    """
    try:
        table = read_table(path)
    except FileError as error:
        raise SweepError(str(error)) from None
    left_out = list(BESIDE) if set(BESIDE) < set(table.names) else []
    table = table.without(*left_out)
    axes, problems = [], []
    for name, cells in zip(table.names, zip(*table.rows)):
        try:
            axes.append(_axis(name, cells, table, scenario))
        except ValueError as error:
            problems.append(f"{path}: {error}")
    if problems:
        raise SweepError("\n".join(problems))
    points = np.array([axis.values for axis in axes]).T.copy()
    try:
        _check_apart(axes, points, table, scenario)
    except ValueError as error:
        raise SweepError(f"{path}: {error}") from None
    return axes, points, left_out


def _axis(name: str, cells: Sequence[str], table: Table, scenario: Scenario) -> Axis:
    """The axis of a column. ValueError with the line where a cell is the fault."""
    try:
        check_name(name, scenario)
    except ValueError as error:
        hint = "; it numbers the rows: take it out" if counted(list(cells)) else ""
        raise ValueError(f"{error}{hint}") from None
    values = []
    for line, cell in zip(table.lines, cells):
        try:
            values.append(_value(name, cell, table))
        except ValueError as error:
            raise ValueError(f"line {line}: column {name}: {error}") from None
    try:
        return axis(name, values, scenario, distinct=False)
    except ValueError as error:
        line, clause = table.lines[_culprit(name, values, scenario)], str(error).removeprefix(f"{name}: ")
        raise ValueError(f"line {line}: column {name}: {clause}") from None


def _culprit(name: str, values: list[Any], scenario: Scenario) -> int:
    """The row of the first value that is not admissible; its extremes are tried first, since to try an event takes time."""
    numbers = [value for value in values if isinstance(value, float)]
    extremes = [min(numbers), max(numbers)] if len(numbers) == len(values) else []
    for value in (*extremes, *values):
        try:
            axis(name, [value], scenario)
        except ValueError:
            return values.index(value)
    return 0


def _check_apart(axes: list[Axis], points: np.ndarray, table: Table, scenario: Scenario) -> None:
    """ValueError where two different rows are the same runs, since their dates fall into the same steps."""
    dated = [index for index, each in enumerate(axes) if each.steps]
    if not dated:
        return
    run = points.copy()
    first: dict[bytes, int] = {}
    for index in dated:
        run[:, index] = axes[index].factor.numbers(points[:, index], scenario)
    for row, key in enumerate(map(bytes, run)):
        other = first.setdefault(key, row)
        if (points[other] != points[row]).any():
            names = " and ".join(axes[index].factor.name for index in dated)
            lines, length = f"lines {table.lines[other]} and {table.lines[row]}", scenario.content.step_years
            raise ValueError(f"{lines}: are the same runs: {names} fall into the same step of {length:g} years")


def _value(name: str, cell: str, table: Table) -> Any:
    if name == NATIONS and cell:
        return cell if cell in data.GROUPS else re.split(r"[\s,;]+", cell)
    number = table.number(cell)
    if number is not None:
        return number
    dated = dates.plain(cell)
    if dated != cell:
        return dated
    why = cause(cell)
    if why:
        raise ValueError(why)
    return cell
