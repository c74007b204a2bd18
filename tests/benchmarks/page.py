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
    memory = _memory(20, 100 if full else 20) if rows else []
    kept = ["after", "server, resident MiB", "page's heap MiB", "elements on the page"]
    return [watched, Table("Memory as a page is played and reset", kept, memory)]


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
    """Memory of the server's process and of the page's script as the browser plays ``steps`` steps again and again."""
    from playwright.sync_api import sync_playwright

    served, end = serve_in_background(Scenario.parse({"steps": steps}), Path(tempfile.mkdtemp()))
    rows = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_ARGUMENTS))
            visit = Visit(browser.new_page(viewport={"width": 1280, "height": 720}))
            note(visit)
            visit.at(served.address)
            visit.set_range("input[aria-label='Speed of play']", 500, "input")
            for reset in range(resets + 1):
                visit.page.click("text=Play")
                visit.wait_step(steps)
                if reset in (1, resets // 2, resets):
                    rows.append([f"{(reset + 1) * steps} steps, {reset} resets", *_memory_now(visit)])
                visit.page.click("text=Reset")
                visit.wait_step(0)
            browser.close()
    finally:
        end()
    return rows


def _memory_now(visit: Visit) -> list[float]:
    """Resident memory of this process, which serves, and the page's heap after its garbage is collected [MB]."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    chromium = visit.page.context.new_cdp_session(visit.page)
    chromium.send("HeapProfiler.collectGarbage")
    heap = visit.page.evaluate("performance.memory.usedJSHeapSize") / 2**20
    nodes = visit.page.evaluate("document.querySelectorAll('*').length")
    return [round(resident, 1), round(heap, 1), nodes]
