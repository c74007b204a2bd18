"""``abm run``: one scenario, its replicates, a result directory with figures and a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analysis.commands.arguments import Problem, add_scenario, failures, scenario_of, settings, tell, whole
from analysis.commands.grammar import given
from runs import library
from runs.folders import check_result
from runs.manifest import StoreError, read_manifest
from runs.plan import Plan
from runs.progress import bar, runs_bar
from runs.results import open_result, planned
from runs.store import Store
from runs.sweep import local, run_plan


def add(commands) -> None:
    """Its arguments."""
    run = commands.add_parser(
        "run",
        help="run a scenario and leave a result directory",
        description="Run a scenario several times with different draws; leave tables, figures and a report in a directory. "
        "A run that was interrupted goes on with the same command.",
    )
    add_scenario(run, ", or a result's manifest.json, whose --set, --seed and --replicates hold unless given")
    run.add_argument("--seed", type=whole(0, 2**63), default=0,
                     help="seed of the first replicate (default: 0, or the manifest's)")
    run.add_argument("--replicates", type=whole(1, 1_000_000), default=100, metavar="N",
                     help="runs with different draws (default: 100, or as many as the manifest says)")
    run.add_argument("--figures", choices=("all", "none"), default="all", help="draw figures and the report (default: all)")
    run.add_argument("--out", metavar="DIR", help="result directory (default: results/NAME)")
    run.add_argument("--force", action="store_true", help="overwrite the result in DIR, if one stands there")
    run.add_argument("--quiet", action="store_true", help="say nothing but errors")
    run.set_defaults(act=act)


def plan_of(arguments) -> Plan:
    """A scenario's replicates, or what a manifest says was done."""
    if not _is_manifest(arguments):
        return Plan(scenario_of(arguments), replicates=arguments.replicates, seed=arguments.seed)
    path = Path(arguments.scenario)
    plan = planned(path.parent, read_manifest(path.parent, path.name))
    if arguments.settings and plan.factors:
        raise Problem(f"--set {arguments.settings[0]}: {path} is of a sweep; set it in the sweep file")
    changed = {name: getattr(arguments, name) for name in ("replicates", "seed") if given(arguments, name)}
    if arguments.settings:
        changed["scenario"] = plan.scenario.with_values(settings(arguments.settings), "--set")
    return replace(plan, **changed, chunk=0) if changed else plan


def _is_manifest(arguments) -> bool:
    """Whether SCENARIO is a result's manifest, which browsers save as ``manifest (1).json``."""
    return Path(arguments.scenario).suffix.lower() == ".json"


def act(arguments) -> int:
    """Run, draw, say what was found."""
    plan = plan_of(arguments)
    store = Store(arguments.out or Path("results") / plan.name)
    source = Path(arguments.scenario) if _is_manifest(arguments) else library.find(arguments.scenario)
    check_result(store.directory, source, overwrite=arguments.force)
    if store.has_result() and not arguments.force and _stands(store.directory):
        raise StoreError(f"{store.directory}: holds a result already; --force overwrites it, --out takes another")
    with runs_bar(plan.count, arguments.quiet) as progress:
        manifest = run_plan(plan, store, local(), progress, tell, overwrite=arguments.force)
    if not arguments.quiet:
        print(f"{plan.count} runs of {plan.name} in {manifest['seconds']:.1f} s -> {store.directory}")
    if arguments.figures == "all":
        _draw(open_result(store.directory), arguments.quiet)
    return failures(store.directory, manifest["failed"], plan.count)


def _stands(directory: Path) -> bool:
    """Whether a result is complete and whole; what is not is made again."""
    try:
        return open_result(directory).manifest["status"] == "complete"
    except StoreError:
        return False


def _draw(result, quiet: bool) -> None:
    from analysis.reports.report import headline, write  # matplotlib takes a while to load

    if not quiet:
        for line in headline(result):
            print(f"  {line}")
    with bar(None, "figures", quiet) as progress:
        write(result, figures="all", progress=progress)
    if not quiet:
        print(f"report: {result.directory / 'report.html'}")
