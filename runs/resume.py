"""Going on with a result directory: whether it holds the same plan, and what of it still has to be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm.provenance import provenance
from runs.plan import Plan
from runs.store import Store, StoreError

#: Told of what a person should know, in one sentence.
Notice = Callable[[str], None]


def check_same(plan: Plan, manifest: dict[str, Any], directory: Path) -> None:
    """StoreError with what differs, unless a directory was begun with the same plan, sources and packages."""
    there, here = dict(manifest["plan"]), plan.document()
    there["chunk"] = here["chunk"]
    changed = [_change(key, there.get(key), here[key]) for key in here if there.get(key) != here[key]]
    if changed:
        raise StoreError(f"{directory}: holds another run: {'; '.join(changed)}; take another --out, or --force to overwrite it")
    _check_origin(manifest["provenance"], provenance(), directory)


def _check_origin(there: dict[str, Any], here: dict[str, Any], directory: Path) -> None:
    again = "take another --out, or --force to begin anew"
    if there["sources"] != here["sources"]:
        raise StoreError(f"{directory}: was begun with other sources of the model; {again}")
    packages = there["packages"]
    changed = [f"{name} {packages.get(name)}" for name, version in here["packages"].items() if packages.get(name) != version]
    if there["machine"] != here["machine"]:
        changed.append(f"a processor of kind {there['machine']}")
    if changed:
        raise StoreError(f"{directory}: was begun with {', '.join(changed)}, so that runs could differ in a digit; {again}")


def _change(key: str, there: Any, here: Any) -> str:
    if isinstance(there, int) and isinstance(here, int):
        return f"{key} was {there}, now {here}"
    if isinstance(there, dict) and isinstance(here, dict):
        inner = [name for name in {**there, **here} if there.get(name) != here.get(name)]
        return f"{key} differs in {', '.join(inner)}"
    return f"{key} differs" if key not in ("factors", "tables", "points") else f"{key} differ"


def still_to_do(plan: Plan, store: Store, notice: Notice, retry_failed: bool) -> list[int]:
    """The chunks still to be done, after everything that is not whole was removed."""
    store.tidy()
    strangers = store.strangers()
    if strangers:
        raise StoreError(f"{strangers[0]}: is no file of a sweep; move it away, since a reader would count its rows")
    for path in store.damaged(plan.tables):
        notice(f"{path}: is damaged; its chunk is done again")
        path.unlink()
    files = {table: store.chunks(table) for table in plan.tables}
    standing = set.intersection(*({chunk for chunk, _ in found} for found in files.values()))
    if retry_failed:
        standing -= {chunk for chunk, path in files["runs"] if chunk in standing and failed_runs(path)}
    for table, found in files.items():
        store.discard(table, [(chunk, path) for chunk, path in found if chunk not in standing])
    return [chunk for chunk in range(plan.chunks) if chunk not in standing]


def failed_runs(path: Path) -> int:
    return pq.read_table(path, columns=["status"])["status"].to_pylist().count("failed")
