"""Churn: how fast nations enter coalitions, leave them, and come back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abm.dates import in_year
from analysis.networks.panel import Panel
from analysis.networks.resampling import rate


def churn(panel: Panel) -> pd.DataFrame:
    """A row per year: entries per year outside, exits and moves between coalitions per year of membership, with intervals over
    runs; ``returns``: the share of entries by former members; and a last row for all years."""
    year = in_year(panel.date(np.arange(panel.last))).astype(int)  # of the step's first day
    rows = [(str(one), *_rates(panel, year == one)) for one in np.unique(year)]
    rows.append(("all", *_rates(panel, year > 0)))
    names = [f"{what}{end}" for what in ("entry", "exit", "move", "returns") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["year", *names])


def events(panel: Panel) -> dict[str, np.ndarray]:
    """(R, T) counts by what happened from one step to the next, and how many nations could have: ``outside``, ``members``."""
    was, now = panel.inside[:, :-1], panel.inside[:, 1:]
    left = was & (panel.serial[:, 1:] != panel.serial[:, :-1])
    before = np.cumsum(left, axis=1)  # exits that a nation has made so far
    entered = now & ~was
    found = {
        "entry": entered, "exit": left & ~now, "move": left & now, "return": entered & (before > 0),
        "outside": ~was, "members": was,
    }  # fmt: skip
    return {name: happened.sum(axis=2) for name, happened in found.items()}


def _rates(panel: Panel, steps: np.ndarray) -> tuple[float, ...]:
    total = {name: count[:, steps].sum(axis=1) for name, count in events(panel).items()}
    outside, members = panel.dt * total["outside"], panel.dt * total["members"]
    found = [rate(total["entry"], outside), rate(total["exit"], members), rate(total["move"], members)]
    found.append(rate(total["return"], total["entry"]))
    return tuple(float(number) for estimate in found for number in estimate)
