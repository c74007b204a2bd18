"""``abm calibrate``: the uncertain parameters fitted to the patterns of the record, with what stays unknown."""

from __future__ import annotations

import datetime
from pathlib import Path

from runs.commands.asking import Problem, add_scenario, scenario_of, whole
from runs.progress import bar


def add(commands) -> None:
    """Its arguments."""
    calibrate = commands.add_parser(
        "calibrate",
        help="fit uncertain parameters to the patterns of the record",
        description="Fit the uncertain parameters to the patterns of `abm patterns` by approximate Bayesian computation; say "
        "what they identify and what not, and leave a posterior sample for `abm ask --uncertainty posterior`. What is kept "
        "is run again with fresh seeds, and only those runs are reported. The default sizes take about 8 minutes on two "
        "processors.",
    )
    add_scenario(calibrate)
    calibrate.add_argument("--points", type=whole(20, 1_000_000), default=1500, metavar="N", help="points a wave (default: 1500)")
    calibrate.add_argument("--waves", type=whole(1, 100), default=8, metavar="N", help="waves (default: 8)")
    calibrate.add_argument("--replicates", type=whole(1, 1000), default=16, metavar="N", help="runs of a point (default: 16)")
    calibrate.add_argument("--fresh", type=whole(1, 1000), default=64, metavar="N",
                           help="runs of every kept point with seeds that no wave used, at least --replicates (default: 64)")
    calibrate.add_argument("--draws", type=whole(1, 100_000), default=500, metavar="N", help="size of the sample (default: 500)")
    calibrate.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, help="seed of points and runs (default: 0)")
    calibrate.add_argument("--out", default="results/calibration", metavar="DIR", help="where sample, report and figure go")
    calibrate.add_argument("--quiet", action="store_true", help="say nothing but errors")
    calibrate.set_defaults(act=act)


def act(arguments) -> int:
    """Fit, write, say what is identified."""
    from analysis.calibration.fit import fit
    from analysis.calibration.report import distances, marginals

    if arguments.fresh < arguments.replicates:
        raise Problem(f"--fresh {arguments.fresh}: at least --replicates {arguments.replicates} are needed")
    scenario, sizes = scenario_of(arguments), (arguments.points, arguments.waves, arguments.replicates)
    with bar(None, "runs", arguments.quiet) as progress:
        found = fit(scenario, *sizes, arguments.seed, arguments.fresh, progress=progress)
    folder = Path(arguments.out)
    write(folder, found, scenario, arguments)
    if not arguments.quiet:
        for row in marginals(found).itertuples():
            word = "identified" if row.identified else "not identified"
            print(f"  {row.parameter:<22} {row.median:.4g} [{row.posterior_10:.4g} to {row.posterior_90:.4g}], {word}")
        for away in distances(found).itertuples():
            print(f"  distance {away.median:.2f} [{away.low_10:.2f} to {away.high_90:.2f}]: {away.what}")
        print(f"-> {folder}/calibration.md")
    return 0


def write(folder: Path, found, scenario, arguments) -> None:
    """``posterior.csv``, ``points.csv``, ``calibration.md`` and the figure."""
    from abm.provenance import provenance
    from analysis.calibration import figure, report
    from analysis.figures import style
    from analysis.figures.shipped import ship

    folder.mkdir(parents=True, exist_ok=True)
    given = "".join(f" --set {setting}" for setting in arguments.settings)
    made = (
        f"Made on {datetime.date.today()} by `abm calibrate {scenario.name}{given} --points {arguments.points} "
        f"--waves {arguments.waves} --replicates {arguments.replicates} --fresh {arguments.fresh} --draws {arguments.draws} "
        f"--seed {arguments.seed}`, sources {provenance()['sources']}."
    )
    kept, sample = found.posterior, found.draw(arguments.draws, arguments.seed).to_csv(index=False)
    (folder / "posterior.csv").write_text(f"# {made}\n{sample}", "utf-8")
    kept.points.assign(weight=kept.weight, distance=kept.distance).to_csv(folder / "points.csv", index=False)
    (folder / "calibration.md").write_text(report.page(found, made, figure.CAPTION), "utf-8")
    png, _ = style.save(figure.draw(found), folder, "calibration", figure.TITLE, figure.CAPTION)
    ship(png)
