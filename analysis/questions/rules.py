"""Which rules of a coalition get it started, and which keep it together: quorum, notice, exit fee, admission.

**What is computed.** Every combination of quorum (members and share of GDP), notice, exit fee and admission rule is a point
that runs the same replicates. *Getting started* is the share of replicates in which a coalition is founded by the end of
``by``. *Staying together* is by default the chance that a member is still in after a year, exp(-exits / member-years), over all
replicates; ``together = standing`` takes instead the share of GDP in coalitions at the end, which also counts who never joins.
Intervals are bootstraps over replicates. A combination is efficient if none is at least as good in both and better in one. How
sure that is: the share of bootstrap resamples in which it is efficient. Combinations in which nothing is ever founded have no
members that could stay, and are left out of the frontier.

**Assumptions.** One set of rules holds for all coalitions of a run, from its start. Dated events of the scenario that would set
them are left out. ``levels`` is how many values of each rule are tried: few, three to a rule at most, or many. Rules that
differ by less than noise are told apart by chance, hence the share of resamples; of combinations with the same two scores the
least demanding is named. A nation that weighs joining does not foresee its exit, so notice and fee deter no founder.

**How to read the figure.** Left: each grey dot is a combination; up and to the right is better. The line joins the efficient
ones, with their 95 % intervals; the ring is the scenario's own rules. Right: what each rule does by itself, the mean over all
combinations of the others, from the first value tried to each other value.

**Time.** About 20 s on two cores at default precision.

Source: minimum participation [CarraroMarchioriOreffice2009], [Weikard2015]; exit and penalties [Nordhaus2015].
"""

from __future__ import annotations

import itertools
from math import prod

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import parameters
from abm.dates import in_year
from abm.words import ArgumentError
from analysis.experiments import frontier
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated, rows
from analysis.experiments.variants import throughout
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.statistics import Estimate, interval, redrawn

TITLE = "Which rules get a coalition started, and which keep it together?"
CAPTION = (
    "Left: chance of a founding in time against the chance that a member stays a year, for every combination of rules; the line "
    "joins the efficient ones. Right: effect of each rule by itself. 95 % intervals; replicates are paired."
)
REPLICATES = 100
LABELS = {"stay": "chance that a member stays a year", "standing": "share of GDP in coalitions at the end"}
OPTIONS = (
    Option("by", 2030, "year by whose end a coalition has to be founded", 1900, 2300),
    Option("together", "stay", "what staying together means", choices=("stay", "standing")),
    Option("levels", "few", "values of each rule that are tried", choices=("few", "many")),
)
LEVELS: dict[str, dict[str, tuple[float, ...]]] = {
    "few": {"quorum_members": (2, 8, 12), "quorum_gdp": (0.0, 0.3), "notice": (0, 4, 12), "exit_fee": (0.0, 0.002, 0.01),
            "admission": (0, 1, 2)},
    "many": {"quorum_members": (2, 6, 9, 12), "quorum_gdp": (0.0, 0.15, 0.3, 0.45), "notice": (0, 2, 4, 8, 16),
             "exit_fee": (0.0, 0.001, 0.002, 0.005, 0.01), "admission": (0, 1, 2)},
}  # fmt: skip


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return (prod(map(len, LEVELS[inquiry["levels"]].values())) + 1) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """The frontier between getting started and staying together."""
    levels, own = LEVELS[inquiry["levels"]], own_rules(inquiry)
    rules = combinations(levels, own)
    asked = inquiry.about(throughout(inquiry.scenario, {name: shown(name, number) for name, number in own.items()})).fixed(*own)
    kept = _runs(asked, rules)
    scores = scored(inquiry, kept, slice(None))
    drawn = _resampled(inquiry, kept)
    table = _table(rules, scores, drawn, kept["standing"])
    effects = frontier.effects(rules.iloc[:-1], levels, scores, drawn)
    return Answer(_sentence(inquiry, table, effects), table, _stated(inquiry, table, effects), _notes(table), (inquiry, effects))


def own_rules(inquiry: Inquiry) -> dict[str, float]:
    """The scenario's own rules, as numbers. Errors: ArgumentError where ``by`` lies outside the run."""
    content = inquiry.scenario.content
    if not in_year(content.start) <= inquiry["by"] <= inquiry.scenario.end:
        raise ArgumentError("by", inquiry["by"], f"lies outside the run, {content.start:g} to {inquiry.scenario.end:g}")
    given = content.parameters
    return {
        name: parameters.BY_NAME[name].parse(given[name]) if name in given else parameters.BY_NAME[name].default
        for name in LEVELS["few"]
    }


def shown(name: str, number: float):
    """A rule's number as a scenario has it: the name of a choice."""
    parameter = parameters.BY_NAME[name]
    return parameter.choices[int(number)] if parameter.choices else number


def combinations(levels: dict[str, tuple[float, ...]], own: dict[str, float]) -> pd.DataFrame:
    """A row per combination; the last is the scenario's own."""
    every = pd.DataFrame(itertools.product(*levels.values()), columns=list(levels))
    return pd.concat([every, pd.DataFrame([own])[list(levels)]], ignore_index=True).astype(float)


def _runs(inquiry: Inquiry, rules: pd.DataFrame) -> dict[str, np.ndarray]:
    """(P, R) ``founded`` in time, ``exits``, member-``years``, ``standing``. In parts, since every step is looked at."""
    parts = [_part(inquiry, rules.iloc[first : first + 40]) for first in range(0, len(rules), 40)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _part(inquiry: Inquiry, rules: pd.DataFrame) -> dict[str, np.ndarray]:
    results, scenario = inquiry.points(rules, series=True), inquiry.scenario
    members = inquiry.paths(results, "nations_coalition").sum(axis=1) * len(scenario.nations())
    found = {
        "founded": in_year(inquiry.outcomes(results, "first_founding")) <= inquiry["by"],
        "exits": inquiry.outcomes(results, "exits"),
        "years": members * scenario.content.step_years,
        "standing": inquiry.outcomes(results, "gdp_coalition"),
    }
    return {name: values.reshape(len(rules), -1) for name, values in found.items()}


def scored(inquiry: Inquiry, kept: dict[str, np.ndarray], rows) -> np.ndarray:
    """(2, P) both scores over some of the replicates."""
    if inquiry["together"] == "standing":
        together = kept["standing"][:, rows].mean(axis=1)
    else:
        together = stays(kept["exits"][:, rows], kept["years"][:, rows])
    return np.stack([kept["founded"][:, rows].mean(axis=1), together])


def stays(exits: np.ndarray, years: np.ndarray) -> np.ndarray:
    """(P,) chance that a member stays a year, from (P, R) exits and member-years; NaN without members."""
    members = np.nansum(years, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(members > 0, np.exp(-np.nansum(exits, axis=1) / members), np.nan)


def _resampled(inquiry: Inquiry, kept: dict[str, np.ndarray], resamples: int = 300) -> np.ndarray:
    """(B, 2, P) both scores in resamples of the replicates, the same rows at every point."""
    return np.array([scored(inquiry, kept, rows) for rows in redrawn(kept["founded"].shape[1], resamples)])


def _table(rules: pd.DataFrame, scores: np.ndarray, drawn: np.ndarray, standing: np.ndarray) -> pd.DataFrame:
    """A row per combination: rules, both scores with intervals, whether efficient, and in what share of resamples."""
    table = rules.copy()
    for name, index in (("launch", 0), ("together", 1)):
        table[name] = scores[index]
        table[f"{name}_low"], table[f"{name}_high"] = interval(drawn[:, index])
    table["gdp_end"] = standing.mean(axis=1)
    table["efficient"] = frontier.efficient(scores)
    table["efficient_share"] = np.mean([frontier.efficient(each) for each in drawn], axis=0)
    table["own"] = [False] * (len(table) - 1) + [True]
    return table.assign(admission=[shown("admission", number) for number in table["admission"]])


def name_of(row) -> str:
    """A combination in words."""
    quorum = f"quorum {row.quorum_members:g}" + (f" with {row.quorum_gdp:.0%} of GDP" if row.quorum_gdp else "")
    return f"{quorum}, notice {row.notice:g} quarters, exit fee {row.exit_fee:.1%} of GDP, admission {row.admission}"


def _level(row) -> str:
    """One rule at one value against another, in words."""
    return f"{row['rule'].replace('_', ' ')} {row['level']} instead of {row['base']}{frontier.unit_of(row['rule'])}"


def best(table: pd.DataFrame) -> pd.DataFrame:
    """The efficient combinations, the quickest first; of equals the least demanding."""
    found = table[table["efficient"] & ~table["own"]].drop_duplicates(["launch", "together"])
    return found.sort_values(["launch", "together"], ascending=False)


def _sentence(inquiry: Inquiry, table: pd.DataFrame, effects: pd.DataFrame) -> str:
    named = best(table)
    if named.empty:
        return f"No combination of rules brings a coalition about by {inquiry['by']}."
    quick, firm = named.iloc[0], named.iloc[-1]
    said = f"Of {len(table) - 1} combinations of rules the quickest to start, {name_of(quick)}, founds by {inquiry['by']} in "
    said += f"{_percent(quick, 'launch')} of runs, and {_together(inquiry, quick)}"
    if len(named) == 1:
        return f"{said}; none is firmer. {_strongest(effects)}"
    said += f"; the firmest, {name_of(firm)}, in {_percent(firm, 'launch')}, and {_together(inquiry, firm)}"
    return f"{said}. {_strongest(effects)}"


def _together(inquiry: Inquiry, row) -> str:
    if inquiry["together"] == "standing":
        return f"{_percent(row, 'together')} of GDP is in coalitions at the end"
    return f"a member stays a year with {_percent(row, 'together')}"


def _strongest(effects: pd.DataFrame) -> str:
    """What moves each of the two most by itself."""
    words = []
    for key, label in (("launch", "getting started"), ("together", "staying together")):
        row = effects.iloc[int(effects[key].abs().fillna(0).argmax())]
        change = f"{100 * row[key]:+.1f} points [95 %: {100 * row[f'{key}_low']:+.1f} to {100 * row[f'{key}_high']:+.1f}]"
        words.append(f"{_level(row)} changes {label} by {change}")
    return f"By itself {words[0]}, and {words[1]}, more than any other rule."


def _percent(row, name: str) -> str:
    form = ".1%" if name == "together" else ".0%"  # hardly anybody leaves
    return f"{row[name]:{form}} [95 %: {row[f'{name}_low']:{form}} to {row[f'{name}_high']:{form}}]"


def _stated(inquiry: Inquiry, table: pd.DataFrame, effects: pd.DataFrame) -> dict[str, Stated]:
    """The scenario's own two scores, then every effect."""
    own, count, stated = table.iloc[-1], inquiry.replicates, {}
    labels = {"together": LABELS[inquiry["together"]], "launch": f"a coalition is founded by {inquiry['by']}"}
    for key, label in labels.items():
        found = Estimate(own[key], own[f"{key}_low"], own[f"{key}_high"], count)
        stated[f"own_{key}"] = Stated(f"{label}, scenario's own rules", "share", found)
    for row in rows(effects):
        for key, label in labels.items():
            value, low, high = (getattr(row, f"{key}{end}") for end in ("", "_low", "_high"))
            found = Estimate(value, low, high, count)
            what = f"change where {row.rule} is {row.level} instead of {row.base}: {label}"
            stated[f"{row.rule}_{row.level}_{key}"] = Stated(what, "share", found)
    return stated


def _notes(table: pd.DataFrame) -> list[str]:
    sure = int((table["efficient_share"] >= 0.5).sum() - (table["efficient_share"].iloc[-1] >= 0.5))
    equal = int(table["efficient"].iloc[:-1].sum())
    notes = [f"{equal} combinations are efficient, equals counted; {sure} are so in at least half of the resamples."]
    never = int((table["launch"].iloc[:-1] == 0).sum())
    return notes + ([f"Under {never} combinations nothing was founded in time in any replicate."] if never else [])


@style.styled
def draw(answer: Answer) -> Figure:
    """The frontier on the left, effects of each rule on the right."""
    inquiry, effects = answer.drawn
    figure = style.new(3.7, 0.06)
    left, right = figure.subplots(1, 2, width_ratios=[4, 5])
    frontier.draw(left, answer.table)
    left.set_xlabel(f"chance of a founding by {inquiry['by']}")
    left.set_ylabel(LABELS[inquiry["together"]])
    for axis in (left.xaxis, left.yaxis):
        style.percent(axis)
    frontier.draw_effects(right, effects, statistics.LEVEL)
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    style.above(figure, handles, handlelength=2.0)
    return figure
