"""The gallery shows every scenario beside its own baseline, and says what its runs say."""

from pathlib import Path

import numpy as np
import pytest

from analysis import gallery
from analysis.methods.statistics import Estimate
from runs import library
from runs.experiment import run_arms

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_has_every_scenario_and_its_picture():
    page = (DOCS / "gallery.md").read_text("utf-8")
    for name in gallery.names():
        assert f"`{name}`: " in page, "renew it with: python -m analysis.gallery"
        assert f"](gallery/{name}.png)" in page
        assert (DOCS / "gallery" / f"{name}.png").stat().st_size > 3000
    assert page.count("\n## ") == len(gallery.names())


@pytest.mark.parametrize("name", gallery.names())
def test_a_scenario_is_held_against_the_baseline_of_its_own_nations_and_dates(name):
    scenario = library.scenario(name)
    base = gallery.beside(scenario)
    assert base.content.start == scenario.content.start
    assert base.content.steps == scenario.content.steps
    assert list(base.nations().index) == list(scenario.nations().index)
    assert not base.content.parameters


def test_a_scenario_that_changes_nothing_says_so():
    base = library.scenario("baseline").with_values({"steps": 12})
    arm = run_arms([base], 4)[0]
    found = gallery.changes([base, base], [arm, arm])
    assert all(e.value == 0 for e in found.values())
    said = gallery.sentences(base, found, ("us", "fee", 0.0))
    assert "nothing that is told here moves" in said
    assert "Nothing that nations weigh differs" in said


def test_the_largest_changes_are_told_first_with_their_direction():
    base = library.scenario("baseline")
    found = {name: Estimate(0.0, -1.0, 1.0, 9) for name, *_ in gallery.TOLD}
    found |= {"gdp_us": Estimate(-30.0, -35.0, -25.0, 9), "net_benefit": Estimate(0.1, 0.05, 0.15, 9)}
    said = gallery.sentences(base, found, ("coalition", "benefit", 0.3))
    first = "GDP with the US vendor falls by 30 points [25 to 35]"
    assert said.startswith(f"Against the baseline, {first} and net benefit a year rises by")
    assert said.endswith("the benefit term of a coalition differs most, by +0.30 % of GDP a year.")


def test_the_term_that_was_changed_is_the_reason():
    base = library.scenario("baseline").with_values({"steps": 12})
    dearer = base.with_values({"distance_weight": 0.03})
    option, term, gap = gallery.reasons(dearer, base)
    assert term == "distance"
    assert gap < 0
    assert np.isfinite(gap)
    assert option in ("us", "china", "coalition")
