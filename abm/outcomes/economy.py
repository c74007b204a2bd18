"""What AI brings and costs the nations."""

import math

from abm.compiled import rule
from abm.options import trains_own


@rule
def gdp_mean(world, column):
    """GDP-weighted mean of a nation attribute."""
    held = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        held += world.gdp[i] * column[i]
    return held / total


@rule
def benefit(world):
    return gdp_mean(world, world.benefit)


@rule
def net_benefit(world):
    return gdp_mean(world, world.net_benefit)


@rule
def restriction_loss(world):
    return gdp_mean(world, world.restriction_loss)


@rule
def fees(world):
    return gdp_mean(world, world.fee_paid)


@rule
def price(world, v):
    return world.vendor_fee[v]


@rule
def hosted(world, v):
    return world.vendor_hosting[v]


@rule
def training_effort(world):
    """What builders and members of coalitions spend on training, over their GDP."""
    spent = total = 0.0
    for i in range(world.n):
        if trains_own(world, world.source[i]):
            total += world.gdp[i]
            spent += world.gdp[i] * world.training_paid[i]
    return spent / total if total > 0.0 else math.nan


@rule
def lock_in(world):
    return gdp_mean(world, world.lock_in)


@rule
def adoption(world):
    return gdp_mean(world, world.adoption)


@rule
def switching_spend(world):
    return world.switching_spend / world.dt


@rule
def gdp_growth(world):
    """Mean growth of all nations' GDP since the start."""
    now = then = 0.0
    for i in range(world.n):
        now += world.gdp[i]
        then += world.gdp_start[i]
    years = world.step * world.dt
    return math.log(now / then) / years if years > 0.0 else math.nan


@rule
def inequality(world):
    """GDP-weighted standard deviation of net benefit between nations."""
    mean = net_benefit(world)
    total = square = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        square += world.gdp[i] * (world.net_benefit[i] - mean) ** 2
    return math.sqrt(square / total)
