"""Who holds which option, and how the benefit is spread over sources."""

import math

from abm.compiled import rule
from abm.options import option, own_source


@rule
def nations(world, which):
    """Share of nations that hold an option."""
    count = 0
    for i in range(world.n):
        count += option(world, world.source[i]) == which
    return count / world.n


@rule
def gdp(world, which):
    """Share of all nations' GDP in nations that hold an option."""
    held = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        if option(world, world.source[i]) == which:
            held += world.gdp[i]
    return held / total


@rule
def turnover(world):
    """Share of nations that changed source in this step."""
    return world.moves / world.n


@rule
def concentration(world):
    """Herfindahl index of AI benefit over sources; a nation that builds alone is a source by itself."""
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
                index += part * part if own_source(world, s) else 0.0
        index += 0.0 if own_source(world, s) else held * held
    return index
