"""Worlds in a limit where theory knows the answer: identical nations, nothing moves but the choice under test.

In :func:`still` every payoff is set by hand: with AI's value V at full adoption and quality 1 everywhere, a client of the
US gets V (1 - fee_us), one of China V (1 - fee_china), a lone builder V (1 - inference_cost), and holding back nothing.
Every nation reviews its stance in every step of a year, and draws its tastes anew each time. Quantities in a
payoff are shares of GDP per year.
"""

import numpy as np
import pandas as pd

from abm import options
from abm.data import MEMBERSHIPS
from abm.world import Event, World, build, synthetic
from runs.ensemble import continue_runs, simulate
from tests import worlds

#: Sources of two vendors; CLUB is the first coalition slot.
US, CHINA, SELF, HOLD, CLUB = map(options.names(("us", "china")).index, ("us", "china", "self_build", "hold_back", "coalition"))
V = 0.2  # value of AI, share of GDP/yr

CALM = {"hazard_us": 0, "hazard_china": 0, "outage_hazard": 0, "tension_volatility": 0}

#: Nothing grows, wears out, is cut off or is feared; moving is free; nobody convenes; a lone builder gains nothing.
STILL = {
    **CALM, "value_start": V, "value_end": V, "fee_us": 0, "fee_china": 0, "hold_up": 0, "price_response": 0,
    "inference_cost": 1, "free_use": 0, "effort_limit": 0, "client_effort": 0, "membership_cost": 0, "site_cost": 0,
    "investment_us": 0, "investment_china": 0, "investment_growth": 0, "investment_growth_end": 0, "frontier_share_growth": 0,
    "depreciation": 0, "hardware_improvement": 0,
    "quality_sensitivity": 0, "portability": 1, "lock_in_start": 1, "lock_in_time": 0.1, "peer_weight": 0,
    "distance_weight": 0, "review_rate": 20, "convening_rate": 0, "notice": 0, "affinity_votes": 1, "trust_gain": 0,
    "trust_loss": 0, "trust_reversion": 0, "leaving_cost": 0, "contagion": 0, "taste_renewal": 1000,
    "growth": 0, "growth_feedback": 0,
}


def alike(n: int) -> pd.DataFrame:
    """``n`` identical nations, which trust each other alike, and fully where votes alone make trust."""
    same = {"gdp_usd_bn": 1000.0, "un_ideal_point": 0.3, "compute_share": 0.001, "ai_publications": 2000.0,
            "ai_users_pct": 100.0}
    return synthetic(n).assign(**same, **dict.fromkeys(MEMBERSHIPS, 1))


def still(n: int = 64, *events: Event, **values) -> World:
    """``n`` identical nations, clients of the US, in a world where only what ``values`` and ``events`` turn on happens."""
    return bare(build(alike(n), None, {**STILL, **values}, events, step_years=1.0))


def apart(world: World, **distances) -> World:
    """The world at step 0 with other political distances of its nations to vendors, one or one per nation."""
    for vendor, distance in distances.items():
        world.record.vendor_votes[: world.record.n, world.vendors.index(vendor)] = 1 - np.asarray(distance)
    return bare(world)


def bare(world: World) -> World:
    """The world at step 0, but for tastes: those at the start make up for what a nation's source lacks."""
    world.start().record.taste[:] = 0
    return world


def held(world: World, steps: int, seeds: int) -> np.ndarray:
    """(seeds, steps + 1, n) source of every nation in runs from the start."""
    return simulate(world.copy(), steps, np.arange(seeds), choices=True).sources


def held_from(world: World, steps: int, seeds: int) -> np.ndarray:
    """(seeds, steps + 1, n) source of every nation in runs that go on from the world as it stands."""
    return continue_runs(world, steps, np.arange(seeds), choices=True).sources


def final(world: World, steps: int, seeds: np.ndarray, name: str) -> np.ndarray:
    """A measure at the end of runs from the start."""
    return simulate(world.copy(), steps, seeds).outcomes[:, worlds.columns(world).index(name)]


def logit(payoffs: np.ndarray, scale: float) -> np.ndarray:
    """exp(U / scale) / sum exp(U / scale)."""
    weights = np.exp((payoffs - payoffs.max()) / scale)
    return weights / weights.sum()
