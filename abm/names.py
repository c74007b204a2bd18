"""The one name space of results: parameters, measures and fixed columns stand side by side, so no two may share a name.

Names are compared without regard to case, as databases and file systems may. Those of parameters and measures end in a
vendor's name, so a new vendor can give two meanings one name: :func:`clashes` finds that before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from abm import data, measures, options
from abm.parameters import PARAMETERS

#: Columns and coordinates that are neither parameter nor measure -> what they hold: of tables, then of a Mesa batch.
FIXED: dict[str, str] = {
    "run": "number of a run", "point": "design point", "replicate": "replicate of a point", "seed": "seed of a run",
    "status": "whether a run was done", "error": "why a run failed", "step": "step of a run", "time": "date of a step",
    "iso3": "code of a nation", "option": "what a nation has chosen", "coalition": "coalition of a nation",
    "source": "nation of a tie", "target": "other end of a tie", "kind": "kind of a tie", "start": "first date",
    "end": "last date", "steps": "number of steps", "step_years": "length of a step", "nations": "selection of nations",
    "RunId": "run of a batch", "iteration": "iteration of a batch", "AgentID": "agent of a batch", "scenario": "scenario",
    "rng": "seed of a model", "nation": "class of nations", "stands": "whether a coalition stands",
}
_VENDOR = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_COALITION = re.compile(r"[cC]\d+")  # as abm.temporal_network.coalition_name writes them


@lru_cache(maxsize=256)
def clashes(vendors: tuple[str, ...], codes: tuple[str, ...] = ()) -> dict[str, str]:
    """Vendor -> why it cannot have its name, a clause that says both meanings; nothing for the baseline's vendors alone.

    ``codes`` are nations beside those of the data, such as invented ones.
    """
    problems: dict[str, str] = {}
    for index, vendor in enumerate(vendors):
        if vendor in vendors[:index]:
            problems[vendor] = f"{vendor} would mean two vendors"
        elif not _VENDOR.fullmatch(vendor):
            problems[vendor] = "a vendor's name has at most 40 letters (A to Z), digits and _, no digit first"
        elif _COALITION.fullmatch(vendor):
            problems[vendor] = f"{vendor} would mean both a vendor and the coalition {vendor.upper()}"
    for space in (_targets(vendors, codes), _columns(vendors)):
        seen: dict[str, tuple[str, str]] = {}
        for name, meaning, owner in space:
            earlier, first = seen.setdefault(name.lower(), (name, meaning))
            if meaning != first:
                other = "" if name == earlier else f" (beside {earlier}: letter case makes no difference)"
                problems.setdefault(owner, f"{name} would mean both {first} and {meaning}{other}")
    return problems


def _targets(vendors: tuple[str, ...], codes: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """What a nation can choose or be tied to: (name, meaning, the vendor that has it)."""
    yield from ((option, f"the option {option}", "") for option in options.names(()))
    known = {str(code): str(name) for code, name in data.nations()["name"].items()}
    yield from ((code, f"the nation {known.get(code, code)}", "") for code in (*known, *codes))
    yield from ((vendor, f"the vendor {vendor}", vendor) for vendor in vendors)


def _columns(vendors: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Columns of results: (name, meaning, the vendor that brings it), first those that no vendor brings."""
    yield from ((name, f"the column {name} ({meaning})", "") for name, meaning in FIXED.items())
    declared = [(row, "parameter") for row in PARAMETERS] + [(row, "measure") for row in measures.MEASURES]
    for row, what in declared:
        if not row.per:
            yield row.name, f"the {what} {row.name}", ""
        elif row.per == "option":
            yield from ((f"{row.name}_{option}", f"the {what} {row.name} of {option}", "") for option in options.names(()))
    for vendor in vendors:
        for row, what in declared:
            if row.per:
                yield f"{row.name}_{vendor}", f"the {what} {row.name} of the vendor {vendor}", vendor
