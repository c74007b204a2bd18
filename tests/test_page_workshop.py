# ruff: noqa: F811 - fixtures of another file are taken by their names
"""A newcomer's session in Chromium: the answer, a lever, undo, a link, a reload; and what must not go wrong before a class."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from runs import library
from tests.page_browser import Visit, chromium, note, serve_in_background
from tests.test_page_browser import visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]
LEVER, FIELD = "#p-main-levers-fee_us", "input[aria-label='Fee of the US vendor, number']"
NUMBER = f"{FIELD} >> nth=0"


def text(visit: Visit, selector: str) -> str:
    return visit.page.inner_text(selector)


def answered(visit: Visit, words: str) -> None:
    """Wait for the whole answer, and for words in it on what the changes did."""
    visit.page.wait_for_function(
        """words => { const answer = document.querySelector(".strip .answer");
        return answer.dataset.runs === "200" && answer.dataset.fresh === "true"
        && document.querySelector("[data-test=did]").innerText.includes(words); }""",
        arg=words,
    )


def entries(visit: Visit) -> list[str]:
    return visit.page.locator(".strip .entry").all_inner_texts()


def wait_number(visit, shown: str, field: str = FIELD) -> None:
    """Wait until the number in a field, by default beside the lever, is that; it is drawn apart from the strip."""
    visit.page.wait_for_function("([field, shown]) => document.querySelector(field).value === shown", arg=[field, shown])


def wait_entries(visit: Visit, count: int) -> None:
    visit.page.wait_for_function(f"document.querySelectorAll('.strip .entry').length === {count}")


def test_a_newcomer_finds_the_answer_moves_a_lever_undoes_it_and_sends_a_link(browser, served, visit):
    """Three minutes of a newcomer, from the first view to a colleague who opens the link."""
    answered(visit, "You have changed nothing yet")
    first = text(visit, "[data-test=stands]")
    assert first.startswith("By Q1 2040 a coalition stands in ")
    assert " % of futures and holds " in first
    assert "10–90 %" in first
    visit.set_range(LEVER, 0.4)
    answered(visit, "means of 200 pairs")
    assert "points" in text(visit, "[data-test=did]")
    assert "1 differs from the baseline" in text(visit, ".levers")
    assert text(visit, "[data-test=stands]") != first
    visit.page.wait_for_selector(".strip li[data-kind=lever]:has-text('before the run')")
    visit.step(3)
    visit.tab("Act")
    visit.page.click("text=Act now")
    wait_entries(visit, 2)
    visit.page.click("text=Undo")
    wait_entries(visit, 1)
    visit.page.click("text=Redo")
    wait_entries(visit, 2)
    visit.page.click(".strip li:has-text('cut off') .out")
    wait_entries(visit, 1)
    assert visit.shown_step() == 3
    answered(visit, "means of 200 pairs")
    told, mine = text(visit, ".strip .answer"), entries(visit)
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.click(".strip .history .copy")
    visit.page.wait_for_selector(".strip .copy:has-text('Copied')")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link == visit.page.url
    visit.page.reload()
    visit.wait_step(3)
    answered(visit, "means of 200 pairs")
    assert (text(visit, ".strip .answer"), entries(visit)) == (told, mine)
    colleague = Visit(browser.new_context().new_page())
    note(colleague)
    colleague.at(served.address)
    colleague.at(link)
    colleague.wait_step(3)
    answered(colleague, "means of 200 pairs")
    assert (text(colleague, ".strip .answer"), entries(colleague)) == (told, mine)
    assert colleague.errors == []
    colleague.page.context.close()


def test_the_browsers_back_and_forth_are_undo_and_redo(visit):
    visit.fan(0)
    visit.set_range(LEVER, 0.4)
    wait_entries(visit, 1)
    visit.page.fill("[aria-label=Seed]", "7")
    visit.page.press("[aria-label=Seed]", "Enter")
    wait_entries(visit, 2)
    visit.page.go_back()
    wait_entries(visit, 1)
    assert visit.page.input_value("[aria-label=Seed]") == "0"
    visit.page.go_back()
    wait_entries(visit, 0)
    visit.page.go_forward()
    wait_entries(visit, 1)
    visit.page.click("text=Undo")
    wait_entries(visit, 0)


def test_a_storm_of_keys_leaves_the_last_value(visit):
    """Keys held on a slider, with a step taken in between: the slider stays where it was put, and so does the run."""
    visit.fan(0)
    visit.page.focus(LEVER)
    visit.page.evaluate(
        """lever => { const e = document.querySelector(lever), send = (event) => e.dispatchEvent(event);
        send(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
        for (let i = 1; i <= 500; i++) { e.value = 0.5 - i / 2000; send(new Event("input")); send(new Event("change")); } }""",
        LEVER,
    )
    wait_entries(visit, 1)
    visit.page.wait_for_function("document.querySelector('.strip .answer').dataset.fresh === 'true'")
    assert float(visit.page.input_value(LEVER)) == pytest.approx(0.25, abs=0.01)
    kept = float(visit.page.input_value(NUMBER))
    for _ in range(10):
        visit.page.keyboard.press("ArrowRight")
    put = visit.page.input_value(NUMBER)
    assert float(put) == pytest.approx(kept + 0.1, abs=1e-6)
    visit.page.wait_for_selector(f".strip .entry:has-text('{put}')")
    visit.page.wait_for_function("document.querySelector('.strip .answer').dataset.fresh === 'true'")
    assert visit.page.input_value(NUMBER) == put
    wait_entries(visit, 1)


def test_scenarios_with_other_vendors_are_chosen_in_play_and_paused(visit):
    """Vendors come and go while old futures are drawn; the present one chosen again begins anew."""
    visit.fan(0)
    for name in ("third-vendor", "local-providers", "baseline", "all-nations", "third-vendor"):
        visit.page.click("text=Play")
        visit.page.wait_for_function("+document.querySelector('svg[data-figure=map]').dataset.step >= 2")
        visit.page.select_option("select[aria-label=Scenario]", name)
        visit.wait_step(0)
        assert visit.page.input_value("select[aria-label=Scenario]") == name
        visit.fan(0)
        visit.step(2)
    visit.page.evaluate(  # as a mouse does it: the entry of the list, not the one that shows the present choice
        """() => { const e = document.querySelector("select[aria-label=Scenario]"), name = e.value;
        e.selectedIndex = [...e.options].findIndex((o, i) => i > 0 && o.value === name);
        e.dispatchEvent(new Event("change")); }"""
    )
    visit.wait_step(0)
    visit.fan(0)


def test_act_now_shows_at_once_and_a_double_click_acts_once(visit):
    visit.step(2)
    visit.tab("Act")
    visit.page.dblclick("text=Act now")
    wait_entries(visit, 1)
    visit.fan(2, moved=True)
    assert len(entries(visit)) == 1
    assert visit.shown_step() == 2
    visit.page.click("text=Act now")
    wait_entries(visit, 2)


def test_a_lever_moved_while_an_earlier_step_is_shown_says_what_it_does(visit):
    visit.step(5)
    visit.set_range("input[aria-label='Look back through the steps played']", 2)
    visit.wait_step(2)
    assert "begins a branch" in text(visit, ".levers .help")
    visit.set_range(LEVER, 0.4)
    visit.page.wait_for_selector(".message:has-text('step 2')")
    visit.page.wait_for_selector("[data-test=step]:has-text('step 2 of 60')")
    assert visit.page.locator("text=to the present").count() == 0
    visit.page.click("text=Undo")
    visit.wait_step(5)


def test_number_fields_step_finely_and_show_what_is_refused(visit):
    before = float(visit.page.input_value(NUMBER))
    visit.page.focus(NUMBER)
    visit.page.keyboard.press("ArrowUp")
    visit.page.keyboard.press("Tab")
    wait_entries(visit, 1)
    assert 0 < float(visit.page.input_value(NUMBER)) - before <= 0.05
    visit.page.fill(NUMBER, "7")
    visit.page.press(NUMBER, "Tab")
    visit.page.wait_for_selector(".refused:has-text('7 is not between 0 and 1')")
    assert visit.page.get_attribute(NUMBER, "aria-invalid") == "true"
    visit.page.click(".refused button")
    visit.page.wait_for_function(f'+document.querySelector("{FIELD}").value < 1 && {before} > 0')
    assert len(entries(visit)) == 1


@pytest.mark.parametrize(("field", "text", "step"), [(FIELD, "0.3", 1), ("input[aria-label=Seed]", "4", 0)])
def test_what_is_being_typed_outlives_what_the_run_sends_meanwhile(visit, field, text, step):
    """A step is played while a number is half typed: the field keeps it, and takes what is then entered. A seed begins anew."""
    number = f"{field} >> nth=0"
    visit.page.focus(number)
    visit.page.keyboard.press("ControlOrMeta+A")
    visit.page.keyboard.type(text)
    visit.page.dispatch_event("button:text-is('Step')", "click")  # takes no focus
    visit.wait_step(1)
    visit.page.wait_for_timeout(300)
    assert visit.page.input_value(number) == text
    visit.page.keyboard.type("2")
    visit.page.keyboard.press("Tab")
    wait_number(visit, text + "2", field)
    visit.page.wait_for_selector(f"[data-test=step]:has-text('step {step} of 60')")


def test_an_error_resets_neither_the_search_nor_a_form(visit):
    visit.page.fill("[aria-label='Find a parameter']", "portab")
    visit.page.fill("[aria-label=Seed]", "-4")
    visit.page.press("[aria-label=Seed]", "Enter")
    visit.page.wait_for_selector(".message:has-text('allowed is')")
    assert visit.page.input_value("[aria-label='Find a parameter']") == "portab"
    assert visit.page.input_value("[aria-label=Seed]") == "0"
    visit.tab("Act")
    visit.page.select_option("[aria-label='Kind of intervention']", "convene")
    visit.page.select_option("[aria-label=Group]", "")
    visit.page.click("text=Act now")
    visit.page.wait_for_selector(".message:has-text('nations')")
    assert visit.page.input_value("[aria-label='Kind of intervention']") == "convene"
    assert not visit.page.is_disabled("text=Act now")


def test_levers_go_back_to_baseline_and_reset_takes_all_back(visit):
    own = visit.page.input_value(NUMBER)
    visit.set_range(LEVER, 0.4)
    wait_entries(visit, 1)
    visit.step(2)
    visit.page.click("text=all levers to baseline")
    wait_entries(visit, 0)
    assert visit.shown_step() == 2
    wait_number(visit, own)
    visit.page.click("text=Undo")
    wait_entries(visit, 1)
    visit.page.click("text=Again")
    visit.wait_step(0)
    assert len(entries(visit)) == 1
    visit.page.click("text=Reset")
    wait_entries(visit, 0)
    wait_number(visit, own)


def test_compare_counts_what_was_set_before_the_run_over_many_seeds(visit):
    visit.set_range(LEVER, 0.4)
    wait_entries(visit, 1)
    visit.tab("Compare")
    visit.page.wait_for_selector(".compare table.many[data-runs='200']")
    row = text(visit, ".compare table.many tr:has-text('GDP in coalitions')")
    assert "points" in row
    assert " to " in row
    assert visit.page.locator("svg[data-figure=without] circle[data-iso3]").count() > 0
    visit.step(2)
    visit.tab("Act")
    visit.page.click("text=Act now")
    wait_entries(visit, 2)
    visit.tab("Futures")
    visit.fan(2, moved=True)
    together = visit.page.inner_html(".futures .picture >> nth=0")
    visit.page.click(".strip li[data-kind=act] button.entry")
    visit.page.wait_for_selector(".futures svg:has-text('without the change picked')")
    visit.fan(2, moved=True)
    assert visit.page.inner_html(".futures .picture >> nth=0") != together


@pytest.mark.parametrize("kind", ["scenario", "seed"])
def test_a_scenario_and_a_seed_are_drawn_beside_the_futures_without_them(visit, kind):
    if kind == "scenario":
        visit.page.select_option("select[aria-label=Scenario]", "detente")
    else:
        visit.page.fill("input[aria-label=Seed]", "8")
        visit.page.keyboard.press("Enter")
    wait_entries(visit, 1)
    visit.fan(0)
    visit.page.click(f".strip li[data-kind={kind}] button.entry")
    visit.page.wait_for_selector(".futures svg:has-text('without the change picked')")
    visit.fan(0, moved=True)
    assert visit.page.locator(f".strip li.picked[data-kind={kind}]").count() == 1


def test_a_scenario_of_other_vendors_cannot_be_drawn_beside_and_says_why(visit):
    visit.page.select_option("select[aria-label=Scenario]", "third-vendor")
    wait_entries(visit, 1)
    visit.page.click(".strip li[data-kind=scenario] button.entry")
    visit.page.wait_for_selector(".message:has-text('other nations, vendors or years')")
    assert visit.page.locator(".strip li.picked").count() == 0


def test_at_the_end_futures_show_this_run_among_the_others(visit):
    visit.set_range("input[aria-label='Speed of play']", 500, "input")
    visit.page.click("text=Play")
    visit.wait_step(60)
    visit.fan(0)
    visit.page.wait_for_selector(".futures .status:has-text('this run')")
    assert text(visit, "[data-test=here]").startswith("In this run ")
    assert visit.page.locator("svg[data-figure=future-gdp_coalition] path[fill-opacity]").count() >= 2
    assert visit.page.locator("svg[data-figure=future-gdp_coalition] circle").count() == 1


def test_when_the_server_is_gone_the_page_says_what_to_do_and_nothing_is_lost(browser, tmp_path):
    """The server ends; the page says so, gives what was done as a file, and after a new start a reload restores it."""
    chromium()
    opened, end = serve_in_background(library.scenario("baseline"), tmp_path)
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    visit = Visit(context.new_page())
    note(visit)
    try:
        visit.at(opened.address)
        visit.set_range(LEVER, 0.4)
        wait_entries(visit, 1)
        visit.step(2)
        visit.page.wait_for_function("document.querySelector('.strip .answer').dataset.fresh === 'true'")
        mine = entries(visit)
        end()
        visit.page.wait_for_selector(".gone:has-text('does not answer')")
        assert not visit.page.locator("text=Server disconnected").is_visible(), "nobody else's words beneath"
        assert not visit.page.locator(".v-overlay .v-progress-circular:visible").count(), "nor its sign"
        with visit.page.expect_download() as found:
            visit.page.click("text=Save to a file")
        kept = found.value.path().read_text()
        opened, end = serve_in_background(library.scenario("duopoly"), tmp_path, urlsplit(opened.address).port)
        visit.page.evaluate("window.before = true; setTimeout(() => location.reload(), 0)")  # it may reload by itself just now
        visit.page.wait_for_function(
            """!window.before && document.querySelector("svg[data-figure=map]")?.dataset.step === "2"
            && document.querySelectorAll(".strip .entry").length === 1"""
        )
        assert entries(visit) == mine
        assert visit.page.input_value("select[aria-label=Scenario]") == "baseline"
        visit.at(opened.address)
        assert visit.page.input_value("select[aria-label=Scenario]") == "duopoly"
        visit.tab("Take away")
        file = {"name": "what-i-did.json", "mimeType": "application/json", "buffer": kept.encode()}
        visit.page.set_input_files("[aria-label='Scenario file']", file)
        visit.wait_step(2)
        assert entries(visit) == mine
    finally:
        context.close()
        end()


