"""The README's table of real lists of nations: how well the model foretells them, beside simple baselines, and who is missed."""

import pandas as pd

from abm.odd import table
from analysis.nations import Propensity, missed, of_runs, score
from analysis.nations.lists import SHIPPED, find, read_list
from runs import library
from runs.plan import Plan

LIST_RUNS, NAMED = 60, 5
WORLDS = {"baseline": "53 nations", "all-nations": "193 nations"}
SAYS = (
    "The chance that an option is a nation's best once its tastes are drawn anew, against what is on record. Mean log score of "
    "nations left out, nearer to nought is better; in brackets by how much the model is better, and the standard error. The fit "
    "was told these lists among 53 nations; among 193 they check it. "
    "`abm nations results/all-nations --score LIST` shows more."
)
MISSED = (
    "Missed most, worst first: what is on record, the chance given to it, and the term of the payoff that misleads most, in % "
    "of GDP a year (what it makes of the option beside the nation's others, less the list's median):"
)


def lists() -> list[str]:
    """How well the model foretells real lists of nations, beside simple baselines, and whom it misses: `abm nations --score`."""
    rows, misses = [], []
    for world, title in WORLDS.items():
        found = of_runs(Plan(library.scenario(world), replicates=LIST_RUNS), range(LIST_RUNS))
        for name, known in SHIPPED.items():
            values = read_list(find(name), pd.Index(found.chances["iso3"].unique()))
            scores = score(found, values, known.option, known.among)
            rows.append((f"`{name}`, {title}", f"{values.sum()} of {len(values)}", *_cells(scores)))
            misses.append(f"- `{name}`, {title}: {_named(found, values, known)}.")
    head = f"list, nations on it, {', '.join(scores['predictor'])}"
    return [SAYS, "", table(head, rows), MISSED, "", *misses]


def _cells(scores: pd.DataFrame) -> list[str]:
    cells = [f"{row.log_score:.2f} ({row.model_better_by:+.2f} ± {row.standard_error:.2f})" for row in scores.itertuples()]
    return [cells[0].split(" ")[0], *cells[1:]]


def _named(found: Propensity, values: pd.Series, known) -> str:
    return "; ".join(
        f"{row.nation} ({row.value}, {row.chance:.2f}{f', {row.term} {100 * row.difference:+.2f}' if row.term else ''})"
        for row in missed(found, values, known.option, known.among, NAMED).itertuples()
    )
