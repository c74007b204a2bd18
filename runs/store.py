"""A result directory: who may write to it, how a chunk gets there whole, which chunks stand.

A chunk's file carries the hash of its own bytes in its name, such as ``runs/000003.1f0c6a2b9d4e7f58.parquet``: it is
written under a temporary name, forced to disk and renamed, so that a file either stands whole or not at all, and damage
shows when it is read back. The runs' table is written last: a chunk stands when it does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runs.plan import TABLES

MANIFEST = "manifest.json"
_DIGITS = 16  # of the hash in a file's name


class StoreError(Exception):
    """Why a directory cannot be written or read, in one sentence."""


def file_hash(content: bytes) -> str:
    """The hash that stands in a chunk file's name."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


class Store:
    """A result directory that this process writes to."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)

    def prepare(self, force: bool = False) -> None:
        """Make the directory, empty of results. StoreError when it holds one (without ``force``) or cannot be written."""
        if self.directory.is_file():
            raise StoreError(f"{self.directory}: is a file; a result needs a directory")
        if self.has_result():
            if not force:
                raise StoreError(f"{self.directory}: holds a result already; --force overwrites it, --out takes another")
            self.clear()
        self._reach()

    def _reach(self) -> None:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            probe = self.directory / ".probe"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise StoreError(f"{self.directory}: cannot be written: {error.strerror}") from None

    def has_result(self) -> bool:
        """Whether a manifest stands here."""
        return (self.directory / MANIFEST).exists()

    def clear(self) -> None:
        """Remove what a run of ours left, and nothing else."""
        for name in (*TABLES, "figures"):
            shutil.rmtree(self.directory / name, ignore_errors=True)
        for name in (MANIFEST, "network.gexf", "report.html"):
            (self.directory / name).unlink(missing_ok=True)

    @contextmanager
    def lock(self):
        """Hold the directory against another writer; the system lets go of the lock when a process dies."""
        with open(self.directory / ".lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(f"{self.directory}: another run is writing here; wait for it or take another --out") from None
            yield

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, replacing the one that stands, whole or not at all."""
        self._replace(self.directory / MANIFEST, json.dumps(manifest, indent=1).encode())

    def write(self, chunk: int, files: dict[str, bytes]) -> None:
        """Write a chunk's tables, the runs' last. StoreError when the disk is full; what stood before stays valid."""
        for table in sorted(files, key=lambda name: name == "runs"):
            folder = self.directory / table
            folder.mkdir(exist_ok=True)
            for stale in folder.glob(f"{chunk:06d}.*.parquet"):
                stale.unlink()
            self._replace(folder / f"{chunk:06d}.{file_hash(files[table])}.parquet", files[table])

    def _replace(self, path: Path, content: bytes) -> None:
        temporary = path.with_name(f".{path.name}.part")
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StoreError(f"{path.parent}: cannot write {path.name}: {error.strerror}; what stood before is whole") from None

    def damaged(self, tables: tuple[str, ...]) -> list[Path]:
        """Chunk files whose bytes are not what their names say."""
        files = [path for table in tables for path in sorted((self.directory / table).glob("*.parquet"))]
        return [path for path in files if path.name.split(".")[1] != file_hash(path.read_bytes())]

    def standing(self, tables: tuple[str, ...]) -> set[int]:
        """Chunks of which every table stands."""
        found = [{int(path.name[:6]) for path in (self.directory / table).glob("*.parquet")} for table in tables]
        return set.intersection(*found) if found else set()


def read_manifest(directory: str | Path) -> dict[str, Any]:
    """The manifest of a result; StoreError in one sentence where there is none or it is damaged."""
    path = Path(directory) / MANIFEST
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{directory}: holds no result (no {MANIFEST})") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from None
