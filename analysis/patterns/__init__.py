"""Patterns of the record beside the model's values: pattern-oriented modelling [Grimm2005].

:data:`analysis.patterns.table.PATTERNS` says what the record shows and within which range; :mod:`analysis.patterns.measured`
how the model's value is taken from its runs; :func:`compare` puts both side by side.
"""

from collections.abc import Iterator

import pandas as pd

from analysis.patterns.compared import compare
from analysis.patterns.table import PATTERNS, Pattern, weights

__all__ = ["PATTERNS", "Pattern", "compare", "lines", "weights"]


def lines(table: pd.DataFrame) -> Iterator[str]:
    """The table of :func:`compare` for a terminal, a line a pattern."""
    for row, defined in zip(table.itertuples(), table["defined"].tolist()):
        verdict = "met   " if row.agrees else "missed"
        band = f"{row.model:.3g} [{row.model_low:.3g} to {row.model_high:.3g}]"
        record = f"record {row.record_low:g} to {row.record_high:g}"
        part = f", defined in {defined:.0%} of runs" if defined < 1 else ""
        yield f"{verdict} {row.pattern:<28} {record}, model {band} {row.unit}{part} [{row.source}]"
