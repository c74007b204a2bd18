"""What a nation may choose, declared once.

An *option* is what a person would say (``us``, ``china``, ``self_build``, ``hold_back``, ``coalition``). A *source* is the
number behind it: vendors take rows 0..V-1, then self_build, hold_back, and one source per coalition slot.
"""

from abm.attributes import COALITIONS
from abm.compiled import rule


@rule
def self_build(world):
    """Source number of building alone: the first after the vendors."""
    return world.vendor_compute.size


@rule
def hold_back(world):
    """Source number of using free models only."""
    return world.vendor_compute.size + 1


@rule
def first_coalition(world):
    """Source number of coalition slot 0; slot k is k further on."""
    return world.vendor_compute.size + 2


@rule
def option(world, source):
    """The option that a source belongs to: all coalition slots are one."""
    return min(source, first_coalition(world))


@rule
def builds(world, source):
    """Whether users of a source train models of their own: alone or in a coalition."""
    return source == self_build(world) or source >= first_coalition(world)


def names(vendors: tuple[str, ...]) -> tuple[str, ...]:
    """Options in the order of their sources; all coalition slots are the one option ``coalition``."""
    return (*vendors, "self_build", "hold_back", "coalition")


def of_source(source, vendors: tuple[str, ...]):
    """Position in :func:`names` of a source number or an array of them."""
    last = len(vendors) + 2
    return source * (source < last) + last * (source >= last)


def source_names(vendors: tuple[str, ...]) -> tuple[str, ...]:
    """A label per source: the option, with the slot's number for coalitions."""
    return (*names(vendors)[:-1], *(f"coalition {slot + 1}" for slot in range(COALITIONS)))
