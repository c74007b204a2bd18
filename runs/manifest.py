"""The manifest of a result: what was planned, by which code, and every file that it left; sealed with a digest of its own.

    {"format": 2, "name": ..., "status": "running", "interrupted" or "complete", "plan": {...}, "provenance": {...},
     "files": {"runs": [[chunk, sha256, bytes, rows, crc32 of the footer], ...], ...}, "digest": sha256 of all the rest}

A reader that finds another digest knows that the manifest is not the one that was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from abm.files import MANIFESTS, FileError, parse_json, text

MANIFEST = "manifest.json"
FORMAT = 2  #: of manifest and files; raised whenever a reader of the former one would go wrong
_FIELDS = {"format", "job", "name", "title", "status", "runs", "failed", "plan", "provenance", "seconds", "files", "digest"}


class StoreError(ValueError):
    """Why a directory cannot be written or read, in one sentence."""


class DamagedManifest(StoreError):
    """The manifest is there, and is not what was written."""


class File(NamedTuple):
    """A chunk's file of one table: the SHA-256 of its bytes in hex, how many they are, how many rows it holds, and the CRC-32 of
    its footer, which says where in the file everything is."""

    table: str
    chunk: int
    digest: str
    size: int
    rows: int
    footer: int

    @property
    def name(self) -> str:
        """Its path within the result."""
        return f"{self.table}/{self.chunk:06d}.{self.digest[:16]}.parquet"


def listed(files: Iterable[File]) -> dict[str, list[list]]:
    """Files as a manifest holds them."""
    tables: dict[str, list[list]] = {}
    for file in sorted(files):
        tables.setdefault(file.table, []).append(list(file[1:]))
    return tables


def files_of(manifest: dict[str, Any]) -> dict[tuple[str, int], File]:
    """The files that a manifest lists, by table and chunk."""
    files = [File(table, *entry) for table, entries in manifest["files"].items() for entry in entries]
    return {(file.table, file.chunk): file for file in files}


def sealed(manifest: dict[str, Any]) -> bytes:
    """A manifest as the bytes of its file, with its digest."""
    return json.dumps(manifest | {"digest": _digest(manifest)}, indent=1).encode()


def _digest(manifest: dict[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def parsed(path: Path) -> Any:
    """What stands in the file of a manifest, sealed or not. Errors: FileError."""
    return parse_json(text(path, "manifest", MANIFESTS), str(path))


def read_manifest(directory: str | Path, name: str = MANIFEST) -> dict[str, Any]:
    """The manifest of a result; StoreError in one sentence where there is none, or it is not as it was written."""
    path = Path(directory) / name
    again = "the `abm run` or `abm sweep` that made this result makes it again, and only what is not whole"
    if not path.exists():
        raise StoreError(f"{directory}: holds no result (no {name})")
    try:
        manifest = parsed(path)
    except FileError as error:
        raise DamagedManifest(f"{path}: is damaged ({str(error).removeprefix(f'{path}: ')}); {again}") from None
    if not isinstance(manifest, dict) or "plan" not in manifest:
        raise DamagedManifest(f"{path}: is not the manifest of a result; {again}")
    if manifest.get("format") != FORMAT and manifest.get("digest", _digest(manifest)) == _digest(manifest):
        raise StoreError(f"{path}: was written by another version of this project (format {manifest.get('format', 1)}, here "
                         f"{FORMAT}); read it with that version, or do the runs again elsewhere or over it")  # fmt: skip
    if manifest.get("digest") != _digest(manifest) or not manifest.keys() >= _FIELDS:
        raise DamagedManifest(f"{path}: is not as it was written; {again}")
    return manifest
