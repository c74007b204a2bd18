"""The answer in words. ``share.js`` says the same in the browser; a test compares the two, letter by letter."""

from __future__ import annotations

import math

import numpy as np

from analysis.share.grid import Grid

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 0) -> str:
    """A number of ``digits`` decimals, halves up as browsers round them, with a true minus sign."""
    size = math.floor(abs(value) * 10**digits + 0.5) / 10**digits
    return (MINUS if value < 0 and size > 0 else "") + f"{size:.{digits}f}"


def percent(share: float) -> str:
    """A share in per cent, with a decimal where it is small.

    >>> percent(0.494), percent(0.0312), percent(0)
    ('49\\xa0%', '3.1\\xa0%', '0\\xa0%')
    """
    return f"{number(100 * share, int(0 < 100 * share < 9.95))}\N{NO-BREAK SPACE}%"


def points(share: float, digits: int) -> str:
    """A difference of shares in percentage points, signed."""
    shown = number(100 * share, digits)
    return f"+{shown}" if share > 0 and not set(shown) <= set("0.") else shown


def headline(grid: Grid, row: np.ndarray) -> str:
    """What happens by the horizon, in one sentence."""
    fields = grid.kept.fields
    low, _, high = fields["gdp_coalition"].of(row)[:, -1]
    stands, held = (percent(fields[name].of(row)[0]) for name in ("stands", "held"))
    nations, end = len(grid.scenario.nations()), grid.scenario.end
    return (
        f"By {end:.6g} a coalition stands in {stands} of futures, and coalitions hold {held} of the {nations} nations' GDP on "
        f"average (in four futures of five between {percent(low)} and {percent(high)})."
    )


def changes(grid: Grid, row: np.ndarray, reference: str) -> str:
    """What the sliders did to it, beside the reference with the same seeds."""
    held, stands = (_change(*grid.kept.fields[name].of(row)) for name in ("held_change", "stands_change"))
    return f"Against {reference}: GDP in coalitions {held}, futures with a coalition {stands}."


def _change(mean: float, half: float) -> str:
    if mean == 0 and half == 0:
        return "unchanged"
    low, high, digits = mean - half, mean + half, int(abs(100 * mean) < 9.95)
    chance = ", so perhaps chance" if low <= 0 <= high else ""
    return f"{points(mean, digits)} points (95 % interval {points(low, digits)} to {points(high, digits)}{chance})"
