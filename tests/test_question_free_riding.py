"""Free-riding: where a known law unravels, coverage of that point, and no effect where nothing is given away."""

import numpy as np
import pytest

from analysis.questions import free_riding
from analysis.questions.free_riding import _half, unravels
from tests import questions

OPENNESS = np.linspace(0, 1, 9)


def law(scenario, values, seeds, step):
    """Coalitions fall from 0.8 to 0 between openness 0.5 and 1 where free models are ready, and do not fall as things are."""
    ready = [event.value for event in scenario.content.events if event.name == "free_use" and event.date == 2025.0] == [1.0]
    openness = scenario.content.parameters["openness"]
    share = 0.8 * (1 - max(0.0, openness - 0.5) / 0.5) if ready else 0.8
    return {"gdp_coalition": share + 0.001 * np.sin(seeds), "gdp_hold_back": (0.8 - share) / 2 + 0.001 * np.cos(seeds)}


def asked(monkeypatch, replicates=40):
    riders = free_riding.pd.DataFrame([("DEU", "Germany", 0.1, 0.05, 0.15)], columns=["iso3", "name", "rise", "low", "high"])
    monkeypatch.setattr(free_riding, "_riders", lambda inquiry, base: riders)
    return free_riding.answer(questions.stub(free_riding, law, replicates))


def test_the_point_where_it_unravels_is_found(monkeypatch):
    answer = asked(monkeypatch)
    assert answer.headline.estimate.value == pytest.approx(0.75, abs=0.01)
    assert np.isnan(answer.stated["unravels"].estimate.value)
    assert answer.stated["held_back"].estimate.value == pytest.approx(0.4)
    assert "As things are the coalition does not fall" in answer.sentence
    assert "unravels at openness 0.75" in answer.sentence
    assert "Germany (+10 points)" in answer.sentence


def test_half_is_found_between_values_and_at_the_ends():
    assert _half(OPENNESS, 1 - OPENNESS) == pytest.approx(0.5)
    assert _half(OPENNESS, np.ones(9)) == 1
    assert _half(np.array([0.0, 1.0]), np.array([0.0, 0.0])) == 1


def test_its_interval_covers_the_truth():
    """150 experiments of 60 replicates with known means; 95 % intervals hold the truth in at least 88 % of them."""
    random = np.random.default_rng(3)
    truth = 0.8 * (1 - OPENNESS)
    found = []
    for _ in range(150):
        shared = random.normal(0, 0.2, 60)
        found.append(unravels(OPENNESS, truth[:, None] + shared + random.normal(0, 0.1, (9, 60))))
    assert 0.88 <= questions.covers(found, 0.5) <= 1


def test_with_open_weights_at_the_frontier_openness_changes_nothing():
    answer = questions.ask(free_riding, questions.small(24, open_weights_lag=0.0), 6, values=3, behind=0.0, use=0.4)
    for _, part in answer.table.groupby("world"):
        assert part["coalition"].nunique() == 1
    assert (answer.drawn["rise"] == 0).all()
    assert "No nation then clearly free-rides" in answer.sentence
