"""Where this project may write: never over what it reads, nor over files that it did not write.

A result directory is told by its manifest or its lock. Into other folders answers, comparisons and figures go by name; a list
beside them (:data:`WROTE`) says which names are ours, so that writing them again replaces no file of anybody else's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm import files
from runs.design_points import POINTS
from runs.manifest import MANIFEST, parsed
from runs.plan import TABLES

if TYPE_CHECKING:
    import pandas as pd

WROTE, LOCK, PROGRESS, PICTURES = ".abm-wrote", ".lock", "progress.json", "figures"
#: What a result directory holds beside its manifest and its lock: files, and folders.
SINGLE = (PROGRESS, POINTS, "network.gexf", "report.html")
PARTS = (*SINGLE, PICTURES, *TABLES)


def write_table(path: Path, table: pd.DataFrame, **form: Any) -> None:
    """A table as CSV, without its index and with the same bytes on every system; ``form`` as pandas takes it.

    Pandas does not open the file: it would take a folder named ``~`` for somebody's home.
    """
    path.write_text(table.to_csv(index=False, lineterminator="\n", **form), "utf-8", newline="")


class PlaceError(ValueError):
    """Why something may not be written where it was asked for, in one sentence."""


class Folder:
    """A folder into which these files are to be written; looked at before the work, and opened after it.

    ``result`` says that it may be a result directory, or a folder of one. Errors: PlaceError.
    """

    def __init__(self, path: str | Path, names: Iterable[str], *sources: str | Path, result: bool = False):
        self.path, self.names = Path(path), list(names)
        if self.path.exists() and not self.path.is_dir():
            raise PlaceError(f"{self.path}: is a file; a directory is needed")
        if not result:
            check_parts(self.path)
            if (self.path / MANIFEST).exists():
                raise PlaceError(f"{self.path}: is a result directory, since it holds {MANIFEST}; "
                             "what is written about results needs one of its own")  # fmt: skip
        ours = listed(self.path)
        for path in (self.path / name for name in self.names):
            if any(_same(path, Path(source)) for source in sources):
                raise PlaceError(f"{path}: is what this command reads; take another directory")
            if os.path.lexists(path) and (path.name not in ours or not path.is_file() or path.is_symlink()):
                raise PlaceError(f"{path}: was not written by abm; take another directory, or move it away")

    def open(self) -> Path:
        """Make the folder, and note that the files are ours."""
        self.path.mkdir(parents=True, exist_ok=True)
        names = sorted({*listed(self.path), *self.names})
        (self.path / WROTE).write_text("".join(f"{name}\n" for name in names), "utf-8")
        return self.path


def listed(folder: Path) -> set[str]:
    """Names of the files in a folder that were written by this project."""
    try:
        return {name for name in files.text(folder / WROTE).splitlines() if name and "/" not in name}
    except files.FileError:
        return set()


def check_result(directory: Path, *sources: Path, overwrite: bool = False) -> None:
    """PlaceError where a result may not be written: over one of ``sources``, or beside files of somebody else.

    ``overwrite`` says that what stands in the directory is removed first.
    """
    check_parts(directory)
    for source in sources if overwrite else ():
        if source.is_dir() and (_same(source, directory) or directory.resolve() in source.resolve().parents):
            raise PlaceError(f"{directory}: holds what this command reads; overwriting would remove it: take another directory")
        inside = _inside(source, directory)
        if not source.is_dir() and inside in (MANIFEST, *PARTS):
            raise PlaceError(f"{directory}: holds {source.name}, which this command reads; overwriting would remove it: "
                             "take another directory")  # fmt: skip
    check_ours(directory)


def check_ours(directory: Path) -> None:
    """PlaceError where a directory holds files that a result's would replace, yet is none; its folders may hold others' files."""
    if os.path.lexists(directory / LOCK) or _is_manifest(directory / MANIFEST):
        return
    other = next((name for name in (MANIFEST, *SINGLE) if os.path.lexists(directory / name)), None)
    if other:
        raise PlaceError(f"{directory / other}: was not written by abm; take another directory, or move it away")


def check_parts(directory: Path) -> None:
    """PlaceError inside one of the folders that belong to a result."""
    whole = directory.resolve()
    for parent in whole.parents:
        if (parent / MANIFEST).is_file() and whole.relative_to(parent).parts[0] in (PICTURES, *TABLES):
            raise PlaceError(f"{directory}: lies within a folder of the result {parent}; take another directory")


def _inside(path: Path, directory: Path) -> str | None:
    """The first part of a path below a directory; None for one that lies elsewhere."""
    whole, top = path.resolve(), directory.resolve()
    return whole.relative_to(top).parts[0] if top in whole.parents else None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one.resolve() == other.resolve()


def _is_manifest(path: Path) -> bool:
    """Whether this is the manifest of a result, of any version."""
    try:
        found = parsed(path)
    except files.FileError:
        return False
    return isinstance(found, dict) and {"plan", "provenance"} <= found.keys()
