"""The page in a real Chromium: a server in this process, a browser, and a visitor who notes every error and request."""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
#: Solara's own navigator.vue is written in an old way, which its loader remarks on.
_KNOWN_WARNING = "Failed to evaluate Vue script"
#: The last word of a page that is left; the browser sends it, and counts it as failed because the page is gone.
_GOODBYE = "/_solara/api/close/"
_PATIENCE = 60_000  # ms
TOKEN = "a-token-of-the-tests"


def chromium() -> str:
    """Path of Chromium; skips the test without it, or fails it where REQUIRE_BROWSER=1."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip(reason)
    return found


@dataclass
class Served:
    """A served page: its address with the token, and its results directory."""

    address: str
    results: Path


def serve_in_background(scenario, results: Path, port: int = 0):
    """Serve a scenario's page on a port, by default a free one; returns (Served, function that ends it)."""
    from analysis.page.serve import page_server

    bound = socket.create_server(("127.0.0.1", port))
    server = page_server(scenario, results=results, token=TOKEN)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()

    def end():
        server.should_exit = True
        thread.join(10)

    return Served(f"http://127.0.0.1:{bound.getsockname()[1]}/?token={TOKEN}", results), end


@dataclass
class Visit:
    """A visitor's page with what it asked for and complained about."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    newcomer: bool = False

    @property
    def foreign(self) -> list[str]:
        """Requests that leave the machine."""
        own = re.compile(r"^(data:|blob:|(http|ws)://127\.0\.0\.1[:/])")
        return [url for url in self.requests if not own.match(url)]

    def at(self, address: str) -> Visit:
        """Go to an address and wait for the first view."""
        if not self.newcomer:  # who has been here before is offered no tour
            self.page.add_init_script("localStorage.setItem('abm:tour', 'seen')")
        self.page.goto(address)
        self.page.wait_for_selector("svg[data-figure=map] circle[data-iso3]")
        return self

    def step(self, count: int = 1) -> None:
        """Press Step, each time until it is drawn."""
        for _ in range(count):
            now = self.shown_step()
            self.page.click("button:text-is('Step')")
            self.wait_step(now + 1)

    def shown_step(self) -> int:
        """The step the picture shows."""
        return int(self.page.get_attribute("svg[data-figure=map]", "data-step"))

    def wait_step(self, step: int) -> None:
        """Wait until the picture shows a step; a busy machine may take long to play there."""
        shown = f"document.querySelector('svg[data-figure=map]')?.dataset.step === '{step}'"
        self.page.wait_for_function(shown, timeout=_PATIENCE + 5_000 * step)

    def tab(self, name: str) -> None:
        """Open a tab."""
        self.page.click(f"button[role=tab]:text-is('{name}')")

    def fan(self, step: int, moved: bool = False) -> None:
        """Wait for the whole fan of a step."""
        self.page.wait_for_selector(
            f".futures .status[data-runs='200'][data-step='{step}']" + ("[data-moved=true]" if moved else "")
        )

    def set_range(self, selector: str, value: float, event: str = "change") -> None:
        """Drag a slider to a value, and let it go unless ``event`` is input."""
        self.page.wait_for_selector(selector, state="attached")
        self.page.eval_on_selector(
            selector,
            "(e, [v, all]) => { e.value = v; for (const name of all) e.dispatchEvent(new Event(name)); }",
            [str(value), ["input", "change"] if event == "change" else ["input"]],
        )


def note(visit: Visit) -> None:
    """Write down what the page asks for and complains about."""
    page = visit.page
    page.set_default_timeout(_PATIENCE)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("websocket", lambda ws: visit.requests.append(ws.url))
    page.on("requestfailed", lambda request: None if _GOODBYE in request.url else visit.failed.append(request.url))
    page.on("response", lambda r: visit.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))

    def said(message) -> None:
        if message.type in ("error", "warning") and _KNOWN_WARNING not in message.text:
            visit.errors.append(message.text)

    page.on("console", said)
