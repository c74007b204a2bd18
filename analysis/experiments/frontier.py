"""A frontier between two things that are both better the more there is of them, and what each lever does to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from abm import palette, parameters
from analysis.experiments.inquiry import rows
from analysis.figures import style
from analysis.methods.statistics import finished_means, interval


def efficient(scores: np.ndarray) -> np.ndarray:
    """(P,) whether none of the (2, P) scores is at least as good in both and better in one; NaN is never efficient."""
    known = np.isfinite(scores).all(axis=0)
    a, b = scores[:, :, None], scores[:, None, :]
    with np.errstate(invalid="ignore"):
        beaten = ((b >= a).all(axis=0) & (b > a).any(axis=0) & known[None, :]).any(axis=1)
    return known & ~beaten


def effects(rules: pd.DataFrame, levels: Mapping[str, Sequence[float]], scores: np.ndarray, drawn: np.ndarray) -> pd.DataFrame:
    """A row per rule and value: change in both scores against the rule's first value, mean over all the other rules."""
    rows = []
    for name, values in levels.items():
        base = (rules[name] == values[0]).to_numpy()
        for value in values[1:]:
            here = (rules[name] == value).to_numpy()
            words = [_shown(name, number) for number in (value, values[0])]
            rows.append((name, *words, *_change(scores, drawn, here, base)))
    ends = [f"{key}{end}" for key in ("launch", "together") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["rule", "level", "base", *ends])


def _change(scores: np.ndarray, drawn: np.ndarray, here: np.ndarray, base: np.ndarray) -> list[float]:
    found: list[float] = []
    for index in (0, 1):
        difference = _mean(drawn[:, index], here) - _mean(drawn[:, index], base)
        low, high = interval(difference[:, None])
        whole = _mean(scores[index][None], here) - _mean(scores[index][None], base)
        found += [float(whole[0]), float(low[0]), float(high[0])]
    return found


def _mean(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(B,) mean over the chosen points of (B, P') values; points beyond ``chosen`` are not rules of the grid."""
    return finished_means(values[:, : len(chosen)][:, chosen])


def _shown(name: str, number: float) -> str:
    return parameters.BY_NAME[name].show(number)


def unit_of(rule: str) -> str:
    """The unit of a rule's values, to be put behind them; "" where they are names."""
    parameter = parameters.lookup(rule)
    return "" if parameter.choices else f" ({parameter.unit})"


def draw(axes: Axes, table: pd.DataFrame) -> None:
    """All combinations, the efficient ones with intervals, the scenario's own ringed."""
    grid, own = table[~table["own"]], table[table["own"]]
    best = grid[grid["efficient"]].sort_values("launch")
    axes.plot(grid["launch"], grid["together"], ".", color="#B0B0B0", markersize=4)
    axes.hlines(best["together"], best["launch_low"], best["launch_high"], color=palette.GREEN, linewidth=0.9)
    axes.vlines(best["launch"], best["together_low"], best["together_high"], color=palette.GREEN, linewidth=0.9)
    axes.plot(best["launch"], best["together"], color=palette.GREEN, marker="o", markersize=4, linewidth=1.2, label="efficient")
    axes.plot(
        own["launch"],
        own["together"],
        marker="o",
        markersize=9,
        markerfacecolor="none",
        color=palette.VERMILLION,
        linestyle="none",
        label="scenario's own rules",
    )


def draw_effects(axes: Axes, found: pd.DataFrame, level: float) -> None:
    """Effects on both scores, a row per rule and value [percentage points]."""
    lines = np.arange(len(found))[::-1]
    for key, colour, label, shift in (
        ("launch", palette.BLUE, "getting started", 0.13),
        ("together", palette.ORANGE, "staying together", -0.13),
    ):
        part = 100 * found[[key, f"{key}_low", f"{key}_high"]]
        axes.hlines(lines + shift, part.iloc[:, 1], part.iloc[:, 2], color=colour, linewidth=1.4)
        axes.plot(part.iloc[:, 0], lines + shift, "o", color=colour, markersize=4, label=label)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.set_yticks(lines, [f"{row.rule.replace('_', ' ')}: {row.base} → {row.level}{unit_of(row.rule)}" for row in rows(found)])
    axes.set_xlabel("change (percentage points)")
