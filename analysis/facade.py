"""What ``import abm`` offers: running a scenario, a sweep, a question, and opening what they left, from Python.

    >>> import abm
    >>> runs = abm.run("baseline", replicates=20, set={"portability": 0.8, "steps": 20})
    >>> runs.runs(["replicate", "gdp_coalition"]).head(2)["replicate"].tolist()
    [0, 1]
    >>> sovereignty = runs.series(["sovereignty"]).groupby("time")["sovereignty"].median()

Every function takes plain arguments and gives typed results. Errors are :class:`ValueError` in one sentence each;
:class:`abm.words.ArgumentError` where one argument is the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from abm.scenario import Scenario
from abm.words import ArgumentError, shown
from analysis.questions.reply import Reply, reply
from runs import library, sweep_file
from runs.memory import Runs, in_memory
from runs.plan import TABLES, Plan
from runs.progress import bar, growing_bar, runs_bar
from runs.results import Result, open_result
from runs.store import Store
from runs.sweep import local, run_plan

Given = str | Path | Scenario | Mapping[str, Any]  #: a scenario: its name, a path, plain data as in a file, or itself
Values = Mapping[str, float | int | str]  #: parameters, or start, steps, step_years, by name

MOST_RUNS, MOST_SEED = 1_000_000, 2**63


def load(scenario: Given = "baseline", set: Values | None = None) -> Scenario:
    """A scenario by name, by path, or from plain data as it would stand in a file, with parameters ``set``.

    >>> load("baseline", {"fee_us": 0.4}).parameter("fee_us")
    0.4
    """
    if isinstance(scenario, Scenario):
        found = scenario
    elif isinstance(scenario, Mapping):
        found = Scenario.parse(dict(scenario))
    else:
        found = library.scenario(str(scenario))
    return found.with_values(dict(set)) if set else found


def scenarios() -> list[str]:
    """Names of the scenarios that come with the package.

    >>> "baseline" in scenarios()
    True
    """
    return library.names()


def run(
    scenario: Given = "baseline",
    *,
    replicates: int = 100,
    seed: int = 0,
    set: Values | None = None,
    out: str | Path | None = None,
    record: Sequence[str] = TABLES[1:],
    workers: int | None = None,
    overwrite: bool = False,
    progress: bool = False,
) -> Runs | Result:
    """Run a scenario ``replicates`` times, under the seeds from ``seed`` on.

    Without ``out`` the runs stay in memory; with it they are a result directory, which the same call goes on with where it was
    interrupted. Beside the measures at the end it records ``record``: series, choices, ties. ``workers`` are threads.

    >>> run(replicates=2, set={"steps": 12}, record=[]).runs(["seed"])["seed"].tolist()
    [0, 1]
    """
    _check(replicates, seed, workers)
    tables = ("runs", *(table for table in TABLES[1:] if table in _recorded(record)))
    return _done(Plan(load(scenario, set), replicates=replicates, seed=seed, tables=tables), out, workers, overwrite, progress)


def sweep(
    sweep: str | Path | Mapping[str, Any],
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    overwrite: bool = False,
    progress: bool = False,
) -> Runs | Result:
    """Do the runs of a sweep: one that comes with the package, by name; a file; or plain data as it would stand in one.

    With ``out`` they are a result directory, and resumed where they were interrupted; without, they stay in memory.

    >>> found = sweep({"design": {"method": "grid"}, "factors": {"fee_us": [0.3, 0.4]}, "set": {"steps": 12}})
    >>> found.runs(["fee_us"])["fee_us"].tolist()
    [0.3, 0.4]
    """
    _check(1, 0, workers)
    if isinstance(sweep, Mapping):
        plan = sweep_file.parse(sweep)
    else:
        plan = sweep_file.read(library.find(str(sweep), library.SWEEPS, "sweep"))
    return _done(plan, out, workers, overwrite, progress)


def ask(
    question: str,
    scenario: Given = "baseline",
    *,
    replicates: int | None = None,
    precision: float | None = None,
    uncertainty: str = "none",
    seed: int = 0,
    set: Values | None = None,
    progress: bool = False,
    notice: Callable[[str], object] = print,
    **options: Any,
) -> Reply:
    """Ask one of the questions (:data:`analysis.questions.QUESTIONS`), or one that a file of yours holds (``"mine.py"``), of a
    scenario; ``options`` are the question's own.

    ``precision`` raises the replicates until the headline's 95 % interval is within ± that; ``uncertainty="posterior"`` draws all
    parameters that were fitted. ``notice`` is told what cannot be kept of what was asked.

    >>> found = ask("cost-key", replicates=4, set={"steps": 12})
    >>> found.sentence.endswith(".")
    True
    """
    _check(2 if replicates is None else replicates, seed, None, least=2)
    if precision is not None and not 0 < precision < float("inf"):
        raise ArgumentError("precision", precision, "a number above 0 is needed")
    with growing_bar("runs", not progress) as (expect, told):
        return reply(
            question, load(scenario, set), options, replicates, precision, uncertainty, seed, set or {}, told, notice, expect
        )


def open(directory: str | Path) -> Result:
    """Open a result directory, of this package's command line or of :func:`run` and :func:`sweep` with ``out``."""
    return open_result(directory)


def report(result: Result | str | Path, measures: Sequence[str] = (), figures: bool = True) -> Path:
    """Write ``report.html`` and its figures into a result directory; returns the page's path.

    Of a sweep it shows ``measures``, the main one first (none: the usual ones).
    """
    from analysis.reports.report import write

    return write(result if isinstance(result, Result) else open_result(result), "all" if figures else "none", outcomes=measures)


def _check(replicates: int, seed: int, workers: int | None, least: int = 1) -> None:
    threads = 1 if workers is None else workers
    for name, value, low, high in (
        ("replicates", replicates, least, MOST_RUNS), ("seed", seed, 0, MOST_SEED), ("workers", threads, 1, 1024),
    ):  # fmt: skip
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ArgumentError(name, None, f"found {shown(value)}; a whole number from {low} to {high} is needed")


def _recorded(record: Sequence[str]) -> list[str]:
    names = [record] if isinstance(record, str) else list(record)
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        raise ArgumentError("record", unknown[0], f"cannot be recorded; known are {', '.join(TABLES[1:])}")
    return names


def _done(plan: Plan, out: str | Path | None, workers: int | None, overwrite: bool, progress: bool) -> Runs | Result:
    if out is None:
        with bar(plan.count, "runs", not progress) as told:
            return in_memory(plan, workers, told)
    with runs_bar(plan.count, not progress) as counted:
        run_plan(plan, Store(out), local(workers), counted, overwrite=overwrite)
    return open_result(out)
