"""The page in Chromium, drawn in software: frames a second in play, the first view, the fan, and memory over many resets."""

from __future__ import annotations

import gc
import resource
import shutil
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from abm.scenario import Scenario
from runs import library
from tests.benchmarks.table import Table
from tests.page_browser import CHROMIUM_ARGUMENTS, Visit, note, serve_in_background

INTERVAL = 60  # ms between steps, at most 16.7 frames/s
_WATCH = """() => { window.frames_seen = []; const svg = document.querySelector("svg[data-figure=map]");
new MutationObserver(() => window.frames_seen.push([performance.now(), +svg.dataset.step]))
.observe(svg, { attributes: true, attributeFilter: ["data-step"] }); }"""


_TIME_THE_FAN = """() => new Promise((done) => {
const lever = document.querySelector("#p-main-levers-fee_us"), began = performance.now();
const whole = ".futures .status[data-moved=true][data-runs='200']";
const look = () => document.querySelector(whole) ? done((performance.now() - began) / 1000) : requestAnimationFrame(look);
lever.value = 0.45; lever.dispatchEvent(new Event("input")); lever.dispatchEvent(new Event("change")); look(); })"""


def measure(full: bool) -> list[Table]:
    """The page's speed; no rows where Chromium is not installed."""
    rows = []
    if shutil.which("chromium"):
        everybody = Scenario.parse({"nations": {"select": "all"}}, "all")
        for name, scenario in (("53 nations", library.scenario("baseline")), (f"{len(everybody.nations())} nations", everybody)):
            for interval in (INTERVAL, 0):
                rows.append([name, interval, *_played(scenario, interval)])
    head = ["world", "interval ms", "first view s", "fan of 200 s", "frames", "frames/s", "longest gap ms"]
    watched = Table("Page in play, 60 steps, software-rendered Chromium, map and charts on", head, rows)
    return [watched, Table("Memory of a session", ["after", "largest resident MB", "measures kept"], _memory(20, 100))]


def _played(scenario: Scenario, interval: int) -> list:
    from playwright.sync_api import sync_playwright

    served, end = serve_in_background(scenario, Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_ARGUMENTS))
            visit = Visit(browser.new_page(viewport={"width": 1280, "height": 720}))
            note(visit)
            began = time.perf_counter()
            visit.at(served.address)
            first = time.perf_counter() - began
            visit.fan(0)
            fan = _fan_seconds(visit)
            visit.set_range("input[aria-label='Speed of play']", 500 - interval, "input")
            visit.page.wait_for_timeout(300)
            visit.page.evaluate(_WATCH)
            visit.page.click("text=Play")
            visit.wait_step(scenario.content.steps)
            seen = visit.page.evaluate("window.frames_seen")
            browser.close()
    finally:
        end()
    gaps = [b[0] - a[0] for a, b in pairwise(seen)]
    return [first, fan, len(seen), 1000 * len(gaps) / (seen[-1][0] - seen[0][0]), max(gaps)]


def _fan_seconds(visit: Visit) -> float:
    """Seconds from letting a lever go to the whole fan on the screen."""
    return visit.page.evaluate(_TIME_THE_FAN)


def _memory(resets: int, steps: int) -> list[list]:
    """Resident memory as a session steps and is reset again and again."""
    from abm.page.session import Session
    from runs.view import services

    session = Session(services(), Scenario.parse({"steps": steps}), 1)
    rows = []
    for reset in range(resets + 1):
        while not session.model.finished:
            session.step()
        if reset in (1, resets // 2, resets):
            gc.collect()
            largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows.append([f"{(reset + 1) * steps} steps, {reset} resets", round(largest, 1), len(session.rows)])
        session.reset()
    return rows
