"""When a coalition breaks.

A coalition *breaks* at a step where those who were members a year before (or at its founding, if that is later) and are no more
held at least a given share of the GDP they had together; or where it dissolves. A year after a break it counts as another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Life:
    """One coalition's record: ``run``, ``serial``, its first step ``start`` and the step after its last, ``end``; ``breaks`` are
    steps. ``lasts`` says that it still stood at the end."""

    run: int
    serial: int
    start: int
    end: int
    breaks: tuple[int, ...]
    lasts: bool


def lives(serial: np.ndarray, gdp: np.ndarray, year: int, share: float, least: int = 3) -> list[Life]:
    """Lives of all coalitions in (R, T+1, N) memberships and GDP; ``year`` in steps. A break needs at least ``least`` members
    to begin with, and loses them at least ``share`` of their GDP."""
    found = []
    for run in range(len(serial)):
        for number in range(1, int(serial[run].max(initial=0)) + 1):
            held = serial[run] == number
            stood = np.flatnonzero(held.any(axis=1))
            if len(stood):
                found.append(_life(run, number, held, gdp[run], stood, year, share, least))
    return found


def _life(run, number, held, gdp, stood, year, share, least) -> Life:
    start, end, last = int(stood[0]), int(stood[-1]) + 1, len(held) - 1
    breaks: list[int] = []
    for step in range(start + 1, min(end, last) + 1):
        before = held[max(step - year, start)]
        if before.sum() >= least and (not breaks or step - breaks[-1] >= year) and lost(before, held[step], gdp[step]) >= share:
            breaks.append(step)
    return Life(run, number, start, end, tuple(breaks), end > last)


def lost(before: np.ndarray, now: np.ndarray, gdp: np.ndarray) -> float:
    """Share of the former members' GDP that is held by those who left; all of it where nobody is left."""
    if not now.any():
        return 1.0
    return float(gdp[before & ~now].sum() / gdp[before].sum())


def ahead(life: Life, step: int, horizon: int) -> bool:
    """Whether the coalition breaks within ``horizon`` steps after this one."""
    return any(step < b <= step + horizon for b in life.breaks)
