"""The first finished run again, step by step as recorded, for what was not: every nation's lag and sovereignty, and why
some nations chose as they did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from abm import options
from abm.compiled import rule
from abm.model import Model
from abm.outcomes.capability import quality_gap
from abm.outcomes.security import national_sovereignty
from abm.temporal_network import coalition_name
from analysis.reading.ensembles import Stances, stances
from runs.results import Result

TELLING = ("DEU", "IND", "SAU", "JPN", "BRA")  # nations whose decisions are shown, as far as they are simulated


@dataclass(frozen=True)
class Decision:
    """A nation's last change of stance, or its last review if it never changed.

    ``table`` has a row per option it weighed (see :meth:`abm.agents.Nation.explain`, here in % of GDP per year), ``chosen``
    is the row it took, ``coalitions`` what a reader calls the rows that are coalitions. ``reviewed`` is False where others
    moved it (an invitation, a dissolution), or it has not reviewed yet: then the table is of that date.
    """

    name: str
    date: float
    chosen: str
    coalitions: dict[str, str]
    reviewed: bool
    table: pd.DataFrame


@dataclass(frozen=True)
class Replay:
    """``lag`` [months] and ``sovereignty`` [share] are (T+1, N): of each nation's own source, as in ``lag_mean``."""

    run: Stances
    lag: np.ndarray
    sovereignty: np.ndarray
    decisions: list[Decision]


#: Weak keys: compiled rules hold this module to the very end, when an open result would be complained of as leaked.
_KEPT: WeakKeyDictionary[Result, Replay] = WeakKeyDictionary()


def replayed(result: Result) -> Replay:
    """The first finished run, replayed once for all figures that need it."""
    if result not in _KEPT:
        _KEPT[result] = replay(result)
    return _KEPT[result]


def replay(result: Result) -> Replay:
    """The first finished run, step by step."""
    run = stances(result)
    nations = telling(run)
    last = {i: _last_change(run.source[:, i]) for i in nations}
    lag, sovereignty = np.empty((2, *run.option.shape))
    decisions = {}
    for step, model in enumerate(models(result, run.run)):
        _standing(model.world.record, lag[step], sovereignty[step])
        for i in nations:
            if step == (last[i] or len(run.times) - 1):
                decisions[i] = _decision(model, run, i, step, bool(last[i]))
    return Replay(run, np.maximum(lag, 0.0), sovereignty, [decisions[i] for i in nations])


def models(result: Result, run: int) -> Iterator[Model]:
    """The run's model at every step, step 0 first."""
    model = Model(result.plan.scenario_of(run), rng=result.plan.seed_of(run))
    yield model
    while not model.finished:
        model.step()
        yield model


def telling(run: Stances) -> list[int]:
    """Rows of the nations whose decisions are shown: :data:`TELLING`, made up to as many by the largest."""
    codes = list(run.nations.index)
    by_size = run.nations["gdp_usd_bn"].sort_values(ascending=False, kind="stable").index
    chosen = dict.fromkeys([*(iso3 for iso3 in TELLING if iso3 in codes), *by_size])
    return [codes.index(iso3) for iso3 in list(chosen)[: len(TELLING)]]


def _last_change(source: np.ndarray) -> int:
    """Step of the last change, 0 when there is none."""
    changes = np.flatnonzero(source[1:] != source[:-1]) + 1
    return int(changes[-1]) if len(changes) else 0


def _decision(model: Model, run: Stances, i: int, step: int, changed: bool) -> Decision:
    nation = model.nations[i]
    chosen = options.source_names(model.world.vendors)[nation.source]
    called = {f"coalition {body.row + 1}": coalition_name(body.serial) for body in model.coalitions if body.active}
    was = str(run.coalition[step - 1, i]) if changed else ""
    left = [row for row, coalition in called.items() if coalition == was]
    table = model.explain(nation.iso3)
    just = nation.reviewed == step - 1 if changed else nation.reviewed >= 0
    reviewed = just and best(table, left) == chosen
    date = model.world.date(nation.reviewed + 1 if reviewed else step)
    if not reviewed:
        table = model.explain(nation.iso3, now=True)
    table = _shortened(table, {chosen, *left})
    rows = {row: f"coalition {called[row]}" if row in called else "a coalition" for row in coalition_rows(table)}
    rows |= {row: f"{rows[row]}, left" for row in left if row in rows}
    return Decision(nation.name, date, chosen, rows, reviewed, table)


def best(table: pd.DataFrame, left: list[str]) -> str:
    """The row of the highest payoff with taste, other than of a coalition that it had to leave."""
    return str(worth(table).drop(left, errors="ignore").idxmax())


def worth(table: pd.DataFrame) -> pd.Series:
    """Payoff with taste of each row of :meth:`abm.agents.Nation.explain`: what the nation chooses by."""
    return table["payoff"] + table["taste"]


def coalition_rows(table: pd.DataFrame) -> list[str]:
    """The rows of a table that are coalitions."""
    return [row for row in table.index if row.startswith("coalition")]


def _shortened(table: pd.DataFrame, kept: set[str]) -> pd.DataFrame:
    """The table without coalitions other than those kept and the best."""
    return table.drop(index=[row for row in coalition_rows(table) if row not in kept][1:])


@rule
def _standing(world, lag, sovereignty):
    for i in range(world.n):
        lag[i] = 12.0 * quality_gap(world, i) / max(world.frontier_speed, 1e-9)
        sovereignty[i] = national_sovereignty(world, i)
