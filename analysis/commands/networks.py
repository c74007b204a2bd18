"""``abm networks``: the temporal network of a result, in tables, figures and a few sentences."""

from __future__ import annotations

from analysis.commands.arguments import tell_pooled, whole
from runs.folders import Folder
from runs.progress import bar
from runs.results import open_result

ABOUT = """Look at the temporal network of a result: who joined whom when, for how long, and who stands in the middle.

It writes, into --out (default: DIR/networks), a page (networks.md), figures as PNG and SVG, and tables (CSV):
  waves        every wave of joining: start, end, nations that entered, what chance would have brought
  survival     share of ties that still stand, by age, kind and shared partners (Kaplan-Meier)
  dissolution  ties of allies that end in a year, by the partners the two share
  churn        entries, exits, moves and returns a year
  communities  Louvain's communities a year, among alliances and by trust, and what they keep of themselves
  core         each nation's time in coalitions and its coreness
  brokers      each nation's betweenness and Burt's constraint

Intervals are 95 % over runs (bootstrap): ties of one run end together, so runs are what is drawn again. Communities are
those of the first 30 runs. The result needs its ties: `abm run` records them, a sweep with record = ["ties"]."""


def add(commands) -> None:
    """Its arguments."""
    import argparse

    networks = commands.add_parser(
        "networks",
        help="the temporal network: waves, survival of ties, churn, communities, core, brokers",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    networks.add_argument("directory", metavar="DIR", help="result directory of a run or sweep")
    networks.add_argument("--out", metavar="OUT", help="directory for page, tables and figures (default: DIR/networks)")
    networks.add_argument("--runs", type=whole(1, 1_000_000), default=1000, metavar="N",
                          help="most runs that are looked at, evenly chosen (default: 1000)")
    networks.add_argument("--figures", choices=("all", "none"), default="all", help="draw the figures (default: all)")
    networks.add_argument("--quiet", action="store_true", help="say nothing but errors")
    networks.set_defaults(act=act)


def act(arguments) -> int:
    """Study the network, write it down, say it in a few lines."""
    from analysis.networks.figures import FIGURES
    from analysis.networks.report import names, write
    from analysis.networks.study import PARTS, sentences, study

    result = open_result(arguments.directory)
    tell_pooled(arguments.directory, result.plan, "counts as outside")
    folder = Folder(arguments.out or result.directory / "networks", names())
    with bar(PARTS + (len(FIGURES) if arguments.figures == "all" else 0), "parts", arguments.quiet) as progress:
        found = study(result, arguments.runs, progress)
        write(found, folder.open(), arguments.figures, progress)
    if not arguments.quiet:
        for line in sentences(found):
            print(f"  {line}")
        print(f"{found.panel.counted} -> {folder.path}/networks.md")
    return 0
