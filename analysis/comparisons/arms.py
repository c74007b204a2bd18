"""Where the arms of a comparison come from: results on disk, or scenarios run until the difference is known well enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from abm.words import MEASURES, ArgumentError, nearest
from analysis.comparisons.comparison import Arm, pairwise
from analysis.reading.ensembles import FINISHED
from runs import batch
from runs.manifest import MANIFEST
from runs.results import Result, open_result

FIRST, MOST = 100, 12_800  # replicates to begin with, and at most
FINE = 0.1  # precision asked for where none is given, in standard deviations of the measure between runs


def is_result(given: str) -> bool:
    """Whether this names a result directory, or a point of one (``DIR:POINT``)."""
    return (Path(_split(given)[0]) / MANIFEST).is_file()


def from_result(given: str, when: str) -> tuple[Arm, Result]:
    """The finished runs of a result, or of one design point of a sweep. Errors: ValueError with what is needed."""
    directory, point = _split(given)
    result = open_result(directory)
    points = len(result.plan.points)
    if points > 1 and point is None:
        raise ValueError(f"{given}: holds {points} design points; name one, {given}:0 to {given}:{points - 1}, or see abm report")
    if point is not None and not 0 <= point < points:
        raise ValueError(f"{given}: no such design point; there are 0 to {points - 1}")
    runs = result.runs()
    kept = runs[(runs["status"] == "done") & (runs["point"] == (point or 0))]
    name = result.plan.name + (f":{point}" if point is not None else "")
    return Arm(name, _outcomes(result, kept, when), result.plan.title), result


def _split(given: str) -> tuple[str, int | None]:
    if (Path(given) / MANIFEST).is_file():  # a directory may be called so
        return given, None
    directory, colon, point = given.rpartition(":")
    return (directory, int(point)) if colon and point.isdecimal() else (given, None)


def _outcomes(result: Result, runs: pd.DataFrame, when: str) -> pd.DataFrame:
    """Measures by seed at the end, or their means over all steps after the first."""
    names = list(batch.columns_of(result.scenario))
    if when == "end":
        return runs.set_index("seed")[names].astype(float)
    if "series" not in result.plan.tables:
        raise ArgumentError("when", when, f"{result.directory} has no series, so there are no means over time; leave it out")
    means = ", ".join(f'avg("{name}") as "{name}"' for name in names)
    frame = result.sql(f"select run, {means} from series where step > 0 and {FINISHED} group by run").df().set_index("run")
    return frame.loc[runs["run"]].set_axis(pd.Index(runs["seed"], name="seed")).astype(float)


def run_until(
    scenarios: Sequence[Scenario],
    measure: str,
    precision: float | None,
    when: str = "end",
    seed: int = 0,
    most: int = MOST,
    progress: Callable[[int], object] = lambda runs: None,
) -> tuple[list[Arm], float, float]:
    """Arms with so many replicates that every difference to the first in ``measure`` is known to ± ``precision``, or ``most``.

    Replicates are doubled until they suffice; those already run are kept. Returns the arms, the half-width that was reached and
    the precision asked for: :data:`FINE` standard deviations between runs where it is None.
    """
    for scenario in scenarios:
        check(measure, scenario)
    arms = [Arm(scenario.name, pd.DataFrame(), scenario.content.title) for scenario in scenarios]
    while True:
        done = len(arms[0].outcomes)
        more = min(done or FIRST, most - done)
        parts = _run(scenarios, more, seed + done, when, progress)
        arms = [Arm(arm.name, pd.concat([arm.outcomes, part]), arm.title) for arm, part in zip(arms, parts, strict=True)]
        reached = max(_half_width(arms[0], arm, measure) for arm in arms[1:])
        asked = precision if precision is not None else FINE * float(arms[0].outcomes[measure].std())
        if reached <= asked or done + more >= most:
            return arms, reached, asked


def check(measure: str, scenario: Scenario) -> None:
    """ArgumentError with the nearest name unless it is a measure."""
    known = batch.columns_of(scenario)
    if measure not in known:
        raise ArgumentError("measure", measure, f"no such measure; {nearest(measure, known, MEASURES)}")


def _run(scenarios, replicates: int, seed: int, when: str, progress) -> list[pd.DataFrame]:
    results = batch.run_arms(scenarios, replicates, seed, series=when == "mean", progress=progress)
    frames = []
    for scenario, done in zip(scenarios, results, strict=True):
        values = done.outcomes
        if when == "mean":
            known = np.isfinite(done.series[:, 1:])
            with np.errstate(invalid="ignore"):
                values = np.where(known, done.series[:, 1:], 0.0).sum(axis=1) / known.sum(axis=1)
        frame = pd.DataFrame(values, columns=list(batch.columns_of(scenario)), index=pd.Index(done.seeds, name="seed"))
        frames.append(frame[done.status == 0])
    return frames


def _half_width(base: Arm, other: Arm, measure: str) -> float:
    """Half the width of the paired difference's interval; infinite where it cannot be told yet."""
    both = pd.concat([base.outcomes[measure], other.outcomes[measure]], axis=1, join="inner").dropna().to_numpy(float)
    estimate, _ = pairwise(both[:, 0], both[:, 1])
    return estimate.half_width if estimate.count > 1 else float("inf")
