"""Every subset of some nations at once: what each member of each would gain, by the description's formulas.

Written apart from the model's rules, over whole arrays. ``rows`` (n,) are the nations, a subset is a row of 0 and 1 over them.
"""

import numpy as np

from abm import options
from tests import payoff_oracle as oracle


def subsets(n: int) -> np.ndarray:
    """(2^n, n) all subsets of n nations."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def methods(record, rows, sets: np.ndarray) -> np.ndarray:
    """(S,) effective compute [OOM] that each set gets out of 1 M H100e."""
    p, size = record.p, np.maximum(sets.sum(axis=1), 2)
    bonds = ((sets @ record.trust[np.ix_(rows, rows)]) * sets).sum(axis=1)
    overhead = p.overhead_size * np.log(size) + p.overhead_discord * (1 - bonds / (size * (size - 1)))
    usable = p.pooling * p.builder_efficiency * (1 - np.minimum(overhead, 0.9))
    talent = sets @ record.talent[rows]
    return np.log10(usable) - p.algorithmic_progress * p.builder_lag * np.exp(-p.talent_pull * talent)


def prospects(record, rows, sets: np.ndarray) -> tuple[np.ndarray, ...]:
    """(S, 1) each: what a set spends [share of GDP], its quality beside the projected frontier, and with the chips it expects."""
    p, start, compute = record.p, methods(record, rows, sets), np.maximum(sets @ record.plan_compute[rows], 1e-12)
    gdp, chips = record.gdp[rows], record.plan_chips[rows]
    power, full = p.quality_sensitivity / np.log(10), 10 ** (record.vendor_plan.max() - start)
    worth = record.value * (sets @ (gdp * record.adoption[rows])) * power * record.plan_ramp / full
    total = np.maximum(sets @ gdp, 1e-12)
    best = full * np.minimum(worth ** (1 / (1 - power)), 1)
    effort = np.clip((best - compute) / (total * record.plan_ramp), p.effort_floor * p.effort_limit, p.effort_limit)
    least = np.where(sets > 0, chips, 1).min(axis=1)
    granted = (1 - p.contagion) * (sets @ (gdp * chips)) + p.contagion * least * total
    bought = effort * record.plan_ramp
    good, secure = (quality(record, start + np.log10(compute + bought * new)) for new in (total, granted))
    return effort[:, None], good[:, None], secure[:, None]


def quality(record, capability: np.ndarray) -> np.ndarray:
    """Quality beside the projected frontier."""
    return np.exp(-record.p.quality_sensitivity * np.maximum(record.frontier_plan - capability, 0))


def cost_shares(record, rows, sets: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """(S, n) each member's part of the set's training, as a share of its own GDP."""
    gdp, compute = record.gdp[rows], record.plan_compute[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = (gdp / (sets @ gdp)[:, None], 1 / sets.sum(axis=1, keepdims=True),
                 compute / (sets @ compute)[:, None])[int(record.p.cost_key)]
        return effort * (sets @ gdp)[:, None] * parts / gdp


def payoffs(record, rows, sets: np.ndarray) -> np.ndarray:
    """(S, n) payoff of each set, newly founded, for each of its members; meaningless for the others."""
    p, used = record.p, record.value * record.adoption[rows]
    effort, good, secure = prospects(record, rows, sets)
    trusted = sets @ record.trust[np.ix_(rows, rows)]
    moving = np.array([oracle.switching(record, i, -1) for i in rows])
    costs = p.inference_cost * used + cost_shares(record, rows, sets, effort) + p.membership_cost + moving
    costs += p.site_cost / record.gdp[rows]
    distance = p.distance_weight * (1 - trusted / np.maximum(sets.sum(axis=1, keepdims=True) - 1, 1))
    peers = p.peer_weight * trusted / record.trust[rows][:, : record.n].sum(axis=1)
    return used * (good - p.risk_aversion * (good - secure)) - costs - distance + peers


def consistent(record, rows) -> np.ndarray:
    """(S, n) all sets of two or more whose every member gains on its status quo."""
    sets = subsets(len(rows))
    now = [oracle.payoff(record, i, int(record.source[i])) + oracle.taste(record, i, int(record.source[i])) for i in rows]
    gains = payoffs(record, rows, sets) + record.taste[rows, options.first_slot(record.p.fee)] > np.array(now)
    return sets[(gains | (sets == 0)).all(axis=1) & (sets.sum(axis=1) > 1)]
