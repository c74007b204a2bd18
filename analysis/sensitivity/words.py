"""What a study found, in words; every word follows from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.experiments.inquiry import rows
from analysis.sensitivity.runs import MAIN, OUTCOMES

MOST = 3  # assumptions that are named
SAME, MOSTLY = 0.9, 0.5  # |mu| / mu*, from which an effect works the same way almost everywhere, or mostly
SETTLED = 0.1  # largest change of a total index with half of the base points
NAMES = {
    "gdp_coalition": "GDP in coalitions", "stands": "whether a coalition stands", "sovereignty": "sovereignty",
    "net_benefit": "net benefit",
}  # fmt: skip
ELSE = {
    "decision": "that people decide", "fitted": "whose value is fitted to patterns of the record",
    "record": "whose value is on record",
}  # fmt: skip


def foremost(table: pd.DataFrame, kind: str = "assumption", count: int = MOST) -> list[Any]:
    """Rows of the parameters' table of a kind that have a total index, the largest first; between equals the larger mu*."""
    known = table[(table["kind"] == kind) & table["total"].notna()]
    return list(rows(known.sort_values(["total", "mu_star"], ascending=False, kind="stable").head(count)))


def sentence(row: Any) -> str:
    """A parameter: what it is, its total index, which way it works."""
    first = f"{row.first:.2f} of it by itself" if row.first >= 0.005 else "none of it by itself"
    return f"`{row.factor}` ({row.meaning}): total index {_interval(row)}, {first}; {direction(row)}."


def _interval(row: Any) -> str:
    return f"{row.total:.2f} [{row.total_low:.2f} to {row.total_high:.2f}]"


def direction(row: Any) -> str:
    """Which way a parameter works on the main outcome, alone and with the others elsewhere."""
    return f"{_alone(row)}, and {_elsewhere(row)}"


def _alone(row: Any) -> str:
    ends = f"from {_percent(row.at_low_end)} at {_value(row.low_end)} to {_percent(row.at_high_end)} at {_value(row.high_end)}"
    clear = row.change_low > 0 or row.change_high < 0
    way = ("rises" if row.change > 0 else "falls") if clear else "changes by no more than chance"
    told = f"alone, {NAMES[MAIN]} {way} {ends}"
    if turn := _value(row.turn):
        peak = "higher" if row.at_turn > max(row.at_low_end, row.at_high_end) else "lower"
        told += f", but is {peak} between, {_percent(row.at_turn)} at {turn}"
    return told


def _value(given: Any) -> str:
    """A value of the range as written in the table, or read from it; "" where there is none."""
    return "" if given is None or given != given else given if isinstance(given, str) else f"{given:g}"


def _elsewhere(row: Any) -> str:
    if not row.mu_star:
        return "with the others elsewhere it moves nothing"
    share, way = abs(row.mu) / row.mu_star, "upwards" if row.mu > 0 else "downwards"
    if share < MOSTLY:
        return "which way it works depends on where the others stand"
    often = "almost always" if share >= SAME else "mostly"
    return f"with the others anywhere in their ranges it works {often} {way}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def others(table: pd.DataFrame) -> Iterator[str]:
    """The strongest of what is no assumption."""
    for kind, name in ELSE.items():
        for row in foremost(table, kind, 1):
            most = f"Of the parameters with indices {name}, `{row.factor}` matters most"
            yield f"{most}: total index {_interval(row)}; {direction(row)}."


def other_outcomes(table: pd.DataFrame, indices: pd.DataFrame, screening: pd.DataFrame) -> Iterator[str]:
    """The assumptions with the largest total indices for the other outcomes, and with the largest mu* of all."""
    assumed = set(table["factor"][table["kind"] == "assumption"])
    for outcome in OUTCOMES[1:]:
        weighed, screened = (_largest(part, outcome, assumed, key) for part, key in ((indices, "total"), (screening, "mu_star")))
        if not weighed:
            yield f"{NAMES[outcome].capitalize()} does not vary."
            continue
        named = ", ".join(f"`{row.factor}` ({_interval(row)})" for row in weighed)
        yield f"For {NAMES[outcome]}: {named}; by the screening of all: {', '.join(f'`{row.factor}`' for row in screened)}."


def _largest(part: pd.DataFrame, outcome: str, names: set[str], key: str) -> list[Any]:
    known = part[(part["outcome"] == outcome) & part["factor"].isin(names) & (part[key] > 0)]
    return list(rows(known.sort_values(key, ascending=False, kind="stable").head(MOST)))


def wider(table: pd.DataFrame, found: pd.DataFrame) -> Iterator[str]:
    """Whether the same assumptions come first with more parameters varied."""
    if not len(found):
        return
    first = [row.factor for row in foremost(table)]
    ranked = foremost(table[["factor", "kind", "mu_star"]].merge(found, on="factor"), count=len(found))
    now = ranked[:MOST]
    gone = [f"`{row.factor}` is at place {index} ({_interval(row)})" for index, row in enumerate(ranked, 1)
            if index > MOST and row.factor in first]  # fmt: skip
    kept = [f"`{row.factor}`" for row in now if row.factor in first]
    stay = f"of those above only {' and '.join(kept)}" if kept else "none of those above"
    stay = "the same" if len(kept) == len(first) else "; ".join([stay, *gone])
    named = ", ".join(f"`{row.factor}` ({_interval(row)})" for row in now)
    yield (
        f"An index depends on what else is varied. With {len(found)} parameters instead of {table['total'].notna().sum()}, and "
        f"half of the base points, the first are {named}: {stay}."
    )


def certainty(table: pd.DataFrame, indices: pd.DataFrame, chance: dict[str, float]) -> Iterator[str]:
    """Whether the indices have converged, whether the order is sure, and how much of the variance is chance."""
    main = indices[indices["outcome"] == MAIN]
    change = float((main["total"] - main["total_half"]).abs().max())
    width = float(((main["total_high"] - main["total_low"]) / 2).max())
    verdict = "they have converged" if change <= SETTLED else "they have not converged: take more samples"
    yield (
        f"With half of the base points no total index changes by more than {change:.2g}, so {verdict}; "
        f"the widest interval is ±{width:.2g}."
    )
    yield from _order(table)
    yield from _cut(table)
    yield (
        f"Of the variance of {NAMES[MAIN]} between the points, {_percent(chance[MAIN])} is chance, since a point is the mean of "
        "few runs; it is part of the total indices as if it were interaction."
    )


def _order(table: pd.DataFrame) -> Iterator[str]:
    ranked = foremost(table, count=len(table))
    if len(ranked) <= MOST:
        return
    third = ranked[MOST - 1]
    near = [f"`{row.factor}` ({_interval(row)})" for row in ranked[MOST:] if row.total_high > third.total_low]
    if near:
        yield f"The third place is not sure, since intervals overlap that of `{third.factor}`: {', '.join(near)}."
    else:
        yield "No other assumption's interval reaches that of the third."
    half = {row.factor for row in sorted(ranked, key=lambda row: -row.total_half)[:MOST]}
    same = half == {row.factor for row in ranked[:MOST]}
    yield "Half of the base points name the same three." if same else "Half of the base points name another three."


def _cut(table: pd.DataFrame) -> Iterator[str]:
    """Whether the screening parts those that got indices from the others."""
    last = table["mu_star"][table["total"].notna()].min()
    near = table[table["total"].isna() & (table["mu_star_high"] > last)].sort_values("mu_star", ascending=False, kind="stable")
    if len(near):
        named = ", ".join(f"`{name}`" for name in near["factor"].head(MOST))
        yield (
            f"The screening does not part those with indices from the others for sure: for {len(near)} more the interval of mu* "
            f"reaches theirs, {named} first."
        )
    elif table["total"].isna().any():
        yield "No other parameter's mu* reaches theirs in the screening."


def reaches(table: pd.DataFrame) -> str:
    """How many parameters move the main outcome far, alone."""
    far = table[table["reach"] >= 0.1]
    head = (
        f"Alone, {len(far)} of {len(table)} parameters move {NAMES[MAIN]} by at least ten percentage points between two values "
        "of their range"
    )
    over = far[(far[["at_low_end", "at_high_end"]].min(axis=1) < 0.5) & (far[["at_low_end", "at_high_end"]].max(axis=1) >= 0.5)]
    return f"{head}; {len(over)} of them take it from below one half of GDP at one end to above at the other."
