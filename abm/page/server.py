"""Solara's server with the doors closed: nothing leaves the machine, nothing foreign gets in, nothing from the page is run."""

from __future__ import annotations

import threading
import warnings
from importlib.resources import files
from urllib.parse import urlsplit

import solara

from abm.page.futures import futures
from abm.page.page import Page
from abm.page.services import Opened, Services
from abm.page.session import Session
from abm.page.why import changes, stability
from abm.scenario import Scenario

_GONE = "30s"  # after which a browser that vanished without closing its page loses its run
_LARGEST_MESSAGE = 1 << 20  # bytes from a browser
_LOCAL = ("127.0.0.1", "localhost", "::1")
#: What a browser may load and whom it may call: this server alone. Vue compiles its templates in the browser.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'none'; object-src 'none'; "
    "form-action 'none'; base-uri 'self'"
)


def make_server(
    services: Services, scenario: Scenario, host: str = "127.0.0.1", recorded: Opened | None = None, seed: int = 0
):
    """A uvicorn server of the page, ready to ``run(sockets=[...])``. The rules are loaded (the first time: compiled) here."""
    import uvicorn

    _close_doors()
    warm_up(services, scenario)
    from solara.server import app as solara_app
    from solara.server import reload, starlette

    previous = solara_app.apps.pop("__default__", None)
    if previous is not None:
        previous.close()
    global Visit
    Visit = _visit(services, scenario, recorded, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solara_app.apps["__default__"] = solara_app.AppScript(f"{__name__}:Visit")
    reload.reloader.on_change = None  # an edited source file must not take a visitor's run away
    return uvicorn.Server(
        uvicorn.Config(
            Guard(starlette.app, host), log_level="error", ws_max_size=_LARGEST_MESSAGE, timeout_graceful_shutdown=2
        )
    )


def _visit(services: Services, scenario: Scenario, recorded: Opened | None, seed: int):
    @solara.component
    def Visit():
        solara.Style(files("abm.page").joinpath("page.css").read_text("utf-8"))
        Page(services, scenario, seed, recorded)

    return Visit


Visit = None


@solara.component
def Layout(children=[]):  # noqa: B006
    """The page fills the window; Solara's own frame is left out."""
    solara.Div(children=children, style={"width": "100%"})


def _close_doors() -> None:
    """Solara as it should be on a desk: no telemetry, no check against its site, no download of what it has not got."""
    import solara.server.settings as server
    import solara.settings
    from ipyvue import VueTemplateWidget

    server.telemetry.mixpanel_enable = False
    server.main.mode = "production"
    server.assets.fontawesome_enabled = False
    server.theme.show_banner = False
    server.kernel.cull_timeout = _GONE
    solara.settings.assets.cdn = "http://127.0.0.1:9/"  # a file that solara-assets lacks is not fetched elsewhere
    VueTemplateWidget.Events._handle_event = _handle_event


def _handle_event(self, _, content, buffers) -> None:
    """Hear the events that a component offers. ipyvue's own would also import and build any class a browser names."""
    name = content.get("event")
    if isinstance(name, str) and name in self.events:
        getattr(self, f"vue_{name}")(content.get("data", {}))


class Guard:
    """Before Solara: refuses other sites' pages (a foreign Origin or Host), and tells browsers whom they may call."""

    def __init__(self, app, host: str):
        self.app, self.local = app, host in _LOCAL

    async def __call__(self, scope, receive, send):
        """One request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if not self._welcome(headers.get("host", ""), headers.get("origin")):
            await _refuse(scope, send)
            return
        await self.app(scope, receive, _with_policy(send) if scope["type"] == "http" else send)

    def _welcome(self, host: str, origin: str | None) -> bool:
        name = urlsplit(f"//{host}").hostname
        return (not self.local or name in _LOCAL) and (origin is None or urlsplit(origin).netloc == host)


async def _refuse(scope, send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"This page answers to its own address only."})


def _with_policy(send):
    async def sending(message):
        if message["type"] == "http.response.start":
            extra = [(b"content-security-policy", _POLICY.encode()), (b"referrer-policy", b"no-referrer")]
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return sending


def warm_up(services: Services, scenario: Scenario) -> None:
    """Load the compiled rules before the first visitor needs them."""
    session = Session(services, scenario)
    session.step()
    next(futures(session.model.world, 2, services), None)
    stability(session.model.world)
    changes(session.model.world, 0)


def in_background(server, sockets) -> threading.Thread:
    """Run a server in a thread; set ``server.should_exit`` to end it."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    return thread
