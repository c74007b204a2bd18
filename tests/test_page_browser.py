"""The page, used as a visitor uses it, in Chromium: what it shows is the model's, and nothing leaves the machine."""

from __future__ import annotations

import gc
import json
import re
import time
import weakref
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from abm.model import Model
from abm.temporal_network import coalition_name
from analysis.page import panels
from runs import library
from tests.page_browser import Visit, note

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]
SEED = 0
#: Left, right, top and bottom of the visible labels, without the part of a line that letters do not fill.
_BOXES = """found => found.filter(t => t.getAttribute('visibility') === 'visible').map(t => {
const b = t.getBoundingClientRect(); return [b.left, b.right, b.top + b.height * .25, b.bottom - b.height * .25]; })"""


@pytest.fixture
def visit(browser, served):
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    visit = Visit(context.new_page())
    note(visit)
    visit.at(served.address)
    yield visit
    context.close()
    assert visit.errors == []
    assert visit.failed == []
    assert visit.foreign == []


def stepped(count: int) -> Model:
    model = Model(library.scenario("baseline"), rng=SEED)
    for _ in range(count):
        model.step()
    return model


def discs(page, attribute: str) -> dict[str, str]:
    return page.eval_on_selector_all(
        "svg[data-figure=map] circle[data-iso3]",
        f"found => Object.fromEntries(found.map(c => [c.dataset.iso3, c.getAttribute('{attribute}')]))",
    )


def stances(page) -> dict[str, int]:
    text = page.eval_on_selector_all(".stage-bar .key", "found => found.map(k => k.innerText.trim().split(/\\s+/))")
    return {" ".join(words[:-1]): int(words[-1]) for words in text if words[-1].isdigit()}


def test_first_view_shows_every_nation_and_the_futures(visit):
    """A first view has the map, charts, levers and the fan of futures, and says what they are."""
    assert set(discs(visit.page, "r")) == set(stepped(0).world.iso3)
    visit.fan(0)
    for figure in ("stances", "lag", "trust", "future-gdp_coalition", "future-chance", "future-lag_coalition"):
        assert visit.page.locator(f"svg[data-figure='{figure}']").count() == 1, figure
    assert visit.page.locator(".help").count() >= 3
    assert "Press Play" in visit.page.inner_text(".pictures .help")


def test_step_reset_and_numbers_equal_the_models(visit):
    """After steps the picture's stances are the model's; reset returns to step 0."""
    visit.step(12)
    model = stepped(12)
    mine = stances(visit.page)
    assert mine["US vendor"] == sum(nation.option == "us" for nation in model.nations)
    assert mine["China's vendor"] == sum(nation.option == "china" for nation in model.nations)
    assert visit.page.inner_text("[data-test=date]") == panels.quarter(model.date)
    radius = {nation.iso3: max(0.215 * nation.gdp**0.5, 3.4) for nation in model.nations}
    shown = {iso3: float(r) for iso3, r in discs(visit.page, "r").items()}
    assert shown == pytest.approx(radius, abs=0.051)
    visit.page.click("text=Reset")
    visit.wait_step(0)
    assert stances(visit.page)["US vendor"] == sum(nation.option == "us" for nation in stepped(0).nations)


def test_play_ends_at_the_last_step_and_frames_only_go_forward(visit):
    """Play at the smallest interval draws every step in order, none of them late, and stops at the end."""
    visit.set_range("input[aria-label='Speed of play']", 500, "input")
    visit.page.evaluate(
        """() => { window.seen = []; const svg = document.querySelector("svg[data-figure=map]");
        new MutationObserver(() => window.seen.push(+svg.dataset.step))
        .observe(svg, { attributes: true, attributeFilter: ["data-step"] }); }"""
    )
    visit.page.click("text=Play")
    visit.wait_step(60)
    seen = visit.page.evaluate("window.seen")
    assert seen == list(range(1, 61))
    visit.page.wait_for_selector("button.main:disabled:has-text('Play')")


def test_looking_back_shows_the_past_and_leaves_the_run(visit):
    """The slider shows an earlier step exactly, and the run goes on from where it was."""
    visit.step(8)
    then = discs(visit.page, "fill")
    visit.step(4)
    visit.set_range("input[aria-label='Look back through the steps played']", 8)
    visit.wait_step(8)
    assert discs(visit.page, "fill") == then
    assert visit.page.inner_text("[data-test=date]") == panels.quarter(2027.0)
    visit.page.click("text=to the present")
    visit.wait_step(12)
    visit.step()
    assert stances(visit.page)["China's vendor"] == sum(nation.option == "china" for nation in stepped(13).nations)


def test_a_nation_explained(visit):
    """Clicking selects; facts, beliefs and terms are the model's, and the terms of every option add up to its payoff."""
    visit.step(10)
    visit.page.click("circle[data-iso3=JPN]")
    visit.page.wait_for_selector(".nation svg[data-figure=why]")
    model = stepped(10)
    nation, explained = model.nation("JPN"), model.explain("JPN")
    assert visit.page.input_value("[aria-label=Nation]") == "JPN"
    assert visit.page.inner_text("[data-fact=GDP]") == f"{nation.gdp:,.0f} bn US$"
    assert visit.page.inner_text("[data-fact='expects of chips']") == panels.percent(nation.plan_chips)
    hazards = visit.page.eval_on_selector_all(".nation table >> nth=0 >> tbody tr", "r => r.map(x => x.innerText.split('\\t'))")
    assert [float(row[1]) for row in hazards] == pytest.approx(nation.hazards["believed"].tolist(), abs=6e-4)
    assert [float(row[2]) for row in hazards] == pytest.approx(nation.hazards["true"].tolist(), abs=6e-4)
    assert [float(row[3]) for row in hazards] == pytest.approx(nation.distance.tolist(), abs=6e-3)
    drawn = visit.page.eval_on_selector_all(
        "svg[data-figure=why] rect",
        "found => found.map(r => [r.querySelector('title').textContent.split(':')[0], r.dataset.term, +r.dataset.value])",
    )
    table = pd.DataFrame(drawn, columns=["option", "term", "value"]).pivot(index="option", columns="term", values="value")
    payoffs = visit.page.eval_on_selector_all("svg[data-figure=why] text[text-anchor=end]", "t => t.map(x => x.textContent)")
    told = {text: float(x.rstrip(" %")) for text, x in zip(payoffs[::2], payoffs[1::2], strict=True) if x != "refused"}
    table = table.loc[list(told)]
    assert table.sum(axis=1).to_dict() == pytest.approx(told, abs=0.0051)
    worth = explained["payoff"] + explained["taste"]
    assert sorted(table.sum(axis=1)) == pytest.approx(sorted(worth[np.isfinite(worth)]), abs=1e-9)
    assert payoffs[0] == table.sum(axis=1).idxmax()
    tastes = visit.page.eval_on_selector_all(".nation svg[data-figure=taste] rect", "found => found.map(r => +r.dataset.value)")
    assert sorted(tastes) == pytest.approx(sorted(100 * model.world.record.taste[nation.row]), abs=1e-9)
    kept = (model.world.record.taste[nation.row] == stepped(0).world.record.taste[nation.row]).all()
    assert ("on record in 2025" in visit.page.inner_text("[data-test=taste]")) == kept
    visit.page.click("text=show what it would weigh now")
    visit.page.wait_for_selector(".nation h2:has-text('it would choose now')")


def found_coalition(visit, members=("DEU", "FRA", "GBR", "JPN")) -> None:
    visit.tab("Act")
    visit.page.select_option("[aria-label='Kind of intervention']", "convene")
    visit.page.select_option("[aria-label=Group]", "")
    visit.page.select_option("[aria-label=Nations]", list(members))
    visit.page.check(".act input[type=checkbox]")
    visit.page.click("text=Act now")
    visit.page.wait_for_selector(".act li:has-text('you convene')")


def test_interventions_act_now_and_land_in_the_log(visit):
    """A cut is shown where it happens and a binding convening founds a coalition; both are in the log with their date."""
    visit.step(2)
    visit.tab("Act")
    visit.page.select_option("[aria-label=Vendor]", "us")
    visit.page.select_option("[aria-label=Group]", "eu")
    visit.page.fill("[aria-label=Years]", "2")
    visit.fan(2)
    visit.page.click("text=Act now")
    visit.fan(2, moved=True)
    found_coalition(visit)
    visit.step()
    visit.tab("Coalitions")
    section = visit.page.locator("[data-coalition]").first
    model = stepped(2)
    assert "member" in section.inner_text()
    assert visit.page.get_attribute("svg[data-figure=map] path[stroke='#c1121f'][stroke-dasharray]", "d").count("M") > 5
    visit.tab("Log")
    log = visit.page.inner_text(".log ol")
    assert "you let the US vendor cut off the European Union for 2 years" in log
    assert "Italy is cut off by the US vendor for 2.0 years" in log
    assert f"{panels.quarter(model.date)} C1 is founded" in log
    visit.page.fill("[aria-label='Filter the log']", "Italy")
    assert "Italy" in visit.page.inner_text(".log ol li >> nth=0")
    assert "C1" not in visit.page.inner_text(".log ol")


def test_vendors_offer_hosting_at_home(visit):
    """The act is told in the log, marks the lever, and stands in the nation's panel a quarter later."""
    visit.step(2)
    visit.tab("Act")
    visit.page.select_option("[aria-label='Kind of intervention']", "hosting")
    visit.page.fill("[aria-label=Share]", "0.6")
    visit.page.click("text=Act now")
    visit.page.wait_for_selector(".act li:has-text('you let the US vendor host 60 % of its clients')")
    visit.step()
    visit.tab("Levers")
    assert visit.page.input_value("input[aria-label='Hosting at home by the US vendor, number'] >> nth=0") == "0.6"
    visit.tab("Nation")
    row = visit.page.inner_text(".nation table >> nth=0 >> tbody tr >> nth=0")
    assert row.split("\t")[0] == "US vendor"
    assert row.split("\t")[-1] == "60 %"


def test_coalition_panel_equals_the_model(visit):
    """Members, compute, lag and cohesion of a coalition are those of the model that was told to convene it."""
    found_coalition(visit)
    visit.step(3)
    visit.tab("Coalitions")
    from analysis.page.services import Services
    from analysis.page.session import Session

    session = Session(Services(), library.scenario("baseline"), SEED)
    session.act({"kind": "convene", "nations": ["DEU", "FRA", "GBR", "JPN"], "binding": True})
    for _ in range(3):
        session.step()
    k = int(np.argmax(session.model.world.record.members))
    coalition = session.model.coalitions[k]
    section = visit.page.locator(f"[data-coalition={coalition_name(coalition.serial)}]")
    assert f"{coalition.members} members" in section.locator("h2").inner_text()
    assert section.locator("[data-fact=lag]").inner_text() == f"{coalition.lag:.1f} months"
    assert section.locator("[data-fact=cohesion]").inner_text() == f"{coalition.cohesion:.2f}"
    assert section.locator("[data-fact='spends on training']").inner_text().startswith(
        f"{panels.percent(coalition.pool_effort, 2)} of GDP/yr"
    )
    assert section.locator("tbody tr").count() == coalition.members
    costs = section.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert sum(float(text.rstrip(" %")) for text in costs) == pytest.approx(100, abs=0.05 * len(costs))


def test_a_lever_moves_the_fan_and_the_run(visit):
    """Dragging asks for other futures; releasing sets the parameter, marks it, and keeps the old fan in grey."""
    visit.fan(0)
    before = visit.page.get_attribute("svg[data-figure=future-gdp_coalition] path[stroke-width='1.8']", "d")
    visit.set_range("#p-main-levers-quality_sensitivity", 0.1, "input")
    visit.page.wait_for_selector(".futures .status:has-text('as if released here')")
    visit.set_range("#p-main-levers-quality_sensitivity", 0.1)
    visit.fan(0, moved=True)
    visit.page.wait_for_selector(".levers .mark")
    assert visit.page.get_attribute("svg[data-figure=future-gdp_coalition] path[stroke-width='1.8'] >> nth=1", "d") != before
    assert visit.page.get_attribute("svg[data-figure=future-gdp_coalition] path[stroke-width='1.8'] >> nth=0", "d") == before
    visit.step()
    visit.set_range("#p-main-levers-fee_us", 0.2)
    visit.tab("Log")
    visit.page.wait_for_selector(".log li.intervention:has-text('you set “Fee of the US vendor” to')")


def test_compare_and_network_and_light(visit):
    """Compare puts the run beside the one without moves; the network view keeps every nation; dark is dark."""
    found_coalition(visit)
    visit.step(4)
    visit.tab("Compare")
    visit.page.wait_for_selector("svg[data-figure=without] circle[data-iso3]")
    rows = visit.page.eval_on_selector_all(".compare tbody tr", "r => r.map(x => x.innerText.split('\\t'))")
    values = {row[0]: row[1:] for row in rows}
    without = stepped(4).observed
    assert float(values["GDP in coalitions"][1].rstrip(" %")) == pytest.approx(100 * without["gdp_coalition"], abs=0.051)
    assert float(values["GDP in coalitions"][0].rstrip(" %")) > 10
    here = discs(visit.page, "cx")
    visit.page.click("button:text-is('network')")
    visit.page.wait_for_selector("svg[aria-label^='The world, network']")
    there = discs(visit.page, "cx")
    assert set(there) == set(here)
    assert there != here
    assert all(0 <= float(x) <= 966 for x in there.values())
    light = visit.page.eval_on_selector(".abm", "e => getComputedStyle(e).backgroundColor")
    visit.page.click("[aria-label='Switch between light and dark']")
    assert visit.page.eval_on_selector(".abm", "e => getComputedStyle(e).backgroundColor") != light


def settled(page) -> list[dict]:
    """Places of the discs once a busy browser has drawn the step."""
    there: list[dict] = []
    for _ in range(50):
        page.wait_for_timeout(100)
        there, last = [discs(page, "cx"), discs(page, "cy")], there
        if there == last:
            break
    return there


def test_network_moves_calmly(visit):
    """From one step to the next no nation jumps across the network."""
    visit.page.click("button:text-is('network')")
    visit.step(2)
    before = settled(visit.page)
    visit.step()
    after = settled(visit.page)
    moved = [np.hypot(float(after[0][i]) - float(before[0][i]), float(after[1][i]) - float(before[1][i])) for i in before[0]]
    assert max(moved) <= 15.5


def download(visit, action) -> bytes:
    with visit.page.expect_download() as found:
        action()
    with open(found.value.path(), "rb") as file:
        return file.read()


def test_what_is_taken_away(visit):
    """CSV, GEXF, scenario, SVG and PNG of the run are whole and the model's."""
    visit.step(6)
    visit.tab("Take away")
    series = download(visit, lambda: visit.page.click("text=series.csv")).decode()
    model = stepped(6)
    last = pd.read_csv(pd.io.common.StringIO(series), index_col="step").loc[6]
    assert last["sovereignty"] == pytest.approx(model.observed["sovereignty"], abs=1e-12)
    choices = pd.read_csv(pd.io.common.StringIO(download(visit, lambda: visit.page.click("text=choices.csv")).decode()))
    assert choices[choices["step"] == 6].set_index("iso3")["option"].to_dict() == {n.iso3: n.option for n in model.nations}
    gexf = ElementTree.fromstring(download(visit, lambda: visit.page.click("text=network.gexf")))
    assert len([e for e in gexf.iter() if e.tag.endswith("}node")]) >= 55
    taken = json.loads(download(visit, lambda: visit.page.click("text=scenario.json")))
    assert taken["seed"] == SEED
    svg = ElementTree.fromstring(download(visit, lambda: visit.page.click("button:text-is('SVG')")))
    assert len([e for e in svg.iter() if e.tag.endswith("}circle")]) >= 53
    png = download(visit, lambda: visit.page.click("button:text-is('PNG')"))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(png) > 30_000


def test_a_saved_run_replays_to_the_same_bytes(visit, served):
    """A run with interventions, saved and opened again, has every measure as recorded, and so has the page's link."""
    visit.step(3)
    found_coalition(visit)
    visit.tab("Levers")
    visit.set_range("#p-main-levers-portability", 0.9)
    visit.step(2)
    visit.tab("Take away")
    visit.page.fill("[aria-label='Name of the result']", "../escape")
    visit.page.click("text=Save the run")
    visit.page.wait_for_selector(".message:has-text('name: allowed are')")
    visit.page.fill("[aria-label='Name of the result']", "workshop")
    visit.page.click("text=Save the run")
    visit.page.wait_for_selector(".message:has-text('Saved as')")
    from runs.results import open_result

    result = open_result(served.results / "workshop")
    model = Model(result.plan.scenario_of(0), rng=result.plan.seed_of(0))
    while not model.finished:
        model.step()
    recorded = result.runs().iloc[0]
    assert all(recorded[name] == x or (np.isnan(x) and np.isnan(recorded[name])) for name, x in model.observed.items())
    link = visit.page.input_value("[aria-label^='Link that restores']")
    visit.page.select_option("[aria-label=Result]", "workshop")
    visit.page.click("button:text-is('Open')")
    visit.page.wait_for_selector(".message:has-text('every measure as recorded')")
    visit.wait_step(60)
    visit.at(link)
    visit.step(5)
    visit.tab("Coalitions")
    visit.page.wait_for_selector("[data-coalition=C1]")


def test_files_from_a_visitor_are_checked(visit):
    """A scenario file is bounded and validated, and its text cannot become markup."""
    visit.tab("Take away")

    def offer(name: str, text: str) -> str:
        file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        visit.page.set_input_files("[aria-label='Scenario file']", file)
        visit.page.wait_for_selector(f".message:has-text('{name}')")
        return visit.page.inner_text(".message")

    assert "larger than 64 kB" in offer("big.toml", "# " + "x" * 70_000)
    assert "did you mean steps" in offer("typo.toml", "stepz = 3")
    assert "is not valid TOML" in offer("pickle.toml", "\x80\x04cos\nsystem")
    assert "<img src=x onerror=alert(1)>" in offer("markup.toml", '"<img src=x onerror=alert(1)>" = 3')
    assert visit.page.locator(".message img").count() == 0
    hostile = 'title = "<b>x</b>"\nsteps = 7\n[[events]]\ndate = 2025.0\nkind = "tension"\nfactor = 2.0\n'
    hostile += 'note = "<script>alert(1)</script>"\n'
    file = {"name": "third.toml", "mimeType": "text/plain", "buffer": hostile.encode()}
    visit.page.set_input_files("[aria-label='Scenario file']", file)
    visit.page.wait_for_selector("[data-test=step]:has-text('of 7')")
    visit.step()
    visit.tab("Log")
    assert "<script>alert(1)</script>" in visit.page.inner_text(".log ol")


def test_scenario_seed_and_search(visit):
    """Another seed is another run, shown from its start; parameters can be found by a word."""
    visit.page.fill("[aria-label=Seed]", "7")
    visit.page.press("[aria-label=Seed]", "Enter")
    visit.step(3)
    model = Model(library.scenario("baseline"), rng=7)
    for _ in range(3):
        model.step()
    assert stances(visit.page)["US vendor"] == sum(nation.option == "us" for nation in model.nations)
    visit.page.fill("[aria-label='Find a parameter']", "portability")
    assert visit.page.locator(".lever").count() >= 1
    assert "agreements" in visit.page.inner_text(".lever >> nth=0")
    assert visit.page.input_value("select[aria-label=Scenario]") == "baseline"
    visit.page.select_option("select[aria-label=Scenario]", "baseline")
    visit.wait_step(0)


def test_every_parameter_has_a_control(visit):
    """The levers are the parameter table's, each with its baseline, unit, meaning and source in sight."""
    from abm import parameters

    controls = "details:not(:first-of-type) [data-parameter]"
    shown = visit.page.eval_on_selector_all(controls, "found => found.map(e => e.dataset.parameter)")
    assert set(shown) == set(parameters.names())
    for lever in visit.page.locator(".lever:visible").all():
        baseline, about = (lever.locator(part).inner_text() for part in (".unit", ".about"))
        assert re.match(r"Baseline \S", baseline)
        assert re.match(r"[A-Z0-9].{10,}\. .{5,}\.$", about, re.DOTALL), about


def test_keyboard_reaches_the_controls(visit):
    """Play, tabs and sliders can be worked without a mouse."""
    visit.page.focus("button:has-text('Step')")
    visit.page.keyboard.press("Enter")
    visit.wait_step(1)
    visit.page.focus("button[role=tab]:text-is('Futures')")
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_selector("button[role=tab][aria-selected=true]:text-is('Nation')")
    visit.page.wait_for_selector(".right select[aria-label=Nation]")  # the panel is drawn after its tab
    reached = set()
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"))
    assert {"Nation", "show what it would weigh now"} <= reached


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (820, 1180)])
def test_it_fits_and_its_labels_do_not_overlap(browser, served, width, height):
    """At three sizes nothing sticks out sideways and no two labels of nations overlap."""
    light = "dark" if width == 1920 else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=light)
    visit = Visit(context.new_page())
    note(visit)
    visit.at(served.address)
    visit.step(3)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boxes = visit.page.eval_on_selector_all("svg[data-figure=map] text.halo", _BOXES)
    assert len(boxes) > 20
    pairs = [(a, b) for k, a in enumerate(boxes) for b in boxes[:k]]
    assert [(a, b) for a, b in pairs if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]] == []
    assert visit.errors == []
    context.close()


def test_every_panel_fits_a_phone(browser, served):
    """On a phone no panel sticks out sideways, and the nation's reasons and tastes fill its width."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    visit = Visit(context.new_page())
    note(visit)
    visit.at(served.address)
    visit.step(3)
    for tab in ("Futures", "Coalitions", "Compare", "Log", "Nation", "Act", "Take away", "Levers"):
        visit.tab(tab)
        visit.page.wait_for_selector(f"button[role=tab][aria-selected=true]:text-is('{tab}')")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
    for figure in ("why", "taste"):
        assert visit.page.locator(f"svg[data-figure={figure}]").bounding_box()["width"] > 330
    assert visit.errors == []
    context.close()


def test_two_visitors_have_two_models_and_a_closed_page_frees_its_own(browser, served):
    """Steps of one visitor do not move another's run; when a page is closed its session goes."""
    from analysis.page.session import Session

    def sessions() -> list[weakref.ref]:
        gc.collect()
        # By type: `isinstance` asks the things themselves, and a weak proxy of something gone then raises.
        return [weakref.ref(thing) for thing in gc.get_objects() if type(thing) is Session]

    before = {ref() for ref in sessions()}
    contexts = [browser.new_context(viewport={"width": 1280, "height": 720}) for _ in range(2)]
    visits = [Visit(context.new_page()) for context in contexts]
    for visit in visits:
        note(visit)
        visit.at(served.address)
    visits[0].step(3)
    assert visits[1].shown_step() == 0
    own = [ref for ref in sessions() if ref() not in before]
    before.clear()
    assert len(own) == 2
    for visit, context in zip(visits, contexts, strict=True):
        visit.page.close(run_before_unload=True)
        context.close()
    patience = time.monotonic() + 60
    while any(ref() is not None for ref in own) and time.monotonic() < patience:
        time.sleep(0.5)
        gc.collect()
    assert [ref() for ref in own] == [None, None]


def test_no_class_is_built_on_a_browsers_word(served):
    """A message that names a Python class to build does nothing, where ipyvue alone would import and build it."""
    from ipyvue.VueTemplateWidget import Events

    assert served.address

    class Seen:
        events = ("press",)

        def __init__(self):
            self.pressed = []

        def vue_press(self, sent):
            self.pressed.append(sent)

    seen = Seen()
    Events._handle_event(seen, None, {"create_widget": ["subprocess", "Popen"], "props": {}, "id": "1"}, None)
    Events._handle_event(seen, None, {"event": "press", "data": 3}, None)
    Events._handle_event(seen, None, {"event": "__init__", "data": 3}, None)
    assert seen.pressed == [3]


def test_foreign_pages_are_refused(served):
    """A request from another site's page, or under another name, gets no answer from the page."""
    import requests

    assert requests.get(served.address, timeout=10).status_code == 200
    assert requests.get(served.address, headers={"Origin": "http://example.org"}, timeout=10).status_code == 403
    assert requests.get(served.address, headers={"Host": "example.org"}, timeout=10).status_code == 403
    policy = requests.get(served.address, timeout=10).headers["content-security-policy"]
    assert re.search(r"default-src 'self'", policy)
