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
        "its 95 %% interval. With --score, compare them with a list of facts about nations, beside simple baselines.",
    )
    nations.add_argument("directory", metavar="DIR", help="result directory of a run")
    nations.add_argument("--out", metavar="FILE", help="where the table goes (default: DIR/nations.csv)")
    nations.add_argument("--score", metavar="LIST", help="a CSV of iso3 and value (0 or 1), or network-vendors")
    nations.add_argument("--option", default="china", help="the option that value 1 should go with (default: china)")
    nations.set_defaults(act=act)


def act(arguments) -> int:
    """Write the table; score it where asked."""
    import pandas as pd

    from analysis.nations import propensity, score
    from analysis.nations.scored import SHIPPED, read_list

    result = open_result(arguments.directory)
    chances = propensity(result)
    options = list(dict.fromkeys(chances["option"]))
    if arguments.option not in options:
        near = difflib.get_close_matches(arguments.option, options, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(options)}"
        raise Problem(f"--option {arguments.option}: no such option; {hint}")
    path = Path(arguments.out or result.directory / "nations.csv")
    chances.to_csv(path, index=False)
    print(f"{chances['iso3'].nunique()} nations, {len(options)} options, {chances['year'].nunique()} years -> {path}")
    if arguments.score:
        values = read_list(SHIPPED.get(arguments.score, arguments.score), pd.Index(chances["iso3"].unique()))
        print(score(chances, values, arguments.option).to_string(index=False, float_format=lambda number: f"{number:.3f}"))
    return 0
