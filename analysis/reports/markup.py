"""Pieces of the report's page, with every text in them escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def cell(text: str, kind: str = "") -> str:
    """A cell of a table; ``kind`` is its class."""
    return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a heading per column; each row is made of :func:`cell`."""
    top = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'
