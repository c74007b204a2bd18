"""The model's value of each pattern, from its runs: a function of :class:`Evidence` that returns one value per run.

What a single run tells too little of (how ties end) is taken from groups of runs, one value a group.
"""

from __future__ import annotations

import numpy as np

from abm import data
from analysis.patterns.evidence import Evidence

YEARS = (2025.25, 2028.0)  # the years that the record of AI speaks of; step 0 has no speed yet


def compute_share(evidence: Evidence, name: str) -> np.ndarray:
    """Share of a vendor or of the EU in the world's located AI compute at the start."""
    if name == "eu":
        economies = data.economies()
        part = float(economies["compute_share"][economies.index.isin(data.group("eu"))].sum())
    else:
        part = next(vendor.compute_share for vendor in evidence.scenario.vendors if vendor.name == name)
    return np.full(len(evidence.sound), part)


def lag_china_first(evidence: Evidence) -> np.ndarray:
    """China's lag after the first step [months]."""
    return evidence.at("lag_china", YEARS[0])


def lag_china(evidence: Evidence) -> np.ndarray:
    """China's lag, mean over 2025-27 [months]."""
    return evidence.mean("lag_china", *YEARS)


def effective_growth(evidence: Evidence) -> np.ndarray:
    """Growth of the frontier's effective compute, 2025-27 [x/yr]: 10 ** frontier_speed."""
    return 10 ** evidence.mean("frontier_speed", *YEARS)


def cost_growth(evidence: Evidence) -> np.ndarray:
    """Growth of the spending behind one frontier programme, 2025-27 [x/yr]."""
    first, last = (evidence.at("programme_cost", date) for date in YEARS)
    return (last / first) ** (1 / (YEARS[1] - YEARS[0]))


def following(evidence: Evidence) -> np.ndarray:
    """How much cheaper matching the frontier gets per year of accepted lag [x]: cost growth, hardware and algorithms together.

    What a frontier programme of today costs a year later falls by hardware and algorithms, while the frontier's own cost grows.
    """
    values = evidence.values
    cheaper = np.exp(values["hardware_improvement"]) * 10 ** values["algorithmic_progress"]
    return cost_growth(evidence) * cheaper


def waves(evidence: Evidence) -> np.ndarray:
    """Index of dispersion (variance over mean) of new alliance ties per year; NaN where none is formed."""
    formed = _formed(evidence.serials)
    yearly = formed[:, : formed.shape[1] // 4 * 4].reshape(len(formed), -1, 4).sum(axis=2)
    mean = yearly.mean(axis=1)
    return np.divide(yearly.var(axis=1, ddof=1), mean, out=np.full(len(formed), np.nan), where=mean > 0)


def dissolution(evidence: Evidence) -> np.ndarray:
    """Alliance ties that end per tie and year, one value per group of runs."""
    ended, years = _endings(evidence)
    return _per_group(evidence, lambda rows: ended[rows].sum() / max(years[rows].sum(), 1e-9))


def protection(evidence: Evidence) -> np.ndarray:
    """Slope of the log rate of dissolution in log(1 + shared partners), one value per group of runs.

    Members of one coalition of m share m - 2 partners. Weighted least squares of log rates by size of coalition.
    """
    return _per_group(evidence, lambda rows: _slope(*_by_size(evidence.serials[rows], evidence.dt)))


def exits_and_returns(evidence: Evidence) -> np.ndarray:
    """Memberships begun by former members, per exit, one value per group of runs; NaN where nobody leaves."""
    back, left = evidence.path("rejoins")[:, -1], evidence.path("exits")[:, -1]
    return _per_group(evidence, lambda rows: back[rows].sum() / left[rows].sum() if left[rows].sum() else np.nan)


def overrun(evidence: Evidence) -> np.ndarray:
    """Cost of what a coalition's least cohesive year trains against one without overhead [x]: 1 / (1 - overhead)."""
    values = evidence.values
    size, cohesion = evidence.path("largest_coalition"), evidence.path("cohesion")
    discord = values["overhead_discord"] * (1 - values["federated"]) * (1 - cohesion)
    overhead = np.minimum(0.9, values["overhead_size"] * np.log(np.maximum(size, 1)) + discord)
    costs = np.where(size >= 2, 1 / (1 - overhead), np.nan)
    known = np.isfinite(costs)
    return np.where(known.any(axis=1), np.where(known, costs, 0).max(axis=1), np.nan)


def believed_hazard(evidence: Evidence) -> np.ndarray:
    """US cuts a year that nations expect at the end of 2026, after the recorded events."""
    return evidence.at("hazard_believed_us", 2026.75)


def hedging(evidence: Evidence) -> np.ndarray:
    """Rise in the share of nations that rely on no vendor of one country, 2022-26."""
    hedged = evidence.path("nations_coalition") + evidence.path("nations_self_build") + evidence.path("nations_hold_back")
    return hedged[:, int(np.abs(evidence.dates - 2026.75).argmin())] - hedged[:, 0]


def local_share(evidence: Evidence) -> np.ndarray:
    """Share of GDP with local providers five years on."""
    return evidence.at("gdp_local", evidence.dates[0] + 5)


def local_drift(evidence: Evidence) -> np.ndarray:
    """Yearly change of that share in the three years after [share/yr]."""
    start = evidence.dates[0]
    return (evidence.at("gdp_local", start + 8) - evidence.at("gdp_local", start + 5)) / 3


def _formed(serials: np.ndarray) -> np.ndarray:
    """(R, T) pairs that become members of one coalition in each step."""
    return np.array([_pairs(run[1:]) - _kept(run) for run in serials])


def _endings(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """(R,) ties that ended, and tie-years lived."""
    ended = np.array([(_pairs(run[:-1]) - _kept(run)).sum() for run in evidence.serials])
    years = np.array([_pairs(run[:-1]).sum() * evidence.dt for run in evidence.serials])
    return ended, years


def _pairs(serials: np.ndarray) -> np.ndarray:
    """(T,) pairs of nations in one coalition, from (T, N) coalitions of one run."""
    return sum((m * (m - 1) / 2 for m in _sizes(serials)), np.zeros(len(serials)))


def _kept(run: np.ndarray) -> np.ndarray:
    """(T,) pairs that share a coalition both before and after each step, from (T+1, N)."""
    top = int(run.max()) + 1
    both = run[:-1].astype(np.int64) * top + run[1:]
    both[(run[:-1] == 0) | (run[1:] == 0)] = 0
    return _pairs(both)


def _sizes(serials: np.ndarray) -> list[np.ndarray]:
    return [(serials == name).sum(axis=1) for name in np.unique(serials) if name > 0]


def _by_size(serials: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes of coalitions, ties that ended and tie-years lived in coalitions of each size."""
    n = serials.shape[2]
    ended, years = np.zeros(n + 1), np.zeros(n + 1)
    for run in serials:
        for name in np.unique(run[:-1]):
            if name > 0:
                member = run[:-1] == name
                stays = member & (run[1:] == name)
                before, after = member.sum(axis=1), stays.sum(axis=1)
                pairs = before * (before - 1) / 2
                np.add.at(years, before, pairs * dt)
                np.add.at(ended, before, pairs - after * (after - 1) / 2)
    sizes = np.flatnonzero(years[2:] > 0) + 2
    return sizes, ended[sizes], years[sizes]


def _slope(sizes: np.ndarray, ended: np.ndarray, years: np.ndarray) -> float:
    """Weighted slope of log(ended / years) in log(size - 1); sizes at which no tie ended count half an ending."""
    if len(sizes) < 2:
        return np.nan
    x, y = np.log(sizes - 1.0), np.log(np.maximum(ended, 0.5) / years)
    return float(np.polyfit(x, y, 1, w=np.sqrt(np.maximum(ended, 0.5)))[0])


def _per_group(evidence: Evidence, of) -> np.ndarray:
    return np.array([of(rows) for rows in evidence.groups()], float)
