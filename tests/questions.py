"""What tests of the questions share: a small world, questions asked of it, and a stand-in for the ensemble with known answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from abm import measures
from abm.scenario import Scenario
from analysis.experiments.inquiry import Answer, Inquiry
from runs.ensemble import Results

NATIONS = ["FRA", "DEU", "ITA", "CAN", "JPN", "ESP", "POL", "CHE", "BRA", "ISR"]
#: Values under which coalitions come and go within ten years in the small world.
LIVELY = {
    "review_rate": 1.5,
    "convening_rate": 0.3,
    "inference_cost": 0.1,
    "pooling": 1.0,
    "fee_us": 0.45,
    "builder_efficiency": 2.0,
    "notice": 0,
}
#: Options that keep a question small, by question.
FEW: dict[str, dict[str, Any]] = {
    "tipping": {"rungs": 3},
    "window": {"last": 2030, "wait": 2.0},
    "rules": {"by": 2028},
    "levers": {"draws": 20, "seeds": 2},
    "what-breaks": {"trajectories": 4, "factors": 3, "samples": 32, "cases": 200, "runs": 10},
}


def small(steps: int = 40, events: tuple = (), **values: Any) -> Scenario:
    """Ten economies, ten years."""
    document = {"nations": {"select": NATIONS}, "steps": steps, "parameters": {**LIVELY, **values}, "events": list(events)}
    return Scenario.parse(document, "small")


def inquiry(
    module: ModuleType, scenario: Scenario, replicates: int = 8, sample: pd.DataFrame | None = None, **options: Any
) -> Inquiry:
    """A question with its defaults but ``options``; ``sample`` is the parameter uncertainty."""
    chosen = {option.name: option.default for option in module.OPTIONS} | options
    return Inquiry(scenario, replicates, chosen, 0, sample)


def ask(module: ModuleType, scenario: Scenario, replicates: int = 8, **options: Any) -> Answer:
    """Its answer."""
    return module.answer(inquiry(module, scenario, replicates, **options))


@dataclass(frozen=True)
class Stub(Inquiry):
    """An inquiry whose runs are ``law(scenario, values, seeds, step) -> measures by name`` instead of the model's."""

    law: Callable[..., dict[str, np.ndarray]] = field(default=lambda *_: {})

    def arms(self, arms, series=False, choices=False, replicates=0):
        """One Results per arm."""
        return [self._results(arm, {}, replicates or self.replicates) for arm in arms]

    def points(self, points, series=False, choices=False, replicates=0):
        """Points outermost."""
        parts = [self._results(self.scenario, row._asdict(), self.replicates) for row in points.itertuples(index=False)]
        return Results(*(np.concatenate([getattr(part, name) for part in parts]) for name in Results.__dataclass_fields__))

    def _results(self, scenario: Scenario, values: dict[str, float], count: int) -> Results:
        columns, steps, seeds = list(measures.columns(scenario.vendor_names)), scenario.content.steps, np.arange(count)
        series = np.full((count, steps + 1, len(columns)), np.nan)
        for step in range(steps + 1):
            for name, value in self.law(scenario, values, seeds, step).items():
                series[:, step, columns.index(name)] = value
        none = np.empty((0, steps + 1, 0), np.int64)
        return Results(seeds.astype(np.uint64), np.zeros(count, np.int64), series[:, -1], series, none, none)


def stub(module: ModuleType, law, replicates: int = 100, scenario: Scenario | None = None, **options: Any) -> Stub:
    """A question about ``law``."""
    asked = inquiry(module, scenario or small(), replicates, **options)
    return Stub(asked.scenario, replicates, asked.options, law=law)


def value_at(scenario: Scenario, name: str, step: int) -> tuple[float, list[float]]:
    """A parameter's value at a step, and all its values up to then, in order, by the scenario's dated events."""
    path = [float(scenario.content.parameters[name])]
    for event in sorted(scenario.content.events, key=lambda each: each.date):
        if event.name == name and scenario.step_of(event.date) <= step:
            path.append(float(event.value))  # type: ignore[arg-type]
    return path[-1], path


def covers(estimates, truth: float) -> float:
    """Share of intervals that hold the truth."""
    return float(np.mean([found.low <= truth <= found.high for found in estimates]))
