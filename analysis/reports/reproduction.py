"""The report's section on how to get the same result again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from html import escape

from runs import library, sweep_file
from runs.plan import Plan
from runs.results import Result


def reproduction(result: Result) -> Iterable[str]:
    """The section on how to get the same result again, and what lies beside the page."""
    manifest, plan = result.manifest, result.plan
    made = manifest["provenance"]
    packages = ", ".join(f"{name} {version}" for name, version in made["packages"].items())
    yield "<h2>How to get the same again</h2>"
    for how, words in ways(result):
        yield f"<p>{how}:</p><pre>{escape(words)}</pre>"
    yield (
        f'<p class="soft">Seeds {plan.seed} to {plan.seed + plan.replicates - 1}. Made with version {escape(made["version"])} '
        f'(rules {escape(made["sources"])}) on {escape(manifest["created"][:10])}, Python {escape(made["python"])}, '
        f"{escape(packages)}.{_brought(result)} Beside this page: the tables runs, series, choices and ties as Parquet files, "
        "as far as they were recorded; the figures as PNG and SVG; network.gexf, the first finished run's network over time, for "
        "Gephi.</p>"
    )


def _brought(result: Result) -> str:
    """The files of rules that the scenario brings; a result carries their text."""
    names = ", ".join(result.scenario.content.rules)
    return f" Decided by rules of its own, whose text the manifest holds: {escape(names)}." if names else ""


def ways(result: Result) -> Iterable[tuple[str, str]]:
    """Commands that give this result again, typed where the page lies, each after what it does."""
    if result.plan.factors:
        yield from _of_sweep(result.plan)
        return
    yield "From the manifest that lies beside this page", "abm run manifest.json --out again"
    if named := command(result):
        yield "Or, with the scenarios that come with the package", named


def _of_sweep(plan: Plan) -> Iterable[tuple[str, str]]:
    """A manifest holds the whole plan but not the path of its file, so that one's own file is named by what it was called."""
    named = f"abm sweep {shlex.quote(plan.name)} --out again"
    if shipped(plan):
        yield "The whole sweep, which comes with the package", named
    else:
        yield "The whole sweep, from its file", f"abm sweep {shlex.quote(plan.name + '.toml')} --out again"
    yield "Or, without the file, from the manifest that lies beside this page", "abm run manifest.json --figures none --out again"
    yield "One run with everything recorded, by its number in the column run (here 0)", "abm replay . 0"


def shipped(plan: Plan) -> bool:
    """Whether a sweep of this name comes with the package and is this very plan."""
    own = plan.name in library.names(library.SWEEPS)
    return own and sweep_file.read(library.find(plan.name, library.SWEEPS, "sweep")).document() == plan.document()


def command(result: Result) -> str:
    """The command that gives this result again from a scenario that comes with the package, or "" if there is none."""
    plan, scenario = result.plan, result.scenario
    if scenario.name not in library.names() or plan.factors:
        return ""
    base, wanted = library.scenario(scenario.name), scenario.document()
    frame = {name: getattr(scenario.content, name) for name in ("start", "steps", "step_years")}
    values = {name: value for name, value in frame.items() if getattr(base.content, name) != value}
    values |= {name: v for name, v in wanted["parameters"].items() if base.document()["parameters"].get(name) != v}
    try:
        same = (base.with_values(values) if values else base).document() == wanted
    except ValueError:
        return ""
    settings = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    words = ["abm", "run", scenario.name, *settings, "--seed", str(plan.seed), "--replicates", str(plan.replicates)]
    return shlex.join(words) if same else ""
