"""The README's pictures of the page, taken again: ``python -m tests.page_pictures`` (needs Chromium)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis.figures.shipped import ship
from runs import library
from tests.page_browser import Visit, chromium, serve_in_background

DOCS = Path(__file__).parent.parent / "docs"
#: File, width, height, colour scheme, tab that is open, steps played.
PICTURES = (
    ("page-1280", 1280, 720, "light", "Nation", 24),
    ("page-1920-dark", 1920, 1080, "dark", "Futures", 16),
    ("page-tablet", 820, 1180, "light", "Coalitions", 24),
)


def main() -> None:
    """Take every picture of a new visitor's page, seed 0."""
    with tempfile.TemporaryDirectory() as results, sync_playwright() as driver:
        served, end = serve_in_background(library.scenario("baseline"), Path(results))
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        try:
            for name, width, height, scheme, tab, steps in PICTURES:
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                visit = Visit(page).at(served.address)
                visit.step(steps)
                page.click("circle[data-iso3=DEU]", force=True)
                visit.tab(tab)
                page.wait_for_timeout(4000)
                page.screenshot(path=DOCS / f"{name}.png")
                ship(DOCS / f"{name}.png")  # in all its colours: fewer would make two options look like one
                page.close()
        finally:
            browser.close()
            end()


if __name__ == "__main__":
    main()
