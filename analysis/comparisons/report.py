"""A comparison on disk: the table, the figure, and a page of Markdown that says how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from abm import measures
from analysis.comparisons.comparison import Arm, Comparison, common
from analysis.comparisons.formation import formation
from analysis.figures.tables import markdown
from runs.folders import write_table

NAMED = 5  # differences written out


def write(comparison: Comparison, folder: Path, vendors: tuple[str, ...]) -> None:
    """``comparison.csv``, ``comparison.png``, ``comparison.svg`` and ``comparison.md``."""
    from analysis.comparisons import figure
    from analysis.figures import style

    folder.mkdir(parents=True, exist_ok=True)
    first = comparison.table.pop("arm") if comparison.table.columns[0] != "arm" else None
    if first is not None:
        comparison.table.insert(0, "arm", first)
    write_table(folder / "comparison.csv", comparison.table)
    style.save(figure.draw(comparison), folder, "comparison", figure.TITLE, figure.CAPTION)
    (folder / "comparison.md").write_text("\n".join(_lines(comparison, vendors)) + "\n", "utf-8")


def sentences(comparison: Comparison) -> list[str]:
    """A line per scenario compared with the first, and what to beware of."""
    said = [_sentence(comparison, arm) for arm in comparison.arms[1:]]
    formed = [f"{arm.name}: {_formation(comparison.arms[0], arm)}" for arm in comparison.arms[1:] if _tells(comparison, arm)]
    return said + formed + list(comparison.notes)


def _tells(comparison: Comparison, arm: Arm) -> bool:
    """Whether the arms tell of coalitions at the end of runs that share their seeds."""
    known = all({"first_founding", "coalitions"} <= set(each.outcomes) for each in (comparison.arms[0], arm))
    return comparison.when == "end" and known and len(common(comparison.arms[0], arm)) > 1


def _formation(base: Arm, arm: Arm) -> str:
    rows = common(base, arm)
    one, two = (each.outcomes.loc[rows, ["first_founding", "coalitions"]].to_numpy(float).T for each in (base, arm))
    return formation((one[0], one[1]), (two[0], two[1]))


def _sentence(comparison: Comparison, arm: Arm) -> str:
    rows = comparison.of(arm)
    tested, clear = rows[rows["p"].notna()], rows[rows["clear"]]
    count = f"{len(arm.outcomes)} runs" + ("" if rows["paired"].all() else ", unpaired")
    head = f"{arm.name} against {comparison.arms[0].name} ({count}): "
    head += f"{len(clear)} of {len(tested)} measures differ by more than noise"
    named = [f"{row['measure']} {number(row)}" for _, row in clear.head(NAMED).iterrows()]
    return head + (f"; most: {', '.join(named)}" if named else "")


def number(row: pd.Series) -> str:
    """A difference with its interval."""
    return f"{row['difference']:+.3g} [{row['low']:.3g} to {row['high']:.3g}]"


def _lines(comparison: Comparison, vendors: tuple[str, ...]) -> Iterator[str]:
    from analysis.comparisons import figure

    base, known = comparison.arms[0], measures.columns(vendors)
    yield f"# {' and '.join(arm.name for arm in comparison.arms[1:])} against {base.name}\n"
    yield from (f"- {line}" for line in sentences(comparison))
    yield f"\n![{figure.TITLE}](comparison.png)\n\n*{figure.CAPTION}*\n"
    for arm in comparison.arms[1:]:
        rows = comparison.of(arm)
        shown = rows[rows["clear"]][["measure", "base", "other", "difference", "low", "high", "pairs", "unit"]]
        meaning = [known[name].meaning if name in known else "" for name in shown["measure"]]
        yield f"## {arm.name}: differences larger than noise\n\n{markdown(shown.assign(meaning=meaning))}\n"
    yield f"## How it was made\n\n{_method(comparison)}"


def _method(comparison: Comparison) -> str:
    when = "at the last step" if comparison.when == "end" else "as means over all steps after the first"
    return (
        f"Measures are taken {when}. Runs of the same seed share their noise, so differences are taken pair by pair, and the "
        "interval is Student's for their mean at 95 %; without common seeds it is Welch's. A measure that is not defined in a "
        "run, such as the lag of a coalition where none stands, counts only where both runs of a pair know it: `pairs` says how "
        "many. A difference is larger than noise where its p-value, after Holm's correction for the number of measures "
        "[Holm1979], is below 0.05. `comparison.csv` holds all measures."
    )
