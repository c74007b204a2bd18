"""Structural alternatives: one for each part of the model that could as well have been built otherwise.

Each is a plain setting of parameters, so that it runs, sweeps and replays like anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from abm.parameters import BY_NAME


@dataclass(frozen=True)
class Structure:
    """One alternative: what it says, and the parameters that make it."""

    name: str
    says: str
    values: dict[str, float]


STRUCTURES = (
    Structure("fresh tastes", "tastes drawn anew at every review, so that choice is logit and nothing of them lasts",
              {"taste_renewal": BY_NAME["taste_renewal"].high}),
    Structure("votes alone", "trust and distance by votes at the UN alone, without shared institutions", {"affinity_votes": 1.0}),
    Structure("fixed spending", "builders spend 0.2 % of GDP a year, whatever it brings",
              {"effort_floor": 1.0, "effort_limit": 0.002}),
    Structure("flat growth", "vendors' investment grows by a tenth a year all along, the share behind one programme not at all",
              {"investment_growth": 0.1, "investment_growth_end": 0.1, "frontier_share_growth": 0.0}),
)  # fmt: skip
