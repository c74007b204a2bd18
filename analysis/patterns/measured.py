"""The model's value of each pattern, from its runs: a function of :class:`Evidence` that returns one value per run.

What a single run tells too little of (how ties end, what a market of many buyers does) is taken from groups of runs, one
value a group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm import data, options
from abm.compiled import rule
from abm.dates import SLACK, nearest_step
from abm.submodels.capability import overhead
from analysis.methods.statistics import finished_means
from analysis.patterns.evidence import Evidence

YEARS = (2025.25, 2028.0)  # the years that the record of AI speaks of; step 0 has no speed yet
CHANGE = (2025.0, 2028.0)  # the years in which nations may change source
NEWTON = 25  # steps, of at most 1; a slope is found within ten unless ties ended in the smallest or largest size alone
GROWN = 7.0  # years from which on the growth of a coalition counts: the youngest programme in the record's range, EuroHPC


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


def changed(evidence: Evidence) -> np.ndarray:
    """Share of nations that leave the source they start with at any time in 2025-27, for another or for a coalition.

    Chance cuts and outages are part of a run, so that this is no less than what nations do without any.
    """
    first, last = (evidence.step(date) for date in CHANGE)
    sources = evidence.sources[:, first : last + 1]
    return (sources != sources[:, :1]).any(axis=1).mean(axis=1) * evidence.reached(*CHANGE)


def china_inside(evidence: Evidence) -> np.ndarray:
    """Share of the nations in the OECD that use China's vendor in 2028."""
    return _with_china(evidence, (evidence.nations["oecd"] == 1).to_numpy(float))


def china_outside(evidence: Evidence) -> np.ndarray:
    """Share of GDP, as it was at the start, outside the OECD that uses China's vendor in 2028."""
    return _with_china(evidence, evidence.nations["gdp_usd_bn"].where(evidence.nations["oecd"] == 0, 0.0).to_numpy())


def founders(evidence: Evidence) -> np.ndarray:
    """Members in the step in which a coalition is founded, mean over the foundings of a run; NaN without one."""
    run, born, size, *_ = _lives(evidence.serials)
    return _mean_per_run(evidence, run, size, born > 0)


def membership_growth(evidence: Evidence) -> np.ndarray:
    """Growth of membership a year from founding to the end of the run, mean over its coalitions; NaN where there is none.

    Coalitions that stand at the end and are :data:`GROWN` years old: the record too is one of programmes that stand, over their
    first two decades or, for the youngest, the years there are.
    """
    run, born, first, died, last = _lives(evidence.serials)
    years = (died - born) * evidence.dt
    stands = (born > 0) & (died == evidence.serials.shape[1] - 1) & (years >= GROWN)
    return _mean_per_run(evidence, run, (last / first) ** (1 / np.maximum(years, evidence.dt)) - 1, stands)


def largest(evidence: Evidence) -> np.ndarray:
    """Members of the largest coalition fifteen years after the start; NaN where none stands."""
    size = evidence.at("largest_coalition", evidence.dates[0] + 15)
    return np.where(size > 0, size, np.nan)


def effort(evidence: Evidence) -> np.ndarray:
    """Spending on training of those who build over their GDP [share/yr], mean of the first five years in which anyone builds."""
    spent = evidence.path("training_effort")
    steps = np.cumsum(np.maximum.accumulate(np.isfinite(spent), axis=1), axis=1)  # since the first that builds, itself 1
    return finished_means(np.where((steps > 0) & (steps * evidence.dt <= 5), spent, np.nan))


def waves(evidence: Evidence) -> np.ndarray:
    """Index of dispersion (variance over mean) of new alliance ties per year; NaN where none is formed."""
    formed = _formed(evidence.serials)
    steps, dt = formed.shape[1], evidence.dt
    ends = [nearest_step(year, 0.0, dt, steps) for year in range(int(steps * dt + SLACK) + 1)]  # of whole years since the start
    if len(ends) < 3 or dt > 1:
        return np.full(len(formed), np.nan)
    yearly = np.add.reduceat(formed[:, : ends[-1]], ends[:-1], axis=1)
    mean = yearly.mean(axis=1)
    return np.divide(yearly.var(axis=1, ddof=1), mean, out=np.full(len(formed), np.nan), where=mean > 0)


def dissolution(evidence: Evidence) -> np.ndarray:
    """Alliance ties that end per tie and year, one value per group of runs."""
    ended, years = (_per_group(evidence, part) for part in _endings(evidence))
    return ended / np.maximum(years, 1e-9)


def protection(evidence: Evidence) -> np.ndarray:
    """Slope of the log rate of dissolution in log(1 + shared partners), one value per group of runs.

    Members of one coalition of m share m - 2 partners. The slope is that of greatest likelihood, as in the record, a logit over
    ties and years (of events as rare as these the same as Poisson). Endings are few and come many at a time, so each value is
    taken from all runs of the point but the group's: the spread over them is that of the estimate (jackknife), not of the runs.
    """
    own = np.stack(_by_size(evidence.serials, evidence.group, evidence.dt), axis=1)  # (G, 2, N+1)
    point = evidence.point_of_group
    total = np.zeros((int(point.max(initial=-1)) + 1, *own.shape[1:]))
    np.add.at(total, point, own)
    alone = (np.bincount(point, minlength=1)[point] == 1)[:, None, None]
    rest = np.where(alone, own, total[point] - own)
    return _slopes(rest[:, 0], rest[:, 1])


def exits_and_returns(evidence: Evidence) -> np.ndarray:
    """Memberships begun by former members, per exit, one value per group of runs; NaN where nobody leaves."""
    back, left = (_per_group(evidence, evidence.path(name)[:, -1]) for name in ("rejoins", "exits"))
    return np.divide(back, left, out=np.full(len(left), np.nan), where=left > 0)


def overrun(evidence: Evidence) -> np.ndarray:
    """Cost of what a coalition's least cohesive year trains against one without overhead [x]: 1 / (1 - overhead)."""
    size, cohesion = evidence.path("largest_coalition"), evidence.path("cohesion")
    lost = np.full(size.shape, np.nan)
    _overheads(*(np.broadcast_to(evidence.values[name], len(size)) + 0.0 for name in _Rates._fields), size, cohesion, lost)
    costs = 1 / (1 - lost)
    known = np.isfinite(costs)
    return np.where(known.any(axis=1), np.where(known, costs, 0).max(axis=1), np.nan)


def raised_belief(evidence: Evidence) -> np.ndarray:
    """What the recorded cuts add by the end of 2026 to the US cuts a year that nations expect, against runs without them."""
    return evidence.raised("hazard_believed_us", 2026.75)


def hedging(evidence: Evidence) -> np.ndarray:
    """Rise in the share of nations that rely on no vendor of one country, 2022-26."""
    hedged = np.sum([evidence.path(f"nations_{option.name}") for option in (options.SHARED, *options.LONE)], axis=0)
    return (hedged[:, evidence.step(2026.75)] - hedged[:, 0]) * evidence.reached(2026.75)


def local_share(evidence: Evidence) -> np.ndarray:
    """Share of GDP with local providers five years on, mean over the runs of a group.

    The record is of a market of many buyers, in which chance averages out; a run has five clients, one of a sixth of all GDP.
    """
    return _group_means(evidence, evidence.at("gdp_local", evidence.dates[0] + 5))


def local_drift(evidence: Evidence) -> np.ndarray:
    """Yearly change of that share in the three years after [share/yr], mean over the runs of a group."""
    start = evidence.dates[0]
    return _group_means(evidence, (evidence.at("gdp_local", start + 8) - evidence.at("gdp_local", start + 5)) / 3)


class _Rates(NamedTuple):
    """The parameters that :func:`abm.submodels.capability.overhead` reads."""

    overhead_size: float
    overhead_discord: float
    federated: float


class _World(NamedTuple):
    p: _Rates


@rule
def _overheads(overhead_size, overhead_discord, federated, size, cohesion, lost):
    """Fill ``lost`` (R, T+1) with the share of compute that each run's coalition loses to coordination, where it has members."""
    for run in range(size.shape[0]):
        world = _World(_Rates(overhead_size[run], overhead_discord[run], federated[run]))
        for step in range(size.shape[1]):
            if size[run, step] >= 2:
                lost[run, step] = overhead(world, size[run, step], cohesion[run, step])


def _with_china(evidence: Evidence, weight: np.ndarray) -> np.ndarray:
    """(S,) share of the nations' weight (N,) that uses China's vendor in 2028; NaN where there is no weight."""
    total = weight.sum() * evidence.reached(CHANGE[1])
    return evidence.clients("china", CHANGE[1]) @ (weight / total if total > 0 else np.full(len(weight), np.nan))


def _lives(serials: np.ndarray) -> tuple[np.ndarray, ...]:
    """Run, first step and size in it, last step and size in it of every coalition, from (R, T+1, N)."""
    steps, top = serials.shape[1], int(serials.max(initial=0)) + 1
    index, name, size = _coalitions(serials)
    index, name, size = index[name > 0], name[name > 0], size[name > 0]
    whose = index // steps * top + name
    first = np.unique(whose, return_index=True)[1]
    last = len(whose) - 1 - np.unique(whose[::-1], return_index=True)[1]
    return index[first] // steps, index[first] % steps, size[first], index[last] % steps, size[last]


def _mean_per_run(evidence: Evidence, run: np.ndarray, values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """(S,) mean of those ``values`` that are ``counted``, by their run; NaN where a run has none."""
    runs = len(evidence.serials)
    total, number = (np.bincount(run[counted], weight[counted], runs) for weight in (values, np.ones(len(run))))
    return np.divide(total, number, out=np.full(runs, np.nan), where=number > 0)


def _formed(serials: np.ndarray) -> np.ndarray:
    """(R, T) pairs that become members of one coalition in each step."""
    return _pairs(serials[:, 1:]) - _kept(serials)


def _endings(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """(R,) ties that ended, and tie-years lived."""
    pairs = _pairs(evidence.serials[:, :-1])
    return (pairs - _kept(evidence.serials)).sum(axis=1), pairs.sum(axis=1) * evidence.dt


def _pairs(serials: np.ndarray) -> np.ndarray:
    """(R, T) pairs of nations in one coalition, from (R, T, N) coalitions."""
    index, name, size = _coalitions(serials)
    pairs = np.where(name > 0, size * (size - 1) / 2, 0.0)
    return np.bincount(index, pairs, minlength=serials[..., 0].size).reshape(serials.shape[:-1])


def _kept(serials: np.ndarray) -> np.ndarray:
    """(R, T) pairs that share a coalition both before and after each step, from (R, T+1, N)."""
    before, after = serials[:, :-1], serials[:, 1:]
    top = int(serials.max(initial=0)) + 1
    kind = "int16" if top * top < 2**15 else "int64"  # short whole numbers are sorted many times faster
    return _pairs(np.where((before > 0) & (after > 0), before.astype(kind) * top + after.astype(kind), 0))


def _coalitions(names: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run and step (numbered through), name and number of nations of each coalition, from (R, T, N) names."""
    ordered = np.sort(names, axis=-1)
    first = np.ones(ordered.shape, bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    start = np.flatnonzero(first)
    return start // names.shape[-1], ordered.ravel()[start], np.diff(np.append(start, first.size))


def _by_size(serials: np.ndarray, group: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """(G, N+1) ties that ended and tie-years lived in coalitions of each size, in each group of runs."""
    before, n = serials[:, :-1], serials.shape[2]
    steps, shape = before.shape[1], (int(group.max(initial=-1)) + 1, n + 1)
    index, name, size = _coalitions(before)
    member = name > 0
    index, name, size = index[member], name[member], size[member]
    stay = _stayers(before, serials[:, 1:])[member]
    pairs = size * (size - 1) / 2
    row = group[index // steps] * shape[1] + size
    ended = np.bincount(row, pairs - stay * (stay - 1) / 2, minlength=shape[0] * shape[1])
    return ended.reshape(shape), np.bincount(row, pairs * dt, minlength=shape[0] * shape[1]).reshape(shape)


def _stayers(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How many of each coalition of ``before``, in the order of :func:`_coalitions`, are in it ``after`` as well."""
    ordered = np.sort(2 * before + (before == after), axis=-1)
    first = np.ones(ordered.shape, bool)
    first[..., 1:] = ordered[..., 1:] // 2 != ordered[..., :-1] // 2
    return np.add.reduceat((ordered % 2).ravel(), np.flatnonzero(first), dtype=np.int64) if ordered.size else np.zeros(0)


def _slopes(ended: np.ndarray, years: np.ndarray) -> np.ndarray:
    """(G,) slope of greatest Poisson likelihood of the log rate of ending in log(size - 1), from (G, N+1) ties and tie-years.

    Given the slope, endings fall on sizes in proportion to years * (size - 1) ** slope; Newton's method finds the slope at which
    their mean log(size - 1) is the observed one. NaN where no tie ended or ties lived in fewer than two sizes.
    """
    ended, years, x = ended[:, 2:], years[:, 2:], np.log(np.arange(1.0, years.shape[1] - 1))
    enough = ((years > 0).sum(axis=1) >= 2) & (ended.sum(axis=1) > 0)
    observed = ended[enough] @ x / ended[enough].sum(axis=1)
    slope = np.zeros(len(observed))
    for _ in range(NEWTON):
        expected = years[enough] * np.exp(slope[:, None] * x)
        expected /= expected.sum(axis=1, keepdims=True)
        mean = expected @ x
        slope += np.clip((observed - mean) / np.maximum(expected @ x**2 - mean**2, 1e-6), -1, 1)
    found = np.full(len(years), np.nan)
    found[enough] = slope
    return found


def _per_group(evidence: Evidence, amount: np.ndarray) -> np.ndarray:
    """(G,) sum of a run's amount over each group of runs."""
    return np.bincount(evidence.group, amount)


def _group_means(evidence: Evidence, values: np.ndarray) -> np.ndarray:
    """(G,) mean of a run's value over each group of runs."""
    return _per_group(evidence, values) / np.bincount(evidence.group)
