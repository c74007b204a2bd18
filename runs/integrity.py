"""Whether the files of a result are those that were written: all there, each in its place, to the last byte.

A file's name holds its chunk and the beginning of its digest, its footer the job, chunk and table that it belongs to, and the
manifest lists what a finished or interrupted session left. A chunk stands when all its tables do; the runs' table comes last, so
where it is there the others must be. Names, sizes and footers are always looked at; every byte is read where a result is small
(:data:`EVERY_BYTE`) or that is asked for, and of a larger one before a table is first read (:func:`read_through`): what reads
Parquet can crash on a page that is damaged.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from runs.manifest import File
from runs.plan import Plan
from runs.tables import label, schemas

EVERY_BYTE = 256 * 2**20  #: bytes of a result up to which opening it reads all of them
_CHUNK = re.compile(r"(\d{6,12})\.([0-9a-f]{16})\.parquet")
Listed = Mapping[tuple[str, int], File]


class Fault(NamedTuple):
    """A file that is not as it was written, or not there."""

    path: Path
    why: str


@dataclass
class Examined:
    """What stands in a directory: ``files`` of whole chunks by table and chunk, ``faults``, ``foreign`` files of another job, and
    whether every byte was read."""

    files: dict[tuple[str, int], File] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)
    every_byte: bool = True

    def chunks(self, plan: Plan) -> list[int]:
        """Chunks of which every table stands."""
        return [chunk for chunk in range(plan.chunks) if all((table, chunk) in self.files for table in plan.tables)]


def chunk_files(directory: Path, table: str) -> list[tuple[int, Path]]:
    """The files of a table that have a chunk's name, by number."""
    try:
        found = [(_CHUNK.fullmatch(entry.name), Path(entry.path)) for entry in os.scandir(directory / table)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted((int(match[1]), path) for match, path in found if match)


def examine(
    directory: Path, plan: Plan, job: str, listed: Listed, complete: bool = False, every_byte: bool | None = None
) -> Examined:
    """Look at all files of a result. ``listed`` are those of its manifest, ``complete`` whether that says that all stand.

    ``every_byte`` None reads them all where that is soon done; a file that no manifest lists is always read.
    """
    found: dict[tuple[str, int], list[Path]] = defaultdict(list)
    for table in plan.tables:  # the runs first: while another process writes, what they name is there before them
        for chunk, path in chunk_files(directory, table):
            found[table, chunk].append(path)
    if every_byte is None:
        every_byte = sum(file.size for file in listed.values()) <= EVERY_BYTE
    seen = Examined(every_byte=every_byte)
    single = [(key, paths[0]) for key, paths in found.items() if len(paths) == 1]
    kinds = schemas(plan.some(range(1))) if job == plan.job else {}  # other sources may have left other columns

    def looked_at(item: tuple[tuple[str, int], Path]) -> File | Fault | None:
        (table, chunk), path = item
        return _file(path, plan, label(job, chunk, table), listed.get((table, chunk)), kinds.get(table), every_byte)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for (key, path), result in zip(single, pool.map(looked_at, single)):
            if isinstance(result, File):
                seen.files[key] = result
            elif not path.exists() and key not in listed and ("runs", key[1]) not in found:
                continue  # what a killed sweep had left of a chunk, cleared away by one that goes on right now
            elif result is None:
                seen.foreign.append(path)
                seen.faults.append(Fault(path, "belongs to another run"))
            else:
                seen.faults.append(result)
    seen.faults += [Fault(path, "stands twice") for paths in found.values() if len(paths) > 1 for path in paths]
    seen.faults += _absent(directory, plan, listed, complete, found)
    return seen


def _absent(directory: Path, plan: Plan, listed: Listed, complete: bool, found) -> list[Fault]:
    """Files that must be there and are not."""
    faults = []
    for chunk in range(plan.chunks):
        begun = ("runs", chunk) in found
        for table in plan.tables:
            told = listed.get((table, chunk))
            if (complete or begun or told) and (table, chunk) not in found:
                faults.append(Fault(directory / (told.name if told else f"{table}/{chunk:06d}.*.parquet"), "is missing"))
    return faults


def _file(
    path: Path, plan: Plan, mine: dict[bytes, bytes], told: File | None, columns: pa.Schema | None, every_byte: bool
) -> File | Fault | None:
    """One file as it is; a Fault where it is not as it should be, None where it is whole and of another job."""
    table, chunk = mine[b"table"].decode(), int(mine[b"chunk"])
    if chunk >= plan.chunks:
        return Fault(path, f"is no chunk of this result, which has {plan.chunks}")
    try:
        about = path.stat()
        size = about.st_size
        if not stat.S_ISREG(about.st_mode):
            return Fault(path, "is no file")
        if told and (path.name != Path(told.name).name or size != told.size):
            return Fault(path, "is not the file that was written")
        with open(path, "rb") as file:
            digest = told.digest if told and not every_byte else hashlib.file_digest(file, "sha256").hexdigest()
            checked = footer_crc(file)
            if path.name.split(".")[1] != digest[:16] or (told and (digest, checked) != (told.digest, told.footer)):
                return Fault(path, "is damaged")
            footer = pq.read_metadata(file)
            found = footer.schema.to_arrow_schema()
    except (OSError, pa.ArrowException, ValueError):
        return Fault(path, "is damaged")
    says = {key: (footer.metadata or {}).get(key) for key in mine}
    if says != mine:
        return None if says[b"job"] != mine[b"job"] else Fault(path, "is the file of another place")
    rows = told.rows if told else len(plan.runs(chunk)) if table == "runs" else footer.num_rows
    if footer.num_rows != rows or (columns and not found.equals(columns)):
        return Fault(path, "has other rows or columns than were written")
    return File(table, chunk, digest, size, rows, checked)


def read_through(directory: Path, files: Iterable[File]) -> list[Fault]:
    """Read every byte of files; those that are not as they were written."""

    def looked_at(file: File) -> Fault | None:
        try:
            with open(directory / file.name, "rb") as opened:
                right = hashlib.file_digest(opened, "sha256").hexdigest() == file.digest
        except OSError:
            right = False
        return None if right else Fault(directory / file.name, "is damaged")

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [fault for fault in pool.map(looked_at, files) if fault]


def footer_crc(file: BinaryIO) -> int:
    """CRC-32 of the footer of an open Parquet file, its length and closing mark included."""
    file.seek(-8, os.SEEK_END)
    file.seek(-8 - int.from_bytes(file.read(4), "little"), os.SEEK_END)
    return zlib.crc32(file.read())
