"""The log: what happened in a step, in words, found by comparing the world before and after it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from abm import options, titles
from abm.temporal_network import coalition_name
from abm.world import World

#: Kinds of entry, in the order in which the filter offers them.
KINDS = (
    "founding", "join", "notice", "exit", "dissolution", "refusal", "move", "taste", "cut", "outage", "intervention", "event"
)


@dataclass(frozen=True)
class Entry:
    """One line of the log; ``nations`` are the ISO codes it concerns, all of them when it concerns a vendor's clients."""

    step: int
    date: float
    kind: str
    text: str
    nations: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The entry as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Before:
    """What must be remembered of a world to tell what the next step changed."""

    source: np.ndarray
    serial: np.ndarray
    cuts: np.ndarray
    outages: np.ndarray
    refusals: int
    notice: np.ndarray
    taste: np.ndarray

    @classmethod
    def of(cls, world: World) -> Before:
        """Remember a world."""
        record, n = world.record, int(world.record.n)
        return cls(
            record.source[:n].copy(), record.serial.copy(), record.cuts[:n].copy(), record.outages.copy(),
            int(record.refusals), record.notice_left[:n].copy(), record.taste[:n].copy(),
        )


def event_log(before: Before, world: World) -> list[Entry]:
    """Entries for the step that led from ``before`` to ``world``; the step's date is that of its beginning."""
    record, step = world.record, int(world.record.step) - 1
    found: list[tuple[str, str, tuple[str, ...]]] = []
    found += _coalitions(before, world)
    found += _moves(before, world)
    for i in np.flatnonzero((record.taste[: record.n] != before.taste).any(axis=1)):
        text = f"{world.names[i]}'s tastes are drawn anew (an election, a new doctrine)"
        found.append(("taste", text, (world.iso3[i],)))
    for i in np.flatnonzero(record.refused_by[: record.n] * (record.reviewed[: record.n] == step)):
        if record.refusals > before.refusals:
            name = coalition_name(int(record.refused_by[i]))
            found.append(("refusal", f"{name} refuses {world.names[i]}", (world.iso3[i],)))
    for i in np.flatnonzero(record.cuts[: record.n] > before.cuts):
        vendor = int(np.argmax(record.cut_new[i]))
        years = float(record.cut_left[i, vendor] + record.cut_share[i, vendor] * record.dt)
        who = titles.vendor(world.vendors[vendor], world.vendor_facts)
        found.append(("cut", f"{world.names[i]} is cut off by {who} for {years:.1f} years", (world.iso3[i],)))
    for v in np.flatnonzero(record.outages > before.outages):
        clients = tuple(world.iso3[i] for i in np.flatnonzero(record.source[: record.n] == v))
        who = titles.vendor(world.vendors[v], world.vendor_facts)
        found.append(("outage", f"outage of {who}: {len(clients)} clients are without it", clients))
    return [Entry(step, world.date(step), *entry) for entry in found]


def _coalitions(before: Before, world: World):
    record, first = world.record, options.first_slot(world.vendors)
    for k in range(len(record.serial)):
        serial = int(record.serial[k])
        if serial != before.serial[k]:
            rows = [i for i in range(record.n) if record.source[i] == first + k]
            names = ", ".join(world.names[i] for i in rows)
            text = f"{coalition_name(serial)} is founded; members at the end of the step: {names}"
            yield "founding", text, tuple(world.iso3[i] for i in rows)
        elif record.members[k] == 0 and (before.source == first + k).any():
            yield "dissolution", f"{coalition_name(serial)} is dissolved", ()


def _left_behind(world: World, i: int, k: int) -> bool:
    """Whether nation i was the last of a dissolved coalition: it goes on building alone, its lock-in not begun anew."""
    record = world.record
    anew = -math.expm1(-record.dt / record.p["lock_in_time"])
    alone = record.source[i] == options.self_build(record) and record.members[k] == 0
    return bool(alone and record.lock_in[i] > anew + 1e-9)


def _turn(world: World, source: int) -> str:
    name = options.names(world.vendors)[source]
    return f"turns to {options.DOING.get(name) or titles.vendor(name, world.vendor_facts)}"


def _moves(before: Before, world: World):
    record, first = world.record, options.first_slot(world.vendors)
    for i in np.flatnonzero(record.source[: record.n] != before.source).tolist():
        old, new, who = int(before.source[i]), int(record.source[i]), (world.iso3[i],)
        if old >= first and not _left_behind(world, i, old - first):
            yield "exit", f"{world.names[i]} leaves {coalition_name(int(before.serial[old - first]))}", who
        if new < first:
            yield "move", f"{world.names[i]} {_turn(world, new)}", who
        elif record.serial[new - first] == before.serial[new - first]:
            yield "join", f"{world.names[i]} joins {coalition_name(int(record.serial[new - first]))}", who
    for i in np.flatnonzero((record.notice_left[: record.n] >= 0) & (before.notice < 0)).tolist():
        k = int(record.source[i]) - first
        if k >= 0:
            yield "notice", f"{world.names[i]} gives notice to {coalition_name(int(record.serial[k]))}", (world.iso3[i],)
    for i in np.flatnonzero((record.notice_left[: record.n] < 0) & (before.notice >= 0)).tolist():
        if record.source[i] == before.source[i]:
            yield "notice", f"{world.names[i]} withdraws its notice", (world.iso3[i],)
