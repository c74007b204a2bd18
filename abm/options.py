"""What a nation may choose, declared once: one table with what the code asks of an option.

An *option* is what a person would say (``us``, ``china``, ``self_build``, ``hold_back``, ``coalition``). A *source* is the
number behind it: vendors take rows 0..V-1, then come the options of :data:`LONE` in their order, then one source per coalition
slot. How an option of :data:`LONE` is weighed and accounted for stands in a file of its name in :mod:`abm.submodels`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abm.compiled import rule

COALITIONS = 8  # coalition slots
VENDOR, ALONE, COALITION = range(3)  # kinds of sources


class Option(NamedTuple):
    """One option.

    ``title`` is what its users are said to do, in a legend; ``doing`` the same within a sentence; ``colour`` that of the map and
    of every chart; ``letter`` its sign in a row of choices. ``vendor``: a vendor's service, which the vendor's country can cut
    off. ``trains``: its users train models of their own, alone or together. ``rival``: a vendor's country takes its users for a
    rival's, and cuts them off more often. ``own_source``: each user is a source by itself, where sources are counted.
    Source of the colours: Okabe and Ito, Color Universal Design (2008).
    """

    name: str
    title: str
    doing: str
    colour: str
    letter: str = ""
    vendor: bool = False
    trains: bool = False
    rival: bool = True
    own_source: bool = False


#: Options that need neither vendor nor partner, in the order of their sources.
LONE = (
    Option("self_build", "builds alone", "building alone", "#E69F00", "s", trains=True, own_source=True),
    Option("hold_back", "free models only", "using free models only", "#CC79A7", "h", rival=False),
)
SHARED = Option("coalition", "coalition", "a coalition", "#009E73", trains=True)
#: Colours of the baseline's vendors, and of those that a scenario adds, in order.
_VENDORS, _FURTHER = {"us": "#0072B2", "china": "#D55E00"}, ("#8C6D1F", "#3D2B1F", "#C9A6FF")
#: What readers are told that options are which are no vendor's: in a legend, and within a sentence.
TITLES = {option.name: option.title for option in (*LONE, SHARED)}
DOING = {option.name: option.doing for option in (*LONE, SHARED)}


def table(vendors: Sequence[str]) -> tuple[Option, ...]:
    """The options in the order of their sources; all coalition slots are the last one. Vendors are called as a scenario does."""
    further = [name for name in vendors if name not in _VENDORS]
    shades = _VENDORS | {name: _FURTHER[index % len(_FURTHER)] for index, name in enumerate(further)}
    return (*(Option(name, name, name, shades[name], vendor=True) for name in vendors), *LONE, SHARED)


#: Names of the options each of whose users is a source by itself.
OWN_SOURCE = tuple(option.name for option in LONE if option.own_source)


def _flags(name: str) -> tuple[bool, ...]:
    return tuple(getattr(option, name) for option in LONE)


_LONES = len(LONE)
_TRAINS, _RIVAL, _ALONE = _flags("trains"), _flags("rival"), _flags("own_source")
_SELF_BUILD = [option.name for option in LONE].index("self_build")


@rule
def self_build(world):
    """Source number of building alone."""
    return world.vendor_compute.size + _SELF_BUILD


@rule
def first_lone(world):
    """Source number of the first option of :data:`LONE`; the others follow in their order."""
    return world.vendor_compute.size


@rule
def first_coalition(world):
    """Source number of coalition slot 0; slot k is k further on."""
    return world.vendor_compute.size + _LONES


@rule
def kind(world, source):
    """What a source is: VENDOR, ALONE or COALITION. Errors: ValueError for a number that is no source."""
    if 0 <= source < first_lone(world):
        return VENDOR
    if first_lone(world) <= source < first_coalition(world):
        return ALONE
    if first_coalition(world) <= source < first_coalition(world) + world.members.size:
        return COALITION
    raise ValueError("a nation uses a source that is no option's")


@rule
def option(world, source):
    """The option that a source belongs to: all coalition slots are one."""
    return min(source, first_coalition(world))


@rule
def trains_own(world, source):
    """Whether users of a source train models of their own: alone or in a coalition."""
    index = source - first_lone(world)
    return index >= _LONES or (index >= 0 and _TRAINS[index])


@rule
def rivals(world, source):
    """Whether a vendor's country takes users of a source, where it is not its own, for a rival's."""
    index = source - first_lone(world)
    return index < 0 or index >= _LONES or _RIVAL[index]


@rule
def own_source(world, source):
    """Whether each user of a source is a source by itself, where sources are counted."""
    index = source - first_lone(world)
    return 0 <= index < _LONES and _ALONE[index]


def names(vendors: Sequence[str]) -> tuple[str, ...]:
    """Options in the order of their sources; all coalition slots are the one option ``coalition``.

    >>> names(("us", "china"))
    ('us', 'china', 'self_build', 'hold_back', 'coalition')
    """
    return tuple(option.name for option in table(vendors))


def colours(vendors: Sequence[str]) -> dict[str, str]:
    """Colour of each option, by name."""
    return {option.name: option.colour for option in table(vendors)}


def first_slot(vendors: Sequence[str]) -> int:
    """Source number of coalition slot 0, as :func:`first_coalition` has it for a world."""
    return len(vendors) + len(LONE)


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
