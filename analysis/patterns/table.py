"""What the record shows: each pattern with its range, source, date and how far to trust it.

A calibration aims at every pattern but the compute shares, with which the model is started. Patterns of one ``family`` tell much
the same (three of the growth of the frontier, two of China's lag), so that :func:`weights` lets each family count once.

A belief that only the record has made is Gamma(1/2 + cuts, years) after Jeffreys: one cut in 4.9 years makes it Gamma(1.5, 4.9),
none Gamma(0.5, 4.9), and what the cut adds is Gamma(1, 4.9), whose 90 % interval is the range of ``belief raised by cuts``.
Without cuts nothing is added, and the pattern is missed.

A range is what the source gives; where it gives a point, or not quite what the model measures, the range is an allowance that
``says`` explains. ``trust`` is as in :mod:`abm.data`: S read in a source, D derived for this project.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.patterns import measured
from analysis.patterns.evidence import Evidence


@dataclass(frozen=True)
class Pattern:
    """One pattern; ``of`` takes the model's values from runs of ``scenario``; ``fitted``: the calibration aims at it.

    ``beside``: the same runs without the dated cuts are needed as well. ``family``: what it tells of; a pattern without one is
    a family of its own.
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
    family: str = ""


PATTERNS = (
    Pattern("compute share US", "baseline", 0.735, 0.755, "share", "EpochShares2025", "2025-06", "S",
            "US 74 to 75 % of located high-end AI compute (a tenth to a fifth of what there is); the model is started with it",
            partial(measured.compute_share, name="us"), fitted=False, family="shares"),
    Pattern("compute share China", "baseline", 0.135, 0.155, "share", "EpochShares2025", "2025-06", "S",
            "China 14 to 15 %; the model is started with it", partial(measured.compute_share, name="china"),
            fitted=False, family="shares"),
    Pattern("compute share EU", "baseline", 0.0475, 0.0505, "share", "EpochShares2025", "2025-06", "S",
            "European Union 4.8 to 5 %; the model is started with it", partial(measured.compute_share, name="eu"),
            fitted=False, family="shares"),
    Pattern("China's lag at first", "baseline", 4, 14, "months", "EpochLag2026", "2026-01", "S",
            "best Chinese models 7 months behind the best US ones, 4 to 14", measured.lag_china_first, family="China's lag"),
    Pattern("China's lag 2025-27", "baseline", 4, 14, "months", "EpochLag2026", "2026-01", "S",
            "the same while it lasts", measured.lag_china, family="China's lag"),
    Pattern("effective compute", "baseline", 9.9, 13.5, "x/yr", "EpochCompute2025", "2025", "D",
            "training compute 4.5x and algorithms 3x a year make 13.5; by cost growth, 9.9", measured.effective_growth,
            family="frontier growth"),
    Pattern("frontier programme's cost", "baseline", 2, 3, "x/yr", "Cottier2024", "2024", "S",
            "cost of frontier training grows 2.4x a year, 2 to 3", measured.cost_growth, family="frontier growth"),
    Pattern("cost of following", "baseline", 9.9, 13.5, "x per year of lag", "Cottier2024", "2025", "D",
            "a year of accepted lag makes a model 9.9 to 13.5 times cheaper than the frontier then", measured.following,
            family="frontier growth"),
    Pattern("main source changed", "baseline", 0, 0.15, "share in 3 yr", "VendorChanges2026", "2026-11", "D",
            "no state is known to have changed its main vendor of AI or cloud without a cut: at most 1.4 % a year (95 %) if none "
            "of 53 did in four years, 4 % in three; up to 15 % is an allowance, since nobody counts and the model takes joining "
            "a programme for a change", measured.changed, family="switching"),
    Pattern("hedging after cuts", "hindcast", 0.0, 0.3, "share of nations", "EventRecord2026", "2026-11", "D",
            "some nations began to pool or build (EuroHPC, Canada and Germany); none is known to have left its vendor for good",
            measured.hedging, family="switching"),
    Pattern("OECD with China's vendor", "baseline", 0, 0.03, "share of nations", "DeepSeekUse2026", "2025-12", "D",
            "use of DeepSeek is low in North America and most of Europe, and several governments ban it; no state of the OECD is "
            "known to rely on a Chinese vendor; 3 % is an allowance for one of its 37 other members", measured.china_inside,
            family="China's clients"),
    Pattern("others with China's vendor", "baseline", 0.05, 0.3, "share of GDP", "DeepSeekUse2026", "2025-12", "D",
            "share of DeepSeek in use: Belarus 56, Russia 43, Iran 25, Syria 23 %, some African states 11 to 14; weighted by "
            "GDP, with 1 to 12.5 % elsewhere, 6 to 16 % outside the OECD; up to 30 % is an allowance, since open weights run at "
            "home are not counted and a nation has one source in the model", measured.china_outside, family="China's clients"),
    Pattern("waves of joining", "baseline", 2, 60, "index", "Btergm", "2000", "D",
            "alliance ties per year, 1981-2000: variance 34 times the mean (24 without 1981); far above 1", measured.waves,
            family="joining"),
    Pattern("members at founding", "baseline", 2, 25, "nations", "ProgrammeMembers2026", "2025", "D",
            "joint programmes of states began with 2 (Airbus), 5 (ESO), 7 (SKA, and EuroHPC's declaration), 10 (EMBL), 11 (ESA), "
            "12 (CERN), 25 (EuroHPC's undertaking)", measured.founders, family="joining"),
    Pattern("growth of membership", "baseline", 0, 0.06, "1/yr", "ProgrammeMembers2026", "2025", "D",
            "first two decades: CERN 0, ESA 1.6, EMBL 2.0, ESO 2.4 % a year, EuroHPC's first seven years 5 to 6; the SKA's 16 % "
            "over less than four years is left out as too short, and so are programmes that ended", measured.membership_growth,
            family="membership"),
    Pattern("largest membership", "baseline", 5, 36, "nations", "ProgrammeMembers2026", "2025", "D",
            "after 15 years ESO 6, CERN 12, EMBL and ESA 14; EuroHPC after seven 35 to 37: of 53 nations none holds all; the low "
            "end is an allowance of one", measured.largest, family="membership"),
    Pattern("ties that end", "baseline", 0.005, 0.02, "per tie and year", "Btergm", "2000", "D",
            "alliance ties end at 0.9 % a year; the range doubles and halves it", measured.dissolution, family="ties"),
    Pattern("shared partners protect", "baseline", -0.79, -0.35, "slope", "Btergm", "2000", "D",
            "log rate of ending falls by 0.57 per log(1 + shared allies), standard error 0.12 (range: two of them)",
            measured.protection, family="ties"),
    Pattern("exit and return", "baseline", 0.001, 0.5, "returns per exit", "AirbusHistory", "1979", "S",
            "members leave and come back (Britain and Airbus, 1969 and 1979), though most do not", measured.exits_and_returns,
            family="ties"),
    Pattern("overrun of joint programmes", "baseline", 1.25, 4.4, "x", "IterRecord", "2016", "S",
            "A400M 1.25 to 1.55, Galileo 1.9, ITER 3.6 to 4.4 times the first cost", measured.overrun, family="building"),
    Pattern("what builders spend", "baseline", 0.0001, 0.004, "share of GDP/yr", "PublicCompute2026", "2026", "D",
            "public money for AI compute and models: Canada and Britain 0.01, Japan 0.06, Korea 0.09 % of GDP a year for GPUs "
            "and 0.42 for all AI; India's 0.006 and the EU's 0.008, which buy access for many users, are left below the range; "
            "what firms add is not counted", measured.effort, family="building"),
    Pattern("belief raised by cuts", "hindcast", 0.0105, 0.61, "1/yr", "EventRecord2026", "2026-11", "D",
            "one effective cut of a close ally in 4.9 years: 0.31 a year, 0.10 had it not been; the cut adds 0.20, 90 % interval "
            "0.01 to 0.61; biased upward", measured.raised_belief, beside=True, family="beliefs"),
    Pattern("local providers lose share", "local-providers", 0.10, 0.20, "share", "Synergy2025", "2022", "S",
            "European cloud providers: 29 % in 2017, 15 % in 2022 (range: a third either way)", measured.local_share,
            family="local providers"),
    Pattern("and then hold a plateau", "local-providers", -0.01, 0.01, "share/yr", "Synergy2025", "2025", "S",
            "flat since 2022 (range: one point a year)", measured.local_drift, family="local providers"),
)  # fmt: skip

#: Scenarios that the patterns are measured on.
SCENARIOS = tuple(dict.fromkeys(pattern.scenario for pattern in PATTERNS))

#: Of these, those that are run a second time without the dated cuts.
BESIDE = {pattern.scenario for pattern in PATTERNS if pattern.beside}


def weights(patterns: Sequence[Pattern]) -> dict[str, float]:
    """What each pattern counts for in a distance: as much for every family, shared by its fitted members; the sum is 1.

    Patterns that are not fitted count for nothing. Errors: ValueError where none of them is fitted.
    """
    size = Counter(_family(pattern) for pattern in patterns if pattern.fitted)
    if not size:
        raise ValueError("none of the patterns is fitted")
    return {p.name: 1 / len(size) / size[_family(p)] if p.fitted else 0.0 for p in patterns}


def families(patterns: Sequence[Pattern]) -> int:
    """How many families the fitted patterns are of."""
    return len({_family(pattern) for pattern in patterns if pattern.fitted})


def _family(pattern: Pattern) -> str:
    return pattern.family or pattern.name
