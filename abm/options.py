"""What a nation may choose, declared once.

An *option* is what a person would say (``us``, ``china``, ``self_build``, ``hold_back``, ``coalition``). A *source* is the
number behind it: vendors take rows 0..V-1, then self_build, hold_back, and one source per coalition slot.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abm.attributes import COALITIONS, LONE
from abm.compiled import rule

SELF_BUILD, HOLD_BACK, SLOTS = LONE.index("self_build"), LONE.index("hold_back"), len(LONE)  # places after the vendors


class Option(NamedTuple):
    """What the code asks of an option: whether it is a ``vendor``'s service, which the vendor's country can cut off, and whether
    its users train models of their own (``trains``), alone or together."""

    name: str
    vendor: bool = False
    trains: bool = False


_LONE = {"self_build": Option("self_build", trains=True), "hold_back": Option("hold_back")}
_COALITION = Option("coalition", trains=True)


def table(vendors: Sequence[str]) -> tuple[Option, ...]:
    """The options in the order of their sources; all coalition slots are the last one."""
    return (*(Option(name, vendor=True) for name in vendors), *(_LONE[name] for name in LONE), _COALITION)


@rule
def self_build(world):
    """Source number of building alone."""
    return world.vendor_compute.size + SELF_BUILD


@rule
def hold_back(world):
    """Source number of using free models only."""
    return world.vendor_compute.size + HOLD_BACK


@rule
def first_coalition(world):
    """Source number of coalition slot 0; slot k is k further on."""
    return world.vendor_compute.size + SLOTS


@rule
def option(world, source):
    """The option that a source belongs to: all coalition slots are one."""
    return min(source, first_coalition(world))


@rule
def builds(world, source):
    """Whether users of a source train models of their own: alone or in a coalition."""
    return source == self_build(world) or source >= first_coalition(world)


def names(vendors: Sequence[str]) -> tuple[str, ...]:
    """Options in the order of their sources; all coalition slots are the one option ``coalition``.

    >>> names(("us", "china"))
    ('us', 'china', 'self_build', 'hold_back', 'coalition')
    """
    return tuple(option.name for option in table(vendors))


def first_slot(vendors: Sequence[str]) -> int:
    """Source number of coalition slot 0, as :func:`first_coalition` has it for a world."""
    return len(vendors) + SLOTS


def of_source(source, vendors: Sequence[str]):
    """Position in :func:`names` of a source number or an array of them."""
    return np.minimum(source, first_slot(vendors))


def in_coalition(source, vendors: Sequence[str]):
    """Whether a source, or each of an array of them, is a coalition's."""
    return source >= first_slot(vendors)


def trains(source, vendors: Sequence[str]) -> np.ndarray:
    """Whether users of a source, or of each of an array of them, train models of their own."""
    return np.array([option.trains for option in table(vendors)])[of_source(source, vendors)]


def serial(source, founded, vendors: Sequence[str]) -> np.ndarray:
    """Serial number of the coalition behind each source, from those ``founded`` in the slots (K,); 0 for none."""
    slot = np.asarray(source) - first_slot(vendors)
    return np.where(slot >= 0, np.asarray(founded)[np.maximum(slot, 0)], 0)


def source_names(vendors: tuple[str, ...]) -> tuple[str, ...]:
    """A label per source: the option, with the slot's number for coalitions."""
    return (*names(vendors)[:-1], *(f"coalition {slot + 1}" for slot in range(COALITIONS)))
