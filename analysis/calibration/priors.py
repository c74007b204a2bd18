"""What the calibration may move, and how far: a flat prior per parameter with the reason for its range.

Left at their values are what is measured by itself (algorithms, prices, hardware's improvement), what the fit is told by nothing
(risk aversion, severity: they only scale terms that are moved here), and the rules of a treaty that its members write (notice,
quorums, cost key, exit fee: what holds members together without a fee is ``leaving_cost``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def between(self, low: float, high: float) -> Prior:
        """The prior on the part of its range from one share to another."""
        ends = replace(self, whole=False).at(np.array([low, high]))
        return replace(self, low=float(ends[0]), high=float(ends[1]))


PRIORS = (
    Prior("investment_growth", 0.35, 0.7, "capital spending of four US firms: 1.5x a year from 2022, 1.8x in 2025"),
    Prior("frontier_share_growth", 0.3, 0.9, "training cost grew 2 to 3x a year [Cottier2024]: what investment leaves of it"),
    Prior("growth_decay", 2.0, 6.0, "forecasts of spending slow down after 2027 [CapexForecasts2026]", log=True),
    Prior("frontier_share", 0.015, 0.06, "half to double; one laboratory's final runs were 7 % of its compute in 2024", log=True),
    Prior("hardware", 0.015, 0.04, "25,000 to 67,000 US$ an H100 equivalent with its site", log=True),
    Prior("vendor_lag_china", 0.0, 0.75, "algorithms: from level to the top of the observed lag in months [EpochLag2026]"),
    Prior("quality_sensitivity", 0.08, 0.3, "half to double; not measured", log=True),
    Prior("fee_china", 0.15, 0.35, "from less than half the US vendor's fee to the same; not measured"),
    Prior("free_use", 0.2, 0.6, "half to one and a half times; not measured"),
    Prior("pooling", 0.25, 1.0, "a third to all of it; not measured"),
    Prior("builder_lag", 0.25, 1.5, "a quarter to one and a half times; not measured"),
    Prior("inference_cost", 0.08, 0.25, "close to double and a half; not measured"),
    Prior("site_cost", 0.3, 4.0, "Canada's plan for a year to the whole of one of the EU's five gigafactories in one", log=True),
    Prior("effort_limit", 0.002, 0.01, "half to double; states plan up to 0.4 % of GDP a year [PublicCompute2026]", log=True),
    Prior("overhead_size", 0.02, 0.1, "half to two and a half times; the square-root rule is contested", log=True),
    Prior("overhead_discord", 0.25, 0.75, "half to one and a half times; not measured"),
    Prior("membership_cost", 0.00003, 0.0005, "a third to five times; not measured", log=True),
    Prior("contagion", 0.0, 1.0, "the whole scale: whether export rules reach through a pool is not measured"),
    Prior("taste_scale", 0.001, 0.006, "a third to double; not measured", log=True),
    Prior("taste_renewal", 0.01, 0.3, "once in a century to once in a term of office", log=True),
    Prior("review_rate", 0.25, 1.0, "a budget cycle of one to four years", log=True),
    Prior("convening_rate", 0.02, 0.2, "two fifths to four times; political will is not measured", log=True),
    Prior("convening_size", 4, 24, "the founders of joint programmes on record [ProgrammeMembers2026]", whole=True),
    Prior("admission_tolerance", 0.00003, 0.001, "a fifth to six times; not measured", log=True),
    Prior("leaving_cost", 0.003, 0.1, "from a tenth to three times; not measured", log=True),
    Prior("trust_gain", 0.03, 0.3, "a third to three times; not measured", log=True),
    Prior("affinity_votes", 0.2, 0.9, "institutions weigh a ninth to four times as much as votes; not measured"),
    Prior("distance_weight", 0.003, 0.015, "a third to one and a half times; not measured", log=True),
    Prior("peer_weight", 0.0003, 0.004, "half to eight times; not measured", log=True),
    Prior("hazard_us", 0.01, 1.0, "the span that the record of cuts supports [EventRecord2026]", log=True),
    Prior("prior_years", 2.0, 20.0, "a fifth to double; not measured", log=True),
    Prior("portability", 0.2, 0.8, "contracts that bind to contracts that do not; not measured"),
    Prior("lock_in_time", 1.5, 6.0, "two thirds to three times; not measured", log=True),
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
