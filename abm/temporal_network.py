"""What a run leaves: choices over time, and from them the temporal network as intervals.

A tie stands from the first step in which it is seen to the first in which it is not. Kinds: ``client`` (nation to vendor),
``member`` (nation to coalition), ``ally`` (nation to nation, members of one coalition).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

TIE_KINDS = ("client", "member", "ally")
CLIENT, MEMBER, ALLY = range(len(TIE_KINDS))


class Spells(NamedTuple):
    """Stays of nations with one source, an entry each: steps ``start`` to ``end`` (exclusive; T+1 while it lasts)."""

    run: np.ndarray
    nation: np.ndarray
    source: np.ndarray
    serial: np.ndarray
    start: np.ndarray
    end: np.ndarray


class Ties(NamedTuple):
    """Ties of R runs, an entry each; ``target`` is a vendor's row, a coalition's serial or a nation, by ``kind``."""

    run: np.ndarray
    kind: np.ndarray
    source: np.ndarray
    target: np.ndarray
    start: np.ndarray
    end: np.ndarray


def spells(sources: np.ndarray, serials: np.ndarray) -> Spells:
    """Stays from (R, T+1, N) sources and serials, by run, nation and start."""
    source, serial = sources.transpose(0, 2, 1), serials.transpose(0, 2, 1)
    begins = np.ones(source.shape, bool)
    begins[:, :, 1:] = (source[:, :, 1:] != source[:, :, :-1]) | (serial[:, :, 1:] != serial[:, :, :-1])
    run, nation, start = np.nonzero(begins)
    lasts = np.append((run[1:] != run[:-1]) | (nation[1:] != nation[:-1]), True)
    end = np.where(lasts, source.shape[2], np.append(start[1:], 0))
    return Spells(run, nation, source[begins].astype(int), serial[begins].astype(int), start, end)


def all_ties(sources: np.ndarray, serials: np.ndarray, vendors: int) -> Ties:
    """Ties from (R, T+1, N) sources and serials, by run and kind; the end is T+1 while a tie stands at the end."""
    stays = spells(sources, serials)
    clients, members = _taken(stays, stays.source < vendors), _taken(stays, stays.serial > 0)
    parts = [
        Ties(clients.run, np.full(clients.run.size, CLIENT), clients.nation, clients.source, clients.start, clients.end),
        Ties(members.run, np.full(members.run.size, MEMBER), members.nation, members.serial, members.start, members.end),
        _allies(members),
    ]
    together = [np.concatenate(columns) for columns in zip(*parts)]
    order = np.argsort(together[0], kind="stable")
    return Ties(*(column[order] for column in together))


def _allies(members: Spells) -> Ties:
    """A tie for each two stays of different nations in one coalition, while both last."""
    members = _taken(members, np.lexsort((members.serial, members.run)))
    index, same = np.arange(members.run.size), np.append(False, np.diff(members.run) == 0)
    same[1:] &= np.diff(members.serial) == 0
    size = np.diff(np.append(np.flatnonzero(~same), index.size))
    later = np.repeat(np.cumsum(size), size) - 1 - index  # stays of the same coalition that come after each
    one = np.repeat(index, later)
    other = one + 1 + np.arange(one.size) - np.repeat(np.cumsum(later) - later, later)
    a, b = _taken(members, one), _taken(members, other)
    start, end = np.maximum(a.start, b.start), np.minimum(a.end, b.end)
    kept = (a.nation != b.nation) & (start < end)
    found = Ties(a.run, np.full(one.size, ALLY), a.nation, b.nation, start, end)
    return Ties(*(column[kept] for column in found))


def _taken(stays: Spells, chosen: np.ndarray) -> Spells:
    return Spells(*(column[chosen] for column in stays))


def ties(sources: np.ndarray, serials: np.ndarray, iso3: tuple[str, ...], vendors: tuple[str, ...]) -> Iterator[tuple]:
    """Ties of one run from (T+1, N) choices as (source, target, kind, start step, end step or None), by kind."""
    found, after = all_ties(sources[None], serials[None], len(vendors)), len(sources)
    for _, kind, source, target, start, end in zip(*(column.tolist() for column in found)):
        names = {CLIENT: vendors, ALLY: iso3}.get(kind)
        named = names[target] if names else coalition_name(target)
        yield iso3[source], named, TIE_KINDS[kind], start, end if end < after else None


def coalition_name(serial: int) -> str:
    """Name of the coalition that was founded as number ``serial`` of its run."""
    return f"C{serial}"
