"""``abm sensitivity``: which assumptions matter most, by curves, a screening and indices of all parameters."""

from __future__ import annotations

import datetime
from pathlib import Path

from abm.words import repeated
from analysis.commands.arguments import Problem, add_scenario, scenario_of, typed, whole
from analysis.commands.grammar import given
from runs.folders import Folder
from runs.progress import bar

#: Option -> (lowest, highest, meaning); defaults are those of the sizes.
NUMBERS = {
    "values": (2, 100, "values of a parameter's curve"),
    "replicates": (2, 100_000, "runs of each of these values"),
    "trajectories": (1, 100_000, "trajectories of the Morris screening"),
    "factors": (2, 40, "strongest parameters that get Sobol indices"),
    "samples": (1, 1 << 20, "base points for these, a power of two"),
    "wider": (2, 60, "parameters with which indices are taken again, from half of the base points"),
    "each": (2, 10_000, "runs of each point of screening and indices"),
    "seed": (0, 2**32 - 2, "seed of designs and runs"),
}


def add(commands) -> None:
    """Its arguments."""
    from analysis.sensitivity.sizes import Sizes

    sensitivity = commands.add_parser(
        "sensitivity",
        help="which assumptions matter most",
        description="Vary every parameter over its plausible range: each alone, all at once by Morris' screening, the strongest "
        "by Sobol's indices; say which three assumptions matter most, and which way they work. About three minutes on two "
        "free cores at default sizes (372,000 runs).",
    )
    add_scenario(sensitivity)
    for name, (low, high, meaning) in NUMBERS.items():
        default = getattr(Sizes(), name)
        sensitivity.add_argument(f"--{name}", type=whole(low, high), default=default, metavar="N",
                                 help=f"{meaning} (default: {default})")
    sensitivity.add_argument("--parameters", default="", metavar="NAMES",
                             help="vary only these, with commas between them (default: all)")
    sensitivity.add_argument("--out", default="results", metavar="DIR",
                             help="where sensitivity.md and its folder sensitivity go (default: results)")
    sensitivity.add_argument("--quiet", action="store_true", help="say nothing but errors")
    sensitivity.set_defaults(act=act)


def act(arguments) -> int:
    """Run, write, say it."""
    from abm.provenance import provenance
    from analysis.sensitivity import report
    from analysis.sensitivity.sizes import Sizes
    from analysis.sensitivity.study import axes_of, study

    scenario = scenario_of(arguments)
    sizes = Sizes(**{name: getattr(arguments, name) for name in NUMBERS})
    if sizes.samples & (sizes.samples - 1):
        raise Problem(f"--samples {sizes.samples}: must be a power of two, such as {1 << sizes.samples.bit_length() - 1}")
    names = [name.strip() for name in arguments.parameters.split(",")] if arguments.parameters else []
    twice = repeated(names)
    if twice:
        raise Problem(f"--parameters {arguments.parameters}: {twice[0] or 'nothing'} is named twice")
    axes = axes_of(scenario, names)
    for name in ("factors", "wider"):
        if given(arguments, name) and getattr(sizes, name) > len(axes):
            raise Problem(f"--{name} {getattr(sizes, name)}: {len(axes)} parameters are varied")
    if given(arguments, "wider") and not sizes.widens(len(axes)):
        raise Problem(f"--wider {sizes.wider}: more than --factors {sizes.factors} are needed")
    folders = Folder(arguments.out, report.PAGE), Folder(Path(arguments.out) / "sensitivity", report.names())
    with bar(sizes.runs(axes), "runs", arguments.quiet) as progress:
        found = study(scenario, sizes, axes, progress=progress)
    asked = [*NUMBERS, *(["parameters"] if arguments.parameters else [])]
    made = report.made(typed("sensitivity", arguments, asked), found, str(datetime.date.today()), provenance()["sources"])
    folder, _ = [each.open() for each in folders]
    report.write(found, folder, made)
    if not arguments.quiet:
        print("\n".join(report.summary(found)))
        print(f"{found.runs:,} runs in {found.seconds:.0f} seconds -> {folder}/sensitivity.md")
    return 0
