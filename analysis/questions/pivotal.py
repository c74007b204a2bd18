"""Whose absence costs the coalition most, and what each nation is worth to the others.

**What is computed.** The ``nations`` with most GDP in coalitions (share of runs in which a nation is a member at the end, times
its GDP) are looked at. *Absence*: the same replicates with and without the nation in the world, by what happens to the others:
the chance that a coalition is founded by the end of ``by``, the share of their GDP in coalitions at the end, and their AI
benefit net of all costs in the last year. *Worth*: in ``year``, before anybody is in a coalition, the game among these nations,
exactly: every set's payoffs, tastes included, by the model's own rules, a set being worth what its members gain by founding it
over being alone (or what the best part of it gains). The Shapley value is what a nation adds to that on average over all orders
of arrival [bn US$ a year]; the Banzhaf value the chance that it turns a random set of the others from one without into one with
a lasting coalition (no member of which gains by leaving after ``tenure`` years). Nations are listed by the loss of others'
benefit.

**Assumptions.** An absent nation is no client, no partner and no source of news either. The values regard these nations alone,
as if the rest of the world stayed outside. Draws as in ``smallest-coalition``: the calibration's, or every uncertain parameter
within ``spread`` of the way to the ends of its plausible range; at 0 chance alone differs.

**How to read the figure.** A row per nation, a panel per measure, with 95 % intervals; in the three on the left further left is
a larger loss by its absence, in the two on the right further right is a larger worth.

**Time.** About 5 s on two cores at default precision.

Source: [Shapley1953], [Banzhaf1965]; absence under common random numbers [Klein2024].
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import options, palette
from abm.dates import in_year
from abm.words import ArgumentError
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import throughout
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.statistics import Estimate, redrawn
from analysis.stability import absence, game, likelihood, power, stable
from analysis.stability.model_game import ModelGame
from analysis.stability.uncertain import draws_of

TITLE = "Whose absence costs a coalition most?"
CAPTION = (
    "Change for all others where a nation is absent: chance of a founding in time, share of GDP in coalitions at the end, net "
    "benefit in the last year (left); Shapley and Banzhaf values of the game among these nations (right). 95 % intervals; paired."
)
REPLICATES = 200
OPTIONS = (
    Option("nations", 10, "nations looked at", 2, 16),
    Option("by", 2030, "year by whose end a coalition has to be founded", 1900, 2300),
    Option("year", 2031, "year in which the game among them is looked at", 1900, 2300),
    Option("tenure", 3.0, "years that a coalition has stood when its members weigh leaving", 0, 50),
    Option("spread", 0.1, "share of plausible ranges in which parameters are drawn; 0: chance alone", 0, 1),
)
KINDS = ("launch", "standing", "welfare", "shapley", "banzhaf")
LABELS = {
    "launch": ("chance of a founding in time", "share"), "standing": ("others' GDP in coalitions at the end", "share"),
    "welfare": ("others' net benefit in the last year", "bn US$/yr"), "shapley": ("Shapley value", "bn US$/yr"),
    "banzhaf": ("Banzhaf value", "chance"),
}  # fmt: skip


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    return {} if inquiry.draws is None else {"spread": "the posterior says how parameters are drawn; leave one of them out"}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return 2 * (inquiry["nations"] + 1) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """Absence and worth of the nations with most GDP in coalitions."""
    _check(inquiry)
    draws, seeds = draws_of(inquiry, inquiry["spread"], inquiry.replicates), _seeds(inquiry)
    names = players(inquiry, draws)
    found = {name: _absence(inquiry, name, seeds, draws) for name in names}
    worth = _worth(inquiry, names, seeds, draws)
    samples = {kind: np.array([found[name][kind] for name in names]) for kind in KINDS[:3]}
    samples |= {"shapley": worth[:, :, 0].T, "banzhaf": worth[:, :, 1].T}
    table = _table(names, samples)
    firm = firmness(samples["welfare"])
    return Answer(_sentence(inquiry, table, firm), table, _stated(table, firm, inquiry.replicates), drawn=inquiry)


def _check(inquiry: Inquiry) -> None:
    content = inquiry.scenario.content
    for name in ("by", "year"):
        if not in_year(content.start) <= inquiry[name] < inquiry.scenario.end:
            raise ArgumentError(name, inquiry[name], f"lies outside the run, {content.start:g} to {inquiry.scenario.end:g}")


def _seeds(inquiry: Inquiry) -> list[int]:
    return list(range(inquiry.seed, inquiry.seed + inquiry.replicates))


def players(inquiry: Inquiry, draws: pd.DataFrame | None) -> list[str]:
    """The nations looked at, most GDP in coalitions first; of equals the larger economy."""
    (runs,) = replace(inquiry, draws=draws).arms([inquiry.scenario], choices=True)
    table = inquiry.scenario.nations()
    member = options.in_coalition(runs.sources[:, -1], inquiry.scenario.vendor_names).mean(axis=0)
    order = np.lexsort((-table["gdp_usd_bn"], -member * table["gdp_usd_bn"]))
    return [str(name) for name in table.index[order[: inquiry["nations"]]]]


def _absence(inquiry: Inquiry, iso3: str, seeds: list[int], draws: pd.DataFrame | None) -> dict[str, np.ndarray]:
    """(R,) change in each measure where the nation is absent."""
    full, without = absence.with_and_without(inquiry.scenario, iso3, seeds, draws)
    inquiry.progress(2 * len(seeds))
    change = without - full
    in_time = [in_year(runs[:, absence.FOUNDED]) <= inquiry["by"] for runs in (full, without)]
    launch = in_time[1].astype(float) - in_time[0]
    return {"launch": launch, "standing": change[:, absence.STANDING], "welfare": change[:, absence.WELFARE]}


def _worth(inquiry: Inquiry, names: list[str], seeds: list[int], draws: pd.DataFrame | None) -> np.ndarray:
    """(R, n, 2) Shapley and Banzhaf values in every draw."""
    alone, step = throughout(inquiry.scenario, {"convening_rate": 0.0}), inquiry.scenario.nearest_step(inquiry["year"])
    draws = None if draws is None else draws.drop(columns="convening_rate", errors="ignore")

    def act(found: ModelGame, _world: object) -> np.ndarray:
        inquiry.progress(1)
        return values(found)

    return np.array(likelihood.read(alone, step, names, seeds, draws, tenure=inquiry["tenure"], act=act))


def values(found: ModelGame) -> np.ndarray:
    """(n, 2) Shapley value of what sets gain by founding [bn US$ a year], Banzhaf value of having a lasting coalition."""
    gains = game.voluntary(game.surplus(found, found.entry))
    lasts = game.voluntary(stable.internal(found).astype(float))
    return np.column_stack([power.shapley(gains), power.banzhaf(lasts)])


def firmness(welfare: np.ndarray, resamples: int = 500) -> Estimate:
    """Share of resamples of the replicates in which the nation listed first stays the costliest one."""
    count, first = welfare.shape[1], int(welfare.mean(axis=1).argmin())
    kept = [welfare[:, rows].mean(axis=1).argmin() == first for rows in redrawn(count, resamples)]
    return Estimate(float(np.mean(kept)), count=count)


def _table(names: list[str], samples: dict[str, np.ndarray]) -> pd.DataFrame:
    """A row per nation: every measure with its interval, the costliest absence first."""
    rows = []
    for index, name in enumerate(names):
        found = [statistics.mean(samples[kind][index]) for kind in KINDS]
        rows.append((name, *(number for each in found for number in (each.value, each.low, each.high))))
    columns = [f"{kind}{end}" for kind in KINDS for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["nation", *columns]).sort_values("welfare", kind="stable").reset_index(drop=True)


def _sentence(inquiry: Inquiry, table: pd.DataFrame, firm: Estimate) -> str:
    first, named = table.iloc[0], inquiry.scenario.nations()["name"]
    said = f"Of {len(table)} nations the absence of {_named(first, named)} costs most: the others' net benefit in the last year "
    said += f"changes by {_number(first, 'welfare', 1, '+.1f')} bn US$, their GDP in coalitions by "
    said += f"{_number(first, 'standing', 100, '+.1f')} points, "
    said += f"the chance of a founding by {inquiry['by']} by {_number(first, 'launch', 100, '+.1f')} points; "
    said += f"it comes first in {firm.value:.0%} of resamples."
    top, swing = (table.iloc[int(table[kind].argmax())] for kind in KINDS[3:])
    said += f" The largest Shapley value has {_named(top, named)}, {_number(top, 'shapley', 1, '.2f')} bn US$ a year; "
    return said + f"the largest Banzhaf value {_named(swing, named)}, {_number(swing, 'banzhaf', 1, '.2f')}."


def _named(row, names: pd.Series) -> str:
    return f"{names[row['nation']]} ({row['nation']})"


def _number(row, kind: str, times: float, form: str) -> str:
    low, high = times * row[f"{kind}_low"], times * row[f"{kind}_high"]
    return f"{times * row[kind]:{form}} [95 %: {low:{form}} to {high:{form}}]"


def _stated(table: pd.DataFrame, firm: Estimate, count: int) -> dict[str, Stated]:
    """Every nation's numbers, the costliest absence first."""
    stated = {}
    for _, row in table.iterrows():
        for kind in ("welfare", "standing", "launch", "shapley", "banzhaf"):
            label, unit = LABELS[kind]
            what = f"{label}, {row['nation']}" if kind in KINDS[3:] else f"change in {label} without {row['nation']}"
            estimate = Estimate(row[kind], row[f"{kind}_low"], row[f"{kind}_high"], count)
            stated[f"{row['nation']}_{kind}"] = Stated(what, unit, estimate)
    return stated | {"firm": Stated(f"resamples in which {table.iloc[0]['nation']} comes first", "share", firm)}


@style.styled
def draw(answer: Answer) -> Figure:
    """A panel per measure, a row per nation."""
    table, by, named = answer.table, answer.drawn["by"], answer.drawn.scenario.nations()["name"]
    figure = style.new(1.1 + 0.22 * len(table), 0.05)
    panels = figure.subplots(1, len(KINDS), sharey=True)
    titles = (
        f"chance of a founding\nby {by} (points)", "others' GDP in\ncoalitions (points)",
        "others' net benefit\n(bn US\\$ a year)", "Shapley value\n(bn US\\$ a year)", "Banzhaf value\n(chance)",
    )  # fmt: skip
    y = np.arange(len(table))[::-1]
    for axes, kind, title in zip(panels, KINDS, titles, strict=True):
        times = 100 if kind in ("launch", "standing") else 1
        colour = palette.VERMILLION if kind in KINDS[:3] else palette.BLUE
        axes.hlines(y, times * table[f"{kind}_low"], times * table[f"{kind}_high"], color=colour, linewidth=1.2)
        axes.plot(times * table[kind], y, "o", color=colour, markersize=3.5)
        axes.axvline(0, color=style.GREY, linewidth=0.8)
        axes.set_xlabel(title)
        axes.grid(axis="x")
        style.plain_ticks(axes.xaxis)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(y, named[table["nation"]])
    panels[0].set_title("where absent, change for the others")
    panels[3].set_title("worth to the others")
    return figure
