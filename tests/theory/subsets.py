"""Every subset of some nations at once: what each member of each would gain, by the description's formulas.

Written apart from the model's rules, over whole arrays. ``rows`` (n,) are the nations, a subset is a row of 0 and 1 over them.
"""

import numpy as np

from tests import payoff_oracle as oracle


def subsets(n: int) -> np.ndarray:
    """(2^n, n) all subsets of n nations."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def capability(record, rows, sets: np.ndarray, compute: np.ndarray) -> np.ndarray:
    """(S,) effective compute [OOM] of each set."""
    p, size = record.p, np.maximum(sets.sum(axis=1), 2)
    bonds = ((sets @ record.trust[np.ix_(rows, rows)]) * sets).sum(axis=1)
    overhead = p.overhead_size * np.log(size) + p.overhead_discord * (1 - bonds / (size * (size - 1)))
    usable = np.maximum(sets @ compute, 1e-12) * p.pooling * p.builder_efficiency * (1 - np.minimum(overhead, 0.9))
    talent = sets @ record.talent[rows]
    return np.log10(usable) - p.algorithmic_progress * p.builder_lag * np.exp(-p.talent_pull * talent)


def quality(record, rows, sets: np.ndarray, compute: np.ndarray) -> np.ndarray:
    """(S, 1) quality of each set's models beside the projected frontier."""
    gap = np.maximum(record.frontier_plan - capability(record, rows, sets, compute), 0)
    return np.exp(-record.p.quality_sensitivity * gap)[:, None]


def cost_shares(record, rows, sets: np.ndarray) -> np.ndarray:
    """(S, n) each member's part of the set's training, as a share of its own GDP."""
    gdp, compute = record.gdp[rows], record.plan_compute[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = (gdp / (sets @ gdp)[:, None], 1 / sets.sum(axis=1, keepdims=True),
                 compute / (sets @ compute)[:, None])[int(record.p.cost_key)]
        return record.p.build_effort * (sets @ gdp)[:, None] * parts / gdp


def payoffs(record, rows, sets: np.ndarray) -> np.ndarray:
    """(S, n) payoff of each set, newly founded, for each of its members; meaningless for the others."""
    p, used = record.p, record.value * record.adoption[rows]
    good, secure = (quality(record, rows, sets, compute[rows])
                    for compute in (record.plan_compute, record.plan_secure_compute))
    trusted = sets @ record.trust[np.ix_(rows, rows)]
    moving = np.array([oracle.switching(record, i, -1) for i in rows])
    costs = p.inference_cost * used + cost_shares(record, rows, sets) + p.membership_cost + moving
    costs += p.site_cost / record.gdp[rows]
    distance = p.distance_weight * (1 - trusted / np.maximum(sets.sum(axis=1, keepdims=True) - 1, 1))
    peers = p.peer_weight * trusted / record.trust[rows][:, : record.n].sum(axis=1)
    return used * (good - p.risk_aversion * (good - secure)) - costs - distance + peers


def consistent(record, rows) -> np.ndarray:
    """(S, n) all sets of two or more whose every member gains on its status quo."""
    sets = subsets(len(rows))
    now = np.array([oracle.payoff(record, i, int(record.source[i])) for i in rows])
    gains = payoffs(record, rows, sets) > now
    return sets[(gains | (sets == 0)).all(axis=1) & (sets.sum(axis=1) > 1)]
