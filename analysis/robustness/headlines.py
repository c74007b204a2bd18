"""The three headline results, taken from runs, and when each holds in another world as in the baseline.

**A coalition forms**: the chance that one stands at the end lies on the same side of one half as in the baseline.
**Who is in it**: the nations' chances to be a member at the end have a rank correlation (Spearman) of at least 0.7 with those in
the baseline, so that half of the variance of ranks is shared, and at least half of the likeliest members (ten of 53) are the
same. Ten of 53 drawn by lot share five or more of ten in 1 % of cases.
**What it is worth**: the mean over the same seeds of net benefit at the end less that where nobody convenes (scenario
``duopoly``) has the baseline's sign and lies between half and double of its size.

The first and the third are known up to chance: they hold where the whole 95 % interval does, fail where none of it does, and are
unclear between. Whom a coalition has where none stands is not defined, and fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from abm.scenario import Scenario
from analysis.experiments.variants import throughout
from analysis.methods import statistics
from analysis.methods.statistics import Estimate
from runs.batch import columns_of
from runs.ensemble import Results

HEADLINES = {"forms": "a coalition forms", "who": "who is in it", "worth": "what it is worth"}
HOLDS, UNCLEAR, FAILS = "holds", "unclear", "fails"
EVEN, RANK, SHARED, FACTOR = 0.5, 0.7, 0.5, 2.0  # the criteria above
LIKELIEST = 10  # members compared by name, a fifth of the nations where these are few


@dataclass(frozen=True)
class World:
    """R replicates of a world beside the same without convening: ``stands`` (R,) whether a coalition stands at the end,
    ``member`` (R, N) who is in one, ``worth`` (R,) net benefit more than without [share of GDP/yr]."""

    stands: np.ndarray
    member: np.ndarray
    worth: np.ndarray


def alone(scenario: Scenario) -> Scenario:
    """The scenario in which nobody convenes a coalition."""
    return throughout(scenario, {"convening_rate": 0.0})


def world(scenario: Scenario, ours: Results, without: Results) -> World:
    """What the paired runs say, failed ones left out; ``ours`` with the choices of every step."""
    sound, column = (ours.status == 0) & (without.status == 0), columns_of(scenario)
    end, other = ours.outcomes[sound], without.outcomes[sound]
    benefit = column["net_benefit"]
    return World(end[:, column["coalitions"]] > 0, ours.serials[sound, -1] > 0, end[:, benefit] - other[:, benefit])


def judged(own: World, base: World) -> dict[str, float | str]:
    """Numbers and verdicts of a world beside the baseline's, by column."""
    stands, worth, usual = statistics.share(own.stands), statistics.mean(own.worth), statistics.mean(base.worth)
    rank, shared = agreement(own.member.mean(axis=0), base.member.mean(axis=0))
    half = (EVEN, 1.0) if base.stands.mean() >= EVEN else (0.0, EVEN)
    size = sorted((usual.value / FACTOR, usual.value * FACTOR))
    return {
        **spread("stands", stands), "rank": rank, "shared": shared, **spread("gain", worth),
        "forms": verdict(stands, *half),
        "who": HOLDS if rank >= RANK and shared >= SHARED else FAILS,
        "worth": verdict(worth, *size) if usual.clear else UNCLEAR,
    }  # fmt: skip


def spread(name: str, e: Estimate) -> dict[str, float]:
    """An estimate as three columns."""
    return {name: e.value, f"{name}_low": e.low, f"{name}_high": e.high}


def verdict(e: Estimate, low: float, high: float) -> str:
    """Whether a number lies in a range, as far as its interval tells."""
    if low <= e.low and e.high <= high:
        return HOLDS
    return FAILS if e.high < low or e.low > high else UNCLEAR


def agreement(own: np.ndarray, base: np.ndarray) -> tuple[float, float]:
    """Rank correlation of (N,) chances with others, and share of the likeliest that are the same; NaN where all are alike."""
    if np.ptp(own) == 0 or np.ptp(base) == 0:
        return np.nan, np.nan
    most = min(LIKELIEST, max(1, len(own) // 5))
    first = [set(np.argsort(-chances, kind="stable")[:most]) for chances in (own, base)]
    return float(stats.spearmanr(own, base).statistic), len(first[0] & first[1]) / most
