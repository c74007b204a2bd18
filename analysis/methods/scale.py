"""The scale on which a parameter is moved: even steps, or even ratios where its range spans an order of magnitude."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.methods.statistics import Estimate


@dataclass(frozen=True)
class Scale:
    """``low`` to ``high``; ``whole`` keeps to whole numbers."""

    low: float
    high: float
    whole: bool = False

    @property
    def log(self) -> bool:
        """Whether steps are ratios."""
        return self.low > 0 and self.high / self.low >= 10 and not self.whole

    def to(self, values):
        """Values on the scale on which steps are even."""
        return np.log(values) if self.log else np.asarray(values, float)

    def grid(self, count: int) -> np.ndarray:
        """About ``count`` even steps, both ends among them."""
        low, high = self.to(np.array([self.low, self.high]))
        return self._kept(np.linspace(low, high, count))

    def wider(self, low: float, high: float, count: int) -> tuple[float, float]:
        """Two values moved apart by one step each of a grid of ``count``, within the range."""
        ends, grid = self.to(np.array([low, high])), self.to(np.array([self.low, self.high]))
        step = (grid[1] - grid[0]) / (count - 1)
        first, last = self._kept(np.array([ends[0] - step, ends[1] + step]))[[0, -1]]
        return float(first), float(last)

    def between(self, low: float, high: float, count: int) -> np.ndarray:
        """``count`` values, evenly between two."""
        first, last = self.to(np.array([low, high]))
        return self._kept(np.linspace(first, last, count + 2)[1:-1])

    def back(self, found: Estimate) -> Estimate:
        """An estimate on the even scale in the parameter's own unit."""
        if not self.log:
            return found
        value, low, high = np.exp([found.value, found.low, found.high]).tolist()
        return Estimate(value, low, high, found.count)

    def _kept(self, even: np.ndarray) -> np.ndarray:
        values = np.clip(np.exp(even) if self.log else even, self.low, self.high)
        return np.unique(np.round(values)) if self.whole else values
