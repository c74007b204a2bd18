"""Outcome measures, declared once: what is recorded of a world at each step, with unit and meaning.

Each measure is a compiled function of the world, so that it costs the ensemble little and means the same everywhere.
A measure with ``per="vendor"`` or ``per="option"`` has one value per row and is addressed as ``NAME_ROW``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from abm import options
from abm.compiled import generated, rule
from abm.options import builds, first_coalition, hold_back, self_build
from abm.submodels.capability import lag_months, quality
from abm.submodels.restriction import believed_hazard, true_hazard


@dataclass(frozen=True)
class Measure:
    """One measure; ``function(world)`` or, with ``per``, ``function(world, row)`` gives its value (NaN where undefined)."""

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    function: Callable
    per: str = ""


@rule
def option_of(world, i):
    """Option of nation i: its source, all coalition slots taken as one."""
    return min(world.source[i], first_coalition(world))


@rule
def nations(world, option):
    """Share of nations that hold an option."""
    count = 0
    for i in range(world.n):
        count += option_of(world, i) == option
    return count / world.n


@rule
def gdp(world, option):
    """Share of all nations' GDP in nations that hold an option."""
    held = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        if option_of(world, i) == option:
            held += world.gdp[i]
    return held / total


@rule
def coalitions(world):
    """Standing coalitions."""
    count = 0.0
    for k in range(world.members.size):
        count += world.members[k] > 0
    return count


@rule
def largest_coalition(world):
    """Members of the largest coalition."""
    most = 0
    for k in range(world.members.size):
        most = max(most, world.members[k])
    return float(most)


@rule
def best_coalition(world):
    """Slot of the most capable coalition, or -1."""
    best = -1
    for k in range(world.members.size):
        if world.members[k] > 0 and (best < 0 or world.coalition_capability[k] > world.coalition_capability[best]):
            best = k
    return best


@rule
def lag(world, v):
    """Months a vendor is behind the frontier."""
    return lag_months(world, world.vendor_capability[v])


@rule
def lag_coalition(world):
    """Months the most capable coalition is behind the frontier."""
    k = best_coalition(world)
    return lag_months(world, world.coalition_capability[k]) if k >= 0 else math.nan


@rule
def lag_mean(world):
    """GDP-weighted months that the nations' own sources are behind the frontier, from their quality."""
    behind = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        gap = -math.log(max(source_quality(world, i), 1e-12)) / max(world.p.quality_sensitivity, 1e-9)
        behind += world.gdp[i] * 12.0 * gap / max(world.frontier_speed, 1e-9)
    return behind / total


@rule
def source_quality(world, i):
    """Quality of the models nation i uses."""
    used = world.value * world.adoption[i] * (world.p.free_use if world.source[i] == hold_back(world) else 1.0)
    return world.benefit[i] / used if used > 0.0 else 1.0


@rule
def national_sovereignty(world, i):
    """Share of nation i's benefit that no single foreign government can withdraw.

    Nothing of what a vendor serves; all of what a nation runs on models of its own or freely released; in a coalition, what
    quality is left when its largest other member takes its compute away.
    """
    source = world.source[i]
    if source < self_build(world):
        return 0.0
    k = source - first_coalition(world)
    if k < 0 or world.coalition_quality[k] <= 0.0:
        return 1.0
    other = world.second_share[k] if world.largest_member[k] == i else world.largest_share[k]
    left = max(1.0 - other, 1e-9)
    without = world.coalition_capability[k] + math.log10(left)
    return quality(world.frontier - without, world.p.quality_sensitivity) / world.coalition_quality[k]


@rule
def sovereignty(world):
    """Share of all AI benefit that no single foreign government can withdraw."""
    safe = total = 0.0
    for i in range(world.n):
        worth = world.gdp[i] * world.benefit[i]
        total += worth
        safe += worth * national_sovereignty(world, i)
    return safe / total if total > 0.0 else 0.0


@rule
def gdp_mean(world, column):
    """GDP-weighted mean of a nation attribute."""
    held = total = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        held += world.gdp[i] * column[i]
    return held / total


@rule
def benefit(world):
    return gdp_mean(world, world.benefit)


@rule
def net_benefit(world):
    return gdp_mean(world, world.net_benefit)


@rule
def restriction_loss(world):
    return gdp_mean(world, world.restriction_loss)


@rule
def fees(world):
    return gdp_mean(world, world.fee_paid)


@rule
def lock_in(world):
    return gdp_mean(world, world.lock_in)


@rule
def adoption(world):
    return gdp_mean(world, world.adoption)


@rule
def switching_spend(world):
    return world.switching_spend / world.dt


@rule
def cuts(world):
    count = 0
    for i in range(world.n):
        count += world.cuts[i]
    return float(count)


@rule
def outages(world):
    count = 0
    for v in range(world.outages.size):
        count += world.outages[v]
    return float(count)


@rule
def hazard_believed(world, v):
    total = 0.0
    for i in range(world.n):
        total += believed_hazard(world, i, v)
    return total / world.n


@rule
def hazard_true(world, v):
    total = 0.0
    for i in range(world.n):
        total += true_hazard(world, i, v)
    return total / world.n


@rule
def fee(world, v):
    return world.vendor_fee[v]


@rule
def tension(world):
    return world.tension


@rule
def frontier_speed(world):
    return world.frontier_speed


@rule
def programme_cost(world):
    """Yearly spending behind the dearest frontier programme of a vendor."""
    share = min(1.0, world.p.frontier_share * math.exp(world.p.frontier_share_growth * world.step * world.dt))
    dearest = 0.0
    for v in range(world.vendor_investment.size):
        dearest = max(dearest, share * world.vendor_investment[v])
    return dearest


@rule
def trust(world):
    total = 0.0
    for i in range(world.n):
        total += world.trust_sum[i]
    return total / (world.n * (world.n - 1)) if world.n > 1 else math.nan


@rule
def cohesion(world):
    """Mean trust over pairs of co-members, over all coalitions."""
    bonds, pairs = 0.0, 0
    for k in range(world.members.size):
        if world.members[k] > 0:
            size = world.members[k]
            pairs += size * (size - 1)
            bonds += world.cohesion[k] * size * (size - 1)
    return bonds / pairs if pairs > 0 else math.nan


@rule
def density(world):
    """Ties over possible ties in the network of nations and vendors: a client's to its vendor, allies' to each other."""
    vendors = world.vendor_compute.size
    ties = 0.0
    for i in range(world.n):
        ties += world.source[i] < vendors
    for k in range(world.members.size):
        ties += world.members[k] * (world.members[k] - 1) / 2.0
    nodes = world.n + vendors
    return ties / (nodes * (nodes - 1) / 2.0)


@rule
def transitivity(world):
    """Closed over all paths of length two in that network: stars around vendors are open, coalitions closed."""
    closed = open_paths = 0.0
    for v in range(world.vendor_compute.size):
        clients = 0
        for i in range(world.n):
            clients += world.source[i] == v
        open_paths += clients * (clients - 1) / 2.0
    for k in range(world.members.size):
        size = world.members[k]
        closed += size * (size - 1) * (size - 2) / 2.0
    return closed / (closed + open_paths) if closed + open_paths > 0.0 else math.nan


@rule
def modularity(world):
    """Newman's modularity of the trust network, nations grouped by source: how far blocs follow trust."""
    total = within = expected = 0.0
    for i in range(world.n):
        total += world.trust_sum[i]
    if total <= 0.0:
        return math.nan
    for s in range(world.source_trust.shape[1]):
        strength = 0.0
        for i in range(world.n):
            if world.source[i] == s:
                strength += world.trust_sum[i]
                for j in range(world.n):
                    if world.source[j] == s:
                        within += world.trust[i, j]
        expected += (strength / total) ** 2
    return within / total - expected


@rule
def turnover(world):
    """Share of nations that changed source in this step."""
    return world.moves / world.n


@rule
def concentration(world):
    """Herfindahl index of AI benefit over sources; building alone counts as a source per nation."""
    total = index = 0.0
    for i in range(world.n):
        total += world.gdp[i] * world.benefit[i]
    if total <= 0.0:
        return math.nan
    for s in range(world.source_trust.shape[1]):
        held = 0.0
        for i in range(world.n):
            if world.source[i] == s:
                part = world.gdp[i] * world.benefit[i] / total
                held += part
                index += part * part if s == self_build(world) else 0.0
        index += 0.0 if s == self_build(world) else held * held
    return index


@rule
def gdp_growth(world):
    """Mean growth of all nations' GDP since the start."""
    now = then = 0.0
    for i in range(world.n):
        now += world.gdp[i]
        then += world.gdp_start[i]
    years = world.step * world.dt
    return math.log(now / then) / years if years > 0.0 else math.nan


@rule
def inequality(world):
    """GDP-weighted standard deviation of net benefit between nations."""
    mean = net_benefit(world)
    total = square = 0.0
    for i in range(world.n):
        total += world.gdp[i]
        square += world.gdp[i] * (world.net_benefit[i] - mean) ** 2
    return math.sqrt(square / total)


@rule
def builders_compute(world):
    """Compute of builders and coalition members."""
    total = 0.0
    for i in range(world.n):
        if builds(world, world.source[i]):
            total += world.compute[i]
    return total


@rule
def nations_compute(world):
    """Compute of all nations."""
    total = 0.0
    for i in range(world.n):
        total += world.compute[i]
    return total


@rule
def foundings(world):
    return float(world.foundings)


@rule
def first_founding(world):
    return world.first_founding


@rule
def joins(world):
    return float(world.joins)


@rule
def exits(world):
    return float(world.exits)


@rule
def rejoins(world):
    return float(world.rejoins)


@rule
def refusals(world):
    return float(world.refusals)


@rule
def dissolutions(world):
    return float(world.dissolutions)


_OPEN = math.inf  # no bound follows from the parameters' bounds
MEASURES: tuple[Measure, ...] = (
    Measure("nations", "share", 0, 1, "nations that hold the option", nations, per="option"),
    Measure("gdp", "share", 0, 1, "GDP of the nations that hold the option", gdp, per="option"),
    Measure("coalitions", "count", 0, 8, "standing coalitions", coalitions),
    Measure("largest_coalition", "nations", 0, _OPEN, "members of the largest coalition", largest_coalition),
    Measure("cohesion", "trust", 0, 1, "mean trust between members of one coalition", cohesion),
    Measure("lag", "months", 0, _OPEN, "vendor behind the frontier at the frontier's present speed", lag, per="vendor"),
    Measure("lag_coalition", "months", 0, _OPEN, "the most capable coalition behind the frontier", lag_coalition),
    Measure("lag_mean", "months", 0, _OPEN, "the nations' sources behind the frontier, weighted by GDP", lag_mean),
    Measure("sovereignty", "share", 0, 1, "AI benefit that no single foreign government can withdraw", sovereignty),
    Measure("benefit", "share of GDP/yr", 0, 1, "benefit of AI before any cost", benefit),
    Measure("net_benefit", "share of GDP/yr", -_OPEN, _OPEN, "benefit less all payments and losses", net_benefit),
    Measure("inequality", "share of GDP/yr", 0, _OPEN, "spread of the net benefit between nations", inequality),
    Measure("fees", "share of GDP/yr", 0, 3, "fees paid to vendors", fees),
    Measure("restriction_loss", "share of GDP/yr", 0, 1, "benefit lost to cuts and outages", restriction_loss),
    Measure("switching_spend", "bn US$/yr", 0, _OPEN, "spent on switching source", switching_spend),
    Measure("lock_in", "share", 0, 1, "how far projects are tied to their source", lock_in),
    Measure("adoption", "share", 0, 1, "extent to which AI's value is taken up", adoption),
    Measure("fee", "share of benefit", 0, 1, "fee asked of a client without lock-in", fee, per="vendor"),
    Measure("hazard_believed", "1/yr", 0, _OPEN, "targeted cuts a nation expects", hazard_believed, per="vendor"),
    Measure("hazard_true", "1/yr", 0, _OPEN, "targeted cuts a nation faces", hazard_true, per="vendor"),
    Measure("tension", "x", 0, _OPEN, "multiplier of every targeted hazard", tension),
    Measure("cuts", "count", 0, _OPEN, "targeted cuts so far that hit a client or a builder", cuts),
    Measure("outages", "count", 0, _OPEN, "common outages so far", outages),
    Measure("trust", "0-1", 0, 1, "mean trust between nations", trust),
    Measure("density", "share", 0, 1, "ties over possible ties of the alliance network", density),
    Measure("transitivity", "share", 0, 1, "closed over all paths of two ties in the alliance network", transitivity),
    Measure("modularity", "index", -0.5, 1, "how far the blocs follow trust", modularity),
    Measure("turnover", "share of nations/step", 0, 1, "nations that changed source in the step", turnover),
    Measure("concentration", "index", 0, 1, "Herfindahl index of AI benefit over sources", concentration),
    Measure("nations_compute", "M H100e", 0, _OPEN, "compute in all nations", nations_compute),
    Measure("builders_compute", "M H100e", 0, _OPEN, "compute of builders and coalition members", builders_compute),
    Measure("frontier_speed", "OOM/yr", 0, _OPEN, "growth of the frontier's effective compute", frontier_speed),
    Measure("programme_cost", "bn US$/yr", 0, _OPEN, "spending behind one frontier programme", programme_cost),
    Measure("gdp_growth", "1/yr", -_OPEN, _OPEN, "mean growth of all nations' GDP since the start", gdp_growth),
    Measure("foundings", "count", 0, _OPEN, "coalitions founded so far", foundings),
    Measure("first_founding", "year", 0, 9999, "date of the first founding; none before it", first_founding),
    Measure("joins", "count", 0, _OPEN, "admissions to a standing coalition so far", joins),
    Measure("exits", "count", 0, _OPEN, "members that left a coalition so far", exits),
    Measure("rejoins", "count", 0, _OPEN, "memberships begun by former members so far", rejoins),
    Measure("refusals", "count", 0, _OPEN, "applications refused so far", refusals),
    Measure("dissolutions", "count", 0, _OPEN, "coalitions dissolved so far", dissolutions),
)


def rows(measure: Measure, vendors: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a measure's rows: none, the vendors or the options."""
    return {"": (), "vendor": vendors, "option": options.names(vendors)}[measure.per]


def columns(vendors: tuple[str, ...]) -> dict[str, Measure]:
    """Addressable names in the order of :func:`measure_all` -> measure."""
    out: dict[str, Measure] = {}
    for measure in MEASURES:
        names = rows(measure, vendors)
        out.update({f"{measure.name}_{row}": measure for row in names} if measure.per else {measure.name: measure})
    return out


def _compile_all():
    """All measures as one function ``_all(world, out)``."""
    scope = {f"f{place}": measure.function for place, measure in enumerate(MEASURES)}
    count = {"": "1", "vendor": "world.vendor_compute.size", "option": "first_coalition(world) + 1"}
    scope["first_coalition"] = first_coalition
    lines = ["def _all(world, out):", "    at = 0"]
    for place, measure in enumerate(MEASURES):
        lines.append(f"    for row in range({count[measure.per]}):")
        lines.append(f"        out[at] = f{place}(world{', row' if measure.per else ''})")
        lines.append("        at += 1")
    return generated("_all", lines, scope)


_all = _compile_all()


@rule
def measure_all(world, out):
    """Write all measures of a world's record to ``out``, in the order of :func:`columns`."""
    _all(world, out)


def values(world) -> dict[str, float]:
    """All measures of a :class:`abm.world.World` by addressable name."""
    out = np.empty(len(columns(world.vendors)))
    measure_all(world.record, out)
    return dict(zip(columns(world.vendors), out.tolist(), strict=True))
