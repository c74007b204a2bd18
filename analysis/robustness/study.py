"""Runs of a study of robustness: every world beside the baseline, with the same seeds, each with and without convening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from abm import parameters
from abm.scenario import Scenario
from analysis.calibration.priors import FITTED
from analysis.experiments import ranges
from analysis.experiments.variants import constant
from analysis.robustness.headlines import World, alone, judged, world
from analysis.robustness.structures import STRUCTURES
from analysis.sensitivity.study import kind
from runs import batch

BASELINE, AGAIN, POSTERIOR, ASSUMED, STRUCTURE = "baseline", "other seeds", "posterior", "assumption", "structure"
BATCH = 16  # worlds whose runs are in memory at once
APART = 10**6  # from the seeds of the study to those of the same world again


@dataclass(frozen=True)
class Arm:
    """One world: its group, its name, and the parameters that make it."""

    group: str
    name: str
    values: dict[str, float]


def arms(scenario: Scenario, draws: pd.DataFrame | None, count: int, seed: int = 0) -> list[Arm]:
    """``count`` of the posterior's draws, each assumption halved and doubled, each structure."""
    found = [Arm(STRUCTURE, structure.name, structure.values) for structure in STRUCTURES]
    found += [Arm(ASSUMED, f"{name} {how}", {name: value}) for name in assumed(scenario) for how, value in around(scenario, name)]
    if draws is not None and len(draws.columns):
        rows = draws.sample(min(count, len(draws)), random_state=seed).to_dict("records")
        found += [Arm(POSTERIOR, f"draw {index}", row) for index, row in enumerate(rows, 1)]  # type: ignore[arg-type]
    return found


def assumed(scenario: Scenario) -> list[str]:
    """Numbers that rest on judgement or were fitted; not what people decide, nor names of a choice."""
    return [
        name
        for name, (parameter, _) in parameters.names(scenario.vendor_names).items()
        if not parameter.choices and not parameter.decided
        and (name in FITTED or kind(name, scenario) in ("fitted", "assumption"))
    ]  # fmt: skip


def around(scenario: Scenario, name: str) -> Iterator[tuple[str, float]]:
    """(how, value): a number halved and doubled, within its bounds; a date, or nought, at the ends of its plausible range."""
    parameter, own = parameters.lookup(name, scenario.vendor_names), ranges.value(scenario, name)
    if own == 0 or parameter.unit == "year":
        found = ranges.plausible(scenario, name).range
        ends = {f"at {end:.6g}": float(end) for end in (found.low, found.high)}
    else:
        ends = {"halved": own / 2, "doubled": own * 2}
    for how, value in ends.items():
        kept = min(max(round(value) if parameter.whole else value, parameter.low), parameter.high)
        if kept != own:
            yield (how if kept == value else f"{how}, as far as it goes ({kept:g})"), kept


def worlds(
    scenario: Scenario, arms: Sequence[Arm], replicates: int, seed: int, progress: batch.Progress = lambda runs: None
) -> Iterator[World]:
    """The worlds of the arms, all with the same seeds. Dated events that would set what an arm sets are left out."""
    for index in range(0, len(arms), BATCH):
        few = arms[index : index + BATCH]
        names = list(dict.fromkeys(name for arm in few for name in arm.values))
        ours = constant(scenario, names)
        own = {name: ranges.value(scenario, name) for name in names}
        points = pd.DataFrame([own | {name: arm.values[name] for name in names if name in arm.values} for arm in few])
        nobody = points.drop(columns="convening_rate", errors="ignore")
        with_, without = (
            batch.run_points(each, varied, replicates, seed, choices=choices, progress=progress)
            for each, varied, choices in ((ours, points, True), (alone(ours), nobody, False))
        )
        for row in range(len(few)):
            yield world(scenario, *(_part(found, row * replicates, replicates) for found in (with_, without)))


def _part(found: batch.Results, start: int, count: int) -> batch.Results:
    return type(found)(**{name: part[start : start + count] for name, part in vars(found).items()})


def study(
    scenario: Scenario,
    draws: pd.DataFrame | None = None,
    count: int = 100,
    replicates: int = 200,
    seed: int = 0,
    progress: batch.Progress = lambda runs: None,
) -> pd.DataFrame:
    """A row per world: ``group``, ``arm``, and the columns of :func:`analysis.robustness.headlines.judged`.

    The first row is the baseline, the second the same world on other seeds: what chance alone does.
    """
    same = Arm(BASELINE, BASELINE, {})
    (base,), (again,) = (list(worlds(scenario, [same], replicates, first, progress)) for first in (seed, seed + APART))
    others = arms(scenario, draws, count, seed)
    found = [(same, base), (Arm(AGAIN, AGAIN, {}), again), *zip(others, worlds(scenario, others, replicates, seed, progress))]
    return pd.DataFrame([{"group": arm.group, "arm": arm.name, **judged(own, base)} for arm, own in found])
