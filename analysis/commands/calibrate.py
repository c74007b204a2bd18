"""``abm calibrate``: the uncertain parameters fitted to the patterns of the record, with what stays unknown."""

from __future__ import annotations

import datetime
from pathlib import Path

from runs.commands.asking import add_scenario, scenario_of, whole
from runs.progress import bar


def add(commands) -> None:
    """Its arguments."""
    calibrate = commands.add_parser(
        "calibrate",
        help="fit uncertain parameters to the patterns of the record",
        description="Fit the uncertain parameters to the patterns of `abm patterns` by approximate Bayesian computation; say "
        "what they identify and what not, and leave a posterior sample for `abm ask --uncertainty posterior`.",
    )
    add_scenario(calibrate)
    calibrate.add_argument("--points", type=whole(20, 1_000_000), default=800, metavar="N", help="points a wave (default: 800)")
    calibrate.add_argument("--waves", type=whole(1, 100), default=8, metavar="N", help="waves (default: 8)")
    calibrate.add_argument("--replicates", type=whole(1, 1000), default=4, metavar="N", help="runs of a point (default: 4)")
    calibrate.add_argument("--draws", type=whole(1, 100_000), default=500, metavar="N", help="size of the sample (default: 500)")
    calibrate.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, help="seed of points and runs (default: 0)")
    calibrate.add_argument("--out", default="results/calibration", metavar="DIR", help="where sample, report and figure go")
    calibrate.add_argument("--quiet", action="store_true", help="say nothing but errors")
    calibrate.set_defaults(act=act)


def act(arguments) -> int:
    """Fit, write, say what is identified."""
    from analysis.calibration.fit import fit
    from analysis.calibration.report import marginals

    scenario = scenario_of(arguments)
    with bar(None, "runs", arguments.quiet) as progress:
        found = fit(scenario, arguments.points, arguments.waves, arguments.replicates, arguments.seed, progress=progress)
    folder = Path(arguments.out)
    write(folder, found, scenario, arguments)
    if not arguments.quiet:
        for row in marginals(found).itertuples():
            word = "identified" if row.identified else "not identified"
            print(f"  {row.parameter:<22} {row.median:.4g} [{row.posterior_10:.4g} to {row.posterior_90:.4g}], {word}")
        print(f"{len(found.points)} points kept, distance at most {found.distance[-1]:.2f} -> {folder}/calibration.md")
    return 0


def write(folder: Path, found, scenario, arguments) -> None:
    """``posterior.csv``, ``points.csv``, ``calibration.md`` and the figure."""
    from abm import parameters
    from abm.provenance import provenance
    from analysis.calibration import figure, report
    from analysis.figures import style

    folder.mkdir(parents=True, exist_ok=True)
    made = (
        f"Made on {datetime.date.today()} by `abm calibrate {scenario.name} --points {arguments.points} "
        f"--waves {arguments.waves} --replicates {arguments.replicates} --draws {arguments.draws} "
        f"--seed {arguments.seed}`, sources {provenance()['sources']}."
    )
    sample = found.posterior(arguments.draws, arguments.seed).to_csv(index=False)
    (folder / "posterior.csv").write_text(f"# {made}\n{sample}", "utf-8")
    found.points.assign(weight=found.weight, distance=found.distance).to_csv(folder / "points.csv", index=False)
    (folder / "calibration.md").write_text(report.page(found, made), "utf-8")
    table = report.marginals(found)
    spread = dict(zip(table["parameter"], table["spread"]))
    present = parameters.defaults(scenario.vendor_names) | scenario.content.parameters
    style.save(figure.draw((found, present, spread)), folder, "calibration", figure.TITLE, figure.CAPTION)
