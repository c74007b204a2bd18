"""Dates as decimal years, and the steps of a run that they belong to: the one place where the two are compared.

A step lasts from its date to that of the next. What happens at a date happens in the step in which the date falls
(:func:`step_in`); what is read of a run at a date, such as the state of a year, is read at the step nearest to it
(:func:`nearest_step`). Sums of steps are not exact, so that a date less than :data:`SLACK` before a step counts as the step's.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import numpy as np

from abm.words import shown

SLACK = 1e-6  # yr; half a minute
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]\S+)?)?")


def decimal_year(value: Any) -> float:
    """A date as a decimal year, which a finite number is already.

    Of a date, a date-time with or without a zone, or an ISO 8601 text (2026-07, 2026-07-01, 2026-07-01T12:00Z) the day as it is
    written counts. Errors: ValueError with one clause.
    """
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if isinstance(value, str) and (found := _ISO.fullmatch(value.strip())):
        try:
            if found[3] is not None:
                datetime.datetime.fromisoformat(value.strip())  # also the time of day must be one
            value = datetime.date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            pass
    if isinstance(value, datetime.date) and value == value:  # not so of pandas' NaT
        return value.year + (value.month - 1) / 12 + (value.day - 1) / 365.25
    if isinstance(value, int | float | np.number) and not isinstance(value, bool) and -1e6 < value < 1e6:  # not so of NaN
        return float(value)
    given = value.isoformat() if isinstance(value, datetime.time) else shown(value, 60)
    raise ValueError(f"found {given}; a date is needed, as a year such as 2026.5 or as 2026-07-01")


def plain(value: Any) -> Any:
    """A date in any form but a number as a decimal year, everything else as it is."""
    dated = isinstance(value, datetime.date | np.datetime64) or (isinstance(value, str) and _ISO.fullmatch(value.strip()))
    return decimal_year(value) if dated else value


def step_in(date: float, start: float, step_years: float) -> int:
    """The step in which a date falls."""
    return math.floor((date - start + SLACK) / step_years)


def nearest_step(date: float, start: float, step_years: float, steps: int) -> int:
    """The step nearest to a date, of equals the earlier, the first or last for a date beyond the run."""
    return min(max(math.ceil((date - start - SLACK) / step_years - 0.5), 0), steps)


def years_of(start: float, end: float) -> range:
    """Whole years nearest to the dates of a run, from its first to its last: at least one."""
    return range(round(start), round(end) + 1)


def in_year(dates):
    """The whole year in which each date falls; NaN for NaN."""
    return np.floor(np.asarray(dates, float) + SLACK)
