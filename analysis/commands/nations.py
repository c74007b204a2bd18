"""``abm nations``: each nation's chance of holding each option, for anyone to score against a list of their own."""

from __future__ import annotations

import difflib
from pathlib import Path

from runs.commands.asking import Problem
from runs.results import open_result


def add(commands) -> None:
    """Its arguments."""
    nations = commands.add_parser(
        "nations",
        help="each nation's chance of each option, by year; scored against a list",
        description="Write one row per nation, option and year with the share of runs in which the nation holds the option and "
        "its 95 % interval. With --score, compare them with a list of facts about nations, beside simple baselines.",
    )
    nations.add_argument("directory", metavar="DIR", help="result directory of a run")
    nations.add_argument("--out", metavar="FILE", help="where the table goes (default: DIR/nations.csv)")
    nations.add_argument("--score", metavar="LIST", help="a CSV of iso3 and value (0 or 1), or a list of the package: "
                         "network-vendors, ai-partnership, ai-safety-network")  # fmt: skip
    nations.add_argument("--option", help="the option that value 1 should go with, such as china or ever_china "
                         "(default: that of a list of the package, else china)")  # fmt: skip
    nations.set_defaults(act=act)


def act(arguments) -> int:
    """Write the table; score it where asked."""
    from analysis.nations import propensity

    result = open_result(arguments.directory)
    chances = propensity(result)
    options = list(dict.fromkeys(chances["option"]))
    if arguments.option and arguments.option not in options:
        near = difflib.get_close_matches(arguments.option, options, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(options)}"
        raise Problem(f"--option {arguments.option}: no such option; {hint}")
    told = _told(arguments, chances) if arguments.score else ""
    path = Path(arguments.out or result.directory / "nations.csv")
    if not path.parent.is_dir():
        raise Problem(f"--out {path}: there is no directory {path.parent}")
    chances.to_csv(path, index=False)
    print(f"{chances['iso3'].nunique()} nations, {len(options)} options, {chances['year'].nunique()} years -> {path}")
    if told:
        print(told)
    return 0


def _told(arguments, chances) -> str:
    import pandas as pd

    from analysis.nations import lists, score

    known = lists.SHIPPED.get(arguments.score)
    option = arguments.option or (known.option if known else "china")
    values = lists.read_list(lists.find(arguments.score), pd.Index(chances["iso3"].unique()))
    table = score(chances, values, option).to_string(index=False, float_format=lambda number: f"{number:.3f}")
    return f"{arguments.score} against the chance of {option}: {values.sum()} of {len(values)} nations are 1\n{table}"
