"""The outcome that several questions ask after: a measure that reaches a threshold in the last step."""

from __future__ import annotations

import numpy as np

from abm.measures import Measure, columns
from abm.words import MEASURES, ArgumentError, nearest
from analysis.experiments.inquiry import Inquiry, Option
from runs.ensemble import Results

MEASURE = Option("measure", "gdp_coalition", "measure that has to reach the threshold in the last step")
THRESHOLD = Option("threshold", 0.5, "least value of the measure that counts as success, in its unit", -1e9, 1e9)


def measure(inquiry: Inquiry) -> Measure:
    """The measure asked for. Errors: ArgumentError with the nearest name."""
    known, name = columns(inquiry.scenario.vendor_names), inquiry["measure"]
    if name not in known:
        raise ArgumentError("measure", name, f"no such measure; {nearest(name, known, MEASURES)}")
    return known[name]


def reached(inquiry: Inquiry, results: Results) -> np.ndarray:
    """(R,) whether the measure reaches the threshold at the end; an undefined measure does not."""
    return inquiry.outcomes(results, inquiry["measure"]) >= inquiry["threshold"]


def title(inquiry: Inquiry) -> str:
    """The measure in a few words."""
    name = inquiry["measure"]
    return "GDP in coalitions" if name == "gdp_coalition" else name.replace("_", " ")


def unit(inquiry: Inquiry) -> str:
    """The measure's unit in words."""
    return measure(inquiry).unit


def words(inquiry: Inquiry) -> str:
    """The outcome in words."""
    threshold, kind = inquiry["threshold"], unit(inquiry)
    if inquiry["measure"] == "gdp_coalition":
        return f"coalitions hold at least {threshold:.0%} of GDP at the end"
    return f"{title(inquiry)} is at least " + (f"{threshold:.0%}" if kind == "share" else f"{threshold:g} {kind}") + " at the end"
