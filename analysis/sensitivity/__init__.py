"""Sensitivity of a scenario to all its parameters: each alone along its range, Morris' screening, Sobol's indices.

:func:`analysis.sensitivity.study.study` does the runs; :mod:`analysis.sensitivity.words` says what they found;
:mod:`analysis.sensitivity.report` writes the report. :func:`bullets` reads the shipped report's three most important assumptions,
:func:`caveat` how firm their order is.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

SHIPPED = Path(__file__).parent.parent.parent / "docs" / "sensitivity"


def bullets(folder: Path = SHIPPED) -> list[str]:
    """The three assumptions that matter most as lines of Markdown with their total indices, from a report's tables."""
    from analysis.sensitivity.words import foremost, sentence

    return [f"{index}. {sentence(row)}" for index, row in enumerate(foremost(pd.read_csv(folder / "parameters.csv")), 1)]


def caveat(folder: Path = SHIPPED) -> str:
    """Whether the same three come first with more parameters varied, in a sentence or two; "" where that was not asked."""
    from analysis.sensitivity.words import wider

    return " ".join(wider(pd.read_csv(folder / "parameters.csv"), pd.read_csv(folder / "wider.csv")))
