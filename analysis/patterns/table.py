"""What the record shows: each pattern with its range, source, date and how far to trust it.

The growth of frontier compute and cost is shown but not fitted: the record covers 2020 to 2026, and its rates carried to
2040 would put all of a vendor's compute behind one programme by 2030 (scenario ``boom``).

A belief that only the record has made is Gamma(1/2 + cuts, years) after Jeffreys: one cut in 4.9 years makes it Gamma(1.5, 4.9),
none Gamma(0.5, 4.9), and what the cut adds is Gamma(1, 4.9), whose 90 % interval is the range of ``belief raised by cuts``.
Without cuts nothing is added, and the pattern is missed.

A range is what the source gives; where it gives a point, the range is an allowance that the note explains. ``trust`` is as in
:mod:`abm.data`: S read in a source, D derived for this project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.patterns import measured
from analysis.patterns.evidence import Evidence


@dataclass(frozen=True)
class Pattern:
    """One pattern; ``of`` takes the model's values from runs of ``scenario``; ``fitted``: the calibration aims at it.

    ``beside``: the same runs without the dated cuts are needed as well.
    """

    name: str
    scenario: str
    low: float
    high: float
    unit: str
    source: str
    as_of: str
    trust: str
    says: str
    of: Callable[[Evidence], np.ndarray]
    fitted: bool = True
    beside: bool = False


PATTERNS = (
    Pattern("compute share US", "baseline", 0.735, 0.755, "share", "EpochShares2025", "2025-06", "S",
            "US 74 to 75 % of located high-end AI compute (a tenth to a fifth of what there is)",
            partial(measured.compute_share, name="us"), False),
    Pattern("compute share China", "baseline", 0.135, 0.155, "share", "EpochShares2025", "2025-06", "S",
            "China 14 to 15 %", partial(measured.compute_share, name="china"), False),
    Pattern("compute share EU", "baseline", 0.0475, 0.0505, "share", "EpochShares2025", "2025-06", "S",
            "European Union 4.8 to 5 %", partial(measured.compute_share, name="eu"), False),
    Pattern("China's lag at first", "baseline", 4, 14, "months", "EpochLag2026", "2026-01", "S",
            "best Chinese models 7 months behind the best US ones, 4 to 14", measured.lag_china_first),
    Pattern("China's lag 2025-27", "baseline", 4, 14, "months", "EpochLag2026", "2026-01", "S",
            "the same while it lasts", measured.lag_china),
    Pattern("effective compute", "baseline", 9.9, 13.5, "x/yr", "EpochCompute2025", "2025", "D",
            "training compute 4.5x and algorithms 3x a year make 13.5; by cost growth, 9.9", measured.effective_growth, False),
    Pattern("frontier programme's cost", "baseline", 2, 3, "x/yr", "Cottier2024", "2024", "S",
            "cost of frontier training grows 2.4x a year, 2 to 3", measured.cost_growth, False),
    Pattern("cost of following", "baseline", 9.9, 13.5, "x per year of lag", "Cottier2024", "2025", "D",
            "a year of accepted lag makes a model 9.9 to 13.5 times cheaper than the frontier then", measured.following, False),
    Pattern("waves of joining", "baseline", 2, 60, "index", "Btergm", "2000", "D",
            "alliance ties per year, 1981-2000: variance 34 times the mean (24 without 1981); far above 1", measured.waves),
    Pattern("ties that end", "baseline", 0.005, 0.02, "per tie and year", "Btergm", "2000", "D",
            "alliance ties end at 0.9 % a year; the range doubles and halves it", measured.dissolution),
    Pattern("shared partners protect", "baseline", -0.79, -0.35, "slope", "Btergm", "2000", "D",
            "log rate of ending falls by 0.57 per log(1 + shared allies), standard error 0.12 (range: two of them)",
            measured.protection),
    Pattern("exit and return", "baseline", 0.001, 0.5, "returns per exit", "AirbusHistory", "1979", "S",
            "members leave and come back (Britain and Airbus, 1969 and 1979), though most do not", measured.exits_and_returns),
    Pattern("overrun of joint programmes", "baseline", 1.25, 4.4, "x", "IterRecord", "2016", "S",
            "A400M 1.25 to 1.55, Galileo 1.9, ITER 3.6 to 4.4 times the first cost", measured.overrun),
    Pattern("belief raised by cuts", "hindcast", 0.0105, 0.61, "1/yr", "EventRecord2026", "2026-11", "D",
            "one effective cut of a close ally in 4.9 years: 0.31 a year, 0.10 had it not been; the cut adds 0.20, 90 % interval "
            "0.01 to 0.61; biased upward", measured.raised_belief, beside=True),
    Pattern("hedging after cuts", "hindcast", 0.0, 0.3, "share of nations", "EventRecord2026", "2026-11", "D",
            "some nations began to pool or build (EuroHPC, Canada and Germany); none is known to have left its vendor for good",
            measured.hedging),
    Pattern("local providers lose share", "local-providers", 0.10, 0.20, "share", "Synergy2025", "2022", "S",
            "European cloud providers: 29 % in 2017, 15 % in 2022 (range: a third either way)", measured.local_share),
    Pattern("and then hold a plateau", "local-providers", -0.01, 0.01, "share/yr", "Synergy2025", "2025", "S",
            "flat since 2022 (range: one point a year)", measured.local_drift),
)  # fmt: skip

#: Scenarios that the patterns are measured on.
SCENARIOS = tuple(dict.fromkeys(pattern.scenario for pattern in PATTERNS))

#: Of these, those that are run a second time without the dated cuts.
BESIDE = {pattern.scenario for pattern in PATTERNS if pattern.beside}
