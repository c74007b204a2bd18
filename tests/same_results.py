"""Sources that leave the same results: ``python -m tests.same_results`` keeps ``docs/results.toml``.

The file holds a digest of what runs leave and the hashes of the sources that have left just that. With an unchanged digest the
command adds today's sources, so that what older ones made stays valid; with another it starts anew, and all that was made from
runs has to be made again.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from abm.provenance import results_hash
from abm.scenario import Scenario
from runs import library
from runs.ensemble import simulate

FILE = Path(__file__).parent.parent / "docs" / "results.toml"
SEEDS = np.arange(20)
HEAD = "# Written by `python -m tests.same_results`, which alone may: it runs every scenario and compares byte for byte.\n"


def digest(scenarios: Iterable[Scenario] | None = None) -> str:
    """Hex digest of all that a few runs of every scenario of the package leave: measures and choices of every step."""
    total = hashlib.sha256()
    for scenario in scenarios or map(library.scenario, library.names()):
        left = simulate(scenario.world(), scenario.content.steps, SEEDS, series=True, choices=True)
        for part in (left.status, left.series, left.sources, left.serials):
            total.update(np.ascontiguousarray(part).tobytes())
    return total.hexdigest()


def equal(file: Path = FILE) -> set[str]:
    """Today's sources, and those on file that left the same results as today's."""
    today = results_hash()
    kept = tomllib.loads(file.read_text("utf-8"))["sources"] if file.exists() else []
    return {today, *kept} if today in kept else {today}


def keep(found: str, file: Path = FILE) -> bool:
    """Put today's sources on file with the digest ``found``; whether the results are those of the sources there."""
    today, kept = results_hash(), tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    same = kept.get("digest") == found
    sources = list(dict.fromkeys([*kept["sources"], today])) if same else [today]
    lines = "".join(f'  "{each}",\n' for each in sources)
    file.write_text(f'{HEAD}digest = "{found}"\nsources = [\n{lines}]\n', "utf-8")
    return same


if __name__ == "__main__":
    moved = not keep(digest())
    print("the results are new: make again all that tests/test_provenance.py names" if moved else "the same results as before")
