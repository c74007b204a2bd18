"""How likely each option is a nation's best, by year, as the runs of a result go: choice theory, not counts.

A nation whose tastes were drawn anew would choose option o with probability exp(V_o / s) / sum exp(V / s) over the options open
to it, at its payoffs V of the day and the scale s of its tastes [McFadden1974]. To count what nations hold instead would add the
noise of every draw, and forget how near they came. The runs are done once more, so nothing needs to have been recorded.

All coalitions share one taste, so they count as one option, with the best that stands and would admit the nation. As at any
review, a nation that is in none may convene one, with chance ``convening_rate``: then the option is worth the better of that and
of the set it would bring together. So the chance of ``coalition`` is small where none stands, and nought where none can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import softmax

from abm import options
from abm.attributes import TERMS
from abm.dates import years_of
from abm.scenario import Scenario
from abm.submodels.choice import outlooks
from abm.world import World
from analysis.reading.ensembles import finished, some
from runs.chunk import Chunk
from runs.ensemble import stages
from runs.manifest import StoreError
from runs.plan import Plan
from runs.results import Result
from runs.sweep import processors

MOST = 200  # runs that are done again
COLUMNS = ["iso3", "option", "probability", "standard_error", "year"]
PAYOFF = TERMS[:-1]  # the terms without the taste
SUMS = ("runs", "chance", "square", "open", *PAYOFF)


@dataclass(frozen=True)
class Propensity:
    """``chances``: a row per nation, option and year: iso3, option, probability, standard_error (over runs; NaN of one), year.

    ``terms``: a row per nation and option, a column per term of its payoff [share of GDP/yr], mean over all runs and years in
    which the option is open; NaN where it never is. ``runs`` were done again.
    """

    chances: pd.DataFrame
    terms: pd.DataFrame
    runs: int


def propensity(result: Result, most: int = MOST) -> Propensity:
    """Chances of every nation and option in the step nearest to each year, over at most ``most`` finished runs, evenly chosen.

    Errors: StoreError where no run is finished.
    """
    done = finished(result)
    if not done:
        raise StoreError(f"{result.directory}: no run is finished yet")
    return of_runs(result.plan, some(done, most))


def of_runs(plan: Plan, runs: Sequence[int]) -> Propensity:
    """The same for some runs of a plan."""
    part = replace(plan.some(range(plan.count)), runs=runs, points=plan.points[np.array(runs) // plan.replicates])
    sums = pd.concat([_sums(part, *group) for group in part.worlds()]).groupby(["iso3", "option", "year"]).sum().reset_index()
    return Propensity(_averages(sums), _mean_terms(sums), len(runs))


def _sums(part: Chunk, scenario: Scenario, positions: np.ndarray) -> pd.DataFrame:
    """Sums over the runs of one world, by nation, option and year, of :data:`SUMS`."""
    world, years = scenario.world(), _years(scenario)
    names = options.names(world.vendors)
    sums = np.zeros((len(years), int(world.record.n), len(names), len(SUMS)))
    values = part.values()

    def again(position: int) -> np.ndarray:
        stage = stages(world, list(years.values()), int(part.seeds[position]), part.varied, values[position])
        return np.stack([_weighed(now) for now in stage])

    with ThreadPoolExecutor(processors()) as pool:
        for weighed in pool.map(again, positions):  # in order, whichever is done first, so that sums are the same bytes
            sums += weighed
    index = pd.MultiIndex.from_product([years, world.iso3, names], names=["year", "iso3", "option"])
    return pd.DataFrame(sums.reshape(-1, len(SUMS)), index, list(SUMS)).reset_index()


def _years(scenario: Scenario) -> dict[int, int]:
    """Every year of a run, and the step nearest to it."""
    return {year: scenario.nearest_step(year) for year in years_of(scenario.content.start, scenario.end)}


def _weighed(world: World) -> np.ndarray:
    """(N, O, SUMS) one run's part of the sums at the world's present step, which is left as it is."""
    record = world.record.copy()
    n, rows = int(record.n), len(options.names(world.vendors))
    terms = np.empty((n, rows + 1, len(PAYOFF)))
    outlooks(record, terms)
    rate, scale = float(record.p.convening_rate), float(record.p.taste_scale)
    payoffs = np.nan_to_num(terms.sum(axis=2), nan=-np.inf)
    convened = payoffs[:, -1] > payoffs[:, -2]
    chances = (1 - rate) * chosen(payoffs[:, :-1], scale)
    terms[convened, -2], payoffs[convened, -2] = terms[convened, -1], payoffs[convened, -1]
    chances += rate * chosen(payoffs[:, :-1], scale)
    found = np.isfinite(payoffs[:, :-1])
    return np.dstack([np.ones_like(chances), chances, chances**2, found, np.nan_to_num(terms[:, :-1])])


def chosen(payoffs: np.ndarray, scale: float) -> np.ndarray:
    """Logit shares over the last axis of ``payoffs``, minus infinity where an option is not open, at the scale of tastes."""
    return softmax(payoffs / max(scale, 1e-300), axis=-1)


def _averages(sums: pd.DataFrame) -> pd.DataFrame:
    runs, mean = sums["runs"], sums["chance"] / sums["runs"]
    spread = (sums["square"] / runs - mean**2).clip(0) / (runs - 1).where(runs > 1)
    return sums.assign(probability=mean, standard_error=np.sqrt(spread))[COLUMNS]


def _mean_terms(sums: pd.DataFrame) -> pd.DataFrame:
    by_nation = sums.groupby(["iso3", "option"])[[*PAYOFF, "open"]].sum()
    return by_nation[list(PAYOFF)].div(by_nation["open"].where(by_nation["open"] > 0), axis=0)
