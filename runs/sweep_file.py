"""Sweep files: which scenario, what to vary, by which design, how often, what to record. Written in TOML, checked whole.

    scenario = "baseline"
    replicates = 20
    record = ["series"]                       # beside the outcomes: series, choices, ties

    [design]
    method = "grid"                           # or one_at_a_time, latin_hypercube, sobol, saltelli, morris, csv

    [factors]
    hazard_us = { low = 0.02, high = 1.0, count = 8, log = true }
    admission = ["open", "majority", "unanimity"]
    peer_weight = "plausible"                 # the range of the parameters' table
    nations = ["midsized", "eu", ["FRA", "DEU", "JPN"]]
    "events[2].date" = [2026.5, 2027.5, 2028.5]
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from abm import rules
from abm.scenario import Scenario, ScenarioError, Value, load
from abm.words import nearest
from runs import designs, library
from runs.axes import Axis, SweepError, axis
from runs.designs import METHODS
from runs.plan import TABLES, Plan
from runs.points_table import read_points

CSV = "csv"
_OPTIONS: dict[str, Mapping[str, Any]] = {name: method.options for name, method in METHODS.items()} | {CSV: {"file": None}}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


_Size = Annotated[int, Field(ge=1)]


class _Design(_Strict):
    method: str
    samples: _Size | None = None
    trajectories: _Size | None = None
    levels: Annotated[int, Field(ge=2, le=1000)] | None = None
    second_order: bool | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    file: str | None = None


class _File(_Strict):
    title: str = ""
    description: str = ""
    scenario: str = "baseline"
    rules: Any = None
    set: dict[str, Value] = {}
    design: _Design
    factors: dict[str, Any] = {}
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    record: list[str] = []
    chunk: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


def read(path: str | Path) -> Plan:
    """The plan of a sweep file. Errors: SweepError (or ScenarioError) with all that is wrong, each with file and field."""
    path = Path(path)
    return _plan(path, _content(path, load(path, "sweep")))


def parse(document: Mapping[str, Any], name: str = "sweep") -> Plan:
    """The plan of a sweep given as plain data, as it would stand in a file; what it names is looked for in the working
    directory. Errors as of :func:`read`, each beginning with ``name``."""
    path = Path(name)
    return _plan(path, _content(path, dict(document)))


def _plan(path: Path, content: _File) -> Plan:
    scenario = _scenario(path, content)
    options = _options(path, content.design)
    if content.design.method == CSV:
        if content.factors:
            raise SweepError(f"{path}: factors: the columns of {options['file']} are the factors; leave this out")
        axes, points, left_out = read_points(path.parent / options["file"], scenario)
        options |= {"left_out": left_out} if left_out else {}
    else:
        axes = _axes(path, content, scenario)
        try:
            points = designs.points(content.design.method, axes, options)
        except designs.DesignError as error:
            raise SweepError(f"{path}: design: {error}") from None
    idle = next((axis.factor.name for axis in axes if axis.factor.name in content.set), None)
    if idle and content.design.method != "one_at_a_time":  # which starts from what is set
        raise SweepError(f"{path}: set.{idle}: is a factor too, so that no value of it holds; leave it out")
    return Plan(
        scenario=scenario,
        factors=tuple(axis.factor for axis in axes),
        points=points,
        replicates=content.replicates,
        seed=content.seed,
        tables=("runs", *(table for table in TABLES[1:] if table in content.record)),
        chunk=content.chunk or 0,
        design={"method": content.design.method, **options, "ranges": [_range(axis) for axis in axes]},
        name=path.stem,
        title=content.title,
    )


def sources(path: str | Path) -> list[Path]:
    """The files that :func:`read` reads beside those of the package: sweep, scenario, table of points."""
    path = Path(path)
    content = _content(path, load(path, "sweep"))
    beside = [path.parent / content.scenario] + ([path.parent / content.design.file] if content.design.file else [])
    return [path, *(file for file in beside if file.is_file())]


def _range(axis: Axis) -> dict[str, Any]:
    found = axis.range
    return {"low": found.low, "high": found.high, "log": found.log} if not axis.values else {"values": list(axis.values)}


def _content(path: Path, document: dict[str, Any]) -> _File:
    try:
        content = _File.model_validate(document)
    except ValidationError as error:
        raise SweepError("\n".join(f"{path}: {_sentence(problem)}" for problem in error.errors())) from None
    method, record = content.design.method, [table for table in content.record if table not in TABLES[1:]]
    if method not in _OPTIONS:
        raise SweepError(f"{path}: design.method: {method}: no such design{_near(method, _OPTIONS)}")
    if record:
        raise SweepError(f"{path}: record: {record[0]}: cannot be recorded{_near(record[0], TABLES[1:])}")
    if len(set(content.record)) < len(content.record):
        raise SweepError(f"{path}: record: a table is named twice")
    if not content.factors and method != CSV:
        raise SweepError(f"{path}: factors: is missing; a sweep varies at least one")
    return content


def _sentence(problem) -> str:
    place = ".".join(str(part) for part in problem["loc"] if part not in ("float", "int", "str"))
    if problem["type"] == "extra_forbidden":
        known = _Design if problem["loc"][0] == "design" else _File
        return f"{place}: no such field{_near(str(problem['loc'][-1]), known.model_fields)}"
    if problem["type"] == "missing":
        return f"{place}: is missing"
    return f"{place}: found {problem['input']!r}; {problem['msg'].lower()}"


def _near(word: str, known) -> str:
    return f"; {nearest(word, known)}"


def _scenario(path: Path, content: _File) -> Scenario:
    beside = path.parent / content.scenario
    try:
        file = beside if beside.suffix.lower() == ".toml" and beside.is_file() else library.find(content.scenario)
    except ScenarioError as error:
        raise SweepError(f"{path}: scenario: {error}") from None
    scenario = Scenario.read(file, library.SCENARIOS)
    if content.rules is not None:
        scenario = _with_rules(path, content.rules, scenario)
    return scenario.with_values(content.set, f"{path}: set") if content.set else scenario


def _with_rules(path: Path, given: Any, scenario: Scenario) -> Scenario:
    """The scenario with further rules of people's own, whose files stand beside the sweep's."""
    document = scenario.document()
    try:
        document["rules"] = document.get("rules", {}) | rules.texts(given, path.parent)
    except ValueError as error:
        raise SweepError(f"{path}: rules: {error}") from None
    return Scenario.parse(document, scenario.name, str(path))


def _options(path: Path, design: _Design) -> dict[str, Any]:
    """The options of the design's method, defaults filled in."""
    given, taken = design.model_dump(exclude_none=True, exclude={"method"}), _OPTIONS[design.method]
    problems = [f"{name}: {design.method} does not take it" for name in given if name not in taken]
    problems += [f"{name}: is missing, {design.method} needs it" for name in taken if taken[name] is None and name not in given]
    if problems:
        raise SweepError("\n".join(f"{path}: design.{problem}" for problem in problems))
    return {**taken, **given}


def _axes(path: Path, content: _File, scenario: Scenario) -> list[Axis]:
    axes, problems = [], []
    for name, given in content.factors.items():
        try:
            axes.append(axis(name, given, scenario))
            if content.design.method == "one_at_a_time" and np.isnan(axes[-1].present):
                raise ValueError("has no value in the scenario to start from; give the event one")
        except ValueError as error:
            problems.append(f"{path}: factors.{name}: {str(error).removeprefix(f'{name}: ')}")
    if problems:
        raise SweepError("\n".join(problems))
    return axes
