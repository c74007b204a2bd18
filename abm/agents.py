"""Mesa's agents: named views of the rows of a world. They hold no state of their own and no dynamics.

``nation.gdp`` reads the world's record, ``nation.option`` says what the nation has chosen, ``nation.explain()`` why. To give
nations another way to decide, subclass :class:`Nation` and override :meth:`Nation.decide`.
"""

from __future__ import annotations

import itertools
import math
import weakref

import mesa
import numpy as np
import pandas as pd

from abm import options
from abm.attributes import COALITION, NATION, TERMS, VENDOR, Attribute
from abm.outcomes.security import national_sovereignty
from abm.submodels import choice
from abm.submodels.capability import lag_months
from abm.submodels.payoff import total
from abm.submodels.restriction import believed_hazard, true_hazard
from abm.world import World


class _Counters(weakref.WeakKeyDictionary):
    """Agent counters per model. Mesa's own are keyed by strong references, which keep every model alive for ever."""

    def __getitem__(self, model):
        if model not in self:
            self[model] = itertools.count(1)
        return super().__getitem__(model)


def _view(attribute: Attribute) -> property:
    def read(agent):
        value = agent.model.world.record[attribute.name][agent.row]
        return value.item() if value.ndim == 0 else value.copy()

    return property(read, doc=f"{attribute.meaning} [{attribute.unit or 'no unit'}]")


def _views(table: tuple[Attribute, ...], row: str):
    """Class decorator: a read-only property for each attribute whose rows are the agent's kind."""

    def decorate(cls):
        for attribute in table:
            if attribute.shape in (row, "NV") and attribute.kind != "scratch" and not hasattr(cls, attribute.name):
                setattr(cls, attribute.name, _view(attribute))
        return cls

    return decorate


class Populated(mesa.Model):
    """A model of Mesa around a world, with an agent per row: what agents ask of the model that they belong to."""

    world: World
    nations: list[Nation]
    vendors: list[Vendor]
    coalitions: list[Coalition]

    def populate(self, world: World, nation: type[Nation]) -> None:
        """Take this world, and make its agents; nations are of this class."""
        self.world = world
        self.nations = [nation(self, i) for i in range(int(world.record.n))]
        self.vendors = [Vendor(self, v) for v in range(len(world.vendors))]
        self.coalitions = [Coalition(self, k) for k in range(options.COALITIONS)]


class _Row(mesa.Agent):
    """An agent that stands for one row of its model's world."""

    _ids = _Counters()
    model: Populated

    def __init__(self, model: Populated, row: int):
        super().__init__(model)
        self.row = row

    def act(self, rule) -> None:
        """Apply a rule to this row. The model calls it for agents whose class overrides it; all others act in compiled loops."""
        rule(self.model.world.record, self.row)

    @classmethod
    def acts_itself(cls) -> bool:
        """Whether its class overrides :meth:`act`."""
        return cls.act is not _Row.act


@_views(NATION, "N")
class Nation(_Row):
    """A nation. Besides the properties below it has one per attribute in :data:`abm.attributes.NATION`."""

    @property
    def iso3(self) -> str:
        """ISO 3166 code."""
        return self.model.world.iso3[self.row]

    @property
    def name(self) -> str:
        """Short English name."""
        return self.model.world.names[self.row]

    @property
    def option(self) -> str:
        """What it has chosen: a vendor's name, self_build, hold_back or coalition."""
        vendors = self.model.world.vendors
        return options.names(vendors)[options.of_source(int(self.source), vendors)]

    @property
    def coalition(self) -> Coalition | None:
        """The coalition it is a member of, or None."""
        k = int(self.source) - options.first_slot(self.model.world.vendors)
        return self.model.coalitions[k] if k >= 0 else None

    @property
    def partners(self) -> list[Nation]:
        """The other members of its coalition."""
        return [nation for nation in self.coalition.nations if nation is not self] if self.coalition else []

    @property
    def sovereignty(self) -> float:
        """Share of its AI benefit that no single foreign government can withdraw."""
        return float(national_sovereignty(self.model.world.record, self.row))

    @property
    def hazards(self) -> pd.DataFrame:
        """Believed and true yearly hazard of being cut off, a row per vendor."""
        record = self.model.world.record
        rows = range(len(self.model.world.vendors))
        return pd.DataFrame(
            {
                "believed": [believed_hazard(record, self.row, v) for v in rows],
                "true": [true_hazard(record, self.row, v) for v in rows],
            },
            index=pd.Index(self.model.world.vendors, name="vendor"),
        )

    def trust_in(self, other: Nation) -> float:
        """Trust in another nation, 0-1."""
        return float(self.model.world.record.trust[self.row, other.row])

    def weigh(self) -> pd.DataFrame:
        """Weigh all options now: a row per open option, a column per term, and ``payoff`` [share of GDP per year].

        As at any review, tastes may be drawn anew.
        """
        choice.weigh(self.model.world.record, self.row)
        return self.explain()

    def explain(self) -> pd.DataFrame:
        """Terms of each option at the nation's last review, with ``payoff``, best payoff first [share of GDP per year].

        The payoff is the sum of the terms without ``taste``, what the model does not know of the nation's liking: drawn given
        what it chose on record, it lasts until drawn anew. The nation took the option of the highest payoff plus taste; a taste
        of minus infinity marks a coalition that refused. Empty before the first review.
        """
        world, payoffs = self.model.world, self._payoffs()
        frame = pd.DataFrame(
            world.record.terms[self.row],
            index=pd.Index(options.source_names(world.vendors), name="option"),
            columns=pd.Index(TERMS, name="term"),
        )
        return frame.iloc[list(payoffs)].assign(payoff=np.array(list(payoffs.values()), float))

    def decide(self) -> str | int:
        """The option it takes at a review, once it has weighed them, tastes included: a name of an option, or a source number.

        Override this to give nations another decision rule. ``coalition`` stands for the coalition of the best payoff,
        or for staying where none is in reach. A nation that is refused stays.
        """
        return int(choice.decide(self.model.world.record, self.row))

    def review(self) -> None:
        """Weigh, decide, and carry the decision out."""
        if type(self).decide is Nation.decide:
            self.act(choice.politics)
            return
        record = self.model.world.record
        choice.weigh(record, self.row)
        source = self._source(self.decide())
        if not choice.welcome(record, self.row, source):
            source = self.source
        choice.enact(record, self.row, source)

    def _source(self, decision: str | int) -> int:
        """The source number behind a decision; ValueError for an option that is not open."""
        names = options.source_names(self.model.world.vendors)
        reachable = [names[source] for source in self._payoffs()]
        if isinstance(decision, str):
            name = decision
        else:
            name = names[decision] if 0 <= decision < len(names) else str(decision)
        if name == "coalition":
            name = next((name for name in reachable if name.startswith("coalition")), names[self.source])
        if name not in reachable:
            raise ValueError(f"{self.iso3}: {decision} is not open to it; open are {', '.join(reachable)}")
        return names.index(name)

    def _payoffs(self) -> dict[int, float]:
        """Payoff of each source that was open to it at its last review, without the taste, the best first."""
        payoff = total(np.asarray(self.model.world.record.terms[self.row]).T)
        order = np.argsort(-payoff, kind="stable").tolist()
        return {source: float(payoff[source]) for source in order if not math.isnan(payoff[source])}

    def step(self) -> None:
        """Review the nation's stance; the model calls this for the nations on the agenda, in their drawn order, where a class of
        theirs overrides this, :meth:`review`, :meth:`decide` or :meth:`act`."""
        self.review()

    @classmethod
    def reviews_itself(cls) -> bool:
        """Whether its class overrides anything that a review calls."""
        return cls.acts_itself() or (cls.step, cls.review, cls.decide) != (Nation.step, Nation.review, Nation.decide)


@_views(VENDOR, "V")
class Vendor(_Row):
    """A vendor. Besides the properties below it has one per attribute in :data:`abm.attributes.VENDOR`."""

    @property
    def name(self) -> str:
        """Name of its row, such as ``us``."""
        return self.model.world.vendors[self.row]

    @property
    def clients(self) -> list[Nation]:
        """The nations that use it."""
        return [nation for nation in self.model.nations if nation.source == self.row]

    @property
    def lag(self) -> float:
        """Months behind the frontier."""
        return float(lag_months(self.model.world.record, self.vendor_capability))


@_views(COALITION, "K")
class Coalition(_Row):
    """A coalition slot; ``active`` tells whether a coalition stands in it."""

    @property
    def active(self) -> bool:
        """Whether it has members."""
        return self.members > 0

    @property
    def nations(self) -> list[Nation]:
        """Its members, largest GDP first at the start."""
        source = options.first_slot(self.model.world.vendors) + self.row
        return [nation for nation in self.model.nations if nation.source == source]

    @property
    def lag(self) -> float:
        """Months behind the frontier; NaN where no coalition stands."""
        return float(lag_months(self.model.world.record, self.coalition_capability)) if self.active else math.nan


