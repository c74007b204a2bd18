"""What may differ between draws where no calibrated sample is given: every uncertain parameter, near the scenario's value.

What people decide is not uncertain and keeps the scenario's values (:mod:`analysis.experiments.uncertainty`).
"""

from __future__ import annotations

import pandas as pd

from abm import parameters
from analysis.experiments import ranges
from analysis.experiments.inquiry import Inquiry
from runs import designs


def draws_of(inquiry: Inquiry, spread: float, count: int) -> pd.DataFrame | None:
    """A row per replicate: the inquiry's own draws; else a Latin hypercube of every uncertain parameter, or None.

    A parameter lies between its value and ``spread`` of the way to either end of its plausible range. Source: [McKay1979].
    """
    if inquiry.draws is not None:
        return inquiry.sample(count)
    if spread <= 0:
        return None
    scenario = inquiry.scenario
    every = ranges.every(scenario, leave_out=parameters.decided(scenario.vendor_names))
    axes = [each for each in every if not parameters.lookup(each.factor.name, scenario.vendor_names).choices]
    shares = designs.points("latin_hypercube", ranges.unit(axes), {"samples": max(count, len(axes) + 1), "seed": inquiry.seed})
    ends = ranges.points(axes, shares[:count], scenario)
    present = pd.Series({str(name): ranges.value(scenario, str(name)) for name in ends})
    return present + spread * (ends - present)
