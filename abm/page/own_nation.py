"""Nations that decide in a way of their own (``abm view --nation``): the page's runs, past and futures by that way too.

The compiled ensemble knows the model's own rule of decision alone. Where a subclass of :class:`~abm.agents.Nation` decides, every
run asks it at each review in Python, which takes about a tenth of a second in all; so futures are fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import mesa
import numpy as np

from abm import measures, options
from abm.agents import Coalition, Nation, Vendor
from abm.measures import measure_all
from abm.model import Model
from abm.options import COALITIONS
from abm.page.services import Services
from abm.scenario import Scenario
from abm.submodels import choice
from abm.words import shown
from abm.world import World

FUTURES = 64


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
        self.world = world
        self.nations = [nation(self, i) for i in range(int(world.record.n))]
        self.vendors = [Vendor(self, v) for v in range(len(world.vendors))]
        self.coalitions = [Coalition(self, k) for k in range(COALITIONS)]

    @property
    def finished(self) -> bool:
        """Never: who steps it counts."""
        return False

    def collect(self) -> None:
        """Nothing; :func:`_go_on` measures."""


def with_nation(services: Services, nation: type[Nation]) -> Services:
    """The page's services where nations decide as ``nation`` does; whatever fails in a decision is a ValueError."""
    guarded = _guarded(nation)

    def simulate(world: World, steps: int, seeds: Sequence[int], *_ignored, **_also) -> Runs:
        """The run of a world at its start, which has its seed; the world is taken along."""
        return _gathered([_go_on(world, guarded, steps)])

    def continue_runs(world: World, steps: int, seeds: Sequence[int], *_ignored, **_also) -> Runs:
        runs = []
        for seed in seeds:
            copy = world.copy()
            copy.record.seed = seed
            runs.append(_go_on(copy, guarded, steps))
        return _gathered(runs)

    return replace(services, simulate=simulate, continue_runs=continue_runs, nation=guarded, most_futures=FUTURES)


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
