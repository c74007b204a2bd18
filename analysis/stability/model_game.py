"""The game of a model's world: what every set is worth to every nation by the model's own rules, on a copy of its record.

What is compared is payoff plus taste, as in the model's choice: tastes last, so that they are part of what would make a nation
stay, leave or found, and of what would have to be paid for it to do otherwise. Over many runs they are drawn anew;
``taste_scale`` at nought leaves but what makes the choice on record the best, and a world without any (:func:`without_tastes`)
gives the game of payoffs alone, which is what can be said of a set before anybody knows its members' tastes.

A set *stands* when its nations are the members of a coalition slot, and pool, frontier and free models are worked out anew.
Then the rules are asked what they ask when a nation reviews its stance: a member compares staying with vendors, building alone
and holding back, less the cost of moving with the lock-in it would have after ``tenure`` years; an outsider compares joining
with its best other source. What free models give away (``openness``) follows the set: a leaver takes its part along.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm import options
from abm.world import World
from analysis.stability.cases import entries, prepare, read_sets
from analysis.stability.game import Game, every

LAG, COST = range(2)  # columns of ``facts``


@dataclass(frozen=True)
class ModelGame(Game):
    """A game read off a world. Payoffs are shares of GDP per year, tastes included; ``weight`` is GDP [bn US$].

    ``entry`` (n,) yearly cost of moving into a coalition; ``status_quo`` (n,) worth as it is; ``facts`` (M, 2): months behind
    the projected frontier, what members pay [bn US$ a year].
    """

    entry: np.ndarray
    status_quo: np.ndarray
    facts: np.ndarray

    @cached_property
    def lag(self) -> np.ndarray:
        """(M,) months behind the frontier in the middle of the planning horizon; NaN for sets below two."""
        return self.facts[:, LAG]

    @cached_property
    def cost(self) -> np.ndarray:
        """(M,) what members pay for training, inference and membership [bn US$ a year]."""
        return self.facts[:, COST]


def before_politics(world: World) -> World:
    """A copy of a world between two steps, taken through the phases that come before the politics of the next."""
    found = world.copy()
    prepare(found.record)
    return found


def without_tastes(world: World) -> World:
    """A copy of a world in which no nation has a taste for anything: interests alone."""
    found = world.copy()
    found.record.taste[:] = 0.0
    return found


def game_of(
    world: World, players: Sequence[str], sets: np.ndarray | None = None, tenure: float = 0.0, outsiders: bool = True
) -> ModelGame:
    """The game among some nations of a world just before politics (:func:`before_politics`); all others stay as they are.

    ``sets`` (M, n) defaults to all; ``tenure`` [years] is how long a coalition has stood when its members weigh leaving;
    without ``outsiders`` their payoffs are left out (NaN), and every set counts as externally stable. Errors: ValueError for a
    nation that is not in the world or is a member already.
    """
    record = world.record.copy()
    rows = np.array([world.row(iso3) for iso3 in players], np.int64)
    _check(world, rows)
    chosen = every(len(rows)) if sets is None else np.asarray(sets, bool)
    m, n = chosen.shape
    inside, outside = np.full((2, m, n), np.nan)
    admitted, facts = np.ones((m, n), bool), np.empty((m, 2))
    entry, quo = np.empty(n), np.empty(n)
    entries(record, rows, entry, quo)
    lock_in = -math.expm1(-tenure / record.p.lock_in_time)
    read_sets(record, rows, np.ascontiguousarray(chosen), lock_in, outsiders, inside, outside, admitted, facts)
    return ModelGame(tuple(players), chosen, inside, outside, record.gdp[rows].copy(), admitted, entry, quo, facts)


def _check(world: World, rows: np.ndarray) -> None:
    first = options.first_slot(world.vendors)
    if (world.record.members == 0).sum() == 0:
        raise ValueError("this world has no free coalition slot")
    for row in rows[world.record.source[rows] >= first]:
        raise ValueError(f"{world.iso3[row]}: is in a coalition already; the game needs nations outside")
