"""Coalitions standing, and what has happened to them so far."""

from abm.compiled import rule


@rule
def coalitions(world):
    """Standing coalitions."""
    count = 0.0
    for k in range(world.members.size):
        count += world.members[k] > 0
    return count


@rule
def largest_coalition(world):
    """Members of the largest coalition."""
    most = 0
    for k in range(world.members.size):
        most = max(most, world.members[k])
    return float(most)


@rule
def foundings(world):
    return float(world.foundings)


@rule
def first_founding(world):
    return world.first_founding


@rule
def joins(world):
    return float(world.joins)


@rule
def exits(world):
    return float(world.exits)


@rule
def rejoins(world):
    return float(world.rejoins)


@rule
def refusals(world):
    return float(world.refusals)


@rule
def dissolutions(world):
    return float(world.dissolutions)
