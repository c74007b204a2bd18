"""Dated events of a scenario: what happens on a date whatever the nations do."""

import math

from abm.compiled import rule
from abm.parameters import position, set_parameter
from abm.submodels.derived import derive, set_step_rates, sum_bonds

#: Kinds of event, in the order of their codes, with what their size means and whom they concern.
KINDS = {
    "restriction": "a vendor's country cuts off the named nations for `years`, by default the mean duration of a cut",
    "outage": "all clients of a vendor lose it for `years`, by default the duration of an outage",
    "tension": "tension is multiplied by `factor`",
    "compute": "`h100e` H100 equivalents come on line for the named nations (by GDP) or a vendor",
    "funding": "`bn_usd` is spent on compute for the named nations (by GDP) or a vendor, at the date's prices",
    "open_weights": "models within `gap` OOM of the frontier are released to all",
    "adoption": "`bn_usd` is spent on adoption in the named nations",
    "parameter": "the parameter `name` takes the value `value`",
    "convene": "the named nations are convened to found a coalition; `binding` skips their judgement",
}
RESTRICTION, OUTAGE, TENSION, COMPUTE, FUNDING, OPEN_WEIGHTS, ADOPTION, PARAMETER, CONVENE = range(len(KINDS))
#: Parameters whose running value is a state of its own.
INVESTMENT, FRONTIER_SHARE = position("investment_us")[0], position("frontier_share")[0]


@rule
def apply_events(world):
    """Let the dated events of this step happen, in the order of the scenario (conveners wait for the politics)."""
    for e in range(world.events):
        if world.event_step[e] == world.step:
            _apply(world, e)


@rule
def _apply(world, e):
    kind, target, value = world.event_kind[e], world.event_target[e], world.event_value[e]
    if kind == OUTAGE:
        world.outage_left[target] += value if value > 0.0 else world.p.outage_duration
        world.outages[target] += 1
    elif kind == TENSION:
        world.log_tension += math.log(value)
    elif kind == OPEN_WEIGHTS:
        world.released = max(world.released, world.frontier - value)
    elif kind == PARAMETER:
        set_parameter(world, world.event_parameter[e], target, value)
        if world.event_parameter[e] == INVESTMENT:
            world.vendor_investment[target] = value
        elif world.event_parameter[e] == FRONTIER_SHARE:
            world.programme_share = min(value, world.p.frontier_share_limit)
        set_step_rates(world)
        for i in range(world.n):
            derive(world, i)
            sum_bonds(world, i)
    elif kind == COMPUTE or kind == FUNDING:
        _deliver(world, e)
    elif kind == RESTRICTION or kind == ADOPTION:
        for i in range(world.n):
            _concern(world, e, i)


@rule
def _concern(world, e, i):
    if world.event_part[e, i] > 0.0 and world.event_kind[e] == RESTRICTION:
        years = world.event_value[e]
        world.cut_ordered[i, world.event_target[e]] = years if years > 0.0 else world.p.restriction_duration
    elif world.event_part[e, i] > 0.0:
        spent = world.event_value[e] * world.event_part[e, i] / world.gdp[i]
        world.adoption[i] = min(1.0, world.adoption[i] + world.p.adoption_response * spent)


@rule
def _deliver(world, e):
    compute = delivery(world, e)
    if world.event_target[e] >= 0:
        world.vendor_compute[world.event_target[e]] += compute
        return
    for i in range(world.n):
        world.compute[i] += compute * world.event_part[e, i]


@rule
def delivery(world, e):
    """Compute that event e brings [M H100e]; money buys it at the price of the event's date."""
    if world.event_kind[e] == COMPUTE:
        return world.event_value[e] * 1e-6
    years = world.event_step[e] * world.dt
    return world.event_value[e] * world.p.hardware * math.exp(world.p.hardware_improvement * years)


@rule
def announce(world):
    """Work out what each dated event will bring within half a planning horizon [M H100e]."""
    last = world.step + 0.5 * world.p.planning_horizon / world.dt
    world.announcements = 0
    for e in range(world.events):
        kind = world.event_kind[e]
        coming = world.step < world.event_step[e] <= last and (kind == COMPUTE or kind == FUNDING)
        world.event_coming[e] = delivery(world, e) if coming else 0.0
        world.announcements += coming


@rule
def announced(world, v, i):
    """Compute of vendor v, or of nation i where v is -1, that events will bring within half a planning horizon [M H100e]."""
    total = 0.0
    if world.announcements > 0:
        for e in range(world.events):
            if world.event_target[e] == v:
                total += world.event_coming[e] * (world.event_part[e, i] if v < 0 else 1.0)
    return total
