"""What a result says, as numbers with their spread over replicates: the report's and the command line's headline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from abm import options
from analysis.reading import ensembles
from runs.results import Result

CORE = 0.5  # share of replicates from which on a nation counts as a likely member
NAMED = 12  # likely members written out


@dataclass(frozen=True)
class Finding:
    """One headline number: ``median`` and the band ``low`` to ``high`` (10 to 90 %) over ``count`` replicates.

    ``key`` is the measure's column, or a name of ours for what is derived. ``unit`` is ``share``, ``share of GDP``,
    ``months``, ``year``, ``nations`` or ``bn US$``. ``text`` replaces the numbers where a finding is not a number (who the
    likely members are).
    """

    key: str
    label: str
    unit: str
    median: float = math.nan
    low: float = math.nan
    high: float = math.nan
    count: int = 0
    text: str = ""

    @property
    def value(self) -> str:
        """The median as a reader writes it."""
        return self.text or show(self.median, self.unit)

    @property
    def spread(self) -> str:
        """The band, empty where one replicate or none tells it."""
        if self.text or self.count < 2:
            return ""
        return f"{show(self.low, self.unit, bare=True)} to {show(self.high, self.unit)}"

    def __str__(self) -> str:
        band = f" [10-90 %: {self.spread}]" if self.spread else ""
        return f"{self.label}: {self.value}{band}"


def show(number: float, unit: str, bare: bool = False) -> str:
    """A number with its unit (``bare``: without), rounded for reading; ``none`` where it is not defined."""
    if math.isnan(number):
        return "none"
    if unit.startswith("share"):
        percent = 100 * number
        digits = f"{percent:.0f}" if percent == 0 or percent >= 10 else f"{percent:.1f}" if percent >= 0.05 else "under 0.1"
        return digits if bare else f"{digits} %{unit.removeprefix('share')}"
    if unit == "year":
        return f"{number:.1f}"
    return f"{number:,.{1 if unit == 'months' else 0}f}" + ("" if bare else f" {unit}")


def headline(result: Result) -> list[Finding]:
    """What the finished runs of a result say; empty when none finished. ``str`` of each is a line for a terminal."""
    runs = result.runs()
    runs = runs[runs["status"] == "done"]
    return list(_findings(result, runs)) if len(runs) else []


def _findings(result: Result, runs: pd.DataFrame) -> Iterator[Finding]:
    standing = int((runs["coalitions"] > 0).sum())
    yield Finding("coalitions", "A coalition stands at the end", "share", text=f"in {_of(standing, len(runs))}")
    formed = runs["first_founding"].notna()
    if formed.any():
        label = "The first coalition forms" + ("" if formed.all() else f" (in {_of(int(formed.sum()), len(runs))})")
        yield spread("first_founding", label, "year", runs["first_founding"])
        yield spread("largest_coalition", "Members of the largest coalition at the end", "nations", runs["largest_coalition"])
    if "choices" in result.plan.tables:
        yield _core(result)
    place = {name: f"in {doing}" if name == options.SHARED.name else doing for name, doing in options.DOING.items()}
    place |= {vendor.name: f"with the vendor {vendor.title}" for vendor in result.scenario.vendors}
    names = options.names(result.vendors)
    for name in (names[-1], *names[:-1]):
        yield spread(f"gdp_{name}", f"Share of GDP {place[name]} at the end", "share", runs[f"gdp_{name}"])
    if standing:
        yield spread("lag_coalition", "Lag of the best coalition behind the frontier at the end", "months", runs["lag_coalition"])
    yield spread("lag_mean", "Lag of what nations use at the end, mean by GDP", "months", runs["lag_mean"])
    safe = "Sovereignty at the end, the share of AI benefit that no single foreign government can withdraw"
    yield spread("sovereignty", safe, "share", runs["sovereignty"])
    yield spread("net_benefit", "AI benefit a year at the end, less costs and losses", "share of GDP", runs["net_benefit"])
    yield spread("cost", "Costs and losses a year at the end", "share of GDP", runs["benefit"] - runs["net_benefit"])
    if "series" in result.plan.tables:
        yield spread("switching_total", "Spent on switching source in all years", "bn US$", _switching(result))


def spread(key: str, label: str, unit: str, values: pd.Series) -> Finding:
    """The finding of one value per run; runs in which it is not defined do not count."""
    values = values.dropna().astype(float)
    if values.empty:
        return Finding(key, label, unit)
    low, median, high = values.quantile([ensembles.LOW, 0.5, ensembles.HIGH])
    return Finding(key, label, unit, median, low, high, len(values))


def _core(result: Result) -> Finding:
    """The nations that are in a coalition at the end of at least half the replicates."""
    frame = ensembles.memberships(result)
    likely = frame[frame["at_end"] >= CORE]
    first = likely.head(NAMED)
    named = [f"{name} {show(share, 'share')}" for name, share in zip(first["name"], first["at_end"], strict=True)]
    more = f" and {len(likely) - NAMED} more" if len(likely) > NAMED else ""
    return Finding("core", "Most likely members at the end", "share", text=", ".join(named) + more or "none")


def _switching(result: Result) -> pd.Series:
    years = result.scenario.content.step_years
    total = result.sql(f"select run, {years} * sum(switching_spend) as spent from series where {ensembles.FINISHED} group by run")
    return total.df()["spent"]


def _of(count: int, total: int) -> str:
    return f"{count} of {total} replicates" if total > 1 else ("the only replicate" if count else "no replicate")
