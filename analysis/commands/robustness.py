"""``abm robustness``: which headline results survive the posterior, halved and doubled assumptions, and other structures.

A command of its own beside ``abm sensitivity``: that one asks which of all parameters moves one number most, and takes three
minutes; this one asks whether three results hold, in one, with the same runs for the README's table.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from analysis.commands.arguments import Problem, add_scenario, scenario_of, settings, typed, whole
from analysis.commands.grammar import given
from runs.folders import Folder
from runs.progress import bar

#: Option -> (lowest, highest, default, meaning).
NUMBERS = {
    "replicates": (10, 100_000, 200, "runs of each world, with and without convening"),
    "draws": (0, 100_000, 100, "draws of the calibration's posterior; 0 leaves it out"),
    "seed": (0, 2**62, 0, "seed of the first replicate"),
}


def add(commands) -> None:
    """Its arguments."""
    robustness = commands.add_parser(
        "robustness",
        help="which headline results survive",
        description="Say whether a coalition forms, who is in it and what it is worth as in the baseline where parameters are "
        "drawn from the calibration's posterior, each assumption is halved and doubled, and the model is built otherwise "
        "(fresh tastes, votes alone, fixed spending, flat growth). About a minute on two free cores at default sizes.",
    )
    add_scenario(robustness)
    for name, (low, high, default, meaning) in NUMBERS.items():
        robustness.add_argument(f"--{name}", type=whole(low, high), default=default, metavar="N",
                                help=f"{meaning} (default: {default})")
    robustness.add_argument("--out", default="results", metavar="DIR",
                            help="where robustness.md and its folder robustness go (default: results)")
    robustness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    robustness.set_defaults(act=act)


def act(arguments) -> int:
    """Run, write, say it."""
    from abm.provenance import results_hash
    from analysis.calibration import posterior
    from analysis.experiments.uncertainty import free_draws
    from analysis.robustness import report
    from analysis.robustness.study import study

    scenario = scenario_of(arguments)
    folders = Folder(arguments.out, report.PAGE), Folder(Path(arguments.out) / "robustness", report.PARTS)
    sample = posterior()
    if arguments.draws > len(sample):
        raise Problem(f"--draws {arguments.draws}: the posterior's sample holds {len(sample)}")
    draws = free_draws(sample, scenario, settings(arguments.settings)) if arguments.draws else None
    if given(arguments, "draws") and draws is not None and draws.empty:
        raise Problem("--draws: every parameter of the posterior's sample is set; leave it out")
    with bar(None, "runs", arguments.quiet) as progress:
        table = study(scenario, draws, arguments.draws, arguments.replicates, arguments.seed, progress)
    made = f"Made on {datetime.date.today()} by `{typed('robustness', arguments, NUMBERS)}`, sources {results_hash()}."
    top, _ = [folder.open() for folder in folders]
    report.write(table, top, made)
    if not arguments.quiet:
        print("\n".join(report.sentences(table)))
        print(f"{len(table)} worlds -> {arguments.out}/robustness.md")
    return 0
