"""The page in use: fans a second while a lever is dragged, eight visitors who move one at once, play at the default pace."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from runs import library
from tests.benchmarks.page import _WATCH
from tests.benchmarks.table import Table
from tests.page_browser import CHROMIUM_ARGUMENTS, Visit, note, serve_in_background

DRAG = 4.0  # s
VISITORS = 8
#: Aims, each on two cores: fans a second, seconds to the first answer, steps a second.
AIMS = {"fans": 5, "seconds": 1.5, "steps": 15}
_MEDIANS = """() => [...document.querySelectorAll("svg[data-figure='future-gdp_coalition'] path[stroke-width='1.8']")]
.map((path) => path.getAttribute("d")).join(" ")"""
#: Drag for so many ms, a value each 16 ms, and list the times at which another fan stood on the screen.
_DRAG = """(time) => new Promise((done) => {
const medians = MEDIANS, lever = document.querySelector("#p-main-levers-fee_us"), began = performance.now(), seen = [];
let last = medians();
const look = () => {
  const now = performance.now() - began, shown = medians();
  if (shown !== last) { seen.push(now); last = shown; }
  if (now > time) { clearInterval(moving); lever.dispatchEvent(new Event("change")); return done(seen); }
  requestAnimationFrame(look);
};
const moving = setInterval(() => {
  lever.value = 0.5 + 0.3 * Math.sin((performance.now() - began) / 700); lever.dispatchEvent(new Event("input"));
}, 16);
look(); })""".replace("MEDIANS", _MEDIANS)
#: Let a lever go at a time of the clock, and note the seconds to another fan and to the whole one beside that without.
_MOVE = """(at) => { const medians = MEDIANS, lever = document.querySelector("#p-main-levers-fee_us");
window.took = []; setTimeout(() => {
  const began = performance.now(), before = medians();
  lever.value = 0.4; lever.dispatchEvent(new Event("input")); lever.dispatchEvent(new Event("change"));
  const look = () => {
    if (!window.took.length && medians() !== before) window.took.push((performance.now() - began) / 1000);
    const did = document.querySelector("[data-test=did]").textContent;
    if (window.took.length === 1 && did.includes("means of 200 pairs")) {
      window.took.push((performance.now() - began) / 1000);
      watching.disconnect();
    }
  };
  const watching = new MutationObserver(look);  // looking at each frame would take the server's share of the processors
  watching.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  }, at - Date.now()); }""".replace("MEDIANS", _MEDIANS)


def measure(full: bool) -> list[Table]:
    """The page's answers; no rows where Chromium is not installed."""
    moved = played = []
    if shutil.which("chromium"):
        with _browser() as (open_page, address):
            visit = open_page().at(address)
            visit.fan(0)
            seen = visit.page.evaluate(_DRAG, 1000 * DRAG)
            drag = ["dragging", 1, len(seen) / DRAG, max(b - a for a, b in pairwise([0.0, *seen])) / 1000, "", ""]
        moved = [drag, *(_moved_at_once(count) for count in (1, VISITORS))]
        played = [_played()]
    return [
        Table(
            f"A lever moved: 53 nations, software-rendered Chromium; aims {AIMS['fans']} fans/s, {AIMS['seconds']} s",
            ["what", "visitors", "fans/s", "longest gap s", "slowest first answer s", "slowest whole answer s"], moved,
        ),
        Table(
            f"Play at the default pace, 53 nations; aim {AIMS['steps']} steps/s", ["steps", "steps/s", "longest gap ms"], played
        ),
    ]


@contextmanager
def _browser():
    """A served page: a function that opens another visitor's window, and the address."""
    from playwright.sync_api import sync_playwright

    served, end = serve_in_background(library.scenario("baseline"), Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_ARGUMENTS))

            def open_page() -> Visit:
                visit = Visit(browser.new_context(viewport={"width": 1280, "height": 720}).new_page())
                note(visit)
                return visit

            yield open_page, served.address
            browser.close()
    finally:
        end()


def _moved_at_once(visitors: int) -> list:
    """Visitors who let a lever go at the same moment; all windows are drawn on this machine too."""
    with _browser() as (open_page, address):
        visits = [open_page().at(address) for _ in range(visitors)]
        for visit in visits:
            visit.fan(0)
        at = 1000 * time.time() + 1000 + 200 * visitors
        for visit in visits:
            visit.page.evaluate(_MOVE, at)
        for visit in visits:
            visit.page.wait_for_function("window.took.length === 2", polling=100)
        took = [visit.page.evaluate("window.took") for visit in visits]
    return ["let go at once", visitors, "", "", max(first for first, _ in took), max(whole for _, whole in took)]


def _played() -> list:
    with _browser() as (open_page, address):
        visit = open_page().at(address)
        visit.fan(0)
        visit.page.evaluate(_WATCH)
        visit.page.click("text=Play")
        visit.wait_step(60)
        seen = visit.page.evaluate("window.frames_seen")
    gaps = [b[0] - a[0] for a, b in pairwise(seen)]
    return [len(seen), 1000 * len(gaps) / (seen[-1][0] - seen[0][0]), max(gaps)]
