"""``abm compare``: results or scenarios side by side, every measure with its paired difference and interval."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.arguments import Problem, above_zero, tell, whole
from analysis.commands.grammar import given
from runs import library
from runs.folders import Folder
from runs.progress import bar

ABOUT = """Compare results, or scenarios that are yet to be run, with the first of them: the difference in every measure with
its 95 % interval, and which differences are larger than noise (Holm's correction over all measures, 5 %).

Runs of the same seed share their noise and are compared pair by pair; results without common seeds are compared unpaired.
A design point of a sweep is named DIR:POINT. Scenarios are run until the difference in --measure is known to
± --precision: 100 replicates first, then doubled, at most 12,800.

It writes comparison.csv, comparison.png, comparison.svg and comparison.md."""

NAMES = ("comparison.csv", "comparison.png", "comparison.svg", "comparison.md")
EXAMPLES = """examples:
  abm compare results/baseline results/portable
  abm compare baseline portable-contracts third-vendor --precision 0.01
  abm compare results/hazard-grid:0 results/hazard-grid:44
"""


def add(commands) -> None:
    """Its arguments."""
    compare = commands.add_parser(
        "compare",
        help="results or scenarios side by side: differences with intervals",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument("given", nargs="+", metavar="DIR|SCENARIO", help="result directories, or names or paths of scenarios")
    compare.add_argument("--precision", type=above_zero, metavar="P",
                         help="for scenarios: half-width of the interval to reach, in the measure's unit "
                         "(default: a tenth of its standard deviation between runs)")
    compare.add_argument("--measure", default="gdp_coalition", metavar="NAME",
                         help="for scenarios: the measure that --precision is about (default: gdp_coalition)")
    compare.add_argument("--when", choices=("end", "mean"), default="end",
                         help="measures at the last step, or their means over all steps (default: end)")
    compare.add_argument("--seed", type=whole(0, 2**63), default=0,
                         help="for scenarios: seed of the first replicate (default: 0)")
    compare.add_argument("--out", metavar="OUT", help="where it goes (default: results/comparisons/NAME-NAME)")
    compare.add_argument("--quiet", action="store_true", help="say nothing but errors")
    compare.set_defaults(act=act)


def act(arguments) -> int:
    """Compare, write, tell."""
    from analysis.comparisons.arms import is_result
    from analysis.comparisons.comparison import compare
    from analysis.comparisons.report import sentences, write

    given = arguments.given
    if len(given) < 2:
        raise Problem(f"compare {given[0]}: two or more are needed, the first is what the others are compared with")
    found = [is_result(one) for one in given]
    if any(found) and not all(found):
        other = given[found.index(False)]
        raise Problem(f"{other}: is no result directory, but {given[found.index(True)]} is one; compare results, or scenarios")
    arms, folder, vendors, notes = (_read if all(found) else _run)(arguments)
    comparison = compare(arms, vendors, arguments.when, notes)
    write(comparison, folder.open(), vendors)
    if not arguments.quiet:
        for line in sentences(comparison):
            print(f"  {line}")
        print(f"-> {folder.path}/comparison.md")
    return 0


def _folder(arguments, names: list[str]) -> Folder:
    """Where it goes; PlaceError where it may not be written."""
    named = "-".join(name.replace(":", "-").replace("/", "-").strip("-") for name in names)
    return Folder(arguments.out or Path("results") / "comparisons" / named, NAMES)


def _read(arguments):
    """Arms from results, and the folder; notes where they were made by different rules."""
    from analysis.comparisons.arms import from_result

    option = given(arguments, "precision", "measure", "seed")
    if option:
        raise Problem(f"{option}: is for scenarios that are yet to be run; a result holds the replicates it holds")
    read = [from_result(one, arguments.when) for one in arguments.given]
    rules = {result.manifest["provenance"]["sources"] for _, result in read}
    notes = ["the results were made by different versions of the rules"] if len(rules) > 1 else []
    names = [arm.name for arm, _ in read]
    if len(set(names)) < len(names):
        read = [(type(arm)(one.rstrip("/"), arm.outcomes, arm.title), result)
                for one, (arm, result) in zip(arguments.given, read, strict=True)]
    folder = _folder(arguments, [arm.name for arm, _ in read])
    return [arm for arm, _ in read], folder, read[0][1].vendors, notes


def _run(arguments):
    """Arms from scenarios, and the folder, with as many replicates as the precision needs."""
    from analysis.comparisons.arms import MOST, run_until

    scenarios = [library.scenario(one) for one in arguments.given]
    folder = _folder(arguments, [scenario.name for scenario in scenarios])
    with bar(None, "runs", arguments.quiet) as progress:
        arms, reached, asked = run_until(
            scenarios, arguments.measure, arguments.precision, arguments.when, arguments.seed, progress=progress
        )
    count = len(arms[0].outcomes)
    if reached > asked:
        tell(f"--precision {asked:.3g}: not reached with {MOST:,} replicates; the interval is ± {reached:.3g}")
    notes = [f"{count} replicates: the difference in {arguments.measure} is known to ± {reached:.3g} (asked: {asked:.3g})"]
    return arms, folder, scenarios[0].vendor_names, notes
