"""A result directory: who may write to it, how a chunk gets there whole, which chunks stand.

A chunk's file carries the hash of its own bytes in its name, such as ``runs/000003.1f0c6a2b9d4e7f58.parquet``: it is
written under a temporary name, forced to disk and renamed, so that a file either stands whole or not at all, and damage
shows when it is read back. A chunk stands when all its tables do; the runs' comes last, so that no reader misses the others.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from runs.plan import TABLES
from runs.points import POINTS

MANIFEST = "manifest.json"
PROGRESS = "progress.json"
_LOCK = ".lock"
_CHUNK = re.compile(r"(\d{6,})\.([0-9a-f]{16})\.parquet")
_DRAWN = ("*.png", "*.svg", "*.pdf", "*.csv", "*.html", "*.json")


class StoreError(Exception):
    """Why a directory cannot be written or read, in one sentence."""


def file_hash(content: bytes) -> str:
    """The hash that stands in a chunk file's name."""
    return hashlib.sha256(content).hexdigest()[:16]


class Store:
    """A result directory that this process writes to."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)

    def reach(self) -> None:
        """Make the directory. StoreError when it cannot be made or written."""
        if self.directory.exists() and not self.directory.is_dir():
            raise StoreError(f"{self.directory}: is a file; a result needs a directory")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            (self.directory / _LOCK).touch()
        except OSError as error:
            raise StoreError(f"{self.directory}: cannot be written: {error.strerror}") from None

    def has_result(self) -> bool:
        """Whether a manifest stands here."""
        return (self.directory / MANIFEST).exists()

    def clear(self) -> None:
        """Remove what a run of ours left, and nothing else."""
        self.tidy()
        for table in TABLES:
            self.discard(table, self.chunks(table))
        self._remove([file for kind in _DRAWN for file in (self.directory / "figures").glob(kind)], "figures")
        self._remove([self.directory / name for name in (MANIFEST, PROGRESS, POINTS, "network.gexf", "report.html")])

    def _remove(self, files, folder: str | None = None) -> None:
        for file in files:
            file.unlink(missing_ok=True)
        if folder:
            with suppress(OSError):  # it may hold something that is not ours
                (self.directory / folder).rmdir()

    @contextmanager
    def lock(self):
        """Hold the directory against another writer; the system lets go of the lock when a process dies."""
        with open(self.directory / _LOCK, "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(f"{self.directory}: another run is writing here; wait for it or take another --out") from None
            yield

    def locked(self) -> bool:
        """Whether a process is writing here now."""
        try:
            with self.lock():
                return False
        except StoreError:
            return True
        except OSError:  # a directory that only others may write
            return False

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, replacing the one that stands, whole or not at all."""
        self.replace(self.directory / MANIFEST, json.dumps(manifest, indent=1).encode())

    def write(self, chunk: int, files: dict[str, bytes]) -> None:
        """Write a chunk's tables, the runs' last. StoreError when the disk is full; what stood before stays valid."""
        for table in sorted(files, key=lambda name: name == "runs"):
            folder = self.directory / table
            folder.mkdir(exist_ok=True)
            self.replace(folder / f"{chunk:06d}.{file_hash(files[table])}.parquet", files[table])

    def replace(self, path: Path, content) -> None:
        """Write a file whole or not at all. StoreError in one sentence when the disk is full or not writable."""
        temporary = path.with_name(f".{path.name}.part")
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StoreError(
                f"{path}: cannot be written: {error.strerror}; what stood before is whole, and the same command goes on"
            ) from None

    def chunks(self, table: str) -> list[tuple[int, Path]]:
        """The chunk files of a table, by number."""
        found = [(_CHUNK.fullmatch(path.name), path) for path in (self.directory / table).glob("*.parquet")]
        return sorted((int(match[1]), path) for match, path in found if match)

    def strangers(self) -> list[Path]:
        """Parquet files among the chunks that no run of ours wrote, yet a reader would count."""
        files = [path for table in TABLES for path in (self.directory / table).glob("*.parquet")]
        return sorted(path for path in files if not _CHUNK.fullmatch(path.name))

    def damaged(self, tables: tuple[str, ...]) -> list[Path]:
        """Chunk files whose bytes are not what their names say, or that stand beside another of the same chunk."""
        found = [(table, number, path) for table in tables for number, path in self.chunks(table)]
        copies = Counter((table, number) for table, number, _ in found)
        return [
            path
            for table, number, path in found
            if copies[table, number] > 1 or path.name.split(".")[1] != file_hash(path.read_bytes())
        ]

    def tidy(self) -> None:
        """Remove what a killed process had not finished writing."""
        for folder in (".", *TABLES):
            self._remove((self.directory / folder).glob(".*.part"))

    def discard(self, table: str, chunks: list[tuple[int, Path]]) -> None:
        """Remove chunk files of a table, and its folder when that leaves it empty."""
        self._remove([path for _, path in chunks], table)


def read_manifest(directory: str | Path) -> dict[str, Any]:
    """The manifest of a result; StoreError in one sentence where there is none or it is damaged."""
    path = Path(directory) / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"{directory}: holds no result (no {MANIFEST})") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from None
    if not isinstance(manifest, dict) or not {"plan", "provenance", "runs", "status"} <= manifest.keys():
        raise StoreError(f"{path}: is not the manifest of a result")
    return manifest
