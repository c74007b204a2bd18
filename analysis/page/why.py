"""Why a nation chose as it did, and what would have to be otherwise for its second-best option to win.

Everything is asked of the model's own rules, on copies of the world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm import options, titles
from abm.attributes import TERMS
from abm.parameters import BY_NAME
from abm.submodels import choice, coalition
from abm.temporal_network import coalition_name
from abm.world import World
from analysis.page.frame import label

_BISECTIONS = 30


def source_label(world: World, source: int) -> str:
    """A source in words; a coalition by its name, the free slot as the one that could be founded."""
    first = options.first_slot(world.vendors)
    if source < first:
        return label(options.names(world.vendors)[source], world.vendor_facts)
    k = source - first
    return coalition_name(int(world.record.serial[k])) if world.record.members[k] else "new coalition"


def weighed(world: World, i: int, now: bool) -> World:
    """The world itself where nation i's last review is asked for, else a copy in which it has weighed its options now.

    There the taste for every coalition that would refuse it is minus infinity.
    """
    if not now and world.record.reviewed[i] >= 0:
        return world
    copy = world.asked()
    choice.weigh(copy.record, i)
    for source in range(options.first_slot(world.vendors), copy.record.worth.size):
        if np.isfinite(copy.record.worth[source]) and not choice.welcome(copy.record, i, source):
            copy.record.terms[i, source, -1] = -np.inf
    return copy


@dataclass(frozen=True)
class Option:
    """One option as a nation weighed it [shares of GDP per year].

    ``terms`` add up to the ``payoff``, what the model knows; the ``taste`` is what it does not know of the nation's liking, minus
    infinity for a coalition that refused.
    """

    source: int
    label: str
    terms: dict[str, float]
    payoff: float
    taste: float
    current: bool

    @property
    def worth(self) -> float:
        """Payoff and taste: the nation takes the option of the highest."""
        return self.payoff + self.taste

    @property
    def refused(self) -> bool:
        """Whether it is a coalition that refused, or would refuse, the nation."""
        return self.taste == -np.inf


def explain(world: World, i: int, now: bool = False) -> list[Option]:
    """The options nation i weighed, the one worth most to it first: at its last review, or ``now``."""
    record = weighed(world, i, now).record
    found = []
    for source in range(record.terms.shape[1]):
        terms = record.terms[i, source]
        if not np.isnan(terms[:-1]).any():
            named = dict(zip(TERMS[:-1], terms[:-1].tolist()))
            total = float(choice.payoff(record, i, source))
            current = bool(record.source[i] == source)
            found.append(Option(source, source_label(world, source), named, total, float(terms[-1]), current))
    return sorted(found, key=lambda option: (-option.worth, -option.payoff))


@dataclass(frozen=True)
class Lever:
    """One quantity that could be otherwise: read from and written to the record of a world."""

    name: str
    unit: str
    low: float
    high: float
    read: Callable[[Any], float]
    write: Callable[[Any, float], None]


def _parameter(name: str) -> Lever:
    p = BY_NAME[name]
    return Lever(
        titles.parameter(name), titles.unit(p.unit), p.low, p.high,
        lambda record: float(record.p[name]), lambda record, x: record.p.__setitem__(name, x),
    )


def _cell(name: str, unit: str, high: float, field: str, *position: int) -> Lever:
    def write(record, x):
        record[field][position] = x

    return Lever(name, unit, 0.0, high, lambda record: float(record[field][position]), write)


def levers(world: World, i: int, best: int, second: int) -> list[Lever]:
    """What bears on the choice between two sources of nation i."""
    found = []
    for source in (best, second):
        if source < len(world.vendors):
            found += _vendor_levers(world, i, source)
    first, staying = options.first_slot(world.vendors), int(world.record.source[i])
    if max(best, second) >= first:
        found.append(_parameter("membership_cost"))
        if staying < first:  # what those who are members already plan stands until the next step
            found.append(_parameter("contagion"))
    if staying in (best, second):
        found += [_cell("its lock-in", "share", 1.0, "lock_in", i), _parameter("portability")]
        if staying >= first:
            found.append(_parameter("leaving_cost"))
    return [*found, _parameter("peer_weight"), _parameter("distance_weight"), _parameter("inference_cost")]


def _vendor_levers(world: World, i: int, v: int) -> list[Lever]:
    name = titles.vendor(world.vendors[v], world.vendor_facts)

    def believe(record, x):
        record.belief_cuts[i, v] = x * record.belief_years[i, v]

    return [
        _cell(f"fee of {name}", "share of benefit", 1.0, "vendor_fee", v),
        _cell(f"hosting at home by {name}", "share of use", 1.0, "vendor_hosting", v),
        Lever(
            f"cuts it expects by {name}", "cuts a year", 0.0, 5.0,
            lambda record: float(record.belief_cuts[i, v] / record.belief_years[i, v]), believe,
        ),
        _cell(f"political distance to {name}", "share", 1.0, "distance", i, v),
    ]


@dataclass(frozen=True)
class Change:
    """The second best wins where ``name`` passes ``needed`` instead of ``present``; None where it wins nowhere in range."""

    name: str
    unit: str
    present: float
    needed: float | None


def changes(world: World, i: int) -> tuple[Option, Option, list[Change]] | None:
    """What would have to change now, one thing at a time, for nation i's second-best option to be worth most to it.

    Returns the best, the second best and the changes, smallest part of their range first; None where one option is open.
    Its tastes stay as they are; coalitions that would refuse it are left out.
    """
    ranked = [option for option in explain(world, i, now=True) if not option.refused]
    if len(ranked) < 2:
        return None
    best, second = ranked[0], ranked[1]
    trial = world.asked().record
    found = []
    for lever in levers(world, i, best.source, second.source):
        present = lever.read(trial)
        found.append((lever, Change(lever.name, lever.unit, present, _needed(trial, i, lever, best.source, second.source))))
        lever.write(trial, present)
    return best, second, [change for lever, change in sorted(found, key=_part_of_range)]


def _part_of_range(entry: tuple[Lever, Change]) -> float:
    lever, change = entry
    return 2.0 if change.needed is None else abs(change.needed - change.present) / (lever.high - lever.low)


def _needed(trial, i: int, lever: Lever, best: int, second: int) -> float | None:
    """Nearest value at which the second overtakes the best, by bisection towards either end of the lever's range."""
    present = lever.read(trial)

    def lead(x: float) -> float:
        lever.write(trial, x)
        choice.weigh(trial, i)
        return float(trial.worth[second] - trial.worth[best])

    reached = []
    for end in (lever.low, lever.high):
        if lead(end) > 0:
            inside, outside = present, end
            for _ in range(_BISECTIONS):
                middle = 0.5 * (inside + outside)
                inside, outside = (inside, middle) if lead(middle) > 0 else (middle, outside)
            reached.append(outside)
    return min(reached, key=lambda x: abs(x - present), default=None)


@dataclass(frozen=True)
class Stability:
    """Whether a coalition would keep its members and its outsiders as they are, were all to weigh now with the tastes they have.

    Tastes last, so they count; one that may be drawn anew by then does not.

    ``leavers`` (nation row, gain from its best outside option), ``joiners`` (outsider row, gain) whom the coalition would
    admit, ``margins`` of members over their best outside option, smallest first [shares of GDP per year].
    """

    leavers: list[tuple[int, float]]
    joiners: list[tuple[int, float]]
    margins: list[tuple[int, float]]


def stability(world: World) -> dict[int, Stability]:
    """Internal and external stability of every standing coalition, by slot. Source: [CarraroSiniscalco1993]."""
    first, trial = options.first_slot(world.vendors), world.asked().record
    slots = [int(k) for k in np.flatnonzero(trial.members)]
    found = {k: Stability([], [], []) for k in slots}
    for i in range(int(trial.n) if slots else 0):
        choice.weigh(trial, i)
        own = int(trial.source[i])
        worth = {s: float(trial.worth[s]) for s in [*range(first), *(first + k for k in slots)]}
        elsewhere = [s for s in worth if s != own]
        if own >= first:
            outside = max(worth[s] for s in elsewhere if s < first or coalition.admits(trial, i, s - first))
            found[own - first].margins.append((i, worth[own] - outside))
            if outside > worth[own]:
                found[own - first].leavers.append((i, outside - worth[own]))
        for s in elsewhere:
            if s >= first and own < first and worth[s] > worth[own] and coalition.admits(trial, i, s - first):
                found[s - first].joiners.append((i, worth[s] - worth[own]))
    for entry in found.values():
        entry.margins.sort(key=lambda pair: pair[1])
        entry.leavers.sort(key=lambda pair: -pair[1])
        entry.joiners.sort(key=lambda pair: -pair[1])
    return found
