"""Going on with a result directory: whether it holds the same plan, and what of it still has to be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm.provenance import provenance
from runs.integrity import chunk_files, examine
from runs.manifest import MANIFEST, DamagedManifest, File, StoreError, files_of, read_manifest
from runs.plan import Plan
from runs.store import Store

#: Told of what a person should know, in one sentence.
Notice = Callable[[str], None]


def check_same(plan: Plan, manifest: dict[str, Any], directory: Path) -> None:
    """StoreError with what differs, unless a directory was begun with the same plan, sources and packages."""
    there, here = dict(manifest["plan"]), plan.document()
    there["chunk"] = here["chunk"]
    changed = [_change(key, there.get(key), here[key]) for key in here if there.get(key) != here[key]]
    if changed:
        raise StoreError(f"{directory}: holds another run: {'; '.join(changed)}; take another directory, or overwrite it")
    _check_origin(manifest["provenance"], provenance(), directory)


def _check_origin(there: dict[str, Any], here: dict[str, Any], directory: Path) -> None:
    again = "take another directory, or overwrite it"
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


def begun(plan: Plan, store: Store, notice: Notice) -> dict[str, Any] | None:
    """The manifest of the same plan where one stands; StoreError where it is of another."""
    if not store.has_result():
        return None
    try:
        manifest = read_manifest(store.directory)
    except DamagedManifest:
        notice(f"{store.directory / MANIFEST}: is not as it was written; it is made again, and so is what is not whole")
        return None
    check_same(plan, manifest, store.directory)
    return manifest


def whole_files(plan: Plan, store: Store, before: dict[str, Any] | None, notice: Notice) -> dict[tuple[str, int], File]:
    """The files of the chunks that stand to the last byte, after everything else of this plan was removed.

    StoreError, and nothing is removed, where files stand that no run of this plan left.
    """
    store.tidy()
    strangers = store.strangers()
    if strangers:
        raise StoreError(f"{strangers[0]}: is no file of a sweep; move it away, since other programs would count its rows")
    seen = examine(store.directory, plan, plan.job, files_of(before) if before else {}, every_byte=True)
    if seen.foreign and not before:
        raise StoreError(f"{seen.foreign[0]}: belongs to another run; take another directory, or overwrite what is there")
    standing = {(table, chunk): seen.files[table, chunk] for chunk in seen.chunks(plan) for table in plan.tables}
    for fault in seen.faults:
        notice(f"{fault.path}: {fault.why}; its chunk is done again")
    kept = {store.directory / file.name for file in standing.values()}
    found = [path for table in plan.tables for _, path in chunk_files(store.directory, table)]
    store.discard([path for path in found if path not in kept])
    return standing


def without_failed(store: Store, files: dict[tuple[str, int], File]) -> dict[tuple[str, int], File]:
    """Those of chunks in which no run failed; the others are removed."""
    again = {chunk for (table, chunk), file in files.items() if table == "runs" and failed_runs(store.directory / file.name)}
    store.discard([store.directory / file.name for (_, chunk), file in files.items() if chunk in again])
    return {key: file for key, file in files.items() if key[1] not in again}


def failed_runs(path: Path) -> int:
    """Number of failed runs in a chunk."""
    with open(path, "rb") as file:  # a path may look like an address
        return pq.read_table(file, columns=["status"])["status"].to_pylist().count("failed")
