"""How well points of the parameters foretell the lists of the package, beside the simple predictor that is best at each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from abm.scenario import Scenario
from analysis.nations import lists
from analysis.nations.propensity import of_runs
from analysis.nations.scored import model_scores, simple_scores
from runs.plan import Plan

RUNS = 8  # of a point: chances are known to some per cent then, since they are averaged over years too


@dataclass(frozen=True)
class Listed:
    """A list as it is to be foretold: ``values`` (N,) 0 or 1 by iso3, and ``rival`` (N,), each nation's log score by the simple
    predictor whose mean is best."""

    name: str
    option: str
    among: tuple[str, ...]
    values: pd.Series
    rival: np.ndarray


def listed(scenario: Scenario, names: Sequence[str] = tuple(lists.SHIPPED)) -> tuple[Listed, ...]:
    """Lists of the package among the nations of a scenario. Errors: ValueError where too few of a list's nations are in it."""
    found = []
    for name in names:
        known = lists.SHIPPED[name]
        values = lists.read_list(known.path, scenario.nations().index)
        rival = max(simple_scores(values).values(), key=lambda scores: scores.mean())
        found.append(Listed(name, known.option, known.among, values, rival))
    return tuple(found)


def behind(
    scenario: Scenario,
    points: pd.DataFrame,
    wanted: Sequence[Listed],
    seed: int,
    progress: Callable[[int], object] = lambda runs: None,
) -> pd.DataFrame:
    """(P, lists) by how many standard errors the best simple predictor foretells each list better than the model does at each
    point (a row of parameters), from :data:`RUNS` runs with seeds from ``seed`` on; below nought where the model is better."""
    rows = []
    for values in points.to_dict("records") if wanted else []:
        changed = scenario.with_values({str(name): value for name, value in values.items()})
        chances = of_runs(Plan(changed, replicates=RUNS, seed=seed), range(RUNS))
        rows.append([_errors(each.rival - model_scores(chances, each.values, each.option, each.among)) for each in wanted])
        progress(RUNS)
    return pd.DataFrame(rows, range(len(points)), [each.name for each in wanted])


def _errors(difference: np.ndarray) -> float:
    """A mean over its standard error."""
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() / error) if error > 0 else 0.0
