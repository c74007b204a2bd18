"""``abm report``: one page about any result or sweep that explains itself."""

from __future__ import annotations

import argparse

from abm.words import repeated
from analysis.commands.arguments import failures
from runs.progress import bar
from runs.results import open_result

ABOUT = """Write report.html into a result directory: one page that needs nothing else, with figures, headline numbers, what
was assumed and how to get the same again. The figures lie beside it, as PNG and SVG, in figures/.

Of a sweep it shows what was varied and what that did: a phase diagram for two factors on a grid, response curves for one
factor or several, Sobol or Morris indices where the design is made for them, each point of a table of your own. Failed
runs are counted and their errors told. It may be asked for while a sweep is still going on."""


def add(commands) -> None:
    """Its arguments."""
    report = commands.add_parser(
        "report",
        help="one page about a result or sweep: figures, numbers, assumptions",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument("directory", metavar="DIR", help="result directory of a run or sweep")
    report.add_argument("--measure", action="append", default=[], metavar="NAME",
                        help="of a sweep: a measure to show, the main one first; may be given several times "
                        "(default: gdp_coalition, stands, sovereignty, net_benefit)")
    report.add_argument("--figures", choices=("all", "none"), default="all", help="draw the figures (default: all)")
    report.add_argument("--quiet", action="store_true", help="say nothing but errors")
    report.set_defaults(act=act)


def act(arguments) -> int:
    """Write the page, say what it says."""
    from analysis.reports.report import headline, write

    result = open_result(arguments.directory)
    if arguments.measure and len(result.plan.points) == 1:
        raise ValueError(f"--measure {arguments.measure[0]}: is for sweeps; {arguments.directory} holds a single design point")
    twice = repeated(arguments.measure)
    if twice and twice[0]:
        raise ValueError(f"--measure {twice[0]}: is given twice")
    if "" in arguments.measure:
        raise ValueError("--measure: is empty")
    with bar(None, "figures", arguments.quiet) as progress:
        path = write(result, arguments.figures, progress, arguments.measure)
    if not arguments.quiet:
        for line in headline(result, arguments.measure):
            print(f"  {line}")
        print(f"report: {path}")
    return failures(result.directory, result.failed, result.plan.count)
