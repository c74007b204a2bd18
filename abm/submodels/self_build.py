"""Building alone: the nation trains and runs models of its own."""

import math

from abm.attributes import Terms
from abm.compiled import inline_rule
from abm.submodels.capability import NOTHING, alone, best_effort, methods, prospect, quality, site
from abm.submodels.payoff import Service, building_terms, full_use, switching


@inline_rule
def terms(world, i, source):
    """Terms of building alone; what it would spend is noted."""
    mine = prospect(world, alone(world, i))
    world.effort[i] = mine.effort
    built = building_terms(world, i, mine.good, mine.secure, mine.effort)
    return Terms(built.benefit, 0.0, -built.cost, -built.restriction, -switching(world, i, source), 0.0, 0.0)


@inline_rule
def service(world, i, source):
    """What its own models do for nation i in this step, and what running them costs; what it spends on training is noted."""
    used = full_use(world, i)
    start = methods(world, world.talent[i], 1, 1.0)
    world.effort[i] = best_effort(world, alone(world, i), start)
    gap = world.frontier - start - math.log10(max(world.compute[i], NOTHING))
    running = world.p.inference_cost * used + site(world, i)
    return Service(used, quality(gap, world.p.quality_sensitivity), 0.0, 0.0, running)
