"""``abm replay``: any run of a result again, exactly, with everything recorded."""

from __future__ import annotations

from pathlib import Path

from analysis.commands.arguments import Problem, tell, whole
from runs.folders import check_result
from runs.plan import Plan
from runs.replay import plan_of, same
from runs.results import open_result
from runs.store import Store
from runs.sweep import local, run_plan


def add(commands) -> None:
    """Its arguments."""
    replay = commands.add_parser(
        "replay",
        help="do one run of a result again, exactly, with full records",
        description="Do one run of a result again with series, choices and ties recorded, and compare its outcomes with what "
        "the result says. `abm view --replay DIR RUN` shows it in the browser.",
    )
    replay.add_argument("directory", metavar="DIR", help="result directory of a run or sweep")
    replay.add_argument("run", metavar="RUN", type=whole(0, 2**63),
                        help="number of the run, from the column `run` of the table runs")
    replay.add_argument("--out", metavar="OUT", help="directory for the records (default: DIR/replays/RUN)")
    replay.add_argument("--force", action="store_true", help="overwrite the result in OUT, if one stands there")
    replay.add_argument("--quiet", action="store_true", help="say nothing but errors")
    replay.set_defaults(act=act)


def act(arguments) -> int:
    """Replay and compare; 1 when the run is no longer the one it was."""
    result = open_result(arguments.directory)
    plan: Plan = plan_of(result, arguments.run)
    store = Store(arguments.out or result.directory / "replays" / str(arguments.run))
    check_result(store.directory, result.directory, overwrite=arguments.force)
    if store.has_result() and not arguments.force:
        raise Problem(f"{store.directory}: holds a result already; --force overwrites it, --out takes another")
    run_plan(plan, store, local(1), notice=tell, overwrite=arguments.force)
    replayed = open_result(store.directory)
    differing = same(result, arguments.run, replayed)
    if differing:
        tell(f"run {arguments.run}: {differing}")
        return 1
    if not arguments.quiet:
        values = ", ".join(f"{name} = {value}" for name, value in result.plan.values(arguments.run).items())
        print(f"run {arguments.run} (seed {plan.seed}{', ' if values else ''}{values}) -> {Path(store.directory)}")
        print("  its outcomes are those of the result, to the last bit")
    return 0
