"""Conservation: shares sum to one, and what one pays another receives.

The same identities in a world with all levers on are in ``tests/test_dynamics.py`` and ``tests/test_properties.py``; here they
are put to the baseline, with an exit fee and each cost key. Source: verification by conservation, [Grimm2014].
"""

import numpy as np
import pytest

from abm import options
from abm.scenario import Scenario
from runs.ensemble import simulate
from tests import worlds
from tests.theory.limits import CLUB

OPTIONS = options.names(("us", "china"))
BASELINE = Scenario.read(worlds.BASELINE)


@pytest.mark.parametrize("prefix", ["nations", "gdp"])
def test_shares_sum_to_one_in_every_step_of_every_run(prefix):
    world = BASELINE.world()
    series = simulate(world, 60, np.arange(60), series=True).series
    columns = [worlds.columns(world).index(f"{prefix}_{option}") for option in OPTIONS]
    assert series[:, :, columns].sum(axis=2) == pytest.approx(np.ones(series.shape[:2]), abs=1e-12)


def after(steps: int, seed: int, **values):
    """Records of a run after ``steps`` steps and after one more."""
    worlds_after = [world_of(**values) for _ in range(2)]
    for world, count in zip(worlds_after, (steps, steps + 1)):
        simulate(world, count, np.array([seed]))
    return [world.record for world in worlds_after]


def world_of(**values):
    """The baseline's world with some values."""
    world = BASELINE.world()
    world.set(values)
    return world


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cost_key", ["gdp", "equal", "compute"])
def test_members_pay_for_the_whole_training_and_no_more(cost_key, seed):
    """The members' shares, at the GDP they were worked out with, add up to what the pool spends, coalition by coalition."""
    before, record = after(40, seed, cost_key=cost_key, membership_cost=0)
    n, checked = int(record.n), 0
    for k in np.flatnonzero(record.members).tolist():
        members = np.flatnonzero(record.source[:n] == CLUB + k)
        gdp = before.gdp[members]
        assert (record.training_paid[members] * gdp).sum() == pytest.approx(record.pool_effort[k] * gdp.sum(), rel=1e-9)
        checked += len(members)
    assert checked == (record.source[:n] >= CLUB).sum()


@pytest.mark.parametrize("seed", range(4))
def test_fees_paid_are_the_vendors_revenue(seed):
    """Both at the GDP of the end of the step; a client's own books use that of its start, a growth of one step apart."""
    before, record = after(30, seed)
    served = 0
    for v in range(2):
        clients = np.flatnonzero(record.source[: record.n] == v)
        served += len(clients)
        assert record.revenue[v] == pytest.approx((record.fee_paid[clients] * record.gdp[clients]).sum(), rel=1e-12)
        assert record.revenue[v] == pytest.approx((record.fee_paid[clients] * before.gdp[clients]).sum(), rel=0.02)
    assert served > 0
    assert record.fee_paid.sum() == pytest.approx(record.fee_paid[: record.n][record.source[: record.n] < 2].sum())


@pytest.mark.parametrize("seed", range(4))
def test_exit_fees_move_between_nations_and_vanish_nowhere(seed):
    moved = 0.0
    for steps in range(24, 60, 3):
        before, record = after(steps, seed, exit_fee=0.0005, notice=0, review_rate=2, leaving_cost=0, taste_renewal=1)
        flows = record.exit_paid[: record.n] * before.gdp[: record.n]
        assert flows.sum() == pytest.approx(0, abs=1e-9 * max(abs(flows).max(), 1))
        moved += abs(flows).sum()
    assert moved > 0


def test_nations_and_coalitions_are_counted_once():
    """Members by coalition are the nations that hold one; foundings less dissolutions are the coalitions that stand."""
    world = BASELINE.world()
    names = list(worlds.columns(world))
    for seed in range(20):
        outcomes = dict(zip(names, simulate(world, 60, np.array([seed])).outcomes[0]))
        record = world.record
        assert record.members.sum() == (record.source[: record.n] >= CLUB).sum()
        assert outcomes["foundings"] - outcomes["dissolutions"] == outcomes["coalitions"]
