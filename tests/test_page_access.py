"""The page for everyone: by axe, by keyboard, by touch, at every size, in light and dark."""

from __future__ import annotations

import re

import pytest

from analysis.page.screen import LEFT, RIGHT
from tests.page_browser import Visit, note

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]
SIZES = ((1280, 720), (1920, 1080), (768, 1024), (390, 844))
#: Sizes of the texts that are seen [px], smallest first, with what they say; text in a picture is as large as it is drawn.
_TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.querySelector(".abm"), NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.getClientRects().length || e.closest("title, style")) continue;
    if (e.getAttribute("visibility") === "hidden") continue;
    const size = parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.ownerSVGElement.getScreenCTM().a : 1);
    found.push([Math.round(size * 100) / 100, n.data.trim()]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}"""
#: Texts of controls and labels that are wider or higher than the box they stand in.
_CUT = """() => [...document.querySelectorAll(".abm .scroll *")].filter((e) => {
  const box = e.closest(".scroll").getBoundingClientRect(), own = e.getBoundingClientRect();
  const own_way = "input, select, svg, svg *, .bar span";
  const hides = getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1 && !e.matches(own_way);
  return own.width > 0 && !e.closest("svg") && (own.right > box.right + 1 || hides);
}).map((e) => e.outerHTML.slice(0, 120))"""


def visitor(browser, served, width: int, height: int, scheme: str = "light") -> Visit:
    touch = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if width < 500 else {}
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **touch)
    visit = Visit(context.new_page())
    note(visit)
    return visit.at(served.address)


def complaints(page) -> list[str]:
    """What axe finds, a line each."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{fault['id']}: {fault['help']}: {[node['target'] for node in fault['nodes']][:3]}"
        for fault in Axe().run(page).response["violations"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing_and_everything_can_be_read(browser, served, width, height, scheme):
    """In every panel and view: no fault of access, nothing sticks out sideways, no text under 12 px, none of it cut."""
    visit = visitor(browser, served, width, height, scheme)
    visit.step(3)
    visit.page.click("button:text-is('table')")
    visit.page.wait_for_selector(".nations tbody tr")
    assert complaints(visit.page) == []
    visit.page.click("button:text-is('map')")
    for tab in (*RIGHT, *LEFT):
        visit.tab(tab)
        visit.page.wait_for_selector(f"button[role=tab][aria-selected=true]:text-is('{tab}')")
        if tab == "Futures":
            visit.fan(3)
        assert complaints(visit.page) == [], tab
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
        assert visit.page.evaluate(_TEXTS)[0][0] >= 11.95, tab
        assert visit.page.evaluate(_CUT) == [], tab
    assert visit.errors == []
    visit.page.context.close()


def luminance(colour: str) -> float:
    """Relative luminance of a CSS colour ``rgb(r, g, b)``. Source: WCAG 2.2."""
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ring_of_what_has_the_focus_stands_out(browser, served, scheme):
    """Every control reached by the keyboard has a ring of at least 3:1 against the page and the panels."""
    visit = visitor(browser, served, 1280, 720, scheme)
    grounds = visit.page.evaluate(
        "['.abm', '.abm .scroll'].map(s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    )
    reached = set()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        ring, style, what = visit.page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [s.outlineColor, s.outlineStyle, e.tagName + e.className]; })()"
        )
        if what.startswith("BODY"):
            continue
        assert style == "solid", what
        for ground in grounds:
            dark, light = sorted((luminance(ring), luminance(ground)))
            assert (light + 0.05) / (dark + 0.05) >= 3, (what, ring, ground)
        reached.add(what)
    assert len(reached) > 5
    visit.page.context.close()


def test_the_page_has_a_language_and_can_be_zoomed(browser, served):
    visit = visitor(browser, served, 390, 844)
    assert visit.page.get_attribute("html", "lang") == "en"
    viewport = visit.page.get_attribute("meta[name=viewport]", "content")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    visit.page.context.close()


def test_every_tab_has_its_panel(browser, served):
    """A tab names the panel that it opens, the panel names its tab, and the arrow keys, Home and End move between tabs."""
    visit = visitor(browser, served, 1280, 720)
    for side, tabs in (("left", LEFT), ("right", RIGHT)):
        visit.page.focus(f".{side} [role=tab][aria-selected=true]")
        for key, tab in (("End", tabs[-1]), ("Home", tabs[0]), ("ArrowLeft", tabs[-1]), ("ArrowRight", tabs[0])):
            visit.page.keyboard.press(key)
            visit.page.wait_for_selector(f".{side} [role=tab][aria-selected=true]:text-is('{tab}')")
            chosen = visit.page.locator(f".{side} [role=tab][aria-selected=true]")
            visit.page.wait_for_selector(f"#{side}-panel[aria-labelledby='{chosen.get_attribute('id')}']")
            assert chosen.get_attribute("aria-controls") == f"{side}-panel"
    visit.page.context.close()


def test_the_map_and_the_charts_are_told_in_words(browser, served):
    """A table holds every nation of the map, each a button; every picture has its figures in its name."""
    visit = visitor(browser, served, 1280, 720)
    visit.step(2)
    visit.fan(2)
    names = visit.page.eval_on_selector_all("svg[role=img]", "found => found.map(e => e.getAttribute('aria-label'))")
    assert len(names) >= 8
    assert all(re.search(r"\d", name) for name in names), names
    nations = visit.page.locator("svg[data-figure=map] circle[data-iso3]").count()
    visit.page.focus("button:text-is('table')")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".nations tbody tr")
    assert visit.page.locator(".nations tbody tr").count() == nations
    visit.page.focus(".nations button:text-is('Japan')")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("select[aria-label=Nation]")
    assert visit.page.input_value("select[aria-label=Nation]") == "JPN"
    assert "US vendor" in visit.page.inner_text(".nations tr:has-text('Japan')")
    visit.page.context.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024)])
def test_the_panel_opens_near_what_was_tapped(browser, served, width, height):
    """On a phone and a tablet a tapped nation's panel can be read without scrolling, and a tap close to a disc counts."""
    visit = visitor(browser, served, width, height)
    box = visit.page.locator("circle[data-iso3=AUS]").bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if width < 500:
        visit.page.touchscreen.tap(across - 9, down + 12)
    else:
        visit.page.mouse.click(across, down)
    visit.page.wait_for_selector("select[aria-label=Nation]")
    visit.page.wait_for_function("document.querySelector('select[aria-label=Nation]').value === 'AUS'")
    visit.page.wait_for_function(
        "(() => { const b = document.querySelector('.right .scroll').getBoundingClientRect();"
        " return b.top >= 0 && b.top < 0.6 * innerHeight; })()"
    )
    visit.page.context.close()
