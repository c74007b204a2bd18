"""Calibration: the uncertain parameters fitted to the patterns of the record, and the sample that is left of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

POSTERIOR = Path(__file__).parent / "posterior.csv"


def posterior() -> pd.DataFrame:
    """(D, parameters) the shipped posterior sample, nearest points first; ``calibration.md`` in `docs` says how it was made."""
    return pd.read_csv(POSTERIOR, comment="#")
