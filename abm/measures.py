"""Outcome measures, declared once: what is recorded of a world at each step, with unit and meaning.

Each measure is a compiled function of the world, so that it costs the ensemble little and means the same everywhere.
A measure with ``per="vendor"`` or ``per="option"`` has one value per row and is addressed as ``NAME_ROW``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from abm import options
from abm.compiled import generated, rule
from abm.options import first_coalition
from abm.outcomes import capability, economy, network, politics, security, stances


@dataclass(frozen=True)
class Measure:
    """One measure; ``function(world)`` or, with ``per``, ``function(world, row)`` gives its value.

    ``undefined`` says where it has none (NaN); where that is empty it always has one.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    function: Callable
    per: str = ""
    undefined: str = ""


_OPEN = math.inf  # no bound follows from the parameters' bounds
MEASURES: tuple[Measure, ...] = (
    Measure("nations", "share", 0, 1, "nations that hold the option", stances.nations, per="option"),
    Measure("gdp", "share", 0, 1, "GDP of the nations that hold the option", stances.gdp, per="option"),
    Measure("coalitions", "count", 0, 8, "standing coalitions", politics.coalitions),
    Measure("largest_coalition", "nations", 0, _OPEN, "members of the largest coalition", politics.largest_coalition),
    Measure("cohesion", "trust", 0, 1, "mean trust between members of one coalition", network.cohesion,
            undefined="where no coalition stands"),
    Measure("lag", "months", 0, _OPEN, "vendor behind the frontier at the frontier's present speed",
     capability.lag, per="vendor"),
    Measure("lag_coalition", "months", 0, _OPEN, "the most capable coalition behind the frontier", capability.lag_coalition,
            undefined="where no coalition stands"),
    Measure("lag_mean", "months", 0, _OPEN, "the nations' sources behind the frontier, weighted by GDP", capability.lag_mean),
    Measure("sovereignty", "share", 0, 1, "AI benefit that no single foreign government can withdraw", security.sovereignty),
    Measure("benefit", "share of GDP/yr", 0, 1, "benefit of AI before any cost", economy.benefit),
    Measure("net_benefit", "share of GDP/yr", -1, _OPEN, "benefit less all payments and losses", economy.net_benefit),
    Measure("inequality", "share of GDP/yr", 0, _OPEN, "spread of the net benefit between nations", economy.inequality),
    Measure("fees", "share of GDP/yr", 0, 9, "fees paid to vendors", economy.fees),
    Measure("training_effort", "share of GDP/yr", 0, _OPEN, "what builders and members of coalitions spend on training, over "
            "their GDP; none where nobody builds", economy.training_effort, undefined="where nobody builds"),
    Measure("restriction_loss", "share of GDP/yr", 0, 1, "benefit lost to cuts and outages", economy.restriction_loss),
    Measure("switching_spend", "bn US$/yr", 0, _OPEN, "spent on switching source", economy.switching_spend),
    Measure("lock_in", "share", 0, 1, "how far projects are tied to their source", economy.lock_in),
    Measure("adoption", "share", 0, 1, "extent to which AI's value is taken up", economy.adoption),
    Measure("price", "share of benefit", 0, 1, "fee that the vendor now asks of a client without lock-in", economy.price,
            per="vendor"),
    Measure("hosted", "share", 0, 1, "part of a client's use that the vendor hosts at home", economy.hosted, per="vendor"),
    Measure("hazard_believed", "1/yr", 0, _OPEN, "targeted cuts a nation expects", security.hazard_believed, per="vendor"),
    Measure("hazard_true", "1/yr", 0, _OPEN, "targeted cuts a nation faces", security.hazard_true, per="vendor"),
    Measure("tension", "x", 0, _OPEN, "multiplier of every targeted hazard", security.tension),
    Measure("cuts", "count", 0, _OPEN, "targeted cuts so far that hit a client or a builder", security.cuts),
    Measure("outages", "count", 0, _OPEN, "common outages so far", security.outages),
    Measure("trust", "0-1", 0, 1, "mean trust between nations", network.trust, undefined="with one nation"),
    Measure("density", "share", 0, 1, "ties over possible ties of the alliance network", network.density),
    Measure("transitivity", "share", 0, 1, "closed over all paths of two ties in the alliance network", network.transitivity,
            undefined="where no two ties meet"),
    Measure("modularity", "index", -0.5, 1, "how far the blocs follow trust", network.modularity,
            undefined="where nobody trusts"),
    Measure("turnover", "share of nations/step", 0, 1, "nations that changed source in the step", stances.turnover),
    Measure("concentration", "index", 0, 1, "Herfindahl index of AI benefit over sources", stances.concentration,
            undefined="where nobody benefits"),
    Measure("nations_compute", "M H100e", 0, _OPEN, "compute in all nations", capability.nations_compute),
    Measure("builders_compute", "M H100e", 0, _OPEN, "compute of builders and coalition members",
     capability.builders_compute),
    Measure("frontier_speed", "OOM/yr", 0, _OPEN, "growth of the frontier's effective compute", capability.frontier_speed),
    Measure("programme_cost", "bn US$/yr", 0, _OPEN, "spending behind one frontier programme", capability.programme_cost),
    Measure("gdp_growth", "1/yr", -_OPEN, _OPEN, "mean growth of all nations' GDP since the start", economy.gdp_growth,
            undefined="at the start"),
    Measure("foundings", "count", 0, _OPEN, "coalitions founded so far", politics.foundings),
    Measure("first_founding", "year", 0, 9999, "date of the first founding; none before it", politics.first_founding,
            undefined="before the first founding"),
    Measure("joins", "count", 0, _OPEN, "admissions to a standing coalition so far", politics.joins),
    Measure("exits", "count", 0, _OPEN, "members that left a coalition so far", politics.exits),
    Measure("rejoins", "count", 0, _OPEN, "memberships begun by former members so far", politics.rejoins),
    Measure("refusals", "count", 0, _OPEN, "applications refused so far", politics.refusals),
    Measure("dissolutions", "count", 0, _OPEN, "coalitions dissolved so far", politics.dissolutions),
)


def rows(measure: Measure, vendors: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a measure's rows: none, the vendors or the options."""
    return {"": (), "vendor": vendors, "option": options.names(vendors)}[measure.per]


@cache
def columns(vendors: tuple[str, ...]) -> Mapping[str, Measure]:
    """Addressable names in the order of :func:`measure_all` -> measure."""
    out: dict[str, Measure] = {}
    for measure in MEASURES:
        names = rows(measure, vendors)
        out.update({f"{measure.name}_{row}": measure for row in names} if measure.per else {measure.name: measure})
    return MappingProxyType(out)


def _count(measure: Measure) -> str:
    """How many columns a measure has, as an expression."""
    return {"": "1", "vendor": "world.vendor_compute.size", "option": "first_coalition(world) + 1"}[measure.per]


def _compile_all():
    """All measures as one function ``_all(world, out)``."""
    scope = {f"f{index}": measure.function for index, measure in enumerate(MEASURES)}
    scope["first_coalition"] = first_coalition
    lines = ["def _all(world, out):", "    at = 0"]
    for index, measure in enumerate(MEASURES):
        lines.append(f"    for row in range({_count(measure)}):")
        lines.append(f"        out[at] = f{index}(world{', row' if measure.per else ''})")
        lines.append("        at += 1")
    return generated("_all", lines, scope)


def _compile_defined():
    """Whether all measures have a value where they should, as one function ``_defined(world, out)``."""
    lines = ["def _defined(world, out):", "    at = 0"]
    for measure in MEASURES:
        lines.append(f"    for row in range({_count(measure)}):")
        wrong = "isinf(out[at])" if measure.undefined else "not isfinite(out[at])"
        lines += [f"        if {wrong}:", "            return False", "        at += 1"]
    lines.append("    return True")
    return generated("_defined", lines, {"isinf": math.isinf, "isfinite": math.isfinite, "first_coalition": first_coalition})


_all, _defined = _compile_all(), _compile_defined()


@rule
def measure_all(world, out):
    """Write all measures of a world's record to ``out``, in the order of :func:`columns`."""
    _all(world, out)


@rule
def all_defined(world, out):
    """Whether measures that :func:`measure_all` wrote are finite, save for NaN where they may be undefined."""
    return _defined(world, out)


def values(world) -> dict[str, float]:
    """All measures of a :class:`abm.world.World` by addressable name."""
    out = np.empty(len(columns(world.vendors)))
    measure_all(world.record, out)
    return dict(zip(columns(world.vendors), out.tolist(), strict=True))
