"""Timing simulations of the baseline and of worlds like it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from abm.scenario import Scenario
from runs import library
from runs.ensemble import simulate


def baseline() -> Scenario:
    """The baseline: 53 nations, 60 steps."""
    return library.scenario("baseline")


def seconds(act: Callable[[], object], least: float = 0.5) -> float:
    """Processor time [s] of ``act`` in this thread, the best of several calls that take ``least`` seconds together."""
    act()
    taken: list[float] = []
    while sum(taken) < least:
        began = time.thread_time()
        act()
        taken.append(time.thread_time() - began)
    return min(taken)


def run_seconds(scenario: Scenario, runs: int = 50, **recorded: Any) -> float:
    """Seconds of one run in one thread, without files."""
    world, seeds = scenario.world(), np.arange(runs)
    return seconds(lambda: simulate(world.copy(), scenario.content.steps, seeds, **recorded)) / runs
