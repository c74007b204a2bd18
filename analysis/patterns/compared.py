"""The table of patterns: the record's range, the model's value with its spread, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.patterns.evidence import Evidence
from analysis.patterns.table import BESIDE, PATTERNS, SCENARIOS, Pattern
from runs import batch, library
from runs.ensemble import Results

LOW, HIGH = 0.1, 0.9


def compare(
    baseline: Scenario | None = None,
    replicates: int = 100,
    seed: int = 0,
    draws: pd.DataFrame | None = None,
    progress: Callable[[int], object] = lambda runs: None,
) -> pd.DataFrame:
    """A row per pattern: what the record says and its range, the model's median and 10 to 90 %, and the verdict.

    ``agrees`` where the median lies in the range. ``defined`` is the share of runs (or groups of runs) that have a value, as
    those without a coalition do not for what coalitions do; ``inside`` is the share of these whose value lies in the range.
    Parameters that ``baseline`` sets hold in the other scenarios as well.
    """

    def run(arm: Scenario) -> Results:
        return batch.run_arms([arm], replicates, seed, draws, True, True, progress)[0]

    scenarios = arms(baseline or library.scenario("baseline"))
    found = {name: gathered(arm, run, name in BESIDE) for name, arm in scenarios.items()}
    return pd.DataFrame([_row(pattern, pattern.of(found[pattern.scenario])) for pattern in PATTERNS])


def arms(baseline: Scenario) -> dict[str, Scenario]:
    """The scenarios of the patterns, all with the parameters that ``baseline`` sets and they themselves do not."""
    found = {"baseline": baseline}
    for name in SCENARIOS[1:]:
        arm = library.scenario(name)
        own = {key: value for key, value in baseline.content.parameters.items() if key not in arm.content.parameters}
        found[name] = arm.with_values(own) if own else arm
    return found


def gathered(
    arm: Scenario, run: Callable[[Scenario], Results], beside: bool, points: pd.DataFrame | None = None
) -> Evidence:
    """The evidence of a scenario that ``run`` runs, with ``beside`` the same runs without the cuts that it dates."""
    return Evidence(arm, run(arm), run(without_cuts(arm)) if beside else None, points)


def without_cuts(arm: Scenario) -> Scenario:
    """The scenario with its dated cuts taken out; nothing else differs."""
    document = arm.document()
    document["events"] = [event for event in document.get("events", []) if event["kind"] != "restriction"]
    return Scenario.parse(document, arm.name)


def _row(pattern: Pattern, values: np.ndarray) -> dict:
    known = values[np.isfinite(values)]
    low, median, high = np.quantile(known, [LOW, 0.5, HIGH]) if len(known) else (np.nan,) * 3
    inside = (known >= pattern.low) & (known <= pattern.high)
    return {
        "pattern": pattern.name,
        "family": pattern.family,
        "record": pattern.says,
        "unit": pattern.unit,
        "record_low": pattern.low,
        "record_high": pattern.high,
        "model": median,
        "model_low": low,
        "model_high": high,
        "inside": inside.mean() if len(known) else np.nan,
        "defined": len(known) / len(values) if len(values) else 0.0,
        "agrees": bool(len(known) and pattern.low <= median <= pattern.high),
        "scenario": pattern.scenario,
        "source": pattern.source,
        "as_of": pattern.as_of,
        "trust": pattern.trust,
    }
