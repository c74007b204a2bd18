"""The same runs by others, mesa.batch_run over the rules uncompiled and agentpy; and by Mesa's own ways of running our model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import agentpy
import mesa
import numpy as np

from abm.agents import Nation
from abm.model import Model
from abm.schedule import PHASES
from abm.world import World
from tests.benchmarks.table import Table
from tests.benchmarks.throughput import sweep
from tests.benchmarks.timing import baseline
from tests.worlds import Apart, Same


class NationAgent(agentpy.Agent):
    """An agentpy agent that acts by the compiled rules."""

    def setup(self):
        """Its row is its place in the list."""
        self.row = self.id - 1

    def act(self, rule):
        """Apply a rule to its row."""
        rule(self.model.world.record, self.row)


class AgentpyModel(agentpy.Model):
    """The baseline for agentpy: nations are agents, all else is stepped by the model."""

    def setup(self):
        """Build the world and an agent a nation."""
        self.world: World = baseline().world(self.p.number)
        self.nations = agentpy.AgentList(self, int(self.world.record.n), NationAgent)

    def step(self):
        """Every phase of the schedule."""
        record = self.world.record
        others = {"vendors": record.vendor_compute.size, "coalitions": record.members.size}
        for phase in PHASES:
            if phase.rows == "world":
                phase.rule(record)
            elif phase.rows == "nations":
                self.nations.act(phase.rule)
            elif phase.rows == "agenda":
                for row in record.agenda[: record.reviewing].tolist():
                    self.nations[row].act(phase.rule)
            else:
                for row in range(others[phase.rows]):
                    phase.rule(record, row)


def measure(full: bool) -> list[Table]:
    """Runs a second of each, and how many times as many ours does, measured before and after."""
    before = _ours()
    found = {
        "`mesa.batch_run`, 2 processes, rules uncompiled": _uncompiled(),
        "loop over the compiled Mesa model": _rate(mesa_run, 5),
        "agentpy, agent by agent over the compiled rules": _rate(agentpy_run, 5),
    }
    ours = (before + _ours()) / 2
    rows = [["`abm sweep`, 2 threads, files included", ours, 1.0]]
    rows += [[name, rate, ours / rate] for name, rate in found.items()]
    return [
        Table(
            "Against others: the baseline world, the same rules",
            ["runner", "runs/s", "times as slow"],
            rows,
            "One after the other on the same machine; ours before and after the rest, averaged. `batch_run` steps agents in "
            "Python with numba switched off. The other two call the compiled rules; agentpy pays for a call per nation and "
            "phase, the Mesa model takes all measures at every step.",
        ),
        _mesas_ways(),
    ]


def _mesas_ways() -> Table:
    """Each way of running the model that Mesa's users know, against a call per agent and phase, each measured twice in turn."""
    step, batch, one_by_one = "`model.step()`", "`mesa.batch_run(Model, ...)`, models made included", "a call per agent and phase"
    ways = [
        (step, one_by_one, lambda count: _stepped(Apart, count), 3),
        (step, "", lambda count: _stepped(Nation, count), 40),
        (step, "without collecting", lambda count: _stepped(Nation, count, collecting=False), 40),
        (step, "nations with their own `decide`", lambda count: _stepped(Same, count), 15),
        (batch, one_by_one, lambda count: _batch(Apart, count), 3),
        (batch, "", lambda count: _batch(Nation, count), 40),
    ]
    for *_, way, _count in ways:
        way(1)
    seconds = np.mean([[way(count) for *_, way, count in ways] for _ in range(2)], axis=0)
    apart = {what: each for (what, how, *_), each in zip(ways, seconds, strict=True) if how == one_by_one}
    return Table(
        "Mesa's own ways: the baseline, 60 steps, one process",
        ["what", "how", "ms a run", f"times as fast as {one_by_one}"],
        [[what, how, 1000 * each, apart[what] / each] for (what, how, *_), each in zip(ways, seconds, strict=True)],
        "What `model.step()` takes beyond the line without collecting is Mesa's DataCollector: all measures, and four properties "
        "of each nation, at every step.",
    )


def _stepped(nation: type[Nation], count: int, collecting: bool = True) -> float:
    """Seconds that the steps of a run take."""
    models = [Model(baseline(), rng=seed, nation=nation) for seed in range(count)]
    for model in models:
        if not collecting:
            model.collect = lambda: None  # type: ignore[method-assign]
    began = time.perf_counter()
    for model in models:
        while not model.finished:
            model.step()
    return (time.perf_counter() - began) / count


def _batch(nation: type[Nation], count: int) -> float:
    """Seconds a run of mesa.batch_run takes, models and their data included."""
    fixed = {"scenario": [baseline()], "nation": [nation], "rng": range(count)}
    began = time.perf_counter()
    mesa.batch_run(Model, fixed, max_steps=baseline().content.steps, display_progress=False)
    return (time.perf_counter() - began) / count


def _ours() -> float:
    return sweep(20_000, 2)[1]


def _rate(run, count: int) -> float:
    run(0)
    began = time.perf_counter()
    for seed in range(1, count + 1):
        run(seed)
    return count / (time.perf_counter() - began)


def mesa_run(seed: int) -> Model:
    """A run of the Mesa model over the compiled rules."""
    model = Model(baseline(), rng=seed)
    while not model.finished:
        model.step()
    return model


def agentpy_run(seed: int) -> AgentpyModel:
    """A run of the agentpy model."""
    model = AgentpyModel({"steps": baseline().content.steps, "number": seed})
    model.run(display=False)
    return model


def _uncompiled() -> float:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "tests.benchmarks._uncompiled"]
    found = subprocess.run(command, env=environment, check=True, capture_output=True)
    return json.loads(found.stdout)["runs_per_second"]

