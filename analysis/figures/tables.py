"""Numbers and tables as text, for pages of Markdown."""

from __future__ import annotations

import pandas as pd


def number(value) -> str:
    """A number to three figures; an empty string where it is not defined."""
    if isinstance(value, str) or value is None:
        return value or ""
    if value != value:
        return "–"
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.5g}" if abs(value) >= 1000 else f"{value:.3g}"


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    head = f"| {' | '.join(map(str, table.columns))} |\n|{' --- |' * len(table.columns)}\n"
    return head + "\n".join(f"| {' | '.join(number(value) for value in row)} |" for row in table.itertuples(index=False))
