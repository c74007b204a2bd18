"""What the sentences that refuse something have in common: how they quote what was found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

MOST_NAMES = 12  # that a sentence lists
MEASURES = "abm/ODD.md lists them"  # where a name is none of a measure


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


def on_command_line(error: Exception) -> str:
    """What an error says to who typed a command."""
    return error.typed if isinstance(error, ArgumentError) else str(error)


def nearest(word: Any, known: Iterable[str], instead: str = "") -> str:
    """What a sentence about an unknown name ends with: the nearest one that is known, or else ``instead``, or what is known.

    >>> nearest("basline", ["baseline", "portable"])
    'did you mean baseline?'
    >>> nearest("x", ["baseline", "portable"])
    'known are baseline, portable'
    """
    names = [str(name) for name in known]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return meant(word, names) or instead or f"known are {', '.join(names[:MOST_NAMES])}{more}"


def meant(word: Any, known: Iterable[str]) -> str:
    """The name that was probably meant, as a question; nothing where none is near.

    >>> meant("basline", ["baseline", "portable"]), meant("x", ["baseline"])
    ('did you mean baseline?', '')
    """
    near = difflib.get_close_matches(str(word), list(known), 1)
    return f"did you mean {near[0]}?" if near else ""


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
