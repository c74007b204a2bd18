"""Which key for sharing the cost of training holds a coalition together.

**What is computed.** The same replicates run under each ``cost_key``: by GDP, in equal parts, by compute. At the end each
member of the largest standing coalition is asked, by the model's own rules, what it gains by staying over its best other source
(a coalition that would admit it is one), moving costs and lock-in counted. A coalition holds together where no member would
gain by leaving (internal stability). Transfers are half the sum of what members pay more or less than under the key by GDP. The
last row is almost-ideal sharing after the fact: of the coalitions found under the key by GDP, those in which members together
gain enough that *some* transfers make every one willing to stay; each then gets its claim and a part of the rest by GDP.

**Assumptions.** Nations do not foresee the sharing of the last row when they choose; it is what a treaty could add. Staying and
leaving are weighed as the model does, with the tastes that nations have at the time and the standing that a leaver would lose.

**How to read the figure.** Left: chance that a coalition stands, and, of those that stand, that it holds together. Middle:
the gain of the member that gains least. Right: transfers. 95 % intervals.

**Time.** About 5 s on two cores at default precision.

Source: internal stability [dAspremont1983]; almost-ideal sharing [EyckmansFinus2009].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from abm.options import first_coalition
from abm.submodels.coalition import admits
from abm.submodels.payoff import joining_terms, member_terms, sum_trust
from abm.world import World
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import throughout
from analysis.figures import style
from analysis.methods import statistics
from analysis.stability.cases import best_outside, worth
from analysis.stability.likelihood import in_worlds

TITLE = "Which cost key holds a coalition together?"
CAPTION = (
    "By cost key, and with almost-ideal sharing after the fact. Left: chance that a coalition stands at the end (open points), "
    "and that one which stands has no member that gains by leaving (full points). Middle: gain from staying of the member that "
    "gains least. Right: transfers between members against paying by GDP. 95 % intervals over replicates."
)
REPLICATES = 200
OPTIONS = (Option("members", 3, "least members of a coalition that is judged", 2, 64),)
KEYS = ("gdp", "equal", "compute")
IDEAL = "almost-ideal"


class Judged(NamedTuple):
    """The largest standing coalition of a run: gain of its members [share of GDP/yr], GDP [bn US$], paid [bn US$/yr]."""

    gain: np.ndarray
    gdp: np.ndarray
    paid: np.ndarray


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    return {"set cost_key": "is what the question moves"}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return len(KEYS) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """Every key, and almost-ideal sharing of what the key by GDP leads to."""
    found = {key: _judged(inquiry, key) for key in KEYS}
    rows = [_row(key, found[key], *measured) for key in KEYS for measured in [_under_key(found[key])]]
    rows.append(_row(IDEAL, found["gdp"], *_ideal(found["gdp"])))
    table = pd.DataFrame(rows)
    return Answer(_sentence(table), table, _stated(table), _notes(table))


def _stated(table: pd.DataFrame) -> dict[str, Stated]:
    """Whether a coalition holds together under every key, then its least gain and transfers."""
    kinds = (
        ("holds", "", "chance that a standing coalition holds together", "share"),
        ("least_gain", "_least_gain", "gain of the member that gains least", "share of GDP/yr"),
        ("transfers", "_transfers", "transfers between members", "bn US$/yr"),
    )  # fmt: skip
    stated = {}
    for name, ending, label, unit in kinds:
        for row in table.to_dict("records"):
            estimate = statistics.Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"], row["standing"])
            stated[f"{row['key']}{ending}"] = Stated(f"{label}, {row['key']}", unit, estimate)
    return stated


def _judged(inquiry: Inquiry, key: str) -> list[Judged | None]:
    """The coalition to judge of every replicate, None where none stands with enough members."""
    scenario = throughout(inquiry.scenario, {"cost_key": key})
    seeds = range(inquiry.seed, inquiry.seed + inquiry.replicates)
    sample = inquiry.fixed("cost_key").sample(inquiry.replicates)

    def act(world: World) -> Judged | None:
        inquiry.progress(1)
        return judge(world, inquiry["members"])

    return in_worlds(scenario, scenario.content.steps, seeds, sample, act)


def judge(world: World, members: int) -> Judged | None:
    """The largest coalition of a world just before politics, if it has as many members."""
    record = world.record
    k = int(record.members.argmax())
    if record.members[k] < members:
        return None
    rows = np.flatnonzero(record.source[: int(record.n)] == first_coalition(record) + k)
    gain, paid = np.empty(len(rows)), np.empty(len(rows))
    for index, i in enumerate(rows):
        sum_trust(record, i)
        gain[index] = worth(record, i, record.source[i], np.array(member_terms(record, i, k))) - best_other(record, int(i), k)
        paid[index] = record.training_paid[i] * record.gdp[i]
    return Judged(gain, np.array(record.gdp[rows]), paid)


def best_other(record, i: int, own: int) -> float:
    """Worth to nation i of its best source but slot ``own``: vendors, building alone, free models, other coalitions that admit
    it."""
    best = best_outside(record, i)
    for k in np.flatnonzero(np.array(record.members) > 0):
        if k != own and admits(record, i, k):
            best = max(best, worth(record, i, first_coalition(record) + k, np.array(joining_terms(record, i, k))))
    return best


def _under_key(found: list[Judged | None]) -> tuple[list[bool], list[float], list[float]]:
    """Of the coalitions that stand: whether they hold together, least gain, transfers [bn US$/yr, to one US$]."""
    standing = [each for each in found if each is not None]
    holds = [bool((each.gain >= 0).all()) for each in standing]
    shared = [each.paid.sum() * each.gdp / each.gdp.sum() for each in standing]
    moved = [round(float(np.abs(each.paid - by_gdp).sum() / 2), 9) for each, by_gdp in zip(standing, shared)]
    return holds, [float(each.gain.min()) for each in standing], moved


def _ideal(found: list[Judged | None]) -> tuple[list[bool], list[float], list[float]]:
    """The same after almost-ideal sharing: every member gets the mean gain by GDP, if that is not below nought."""
    standing = [each for each in found if each is not None]
    mean = [float(each.gain @ each.gdp / each.gdp.sum()) for each in standing]
    moved = [float((np.abs(each.gain - m) * each.gdp).sum() / 2) for each, m in zip(standing, mean)]
    return [m >= 0 for m in mean], mean, moved


def _row(key: str, found: list[Judged | None], holds: list[bool], least: list[float], moved: list[float]) -> dict:
    stands = statistics.share([each is not None for each in found])
    parts = {"stands": stands, "holds": statistics.share(holds), "least_gain": statistics.mean(least),
             "transfers": statistics.mean(moved)}  # fmt: skip
    row: dict = {"key": key, "standing": len(holds)}
    for name, e in parts.items():
        row |= {name: e.value, f"{name}_low": e.low, f"{name}_high": e.high}
    return row


def _sentence(table: pd.DataFrame) -> str:
    keys = table[table["key"] != IDEAL]
    if not keys["standing"].any():
        return "Under no key does a coalition of enough members stand at the end."
    best, ideal = keys.sort_values("holds", ascending=False).iloc[0], table[table["key"] == IDEAL].iloc[0]
    told = [f"{key} {holds:.0%}" for key, holds in zip(keys["key"], keys["holds"]) if holds == holds]
    least = _interval(best, "least_gain", "+.2f", 100)
    said = f"No member would gain by leaving in {_interval(best, 'holds', '.0%')} of the coalitions that stand at the end "
    said += f"with costs shared by {best['key']}, the best of the keys ({', '.join(told)}); "
    said += f"staying is worth {least} % of GDP a year to the member that gains least."
    if not ideal["standing"]:
        return said
    said += f" Almost-ideal sharing would hold {_interval(ideal, 'holds', '.0%')}"
    return said + f", by transfers of {_interval(ideal, 'transfers', '.0f')} bn US$ a year."


def _interval(row: pd.Series, name: str, form: str, times: float = 1) -> str:
    value, low, high = (format(times * row[f"{name}{end}"], form) for end in ("", "_low", "_high"))
    return f"{value} [95 %: {low} to {high}]"


def _notes(table: pd.DataFrame) -> list[str]:
    few = table[(table["standing"] < 20) & (table["key"] != IDEAL)]
    said = "Under the key {} only {} coalitions stand: its numbers are rough."
    return [said.format(key, count) for key, count in zip(few["key"], few["standing"])]


@style.styled
def draw(answer: Answer) -> Figure:
    """Three panels over the keys."""
    table, figure = answer.table, style.new(2.6, gap=0.06)
    left, middle, right = figure.subplots(1, 3, sharey=True)
    rows = np.arange(len(table))[::-1]
    _points(left, rows + 0.12, table, "stands", palette.GREEN, hollow=True)
    _points(left, rows - 0.12, table, "holds", palette.GREEN)
    left.set_xlim(-0.02, 1.02)
    style.percent(left.xaxis)
    left.set_xlabel("stands (open),\nholds together (full)")
    words = {"gdp": "by GDP", "equal": "in equal parts", "compute": "by compute", IDEAL: IDEAL}
    left.set_yticks(rows, [words[key] for key in table["key"]])
    _points(middle, rows, table, "least_gain", style.INK, 100)
    middle.axvline(0, color=style.GREY, linewidth=0.8)
    middle.set_xlabel("least gain of a member\n(% of GDP a year)")
    _points(right, rows, table, "transfers", palette.BLUE)
    right.set_xlabel("transfers\n(bn US$ a year)")
    right.set_ylim(-0.5, len(table) - 0.5)
    return figure


def _points(axes, rows: np.ndarray, table: pd.DataFrame, name: str, colour: str, factor: float = 1, hollow: bool = False) -> None:
    low, high = factor * table[f"{name}_low"], factor * table[f"{name}_high"]
    axes.hlines(rows, low, high, color=colour, linewidth=1)
    face = "white" if hollow else colour
    axes.plot(factor * table[name], rows, "o", color=colour, markerfacecolor=face, markersize=4)
    axes.tick_params(axis="y", length=0)
