"""The gallery shows every scenario beside its own baseline, and says what its runs say."""

from pathlib import Path

import pytest

from analysis.gallery import sentences, why
from analysis.gallery.beside import GROWTH, beside
from analysis.gallery.report import names
from analysis.methods.statistics import Estimate
from runs import library
from runs.batch import run_arms

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_has_every_scenario_and_its_picture():
    page = (DOCS / "gallery.md").read_text("utf-8")
    for name in names():
        assert f"`{name}`: " in page, "renew it with: python -m analysis.gallery"
        assert f"](gallery/{name}.png)" in page
        assert (DOCS / "gallery" / f"{name}.png").stat().st_size > 3000
    assert page.count("\n## ") == len(names())


@pytest.mark.parametrize("name", names())
def test_a_scenario_is_held_against_the_baseline_of_its_own_nations_and_dates(name):
    scenario = library.scenario(name)
    base = beside(scenario)
    assert base.content.start == scenario.content.start
    assert base.content.steps == scenario.content.steps
    assert list(base.nations().index) == list(scenario.nations().index)
    era = set(GROWTH) & set(scenario.content.parameters) if base.content.start < 2025 else set()
    assert set(base.content.parameters) == era
    assert all(scenario.content.parameters[name] == value for name, value in base.content.parameters.items())


def test_a_scenario_that_changes_nothing_says_so():
    base = library.scenario("baseline").with_values({"steps": 12})
    arm = run_arms([base], 4)[0]
    found = sentences.changes([base, base], [arm, arm])
    assert all(e.value == 0 for e in found.values())
    assert why.reason([base, base], [arm, arm]) is None
    formed = sentences.formed([base, base], [arm, arm])
    assert formed.startswith("A coalition is founded in")
    assert formed.count("the same with and without") == 2
    said = sentences.sentences(base, found, formed, None)
    assert "nothing that is told here moves" in said
    assert "no move is there to explain" in said


def test_the_largest_changes_are_told_first_with_their_direction():
    base = library.scenario("baseline")
    found = {name: Estimate(0.0, -1.0, 1.0, 9) for name, *_ in sentences.TOLD}
    found |= {"gdp_us": Estimate(-30.0, -35.0, -25.0, 9), "net_benefit": Estimate(0.1, 0.05, 0.15, 9)}
    said = sentences.sentences(base, found, "A coalition is founded.", why.Reason("coalition", "us", "benefit", 0.3, 0.2))
    first = "GDP with the US vendor falls by 30 points [25 to 35]"
    assert said.startswith(f"Against the baseline, {first} and net benefit a year rises by")
    assert said.endswith(
        "GDP moves from the vendor United States to a coalition, whose lead as nations see it changes by +0.20 % of GDP a year, "
        "most of it through benefit (+0.30)."
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (why.Reason("us", "coalition", "benefit", -0.4, -0.3, closed="coalition"), "open to nobody: what building alone"),
        (why.Reason("us", "coalition", "benefit", 0.0, 0.0, closed="coalition"), "a coalition is open to nobody."),
        (why.Reason("coalition", "us", "fee", 0.1, 0.1, opened="coalition"), "can choose in this scenario only."),
        (why.Reason("china", "us", "fee", -0.1, -0.2), "no larger (-0.20 % of GDP a year)"),
    ],
)
def test_each_kind_of_reason_has_its_words(reason, words):
    base = library.scenario("baseline")
    found = {name: Estimate(0.0, -1.0, 1.0, 9) for name, *_ in sentences.TOLD}
    assert words in sentences.sentences(base, found, "A coalition is founded.", reason)


def lively(**values):
    """The baseline for six years with nations that review often, so that what changes shows soon."""
    return library.scenario("baseline").with_values({"steps": 24, "review_rate": 4, "convening_rate": 0, **values})


@pytest.mark.parametrize(("change", "term"), [({"fee_us": 0.6}, "fee"), ({"hazard_us": 0.5}, "restriction")])
def test_the_term_that_was_changed_is_the_reason(change, term):
    worlds = [lively(), lively(**change)]
    found = why.reason(worlds, [run_arms([world], 12)[0] for world in worlds])
    assert found.loser == "us"
    assert found.term == term
    assert found.gap > 0


def test_what_cannot_be_convened_is_closed():
    worlds = [library.scenario("baseline"), library.scenario("duopoly")]
    found = why.reason(worlds, [run_arms([world], 20)[0] for world in worlds])
    assert (found.loser, found.closed, found.opened) == ("coalition", "coalition", "")
