"""Nations that decide in a way of their own (``abm view --nation``): the page's runs, past and futures by that way too.

The compiled ensemble knows the model's own rule of decision alone. Where a subclass of :class:`~abm.agents.Nation` decides, every
run asks it at each review in Python, which takes about a tenth of a second in all; so futures are fewer.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mesa
import numpy as np

from abm import measures, options
from abm.agents import Nation
from abm.measures import measure_all
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels import choice
from abm.words import ArgumentError, nearest, shown
from abm.world import World
from analysis.page.services import Services

FUTURES = 64


def nation_class(named: str) -> type[Nation]:
    """A subclass of :class:`~abm.agents.Nation` by module and name; modules of the working directory are found too.

    Errors: ArgumentError in one sentence for each thing that can be wrong with it.
    """
    module_name, colon, name = named.partition(":")
    if not (colon and name.isidentifier() and all(part.isidentifier() for part in module_name.split("."))):
        raise ArgumentError("nation", named, "is not MODULE:CLASS, such as mine:Wary for the class Wary in mine.py")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise ArgumentError("nation", named, f"there is no module {module_name} here or among the installed ones") from None
        raise ArgumentError("nation", named, f"{module_name} cannot be imported: {error}") from None
    except Exception as error:
        raise ArgumentError("nation", named, f"{module_name} cannot be imported: {type(error).__name__}: {error}") from None
    found = getattr(module, name, None)
    if found is None:
        classes = [known for known, thing in vars(module).items() if inspect.isclass(thing) and issubclass(thing, Nation)]
        hint = nearest(name, classes) if classes else "nor any other class of nations"
        raise ArgumentError("nation", named, f"{module_name} has no {name}; {hint}")
    if not (inspect.isclass(found) and issubclass(found, Nation)):
        raise ArgumentError("nation", named, f"{name} is no subclass of abm.agents.Nation")
    return found


@dataclass
class Runs:
    """What the page reads of runs, as :class:`runs.ensemble.Results` has it."""

    series: np.ndarray
    sources: np.ndarray
    serials: np.ndarray


class _Around(Model):
    """A model around a world that is under way already; it has no scenario."""

    def __init__(self, world: World, nation: type[Nation]):
        mesa.Model.__init__(self, seed=0)
        self.populate(world, nation)

    @property
    def finished(self) -> bool:
        """Never: who steps it counts."""
        return False

    def collect(self) -> None:
        """Nothing; :func:`_go_on` measures."""


class _Own(Services):
    """The page's services where nations decide in Python, one run after the other."""

    def simulate(self, world: World, steps: int, *_ignored, **_also):
        """The run of a world at its start, which has its seed; the world is taken along."""
        return _gathered([_go_on(world, self.nation, steps)])

    def continue_runs(self, world: World, steps: int, seeds: Sequence[int], *_ignored, **_also):
        """Runs from here, a seed each."""
        runs = []
        for seed in seeds:
            copy = world.copy()
            copy.record.seed = seed
            runs.append(_go_on(copy, self.nation, steps))
        return _gathered(runs)


def with_nation(services: Services, nation: type[Nation]) -> Services:
    """The page's services where nations decide as ``nation`` does; whatever fails in a decision is a ValueError."""
    return _Own(services.directory, _guarded(nation), FUTURES)


def _guarded(nation: type[Nation]) -> type[Nation]:
    class Guarded(nation):  # type: ignore[misc,valid-type]
        def decide(self):
            try:
                decision = super().decide()
                if not isinstance(decision, str | int | np.integer):
                    raise TypeError(f"decide() gave {shown(decision)}, which is no option")
                return self._source(decision)
            except Exception as error:
                raise ValueError(f"{self.name} cannot decide: {type(error).__name__}: {error}") from error

    Guarded.__name__ = nation.__name__
    return Guarded if nation.decide is not Nation.decide else nation


def try_out(scenario: Scenario, nation: type[Nation]) -> None:
    """Let every nation decide once. Errors: ValueError in one sentence for the first that cannot."""
    model = Model(scenario, rng=0, nation=_guarded(nation))
    for agent in model.nations:
        choice.weigh(model.world.record, agent.row)
        agent.decide()


def _go_on(world: World, nation: type[Nation], steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    model, n = _Around(world, nation), int(world.record.n)
    series = np.empty((steps + 1, len(measures.columns(world.vendors))))
    sources, serials = np.empty((steps + 1, n), np.int8), np.empty((steps + 1, n), np.int16)
    for s in range(steps + 1):
        if s:
            model.step()
        record = model.world.record
        measure_all(record, series[s])
        sources[s], serials[s] = record.source[:n], options.serial(record.source[:n], record.serial, world.vendors)
    return series, sources, serials


def _gathered(runs: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Runs:
    return Runs(*(np.array(kind) for kind in zip(*runs, strict=True)))
