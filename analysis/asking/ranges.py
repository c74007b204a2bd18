"""Plausible ranges of all parameters, for questions that vary what nobody knows.

In order: the ranges of the sweep ``morris-screening``, those of :data:`KNOWN`, every name of a choice, else half to double
the scenario's value, within the parameter's bounds. A range always holds the scenario's own value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from abm import parameters
from abm.scenario import Scenario
from runs.axes import Axis, axis
from runs.library import SWEEPS

#: Low and high where half to double says nothing or too much. A lever runs from absent to strong.
KNOWN: dict[str, tuple[float, float]] = {
    "vendor_lag_us": (0.0, 0.25),  # Assumption: the US vendor is at or near the frontier
    "vendor_lag_china": (0.0, 0.75),  # the prior of the calibration; with compute, the lag is 4 to 14 months [EpochLag2026]
    "investment_growth": (0.0, 0.3),  # Assumption
    "frontier_share_growth": (0.0, 0.3),  # Assumption: training cost grew 2.4x a year [Cottier2024]
    "hardware_improvement": (0.25, 0.4),  # 1.33-1.40x a year [EpochHardware2024], a little wider
    "talent_abroad": (0.42, 0.52),  # about 47 % [Article2025]
    "outage_hazard": (0.02, 0.5),  # Assumption: one in 2022-26 [Outage2026]
    "tension_drift": (-0.3, 0.3),  # detente to escalation, as in the scenarios of that name
    "growth": (0.0, 0.04),  # Assumption
    "openness": (0.0, 1.0), "federated": (0.0, 1.0), "talent_exchange": (0.0, 0.1), "exit_fee": (0.0, 0.01),
    "notice": (0, 12), "quorum_members": (2, 12), "quorum_gdp": (0.0, 0.3), "builder_efficiency": (0.5, 3.0),
    "chip_dependence": (0.0, 1.0), "lock_in_start": (0.0, 1.0), "trust_votes": (0.0, 1.0), "pooling": (0.25, 1.0),
}  # fmt: skip


@cache
def _screened() -> dict[str, dict[str, Any]]:
    return tomllib.loads((SWEEPS / "morris-screening.toml").read_text("utf-8"))["factors"]


def plausible(scenario: Scenario, name: str) -> Axis:
    """The range of a numeric parameter, or the names of a choice. Errors: ValueError for an unknown name."""
    parameter = parameters.lookup(name, scenario.vendor_names)
    if parameter.choices:
        return axis(name, list(parameter.choices), scenario)
    present = value(scenario, name)
    given = dict(_screened().get(name) or dict(zip(("low", "high"), KNOWN.get(name, _around(present)))))
    given["low"] = max(parameter.low, min(given["low"], present))
    given["high"] = min(parameter.high, max(given["high"], present))
    if parameter.whole:
        given["low"], given["high"] = int(given["low"]), int(given["high"])
    given["log"] = given.get("log", False) and given["low"] > 0
    return axis(name, given, scenario)


def value(scenario: Scenario, name: str) -> float:
    """A numeric parameter's value in the scenario."""
    found = scenario.content.parameters.get(name, parameters.defaults(scenario.vendor_names)[name])
    return float(found)


def _around(present: float) -> tuple[float, float]:
    """Half to double; nought has no such range and gets a tenth."""
    if present == 0:
        return 0.0, 0.1
    return min(present / 2, present * 2), max(present / 2, present * 2)


def every(scenario: Scenario, leave_out: Sequence[str] = ()) -> list[Axis]:
    """The ranges of all parameters of the scenario's vendors but those left out."""
    return [plausible(scenario, name) for name in parameters.names(scenario.vendor_names) if name not in leave_out]


def points(axes: Sequence[Axis], shares: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    """(P, F) shares (0 to 1) of the axes as points of :func:`runs.experiment.run_points`: a name of a choice by its number."""
    return pd.DataFrame({each.factor.name: _stored(each, shares[:, place], scenario) for place, each in enumerate(axes)})


def _stored(each: Axis, shares: np.ndarray, scenario: Scenario) -> np.ndarray:
    numbers = each.at(shares)
    if not each.factor.levels:
        return numbers
    parameter = parameters.lookup(each.factor.name, scenario.vendor_names)
    return np.array([parameter.parse(level) for level in each.factor.levels])[numbers.astype(int)]


def unit(axes: Sequence[Axis]) -> list[Axis]:
    """As many axes from 0 to 1, for a design over shares of the ranges."""
    return [Axis(each.factor, low=0.0, high=1.0) for each in axes]
