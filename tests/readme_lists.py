"""The README's table of real lists of nations: how well the model foretells them, beside simple baselines."""

from pathlib import Path

import pandas as pd

import runs
from abm.odd import table
from analysis.nations import propensity, score
from analysis.nations.lists import SHIPPED, find, read_list
from runs import command_line

LIST_RUNS = 60
SAYS = (
    "Mean log score of nations left out, nearer to nought is better; in brackets by how much the model is better, and the "
    "standard error. `abm nations results/all-nations --score LIST` shows more."
)


def lists(folder: Path) -> list[str]:
    """How well the model foretells real lists of nations, beside simple baselines: `abm nations --score`."""
    out = folder / "all-nations"
    command = ["run", "all-nations", "--replicates", str(LIST_RUNS), "--figures", "none", "--quiet", "--out", str(out)]
    command_line.main(command)
    chances, rows = propensity(runs.open(out)), []
    for name, known in SHIPPED.items():
        values = read_list(find(name), pd.Index(chances["iso3"].unique()))
        scores = score(chances, values, known.option).set_index("predictor")
        cells = [f"{row.log_score:.2f} ({row.model_better_by:+.2f} ± {row.standard_error:.2f})" for row in scores.itertuples()]
        rows.append((f"`{name}`", f"{values.sum()} of {len(values)}", cells[0].split(" ")[0], *cells[1:]))
    return [SAYS, "", table(f"list, nations on it, {', '.join(scores.index)}", rows)]
