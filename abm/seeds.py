"""What may be given as a seed, as users of Mesa and NumPy know it, and the number that it is here (0 to 2**64 - 1)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np
from numpy.random import BitGenerator, Generator, RandomState

from abm.words import shown

#: What Mesa's ``rng`` takes.
Seed = int | np.integer | Sequence[int] | np.random.SeedSequence | Generator | BitGenerator | RandomState
_MOST = 2**64 - 1


def fresh() -> int:
    """A seed that nobody chose, below 2**53 so that every program can hold it."""
    return secrets.randbits(53)


def number(seed: Seed | None, name: str = "seed") -> int:
    """The seed as a number from 0 to 2**64 - 1; a fresh one for None.

    Such a whole number is itself; a larger one, a sequence of whole numbers and a SeedSequence are hashed, always to the same;
    a generator draws one, and is another afterwards. Errors: ValueError in one sentence.
    """
    if seed is None:
        return fresh()
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and 0 <= seed <= _MOST:
        return int(seed)
    if isinstance(seed, Generator | BitGenerator | RandomState):
        return int(np.random.default_rng(seed).integers(_MOST, dtype=np.uint64, endpoint=True))
    if not isinstance(seed, bool | np.bool_ | float | str | bytes | set | frozenset | dict):
        try:
            sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
            return int(sequence.generate_state(1, np.uint64)[0])
        except (TypeError, ValueError):
            pass
    raise ValueError(
        f"{name}: found {shown(seed, 60)}; a seed is a whole number from 0 on, a sequence of "
        "them, or NumPy's SeedSequence, Generator, BitGenerator or RandomState"
    )


def chosen(rng: Seed | None, seed: Seed | None) -> int:
    """The number behind ``rng`` or ``seed``, of which one may be given. Errors: ValueError in one sentence."""
    if rng is not None and seed is not None:
        raise ValueError("rng, seed: give one of the two, which mean the same")
    return number(rng, "rng") if seed is None else number(seed)
