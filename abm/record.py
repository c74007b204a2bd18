"""What a run leaves: choices over time, and from them the temporal network as intervals.

A tie stands from the first step in which it is seen to the first in which it is not. Kinds: ``client`` (nation to vendor),
``member`` (nation to coalition), ``ally`` (nation to nation, members of one coalition).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

TIE_KINDS = ("client", "member", "ally")


@dataclass(frozen=True)
class Spell:
    """A nation's stay with one source: steps ``start`` to ``end`` (exclusive; None while it lasts)."""

    nation: int
    source: int
    serial: int
    start: int
    end: int | None


def spells(sources: np.ndarray, serials: np.ndarray) -> list[Spell]:
    """Spells of one run from its (T+1, N) sources and serials, by nation and start."""
    found = []
    last = len(sources) - 1
    changed = (sources[1:] != sources[:-1]) | (serials[1:] != serials[:-1])
    for i in range(sources.shape[1]):
        starts = [0, *(np.flatnonzero(changed[:, i]) + 1).tolist()]
        ends = [*starts[1:], None]
        found += [
            Spell(i, int(sources[a, i]), int(serials[a, i]), a, b) for a, b in zip(starts, ends, strict=True) if a <= last
        ]
    return found


def ties(sources: np.ndarray, serials: np.ndarray, iso3: tuple[str, ...], vendors: tuple[str, ...]) -> Iterator[tuple]:
    """Ties of one run as (source, target, kind, start step, end step or None), by kind, source, target, start."""
    stays = spells(sources, serials)
    for stay in stays:
        if stay.source < len(vendors):
            yield iso3[stay.nation], vendors[stay.source], "client", stay.start, stay.end
    members = [stay for stay in stays if stay.serial > 0]
    for stay in members:
        yield iso3[stay.nation], coalition_name(stay.serial), "member", stay.start, stay.end
    by_serial: dict[int, list[Spell]] = {}
    for stay in members:
        by_serial.setdefault(stay.serial, []).append(stay)
    for group in by_serial.values():
        for place, a in enumerate(group):
            for b in group[place + 1 :]:
                start = max(a.start, b.start)
                end = _earlier(a.end, b.end)
                if a.nation != b.nation and (end is None or start < end):
                    yield iso3[a.nation], iso3[b.nation], "ally", start, end


def coalition_name(serial: int) -> str:
    """Name of the coalition that was founded as number ``serial`` of its run."""
    return f"C{serial}"


def _earlier(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)
