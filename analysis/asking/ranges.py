"""Plausible ranges of all parameters, for questions that vary what nobody knows, each with the reason for it.

In order: the calibration's prior, so that a question and the calibration call the same values plausible; the ranges of the
sweep ``morris-screening``; those of :data:`KNOWN`; every name of a choice; else half to double the scenario's value. All
within the parameter's bounds. A range always holds the scenario's own value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from abm import parameters
from abm.scenario import Scenario
from analysis.calibration import priors
from runs.axes import Axis, axis
from runs.library import SWEEPS


@dataclass(frozen=True)
class Range:
    """``low`` to ``high`` in the parameter's unit, ``because`` why; ``log``: evenly spaced in the logarithm."""

    low: float
    high: float
    because: str
    log: bool = False


LEVER, WHOLE = "a lever, from absent to strong", "assumption: the whole scale"
#: Where half to double says nothing or too much.
KNOWN: dict[str, Range] = {
    "vendor_lag_us": Range(0.0, 0.25, "assumption: the US vendor is at or near the frontier"),
    "investment_growth_end": Range(0.0, 0.15, "forecasts to 2030 imply 5-11 % a year after 2027; a little wider"),
    "frontier_share_limit": Range(0.1, 0.5, "assumption: final runs are 10-30 % of R&D compute [EpochRD2025]"),
    "hosting_us": Range(0.0, 1.0, LEVER), "hosting_china": Range(0.0, 1.0, LEVER), "hosting_response": Range(0.0, 1.0, WHOLE),
    "hosting_cost": Range(0.1, 0.5, "accounts of surcharges for sovereign clouds, a tenth to a half; no list prices"),
    "effort_floor": Range(0.0, 1.0, WHOLE),
    "hardware_improvement": Range(0.25, 0.4, "1.33-1.40x a year [EpochHardware2024], a little wider"),
    "talent_abroad": Range(0.42, 0.52, "about 47 % [Article2025]"),
    "outage_hazard": Range(0.02, 0.5, "assumption: one in 2022-26 [Outage2026]"),
    "tension_drift": Range(-0.3, 0.3, "detente to escalation, as in the scenarios of that name"),
    "growth": Range(0.0, 0.04, "assumption: from standstill to double"),
    "openness": Range(0.0, 1.0, LEVER), "federated": Range(0.0, 1.0, LEVER), "talent_exchange": Range(0.0, 0.1, LEVER),
    "quorum_members": Range(2, 12, LEVER), "quorum_gdp": Range(0.0, 0.3, LEVER), "builder_efficiency": Range(0.5, 3.0, LEVER),
    "chip_dependence": Range(0.0, 1.0, WHOLE), "lock_in_start": Range(0.0, 1.0, WHOLE),
}  # fmt: skip


@cache
def _screened() -> dict[str, dict[str, Any]]:
    return tomllib.loads((SWEEPS / "morris-screening.toml").read_text("utf-8"))["factors"]


def given(name: str, present: float) -> Range:
    """The range of a number that is ``present`` in the scenario, by the first that knows one."""
    prior = next((prior for prior in priors.PRIORS if prior.name == name), None)
    if prior:
        return Range(prior.low, prior.high, prior.reason, prior.log)
    if name in _screened():
        return Range(**{"because": "assumption, as in the sweep morris-screening"} | _screened()[name])
    return KNOWN.get(name) or _around(present)


def because(scenario: Scenario, name: str) -> str:
    """Why a parameter's range is what it is."""
    if parameters.lookup(name, scenario.vendor_names).choices:
        return "every name"
    return given(name, value(scenario, name)).because


def plausible(scenario: Scenario, name: str) -> Axis:
    """The range of a numeric parameter, or the names of a choice. Errors: ValueError for an unknown name."""
    parameter = parameters.lookup(name, scenario.vendor_names)
    if parameter.choices:
        return axis(name, list(parameter.choices), scenario)
    present = value(scenario, name)
    found = given(name, present)
    low, high = max(parameter.low, min(found.low, present)), min(parameter.high, max(found.high, present))
    if parameter.whole:
        low, high = int(low), int(high)
    return axis(name, {"low": low, "high": high, "log": found.log and low > 0 and not parameter.whole}, scenario)


def value(scenario: Scenario, name: str) -> float:
    """A numeric parameter's value in the scenario."""
    return float(scenario.parameter(name))


def _around(present: float) -> Range:
    """Half to double; nought has no such range and gets a tenth."""
    if present == 0:
        return Range(0.0, 0.1, "assumption: nought to a tenth")
    return Range(min(present / 2, present * 2), max(present / 2, present * 2), "half to double")


def every(scenario: Scenario, leave_out: Sequence[str] = ()) -> list[Axis]:
    """The ranges of all parameters of the scenario's vendors but those left out."""
    return [plausible(scenario, name) for name in parameters.names(scenario.vendor_names) if name not in leave_out]


def points(axes: Sequence[Axis], shares: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    """(P, F) shares (0 to 1) of the axes as points of :func:`runs.experiment.run_points`: a name of a choice by its number."""
    numbers = np.column_stack([each.at(shares[:, place]) for place, each in enumerate(axes)])
    return stored(axes, numbers, scenario)


def stored(axes: Sequence[Axis], numbers: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    """(P, F) numbers on the axes, positions of levels where these have names, as such points."""
    return pd.DataFrame({each.factor.name: _stored(each, numbers[:, place], scenario) for place, each in enumerate(axes)})


def _stored(each: Axis, numbers: np.ndarray, scenario: Scenario) -> np.ndarray:
    if not each.factor.levels:
        return numbers
    parameter = parameters.lookup(each.factor.name, scenario.vendor_names)
    return np.array([parameter.parse(level) for level in each.factor.levels])[numbers.astype(int)]


def unit(axes: Sequence[Axis]) -> list[Axis]:
    """As many axes from 0 to 1, for a design over shares of the ranges."""
    return [Axis(each.factor, low=0.0, high=1.0) for each in axes]
