"""A study of sensitivity: its runs and its tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from abm import parameters
from abm.odd import judged
from abm.scenario import Scenario
from abm.words import ArgumentError
from analysis.experiments import ranges
from analysis.methods import sensitivity
from analysis.sensitivity.curves import curves
from analysis.sensitivity.runs import MAIN, OUTCOMES, Once, Respond, model
from analysis.sensitivity.sizes import Sizes
from runs.axes import Axis
from runs.batch import Progress


@dataclass(frozen=True)
class Study:
    """What was found. ``parameters``: a row each for the main outcome, the most important first, with its kind and its range;
    ``curves``, ``screening`` and ``indices`` for all outcomes; ``wider``: indices for the main one with more parameters varied,
    empty where there are no more; ``chance`` by outcome; ``runs`` done in ``seconds``."""

    scenario: Scenario
    sizes: Sizes
    parameters: pd.DataFrame
    curves: pd.DataFrame
    screening: pd.DataFrame
    indices: pd.DataFrame
    wider: pd.DataFrame
    chance: dict[str, float]
    runs: int
    seconds: float


def axes_of(scenario: Scenario, names: Sequence[str] = ()) -> list[Axis]:
    """The ranges of the parameters named, or of all. Errors: ValueError for an unknown name, ArgumentError for fewer than two."""
    if not names:
        return ranges.every(scenario)
    if len(set(names)) < 2:
        raise ArgumentError("parameters", None, "at least two are needed, since they are weighed against each other")
    return [ranges.plausible(scenario, name) for name in dict.fromkeys(names)]


def study(
    scenario: Scenario,
    sizes: Sizes,
    axes: list[Axis],
    respond: Respond | None = None,
    progress: Progress = lambda runs: None,
) -> Study:
    """The whole study; ``respond`` stands in for the model. Errors: DesignError where a design is too small."""
    sizes.check(len(axes))
    names, begun = [axis.factor.name for axis in axes], time.monotonic()
    respond = respond or model(scenario, names, sizes.seed, progress)
    lines, reaches = curves(axes, scenario, respond, sizes.values, sizes.replicates)
    screening = _each_outcome(sensitivity.screen, axes, Once(respond, axes, scenario, sizes.each), sizes.trajectories, sizes.seed)
    order = screening[screening["outcome"] == MAIN]["factor"]
    ranked = [axes[names.index(name)] for name in order]
    strongest = ranked[: sizes.factors]
    weighed = Once(respond, strongest, scenario, sizes.each)
    indices = _each_outcome(sensitivity.indices, strongest, weighed, sizes.samples, sizes.seed)
    chance = {name: weighed.chance(index) for index, name in enumerate(OUTCOMES)}
    wider = wider_indices(ranked, scenario, sizes, respond)
    table = _parameters(scenario, axes, reaches, screening, indices)
    seconds = time.monotonic() - begun
    return Study(scenario, sizes, table, lines, screening, indices, wider, chance, sizes.runs(axes), seconds)


def wider_indices(ranked: list[Axis], scenario: Scenario, sizes: Sizes, respond: Respond) -> pd.DataFrame:
    """Indices for the main outcome with more parameters varied."""
    names = [axis.factor.name for axis in ranked[: sizes.wider]]
    if not sizes.widens(len(ranked)):
        return pd.DataFrame({"factor": names})[:0]
    once = Once(respond, ranked[: sizes.wider], scenario, sizes.each)
    return sensitivity.indices(names, lambda shares: once.mean(shares, OUTCOMES.index(MAIN)), sizes.fewer, sizes.seed)


def _each_outcome(method, axes: list[Axis], once: Once, size: int, seed: int) -> pd.DataFrame:
    """The table of a method for every outcome, from the same runs."""
    names, parts = [axis.factor.name for axis in axes], []
    for index, outcome in enumerate(OUTCOMES):
        found = method(names, lambda shares, index=index: once.mean(shares, index), size, seed)
        found.insert(0, "outcome", outcome)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def kind(name: str, scenario: Scenario) -> str:
    """What a parameter's value rests on: a ``decision`` of people, a fit to patterns of the record (``fitted``), an
    ``assumption`` (abm/ODD.md), or the ``record`` itself."""
    parameter = parameters.lookup(name, scenario.vendor_names)
    if parameter.decided:
        return "decision"
    if parameter.source.startswith("Calibrated"):
        return "fitted"
    return "assumption" if parameter.name in judged(False) + judged(True) else "record"


def meaning(name: str, scenario: Scenario) -> str:
    """A parameter's meaning; of a growth of the parameter before it in the table, with that one's meaning."""
    told = parameters.lookup(name, scenario.vendor_names).meaning
    grown = name.removesuffix("_growth")
    if grown == name or grown not in parameters.names(scenario.vendor_names):
        return told
    return told.replace("that share", f"the {parameters.lookup(grown, scenario.vendor_names).meaning}")


def _parameters(scenario: Scenario, axes: list[Axis], reaches, screening, indices) -> pd.DataFrame:
    """A row per parameter for the main outcome: those with a total index first, then by the screening."""
    rows = []
    for axis in axes:
        name = axis.factor.name
        parameter = parameters.lookup(name, scenario.vendor_names)
        rows.append({
            "factor": name, "kind": kind(name, scenario), "unit": parameter.unit, "meaning": meaning(name, scenario),
            "own": scenario.parameter(name), "range_because": ranges.because(scenario, name),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    screening = screening.rename(columns={"low": "mu_star_low", "high": "mu_star_high"})
    for part in (reaches, screening, indices):
        table = table.merge(part[part["outcome"] == MAIN].drop(columns="outcome"), on="factor", how="left")
    return table.sort_values(["total", "mu_star"], ascending=False, na_position="last", ignore_index=True)
