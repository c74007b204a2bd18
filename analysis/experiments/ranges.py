"""Plausible ranges of all parameters, for questions that vary what nobody knows: those of :data:`abm.parameters.PARAMETERS`.

All within the parameter's bounds; of a choice, every name. A range always holds the scenario's own value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from abm import parameters
from abm.scenario import Scenario
from runs.axes import PLAUSIBLE, Axis, axis


def because(scenario: Scenario, name: str) -> str:
    """Why a parameter's range is what it is."""
    found = parameters.plausible(name, scenario.vendor_names)
    return (found.around(value(scenario, name)) if found.relative else found).because


def plausible(scenario: Scenario, name: str) -> Axis:
    """The range of a numeric parameter, or the names of a choice. Errors: ValueError for an unknown name."""
    return axis(name, PLAUSIBLE, scenario)


def value(scenario: Scenario, name: str) -> float:
    """A numeric parameter's value in the scenario."""
    return float(scenario.parameter(name))


def every(scenario: Scenario, leave_out: Sequence[str] = ()) -> list[Axis]:
    """The ranges of all parameters of the scenario's vendors but those left out."""
    return [plausible(scenario, name) for name in parameters.names(scenario.vendor_names) if name not in leave_out]


def points(axes: Sequence[Axis], shares: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    """(P, F) shares (0 to 1) of the axes as points of :func:`runs.batch.run_points`: a name of a choice by its number."""
    numbers = np.column_stack([each.at(shares[:, index]) for index, each in enumerate(axes)])
    return stored(axes, numbers, scenario)


def stored(axes: Sequence[Axis], numbers: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    """(P, F) numbers on the axes, positions of levels where these have names, as such points."""
    return pd.DataFrame({each.factor.name: _stored(each, numbers[:, index], scenario) for index, each in enumerate(axes)})


def _stored(each: Axis, numbers: np.ndarray, scenario: Scenario) -> np.ndarray:
    if not each.factor.levels:
        return numbers
    parameter = parameters.lookup(each.factor.name, scenario.vendor_names)
    return np.array([parameter.parse(level) for level in each.factor.levels])[numbers.astype(int)]


def unit(axes: Sequence[Axis]) -> list[Axis]:
    """As many axes from 0 to 1, for a design over shares of the ranges."""
    return [Axis(each.factor) for each in axes]
