"""Progress on long work: a bar on a terminal, nothing where the output goes elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def bar(total: int | None, unit: str, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A function to call with the amount done since its last call."""
    with _shown(total, unit, quiet) as shown:
        yield shown.update


@contextmanager
def runs_bar(total: int, quiet: bool = False) -> Iterator[Callable[[int, int, int], None]]:
    """A function of (runs done, of these before this session, failed), shown with rate, time left and failures."""
    with _shown(total, "runs", quiet) as shown:

        def update(done: int, before: int, failed: int) -> None:
            shown.initial = before
            if failed:
                shown.set_postfix_str(f"{failed} failed", refresh=False)
            shown.update(done - shown.n)

        yield update


def _shown(total: int | None, unit: str, quiet: bool) -> tqdm:
    return tqdm(total=total, unit=f" {unit}", disable=quiet or not sys.stderr.isatty(), leave=False)
