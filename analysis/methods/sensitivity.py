"""Which of many factors moves a response: Morris screening and Sobol indices by SALib, over shares (0 to 1) of their ranges.

Sources: [Morris1991], [Campolongo2007] for mu*; [Saltelli2010] for the indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis.methods.statistics import LEVEL
from runs import designs
from runs.axes import Axis
from runs.factor import Factor

Response = Callable[[np.ndarray], np.ndarray]  # (P, F) shares of the axes -> (P,) responses


def screen(names: Sequence[str], response: Response, trajectories: int, seed: int = 0) -> pd.DataFrame:
    """A row per factor, the strongest first: ``mu_star``, mean size of its elementary effects, with interval; their ``sigma``;
    ``mu``, their mean with sign."""
    options = {"trajectories": trajectories, "levels": 4, "seed": seed}
    shares = designs.points("morris", _axes(names), options)
    table = elementary_effects(names, shares, response(shares), 4, 500, seed)
    half = table.pop("mu_star_half")
    table["low"], table["high"] = np.maximum(0, table["mu_star"] - half), table["mu_star"] + half
    return table.sort_values("mu_star", ascending=False, kind="stable").reset_index()


def elementary_effects(
    names: Sequence[str], shares: np.ndarray, values: np.ndarray, levels: int, resamples: int, seed: int
) -> pd.DataFrame:
    """A row per factor of Morris' design: ``mu_star`` with half its interval's width (``mu_star_half``), ``sigma``, ``mu``."""
    from SALib.analyze import morris

    found = morris.analyze(
        designs.problem(names), shares, values, conf_level=LEVEL, num_resamples=resamples, num_levels=levels, seed=seed
    )
    keys = {"mu_star": "mu_star", "mu_star_half": "mu_star_conf", "sigma": "sigma", "mu": "mu"}
    return _table(names, {name: np.asarray(found[key], float) for name, key in keys.items()})


def indices(names: Sequence[str], response: Response, samples: int, seed: int = 0) -> pd.DataFrame:
    """A row per factor: first and total Sobol indices with bootstrap intervals, and both from half of the samples; nought all
    along where the response does not vary."""
    options = {"samples": samples, "seed": seed, "second_order": False}
    values = response(designs.points("saltelli", _axes(names), options))
    found, part = (_or_nought(names, some, seed) for some in (values, values[: len(values) // 2]))
    table = pd.DataFrame(index=found.index)
    for name in ("first", "total"):
        half = found[f"{name}_half"]
        table = table.assign(**{name: found[name], f"{name}_low": found[name] - half, f"{name}_high": found[name] + half})
    return table.assign(first_half=part["first"], total_half=part["total"]).reset_index()


def _or_nought(names: Sequence[str], values: np.ndarray, seed: int) -> pd.DataFrame:
    if np.ptp(values) == 0:
        return _table(names, dict.fromkeys(("first", "first_half", "total", "total_half"), np.zeros(len(names))))
    return sobol_indices(names, values, False, 300, seed + 1)  # SALib takes 0 for none


def sobol_indices(names: Sequence[str], values: np.ndarray, second_order: bool, resamples: int, seed: int) -> pd.DataFrame:
    """A row per factor of Saltelli's design: ``first`` and ``total`` index, each with the half-width of its interval
    (``first_half``, ``total_half``)."""
    from SALib.analyze import sobol

    found = sobol.analyze(
        designs.problem(names), values, second_order, num_resamples=resamples, conf_level=LEVEL, seed=seed
    )
    keys = {"first": "S1", "first_half": "S1_conf", "total": "ST", "total_half": "ST_conf"}
    return _table(names, {name: found[key] for name, key in keys.items()})


def _table(names: Sequence[str], columns: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(list(names), name="factor"))


def _axes(names: Sequence[str]) -> list[Axis]:
    return [Axis(Factor(name)) for name in names]
