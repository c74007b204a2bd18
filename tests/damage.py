"""Damage to a result directory, of every kind that disks, programs and people do, drawn at random."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Chance = random.Random
Damage = Callable[[Path, Chance], None]


def gone(path: Path, chance: Chance) -> None:
    path.unlink()


def empty(path: Path, chance: Chance) -> None:
    path.write_bytes(b"")


def cut(path: Path, chance: Chance) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(1, len(content))])


def longer(path: Path, chance: Chance) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randrange(1, 100)))


def garbage(path: Path, chance: Chance) -> None:
    path.write_bytes(chance.randbytes(path.stat().st_size))


def text(path: Path, chance: Chance) -> None:
    path.write_text("run;gdp_coalition\n1;0,5\n")


def flipped(path: Path, chance: Chance) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def zeroed(path: Path, chance: Chance) -> None:
    content = bytearray(path.read_bytes())
    start = chance.randrange(len(content))
    content[start : start + 64] = bytes(len(content[start : start + 64])) if any(content[start : start + 64]) else b"\1" * 64
    path.write_bytes(content)


def folder(path: Path, chance: Chance) -> None:
    path.unlink()
    path.mkdir()


def loop(path: Path, chance: Chance) -> None:
    path.unlink()
    path.symlink_to(path.name)


def dangling(path: Path, chance: Chance) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def pipe(path: Path, chance: Chance) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path, chance: Chance) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def deep(path: Path, chance: Chance) -> None:
    path.write_text('{"plan": ' + "[" * 20_000)


ANY: tuple[Damage, ...] = (
    gone, empty, cut, longer, garbage, text, flipped, zeroed, folder, loop, dangling, pipe, endless, deep,
)  # fmt: skip


def siblings(path: Path) -> list[Path]:
    return sorted(other for other in path.parent.glob("*.parquet") if other != path)


def other_tables(path: Path) -> list[Path]:
    return sorted(other for other in path.parent.parent.glob("*/*.parquet") if other.parent != path.parent)


def contents_swapped(path: Path, chance: Chance) -> None:
    other = chance.choice(siblings(path))
    mine, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs), other.write_bytes(mine)


def numbers_swapped(path: Path, chance: Chance) -> None:
    """Each file takes the other's number and keeps its own digest: every name is right for its bytes."""
    other = chance.choice(siblings(path))
    mine, theirs = path.name, other.name
    path.rename(path.with_name(f"{theirs[:6]}{mine[6:]}.new"))
    other.rename(other.with_name(f"{mine[:6]}{theirs[6:]}"))
    path.with_name(f"{theirs[:6]}{mine[6:]}.new").rename(path.with_name(f"{theirs[:6]}{mine[6:]}"))


def doubled(path: Path, chance: Chance) -> None:
    other = chance.choice(siblings(path))
    shutil.copy(path, path.with_name(f"{other.name[:6]}{path.name[6:]}"))


def beyond(path: Path, chance: Chance) -> None:
    shutil.copy(path, path.with_name(f"000999{path.name[6:]}"))


def from_other_table(path: Path, chance: Chance) -> None:
    content = chance.choice(other_tables(path)).read_bytes()
    path.unlink()
    path.with_name(f"{path.name[:6]}.{sha256(content).hexdigest()[:16]}.parquet").write_bytes(content)


def table_gone(path: Path, chance: Chance) -> None:
    shutil.rmtree(path.parent)


def table_a_file(path: Path, chance: Chance) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_text("")


def _written(path: Path, chance: Chance, table: pa.Table) -> None:
    """Another program's version of the table: under the old name, or under one that is right for the new bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content = sink.getvalue().to_pybytes()
    if chance.random() < 0.5:
        path.unlink()
        path = path.with_name(f"{path.name[:6]}.{sha256(content).hexdigest()[:16]}.parquet")
    path.write_bytes(content)


def half(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    _written(path, chance, table.slice(0, len(table) // 2))


def repeated(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    _written(path, chance, pa.concat_tables([table, table]))


def without_column(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    _written(path, chance, table.drop_columns([chance.choice(table.column_names)]))


def renamed_column(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    names = table.column_names
    names[chance.randrange(len(names))] = "other"
    _written(path, chance, table.rename_columns(names))


def other_type(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    index = chance.randrange(len(table.column_names))
    _written(path, chance, table.set_column(index, table.column_names[index], table.column(index).cast(pa.string())))


def not_a_number(path: Path, chance: Chance) -> None:
    table = pq.read_table(path)
    numbers = [name for name in table.column_names if pa.types.is_floating(table.schema.field(name).type)]
    name = chance.choice(numbers) if numbers else "run"
    _written(path, chance, table.set_column(table.column_names.index(name), name, pa.array(np.full(len(table), np.nan))))


CHUNK: tuple[Damage, ...] = (
    contents_swapped, numbers_swapped, doubled, beyond, from_other_table, table_gone, table_a_file, half, repeated,
    without_column, renamed_column, other_type, not_a_number,
)  # fmt: skip


def edited(path: Path, chance: Chance) -> None:
    """A value of the manifest, however deep, is another one, of another kind, or gone."""
    document = json.loads(path.read_text())
    inner = document
    while True:
        key = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
        if not (isinstance(inner[key], dict | list) and inner[key]) or chance.random() < 0.2:
            break
        inner = inner[key]
    if chance.random() < 0.3:
        del inner[key]
    else:
        inner[key] = chance.choice([value for value in (None, -1, 50, 1e300, "x", [], {}, [[1]], True) if value != inner[key]])
    path.write_text(json.dumps(document))


MANIFEST: tuple[Damage, ...] = (edited, edited, edited, edited)
