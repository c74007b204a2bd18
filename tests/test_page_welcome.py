"""What meets a newcomer: first paint, tour, guide with its exercises, and the box about the model."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

from abm import parameters, titles
from analysis.page import guide, headline, shell
from analysis.page.futures import futures
from analysis.page.screen import RIGHT
from analysis.page.services import Services
from analysis.page.session import Session
from analysis.page.welcome import TOUR
from runs import library
from tests.page_browser import Visit, note
from tests.test_page_access import complaints
from tests.test_page_words import speaks_code

browsing = [pytest.mark.browser, pytest.mark.xdist_group("page")]


@pytest.mark.parametrize("exercise", guide.exercises(), ids=lambda exercise: exercise.title)
@pytest.mark.parametrize("steps", [0, 8])
def test_every_exercise_can_be_done(tmp_path, exercise, steps):
    """Its scenario, levers, acts and panel exist, what it sets is admissible and differs, and it is told in words."""
    assert exercise.scenario in library.names()
    assert exercise.look in RIGHT
    session = Session(Services(tmp_path), library.scenario(exercise.scenario), 5)
    for _ in range(steps):
        session.step()
    assert exercise.deeds()
    for deed in exercise.deeds():
        if deed["kind"] == "parameter":
            assert deed["name"] in parameters.names(session.scenario.vendor_names)
            assert session.shown_parameters()[deed["name"]] != deed["value"]
            session.set_parameter(deed["name"], deed["value"])
        else:
            session.act(deed)
    session.step()
    now = session.shown_parameters()
    for move in {move["lever"]: move for move in exercise.moves}.values():
        assert now[move["lever"]] == move["to"]
    assert speaks_code(" ".join([exercise.title, exercise.question, exercise.notice])) == []


def test_there_are_three_exercises_and_five_steps_of_the_tour():
    assert len({exercise.title for exercise in guide.exercises()}) == 3
    assert len({title for _, title, _ in TOUR}) == 5


@pytest.mark.parametrize("name", library.names())
def test_every_scenario_says_what_it_is_about(name):
    told = guide.described(library.scenario(name))
    assert told["title"] != name
    assert told["first"].endswith((".", "?", "]", ")"))
    assert len(told["first"]) > 20
    assert speaks_code(" ".join(told.values())) == []


def test_the_numbers_assumed_are_counted_from_their_table():
    told = guide.assumptions()
    assert len(told["rows"]) == sum(count for _, count in told["kinds"]) == len(parameters.names())
    assumed = sum(p.source.startswith("Assumption") for p, _ in parameters.names().values())
    assert dict(told["kinds"])["assumed"] == assumed
    assert [row for row in told["rows"] if speaks_code(" ".join(row))] == []


@pytest.mark.slow
def test_the_patterns_are_those_of_the_analysis():
    """What the page is given is what `abm patterns` finds, limits beside it, all of it in words."""
    from analysis.page.about import about
    from analysis.page.welcome import _worked_out
    from analysis.patterns import compare
    from analysis.reports.assumptions import LIMITS

    found, table = about(), compare()
    assert [(p["name"], p["met"]) for p in found["patterns"]] == list(zip(table["pattern"], table["agrees"], strict=True))
    assert found["limits"] == list(LIMITS)
    told = _worked_out()
    assert told["met"] == table["agrees"].sum()
    assert [p["met"] for p in told["patterns"]] == sorted(table["agrees"])
    shown = [text for p in told["patterns"] for text in (p["name"], p["says"], p["record"], p["model"], p["source"])]
    assert [text for text in [*shown, *told["limits"]] if speaks_code(text)] == []


def test_the_first_words_are_figures_of_the_served_scenarios_futures(tmp_path):
    """They are those of the first fan that a visitor sees; where none is worked out there are none."""
    offered, scenario = Services(tmp_path), library.scenario("baseline")
    session = Session(offered, scenario)
    fan = list(futures(session.model.world, session.steps, offered))[-1]
    said = shell.headline(offered, scenario)
    assert said == headline.stands(fan)
    assert said.startswith("By Q1 2040 ")
    assert f"holds {100 * np.median(fan.ends['gdp_coalition']):.0f} % of the nations' GDP" in said


def test_a_template_that_is_not_the_known_one_is_noticed(monkeypatch):
    monkeypatch.setitem(shell._CHANGES, "<html lang='de'>", "")
    from solara.server import server

    shell.dress("")
    with pytest.raises(RuntimeError, match="0 times, not once"):
        server.get_jinja_env("").get_template("solara.html.j2")


class TestInTheBrowser:
    pytestmark = browsing

    def test_the_first_paint_is_ours_and_says_something(self, browser, served):
        """Even before a script runs, the page has its name and the answer; Solara's stock words never appear."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(served.address)
        said = page.inner_text("body")
        assert "AI sovereignty through coalition" in said
        assert "a coalition stands in" in said
        assert "Solara" not in said
        assert "Solara" not in page.title()
        context.close()
        visit = Visit(browser.new_context().new_page())
        note(visit)
        visit.page.add_init_script(
            "window.words = new Set(); new MutationObserver(() => { if (document.body) for (const word of "
            "['Loading', 'Solara', 'solara.dev']) if (document.body.innerText.includes(word)) window.words.add(word); })"
            ".observe(document, { subtree: true, childList: true, characterData: true });"
        )
        visit.at(served.address)
        assert visit.page.evaluate("[...window.words]") == []
        visit.page.context.close()

    @pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
    def test_a_newcomer_is_shown_around_once(self, browser, served, width, height):
        """Five steps, each about something on the page, the card in sight; not again at the next visit, but when asked for."""
        context = browser.new_context(viewport={"width": width, "height": height})
        visit = Visit(context.new_page(), newcomer=True)
        note(visit)
        visit.at(served.address)
        for index, (at, title, _) in enumerate(TOUR):
            visit.page.wait_for_selector(f".tour h2:text-is('{title}')")
            assert visit.page.locator(at).count() == 1
            visit.page.wait_for_selector(".toured")
            if index == 2:
                assert complaints(visit.page) == []
            card = visit.page.locator(".tour").bounding_box()
            assert card["x"] >= 0
            assert card["x"] + card["width"] <= width
            assert card["y"] >= 0
            assert card["y"] + card["height"] <= height
            visit.page.keyboard.press("Enter")  # the way on has the focus
        visit.page.wait_for_selector(".tour", state="detached")
        visit.at(served.address)
        visit.fan(0)
        assert visit.page.locator(".tour").count() == 0
        visit.tab("Guide")
        visit.page.click("button:text-is('Take the tour')")
        visit.page.wait_for_selector(".tour")
        visit.page.keyboard.press("Escape")
        visit.page.wait_for_selector(".tour", state="detached")
        assert visit.errors == []
        context.close()

    def test_an_exercise_sets_the_page_up(self, browser, served):
        """Its buttons choose its scenario, move its levers and act, and open where to look."""
        visit = Visit(browser.new_context(viewport={"width": 1280, "height": 720}).new_page())
        note(visit)
        visit.at(served.address)
        visit.step(2)
        for k, exercise in enumerate(guide.exercises()):
            visit.tab("Guide")
            box = visit.page.locator(f"[data-exercise='{k}']")
            box.locator("button:text-is('Begin anew in its scenario')").click()
            visit.wait_step(0)
            visit.page.wait_for_function(
                f"document.querySelector('select[aria-label=Scenario]').value === '{exercise.scenario}'"
            )
            for index in range(len(exercise.deeds())):
                box.locator(".buttons button").nth(1 + index).click()
            box.locator(f"button:text-is('Open {exercise.look}')").click()
            visit.page.wait_for_selector(f"button[role=tab][aria-selected=true]:text-is('{exercise.look}')")
            for lever, move in {move["lever"]: move for move in exercise.moves}.items():
                visit.tab("Levers")
                field = f"input[aria-label='{titles.parameter(lever)}, number'] >> nth=0"
                visit.page.wait_for_function(
                    "([label, to]) => Number(document.querySelector(`input[aria-label='${label}, number']`)?.value) === to",
                    arg=[titles.parameter(lever), move["to"]],
                )
                assert float(visit.page.input_value(field)) == move["to"]
            if exercise.acts:
                visit.tab("Act")
                visit.page.wait_for_function(f"document.querySelectorAll('.act li').length === {len(exercise.acts)}")
        assert visit.errors == []
        visit.page.context.close()

    @pytest.mark.slow
    def test_what_the_model_is_and_is_not_is_one_click_away(self, browser, served):
        """The box says it at once, the patterns follow; axe finds nothing in it; Escape closes it and it opens again."""
        visit = Visit(browser.new_context(viewport={"width": 390, "height": 844}).new_page())
        note(visit)
        visit.at(served.address)
        visit.page.click(".controls button:text-is('About')")
        visit.page.wait_for_selector(".about-box:has-text('A laboratory, not a forecast')")
        visit.page.wait_for_selector(".about-box .patterns tbody tr")
        assert complaints(visit.page) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert "patterns are met" in visit.page.inner_text(".about-box")
        assert visit.page.locator(".about-box dt").count() >= len(library.names())
        visit.page.keyboard.press("Escape")
        visit.page.wait_for_selector(".about-box", state="hidden")
        visit.tab("Guide")
        visit.page.click("button:text-is('About the model')")
        visit.page.wait_for_selector(".about-box .patterns tbody tr")
        visit.page.click(".about-box button:text-is('Close')")
        visit.page.wait_for_selector(".about-box", state="hidden")
        assert visit.errors == []
        visit.page.context.close()
