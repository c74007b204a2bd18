"""The address of the page: the state of a visit as one word of a query, so that reload, back and a copied link restore it."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from abm import files
from abm.scenario import Scenario
from analysis.page.changes import KINDS, MOST, Change

LIMIT = 65536  # bytes of a state
FORMAT = 1  # raised whenever a reader of the former one would go wrong; states of before have none, and are of the first
_FIELDS = {"scenario": (("name",), ("document",)), "seed": (("seed",), ()), "lever": (("name", "value"), ())}


@dataclass(frozen=True)
class State:
    """What an address holds: the scenario and seed that the visit began with, the changes since, the step of the run, the past
    step looked at (None at the present), and what stands ``open`` on the page.

    ``scenario`` is a Scenario, or the name of a shipped one.
    """

    scenario: Scenario | str
    seed: int
    changes: tuple[Change, ...] = ()
    step: int = 0
    look: int | None = None
    open: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The state as plain data."""
        own = self.scenario if isinstance(self.scenario, str) else [self.scenario.name, self.scenario.document()]
        changes = [[change.kind, change.step, change.what] for change in self.changes]
        shown = {"step": self.step, "look": self.look, "open": self.open}
        return {"format": FORMAT, "scenario": own, "seed": self.seed, "changes": changes} | shown


def query(state: State) -> str:
    """The query of an address that restores a state."""
    packed = zlib.compress(json.dumps(state.plain(), separators=(",", ":")).encode(), 9)
    return "?state=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(word: str) -> State:
    """The state of an address's query, also of one of the first kind, which held a scenario and a seed alone.

    Errors: ValueError in one sentence.
    """
    if not word.isascii():
        raise ValueError("link: is damaged; copy it whole")
    if len(word) > LIMIT:
        raise ValueError(f"link: is longer than {LIMIT // 1024} kB")
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), LIMIT)
        return of_plain(files.parse_json(unpacked.decode(), "link"), "link")
    except (binascii.Error, zlib.error, UnicodeDecodeError, files.FileError):
        raise ValueError("link: is damaged; copy it whole") from None


def of_plain(plain: Any, where: str) -> State:
    """A state of plain data from outside. Errors: ValueError in one sentence."""
    if isinstance(plain, list) and len(plain) == 3:
        return State(checked_scenario(plain[0], str(plain[1]), where), checked_seed(plain[2]))
    made = plain.get("format", FORMAT) if isinstance(plain, dict) else FORMAT
    if made != FORMAT:
        told = f"format {str(made)[:20]}, here {FORMAT}"
        raise ValueError(f"{where}: was made by another version of this project ({told}); open it with that version")
    try:
        own, look = plain["scenario"], plain["look"]
        changes = tuple(_change(*entry) for entry in plain["changes"])
        step = _whole(plain["step"])
        shown = {str(name): str(value)[:40] for name, value in plain["open"].items()}
        seed, look = plain["seed"], None if look is None else _whole(look)
        if len(changes) > MOST or not isinstance(own, str | list) or len(shown) > 12:
            raise ValueError
        name, document = own if isinstance(own, list) else (own, None)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError(f"{where}: is damaged; copy it whole") from None
    scenario = name if document is None else checked_scenario(document, str(name), where)
    return State(scenario, checked_seed(seed), changes, step, look, shown)


def _change(kind: Any, step: Any, what: Any) -> Change:
    needed, allowed = _FIELDS.get(kind, (("kind",), tuple(what)))
    if kind not in KINDS or not set(needed) <= set(what) <= {*needed, *allowed}:
        raise ValueError
    if kind == "seed":
        checked_seed(what["seed"])
    if kind == "scenario":
        what["name"] = str(what["name"])[:60]
        if "document" in what:
            checked_scenario(what["document"], what["name"], "link")
    return Change(kind, what, _whole(step))


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise ValueError
    return number


def checked_scenario(document: Any, name: str, where: str) -> Scenario:
    """A scenario from outside. Errors: ValueError in one sentence for each problem."""
    if not isinstance(document, dict):
        raise ValueError(f"{where}: holds no scenario")
    if "extends" in document:
        raise ValueError(f"{where}: extends: a file given to the page must be whole")
    return Scenario.parse(document, name[:60], where)


def checked_seed(seed: Any) -> int:
    """A seed from outside; ValueError when it is none."""
    try:
        number = int(seed)
    except (TypeError, ValueError):
        raise ValueError(f"seed: found {str(seed)[:20]!r}; allowed is a whole number") from None
    if not 0 <= number < 2**53:
        raise ValueError(f"seed: found {number}; allowed is 0 to 2^53 - 1")
    return number
