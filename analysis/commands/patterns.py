"""``abm patterns``: what the record shows beside what the model does, passes and failures alike."""

from __future__ import annotations

from analysis.commands.arguments import add_scenario, scenario_of, whole
from runs.folders import Folder, write_table
from runs.progress import bar

NAMES = ("patterns.csv", "patterns.png", "patterns.svg")


def add(commands) -> None:
    """Its arguments."""
    patterns = commands.add_parser(
        "patterns",
        help="the model beside patterns of the record",
        description="Measure patterns of the record (shares, lags, growth, who changes source, how alliances form, grow and end, "
        "what builders spend, cuts, lock-in) on the model's runs, and say which it meets and which it misses.",
    )
    add_scenario(patterns)
    patterns.add_argument("--replicates", type=whole(10, 100_000), default=100, metavar="N", help="runs each (default: 100)")
    patterns.add_argument("--seed", type=whole(0, 2**63), default=0, help="seed of the first replicate (default: 0)")
    patterns.add_argument("--out", default="results/patterns", metavar="DIR", help="where table and figure go")
    patterns.add_argument("--quiet", action="store_true", help="say nothing but errors")
    patterns.set_defaults(act=act)


def act(arguments) -> int:
    """Measure, write, say it line by line."""
    from analysis.figures import style
    from analysis.patterns import compare, figure, lines

    scenario, folder = scenario_of(arguments), Folder(arguments.out, NAMES)
    with bar(None, "runs", arguments.quiet) as progress:
        table = compare(scenario, arguments.replicates, arguments.seed, progress=progress)
    path = folder.open()
    write_table(path / "patterns.csv", table)
    style.save(figure.draw(table), path, "patterns", figure.TITLE, figure.CAPTION)
    if not arguments.quiet:
        print("\n".join(lines(table)))
        print(f"{int(table['agrees'].sum())} of {len(table)} patterns are met -> {path}/patterns.csv")
    return 0
