"""What the world is: its facts about nations and vendors, its parameters, its dated events, in one record.

:class:`World` carries no dynamics. It is filled here from data or synthetically, started and stepped by the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pandas as pd

from abm import attributes, countries, data, parameters
from abm.names import clashes
from abm.submodels.derived import set_step_rates
from abm.submodels.start import start

#: Compute that a nation without located clusters is given, as a part of what its TOP500 share would be worth, and the
#: least any nation has [share of the world's]. Assumption: "none listed" is not none.
TOP500_WORTH, LEAST_COMPUTE = 0.02, 1e-5


@dataclass(frozen=True)
class Vendor:
    """A vendor's facts. ``ideal_point`` and ``memberships`` place its country politically; ``clients`` are its first clients."""

    name: str
    ideal_point: float
    compute_share: float
    sells_chips: bool = False
    clients: tuple[str, ...] = ()
    iso3: str = ""
    title: str = ""
    memberships: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A dated event in the world's own terms: codes, rows and sizes (see :mod:`abm.submodels.events`)."""

    step: int
    kind: int
    target: int = -1
    value: float = 0.0
    parameter: int = -1
    nations: tuple[str, ...] = ()


@dataclass
class World:
    """The record of one world and the names of its rows. ``record`` is what the rules read and write; ``vendor_facts``
    are what its vendors were made of, their titles among them."""

    record: np.record
    iso3: tuple[str, ...]
    vendors: tuple[str, ...] = parameters.VENDORS
    names: tuple[str, ...] = field(default_factory=tuple)
    vendor_facts: tuple[Vendor, ...] = ()

    def copy(self) -> World:
        """An independent copy."""
        return replace(self, record=self.record.copy())

    def asked(self) -> World:
        """A copy in which nations may be asked what they would weigh now: the tastes they have stand, none is drawn anew."""
        copy = self.copy()
        copy.record.p["taste_renewal"] = 0.0
        return copy

    def __setstate__(self, state: dict) -> None:
        """Unpickle. NumPy restores a record as a scalar that forgets what is written to it; a copy of it does not."""
        self.__dict__.update(state, record=state["record"].copy())

    def set(self, values: Mapping[str, float | str]) -> None:
        """Set parameters by addressable name, such as ``fee_us``; ValueError for an unknown name or a bad value."""
        for name, value in values.items():
            number = parameters.lookup(name, self.vendors).parse(value)
            parameters.set_parameter(self.record, *parameters.position(name, self.vendors), number)
        set_step_rates(self.record)

    def parameters(self) -> dict[str, float]:
        """All parameters by addressable name."""
        p = self.record.p
        return {
            name: float(p[parameter.name][row] if parameter.per else p[parameter.name])
            for name, (parameter, row) in parameters.names(self.vendors).items()
        }

    def start(self, seed: int | None = None) -> World:
        """Put the world at step 0, under another seed if one is given; returns itself."""
        if seed is not None:
            self.record.seed = seed
        start(self.record)
        return self

    def row(self, iso3: str) -> int:
        """Row of a nation; ValueError when it is not in this world."""
        if iso3 not in self.iso3:
            raise ValueError(f"{countries.problem(iso3, self.iso3)} (nations of this world: {len(self.iso3)})")
        return self.iso3.index(iso3)

    def date(self, step: int | None = None) -> float:
        """Date of a step (the present one by default) as a decimal year."""
        return float(self.record.start + (self.record.step if step is None else step) * self.record.dt)


@cache
def baseline_vendors() -> tuple[Vendor, ...]:
    """The US and China. China's first clients are the arms-embargoed economies of tier 3; all others are the US's."""
    hosts = data.vendor_hosts()
    clients: dict[str, tuple[str, ...]] = {"USA": (), "CHN": tuple(data.group("tier3"))}
    return tuple(
        Vendor(
            name=name,
            ideal_point=float(row.un_ideal_point),
            compute_share=float(row.compute_share),
            sells_chips=name == "us",
            clients=clients[str(iso3)],
            iso3=str(iso3),
            title=str(row["name"]),
            memberships=data.memberships_of(row),
        )
        for name, (iso3, row) in zip(parameters.VENDORS, hosts.iterrows(), strict=True)
    )


def build(
    nations: pd.DataFrame,
    vendors: Sequence[Vendor] | None = None,
    values: Mapping[str, float | str] | None = None,
    events: Sequence[Event] = (),
    start_year: float = 2025.0,
    step_years: float = 0.25,
    seed: int = 0,
) -> World:
    """A world at step 0 from a table of nations (rows as in :func:`abm.data.economies`).

    ``values`` override the baseline's parameters. Errors: ValueError naming the nation and column that is blank, or the
    vendor whose name is another's.
    """
    vendors = tuple(vendors or baseline_vendors())
    names = tuple(vendor.name for vendor in vendors)
    for name, clash in clashes(names, tuple(nations.index)).items():
        raise ValueError(f"vendor {name}: {clash}")
    data.require(nations, data.MODEL_INPUTS)
    if nations.empty:
        raise ValueError("a world needs at least one nation")
    record = np.zeros(1, np.dtype((np.record, attributes.dtype(len(nations), names, len(events)))))[0]
    world = World(record, tuple(nations.index), names, tuple(nations["name"]), vendors)
    record.n, record.start, record.dt = len(nations), start_year, step_years
    _fill_nations(record, nations)
    _fill_distances(record, nations, vendors)
    _fill_vendors(world, vendors)
    for name, value in parameters.defaults(names).items():
        parameters.set_parameter(record, *parameters.position(name, names), value)
    world.set(values or {})
    _fill_events(world, events, nations["gdp_usd_bn"])
    return world.start(seed)


def _fill_nations(record, nations: pd.DataFrame) -> None:
    n = len(nations)
    everywhere = data.nations()
    trace = TOP500_WORTH * nations["top500_rmax_pflops"] / everywhere["top500_rmax_pflops"].sum()
    record.gdp_start[:n] = nations["gdp_usd_bn"]
    record.use_start[:n] = nations["ai_users_pct"]
    record.talent[:n] = nations["ai_publications"] / everywhere["ai_publications"].sum()
    record.compute_share[:n] = nations["compute_share"].where(nations["compute_share"] > 0, trace).clip(LEAST_COMPUTE)


def _fill_distances(record, nations: pd.DataFrame, vendors: Sequence[Vendor]) -> None:
    """How alike nations, and nations and vendors' countries, vote, and what institutions they share.

    Distances in ideal points are shares of the range between the extremes of all economies and vendors.
    """
    n = len(nations)
    points = nations["un_ideal_point"].to_numpy()
    known = data.nations()["un_ideal_point"]
    extremes = [known.min(), known.max(), points.min(), points.max(), *(vendor.ideal_point for vendor in vendors)]
    span = max(extremes) - min(extremes)
    memberships = nations[list(data.AFFINITY)].to_numpy()
    for v, vendor in enumerate(vendors):
        shared = memberships @ np.isin(data.AFFINITY, vendor.memberships)
        record.vendor_votes[:n, v] = 1 - np.abs(points - vendor.ideal_point) / span
        record.vendor_institutions[:n, v] = 1 - 2.0**-shared
    record.votes[:n, :n] = 1 - np.abs(points[:, None] - points[None, :]) / span
    record.institutions[:n, :n] = 1 - 2.0 ** -(memberships @ memberships.T)


def _fill_vendors(world: World, vendors: Sequence[Vendor]) -> None:
    record = world.record
    for v, vendor in enumerate(vendors):
        record.vendor_compute_share[v] = vendor.compute_share
        record.sells_chips[v] = vendor.sells_chips
        for iso3 in vendor.clients:
            if iso3 in world.iso3:
                record.source_start[world.row(iso3)] = v


def _fill_events(world: World, events: Sequence[Event], gdp: pd.Series) -> None:
    world.record.events = len(events)
    for e, event in enumerate(events):
        world.record.event_step[e] = event.step
        world.record.event_kind[e] = event.kind
        world.record.event_target[e] = event.target
        world.record.event_parameter[e] = event.parameter
        world.record.event_value[e] = event.value
        rows = [world.row(iso3) for iso3 in event.nations if iso3 in world.iso3]
        world.record.event_part[e, rows] = gdp.iloc[rows] / gdp.iloc[rows].sum()


def synthetic(n: int, seed: int = 0) -> pd.DataFrame:
    """``n`` invented nations for tests and scaling, as a table that :func:`build` takes.

    GDP falls by rank as 5000 / rank^0.9 bn US$; the other columns are drawn, each from its range in the data.
    """
    chance = np.random.default_rng(seed)
    gdp = 5000 / np.arange(1, n + 1) ** 0.9
    ideal = chance.normal(0.3, 0.8, n).clip(-2, 2)
    table = pd.DataFrame(
        {
            "name": [f"Nation {i + 1}" for i in range(n)],
            "region": "Synthetic",
            "capital_lat": chance.uniform(-50, 65, n),
            "capital_lon": chance.uniform(-170, 170, n),
            "gdp_usd_bn": gdp,
            "population_m": gdp / 20,
            "un_ideal_point": ideal,
            "compute_h100e": 0.0,
            "compute_share": 0.1 * gdp / gdp.sum() * chance.lognormal(0, 0.8, n),
            "top500_rmax_pflops": 0.0,
            "ai_publications": 2000 * gdp / 1000 * chance.lognormal(0, 0.5, n),
            "ai_users_pct": chance.uniform(8, 45, n),
            "us_ai_tier": 2,
        },
        index=pd.Index([f"N{i + 1:03d}" for i in range(n)], name="iso3"),
    )
    for membership in data.MEMBERSHIPS:
        table[membership] = (chance.random(n) < 0.25 + 0.2 * np.sign(ideal)).astype(int)
    return table
