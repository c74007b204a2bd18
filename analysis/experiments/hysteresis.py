"""Whether the way back is another one than the way there: a parameter reaches the same values from above and from below.

Both runs reach a value on the same date, by dated events, after a sweep of the whole range the other way: see
:mod:`analysis.questions.tipping`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from abm import palette
from abm.dates import SLACK
from abm.words import ArgumentError
from analysis.experiments.inquiry import Inquiry
from analysis.experiments.variants import from_start, with_events
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.scale import Scale
from analysis.methods.statistics import Estimate

UP, DOWN = "from below", "from above"


@dataclass(frozen=True)
class Loop:
    """``above`` and ``below`` (K, R): the measure at the end in each replicate, after reaching each of K ``rungs``."""

    rungs: tuple[float, ...] = ()
    above: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    below: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    @property
    def mean(self) -> Estimate:
        """The gap, averaged over the rungs."""
        return statistics.mean((self.above - self.below).mean(axis=0))

    @property
    def widest(self) -> float:
        """The rung with the largest gap."""
        return self.rungs[self._widest]

    @property
    def largest(self) -> Estimate:
        """The largest gap; its interval is for that rung alone, and chosen as the largest it is biased away from nought."""
        return statistics.difference(self.above[self._widest], self.below[self._widest])

    @property
    def _widest(self) -> int:
        gaps = [abs(statistics.difference(a, b).value) for a, b in zip(self.above, self.below)]
        return int(np.nanargmax(gaps)) if np.isfinite(gaps).any() else 0

    def table(self) -> pd.DataFrame:
        """Rows of each branch and of the gap."""
        rows = []
        for rung, a, b in zip(self.rungs, self.above, self.below):
            kinds = ((DOWN, statistics.mean(a)), (UP, statistics.mean(b)), ("gap", statistics.difference(a, b)))
            rows += [(what, rung, e.value, e.low, e.high) for what, e in kinds]
        return pd.DataFrame(rows, columns=["what", "value", "estimate", "low", "high"])

    def draw(self, axes, measure: str, unit: str) -> None:
        """The two branches."""
        table = self.table()
        for what, colour, line in ((DOWN, palette.BLUE, "-"), (UP, palette.ORANGE, "--")):
            part = table[table["what"] == what]
            style.points(axes, part["value"], part["estimate"], part["low"], part["high"], colour, what, line)
        if unit == "share":
            axes.set_ylim(-0.02, 1.02)
            style.percent(axes.yaxis)
        axes.set_ylabel(f"{measure} at the end" + ("" if unit == "share" else f" ({unit})"))
        axes.legend(loc="best", title="parameter came", title_fontsize=8)


def loop(inquiry: Inquiry, name: str, scale: Scale) -> Loop:
    """Run both branches of every rung. Errors: ArgumentError where the run is too short to sweep and settle."""
    rungs = scale.grid(max(2, inquiry["rungs"]))
    arms = [inquiry.arms([route(inquiry, name, rungs, index, down) for index in range(len(rungs))]) for down in (True, False)]
    above, below = (np.array([inquiry.outcomes(arm, inquiry["measure"]) for arm in each]) for each in arms)
    return Loop(tuple(float(rung) for rung in rungs), above, below)


def route(inquiry: Inquiry, name: str, rungs: np.ndarray, index: int, down: bool):
    """The scenario that sweeps to one end and comes to rung ``index`` from there (``down``: from the high end)."""
    order = rungs if down else rungs[::-1]
    there = len(rungs) - 1
    target = index if down else there - index
    content = inquiry.scenario.content
    pace = _pace(inquiry, there)
    arrival = content.steps - _settling(inquiry)
    outward = [(step * pace, order[step]) for step in range(1, there + 1)]
    homeward = [(arrival - (step - target) * pace, order[step]) for step in range(there - 1, target - 1, -1)]
    start = from_start(inquiry.scenario, {name: float(order[0])})
    return with_events(start, [_event(inquiry, name, step, value) for step, value in (*outward, *homeward)])


def _pace(inquiry: Inquiry, moves: int) -> int:
    """Steps between two rungs, so that the way there, the way back and the rest fit into the run."""
    content = inquiry.scenario.content
    pace = (content.steps - _settling(inquiry)) // (2 * moves)
    if pace < 1:
        why = f"do not fit, with {inquiry['settle']:g} years to settle, into a run of {content.steps} steps; take fewer or less"
        raise ArgumentError("rungs", moves + 1, why)
    return pace


def _settling(inquiry: Inquiry) -> int:
    """Steps of rest at the last rung."""
    return math.ceil((inquiry["settle"] - SLACK) / inquiry.scenario.content.step_years)


def _event(inquiry: Inquiry, name: str, step: int, value: float) -> dict[str, Any]:
    content = inquiry.scenario.content
    date = content.start + step * content.step_years
    return {"date": date, "kind": "parameter", "name": name, "value": float(value)}
