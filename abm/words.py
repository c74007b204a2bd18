"""What the sentences that refuse something have in common: how they quote what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def shown(value: Any, most: int = 80) -> str:
    """A value as Python writes it, cut to what a sentence holds.

    >>> shown("x" * 100, 12)
    "'xxxxxxx ..."
    """
    text = repr(value)
    return text if len(text) < most else f"{text[: most - 4]} ..."


def repeated(words: Sequence[str]) -> list[str]:
    """Those that stand in a list more than once, each once.

    >>> repeated(["FRA", "DEU", "FRA"])
    ['FRA']
    """
    return [word for word in dict.fromkeys(words) if words.count(word) > 1]
