"""Face validity: would an analyst who looks at the baseline believe it? Checks of what must not happen, and of what may.

Beside the patterns, which compare medians with the record, these are limits agreed on before the model was fitted, for what made
its first dynamics unbelievable: nations that change source all the time, close allies of the US with China's vendor, and one
coalition of everybody. They are taken from runs with seeds from :data:`SEED` on, which chose nothing: neither the calibration
nor any report reaches as far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.methods import statistics
from analysis.patterns import measured
from analysis.patterns.evidence import Evidence
from runs import batch, library

SEED, REPLICATES = 10**7, 200
BIG, STANDING = 36, 2030.0  # members of the largest coalition; the year by which the outcome is still open


@dataclass(frozen=True)
class Check:
    """One check: ``of`` gives a value per run, whose mean lies in ``low`` to ``high``."""

    name: str
    low: float
    high: float
    unit: str
    of: Callable[[Evidence], np.ndarray]


def at_most(evidence: Evidence, members: int) -> np.ndarray:
    """(S,) whether the largest coalition at the end has at most so many members; so it has where none stands."""
    return evidence.path("largest_coalition")[:, -1] <= members


def standing(evidence: Evidence, count: int, date: float) -> np.ndarray:
    """(S,) whether at least ``count`` coalitions stand at the step nearest to a date."""
    return evidence.at("coalitions", date) >= count


CHECKS = (
    Check("nations that change source at any time from 2025 to 2028", 0, 0.15, "share", measured.changed),
    Check("members of the OECD with China's vendor in 2028", 0, 0.03, "share", measured.china_inside),
    Check(f"runs whose largest coalition of 2040 has at most {BIG} members", 0.9, 1, "share", partial(at_most, members=BIG)),
    Check("runs in which two or more coalitions stand in 2040", 0.1, 1, "share", partial(standing, count=2, date=2040.0)),
    Check("runs in which one stands in 2030", 0.2, 0.8, "share", partial(standing, count=1, date=STANDING)),
    Check("growth of a frontier programme's cost, 2025 to 2028", 2, 3, "x/yr", measured.cost_growth),
)


def face(evidence: Evidence) -> pd.DataFrame:
    """A row per check: its limits, the mean over the runs with its 95 % interval, whether the mean is within the limits."""
    found = []
    for check in CHECKS:
        mean = statistics.mean(check.of(evidence))
        found.append({
            "check": check.name, "low": check.low, "high": check.high, "unit": check.unit, "value": mean.value,
            "value_low": mean.low, "value_high": mean.high, "holds": bool(check.low <= mean.value <= check.high),
        })  # fmt: skip
    return pd.DataFrame(found)


def evidence(scenario: Scenario | None = None, replicates: int = REPLICATES, seed: int = SEED) -> Evidence:
    """The runs that are looked at: by default the baseline's, with seeds that chose nothing."""
    scenario = scenario or library.scenario("baseline")
    return Evidence(scenario, batch.run_arms([scenario], replicates, seed, series=True, choices=True)[0])
