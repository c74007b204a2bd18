"""What the page says of the model: its limits, and the patterns of the record that it meets and misses."""

from __future__ import annotations

from typing import Any

from analysis.patterns import compare
from analysis.reports.assumptions import LIMITS

REPLICATES = 100


def about() -> dict[str, Any]:
    """``limits``, and ``patterns`` as `abm patterns` finds them with its own defaults: a few seconds of computing.

    A pattern has name, what the record ``says`` and its range, the model's median with 10 to 90 %, unit, source and verdict.
    """
    table = compare(replicates=REPLICATES)
    return {
        "limits": list(LIMITS),
        "replicates": REPLICATES,
        "patterns": [
            {
                "name": row.pattern, "says": row.record, "record": [row.record_low, row.record_high],
                "model": [row.model, row.model_low, row.model_high], "unit": row.unit, "source": row.source,
                "met": bool(row.agrees),
            }
            for row in table.itertuples()
        ],
    }
