"""``abm share``: a scenario as one page to send, with sliders that answer at once and need no server."""

from __future__ import annotations

import shlex
from pathlib import Path

from analysis.commands.arguments import Problem, add_scenario, scenario_of, settings, tell, typed, whole
from runs.folders import Folder, check_parts
from runs.progress import bar


def add(commands) -> None:
    """Its arguments."""
    share = commands.add_parser(
        "share",
        help="one page to send: sliders that answer at once, without a server",
        description="Write one HTML file that needs neither server nor network: what happens by the horizon in one sentence, who "
        "relies on whom over time, likely members on the map, and sliders that answer at once. They answer from ensembles run "
        "beforehand on a grid of their values, interpolated in between; how far off that is, against fresh runs, is measured and "
        "shown. The grid is in the file as JSON.",
    )
    add_scenario(share)
    share.add_argument("--levers", default="", metavar="NAMES",
                       help="one to five parameters, with commas between them (default: fee_us,hazard_us,convening_size, but for "
                       "what the scenario's events set)")  # fmt: skip
    share.add_argument("--values", type=whole(2, 101), metavar="N",
                       help="values of each lever on the grid (default: 11, 9, 5, 4, 3 of one to five levers)")  # fmt: skip
    share.add_argument("--replicates", type=whole(10, 100_000), default=200, metavar="N",
                       help="runs at each point of the grid (default: 200)")  # fmt: skip
    share.add_argument("--seed", type=whole(0, 2**62), default=0, help="seed of the first replicate (default: 0)")
    share.add_argument("--out", metavar="FILE", help="where the page goes (default: results/share/SCENARIO.html)")
    share.add_argument("--quiet", action="store_true", help="say nothing but errors")
    share.set_defaults(act=act)


def act(arguments) -> int:
    """Run the grid, check it, write the page, say what it says."""
    from analysis.share import check, levers, page, sentences
    from analysis.share.grid import count, grid
    from analysis.share.layout import layout

    scenario = scenario_of(arguments)
    names = [name.strip() for name in arguments.levers.split(",")] if arguments.levers else []
    chosen = levers.chosen(scenario, names, arguments.values)
    page.check_size(chosen, layout(scenario))
    path, folder = _place(arguments, scenario.name)
    runs = (count(chosen) + 1) * arguments.replicates + check.runs(arguments.replicates)
    with bar(runs, "runs", arguments.quiet) as progress:
        found = grid(scenario, chosen, arguments.replicates, arguments.seed, progress)
        errors = check.errors(scenario, found, progress)
    name = Path(arguments.scenario).name  # whoever gets the page has other folders
    text = page.page(found, errors, name, settings(arguments.settings), _command(arguments, name, chosen))
    folder.open()
    written = page.write(path, text)
    if not arguments.quiet:
        print(sentences.headline(found, found.at(found.marks)).replace("\N{NO-BREAK SPACE}", " "))
        held = next(error for error in errors if error.key == "held")
        print(f"Between points of the grid, GDP in coalitions is {held.mean:.1f} points off fresh runs on average, at most "
              f"{held.most:.1f}; interpolation alone {held.own_mean:.1f} and {held.own_most:.1f}")  # fmt: skip
        print(f"{count(chosen):,} ensembles, {runs:,} runs, {written / 1e6:.1f} MB -> {path}")
    return _told_failures(found.failed, runs)


def _place(arguments, name: str) -> tuple[Path, Folder]:
    """The file, and its folder; Problem or PlaceError where it may not be written."""
    path = Path(arguments.out or Path("results") / "share" / f"{name}.html")
    if path.is_dir():
        raise Problem(f"--out {path}: is a directory; the name of a file is needed, such as {path / name}.html")
    if path.suffix.lower() not in (".html", ".htm"):
        raise Problem(f"--out {path}: the page is HTML; a name that ends in .html is needed")
    if arguments.out and not path.parent.is_dir():
        raise Problem(f"--out {path}: there is no directory {path.parent}")
    check_parts(path.parent)
    return path, Folder(path.parent, [path.name], arguments.scenario, result=True)


def _command(arguments, name: str, chosen) -> str:
    """What gives this page again."""
    own = shlex.split(typed("share", arguments, ["replicates", "seed"]))
    values = ["--values", str(arguments.values)] if arguments.values else []
    return shlex.join([*own[:2], name, *own[3:], "--levers", ",".join(lever.name for lever in chosen), *values])


def _told_failures(failed: int, runs: int) -> int:
    """The exit status for so many failed runs, which the person is told of."""
    if failed:
        tell(f"{failed} of {runs} runs failed and are left out; `abm run` with the values of a point tells why")
    return 1 if failed else 0
