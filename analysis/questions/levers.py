"""Which lever of policy buys most per bn US$, and which is safest while nobody knows the parameters.

**What is computed.** Each lever is pulled from the scenario's start as far as ``budget`` bn US$ a year goes, or to the end of
its plausible range, and compared with the same replicates without it. *Effect per bn US$* is the paired change over its yearly
cost: of net benefit (``measure = net_benefit``, bn US$ a year on average over the run: US$ gained per US$ spent, the spending
itself not taken off), of ``sovereignty`` or of ``gdp_coalition`` (both at the end, in percentage points). *Regret*: in each of
``draws`` draws of all other parameters, how far what a lever buys within the budget (net benefit less cost, or points) falls
short of the best lever's; the lever with the smallest largest regret is the minimax-regret one, and the share of resamples of
the draws in which it stays so says how firm that is. Draws are those of the calibration (``--uncertainty posterior``) or,
without it, a Latin hypercube over plausible ranges. A draw's effect is the mean over ``seeds`` seeds.

**Assumptions.** A lever is pulled as the run begins and stays so. Costs: see the column ``basis``; most are assumptions, and a
lever's place in the ranking is only as good as its cost. Costs do not change with the draws. The money comes from nowhere: no
lever's cost lowers a nation's net benefit. ``openness`` has no stated cost and stands outside the ranking. Noise left in a
draw's effects makes every regret a little too large; more ``seeds`` take it away.

**How to read the figure.** Left: effect per bn US$ a year with 95 % interval. Right: regret over the draws: dot the mean, bar
up to the 95th percentile, tick the largest; the nearer to nought the safer.

**Time.** About 20 s on two cores at default precision.

Source: regret [Savage1951], many futures [Lempert2006], Latin hypercube [McKay1979].
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from abm.scenario import Scenario
from analysis.experiments import lever_costs, ranges
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated, rows
from analysis.experiments.lever_costs import LEVERS, Pulled
from analysis.figures import style
from analysis.methods import statistics
from runs import designs

TITLE = "Which lever buys most per bn US$, and which is safest under uncertainty?"
CAPTION = (
    "Left: effect per bn US$ a year with 95 % interval, at the scenario's parameters (or over the calibration's draws). "
    "Right: regret over draws of all other parameters: mean (dot), 95th percentile (bar), largest (tick). Replicates are paired."
)
REPLICATES = 200
MEASURES = {
    "net_benefit": ("US$ a year gained per US$ a year spent", "US$ per US$"),
    "sovereignty": ("points of sovereignty at the end per bn US$ a year", "points per bn US$"),
    "gdp_coalition": ("points of GDP in coalitions at the end per bn US$ a year", "points per bn US$"),
}
REGRET = {"net_benefit": "bn US$ a year", "sovereignty": "points", "gdp_coalition": "points"}
OPTIONS = (
    Option("budget", 5.0, "what each lever may cost [bn US$ a year]", 0.01, 1000),
    Option("measure", "net_benefit", "what is bought", choices=tuple(MEASURES)),
    Option("draws", 200, "draws of the other parameters for the regret", 20, 5000),
    Option("seeds", 8, "seeds for each draw", 1, 1000),
)


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes at the most: a lever without a price is not drawn for."""
    return (len(LEVERS) + 1) * (inquiry.replicates + inquiry["draws"] * inquiry["seeds"])


def answer(inquiry: Inquiry) -> Answer:
    """Effects at the scenario's parameters, regret over draws."""
    base, asked = inquiry.scenario, inquiry.fixed(*lever_costs.PARAMETERS)
    pulled = [lever_costs.pull(base, lever, inquiry["budget"]) for lever in LEVERS]
    gained = effects(asked, [each.scenario for each in pulled], inquiry.replicates)
    futures = replace(asked, draws=uncertain(asked))
    priced = [each for each in pulled if np.isfinite(each.cost)]
    many = effects(futures, [each.scenario for each in priced], inquiry["draws"] * inquiry["seeds"])
    kept = many.reshape(len(priced), -1, inquiry["seeds"]).mean(axis=2) - spent(inquiry, priced)
    regrets = regret(kept)
    table = _table(pulled, gained, priced, regrets)
    stated = _stated(inquiry, table, regrets)
    return Answer(_sentence(inquiry, table, stated), table, stated, _notes(inquiry, table), (inquiry, table))


def effects(inquiry: Inquiry, scenarios: list[Scenario], count: int) -> np.ndarray:
    """(L, R) change in the measure under each scenario against the inquiry's own, in the measure's unit of the answer."""
    base = _level(inquiry, inquiry.scenario, count)
    return np.array([_level(inquiry, scenario, count) - base for scenario in scenarios])


def spent(inquiry: Inquiry, priced: list[Pulled]) -> np.ndarray:
    """(L, 1) what a lever's cost takes off its effect: all of it where both are money."""
    money = inquiry["measure"] == "net_benefit"
    return np.array([[each.cost if money else 0.0] for each in priced])


def _level(inquiry: Inquiry, scenario: Scenario, count: int) -> np.ndarray:
    """(R,) the measure in every replicate; arms go one by one, since a series takes room."""
    money = inquiry["measure"] == "net_benefit"
    (results,) = inquiry.arms([scenario], series=money, replicates=count)
    if money:
        return inquiry.money(results, "net_benefit")[:, 1:].mean(axis=1)
    return 100 * inquiry.outcomes(results, inquiry["measure"])


def uncertain(inquiry: Inquiry) -> pd.DataFrame:
    """A row per run: each draw of the other parameters, ``seeds`` times over."""
    count = inquiry["draws"]
    if inquiry.draws is not None:
        draws = inquiry.draws.iloc[np.arange(count) % len(inquiry.draws)].reset_index(drop=True)
    else:
        axes = ranges.every(inquiry.scenario, leave_out=lever_costs.PARAMETERS)
        shares = designs.points(
            "latin_hypercube", ranges.unit(axes), {"samples": max(count, len(axes) + 1), "seed": inquiry.seed}
        )
        draws = ranges.points(axes, shares[:count], inquiry.scenario)
    return draws.loc[draws.index.repeat(inquiry["seeds"])].reset_index(drop=True)


def regret(effect: np.ndarray) -> np.ndarray:
    """(L, D) what each lever falls short of the best one in each draw; draws in which a run failed are left out."""
    known = effect[:, np.isfinite(effect).all(axis=0)]
    return known.max(axis=0) - known


def _table(pulled: list[Pulled], gained: np.ndarray, priced: list[Pulled], regrets: np.ndarray) -> pd.DataFrame:
    """A row per lever: cost, effect, effect per bn US$ with interval, regret, in how many draws it is best."""
    rows = []
    for each, gain in zip(pulled, gained):
        per_bn = statistics.mean(gain / each.cost) if np.isfinite(each.cost) else statistics.Estimate(float("nan"))
        own = regrets[priced.index(each)] if each in priced else np.array([])
        kept = (own.mean(), np.quantile(own, 0.95), own.max(), (own == 0).mean()) if len(own) else (float("nan"),) * 4
        change = statistics.mean(gain)
        rows.append(
            (
                each.lever.name,
                each.before,
                each.after,
                each.cost,
                change.value,
                change.low,
                change.high,
                per_bn.value,
                per_bn.low,
                per_bn.high,
                *kept,
                each.lever.basis,
            )
        )
    names = [
        "lever",
        "before",
        "after",
        "cost_bn",
        "effect",
        "effect_low",
        "effect_high",
        "per_bn",
        "low",
        "high",
        "mean_regret",
        "regret_95",
        "max_regret",
        "best_share",
        "basis",
    ]
    return pd.DataFrame(rows, columns=names).sort_values("per_bn", ascending=False, na_position="last").reset_index(drop=True)


def _stated(inquiry: Inquiry, table: pd.DataFrame, regrets: np.ndarray) -> dict[str, Stated]:
    """Effect per bn of each lever, the first the best; then the regret of the safest."""
    unit, known = MEASURES[inquiry["measure"]][1], table.dropna(subset=["per_bn"])
    found = {row.lever: statistics.Estimate(row.per_bn, row.low, row.high, inquiry.replicates) for row in rows(known)}
    stated = {name: Stated(f"{name}, effect per cost", unit, estimate) for name, estimate in found.items()}
    index = int(np.argmin(regrets.max(axis=1)))
    safest, own, unit = _safest(table).lever, regrets[index], REGRET[inquiry["measure"]]
    stated["best_share"] = Stated(f"draws in which {safest} is the best lever", "share", statistics.share(own == 0))
    stated["mean_regret"] = Stated(f"mean regret of {safest}", unit, statistics.mean(own))
    stated["firm"] = Stated(f"resamples in which {safest} has the smallest largest regret", "share", firmness(regrets, index))
    return stated


def _safest(table: pd.DataFrame) -> pd.Series:
    """The row of the minimax-regret lever."""
    return table.sort_values("max_regret").iloc[0]


def firmness(regrets: np.ndarray, index: int, resamples: int = 500) -> statistics.Estimate:
    """Share of resamples of the draws in which the lever at ``index`` keeps the smallest largest regret; no interval."""
    count = regrets.shape[1]
    firsts = [regrets[:, rows].max(axis=1).argmin() for rows in statistics.redrawn(count, resamples)]
    return statistics.Estimate(float(np.mean(np.array(firsts) == index)), count=count)


def _sentence(inquiry: Inquiry, table: pd.DataFrame, stated: dict[str, Stated]) -> str:
    best, second, safest = table.iloc[0], table.iloc[1], _safest(table)
    what, unit = MEASURES[inquiry["measure"]][0], REGRET[inquiry["measure"]]
    said = f"Per bn US$ {best.lever} buys most: {best.per_bn:.2g} [95 %: {best.low:.2g} to {best.high:.2g}] {what};"
    said += f" next is {second.lever} with {second.per_bn:.2g} [{second.low:.2g} to {second.high:.2g}]."
    share, often = stated["best_share"].estimate, table.sort_values("best_share", na_position="first").iloc[-1]
    robust = f"Over {inquiry['draws']} draws of the other parameters {safest.lever} has the smallest largest regret "
    robust += f"({safest.max_regret:.3g} {unit})"
    robust += f" and is the best lever in {share.value:.0%} [95 %: {share.low:.0%} to {share.high:.0%}] of them"
    return f"{said} {robust}" + (
        "." if often.lever == safest.lever else f"; {often.lever} is so most often, in {often.best_share:.0%}."
    )


def _notes(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    best, second = table.iloc[0], table.iloc[1]
    notes = (
        [
            f"Most costs are assumptions (column basis). {best.lever} stays first in effect per cost unless it costs more than "
            f"{best.per_bn / second.per_bn:.2g} times what is assumed."
        ]
        if best.per_bn > 0 < second.per_bn
        else []
    )
    capped = table[table["cost_bn"] < 0.99 * inquiry["budget"]]
    if len(capped):
        names = ", ".join(f"{row.lever} ({row.cost_bn:.2g})" for row in rows(capped))
        notes.append(f"Levers that reach the end of their plausible range below the budget [bn US$ a year]: {names}.")
    free = table[table["cost_bn"].isna()]
    notes += [_unpriced(row) for row in rows(free)]
    return notes


def _unpriced(row) -> str:
    """What to say of a lever that has no effect per cost."""
    if row.after <= row.before:
        return f"{row.lever} is at the end of its plausible range already."
    change = f"{row.effect:.2g} [95 %: {row.effect_low:.2g} to {row.effect_high:.2g}]"
    return f"{row.lever} from {row.before:g} to {row.after:g} changes the measure by {change}; no cost is stated for it."


@style.styled
def draw(answer: Answer) -> Figure:
    """Effect per bn US$ on the left, regret on the right."""
    inquiry, table = answer.drawn
    known = table.dropna(subset=["per_bn"])
    figure, heights = style.new(3.0, 0.04), np.arange(len(known))[::-1]
    left, right = figure.subplots(1, 2, sharey=True)
    left.hlines(heights, known["low"], known["high"], color=palette.GREEN, linewidth=1.4)
    left.plot(known["per_bn"], heights, "o", color=palette.GREEN, markersize=4.5)
    left.axvline(0, color=style.GREY, linewidth=0.8)
    left.set_yticks(heights, [f"{row.lever} ({row.cost_bn:.2g} bn US\\$)" for row in rows(known)])
    left.set_xlabel(_wrapped(MEASURES[inquiry["measure"]][0]))
    right.hlines(heights, 0, known["regret_95"], color=palette.ORANGE, linewidth=3.5, alpha=0.45)
    right.plot(known["mean_regret"], heights, "o", color=palette.ORANGE, markersize=4.5)
    right.plot(known["max_regret"], heights, "|", color=style.INK, markersize=9)
    right.set_xlim(left=0)
    right.set_xlabel(f"regret ({REGRET[inquiry['measure']]}):\ndot mean, bar to 95th centile, tick largest".replace("$", r"\$"))
    return figure


def _wrapped(text: str) -> str:
    return text.replace("$", r"\$").replace(" at the end", " at the end\n").replace(" per US", "\nper US")
