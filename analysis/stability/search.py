"""A search for the smallest and the cheapest sets that are stable often enough and close enough behind the frontier.

Candidates are nations with those they trust most, and the largest economies; then every subset of the nations that good
candidates share (exact within these); then from the best found one nation is left out, taken in or exchanged at a time, as
long as that improves. A heuristic: with few nations all sets are looked at instead, and the answer is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from abm.world import World
from analysis.stability.game import every
from analysis.stability.judging import Judged, judge

EXACT = 12  # nations up to whom all sets are looked at
LONGEST, SHARED, BEAM, ROUNDS = 32, 11, 3, 4  # chain length; nations of the exact part; starts and rounds of the climb


@dataclass(frozen=True)
class Aim:
    """What is looked for: likelihood of at least ``sure``, at most ``lag`` months behind, least in ``least`` (size or cost)."""

    sure: float
    lag: float
    least: str

    def ranked(self, sets: np.ndarray, judged: Judged) -> np.ndarray:
        """Rows of the sets, the best first: those that fall least short, of these the least, of these the surest."""
        short = np.maximum(0, self.sure - judged.likelihood) + np.maximum(0, judged.behind / self.lag - 1)
        amount = sets.sum(axis=1) if self.least == "size" else judged.cost.mean(axis=0)
        return np.lexsort((-judged.likelihood, amount, np.round(short, 9)))

    def met(self, judged: Judged, rows=slice(None)) -> np.ndarray:
        """(M,) whether a set meets the aim over some of the draws."""
        return (judged.holds[rows].mean(axis=0) >= self.sure) & (np.median(judged.lag[rows], axis=0) <= self.lag)


class Search:
    """Sets judged so far in some worlds; no set is judged twice."""

    def __init__(self, worlds: Sequence[World], tenure: float, condition: str):
        """Begin with the candidates: all sets, or chains of trust and of wealth."""
        self.worlds, self.tenure, self.condition = worlds, tenure, condition
        self.sets = np.zeros((0, len(worlds[0].iso3)), bool)
        self.judged = Judged(*(np.zeros((len(worlds), 0)) for _ in range(4)))
        n = len(worlds[0].iso3)
        self.exact = n <= EXACT
        self.add(every(n)[every(n).sum(axis=1) > 1] if self.exact else chains(worlds[0]))

    def add(self, sets: np.ndarray) -> None:
        """Judge the sets that are new."""
        known = {row.tobytes() for row in self.sets}
        new = [row for row in np.unique(sets, axis=0) if row.tobytes() not in known and row.sum() > 1]
        if new:
            found = judge(self.worlds, np.array(new), self.tenure, self.condition)
            self.sets = np.vstack([self.sets, new])
            self.judged = Judged(*(np.hstack([a, b]) for a, b in zip(vars(self.judged).values(), vars(found).values())))

    def best(self, aim: Aim, count: int) -> np.ndarray:
        """(count, n) the best sets found for an aim."""
        return self.sets[aim.ranked(self.sets, self.judged)[:count]]

    def seek(self, aims: Sequence[Aim]) -> None:
        """Look for better sets for each aim."""
        if self.exact:
            return
        self.add(within(shared(np.vstack([self.best(aim, 5) for aim in aims]))))
        for aim in aims:
            before = None
            for _ in range(ROUNDS):
                best = self.best(aim, BEAM)
                if before is not None and np.array_equal(best, before):
                    break
                before = best
                self.add(np.vstack([neighbours(each) for each in best]))


def chains(world: World, longest: int = LONGEST) -> np.ndarray:
    """Every nation with the one, two ... it trusts most, and the largest economies."""
    record, n = world.record, len(world.iso3)
    trust = np.array(record.trust[:n, :n])
    np.fill_diagonal(trust, np.inf)
    orders = [*np.argsort(-trust, axis=1, kind="stable"), np.argsort(-record.gdp[:n], kind="stable")]
    ranks = np.argsort(orders, axis=1)
    return np.vstack([ranks < size for size in range(2, min(longest, n) + 1)])


def shared(sets: np.ndarray) -> np.ndarray:
    """(n,) the nations that most of the sets share, :data:`SHARED` at most."""
    count = sets.sum(axis=0)
    return (np.argsort(np.argsort(-count, kind="stable")) < SHARED) & (count > 0)


def within(nations: np.ndarray) -> np.ndarray:
    """All sets of two or more of these nations."""
    indices = np.flatnonzero(nations)
    sets = np.zeros((2 ** len(indices), len(nations)), bool)
    sets[:, indices] = every(len(indices))
    return sets[sets.sum(axis=1) > 1]


def neighbours(members: np.ndarray) -> np.ndarray:
    """Sets that differ by one nation left out or taken in, or one exchanged."""
    inside, outside = np.flatnonzero(members), np.flatnonzero(~members)
    flips = members ^ np.eye(len(members), dtype=bool)
    swaps = np.repeat(members[None], len(inside) * len(outside), axis=0)
    row = np.arange(len(swaps))
    swaps[row, np.repeat(inside, len(outside))] = False
    swaps[row, np.tile(outside, len(inside))] = True
    return np.vstack([flips, swaps])
