"""Whether a change brings a coalition about or keeps it from forming: founded at all, and standing at the end, with and without.

Runs of the same seed are compared pair by pair.
"""

from __future__ import annotations

import numpy as np

from analysis.methods.statistics import Estimate, difference


def formation(before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]) -> str:
    """A sentence from (R,) dates of the first founding (NaN: none) and (R,) numbers of standing coalitions, of both arms."""
    (founded, stands), (founded_now, stands_now) = (_happened(*arm) for arm in (before, after))
    return (
        f"A coalition is founded in {_both(founded, founded_now)}, and one stands at the end in {_both(stands, stands_now)}: "
        f"{_verdict(difference(founded_now, founded), difference(stands_now, stands))}"
    )


def _happened(founding: np.ndarray, standing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.isfinite(founding).astype(float), (np.asarray(standing) > 0).astype(float)


def _both(one: np.ndarray, two: np.ndarray) -> str:
    change = difference(two, one)
    if (one == two).all():
        return f"{two.mean():.0%} of runs, the same with and without"
    points = f"{100 * change.value:+.0f} points [95 %: {100 * change.low:+.0f} to {100 * change.high:+.0f}]"
    return f"{two.mean():.0%} of runs instead of {one.mean():.0%} ({points})"


def _verdict(founded: Estimate, stands: Estimate) -> str:
    """What the two differences come to in words."""
    if not (founded.clear or stands.clear):
        return "neither differs by more than noise."
    clear = founded if founded.clear else stands
    what = "coming about" if founded.clear else "lasting"
    return f"it keeps coalitions from {what}." if clear.value < 0 else f"it helps coalitions in {what}."
