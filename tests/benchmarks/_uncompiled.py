"""Measured with numba switched off, in a process of its own: mesa.batch_run, and how often a run draws, exponentiates ...

Prints JSON: ``runs_per_second`` of batch_run with two processes, or with the argument ``count`` the calls a run makes.
"""

import json
import math
import sys
import time
from collections import Counter

import mesa

from abm.model import Model
from runs import library

FUNCTIONS = ("exp", "expm1", "log", "log10", "sqrt", "cos")


class Baseline(Model):
    """The baseline under a seed, as batch_run makes it."""

    def __init__(self, number: int = 0, rng=None):
        super().__init__(library.scenario("baseline"), rng=number)


def rate(runs: int = 2) -> float:
    """Runs a second of mesa.batch_run in two processes."""
    steps, began = library.scenario("baseline").content.steps, time.perf_counter()
    found = mesa.batch_run(Baseline, {"number": list(range(runs))}, number_processes=2, max_steps=steps, display_progress=False)
    assert len({row["RunId"] for row in found}) == runs
    return runs / (time.perf_counter() - began)


def calls() -> dict[str, int]:
    """Calls of the generator and of each function of `math` that one run of the compiled ensemble makes."""
    counted: Counter = Counter()

    def counting(name, function):
        def called(*arguments):
            counted[name] += 1
            return function(*arguments)

        return called

    for name in FUNCTIONS:
        setattr(math, name, counting(name, getattr(math, name)))
    from abm import draws

    real = draws.philox
    for module in [module for key, module in sys.modules.items() if key.startswith("abm.")]:
        if getattr(module, "philox", None) is real:
            vars(module)["philox"] = counting("philox", real)
    import numpy as np

    from runs.ensemble import simulate

    scenario = library.scenario("baseline")
    world = scenario.world()
    counted.clear()
    simulate(world, scenario.content.steps, np.array([0]))
    return dict(counted)


if __name__ == "__main__":
    print(json.dumps(calls() if sys.argv[1:] == ["count"] else {"runs_per_second": rate()}))
