"""Vendors' offers: what a vendor runs at the client's home and under its law no cut and no outage reaches, at a surcharge.

A government can weaponise a network only through the hubs under its law [FarrellNewman2019]. So at ``hosting`` 1 a client
loses nothing and depends on nobody, at 0 the offer does not exist, whatever it would cost, and in between all goes by the
part that is reached.
"""

import numpy as np
import pytest

from abm.model import Model
from abm.scenario import Scenario
from runs.ensemble import simulate
from tests import worlds
from tests.worlds import happening, now

CUT = {"kind": "restriction", "vendor": "us", "nations": ["N001", "N002"], "years": 1.0}
OUTAGE = {"kind": "outage", "vendor": "us", "years": 0.1}


def hosted(hosting: float, *events: dict, steps: int = 3, **values) -> Model:
    """Clients of a US vendor that hosts so much of their use at home."""
    return happening(steps, *events, **{"hosting_us": hosting, "severity": 0.7, "hosting_cost": 0.2, **values})


@pytest.mark.uncompiled
@pytest.mark.parametrize("events", [[CUT], [OUTAGE], [CUT, OUTAGE]], ids=["cut", "outage", "both"])
def test_full_hosting_makes_cuts_and_outages_harmless(events):
    safe, bare = hosted(1, *events), hosted(0, *events)
    assert (now(bare, "restriction_loss")[:2] > 0).all()
    assert (now(safe, "restriction_loss") == 0).all()
    assert (now(safe, "cut_share") == now(bare, "cut_share")).all(), "the cut itself goes on"
    assert [nation.sovereignty for nation in safe.nations] == [1] * 6
    assert [nation.sovereignty for nation in bare.nations] == [0] * 6
    assert safe.observed["sovereignty"] == pytest.approx(1)


@pytest.mark.uncompiled
@pytest.mark.parametrize("hosting", [0, 0.3, 1])
def test_what_is_lost_and_feared_goes_by_the_part_that_is_reached(hosting):
    """Loss 0.7 of a whole step's cut, an outage of 0.1 years of 0.25 beside it; the fear of both in the payoff."""
    model = hosted(hosting, CUT, OUTAGE)
    lost = now(model, "restriction_loss") / now(model, "benefit")
    reached = np.array([1 - 0.3 * 0.6, 1 - 0.3 * 0.6, 0.4, 0.4, 0.4, 0.4])
    assert lost == pytest.approx((1 - hosting) * reached)
    assert [nation.sovereignty for nation in model.nations] == pytest.approx([hosting] * 6)
    feared = [hosted(part, hazard_us=0.5, steps=1).explain("N001", now=True).loc["us", "restriction"] for part in (0, hosting)]
    assert feared[1] == pytest.approx((1 - hosting) * feared[0])
    assert feared[0] < 0


@pytest.mark.uncompiled
@pytest.mark.parametrize("hosting", [0, 0.3, 1])
def test_hosting_is_paid_for_with_the_fee(hosting):
    """Surcharge of 0.2 of the fee at full hosting, on what the client gets; also on the fee of the one that weighs it."""
    model = hosted(hosting, CUT, fee_us=0.3, hold_up=0.5)
    lock_in = now(model, "lock_in")
    got = now(model, "benefit") - now(model, "restriction_loss")
    before = 1 - (1 - lock_in) / np.exp(-worlds.STEP / model.world.record.p.lock_in_time)
    assert now(model, "fee_paid") == pytest.approx(0.3 * (1 + 0.5 * before) * (1 + 0.2 * hosting) * got)
    weighed = model.explain("N004", now=True).loc["us"]
    assert -weighed["fee"] == pytest.approx(0.3 * (1 + 0.5 * lock_in[3]) * (1 + 0.2 * hosting) * weighed["benefit"])


@pytest.mark.parametrize("cost", [0.0, 0.7, 2.0])
def test_without_hosting_its_cost_changes_no_byte(cost):
    """Of a world with all levers on, and of the baseline, at the end of a run."""
    none = {"hosting_us": 0, "hosting_china": 0, "hosting_response": 0}
    for scenario, steps in ((worlds.levers(), 24), (Scenario.read(worlds.BASELINE), 60)):
        records = []
        for value in (0.12, cost):
            world = scenario.with_values({**none, "hosting_cost": value}).world()
            results = simulate(world, steps, np.arange(3), series=True)
            records.append((world.record, results.series.tobytes()))
        assert set(worlds.changed(records[0][0], records[1][0])) <= {"p"}
        assert records[0][1] == records[1][1]
    dear = worlds.levers(parameters={"hosting_cost": cost}).world()
    assert simulate(dear, 24, np.arange(3), series=True).series.tobytes() != records[0][1]


@pytest.mark.uncompiled
@pytest.mark.parametrize(("listed", "response"), [(0.1, 0.5), (0.0, 1.0), (0.8, 1.0)])
def test_a_vendor_answers_lost_clients_with_hosting(listed, response):
    """Listed hosting plus the response times the part of its peak share of GDP that it has lost, at most all."""
    model = hosted(listed, steps=1, hosting_response=response)
    record = model.world.record
    assert record.vendor_hosting.tolist() == [listed, 0]
    record.source[:2] = 2
    model.step()
    lost = 1 - record.gdp[2:6].sum() / record.gdp[:6].sum()
    assert record.vendor_hosting[0] == pytest.approx(min(1, listed + response * lost))
    assert record.vendor_hosting[1] == 0, "a vendor that never had clients has lost none"
    record.source[:2] = 0
    model.step()
    assert record.vendor_hosting[0] == pytest.approx(listed, abs=1e-12), "and withdraws it when they return"
