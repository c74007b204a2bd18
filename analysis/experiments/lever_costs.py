"""What each lever of policy costs: the one table of cost assumptions, and what a yearly budget buys of it.

Costs are public money in bn US$ a year, for all nations of the scenario together. A lever is not pulled beyond the upper end
of its plausible range (:mod:`analysis.experiments.ranges`); it then costs less than the budget. A lever changes the world as the
run begins; what nations like, and have chosen by then, is that of the world without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from abm import data
from abm.dates import SLACK
from abm.scenario import Scenario
from analysis.experiments.ranges import plausible, value
from analysis.experiments.variants import from_start, with_events

CERN_FOR_AI = 12.0  # bn US$ a year: 30-35 bn EUR in three years [CFG2024], at 1.1 US$
RESEARCHERS = 20_000  # Assumption: leading AI researchers in the world
SOVEREIGN_CLOUD = 3 * 7.8 * 1.1 / 16  # bn US$ a year for the EU: three vendors, 7.8 bn EUR in 16 years each [AWSSovereign2024]
SALARY = 0.5e-3  # bn US$ a year for one of them with a place to work: assumption


@dataclass(frozen=True)
class Lever:
    """``cost(scenario, to)``: yearly cost of the parameter at ``to``; ``kind``: the event where money is spent as it is."""

    name: str
    basis: str
    parameter: str = ""
    cost: Callable[[Scenario, float], float] | None = None
    kind: str = ""


@dataclass(frozen=True)
class Pulled:
    """A lever as far as the budget goes: the scenario with it, its parameter before and after, its yearly cost (NaN: none)."""

    lever: Lever
    scenario: Scenario
    before: float
    after: float
    cost: float


def _gdp(scenario: Scenario) -> float:
    return float(scenario.nations()["gdp_usd_bn"].sum())


def _rise(scenario: Scenario, name: str, to: float) -> float:
    return to - _strongest(scenario, name)


def _portability(scenario: Scenario, to: float) -> float:
    projects = value(scenario, "projects_per_bn") * _gdp(scenario)
    whole = 1e-9 * projects * value(scenario, "migration_cost")
    return _rise(scenario, "portability", to) * whole / value(scenario, "planning_horizon")


def _convening(scenario: Scenario, to: float) -> float:
    return 2.0 * _rise(scenario, "convening_rate", to)


def _talent(scenario: Scenario, to: float) -> float:
    return _rise(scenario, "talent_exchange", to) * value(scenario, "talent_abroad") * RESEARCHERS * SALARY


def _federated(scenario: Scenario, to: float) -> float:
    return _rise(scenario, "federated", to) * 0.1 * value(scenario, "effort_limit") * _gdp(scenario)


def _hosting(scenario: Scenario, to: float) -> float:
    economies = data.economies()["gdp_usd_bn"]
    european = float(economies[data.group("eu")].sum())
    return _rise(scenario, "hosting_us", to) * SOVEREIGN_CLOUD * _gdp(scenario) / european


def _efficiency(scenario: Scenario, to: float) -> float:
    return CERN_FOR_AI * math.log2(to / _strongest(scenario, "builder_efficiency"))


LEVERS = (
    Lever("portability", "Assumption: making a project portable costs what it saves on moving (migration_cost), once in a "
          "planning horizon, for all projects of all nations at full adoption", "portability", _portability),
    Lever("convening", "Assumption: 0.2 bn US$ a year of secretariats and summits for each 0.1 of convening_rate",
          "convening_rate", _convening),
    Lever("adoption subsidy", "The money itself, every year; what it buys is adoption_response, set by the Apply AI Strategy's "
          "1.1 bn US$ [Article2025]", kind="adoption"),
    Lever("compute subsidy", "The money itself, every year, at each year's price of hardware, as in the EU's 20 bn EUR for AI "
          "computing [Article2025]", kind="funding"),
    Lever("talent exchange", "Assumption: 20,000 leading researchers in the world, 0.5 M US$ a year for each who comes; share "
          "trained in China [Article2025]", "talent_exchange", _talent),
    Lever("federated", "Assumption: a tenth of the most that all nations would spend on training (effort_limit) where all "
          "of it is federated", "federated", _federated),
    Lever("efficiency", "Assumption: a research programme of the size of a CERN for AI, 12 bn US$ a year [CFG2024], doubles the "
          "builders' efficiency", "builder_efficiency", _efficiency),
    Lever("hosting at home", "Assumption: to host all use of the US vendor at home, states pay for sites what AWS plans for its "
          "European Sovereign Cloud, 7.8 bn EUR to 2040 [AWSSovereign2024], for each of three vendors and in proportion to "
          "GDP; clients pay the surcharge (hosting_cost) besides", "hosting_us", _hosting),
    Lever("openness", "No cost is stated: releasing models costs no public money here, so there is no effect per US$",
          "openness"),
)  # fmt: skip
PARAMETERS = tuple(lever.parameter for lever in LEVERS if lever.parameter)


def pull(scenario: Scenario, lever: Lever, budget: float) -> Pulled:
    """The lever as far as ``budget`` [bn US$ a year] or its plausible range goes, from the scenario's start."""
    if lever.kind:
        return Pulled(lever, with_events(scenario, _yearly(scenario, lever.kind, budget)), 0.0, budget, budget)
    before = _strongest(scenario, lever.parameter)
    most = max(before, plausible(scenario, lever.parameter).range.high)
    if lever.cost is None or before == most:
        return Pulled(lever, from_start(scenario, {lever.parameter: most}), before, most, math.nan)
    price = partial(lever.cost, scenario)
    after = _affordable(price, before, most, budget)
    return Pulled(lever, from_start(scenario, {lever.parameter: after}), before, after, price(after))


def _strongest(scenario: Scenario, name: str) -> float:
    """The parameter's largest value in the scenario, at its start or by its dated events, from which a lever goes on."""
    return max(
        value(scenario, name), *(float(event.value or 0) for event in scenario.content.events if event.name == name), -math.inf
    )


def _affordable(cost: Callable[[float], float], before: float, most: float, budget: float) -> float:
    """The value that costs the budget, by bisection, since costs rise with the value; at most ``most``."""
    if cost(most) <= budget:
        return most
    low, high = before, most
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if cost(middle) <= budget else (low, middle)
    return low


def _yearly(scenario: Scenario, kind: str, budget: float) -> list[dict]:
    """The budget spent in every year of the run, among all nations by GDP."""
    start, nations = scenario.content.start, list(scenario.nations().index)
    years = max(1, math.ceil(scenario.end - start - SLACK))
    shares = [min(1.0, scenario.end - start - year) for year in range(years)]
    return [
        {"date": start + year, "kind": kind, "bn_usd": budget * share, "nations": nations} for year, share in enumerate(shares)
    ]
