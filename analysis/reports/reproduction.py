"""The report's section on how to get the same result again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from html import escape

from runs import library
from runs.results import Result


def reproduction(result: Result) -> Iterable[str]:
    """The section on how to get the same result again, and what lies beside the page."""
    manifest, plan = result.manifest, result.plan
    made = manifest["provenance"]
    packages = ", ".join(f"{name} {version}" for name, version in made["packages"].items())
    yield "<h2>How to get the same again</h2><p>From the manifest that lies beside this page:</p>"
    yield "<pre>abm run manifest.json --out again</pre>"
    named = command(result)
    if named:
        yield f"<p>Or, with the scenarios that come with the package:</p><pre>{escape(named)}</pre>"
    yield (
        f'<p class="soft">Seeds {plan.seed} to {plan.seed + plan.replicates - 1}. Made with version {escape(made["version"])} '
        f'(rules {escape(made["sources"])}) on {escape(manifest["created"][:10])}, Python {escape(made["python"])}, '
        f"{escape(packages)}. Beside this page: the tables runs, series, choices and ties as Parquet files, as far as they were "
        "recorded; the figures as PNG and SVG; network.gexf, the first finished run's network over time, for Gephi.</p>"
    )


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
