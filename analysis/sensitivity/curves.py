"""Each parameter alone along its range, all else as in the scenario: one at a time, with the same seeds at every value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.experiments import ranges
from analysis.methods import statistics
from analysis.methods.statistics import Estimate
from analysis.sensitivity.runs import OUTCOMES, Respond, means
from analysis.sensitivity.sizes import one_at_a_time
from runs.axes import Axis


def curves(
    axes: list[Axis], scenario: Scenario, respond: Respond, values: int, replicates: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The curves, a row per parameter, value and outcome; and how far each reaches, a row per parameter and outcome.

    ``difference`` is against the scenario's own value, run by run, with Student's 95 % interval.
    """
    points = one_at_a_time(axes, values)
    found = respond(ranges.stored(axes, points, scenario), replicates)
    lines, reaches = [], []
    for index, axis in enumerate(axes):
        rows = np.flatnonzero(points[:, index] != points[0, index])
        rows = np.array([0, *rows])[np.argsort(points[[0, *rows], index], kind="stable")]
        for outcome, name in enumerate(OUTCOMES):
            part, head = found[rows, :, outcome], {"factor": axis.factor.name, "outcome": name}
            estimate = statistics.share if name == "stands" else statistics.mean
            lines += [head | line for line in _line(axis, points[rows, index], part, found[0, :, outcome], estimate)]
            reaches.append(head | _reach(axis, points[rows, index], part))
    return pd.DataFrame(lines), pd.DataFrame(reaches)


def _line(axis: Axis, numbers: np.ndarray, part: np.ndarray, base: np.ndarray, estimate) -> Iterator[dict]:
    for number, runs in zip(numbers, part, strict=True):
        here = estimate(runs[np.isfinite(runs)])
        change = statistics.difference(runs, base)
        yield {
            "value": _text(axis, number), "own": number == axis.present, "mean": here.value, "low": here.low, "high": here.high,
            "difference": change.value, "difference_low": change.low, "difference_high": change.high,
        }  # fmt: skip


def _reach(axis: Axis, numbers: np.ndarray, part: np.ndarray) -> dict:
    """From the range's low end to its high end (of a choice, from the name with the lowest mean to that with the highest);
    ``turn``: the value between at which the curve goes beyond both ends by more than noise, empty where there is none."""
    centres = means(part)
    order = np.argsort(centres, kind="stable") if axis.factor.levels else np.arange(len(numbers))
    first, last = order[0], order[-1]
    change = statistics.difference(part[last], part[first])
    turn = None if axis.factor.levels else _turn(centres, part)
    return {
        "low_end": _text(axis, numbers[first]), "high_end": _text(axis, numbers[last]),
        "at_low_end": centres[first], "at_high_end": centres[last],
        "change": change.value, "change_low": change.low, "change_high": change.high, "reach": centres.max() - centres.min(),
        "turn": "" if turn is None else _text(axis, numbers[turn]), "at_turn": np.nan if turn is None else centres[turn],
    }  # fmt: skip


def _turn(centres: np.ndarray, part: np.ndarray) -> int | None:
    """Where between the ends the curve lies farthest beyond them, if by more than noise."""
    best: tuple[float, int | None] = (0.0, None)
    for sign in (1, -1):
        index = int(np.argmax(sign * centres))
        gaps: list[Estimate] = [statistics.difference(sign * part[index], sign * part[end]) for end in (0, -1)]
        beyond = min(gap.value for gap in gaps)
        if all(gap.low > 0 for gap in gaps) and beyond > best[0]:
            best = (beyond, index)
    return best[1]


def _text(axis: Axis, number: float) -> str:
    """A value as a person writes it."""
    value = axis.factor.value(number)
    return value if isinstance(value, str) else f"{number:.5g}" if abs(number) >= 1000 else f"{number:.3g}"
