"""``abm sweep``: all the runs of a sweep file, on this machine or a Dask cluster, resumable at any moment."""

from __future__ import annotations

from pathlib import Path

from analysis.commands.arguments import Problem, failures, tell, whole
from runs import library, sweep_file
from runs.cluster import GIVE_UP, SILENT, dask
from runs.folders import check_result
from runs.progress import runs_bar
from runs.store import Store
from runs.sweep import local, run_plan


def add(commands) -> None:
    """Its arguments."""
    sweep = commands.add_parser(
        "sweep",
        help="vary parameters, events or nations by a design, many runs at once",
        description="Do all the runs of a sweep file. Interrupt it as you like, even with kill -9: the same command goes on "
        "where it was. Watch it with `abm status DIR`; see any of its runs again with `abm replay DIR RUN`.",
        epilog=f"sweeps that come with the package: {', '.join(library.names(library.SWEEPS))}",
    )
    sweep.add_argument("sweep", metavar="SWEEP", help="path to a sweep file (TOML), or the name of one below")
    sweep.add_argument("--out", metavar="DIR", help="result directory (default: results/NAME)")
    sweep.add_argument("--engine", choices=("local", "dask"), default="local",
                       help="threads of this machine, or a Dask cluster (default: local)")
    sweep.add_argument("--scheduler", metavar="ADDRESS",
                       help="a running Dask scheduler, such as tcp://node1:8786 (default: a cluster of processes here); who is "
                       f"silent for {SILENT} s is named, and the command ends after {GIVE_UP} s in which nobody works")
    sweep.add_argument("--workers", type=whole(1, 1024), metavar="N",
                       help="threads or local processes (default: one a processor)")
    sweep.add_argument("--retry-failed", action="store_true", help="do the runs again that failed, if any did")
    sweep.add_argument("--force", action="store_true", help="overwrite the result in DIR, if one stands there")
    sweep.add_argument("--quiet", action="store_true", help="say nothing but errors")
    sweep.set_defaults(act=act)


def act(arguments) -> int:
    """Do what is left of the sweep."""
    if arguments.retry_failed and arguments.force:
        raise Problem("--retry-failed: --force does all the runs again; leave one of them out")
    execute = _executor(arguments)
    path = library.find(arguments.sweep, library.SWEEPS, "sweep")
    plan = sweep_file.read(path)
    store = Store(arguments.out or Path("results") / plan.name)
    check_result(store.directory, *sweep_file.sources(path), overwrite=arguments.force)
    if plan.design.get("left_out"):
        tell(f"{plan.design['file']}: {', '.join(plan.design['left_out'])} are no factors and are left out")
    with runs_bar(plan.count, arguments.quiet) as progress:
        manifest = run_plan(
            plan, store, execute, progress, tell, overwrite=arguments.force, retry_failed=arguments.retry_failed
        )
    if not arguments.quiet:
        points = f"{len(plan.points):,} points x {plan.replicates:,} replicates"
        print(f"{plan.count:,} runs of {plan.name} ({points}) in {manifest['seconds']:.1f} s -> {store.directory}")
    return failures(store.directory, manifest["failed"], plan.count, "; --retry-failed does them again")


def _executor(arguments):
    if arguments.engine == "dask":
        if arguments.scheduler and arguments.workers:
            raise Problem(f"--workers: {arguments.scheduler} has workers of its own; leave it out")
        return dask(arguments.scheduler, arguments.workers, tell)
    if arguments.scheduler:
        raise Problem("--scheduler: is for --engine dask")
    return local(arguments.workers)
