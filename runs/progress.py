"""Progress on long work: a bar on a terminal, nothing where the output goes elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def bar(total: int | None, unit: str, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A function to call with the amount done since its last call."""
    with tqdm(total=total, unit=f" {unit}", disable=quiet or not sys.stderr.isatty(), leave=False) as shown:
        yield shown.update
