"""What the calibration may move, and how far: a uniform prior per parameter with the reason for its range.

Left at their values are what is measured by itself (hardware, algorithms) and the growth of spending, since no record tells
how long the present boom lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc


@dataclass(frozen=True)
class Prior:
    """Uniform from ``low`` to ``high``, in the logarithm where ``log``."""

    name: str
    low: float
    high: float
    reason: str
    log: bool = False
    whole: bool = False

    def at(self, share: np.ndarray) -> np.ndarray:
        """Values at shares (0 to 1) of the range."""
        value = self.low * (self.high / self.low) ** share if self.log else self.low + share * (self.high - self.low)
        return np.round(value) if self.whole else value

    def share(self, value: np.ndarray) -> np.ndarray:
        """The inverse of :meth:`at`."""
        if self.log:
            return np.log(value / self.low) / np.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


PRIORS = (
    Prior("vendor_lag_china", 0.0, 0.75, "algorithms: from level to the top of the observed lag in months"),
    Prior("frontier_share", 0.03, 0.12, "half to double; final runs are 10-30 % of R&D compute [EpochRD2025]", log=True),
    Prior("quality_sensitivity", 0.12, 0.4, "half to one and a half times; not measured"),
    Prior("pooling", 0.25, 1.0, "half to double; not measured"),
    Prior("builder_lag", 0.25, 1.5, "a quarter to one and a half times; not measured"),
    Prior("overhead_discord", 0.25, 0.75, "half to one and a half times; not measured"),
    Prior("noise", 0.0003, 0.003, "a fifth to double; not measured", log=True),
    Prior("review_rate", 0.25, 1.0, "half to double; a budget cycle of one to four years"),
    Prior("notice", 0, 8, "none to two years", whole=True),
    Prior("exit_fee", 0.0, 0.01, "none to 1 % of GDP; not measured"),
    Prior("trust_gain", 0.03, 0.3, "a third to three times; not measured", log=True),
    Prior("distance_weight", 0.003, 0.012, "half to double; not measured", log=True),
    Prior("peer_weight", 0.001, 0.004, "half to double; not measured", log=True),
    Prior("hazard_us", 0.02, 1.0, "the span that the record of cuts supports [EventRecord2026]", log=True),
    Prior("prior_years", 2.0, 20.0, "a fifth to double; not measured", log=True),
    Prior("portability", 0.2, 0.8, "contracts that bind to contracts that do not; not measured"),
    Prior("lock_in_time", 1.5, 6.0, "half to double; not measured", log=True),
)  # fmt: skip


def sample(priors: tuple[Prior, ...], count: int, seed: int) -> pd.DataFrame:
    """(count, P) a Latin hypercube over the priors."""
    return values_at(priors, qmc.LatinHypercube(len(priors), rng=np.random.default_rng(seed)).random(count))


def values_at(priors: tuple[Prior, ...], shares: np.ndarray) -> pd.DataFrame:
    """(count, P) values at shares (0 to 1) of the priors."""
    return pd.DataFrame({prior.name: prior.at(shares[:, place]) for place, prior in enumerate(priors)})


def shares(priors: tuple[Prior, ...], points: pd.DataFrame) -> np.ndarray:
    """(count, P) the inverse of :func:`values_at`."""
    return np.column_stack([prior.share(points[prior.name].to_numpy(float)) for prior in priors])
