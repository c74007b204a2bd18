"""Law 4: parameters, attributes, options and measures are declared once, in tables that say what they are."""

import ast
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm import attributes, data, measures, options, parameters
from abm.parameters import PARAMETERS
from abm.scenario import Scenario, ScenarioError
from abm.submodels.events import KINDS
from runs.ensemble import Varied, simulate
from tests import worlds

MODEL = Path(measures.__file__).parent
ADDRESSES = list(parameters.names())
LISTED = [parameter for parameter in PARAMETERS if parameter.listed]


@pytest.mark.parametrize("parameter", LISTED, ids=lambda p: p.name)
def test_a_parameter_says_what_it_is_and_where_it_is_from(parameter):
    assert parameter.name.isidentifier()
    assert parameter.unit
    assert len(parameter.meaning.split()) >= 3
    assert parameter.low < parameter.high
    for default in (parameter.default, *parameter.by_vendor.values()):
        assert parameter.low <= default <= parameter.high
        assert not parameter.whole or default == int(default)
    keys = set(re.findall(r"\[([^]]+)]", parameter.source))
    assert keys <= set(data.bibliography().index)
    assert keys or re.match("Assumption|DESIGN", parameter.source)


def test_a_vendors_parameter_has_a_value_for_each_vendor_of_the_baseline():
    for parameter in PARAMETERS:
        assert bool(parameter.per) == bool(parameter.by_vendor)
        assert not parameter.per or set(parameter.by_vendor) == set(parameters.VENDORS)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_a_parameter_takes_its_bounds_and_nothing_beyond(parameter):
    if parameter.choices:
        assert [parameter.parse(choice) for choice in parameter.choices] == list(range(len(parameter.choices)))
        wrong = [parameter.choices[0] + "x", 0, None, True]
    else:
        for value in (parameter.low, parameter.high, np.float64(parameter.default)):
            assert parameter.parse(value) == value
            assert float(parameter.show(value)) == pytest.approx(value, rel=1e-9)
        beyond = [parameter.low - 1e-6, parameter.high + 1e-6, float("nan"), float("inf"), -float("inf"), 10**400]
        wrong = [*beyond, "1", None, True, [1]]
    for value in wrong:
        with pytest.raises(ValueError, match=r"is not|is outside"):
            parameter.parse(value)
    if parameter.whole:
        with pytest.raises(ValueError, match="is not a whole number"):
            parameter.parse(parameter.low + 0.5)


def test_nothing_is_declared_twice():
    declared = [attribute.name for table in attributes.TABLES.values() for attribute in table]
    for names in (declared, [p.name for p in PARAMETERS], [m.name for m in measures.MEASURES], attributes.TERMS):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    assert not set(declared) & {"p"}
    for made, rows in ((ADDRESSES, LISTED), (list(measures.columns(parameters.VENDORS)), measures.MEASURES)):
        assert len(made) == sum(_width(row.per) for row in rows)


def _width(per: str) -> int:
    return {"": 1, "vendor": 2, "option": len(options.names(parameters.VENDORS))}[per]


def test_attributes_and_measures_say_what_they_are():
    rows = {"world": ("", "G"), "vendor": "V", "coalition": "K", "nation": "N", "event": "E"}
    for name, table in attributes.TABLES.items():
        for attribute in table:
            assert attribute.meaning
            assert attribute.kind in ("fact", "state", "scratch")
            assert attribute.kind == "scratch" or attribute.shape[:1] in rows[name], attribute.name
    for measure in measures.MEASURES:
        assert measure.meaning
        assert measure.unit
        assert measure.low < measure.high
        assert measure.function.__name__ == measure.name


def test_options_number_the_sources():
    for vendors in (("us", "china"), ("us", "china", "gulf")):
        sources = np.arange(options.first_slot(vendors) + options.COALITIONS)
        names = options.names(vendors)
        assert names == (*vendors, *(option.name for option in options.LONE), "coalition")
        assert options.of_source(sources, vendors).tolist() == [*range(len(names)), *[len(names) - 1] * 7]
        assert len(set(options.source_names(vendors))) == len(sources)


def test_every_attribute_and_parameter_is_read_somewhere():
    read = set()
    for path in [*MODEL.glob("*.py"), *MODEL.glob("submodels/*.py"), *MODEL.glob("outcomes/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            stored = isinstance(getattr(node, "ctx", None), ast.Store)
            if isinstance(node, ast.Attribute) and not stored:
                read.add(node.attr)
    names = [attribute.name for table in attributes.TABLES.values() for attribute in table]
    assert [name for name in (*names, *(p.name for p in PARAMETERS)) if name not in read] == []


def others(name: str, base: float) -> list[float]:
    """A few admissible values away from ``base``, nearest first."""
    parameter = parameters.lookup(name)
    near = base + 0.5 if parameter.choices or parameter.whole else 1.5 * base
    values = np.clip([near, 0.5 * base, parameter.high, parameter.low], parameter.low, parameter.high)
    values = np.ceil(values) if parameter.choices or parameter.whole else values
    return [value for value in values if value != base]


@pytest.fixture(scope="module")
def base():
    """A world with all levers on, and the outcomes of eight runs of it."""
    world = worlds.levers(14, 28).world()
    return world, simulate(world.copy(), 28, np.arange(8)).outcomes


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_parameter_moves_some_measure(base, name):
    world, outcomes = base
    value = world.parameters()[name]
    values = np.repeat([value, *others(name, value)], 8)
    runs = simulate(world.copy(), 28, np.arange(len(values)) % 8, [Varied.parameter(name)], values[:, None]).outcomes
    same, *moved = runs.reshape(-1, 8, runs.shape[1])
    np.testing.assert_array_equal(same, outcomes)
    assert any(not np.array_equal(outcome, outcomes, equal_nan=True) for outcome in moved)


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_dated_event_moves_what_does_not_count_only_at_the_start(name):
    scenario = worlds.levers(14, 28)
    p, value = parameters.lookup(name), scenario.world().parameters()[name]
    outcomes = []
    for number in (value, *others(name, value)):
        written = p.choices[int(number)] if p.choices else int(number) if p.whole else float(number)
        event = {"date": 2026.0, "kind": "parameter", "name": name, "value": written}
        document = {**scenario.document(), "events": [event, *worlds.EVENTS]}
        if p.at_start:
            with pytest.raises(ScenarioError, match=f"{name} counts only at the start of a run"):
                Scenario.parse(document)
            return
        outcomes.append(simulate(Scenario.parse(document).world(), 28, np.arange(8)).outcomes)
    same, *moved = outcomes
    assert any(not np.array_equal(outcome, same, equal_nan=True) for outcome in moved)


def test_measures_stay_within_their_bounds():
    """Over runs whose parameters are drawn from their whole ranges, and at the ends of these."""
    world = worlds.levers(12, 24).world()
    chance = np.random.default_rng(8)
    varied = [Varied.parameter(name) for name in ADDRESSES]
    rows = [parameters.lookup(name) for name in ADDRESSES]
    low, high = (np.array([getattr(row, end) for row in rows], float) for end in ("low", "high"))
    values = chance.uniform(low, high, (300, len(rows)))
    values[200:] = np.where(chance.random((100, len(rows))) < 0.5, low, high)
    whole = [row.whole or bool(row.choices) for row in rows]
    values[:, whole] = np.rint(values[:, whole])
    results = simulate(world, 24, np.arange(300), varied, values, series=True)
    sound = results.status == 0
    assert sound.mean() > 0.98
    for name, measure, column in zip(measures.columns(world.vendors), measures.columns(world.vendors).values(),
                                     np.moveaxis(results.series[sound], -1, 0), strict=True):
        known = column[~np.isnan(column)]
        assert known.size, name
        assert known.min() >= measure.low - 1e-9, name
        assert known.max() <= measure.high + 1e-9, name


def test_every_kind_of_event_is_in_the_world_with_all_levers():
    assert {event["kind"] for event in worlds.EVENTS} == set(KINDS)


@pytest.mark.uncompiled
def test_a_range_knows_its_shares_its_parts_and_what_is_around_a_value():
    even, ratios = parameters.Range(1, 5, "why"), parameters.Range(1, 16, log=True)
    assert (even.at(0.25), ratios.at(0.25)) == (2, 2)
    assert (even.share(2), ratios.share(2)) == pytest.approx((0.25, 0.25))
    assert replace(even, whole=True).at(np.array([0.1, 0.2])).tolist() == [1, 2]
    part = ratios.between(0.25, 0.5)
    assert (part.low, part.high, part.log) == (2, 4, True)
    double = parameters.Range(0.5, 2, "half to double", relative=True)
    assert [(found.low, found.high) for found in map(double.around, (10, -1, 0))] == [(5, 20), (-2, -0.5), (0, 0.1)]
    assert [str(each) for each in (even, ratios, double)] == ["1 to 5: why", "1 to 16 (log): ", "half to double"]
    given = parameters.plausible("fee_us", parameters.VENDORS)
    assert (given.low, given.high) == (0.15, 0.55)
    assert "hosting_us" in parameters.decided(parameters.VENDORS)
    assert "hazard_us" not in parameters.decided(parameters.VENDORS)
