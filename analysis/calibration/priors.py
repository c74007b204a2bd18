"""What the calibration may move: the plausible range of each such parameter (:data:`abm.parameters.PARAMETERS`) as a flat prior.

Left at their values are what is measured by itself (algorithms, prices, hardware's improvement), what the fit is told by nothing
(risk aversion, severity: they only scale terms that are moved here), and the rules of a treaty that its members write (notice,
quorums, cost key, exit fee: what holds members together without a fee is ``leaving_cost``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import qmc

from abm.parameters import Range, plausible

Priors = Mapping[str, Range]
FITTED = (
    "investment_growth", "frontier_share_growth", "growth_decay", "frontier_share", "hardware", "vendor_lag_china",
    "quality_sensitivity", "fee_china", "free_use", "pooling", "builder_lag", "inference_cost", "site_cost", "effort_limit",
    "overhead_size", "overhead_discord", "membership_cost", "contagion", "taste_scale", "taste_renewal", "review_rate",
    "convening_rate", "convening_size", "admission_tolerance", "leaving_cost", "trust_gain", "affinity_votes",
    "distance_weight", "peer_weight", "hazard_us", "prior_years", "portability", "lock_in_time",
)  # fmt: skip
PRIORS: Priors = {name: plausible(name) for name in FITTED}


def sample(priors: Priors, count: int, seed: int) -> pd.DataFrame:
    """(count, P) a Latin hypercube over the priors."""
    return values_at(priors, qmc.LatinHypercube(len(priors), rng=np.random.default_rng(seed)).random(count))


def values_at(priors: Priors, shares: np.ndarray) -> pd.DataFrame:
    """(count, P) values at shares (0 to 1) of the priors."""
    return pd.DataFrame({name: prior.at(shares[:, index]) for index, (name, prior) in enumerate(priors.items())})


def shares(priors: Priors, points: pd.DataFrame) -> np.ndarray:
    """(count, P) the inverse of :func:`values_at`."""
    return np.column_stack([prior.share(points[name].to_numpy(float)) for name, prior in priors.items()])
