"""``abm calibrate``: the uncertain parameters fitted to the patterns of the record, with what stays unknown."""

from __future__ import annotations

import datetime
from pathlib import Path

from analysis.commands.arguments import Problem, add_scenario, scenario_of, settings, typed, whole
from runs.folders import Folder, write_table
from runs.progress import bar

NAMES = (
    "posterior.csv", "points.csv", "defaults.csv", "check.csv", "calibration.md", "calibration.png", "calibration.svg"
)  # fmt: skip
SIZES = ("bank", "points", "waves", "replicates", "fresh", "check", "draws", "seed")


def add(commands) -> None:
    """Its arguments."""
    calibrate = commands.add_parser(
        "calibrate",
        help="fit uncertain parameters to the patterns of the record",
        description="Fit the uncertain parameters to the patterns of `abm patterns`: history matching rules out what no luck "
        "could mend, then approximate Bayesian computation by sequential Monte Carlo samples what is left. Say what the patterns "
        "identify and what not, leave a posterior sample for `abm ask --uncertainty posterior` and the defaults that it "
        "suggests, and check the intervals on records that the model made. What is kept is run again with fresh seeds, and only "
        "those runs are reported. The default sizes take about 30 minutes on two processors.",
    )
    add_scenario(calibrate)
    calibrate.add_argument("--bank", type=whole(20, 1_000_000), default=4000, metavar="N",
                           help="points in each of two waves of history matching (default: 4000)")
    calibrate.add_argument("--points", type=whole(20, 1_000_000), default=2500, metavar="N",
                           help="points a wave of the sampler, at most twice --bank (default: 2500)")
    calibrate.add_argument("--waves", type=whole(1, 1000), default=24, metavar="N", help="waves of the sampler (default: 24)")
    calibrate.add_argument("--replicates", type=whole(1, 1000), default=16, metavar="N", help="runs of a point (default: 16)")
    calibrate.add_argument("--fresh", type=whole(1, 1000), default=64, metavar="N",
                           help="runs of every kept point with seeds that no wave used, at least --replicates (default: 64)")
    calibrate.add_argument("--check", type=whole(0, 10_000), default=100, metavar="N",
                           help="records made by the model on which the intervals are checked, 0 for none (default: 100)")
    calibrate.add_argument("--draws", type=whole(1, 100_000), default=500, metavar="N", help="size of the sample (default: 500)")
    calibrate.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, help="seed of points and runs (default: 0)")
    calibrate.add_argument("--out", default="results/calibration", metavar="DIR", help="where sample, report and figure go")
    calibrate.add_argument("--quiet", action="store_true", help="say nothing but errors")
    calibrate.set_defaults(act=act)


def act(arguments) -> int:
    """Fit, write, say what is identified."""
    from analysis.calibration import fit
    from analysis.calibration.priors import PRIORS
    from analysis.calibration.report import distances, marginals
    from analysis.patterns.table import PATTERNS

    if arguments.fresh < arguments.replicates:
        raise Problem(f"--fresh {arguments.fresh}: at least --replicates {arguments.replicates} are needed")
    if arguments.points > 2 * arguments.bank:
        raise Problem(f"--points {arguments.points}: at most twice --bank {arguments.bank}, from which the sampler starts")
    moved = next((name for name in settings(arguments.settings) if name in PRIORS), None)
    if moved:
        raise Problem(f"--set {moved}: is fitted, so that no value of it holds; leave it out")
    scenario, folder = scenario_of(arguments), Folder(arguments.out, NAMES)
    sizes = (arguments.bank, arguments.points, arguments.waves, arguments.replicates)
    total = fit.runs_of(PATTERNS, *sizes, arguments.fresh, arguments.check)
    with bar(total, "runs", arguments.quiet) as progress:
        found, check = fit.fit(scenario, *sizes, arguments.seed, arguments.fresh, arguments.check, progress=progress)
    write(folder.open(), found, check, arguments)
    if not arguments.quiet:
        for row in marginals(found).itertuples():
            word = "identified" if row.identified else "not identified"
            print(f"  {row.parameter:<22} {row.median:.4g} [{row.posterior_10:.4g} to {row.posterior_90:.4g}], {word}")
        for away in distances(found).itertuples():
            met = f"{away.met_50} of {len(found.patterns)} patterns met"
            print(f"  distance {away.median:.2f} [{away.low_10:.2f} to {away.high_90:.2f}], {met}: {away.what}")
        if check:
            print(f"  the 80 % intervals hold {check.held.mean():.0%} of {len(check.held)} truths of records that the model made")
        print(f"-> {folder.path}/calibration.md")
    return 0


def write(folder: Path, found, check, arguments) -> None:
    """``posterior.csv``, ``points.csv``, ``defaults.csv``, ``check.csv``, ``calibration.md`` and the figure."""
    from abm.provenance import results_hash
    from analysis.calibration import figure, report
    from analysis.calibration.check import coverage
    from analysis.figures import style

    made = f"Made on {datetime.date.today()} by `{typed('calibrate', arguments, SIZES)}`, sources {results_hash()}."
    population, sample = found.posterior, found.draw(arguments.draws, arguments.seed).to_csv(index=False)
    (folder / "posterior.csv").write_text(f"# {made}\n{sample}", "utf-8", newline="")
    points = population.points.assign(weight=population.weight, distance=population.distance)
    write_table(folder / "points.csv", points)
    write_table(folder / "defaults.csv", report.defaults(found))
    if check:
        write_table(folder / "check.csv", coverage(check))
    (folder / "calibration.md").write_text(report.page(found, made, figure.CAPTION, check), "utf-8")
    style.save(figure.draw(found), folder, "calibration", figure.TITLE, figure.CAPTION)
