"""What can be seen of a coalition at each step, and how early each measure tells that it will break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.methods.auc import auc, fit, resampled
from analysis.warning.breaks import Life, ahead, lost
from analysis.warning.watch import AROUND, WITHIN, Watched


class Signal(NamedTuple):
    """A measure: ``kind`` is ``network``, ``simple`` or ``announced``; a ``flow`` is a change already."""

    name: str
    kind: str
    label: str
    flow: bool = False


SIGNALS = (
    Signal("cohesion", "network", "mean trust between members"),
    Signal("weakest", "network", "trust in the others of the least trusting member"),
    Signal("embedding", "network", "trust between members less trust in outsiders"),
    Signal("exits", "network", "GDP lost to exits in the past year", flow=True),
    Signal("entries", "network", "members that came in the past year", flow=True),
    Signal("modularity", "network", "how far all blocs follow trust (modularity)"),
    Signal("trust", "network", "mean trust between all nations"),
    Signal("density", "network", "density of the whole network"),
    Signal("members", "simple", "number of members"),
    Signal("age", "simple", "age of the coalition"),
    Signal("tension", "simple", "tension"),
    Signal("notice", "announced", "members that have given notice", flow=True),
)
SIMPLE = [signal.name for signal in SIGNALS if signal.kind == "simple"]
NETWORK = [signal.name for signal in SIGNALS if signal.kind == "network"]


def table(watched: Watched, lives: Sequence[Life], year: int, least: int) -> pd.DataFrame:
    """A row per coalition and step: ``life`` (place in ``lives``), ``run``, ``step``, every signal, and ``counts``: whether the
    coalition has at least ``least`` members and did not break within the past year."""
    return pd.concat([_rows(watched, index, life, year, least) for index, life in enumerate(lives)], ignore_index=True)


def _rows(watched: Watched, index: int, life: Life, year: int, least: int) -> pd.DataFrame:
    steps = np.arange(life.start, life.end)
    slot = (np.nan_to_num(watched.within[life.run, steps, :, 0]) == life.serial).argmax(axis=1)
    frame = pd.DataFrame(watched.within[life.run, steps, slot], columns=list(WITHIN)).drop(columns="serial")
    frame[list(AROUND)] = watched.around[life.run, steps]
    frame["age"] = (steps - life.start) * watched.dt
    frame[["exits", "entries"]] = _flows(watched, life, steps, year)
    settled = np.array([not any(b <= step < b + year for b in life.breaks) for step in steps])
    return frame.assign(life=index, run=life.run, step=steps, counts=settled & (frame["members"] >= least))


def moved(rows: pd.DataFrame, signal: Signal, steps: int) -> np.ndarray:
    """(M,) how far a signal has moved within ``steps`` steps, or since the founding if that is later; a flow is a move itself."""
    values = rows[signal.name]
    if signal.flow:
        return values.to_numpy()
    lives = values.groupby(rows["life"])
    return (values - lives.shift(steps).fillna(lives.transform("first"))).to_numpy()


def _flows(watched: Watched, life: Life, steps: np.ndarray, year: int) -> np.ndarray:
    """(S, 2) GDP share of former members lost, and newcomers per member, within the past year."""
    held, gdp = watched.serial[life.run] == life.serial, watched.gdp[life.run]
    found = np.zeros((len(steps), 2))
    for row, step in enumerate(steps):
        before = held[max(step - year, life.start)]
        found[row] = lost(before, held[step], gdp[step]), (held[step] & ~before).sum() / max(held[step].sum(), 1)
    return found


def breaking(rows: pd.DataFrame, lives: Sequence[Life], horizon: int, last: int) -> np.ndarray:
    """(M,) 1 where the coalition breaks within ``horizon`` steps, 0 where it does not, NaN where the run ends before."""
    told = [ahead(lives[life], step, horizon) for life, step in zip(rows["life"], rows["step"], strict=True)]
    return np.where(np.array(told, bool), 1.0, np.where(rows["step"] + horizon <= last, 0.0, np.nan))


def before_break(rows: pd.DataFrame, lives: Sequence[Life], steps: int) -> np.ndarray:
    """(M,) whether a row is ``steps`` before the next break of its coalition."""
    return np.array([
        next((b for b in lives[life].breaks if b > step), -1) == step + steps
        for life, step in zip(rows["life"], rows["step"], strict=True)
    ], bool)  # fmt: skip


def early(
    rows: pd.DataFrame, calm: np.ndarray, cases: Sequence[np.ndarray], signal: Signal, drawn: np.ndarray
) -> np.ndarray:
    """(B, H) area reached, h = 1 to H steps before a break, by how far a signal has moved since H + 1 steps before it, against as
    long a time in calm coalitions.

    ``calm`` and each of ``cases`` (M,) mark rows; only coalitions of like size and age are compared. Which way the measure moves
    is learnt in the even runs for the odd ones, and the other way round, from the step before the break.
    """
    run, alike, found = rows["run"].to_numpy(), like(rows), np.full((len(drawn), len(cases)), np.nan)
    last = moved(rows, signal, len(cases))
    for h, case in enumerate(cases):
        value, folds = moved(rows, signal, len(cases) - h), []
        for fold in (0, 1):
            kept, learnt = (case | calm) & (run % 2 == fold), (cases[0] | calm) & (run % 2 != fold)
            if not case[kept].any() or not calm[kept].any() or not cases[0][learnt].any():
                return found
            sign = 1.0 if auc(last[learnt], cases[0][learnt]) >= 0.5 else -1.0
            folds.append(resampled(sign * value[kept], case[kept], run[kept], drawn, alike[kept]))
        found[:, h] = np.mean(folds, axis=0)
    return found


def like(rows: pd.DataFrame) -> np.ndarray:
    """(M,) the stratum of each row: its quarter by members and by age."""
    size, age = (
        np.searchsorted(np.quantile(rows[name], [0.25, 0.5, 0.75]), rows[name], side="right") for name in ("members", "age")
    )
    return 4 * size + age


def lead(areas: np.ndarray, signal: float) -> np.ndarray:
    """(B,) steps before a break from which on a measure tells with an area of at least ``signal``, without a gap to the break."""
    return np.cumprod(areas >= signal, axis=1).sum(axis=1).astype(float)


def direction(rows: pd.DataFrame, positive: np.ndarray, name: str) -> str:
    """Whether high or low values go before a break."""
    return "high" if fit(rows[[name]].to_numpy(), positive)[0] > 0 else "low"
