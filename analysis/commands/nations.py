"""``abm nations``: the chance of each nation and option, for anyone to score against a list of their own."""

from __future__ import annotations

from pathlib import Path

from abm.words import nearest
from analysis.commands.arguments import Problem, tell_pooled, whole
from runs.folders import Folder, check_parts, write_table
from runs.results import open_result

MISSED = (
    "Missed most: value, the chance given to it, and the term of the payoff that misleads most (what it makes of the option "
    "beside the others, less the list's median, in % of GDP a year)"
)


def add(commands) -> None:
    """Its arguments."""
    nations = commands.add_parser(
        "nations",
        help="each nation's chance of each option, by year; scored against a list",
        description="Do runs of a result again and write one row per nation, option and year: the chance that the option is the "
        "nation's best once its tastes are drawn anew, averaged over the runs, and its standard error. With --score, compare "
        "them with a list of facts about nations, beside simple baselines, and name the nations that are missed.",
    )
    nations.add_argument("directory", metavar="DIR", help="result directory of a run or sweep")
    nations.add_argument("--out", metavar="FILE", help="where the table goes (default: DIR/nations.csv)")
    nations.add_argument("--score", metavar="LIST", help="a CSV of iso3 and value (0 or 1), or a list of the package: "
                         "network-vendors, ai-partnership, ai-safety-network")  # fmt: skip
    nations.add_argument("--option", help="the option that value 1 should go with, such as china "
                         "(default: that of a list of the package, else china)")  # fmt: skip
    nations.add_argument("--runs", type=whole(1, 100_000), default=200, metavar="N", help="most runs done again (default: 200)")
    nations.set_defaults(act=act)


def act(arguments) -> int:
    """Write the table; score it where asked."""
    from abm import options
    from abm.provenance import provenance
    from analysis.nations import lists, propensity

    result = open_result(arguments.directory)
    names = options.names(result.vendors)
    if arguments.option and arguments.option not in names:
        raise Problem(f"--option {arguments.option}: no such option; {nearest(arguments.option, names)}")
    if arguments.option and not arguments.score:
        raise Problem("--option: is what --score compares with; give a list with --score, or leave it out")
    path = Path(arguments.out or result.directory / "nations.csv")
    if not path.parent.is_dir():
        raise Problem(f"--out {path}: there is no directory {path.parent}")
    read = [lists.find(arguments.score)] if arguments.score else []
    check_parts(path.parent)
    folder = Folder(path.parent, [path.name], *read, result=True)
    if arguments.score:
        lists.read_list(read[0], result.scenario.nations().index)  # what is wrong is told before the runs are done
    tell_pooled(arguments.directory, result.plan, "does not count there")
    found = propensity(result, arguments.runs)
    told = _told(arguments, found) if arguments.score else ""
    chances = found.chances
    write_table(folder.open() / path.name, chances)
    if result.manifest["provenance"]["sources"] != provenance()["sources"]:
        print("The model's sources have changed since: the runs done again are not those of the result.")
    counts = f"{chances['iso3'].nunique()} nations, {len(names)} options, {chances['year'].nunique()} years"
    print(f"{counts}, {found.runs} runs -> {path}")
    if told:
        print(told)
    return 0


def _told(arguments, found) -> str:
    import pandas as pd

    from analysis.nations import lists, missed, score

    known = lists.SHIPPED.get(arguments.score)
    option = arguments.option or (known.option if known else "china")
    among = known.among if known and option in known.among else ()
    values = lists.read_list(lists.find(arguments.score), pd.Index(found.chances["iso3"].unique()))
    table = score(found, values, option, among).to_string(index=False, float_format="{:.3f}".format)
    part = f" among {', '.join(among)}" if among else ""
    lines = [
        f"{arguments.score} against the chance of {option}{part}: {values.sum()} of {len(values)} nations are 1",
        table,
        MISSED,
    ]
    for row in missed(found, values, option, among).to_dict("records"):
        misled = f"; {row['term']} {100 * row['difference']:+.2f}" if row["term"] else ""
        lines.append(f"  {row['nation']}: {row['value']}, chance {row['chance']:.2f}{misled}")
    return "\n".join(lines)
