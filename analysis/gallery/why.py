"""Why nations choose otherwise in a scenario: what changed in the options between which their GDP moved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm import options
from abm.attributes import TERMS
from abm.scenario import Scenario
from abm.world import World
from analysis.methods.statistics import Estimate, difference
from runs.batch import columns_of
from runs.ensemble import Results, simulate

WEIGHED = 20  # runs whose last reviews tell why
LEAST = 0.01  # share of GDP that must have moved for there to be something to explain


class Reason(NamedTuple):
    """GDP moved from option ``loser`` to ``winner``; ``change`` is what that means for a nation [% of GDP a year].

    Where nations weigh both options in both scenarios, the change of the winner's lead over the loser.
    Where an option is open in one of the two only (``opened``, ``closed``), the change in building alone, which is what a
    coalition is made of. ``term`` did most of it, by ``gap``.
    """

    winner: str
    loser: str
    term: str
    gap: float
    change: float
    opened: str = ""
    closed: str = ""


def reason(worlds: list[Scenario], arms: list[Results]) -> Reason | None:
    """The reason for what moved between two scenarios run in pairs; None where less than :data:`LEAST` or only noise did."""
    moved = _moved(worlds, arms)
    winner, loser = max(moved, key=lambda name: moved[name].value), min(moved, key=lambda name: moved[name].value)
    if min(moved[winner].value, -moved[loser].value) < LEAST or not (moved[winner].clear and moved[loser].clear):
        return None
    before, after = (_weighed(world) for world in worlds)
    opened = next((name for name in (winner, loser) if not _open(before, name)), "")
    closed = next((name for name in (winner, loser) if not _open(after, name)), "")
    if opened or closed:
        return Reason(winner, loser, *_largest(after["self_build"] - before["self_build"]), opened, closed)
    return Reason(winner, loser, *_largest((after[winner] - before[winner]) - (after[loser] - before[loser])))


def _open(weighed: dict[str, np.ndarray], name: str) -> bool:
    return name in weighed and bool(np.isfinite(weighed[name]).all())


def _largest(change: np.ndarray) -> tuple[str, float, float]:
    """Term that does most of a change, its part and the whole [%]."""
    whole = float(100 * change.sum())
    index = int(np.argmax(np.sign(whole) * change))
    return TERMS[index], float(100 * change[index]), whole


def _moved(worlds: list[Scenario], arms: list[Results]) -> dict[str, Estimate]:
    """The paired change of the share of GDP behind each option at the end; an option that one of both lacks has none."""
    names = {name: None for world in worlds for name in options.names(world.vendor_names)}
    shares = [
        {name: arm.outcomes[:, columns_of(world)[f"gdp_{name}"]] for name in options.names(world.vendor_names)}
        for world, arm in zip(worlds, arms)
    ]
    none = np.zeros(len(arms[0].outcomes))
    return {name: difference(shares[1].get(name, none), shares[0].get(name, none)) for name in names}


def _weighed(scenario: Scenario) -> dict[str, np.ndarray]:
    """(terms,) mean terms of each option at the last reviews, weighted by GDP; a coalition's are those of the best one open."""
    world, fixed = scenario.world(), options.first_slot(scenario.vendor_names)
    kept = [_last_reviews(world.copy(), scenario.content.steps, seed, fixed) for seed in range(WEIGHED)]
    stacked = np.ma.masked_invalid(np.concatenate(kept))
    weight = np.tile(world.record.gdp[: int(world.record.n)], WEIGHED)[:, None, None]
    means = np.ma.filled(np.ma.average(stacked, axis=0, weights=np.broadcast_to(weight, stacked.shape)), np.nan)
    return dict(zip(options.names(scenario.vendor_names), means))


def _last_reviews(world: World, steps: int, seed: int, fixed: int) -> np.ndarray:
    """(N, options, terms) of one run; NaN for nations that never reviewed and coalitions that were not open."""
    simulate(world, steps, np.array([seed]))
    record, n = world.record, int(world.record.n)
    terms = np.array(record.terms[:n, :, : len(TERMS) - 1])
    terms[record.reviewed[:n] < 0] = np.nan
    open_to = np.isfinite(terms[:, fixed:, 0])
    worth = np.where(open_to, terms[:, fixed:].sum(axis=2), -np.inf)
    best = np.where(open_to.any(axis=1)[:, None], terms[np.arange(n), fixed + worth.argmax(axis=1)], np.nan)
    return np.concatenate([terms[:, :fixed], best[:, None]], axis=1)
