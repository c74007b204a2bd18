"""Scenario files: what to simulate, written in TOML, checked whole, every error at once.

A scenario names the nations, the parameters that differ from the baseline's defaults, further vendors, and dated
events. Unknown fields are refused with the nearest name. :meth:`Scenario.world` builds the world;
:meth:`Scenario.document` is the scenario as plain data, from which :meth:`Scenario.parse` makes the same one again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from abm import countries, data, dates, files, names, parameters, rules
from abm.draws import MOST_VENDORS
from abm.parameters import PARAMETERS
from abm.submodels.events import KINDS
from abm.words import nearest, repeated, shown
from abm.world import Event, Vendor, World, baseline_vendors, build, synthetic

#: Fields an event of each kind may have beside ``date`` and ``kind``: (required, optional).
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "restriction": (("vendor", "nations"), ("years",)),
    "outage": (("vendor",), ("years",)),
    "tension": (("factor",), ()),
    "compute": (("h100e",), ("nations", "vendor")),
    "funding": (("bn_usd",), ("nations", "vendor")),
    "open_weights": (("gap",), ()),
    "adoption": (("bn_usd", "nations"), ()),
    "parameter": (("name", "value"), ()),
    "convene": (("nations",), ("binding",)),
}
_TYPES = ("float", "int", "str", "list[str]")  # the types of a union, which pydantic adds to a fault's place
_LATEST = 9999  # a run's last date, as of the calendar
_SIZES = ("years", "factor", "h100e", "bn_usd", "gap")


class ScenarioError(ValueError):
    """All that is wrong with a scenario, one sentence a line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Year = Annotated[float, BeforeValidator(dates.decimal_year)]
Value = Annotated[float | int | str, BeforeValidator(dates.plain)]


Rules = Annotated[dict[str, str], BeforeValidator(rules.texts)]


class Selection(_Strict):
    """Which nations: a named group or a list of ISO codes, less those excluded; or ``synthetic`` invented ones."""

    select: str | list[str] = "midsized"
    minimum_gdp: Annotated[float, Field(ge=0, le=1e6)] | None = None
    exclude: list[str] = []
    synthetic: Annotated[int, Field(ge=1, le=1024)] | None = None
    synthetic_seed: Annotated[int, Field(ge=0)] = 0


class NewVendor(_Strict):
    """A vendor beyond the US and China. ``iso3`` is its host, then no agent; ``memberships`` are by default the host's.

    A vendor that has neither shares no institution with anybody. ``clients`` are those it starts with, as far as they are in the
    world.
    """

    title: str = ""
    iso3: str = ""
    ideal_point: Annotated[float, Field(ge=-5, le=5)]
    compute_share: Annotated[float, Field(ge=0, le=1)]
    sells_chips: bool = False
    clients: list[str] = []
    memberships: list[str] | None = None

    def institutions(self) -> tuple[str, ...]:
        """Institutions that its country belongs to: those named, else its host's, else none."""
        if self.memberships is not None:
            return tuple(self.memberships)
        return data.memberships_of(data.nations().loc[[self.iso3]].iloc[0]) if self.iso3 else ()


class DatedEvent(_Strict):
    """One dated event as it stands in the file; :data:`FIELDS` says which fields its kind takes.

    The ``nations`` of an event are in the world, unless ``if_present`` says that those who are not are passed over: what it
    brings then goes to the others, and where none is in the world it does nothing.
    """

    date: Year
    kind: str
    vendor: str | None = None
    nations: str | list[str] | None = None
    years: Annotated[float, Field(gt=0, le=100)] | None = None
    factor: Annotated[float, Field(gt=0, le=1000)] | None = None
    h100e: Annotated[float, Field(gt=0, le=1e9)] | None = None
    bn_usd: Annotated[float, Field(gt=0, le=1e6)] | None = None
    gap: Annotated[float, Field(ge=0, le=20)] | None = None
    name: str | None = None
    value: Value | None = None
    binding: bool | None = None
    if_present: bool | None = None
    note: str = ""


class _File(_Strict):
    title: str = ""
    description: str = ""
    extends: str | None = None
    start: Annotated[Year, Field(ge=1900, le=2200)] = 2025.0
    steps: Annotated[int, Field(ge=1, le=10000)] = 60
    step_years: Annotated[float, Field(ge=0.001, le=5)] = 0.25
    rules: Rules = {}
    nations: Selection = Selection()
    parameters: dict[str, Value] = {}
    vendors: dict[str, NewVendor] = {}
    events: list[DatedEvent] = []


class Scenario:
    """A checked scenario. ``name`` is the file's stem; ``content`` its checked fields."""

    def __init__(self, content: _File, name: str = "baseline"):
        self.content, self.name = content, name

    def __repr__(self) -> str:
        return f"Scenario({self.name}: {self.content.steps} steps from {self.content.start:g})"

    @classmethod
    def read(cls, path: str | Path, library: Path | None = None) -> Scenario:
        """Read a file. ``extends`` names another file beside it or in ``library``. Errors: ScenarioError."""
        path = Path(path)
        return cls.parse(_extended(path, library, ()), path.stem, str(path))

    @classmethod
    def parse(cls, document: dict[str, Any], name: str = "scenario", where: str = "scenario") -> Scenario:
        """Check a scenario given as plain data; ``where`` begins each error. Errors: ScenarioError with all of them."""
        try:
            content = _File.model_validate(document)
        except ValidationError as error:
            raise ScenarioError("\n".join(f"{where}: {fault}" for fault in _faults(error))) from None
        scenario = cls(content, name)
        problems = scenario._rules_problems() or scenario._problems()
        if problems:
            raise ScenarioError("\n".join(f"{where}: {problem}" for problem in problems))
        return scenario

    def with_values(self, values: dict[str, Any], where: str = "set") -> Scenario:
        """This scenario with parameters (or start, steps, step_years) set; ScenarioError for what is not admissible."""
        document = self.document()
        for name, value in values.items():
            place = document if name in ("start", "steps", "step_years") else document["parameters"]
            place[name] = value
        return Scenario.parse(document, self.name, where)

    def document(self) -> dict[str, Any]:
        """The scenario as plain data (JSON-able), defaults left out."""
        plain = self.content.model_dump(exclude_defaults=True, exclude={"extends"})
        plain.setdefault("parameters", {})
        return plain

    def parameter(self, name: str) -> float | int | str:
        """A parameter's value at the start, its default where the scenario sets none; a choice by its name. ValueError for an
        unknown name."""
        parameter = parameters.lookup(name, self.vendor_names)
        default = parameters.defaults(self.vendor_names).get(name, parameter.default)
        return self.content.parameters.get(name, parameter.choices[int(default)] if parameter.choices else default)

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        """All vendors in row order."""
        added = (
            Vendor(
                name, v.ideal_point, v.compute_share, v.sells_chips, tuple(v.clients), v.iso3, v.title or name, v.institutions()
            )
            for name, v in self.content.vendors.items()
        )
        return (*baseline_vendors(), *added)

    @property
    def vendor_names(self) -> tuple[str, ...]:
        """Vendor names in row order."""
        return (*parameters.VENDORS, *self.content.vendors)

    def nations(self) -> pd.DataFrame:
        """The selected economies, largest GDP first."""
        chosen = self.content.nations
        if chosen.synthetic is not None:
            return synthetic(chosen.synthetic, chosen.synthetic_seed)
        group = "all" if chosen.select == "midsized" and chosen.minimum_gdp is not None else chosen.select
        hosts = [vendor.iso3 for vendor in self.content.vendors.values()]
        codes = frozenset(data.group(group) if isinstance(group, str) else group) - {*chosen.exclude, *hosts}
        return _economies(codes, chosen.minimum_gdp or 0.0).copy()

    def events(self) -> list[Event]:
        """The dated events in the world's terms, as they stand in the file (one date's events happen in that order)."""
        return [self._event(event) for event in self.content.events]

    def world(self, seed: int = 0) -> World:
        """A world of this scenario at step 0. Errors: ValueError where its own rules fail as they are loaded."""
        c = self.content
        rules.load(c.rules)
        return build(self.nations(), self.vendors, c.parameters, self.events(), c.start, c.step_years, seed)

    @property
    def end(self) -> float:
        """Date of the last step."""
        return self.content.start + self.content.steps * self.content.step_years

    def step_of(self, date: float) -> int:
        """The step in which a date falls."""
        return dates.step_in(date, self.content.start, self.content.step_years)

    def nearest_step(self, date: float) -> int:
        """The step nearest to a date."""
        return dates.nearest_step(date, self.content.start, self.content.step_years, self.content.steps)

    def _event(self, event: DatedEvent) -> Event:
        position, row = -1, self.vendor_names.index(event.vendor) if event.vendor else -1
        size = next((size for field in _SIZES if (size := getattr(event, field)) is not None), 0.0)
        if event.kind == "convene":
            size = float(bool(event.binding))
        elif event.kind == "parameter":
            position, row = parameters.position(str(event.name), self.vendor_names)
            size = self.number(PARAMETERS[position], event.value)
        code = list(KINDS).index(event.kind)
        return Event(self.step_of(event.date), code, row, float(size), position, self._members(event.nations))

    def _members(self, nations: str | list[str] | None) -> tuple[str, ...]:
        if nations is None:
            return ()
        return tuple(nations) if isinstance(nations, list) else tuple(data.group(nations))

    def _problems(self) -> list[str]:
        """What a schema cannot see, as clauses that begin with the field."""
        c = self.content
        problems = list(self._parameter_problems(c.parameters))
        if c.extends is not None:
            problems.append("extends: only a scenario in a file can extend another")
        if self.end > _LATEST:
            problems.append(f"steps: {c.steps} of {c.step_years:g} years end in {self.end:g}; a run ends by {_LATEST}")
        known = set(data.economies().index)
        problems += _selection_problems(c.nations, known)
        here = set() if problems else set(self.nations().index)
        if c.nations.synthetic is not None:
            known = set(self.nations().index)
        if len(c.vendors) > MOST_VENDORS - len(parameters.VENDORS):
            problems.append(f"vendors: found {len(c.vendors)}; a run takes {MOST_VENDORS}, the baseline's included")
        else:
            invented = () if c.nations.synthetic is None else tuple(sorted(known))
            clashes = names.clashes(self.vendor_names, invented)
            problems += [f"vendors.{name}: {clash}; choose another name" for name, clash in clashes.items()]
        for name, vendor in c.vendors.items():
            problems += [f"vendors.{name}{problem}" for problem in _vendor_problems(vendor, known)]
        problems += _vendors_problems(c.vendors, self.vendors if not problems else ())
        for index, event in enumerate(c.events, 1):
            faults = self._event_problems(event, known)
            problems += [f"events[{index}]: {problem}" for problem in faults or self._absent(event, here)]
        if not problems and not here:
            problems.append("nations: the selection is empty")
        return problems

    def _parameter_problems(self, values: dict[str, Any], prefix: str = "parameters."):
        for name, value in values.items():
            try:
                parameter = parameters.lookup(name, self.vendor_names)
            except ValueError as error:
                yield f"{prefix}{error}"
                continue
            try:
                self.number(parameter, value)
            except ValueError as error:
                yield f"{prefix}{name}: {error}"

    def _rules_problems(self) -> list[str]:
        """A clause where the scenario's own rules cannot have their names, else none, and the names mean these rules."""
        try:
            rules.declare(self.content.rules)
        except ValueError as error:
            return [f"rules: {error}"]
        return []

    def number(self, parameter: parameters.Parameter, value: Any) -> float:
        """The number that a parameter's value is in this scenario's worlds. Errors: ValueError where it is not admissible.

        In another process, or after another scenario, the names of its rules may not mean them yet.
        """
        rules.declare(self.content.rules)
        if rules.foreign(parameter.name, value, self.content.rules):
            raise ValueError(f"{value!r} is a rule of another scenario; name its file under rules")
        return parameter.parse(value)

    def _absent(self, event: DatedEvent, here: set[str]) -> list[str]:
        """A clause where nations of an event are not in the world, and it does not say that they need not be."""
        members = [] if event.if_present or not here else self._members(event.nations)
        absent = [iso3 for iso3 in members if iso3 not in here]
        if not absent or (isinstance(event.nations, str) and len(absent) < len(members)):
            return []  # a group is what is in the world of it
        named = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not"
        if isinstance(event.nations, str):
            named = f"none of the group {event.nations} is"
        return [f"nations: {named} in this world; change the selection or the event, or set if_present = true to pass them over"]

    def _event_problems(self, event: DatedEvent, known: set[str]) -> list[str]:
        if event.kind not in FIELDS:
            return [f"kind: {_unknown(event.kind, FIELDS, 'kind of event')}"]
        required, optional = FIELDS[event.kind]
        apart = {"date", "kind", "note", *(["if_present"] if event.nations else [])}
        given = event.model_dump(exclude_none=True, exclude=apart)
        problems = [f"{field}: is missing, {event.kind} needs it" for field in required if field not in given]
        problems += [f"{field}: {event.kind} does not take it" for field in given if field not in required + optional]
        c = self.content
        if not 0 <= self.step_of(event.date) < c.steps:
            problems.append(f"date: {event.date:g} is outside the run's time, {c.start:g} to {self.end:g}")
        if event.vendor is not None and event.vendor not in self.vendor_names:
            problems.append(f"vendor: {_unknown(event.vendor, self.vendor_names, 'vendor')}")
        if event.kind in ("compute", "funding") and ("nations" in given) == ("vendor" in given):
            problems.append("give either nations or vendor")
        if isinstance(event.nations, str) and event.nations not in data.GROUPS:
            problems.append(f"nations: {_no_group(event.nations)}")
        if event.nations == []:
            problems.append("nations: names no nation")
        if isinstance(event.nations, list):
            problems += [f"nations: {problem}" for problem in (*countries.problems(event.nations, known), *_twice(event.nations))]
        if event.name is not None and event.value is not None:
            faults = list(self._parameter_problems({event.name: event.value}, "name: "))
            if not faults and parameters.lookup(event.name, self.vendor_names).at_start:
                faults.append(f"name: {event.name} counts only at the start of a run; set it under parameters")
            problems += faults
        return problems


@lru_cache(maxsize=32)
def _economies(codes: frozenset[str], minimum_gdp: float) -> pd.DataFrame:
    """These economies, of at least a GDP [bn US$], largest first; kept, since a scenario asks for them many times."""
    economies = data.economies()
    return economies[economies.index.isin(list(codes)) & (economies["gdp_usd_bn"] >= minimum_gdp)]


def _selection_problems(chosen: Selection, known: set[str]) -> list[str]:
    problems = []
    if isinstance(chosen.select, str) and chosen.select not in data.GROUPS:
        problems.append(f"nations.select: {_no_group(chosen.select)}")
    listed = chosen.select if isinstance(chosen.select, list) else []
    for field, codes in (("select", listed), ("exclude", chosen.exclude)):
        problems += [f"nations.{field}: {problem}" for problem in (*countries.problems(codes, known), *_twice(codes))]
    if chosen.synthetic is not None:
        unused = sorted(chosen.model_fields_set & {"select", "minimum_gdp", "exclude"})
        problems += [f"nations.{field}: invented nations (synthetic) do not take it" for field in unused]
    elif "synthetic_seed" in chosen.model_fields_set:
        problems.append("nations.synthetic_seed: is for invented nations; give synthetic as well")
    return problems


def _twice(words: list[str]) -> list[str]:
    """A clause for each word that stands in a list more than once."""
    return [f"{word} is named twice" for word in repeated(words)]


def _vendors_problems(new: dict[str, NewVendor], vendors: tuple[Vendor, ...]) -> list[str]:
    """What vendors cannot have together: new ones a host or a first client, all of them more than all compute."""
    hosts = [vendor.iso3 for vendor in new.values() if vendor.iso3]
    clients = [code for vendor in new.values() for code in dict.fromkeys(vendor.clients)]
    problems = [f"vendors: iso3: {problem}" for problem in _twice(hosts)]
    problems += [f"vendors: clients: {problem}" for problem in _twice(clients)]
    total = sum(vendor.compute_share for vendor in vendors)
    if total > 1:
        known = ", ".join(f"{vendor.name} {vendor.compute_share:g}" for vendor in vendors)
        problems.append(f"vendors: compute_share: {known} add up to {total:g} of the world's compute; at most 1 is allowed")
    return problems


def _vendor_problems(vendor: NewVendor, known: set[str]) -> list[str]:
    """Clauses that follow the vendor's name."""
    hosts = set(data.economies().index)
    problems = [f".memberships: {_unknown(institution, data.AFFINITY, 'institution')}"
                for institution in vendor.memberships or () if institution not in data.AFFINITY]
    if vendor.iso3:
        problems += [f".iso3: {problem}" for problem in countries.problems([vendor.iso3], hosts)]
    problems += [f".memberships: {problem}" for problem in _twice(vendor.memberships or [])]
    clients = (*countries.problems(vendor.clients, known), *_twice(vendor.clients))
    return problems + [f".clients: {problem}" for problem in clients]


def _near(word: str, known) -> str:
    return f"; {nearest(word, known)}"


def _unknown(word: str, known, what: str) -> str:
    return f"{word}: no such {what}{_near(word, known)}"


def _no_group(word: str) -> str:
    """Why a word names no group; the code of a nation belongs into a list."""
    code = countries.meant(word)
    if code:
        return f'{word}: no such group; nations are given as a list, such as ["{code}"]'
    return _unknown(word, data.GROUPS, "group")


def _faults(error: ValidationError) -> list[str]:
    """A pydantic error as sentences in the project's form, one a field (a union complains once per type)."""
    by_place: dict[str, list] = {}
    for problem in error.errors():
        by_place.setdefault(_place(problem["loc"]), []).append(problem)
    return [f"{place}: {_explain(problems)}" if place else _explain(problems) for place, problems in by_place.items()]


def _place(loc: tuple[int | str, ...]) -> str:
    """The field that a fault lies in, as the project writes it: ``events[1].date``."""
    names = [part for part in loc if part not in _TYPES]
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in names).removeprefix(".")


def _explain(problems: list) -> str:
    """The faults of one field as one clause."""
    first = problems[0]
    if first["type"] == "extra_forbidden":
        word, parents = str(first["loc"][-1]), tuple(part for part in first["loc"][:-1] if isinstance(part, str))
        tables: dict[tuple, type[BaseModel]] = {(): _File, ("nations",): Selection, ("events",): DatedEvent}
        return f"no such field{_near(word, tables.get(parents, NewVendor).model_fields)}"
    if first["type"] == "missing":
        return "is missing"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    kinds = dict.fromkeys(problem["msg"].lower().removeprefix("input should be ") for problem in problems)
    allowed = re.sub(r"dictionary or instance of \w+", "table", " or ".join(kinds))
    return f"found {shown(first['input'])}; must be {allowed}"


def load(path: Path, what: str = "scenario") -> dict[str, Any]:
    """The TOML of one file; ScenarioError in one sentence for whatever keeps it from being read."""
    try:
        text = files.text(path, f"{what} file")
        if not text.strip():
            raise ScenarioError(f"{path}: is empty; a {what} needs at least a title")
        return files.parse_toml(text, str(path))
    except files.FileError as error:
        raise ScenarioError(str(error)) from None


def _extended(path: Path, library: Path | None, seen: tuple[Path, ...]) -> dict[str, Any]:
    """A file merged over the file it extends: tables are merged, events are added, the rest is replaced."""
    own = load(path)
    try:
        own |= {"rules": rules.texts(own["rules"], path.parent)} if "rules" in own else {}
    except ValueError as error:
        raise ScenarioError(f"{path}: rules: {error}") from None
    base = own.pop("extends", None)
    if base is None:
        return own
    if not isinstance(base, str) or not re.fullmatch(r"[\w-]{1,80}", base):
        raise ScenarioError(f"{path}: extends: found {base!r}; allowed is the name of a scenario")
    places = [place / f"{base}.toml" for place in (path.parent, library) if place is not None]
    found = next((place for place in places if place.is_file() and place != path), None)
    if found in seen or (found is None and base == path.stem):
        raise ScenarioError(f"{path}: extends: {base} extends this scenario in turn")
    if found is None:
        known = [file.stem for place in {path.parent, library or path.parent} for file in sorted(place.glob("*.toml"))]
        raise ScenarioError(f"{path}: extends: {_unknown(base, known, 'scenario')}")
    merged = _extended(found, library, (*seen, path))
    for key, value in own.items():
        if key == "events" and isinstance(value, list):
            earlier = merged.get("events", [])
            merged["events"] = [*earlier, *value] if isinstance(earlier, list) else earlier
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    return merged
