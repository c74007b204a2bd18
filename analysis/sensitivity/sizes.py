"""How large a study is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from abm.parameters import Range
from runs import designs
from runs.axes import Axis
from runs.factor import Factor


@dataclass(frozen=True)
class Sizes:
    """``values`` of a curve and runs of each; ``trajectories`` of the screening; how many strongest ``factors`` go on to indices,
    base points (``samples``) of these; how many go on to indices from half as many, to see whether the order depends on what else
    is varied (``wider``; none where that is no more); runs of ``each`` point of screening and indices."""

    values: int = 5
    replicates: int = 100
    trajectories: int = 100
    factors: int = 12
    samples: int = 2048
    wider: int = 16
    each: int = 6
    seed: int = 0

    def runs(self, axes: list[Axis]) -> int:
        """Runs that the study needs."""
        count = len(axes)
        weighed = self.samples * (min(self.factors, count) + 2)
        weighed += self.fewer * (min(self.wider, count) + 2) if self.widens(count) else 0
        return len(one_at_a_time(axes, self.values)) * self.replicates + self.each * (self.trajectories * (count + 1) + weighed)

    @property
    def fewer(self) -> int:
        """Base points of the wider indices."""
        return max(8, self.samples // 2)

    def widens(self, count: int) -> bool:
        """Whether of ``count`` parameters more than those with indices can be taken."""
        return min(self.wider, count) > self.factors

    def check(self, count: int) -> None:
        """Errors: DesignError where a design over ``count`` parameters is too small, before anything is run."""
        units = [Axis(Factor(str(index))) for index in range(count)]
        chosen = units[: self.factors]
        designs.points("morris", units, {"trajectories": self.trajectories, "levels": 4, "seed": self.seed})
        designs.points("saltelli", chosen, {"samples": self.samples, "seed": self.seed, "second_order": False})


def one_at_a_time(axes: list[Axis], values: int) -> np.ndarray:
    """(P, F) the scenario's own point, then each axis at ``values`` values of its range, a choice at every name."""
    cut = [replace(axis, count=min(values, _numbers(axis.range)) if axis.range.whole else values) for axis in axes]
    return designs.points("one_at_a_time", cut, {})


def _numbers(found: Range) -> int:
    """How many whole numbers lie in a range."""
    return int(found.high - found.low) + 1
