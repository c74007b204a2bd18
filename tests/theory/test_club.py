"""Buchanan's club: a fixed cost shared by more members, against crowding; viable sizes and the best one.

Source: [Buchanan1965]. A member of a club of k gets v - F / k - s (k - 1); it beats u0 for sizes in an interval, and is
largest at k = sqrt(F / s), where the saving F / k^2 equals the crowding s.

**The club itself in the model's rules.** A giant nation brings what must be paid for; the others are small and alike. Under
the equal cost key a small member pays e (G + (k - 1) g) / (k g) of its GDP, where e is what all spend: F / k + e with
F = e (G / g - 1). Small nations stand in a row, delta apart in distrust, and all trust the giant: for either end
of the row the mean distrust of its partners is delta (k - 2) / 2, so s = distance_weight * delta / 2. Quality is 1 throughout.

**The model's own club.** With the GDP key nobody's share falls with k; what is shared is compute. Quality goes as the power
quality_sensitivity / ln 10 of k (1 - overhead_size ln k), and coordination crowds. A newcomer's gain 1 / k then equals its
crowding overhead_size / (k (1 - overhead_size ln k)) at k = exp(1 / overhead_size - 1), in place of Buchanan's root.
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from abm.submodels.capability import prospect
from abm.submodels.convening import proposal, set_terms, settle_invitations
from abm.submodels.events import CONVENE
from abm.submodels.payoff import total
from abm.world import Event, World, build
from tests.theory.limits import CLUB, STILL, V, alike, apart, bare, held, still

UNIT = 0.01  # of GDP per year, for Buchanan's numbers
F, WORTH, OUTSIDE, CROWDING = 10, 3, 1, 0.05
SMALL, RATIO, DELTA = 44, 1000, 0.01  # small nations, GDP of the giant over theirs, distrust between neighbours


def buchanan(size: float) -> float:
    """What a member gets, in units."""
    return WORTH - F / size - CROWDING * (size - 1)


def club() -> World:
    """A giant and a row of small nations, clients of a vendor that leaves them ``OUTSIDE``."""
    table = alike(SMALL + 1)
    table["gdp_usd_bn"] = pd.Series(np.where(np.arange(SMALL + 1) == 0, 1000.0 * RATIO, 1000.0), table.index)
    effort, crowding = F * UNIT / (RATIO - 1), CROWDING * UNIT
    worth = WORTH * UNIT + effort - crowding
    values: dict[str, float | str] = {
        **STILL, "value_start": worth, "value_end": worth, "fee_us": 1 - OUTSIDE * UNIT / worth, "inference_cost": 0,
        "effort_limit": effort, "effort_floor": 1, "cost_key": "equal", "distance_weight": 2 * crowding / DELTA, "taste_scale": 0,
    }
    world = apart(build(table, None, values, step_years=1.0), us=0)
    index = np.arange(SMALL)
    world.record.trust[1 : SMALL + 1, 1 : SMALL + 1] = (1 - DELTA * abs(index[:, None] - index)) * (index[:, None] != index)
    return world


def invite(record, size: int) -> None:
    """Invite the first ``size`` nations."""
    record.invited[:size], record.invitations = np.arange(size), size


def worth_of(record, i: int, size: int) -> float:
    """What founding a club of the first ``size`` nations is worth to nation i among them."""
    invite(record, size)
    proposed = proposal(record)
    return total(set_terms(record, i, 0, proposed, prospect(record, proposed)))


def test_a_members_payoff_is_buchanans():
    record = club().record
    for size in range(2, SMALL + 2):
        for end in (1, size - 1):
            assert worth_of(record, end, size) == pytest.approx(buchanan(size) * UNIT, abs=1e-12)


def test_the_best_size_is_the_root_of_cost_over_crowding():
    record = club().record
    worth = [worth_of(record, 1, size) for size in range(2, SMALL + 2)]
    best = int(np.argmax(worth)) + 2
    assert best == 14
    assert abs(best - math.sqrt(F / CROWDING)) < 0.5


def test_viable_sizes_are_those_of_the_oracle():
    """Convened as a whole, 6 to 35 come into force; fewer fall apart, and of more the ends withdraw until the rest is viable."""
    record, left = club().record, {}
    for size in range(2, SMALL + 2):
        invite(record, size)
        settle_invitations(record, 0, -1)
        left[size] = record.invitations
    viable = [size for size in left if buchanan(size) > OUTSIDE]
    assert (viable[0], viable[-1]) == (6, 35)
    assert [size for size in left if left[size] == size] == viable
    assert max(left[size] for size in range(2, 6)) < 2
    assert all(34 <= left[size] <= 35 for size in range(36, SMALL + 2))


CROWDED = 0.3  # overhead_size
BEST = math.exp(1 / CROWDED - 1)  # 10.3
SENSITIVITY = 0.5


def usable(size: float) -> float:
    """Members' worth of compute that a pool makes use of."""
    return size * (1 - CROWDED * math.log(size))


def sharing(threshold: float = 2.3, *events: Event, **values) -> World:
    """Identical nations whose outside option is worth as much as a club that uses ``threshold`` members' worth of compute."""
    own = {"overhead_size": CROWDED, "quality_sensitivity": SENSITIVITY, "builder_lag": 0, "taste_scale": 0, "inference_cost": 0}
    world = still(64, *events, **{**own, **values})
    pool = world.record.p.pooling * world.record.compute[0] * threshold
    gap = world.record.frontier_plan - math.log10(pool)
    world.set({"fee_us": 1 - math.exp(-SENSITIVITY * gap), "fee_china": 1})
    return bare(world)


def sizes_worth(world: World, sizes) -> list[float]:
    """Payoff of a member of a newly founded club, by size."""
    return [worth_of(world.record, 0, size) for size in sizes]


@pytest.mark.parametrize("crowded", [0.25, 0.28, 0.3, 0.35, 0.45])
def test_the_models_own_optimum_is_where_sharing_and_coordination_balance(crowded):
    """Below the cap on overhead (0.9); the best whole number is one of the two beside the formula's."""
    sizes = range(2, int(math.exp(0.9 / crowded)))
    worth = sizes_worth(sharing(overhead_size=crowded), sizes)
    assert abs(sizes[int(np.argmax(worth))] - math.exp(1 / crowded - 1)) < 1


def test_the_models_own_viable_sizes():
    world = sharing()
    low, high = brentq(lambda k: usable(k) - 2.3, 2, BEST), brentq(lambda k: usable(k) - 2.3, BEST, 20)
    found = []
    for size in range(2, 20):
        invite(world.record, size)
        settle_invitations(world.record, 0, -1)
        if world.record.invitations:
            found.append(int(world.record.invitations))
    assert found == list(range(math.ceil(low), math.floor(high) + 1))
    assert 2 < found[0] < BEST < found[-1] < 20


@pytest.mark.parametrize(("admission", "ends"), [("unanimity", round(BEST)), ("majority", round(BEST)), ("open", 18)])
def test_who_decides_on_admission_decides_the_size(admission, ends):
    """Members admit up to their own optimum; open access fills the club until a newcomer gains nothing (18 of 64)."""
    assert usable(18) > 2.3 > usable(19)
    founders = ("N001", "N002", "N003", "N004", "N005")
    convening = Event(0, CONVENE, value=1.0, nations=founders)
    world = sharing(2.3, convening, admission=admission, admission_tolerance=0)
    members = (held(world, 12, 5) == CLUB).sum(axis=2)
    assert (members[:, -1] == ends).all()
    assert (np.diff(members, axis=1) >= 0).all()


def test_the_cap_on_overhead_makes_huge_clubs_attractive_again():
    """A limit of the rule: overhead stops at 0.9, so beyond 10 overhead_size * optimum members no crowding is felt at all."""
    few, best, many = sizes_worth(sharing(), (3, 10, 40))
    assert few < best < many
    assert 10 * CROWDED * BEST < 40
    assert many < V
