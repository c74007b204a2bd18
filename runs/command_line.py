"""The command ``abm``: what a person types, what they are told, and with which exit status.

Exit status: 0 done, 1 done but some runs failed, 2 something was asked that cannot be done, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from abm import parameters
from abm.scenario import Scenario, ScenarioError
from runs import library
from runs.plan import Plan
from runs.progress import bar
from runs.results import open_result
from runs.store import MANIFEST, Store, StoreError
from runs.sweep import carry_out, local

EXAMPLES = """examples:
  abm run                                     the baseline, 100 replicates, figures and report in results/baseline
  abm run baseline --set portability=0.8 --replicates 20 --out results/portable
  abm parameters hazard_us                    what a parameter means, its range and source
"""


class Problem(Exception):
    """Something asked that cannot be done; the message is what the person reads."""


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(
        prog="abm",
        description="Simulate AI sovereignty through coalition: nations choose between AI vendors and a coalition.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_parameters(commands)
    listing = commands.add_parser("scenarios", help="the scenarios that come with the package")
    listing.set_defaults(act=list_scenarios)
    return top


def _add_run(commands) -> None:
    run = commands.add_parser("run", help="run a scenario and leave a result directory")
    run.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO",
                     help="name of a scenario, path to a TOML file, or a result's manifest.json (default: baseline)")
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings",
                     help="set a parameter, or start, steps, step_years; may be given several times")
    run.add_argument("--seed", type=_whole(0, 2**63), default=0, help="seed of the first replicate (default: 0)")
    run.add_argument("--replicates", type=_whole(1, 1_000_000), default=100, metavar="N",
                     help="runs with different noise (default: 100)")
    run.add_argument("--figures", choices=("all", "none"), default="all", help="draw figures and the report (default: all)")
    run.add_argument("--out", metavar="DIR", help="result directory (default: results/NAME)")
    run.add_argument("--force", action="store_true", help="overwrite a result that stands in DIR")
    run.add_argument("--quiet", action="store_true", help="say nothing but errors")
    run.set_defaults(act=run_scenario)


def _add_parameters(commands) -> None:
    table = commands.add_parser("parameters", help="the parameters: value, unit, range, meaning, source")
    table.add_argument("name", nargs="?", metavar="NAME", help="one parameter, or the beginning of several")
    table.set_defaults(act=list_parameters)


def _whole(low: int, high: int):
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"found {text!r}; a whole number is needed") from None
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"found {number}; allowed is {low} to {high}")
        return number

    return parse


def settings(given: list[str]) -> dict[str, Any]:
    """``NAME=VALUE`` pairs as values of their kind. Errors: Problem."""
    values: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise Problem(f"--set {text}: NAME=VALUE is needed, such as --set portability=0.8")
        if name.strip() in values:
            raise Problem(f"--set {text}: {name.strip()} is set twice")
        values[name.strip()] = _number(value.strip())
    return values


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def plan_of(arguments) -> Plan:
    """The plan of ``abm run``: a scenario's replicates, or what a manifest says was done."""
    if Path(arguments.scenario).name == MANIFEST:
        return open_result(Path(arguments.scenario).parent).plan
    scenario = library.scenario(arguments.scenario)
    if arguments.settings:
        scenario = scenario.with_values(settings(arguments.settings))
    return Plan(scenario, replicates=arguments.replicates, seed=arguments.seed)


def run_scenario(arguments) -> int:
    """``abm run``."""
    plan = plan_of(arguments)
    store = Store(arguments.out or Path("results") / plan.scenario.name)
    store.prepare(arguments.force)
    with bar(plan.count, "runs", arguments.quiet) as progress:
        manifest = carry_out(plan, store, local(), progress)
    result = open_result(store.directory)
    if not arguments.quiet:
        print(f"{plan.count} runs of {plan.scenario.name} in {manifest['seconds']:.1f} s -> {store.directory}")
        for line in _extension("headline")(result):
            print(f"  {line}")
    if arguments.figures == "all":
        with bar(None, "figures", arguments.quiet) as progress:
            _extension("report")(result, figures="all", progress=progress)
        if not arguments.quiet:
            print(f"report: {store.directory / 'report.html'}")
    failed = result.sql("select count(*) from runs where status = 'failed'").fetchone()[0]
    if failed:
        print(f"abm: {failed} of {plan.count} runs failed; their errors stand in {store.directory}/runs", file=sys.stderr)
    return 1 if failed else 0


def _extension(name: str):
    """What `analysis` offers for a finished result; `runs` may not import it, so it is found by name."""
    found = entry_points(group="ai_sovereignty.results", name=name)
    if not found:
        raise Problem("the package is not installed whole: run `make run`, or pip install it; --figures none needs no figures")
    return next(iter(found)).load()


def list_parameters(arguments) -> int:
    """``abm parameters``."""
    names = parameters.names()
    chosen = [name for name in names if arguments.name is None or name.startswith(arguments.name)]
    if not chosen:
        parameters.lookup(arguments.name)
    if len(chosen) == 1 or arguments.name in names:
        _describe(arguments.name if arguments.name in names else chosen[0])
        return 0
    group = None
    for name in chosen:
        parameter = names[name][0]
        if parameter.group != group:
            group = parameter.group
            print(f"\n{group}")
        value = parameter.show(parameters.defaults()[name])
        print(f"  {name:<24}{value:>9} {parameter.unit:<26}{_range(parameter):<22}{parameter.meaning}")
    return 0


def _range(parameter) -> str:
    return "|".join(parameter.choices) if parameter.choices else f"{parameter.low:g} to {parameter.high:g}"


def _describe(name: str) -> None:
    parameter = parameters.names()[name][0]
    print(f"{name}: {parameter.meaning}")
    print(f"  value   {parameter.show(parameters.defaults()[name])} {parameter.unit}")
    print(f"  range   {_range(parameter)}")
    print(f"  group   {parameter.group}")
    print(f"  source  {parameter.source}")


def list_scenarios(arguments) -> int:
    """``abm scenarios``."""
    for name in library.names():
        print(f"{name:<24}{Scenario.read(library.find(name), library.SCENARIOS).content.title}")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.act(arguments)
    except (Problem, ScenarioError, StoreError, ValueError) as error:
        for line in str(error).splitlines():
            print(f"abm: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("abm: stopped; what was finished is whole", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
