"""What the sentences that refuse something have in common: how they quote what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ArgumentError(ValueError):
    """An argument that cannot be taken: its name, what was given (None where that is not the matter), and why not.

    >>> error = ArgumentError("last", 2024, "must lie after 2025")
    >>> str(error)
    'last=2024: must lie after 2025'
    >>> error.typed  # as who typed it on the command line reads it
    '--last 2024: must lie after 2025'
    """

    def __init__(self, name: str, given: Any, why: str):
        super().__init__(name, given, why)
        self.name, self.why = name, why
        self.given = "" if given is None else f"{given:g}" if isinstance(given, float) else str(given)

    def __str__(self) -> str:
        return f"{self.name}={self.given}: {self.why}" if self.given else f"{self.name}: {self.why}"

    @property
    def typed(self) -> str:
        """The sentence for the command line, where the argument is an option."""
        return f"--{self.name} {self.given}: {self.why}" if self.given else f"--{self.name}: {self.why}"


def typed(error: Exception) -> str:
    """What an error says to who typed a command."""
    return error.typed if isinstance(error, ArgumentError) else str(error)


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
