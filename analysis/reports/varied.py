"""The report of a sweep: what was varied, and what that did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

import numpy as np
import pandas as pd

from analysis.reading import indices, responses
from analysis.reading.sweep import Sweep, described
from analysis.reports.findings import Finding
from analysis.reports.markup import cell, table

FEW = 3  # factors whose values are written out for a point
DESIGNS = {
    "grid": "every combination of the values",
    "one_at_a_time": "the scenario itself, then each factor alone at each of its values",
    "latin_hypercube": "a Latin hypercube: each point draws all factors at once, each factor evenly covered",
    "sobol": "a Sobol sequence: each point draws all factors at once, the space evenly covered",
    "saltelli": "Saltelli's design for Sobol indices",
    "morris": "Morris' trajectories, each step moving one factor",
    "csv": "points of the author's own",
}


def section(sweep: Sweep) -> Iterable[str]:
    """What was varied, as HTML; and what failed."""
    plan = sweep.result.plan
    values = [f"{sweep.text(k, numbers[0])} to {sweep.text(k, numbers[-1])}" if _many(sweep, k) else
              ", ".join(sweep.text(k, number) for number in numbers)
              for k in range(len(sweep.factors)) for numbers in [sweep.values(k)]]  # fmt: skip
    yield "<h2>What was varied</h2>"
    yield (
        f"<p>{len(plan.points):,} design points, {escape(DESIGNS[sweep.method])}; at each {plan.replicates:,} "
        f"{'replicates' if plan.replicates > 1 else 'replicate'}, with the same chance at every point, so that points differ by "
        "what was varied and not by luck.</p>"
    )
    yield table(
        ("factor", "values", "in the scenario", "unit", "meaning"),
        [(cell(factor.name), cell(values[k], "number"), cell(_present(sweep, k), "number"), *map(cell, described(sweep, k)))
         for k, factor in enumerate(sweep.factors)],
    )  # fmt: skip
    yield from _failures(sweep)


def _many(sweep: Sweep, index: int) -> bool:
    return not sweep.factors[index].levels and len(sweep.values(index)) > 6


def _present(sweep: Sweep, index: int) -> str:
    number = sweep.present(index)
    return "–" if number != number else sweep.text(index, number)


def _failures(sweep: Sweep) -> Iterator[str]:
    """Which runs failed, why, and which points are empty."""
    empty = sweep.table.index[sweep.table["count"] == 0]
    query = "select error, count(*) as runs from runs where status = 'failed' group by error order by runs desc, error limit 3"
    reasons = [f"{count:,} times: {error}" for error, count in sweep.result.sql(query).fetchall()]
    if len(empty):
        where = sweep.where(int(empty[0])) if len(empty) < len(sweep.points) else "all of them"
        more = " ..." if len(empty) > 1 else ""
        said = f"At {len(empty):,} of {len(sweep.points):,} design points no run finished ({where}{more})."
        yield f'<p class="warn">{escape(said)}</p>'
    if reasons:
        yield '<p class="warn">Why runs failed: ' + escape("; ".join(reasons)) + ".</p>"


def findings(sweep: Sweep) -> list[Finding]:
    """What the sweep says, as lines with text; empty when no run finished."""
    return list(_findings(sweep)) if sweep.table["count"].sum() else []


def _findings(sweep: Sweep) -> Iterator[Finding]:
    for outcome in sweep.outcomes:
        if sweep.table[outcome].notna().any():
            label = sweep.label(outcome)
            yield Finding(outcome, f"{label[0].upper()}{label[1:]} at the end, mean of a point", "", text=_extent(sweep, outcome))
    yield from _weights(sweep, sweep.outcomes[0])


def _extent(sweep: Sweep, outcome: str) -> str:
    """The lowest and highest of an outcome's means over the points, and where they are if that is quickly said."""
    column = sweep.table[outcome].to_numpy()
    low, high = int(np.nanargmin(column)), int(np.nanargmax(column))
    if column[low] == column[high]:
        return f"{sweep.show(outcome, column[low])} at every point"
    named = len(sweep.factors) <= FEW or sweep.method == "one_at_a_time"
    ends = [sweep.show(outcome, column[point]) for point in (low, high)]
    if named:
        ends = [f"{end} ({_where(sweep, column, point)})" for end, point in zip(ends, (low, high), strict=True)]
    middle = "" if named else f", at half of the points {sweep.show(outcome, float(np.nanmedian(column)))} or more"
    return f"from {ends[0]} to {ends[1]}{middle}"


def _where(sweep: Sweep, column: np.ndarray, point: int) -> str:
    """The point, or at how many points the outcome is the same."""
    same = int((column == column[point]).sum())
    return sweep.where(point) if same == 1 else f"at {same} of {len(column)} points"


def _weights(sweep: Sweep, outcome: str) -> Iterator[Finding]:
    """Which factors matter most for the main outcome."""
    if sweep.method == "csv" or len(sweep.factors) < 2:
        return
    label = f"What moves {sweep.label(outcome)} most"
    if sweep.method in indices.METHODS:
        enough = indices.whole(sweep, outcome).sum() >= 4 * indices.size(sweep)
        found = indices.indices(sweep, outcome) if enough else pd.DataFrame()
        if len(found):
            yield Finding("weights", label, "", text=_told(sweep, outcome, found.head(3)))
        return
    reach = responses.reach(sweep, outcome).head(3)
    parts = [f"{name} (by {_points(sweep, outcome, value)} between its lowest and highest)" for name, value in reach.items()]
    yield Finding("weights", label, "", text=", ".join(parts))


def _told(sweep: Sweep, outcome: str, found) -> str:
    """The first factors of a table of indices."""
    if sweep.method == "morris":
        return ", ".join(f"{name} (by {_points(sweep, outcome, row['mu_star'])} over its range on average)"
                         for name, row in found.iterrows())  # fmt: skip
    parts = zip(found.index, found["total"], found["total_half"], strict=True)
    told = [f"{name} (total index {value:.2f} [{value - half:.2f} to {value + half:.2f}])" for name, value, half in parts]
    return ", ".join(told)


def _points(sweep: Sweep, outcome: str, value: float) -> str:
    """A difference as a reader writes it."""
    return f"{100 * value:.3g} percentage points" if sweep.share(outcome) else f"{value:.3g}"
