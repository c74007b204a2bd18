"""Which of many factors moves a response: Morris screening and Sobol indices by SALib, over shares (0 to 1) of their ranges.

Sources: [Morris1991], [Campolongo2007] for mu*; [Saltelli2010] for the indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.methods.statistics import LEVEL
from runs import designs
from runs.axes import Axis

Response = Callable[[np.ndarray], np.ndarray]  # (P, F) shares of the axes -> (P,) responses


def screen(names: Sequence[str], response: Response, trajectories: int, seed: int = 0) -> pd.DataFrame:
    """A row per factor, the strongest first: ``mu_star``, mean size of its elementary effects, with interval; their ``sigma``;
    ``mu``, their mean with sign."""
    from SALib.analyze import morris

    options = {"trajectories": trajectories, "levels": 4, "seed": seed}
    shares = designs.points("morris", _axes(names), options)
    found = morris.analyze(
        _problem(names), shares, response(shares), conf_level=LEVEL, num_resamples=500, num_levels=4, seed=seed
    )
    table = pd.DataFrame({"factor": list(names)} | {key: np.asarray(found[key], float) for key in ("mu_star", "sigma", "mu")})
    half = np.asarray(found["mu_star_conf"], float)
    table["low"], table["high"] = np.maximum(0, table["mu_star"] - half), table["mu_star"] + half
    return table.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)


def indices(names: Sequence[str], response: Response, samples: int, seed: int = 0) -> pd.DataFrame:
    """A row per factor: first and total Sobol indices with bootstrap intervals, and both from half of the samples."""
    options = {"samples": samples, "seed": seed, "second_order": False}
    shares = designs.points("saltelli", _axes(names), options)
    values = response(shares)
    table = _sobol(names, values, seed)
    half = _sobol(names, values[: len(values) // 2], seed)
    return table.assign(first_half=half["first"], total_half=half["total"])


def _sobol(names: Sequence[str], values: np.ndarray, seed: int) -> pd.DataFrame:
    """Indices of responses to Saltelli's design; nought all along where the response does not vary."""
    from SALib.analyze import sobol

    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    if np.ptp(values) == 0:
        return pd.DataFrame({"factor": list(names)} | dict.fromkeys(columns, 0.0))
    found = sobol.analyze(
        _problem(names), values, False, num_resamples=300, conf_level=LEVEL, seed=seed + 1
    )  # SALib takes 0 for none
    parts = {"factor": list(names)}
    for name, key in (("first", "S1"), ("total", "ST")):
        parts |= {
            name: found[key],
            f"{name}_low": found[key] - found[f"{key}_conf"],
            f"{name}_high": found[key] + found[f"{key}_conf"],
        }
    return pd.DataFrame(parts)


def _axes(names: Sequence[str]) -> list[Axis]:
    from runs.factor import Factor

    return [Axis(Factor(name)) for name in names]


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
