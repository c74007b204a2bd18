"""The ODD says what the code does: its tables are renewed, its names exist, its claims about parameters hold."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm import attributes, data, measures, odd, options, parameters, scenario, submodels, world
from abm.draws import STREAMS
from abm.model import Model
from abm.schedule import PHASES
from abm.submodels.derived import derive, sum_bonds
from abm.submodels.events import KINDS
from abm.temporal_network import TIE_KINDS
from runs.ensemble import continue_runs
from tests import worlds

TEXT = odd.DOCUMENT.read_text("utf-8")
PROSE = odd._BLOCK.sub("", TEXT)
RULES = sorted(path for path in Path(submodels.__file__).parent.glob("*.py") if path.name != "__init__.py")
ELEMENTS = (
    "1 Purpose and patterns", "2 Entities, state variables and scales", "3 Process overview and scheduling",
    "4 Design concepts", "5 Initialization", "6 Input data", "7 Submodels",
)
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)


def known() -> set[str]:
    """Every name that the model declares."""
    declared = [row.name for row in (*parameters.PARAMETERS, *measures.MEASURES)]
    declared += [attribute.name for table in attributes.TABLES.values() for attribute in table]
    declared += [choice for parameter in parameters.PARAMETERS for choice in parameter.choices]
    rules = re.findall(r"^def (\w+)", "".join(path.read_text("utf-8") for path in RULES), re.MULTILINE)
    fields = [*scenario.DatedEvent.model_fields, *scenario._File.model_fields]
    named = [*options.names(parameters.VENDORS), *attributes.TERMS, *STREAMS, *TIE_KINDS, *KINDS, *fields, *rules]
    return {*declared, *named, *(path.stem for path in RULES), *(phase.rule.__name__ for phase in PHASES)}


def test_the_tables_are_those_of_the_code():
    assert odd.renewed(TEXT) == TEXT, "renew them with: python -m abm.odd"


def test_every_table_is_in_the_document_once():
    blocks = re.findall(r"<!-- begin (\w+) -->", TEXT)
    assert sorted(blocks) == ["attributes", "events", "judgement", "measures", "options", "parameters", "references", "schedule"]


@pytest.mark.parametrize("change", [{"default": 0.123}, {"unit": "furlongs"}, {"high": 9.5}, {"source": "Assumption"}])
def test_a_changed_parameter_makes_the_document_stale(monkeypatch, change):
    first, *rest = parameters.PARAMETERS
    monkeypatch.setattr(odd, "_LISTED", (replace(first, **change), *rest))
    assert odd.renewed(TEXT) != TEXT


def test_all_elements_and_design_concepts_are_there_in_order():
    assert re.findall(r"^## (\d .*)$", TEXT, re.MULTILINE) == list(ELEMENTS)
    found = re.findall(r"^### (\w.*)$", TEXT, re.MULTILINE)
    assert [head for head in found if head in CONCEPTS] == list(CONCEPTS)
    assert {"Heterogeneity (ODD+D)", "Implementation (ODD+D)"} <= set(found)


def test_every_file_of_rules_has_its_section():
    named = re.findall(r"`submodels/(\w+)\.py`", PROSE)
    assert sorted({path.stem for path in RULES} - set(named)) == []


def test_the_prose_names_nothing_that_the_code_does_not_know():
    quoted = set(re.findall(r"`([a-z][a-z0-9_]*)`", PROSE))
    compound = set(re.findall(r"(?<![\w./])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w./])", PROSE))
    assert sorted((quoted | compound) - known()) == []


def test_the_prose_explains_every_parameter():
    words = set(re.findall(r"\w+", PROSE))
    assert [parameter.name for parameter in parameters.PARAMETERS if parameter.name not in words] == []


def test_every_path_exists():
    paths = set(re.findall(r"`(?:abm/)?([\w/]+(?:\.(?:py|csv|md)|/))`", PROSE))
    room = odd.DOCUMENT.parent
    assert paths
    assert sorted(path for path in paths if not ((room / path).exists() or (room / "data" / path).exists())) == []


def test_every_source_is_in_the_bibliography():
    cited = set(odd._KEY.findall(TEXT))
    assert cited
    assert sorted(cited - set(data.bibliography().index)) == []


def test_numbers_told_in_words_are_those_of_the_code():
    told = {
        "53 economies above 200 bn US$": (len(data.group("midsized")), data.MIDSIZED_GDP_BN) == (53, 200),
        "up to 193 economies": len(data.economies()) == 193,
        "at most eight stand": options.COALITIONS == 8,
        "eleven institutions": len(data.AFFINITY) == 11,
        "2 % of its share of TOP500": world.TOP500_WORTH == 0.02,
        "at least 0.001 % of the world's": world.LEAST_COMPUTE == 1e-5,
        "60 steps from 2025 to 2040": worlds.BASELINE.is_file() and scenario.Scenario.parse({}).content.steps == 60,
    }
    flowing = " ".join(PROSE.split())
    assert [phrase for phrase, holds in told.items() if phrase not in flowing or not holds] == []


def series_after(model, name: str | None = None, number: float = 0.0) -> bytes:
    """What the rest of a run measures, a parameter being set now as an event would."""
    copy = model.world.copy()
    if name:
        parameters.set_parameter(copy.record, *parameters.position(name), number)
    for i in range(int(copy.record.n)):
        derive(copy.record, i)
        sum_bonds(copy.record, i)
    return continue_runs(copy, 18, np.array([3]), series=True).series.tobytes()


def inert(model) -> set[str]:
    """Parameters that move nothing any more, whatever they are set to."""
    before, present, found = series_after(model), model.world.parameters(), set()
    for name, (parameter, _) in parameters.names().items():
        others = {parameter.low, parameter.high, 0.5 * present[name], 1.5 * present[name]}
        tried = [float(x) for x in others if parameter.low <= x <= parameter.high and x != present[name]]
        if all(series_after(model, name, number) == before for number in tried):
            found.add(parameter.name)
    return found


def test_what_is_said_to_be_read_only_at_the_start_is_just_that():
    models = [Model(worlds.levers(), rng=seed) for seed in (1, 2)]
    for model in models:
        model.step()
    said = re.search(r"read only at the start[^:]*:(.*?)\.\s", " ".join(PROSE.split()))
    assert said
    marked = {parameter.name for parameter in parameters.PARAMETERS if parameter.at_start}
    assert set(re.findall(r"`(\w+)`", said[1])) == marked
    # Running investment and the frontier's share are states of their own, which an event sets beside the parameter.
    assert set.intersection(*(inert(model) for model in models)) == marked | {"investment", "frontier_share"}
