"""Holding back: the nation uses free models only, less than it would use others, and depends on no one."""

from abm.attributes import Terms
from abm.compiled import inline_rule
from abm.submodels.payoff import Service, free_without, full_use, peers, switching


@inline_rule
def terms(world, i, source):
    """Terms of using free models only: less use, own inference, no one to depend on."""
    p = world.p
    used = full_use(world, i) * p.free_use
    gain = peers(world, i, world.source_trust[i, source])
    build = p.inference_cost * used + p.client_effort
    return Terms(used * free_without(world, i), 0.0, -build, 0.0, -switching(world, i, source), gain, 0.0)


@inline_rule
def service(world, i, source):
    """What free models do for nation i in this step, and what running them costs."""
    p = world.p
    used = full_use(world, i)
    return Service(used * p.free_use, world.free_quality, 0.0, 0.0, p.inference_cost * used * p.free_use)
