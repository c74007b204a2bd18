"""What is kept of an ensemble at one point of the grid: a row of numbers, and what each of them is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm import options
from abm.scenario import Scenario
from analysis.methods import statistics
from runs.batch import columns_of
from runs.ensemble import Results

QUANTILES = (0.1, 0.5, 0.9)
_DATES = 20  # spans of time that a curve is cut into
_LEAST = 5  # runs that quantiles are taken of


@dataclass(frozen=True)
class Field:
    """A part of the row: ``shape`` numbers from ``start`` on, stored as whole numbers once multiplied by ``scale``."""

    name: str
    start: int
    shape: tuple[int, ...]
    scale: int
    unit: str
    meaning: str

    @property
    def count(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    def of(self, rows: np.ndarray) -> np.ndarray:
        """(..., *shape) this field of (..., W) rows."""
        return rows[..., self.start : self.start + self.count].reshape(*rows.shape[:-1], *self.shape)


@dataclass(frozen=True)
class Layout:
    """All fields of a scenario's rows, and the steps at which curves are kept."""

    fields: dict[str, Field]
    steps: np.ndarray

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return sum(field.count for field in self.fields.values())

    @property
    def scales(self) -> np.ndarray:
        """(W,) scale of every number."""
        return np.repeat([field.scale for field in self.fields.values()], [field.count for field in self.fields.values()])


def layout(scenario: Scenario) -> Layout:
    """What is kept of this scenario's ensembles."""
    total = scenario.content.steps
    steps = np.unique(np.round(np.linspace(0, total, min(total, _DATES) + 1)).astype(int))
    if total > _DATES and (year := round(1 / scenario.content.step_years)) and total % year == 0 and total // year <= 2 * _DATES:
        steps = np.arange(0, total + 1, year)  # whole years, where they are not too many
    curve, share = (len(QUANTILES), len(steps)), "share"
    quantiles = "10, 50 and 90 % quantile over the runs, each at all dates"
    rows: list[tuple[str, tuple[int, ...], int, str, str]] = [
        ("stands", (1,), 10_000, share, "runs in which a coalition stands at the horizon"),
        ("stands_change", (2,), 10_000, share, "the same less the reference's, run by run: mean, half of its 95 % interval"),
        ("held", (1,), 10_000, share, "GDP that coalitions hold at the horizon, mean over all runs"),
        ("held_change", (2,), 10_000, share, "the same less the reference's, run by run: mean, half of its 95 % interval"),
    ]
    for option in options.names(scenario.vendor_names):
        rows.append((f"gdp_{option}", curve, 1000, share, f"GDP of the nations with the option {option}: {quantiles}"))
    rows += [
        ("lag", curve, 10, "months", f"the best coalition behind the frontier, where one stands: {quantiles}"),
        ("members", (len(scenario.nations()),), 1000, share, "runs in which each nation is a member at the horizon"),
    ]
    fields, start = {}, 0
    for name, shape, scale, unit, meaning in rows:
        fields[name] = Field(name, start, shape, scale, unit, meaning)
        start += fields[name].count
    return Layout(fields, steps)


def outcomes(scenario: Scenario, results: Results) -> tuple[np.ndarray, np.ndarray]:
    """((R,) whether a coalition stands, (R,) GDP it holds), both at the end; NaN for a run that failed."""
    at, failed = columns_of(scenario), results.status != 0
    stands = np.where(failed, np.nan, results.outcomes[:, at["coalitions"]] > 0)
    return stands, np.where(failed, np.nan, results.outcomes[:, at["gdp_coalition"]])


def row(scenario: Scenario, kept: Layout, results: Results, reference: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(W,) what is kept of one ensemble; ``reference`` are the :func:`outcomes` of the reference with the same seeds."""
    at, names, done = columns_of(scenario), options.names(scenario.vendor_names), results.status == 0
    stands, held = outcomes(scenario, results)
    series = results.series[done][:, kept.steps]
    found = [_mean(stands), *_paired(stands, reference[0]), _mean(held), *_paired(held, reference[1])]
    for option in names:
        found += _quantiles(series[:, :, at[f"gdp_{option}"]])
    found += _quantiles(series[:, :, at["lag_coalition"]])
    found += list((results.serials[done, -1] > 0).mean(axis=0)) if done.any() else [math.nan] * results.serials.shape[2]
    return np.array(found, float)


def _mean(values: np.ndarray) -> float:
    return statistics.mean(values).value


def _paired(values: np.ndarray, reference: np.ndarray) -> tuple[float, float]:
    found = statistics.difference(values, reference)
    return found.value, found.half_width


def _quantiles(curves: np.ndarray) -> list[float]:
    """Quantiles of (R, T) curves, one after the other; NaN at dates where too few runs have a value."""
    found = np.full((len(QUANTILES), curves.shape[1]), np.nan)
    for date in range(curves.shape[1]):
        known = curves[np.isfinite(curves[:, date]), date]
        if len(known) >= min(_LEAST, len(curves)) and len(known):
            found[:, date] = np.quantile(known, QUANTILES)
    return found.ravel().tolist()
