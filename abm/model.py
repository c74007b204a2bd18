"""The model for Mesa: a world whose rows are agents, stepped along the schedule."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from pathlib import Path

import mesa
import numpy as np
import pandas as pd

from abm import measures, seeds
from abm.agents import Nation, Populated
from abm.scenario import Scenario
from abm.schedule import Phase, stretches
from abm.seeds import Seed
from abm.submodels.events import PARAMETER
from abm.world import Event


class Model(Populated):
    """A run that can be watched, questioned and changed while it goes on.

    ``scenario`` is a :class:`~abm.scenario.Scenario`, a path to a scenario file, or None for 53 mid-sized economies without
    events. ``nation`` may be a subclass of :class:`~abm.agents.Nation`. Keyword arguments set parameters, such as ``fee_us=0.3``.

    ``rng`` (or ``seed``) is the seed of the run, of any kind that Mesa and NumPy take (:func:`abm.seeds.number`); without one
    the run has a fresh seed. :attr:`seed` is its number, with which the run can be made again; the same number gives the
    compiled ensemble's run to the byte. Mesa's own generators ``model.rng`` and ``model.random`` are seeded with it too, but
    the dynamics never draw from them. Errors: ValueError for a seed that is none, or for both.

    ``mesa.batch_run`` runs every iteration anew where no seed is given, and the same run again where one is: give as many
    seeds as there are to be runs, ``{"rng": range(20)}``. It shows measures of the step before the last.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        rng: Seed | None = None,
        seed: Seed | None = None,
        nation: type[Nation] = Nation,
        **kwargs,  # by this name, which Mesa's SolaraViz knows as that of further parameters
    ):
        number = seeds.chosen(rng, seed)
        super().__init__(seed=number)
        if scenario is None:
            scenario = Scenario.parse({})
        elif not isinstance(scenario, Scenario):
            scenario = Scenario.read(scenario)
        self.scenario = scenario.with_values(kwargs, "Model") if kwargs else scenario
        self.populate(self.scenario.world(number), nation)
        self.datacollector = mesa.DataCollector(
            model_reporters={"seed": "seed"}
            | {name: partial(_measured, name) for name in measures.columns(self.world.vendors)},
            agenttype_reporters={nation: {name: attrgetter(name) for name in ("iso3", "option", "gdp", "lock_in")}},
        )
        self.collect()

    @property
    def seed(self) -> int:
        """Number of the seed that the run draws from."""
        return int(self.world.record.seed)

    def reset_rng(self, rng: Seed | None = None) -> None:
        """Draw from another seed from the coming step on; without one, from the present seed as before.

        Unlike Mesa's own this moves the dynamics too, whose draws depend on seed and step alone.
        """
        number = self.seed if rng is None else seeds.number(rng, "rng")
        super().reset_randomizer(number)
        super().reset_rng(number)
        self.world.record.seed = number

    def reset_randomizer(self, seed: Seed | None = None) -> None:
        """The same as :meth:`reset_rng`: there is one chance behind all."""
        self.reset_rng(seed)

    @property
    def date(self) -> float:
        """Date of the present step as a decimal year."""
        return self.world.date()

    @property
    def finished(self) -> bool:
        """Whether the scenario's last step is done."""
        return int(self.world.record.step) >= self.scenario.content.steps

    def step(self) -> None:
        """One step: every phase of the schedule, agent by agent where a class of theirs overrides what is done there, and else
        by compiled loops over the rows."""
        record = self.world.record
        rows: dict[str, list] = {"nations": self.nations, "vendors": self.vendors, "coalitions": self.coalitions}
        classes = {kind: {type(agent) for agent in agents} for kind, agents in rows.items()}
        own = {kind for kind, found in classes.items() if any(each.acts_itself() for each in found)}
        if any(each.reviews_itself() for each in classes["nations"]):
            own.add("agenda")
        for part in stretches(frozenset(own)):
            if not isinstance(part, Phase):
                part(record)
            elif part.rows == "agenda":
                for i in record.agenda[: record.reviewing].tolist():
                    self.nations[i].step()
            else:
                for agent in rows[part.rows]:
                    agent.act(part.rule)
        self.running = not self.finished
        self.collect()

    def collect(self) -> None:
        """Take all measures (``observed``) and let Mesa's DataCollector keep them."""
        self.observed = measures.values(self.world)
        self.datacollector.collect(self)

    def nation(self, iso3: str) -> Nation:
        """A nation by its ISO code; ValueError when it is not in this world."""
        return self.nations[self.world.row(iso3)]

    def explain(self, iso3: str, now: bool = False) -> pd.DataFrame:
        """Why a nation chose as it did at its last review: terms of each option in % of its GDP per year, best first.

        With ``now``, or before its first review, what it would weigh at present with the tastes that it has; the run is not
        changed. Column ``taste`` is what the model does not know of the nation's liking. See :meth:`~abm.agents.Nation.explain`.
        """
        nation = self.nation(iso3)
        if not now and nation.reviewed >= 0:
            return 100 * nation.explain()
        present = self.world.record
        self.world.record = self.world.asked().record
        try:
            return 100 * nation.weigh()
        finally:
            self.world.record = present

    def intervene(self, event: Event) -> None:
        """Let an event happen in the coming step, beside those of the scenario."""
        record = self.world.record
        if record.events >= record.event_step.size:
            raise ValueError(f"a run takes at most {record.event_step.size} dated events")
        e = int(record.events)
        rows = [self.world.row(iso3) for iso3 in event.nations]
        record.event_step[e], record.event_kind[e], record.event_target[e] = record.step, event.kind, event.target
        record.event_parameter[e] = event.parameter if event.kind == PARAMETER else -1
        record.event_value[e] = event.value
        record.event_part[e, :] = 0.0
        record.event_part[e, rows] = np.asarray(record.gdp_start[rows]) / max(record.gdp_start[rows].sum(), 1e-12)
        record.events = e + 1


def _measured(name: str, model: Model) -> float:
    return model.observed[name]
