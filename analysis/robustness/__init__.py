"""Which of the three headline results survive other numbers and other structures: a coalition forms, who is in it, its worth.

:mod:`analysis.robustness.structures` declares the structural alternatives, :mod:`analysis.robustness.headlines` the results and
when one holds, :func:`analysis.robustness.study.study` does the runs, :mod:`analysis.robustness.report` writes the report.
:func:`lines` is the README's part of it, from the shipped report's table.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

SHIPPED = Path(__file__).parent.parent.parent / "docs" / "robustness"


def lines(folder: Path = SHIPPED) -> list[str]:
    """The summary as lines of Markdown, from the table of a report."""
    from analysis.robustness.report import summary

    return summary(pd.read_csv(folder / "arms.csv", keep_default_na=False, na_values=["nan"]))
