"""Sensitivity indices of a sweep: Sobol's from Saltelli's design, Morris' elementary effects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.methods import sensitivity
from analysis.reading.sweep import Sweep
from runs import designs

RESAMPLES, SEED = 200, 1  # SALib takes 0 for no seed


def indices(sweep: Sweep, outcome: str) -> pd.DataFrame:
    """A row per factor. Saltelli's design: ``first`` and ``total`` with the half-width of their 95 % intervals (``first_half``,
    ``total_half``); Morris': ``mu_star`` with ``mu_star_half``, ``mu`` and ``sigma``, in the outcome's unit per whole range.

    Blocks or trajectories with a point at which no run finished are left out. Empty when the outcome does not vary.
    """
    return METHODS[sweep.method](sweep, outcome)


def size(sweep: Sweep) -> int:
    """Points of a block (Saltelli's) or a trajectory (Morris'), which stand or fall together."""
    factors = len(sweep.factors)
    if sweep.method == "morris":
        return factors + 1
    return 2 * factors + 2 if sweep.result.plan.design.get("second_order") else factors + 2


def whole(sweep: Sweep, outcome: str) -> np.ndarray:
    """(P,) whether a point is in a block in which every point has a finished run."""
    known = sweep.table[outcome].notna().to_numpy().reshape(-1, size(sweep))
    return np.repeat(known.all(axis=1), size(sweep))


def sobol(sweep: Sweep, outcome: str) -> pd.DataFrame:
    """Sobol's indices. Source: [Saltelli2010]."""
    values = sweep.table[outcome].to_numpy()[whole(sweep, outcome)]
    if not _varies(values):
        return pd.DataFrame()
    second = bool(sweep.result.plan.design.get("second_order"))
    found = sensitivity.sobol_indices(_names(sweep), values, second, RESAMPLES, SEED)
    return found.sort_values("total", ascending=False, kind="stable")


def morris(sweep: Sweep, outcome: str) -> pd.DataFrame:
    """Elementary effects. Source: [Morris1991]."""
    kept = whole(sweep, outcome)
    values = sweep.table[outcome].to_numpy()[kept]
    if not _varies(values):
        return pd.DataFrame()
    levels = sweep.result.plan.design["levels"]
    found = sensitivity.elementary_effects(_names(sweep), shares(sweep)[kept], values, levels, RESAMPLES, SEED)
    return found.sort_values("mu_star", ascending=False, kind="stable")


def shares(sweep: Sweep) -> np.ndarray:
    """(P, F) where on its range each factor lies, as Morris' design drew it. Errors: ValueError where that is not this design."""
    from SALib.sample import morris as salib

    design = sweep.result.plan.design
    drawn = salib.sample(designs.problem(_names(sweep)), design["trajectories"], num_levels=design["levels"], seed=design["seed"])
    if drawn.shape != sweep.points.shape or ((np.diff(drawn, axis=0) == 0) & (np.diff(sweep.points, axis=0) != 0)).any():
        raise ValueError(f"{sweep.result.directory}: its Morris design was drawn by another version of SALib; run it again")
    return drawn


METHODS: dict[str, Callable[[Sweep, str], pd.DataFrame]] = {"saltelli": sobol, "morris": morris}


def _varies(values: np.ndarray) -> bool:
    return len(values) > 1 and float(np.ptp(values)) > 1e-12


def _names(sweep: Sweep) -> list[str]:
    return [factor.name for factor in sweep.factors]
