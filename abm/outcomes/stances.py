"""Who holds which option, and how the benefit is spread over sources."""

import math

from abm.compiled import rule
from abm.options import first_coalition, self_build


@rule
def option_of(world, i):
    """Option of nation i: its source, all coalition slots taken as one."""
    return min(world.source[i], first_coalition(world))


@rule
def nations(world, option):
    """Share of nations that hold an option."""
    count = 0
    for i in range(world.n):
        count += option_of(world, i) == option
    return count / world.n


@rule
def gdp(world, option):
    """Share of all nations' GDP in nations that hold an option."""
    held = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        if option_of(world, i) == option:
            held += world.gdp[i]
    return held / total


@rule
def turnover(world):
    """Share of nations that changed source in this step."""
    return world.moves / world.n


@rule
def concentration(world):
    """Herfindahl index of AI benefit over sources; building alone counts as a source per nation."""
    total = index = 0.0
    for i in range(world.n):
        total += world.gdp[i] * world.benefit[i]
    if total <= 0.0:
        return math.nan
    for s in range(world.source_trust.shape[1]):
        held = 0.0
        for i in range(world.n):
            if world.source[i] == s:
                part = world.gdp[i] * world.benefit[i] / total
                held += part
                index += part * part if s == self_build(world) else 0.0
        index += 0.0 if s == self_build(world) else held * held
    return index
