"""The points of a design as data: in the manifest while they are few, in ``points.parquet`` beside it when they are many."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

POINTS = "points.parquet"
_AGAIN = "the `abm sweep` that made this result writes them again"
FEW = 10_000  # numbers that a manifest may hold itself


def describe(points: np.ndarray) -> list | dict[str, Any]:
    """The points themselves, or their number and the hash of their bytes."""
    return points.tolist() if points.size <= FEW else _described(points)


def _described(points: np.ndarray) -> dict[str, Any]:
    return {"file": POINTS, "rows": len(points), "sha256": hashlib.sha256(np.ascontiguousarray(points).data).hexdigest()}


def to_parquet(points: np.ndarray, names: list[str]) -> pa.Buffer:
    """A Parquet file with a column per factor and a row per point."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table([pa.array(column) for column in points.T], names=names), sink, compression="zstd")
    return sink.getvalue()


def restore(described: list | dict[str, Any], factors: int, directory: Path | None) -> np.ndarray:
    """(P, F) points from what :func:`describe` returned. Errors: ValueError when the file is absent or not the same."""
    if isinstance(described, list):
        return np.array(described, float).reshape(len(described), factors)
    path = (directory or Path()) / POINTS
    try:
        if not path.is_file():
            raise OSError
        table = pq.read_table(pa.BufferReader(path.read_bytes()))
        points = np.column_stack([column.to_numpy() for column in table.columns])
    except (OSError, pa.ArrowException, ValueError, RecursionError):
        raise ValueError(f"{path}: the points of the design cannot be read; {_AGAIN}") from None
    if _described(points) != described:
        raise ValueError(f"{path}: is damaged: its points are not those of the manifest; {_AGAIN}")
    return points
