"""A result directory: who may write to it, how a chunk gets there whole, which chunks stand.

A chunk's file carries the digest of its own bytes in its name, such as ``runs/000003.1f0c6a2b9d4e7f58.parquet``: it is
written under a temporary name, forced to disk and renamed, so that a file either stands whole or not at all, and damage
shows when it is read back (:mod:`runs.integrity`). A chunk stands when all its tables do; the runs' comes last, so that no reader
misses the others.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from runs.design_points import POINTS
from runs.folders import LOCK, PICTURES, SINGLE, WROTE, check_ours, listed
from runs.integrity import chunk_files, footer_crc
from runs.manifest import MANIFEST, File, StoreError, sealed
from runs.plan import TABLES

_UNFINISHED = re.compile(rf"\.({re.escape(MANIFEST)}|{re.escape(POINTS)}|\d{{6,12}}\.[0-9a-f]{{16}}\.parquet)\.part")


class Store:
    """A result directory that this process writes to."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)
        self._held: os.stat_result | None = None

    def reach(self) -> None:
        """Make the directory. StoreError when it cannot be made or written."""
        if self.directory.exists() and not self.directory.is_dir():
            raise StoreError(f"{self.directory}: is a file; a result needs a directory")
        check_ours(self.directory)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            (self.directory / LOCK).touch()
        except OSError as error:
            raise StoreError(f"{self.directory}: cannot be written: {error.strerror}") from None
        for table in TABLES:
            if (self.directory / table).is_symlink():
                raise StoreError(f"{self.directory / table}: is a link, and may lead to another result; take it away")

    def has_result(self) -> bool:
        """Whether a manifest stands here."""
        return (self.directory / MANIFEST).exists()

    def clear(self) -> None:
        """Remove what a run of ours left, and nothing else."""
        self.tidy()
        self.discard([path for table in TABLES for _, path in chunk_files(self.directory, table)])
        figures = self.directory / PICTURES
        self._remove(figures / name for name in [*listed(figures), WROTE])
        with suppress(OSError):  # it may hold something that is not ours
            figures.rmdir()
        self._remove([self.directory / name for name in (MANIFEST, *SINGLE)])

    def _remove(self, files: Iterable[Path]) -> None:
        for file in files:
            file.unlink(missing_ok=True)

    @contextmanager
    def lock(self):
        """Hold the directory against another writer; the system lets go of the lock when a process dies."""
        held = FileLock(self.directory / LOCK, timeout=0)
        try:
            held.acquire()
        except Timeout:
            raise StoreError(f"{self.directory}: another run is writing here; wait, or take another directory") from None
        try:
            self._held = os.stat(self.directory / LOCK)  # while the lock keeps it open, no other file can be the same
            yield
        finally:
            self._held = None
            held.release()

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
        """Write the manifest, whole or not at all."""
        self._hold()
        self.replace(self.directory / MANIFEST, sealed(manifest))

    def write(self, chunk: int, contents: dict[str, bytes]) -> list[File]:
        """Write a chunk's tables, the runs' last. StoreError when the disk is full; what stood before stays valid."""
        self._hold()
        files = []
        for table in sorted(contents, key=lambda name: name == "runs"):
            content = contents[table]
            rows = pq.read_metadata(pa.BufferReader(content)).num_rows
            digest, footer = hashlib.sha256(content).hexdigest(), footer_crc(BytesIO(content))
            files.append(File(table, chunk, digest, len(content), rows, footer))
            with suppress(OSError):  # what is wrong shows when the file is written
                (self.directory / table).mkdir(exist_ok=True)
            self.replace(self.directory / files[-1].name, content)
        return files

    def confirm(self, files: Iterable[File]) -> None:
        """StoreError unless all of them are on the disk, in the directory that was begun with."""
        self._hold()
        for file in files:
            path = self.directory / file.name
            try:
                size = path.stat().st_size
            except OSError:
                size = -1
            if size != file.size:
                raise StoreError(f"{path}: was taken away while the sweep went on; the same command does it again")

    def _hold(self) -> None:
        """StoreError unless the directory is still the one that was locked."""
        try:
            if self._held and os.path.samestat(self._held, os.stat(self.directory / LOCK)):
                return
        except OSError:
            pass
        raise StoreError(f"{self.directory}: was taken away while the sweep went on; the same command begins again")

    def _sync(self, folder: Path) -> None:
        """Have the names in a folder on the disk for good, where the system lets folders be synced."""
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def replace(self, path: Path, content) -> None:
        """Write a file whole or not at all, and have it and its name on the disk.

        StoreError in one sentence when the disk is full or not writable.
        """
        temporary = path.with_name(f".{path.name}.part")
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            self._sync(path.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StoreError(
                f"{path}: cannot be written: {error.strerror}; what stood before is whole, and the same command goes on"
            ) from None

    def strangers(self) -> list[Path]:
        """Parquet files among the chunks that no run of ours wrote, yet other programs would count."""
        ours = {path for table in TABLES for _, path in chunk_files(self.directory, table)}
        return sorted({path for table in TABLES for path in (self.directory / table).glob("*.parquet")} - ours)

    def tidy(self) -> None:
        """Remove what a killed process had not finished writing."""
        for folder in (".", *TABLES):
            self._remove(path for path in (self.directory / folder).glob(".*.part") if _UNFINISHED.fullmatch(path.name))

    def discard(self, files: Iterable[Path]) -> None:
        """Remove chunk files, and the folders of tables that that leaves empty."""
        self._remove(files)
        for table in TABLES:
            with suppress(OSError):  # it may hold something that is not ours
                (self.directory / table).rmdir()
