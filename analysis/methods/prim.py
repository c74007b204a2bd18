"""The box of conditions under which an outcome fails, found by PRIM and tested on runs that it has not seen.

Sources: [FriedmanFisher1999] for PRIM; [BryantLempert2010] for coverage, density and the resampling test.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.methods import statistics
from analysis.methods.statistics import Estimate

MOST = 4  # dimensions of a box; more cannot be understood
PEEL, PASTE, MASS = 0.05, 0.05, 0.05  # shares peeled and pasted at a time; least share of cases in a box
RESAMPLES = 10


@dataclass(frozen=True)
class Box:
    """``limits``: a row per restricted factor (index) with ``low``, ``high``, ``quasi_p`` and ``kept``, the share of resamples in
    which it is restricted too. ``density`` and ``coverage`` are of the cases that the search has not seen.
    """

    limits: pd.DataFrame = field(default_factory=pd.DataFrame)
    density: Estimate = field(default_factory=lambda: Estimate(float("nan")))
    coverage: Estimate = field(default_factory=lambda: Estimate(float("nan")))

    def holds(self, cases: pd.DataFrame) -> np.ndarray:
        """(P,) which cases lie in the box."""
        inside = np.ones(len(cases), bool)
        for name, row in self.limits.iterrows():
            inside &= cases[str(name)].between(row["low"], row["high"]).to_numpy()
        return inside


def discover(cases: pd.DataFrame, failed: np.ndarray, seed: int = 0) -> Box:
    """The box found in every other case and tested on the rest; no limits where too few or too many fail to search."""
    cases, seen = cases.astype(float), np.arange(len(cases)) % 2 == 0
    if not MASS <= failed[seen].mean() <= 1 - MASS:
        return Box()
    limits = find(cases[seen], failed[seen])
    if limits.empty:
        return Box()
    box = Box(limits.assign(kept=_kept(limits, cases[seen], failed[seen], seed)))
    inside, fails = box.holds(cases[~seen]), failed[~seen]
    return Box(box.limits, statistics.share(fails[inside]), statistics.share(inside[fails]))


def find(cases: pd.DataFrame, failed: np.ndarray) -> pd.DataFrame:
    """Limits of a box of at most four dimensions.

    A search over all factors names the four that it loses most without; a search over those gives the box with the largest
    harmonic mean of coverage and density.
    """
    first = _peeled(cases, failed) if failed.any() and not failed.all() else None
    if first is None:
        return pd.DataFrame()
    named = _named(first, _best(first), cases, failed)
    box = _peeled(cases[named], failed) if named else None
    return pd.DataFrame() if box is None else _limits(box, _best(box))


def _best(box) -> int:
    """Place on the trajectory with the largest harmonic mean of coverage and density."""
    path = box.peeling_trajectory
    return int((path["coverage"] * path["density"] / (path["coverage"] + path["density"])).idxmax())


def _named(box, index: int, cases: pd.DataFrame, failed: np.ndarray) -> list[str]:
    """The four restricted factors without which the box would be least dense, in the order of the cases."""
    limits = _limits(box, index)
    loss = {name: -failed[Box(limits.drop(index=name)).holds(cases)].mean() for name in limits.index}
    kept = sorted(loss, key=lambda name: loss[name], reverse=True)[:MOST]
    return [str(name) for name in cases if name in kept]


def _limits(box, index: int) -> pd.DataFrame:
    """A row per factor that is restricted at a place of the trajectory."""
    limits, whole = box.box_lims[index], box.box_lims[0]
    moved = [name for name in limits.columns if not limits[name].equals(whole[name])]
    rows = [(*_open(limits[name], whole[name]), _quasi_p(box, index, name)) for name in moved]
    return pd.DataFrame(rows, columns=["low", "high", "quasi_p"], index=pd.Index(moved, name="factor"))


def _open(limits: pd.Series, whole: pd.Series) -> tuple[float, float]:
    """A factor's limits, without end on a side that nothing was peeled from."""
    low, high = limits
    return (-np.inf if low <= whole.iloc[0] else low), (np.inf if high >= whole.iloc[1] else high)


def _peeled(cases: pd.DataFrame, failed: np.ndarray):
    """PRIM's box with its trajectory, or None where it finds none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        logging.getLogger("EMA").setLevel(logging.ERROR)
        search = prim.Prim(
            cases.reset_index(drop=True),
            np.asarray(failed, bool),
            threshold=1e-9,
            peel_alpha=PEEL,
            paste_alpha=PASTE,
            mass_min=MASS,
        )
        return search.find_box()


def _quasi_p(box, index: int, name: str) -> float:
    """Largest of the dimension's quasi-p-values: how likely the box would be as dense without it, by chance."""
    values = [value for value in np.atleast_1d(box.qp[index].get(name, [np.nan])) if value >= 0]
    return float(max(values)) if values else float("nan")


def _kept(limits: pd.DataFrame, cases: pd.DataFrame, failed: np.ndarray, seed: int) -> list[float]:
    """Share of boxes, found in random halves of the cases, that restrict each of the factors as well."""
    random, found = np.random.default_rng(seed), []
    for _ in range(RESAMPLES):
        half = random.choice(len(cases), len(cases) // 2, replace=False)
        found.append(set(find(cases.iloc[half], failed[half]).index))
    return [float(np.mean([name in names for names in found])) for name in limits.index]
