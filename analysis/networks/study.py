"""All that is found about a result's temporal network, and the few sentences that say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.methods.statistics import Estimate
from analysis.networks import brokers, churn, communities, core, survival, waves
from analysis.networks.panel import MOST, Panel, read
from runs.results import Result

NAMED = 8  # nations named in a sentence


PARTS = 8
TABLES = ("waves", "survival", "dissolution", "churn", "communities", "core", "brokers")


@dataclass(frozen=True)
class Study:
    """The ``panel`` and a table per aspect; ``joining`` are the numbers behind the sentence about waves."""

    result: Result
    panel: Panel
    joining: dict[str, Estimate]
    waves: pd.DataFrame
    survival: pd.DataFrame
    dissolution: pd.DataFrame
    churn: pd.DataFrame
    communities: pd.DataFrame
    core: pd.DataFrame
    brokers: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of its file."""
        return {name: getattr(self, name) for name in TABLES}


def study(result: Result, most: int = MOST, progress: Callable[[int], object] = lambda parts: None) -> Study:
    """Everything, of at most ``most`` runs; ``progress`` is told of every part that is done, of :data:`PARTS`.

    Errors: StoreError where the result holds no ties or no finished run.
    """
    panel = read(result, most)

    def done(part):
        progress(1)
        return part

    return Study(
        result, panel, done(waves.summary(panel)), done(waves.waves(panel)), done(survival.survival(panel)),
        done(survival.dissolution(panel)), done(churn.churn(panel)), done(communities.over_time(result, panel)),
        done(core.core(panel)), done(brokers.brokers(panel)),
    )  # fmt: skip


def sentences(found: Study) -> list[str]:
    """What a person reads first."""
    if not found.panel.inside.any():
        return [f"In {found.panel.count} runs nobody was ever in a coalition, so there is little to say of the network."]
    return [" ".join(part) for part in (_joining(found), _lasting(found), _churn(found), _groups(found), _core(found))]


def _joining(found: Study) -> Iterator[str]:
    told = found.joining
    yield f"Waves: {percent(told['share of entries in waves'])} of entries into coalitions come in waves,"
    yield f"{number(told['waves a run'])} a run, of {number(told['nations in a wave'])} nations each;"
    yield f"the index of dispersion is {number(told['index of dispersion'])} (1 if nations entered one by one)."


def _lasting(found: Study) -> Iterator[str]:
    member = found.survival[found.survival["group"] == "member of a coalition"].set_index("years")
    told = [(years, member.loc[years]) for years in (4, 8) if years in member.index]
    shares = [percent(Estimate(*row[["survival", "run_low", "run_high"]])) for _, row in told]
    lasts = [f"{share} of memberships last {years} years" for (years, _), share in zip(told, shares, strict=True)]
    yield f"Survival: {', '.join(lasts)};" if lasts else "Survival:"
    rates = found.dissolution.set_index("shared_partners")
    if rates.empty:
        yield "no tie of allies was at risk of ending."
        return
    yield f"ties of allies with {rates.index[-1]} shared partners end {number(_rate(rates.iloc[-1]), 2)} times a year,"
    yield f"those with {rates.index[0]} {number(_rate(rates.iloc[0]), 2)} times."


def _churn(found: Study) -> Iterator[str]:
    row = found.churn.iloc[-1]
    told = {name: Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("entry", "exit", "returns")}
    yield f"Churn: {percent(told['entry'])} of nations outside enter in a year, {percent(told['exit'])} of members leave;"
    yield f"{percent(told['returns'])} of entries are returns."


def _groups(found: Study) -> Iterator[str]:
    last = communities.by_date(found.communities).groupby("network").last()
    kept = {name: Estimate(*row[["persistence", "persistence_low", "persistence_high"]]) for name, row in last.iterrows()}
    yield f"Communities: in the last year those of alliances keep {percent(kept['alliances'])} of themselves,"
    yield f"those of trust {percent(kept['trust'])}."


def _core(found: Study) -> Iterator[str]:
    first = found.core[found.core["place"] == "core"]
    yield f"Core: {len(first)} of {len(found.core)} nations are members at least half the time"
    most = found.core.iloc[0]
    named = ", ".join(first["name"][:NAMED]) or f"most is {most['name']}, {most['member']:.0%} of it"
    yield f"({named}{' and others' if len(first) > NAMED else ''});"
    yield f"most brokerage: {', '.join(found.brokers['name'][:3])}."


def _rate(row: pd.Series) -> Estimate:
    return Estimate(row["rate"], row["low"], row["high"])


def percent(estimate: Estimate) -> str:
    """A share with its interval."""
    digits = 0 if estimate.value >= 0.1 else 1
    value, low, high = (f"{100 * part:.{digits}f}" for part in (estimate.value, estimate.low, estimate.high))
    return f"{value} %" + ("" if estimate.low != estimate.low else f" [{low} to {high}]")


def number(estimate: Estimate, digits: int = 1) -> str:
    """A number with its interval."""
    value, low, high = (f"{part:.{digits}f}" for part in (estimate.value, estimate.low, estimate.high))
    return value + ("" if estimate.low != estimate.low else f" [{low} to {high}]")
