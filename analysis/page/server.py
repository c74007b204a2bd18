"""Solara's server with the doors closed: nothing leaves the machine, nothing foreign gets in, nothing from the page is run."""

from __future__ import annotations

import asyncio
import hmac
import threading
import warnings
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit

import solara
from starlette.requests import cookie_parser

from abm.agents import Nation
from abm.scenario import Scenario
from analysis.page import shell
from analysis.page.app import Page
from analysis.page.futures import futures
from analysis.page.presence import CONNECTIONS
from analysis.page.services import Opened, Services
from analysis.page.session import Session
from analysis.page.why import changes, stability

_GONE = "30s"  # after which a browser that vanished without closing its page loses its run
_LARGEST_MESSAGE = 1 << 20  # bytes from a browser
_READ_AHEAD = 32  # messages
_LOCAL = ("127.0.0.1", "localhost", "::1")
#: What a browser may load and whom it may call: this server alone. Vue compiles its templates in the browser.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'none'; object-src 'none'; "
    "form-action 'none'; base-uri 'self'"
)


def make_server(
    services: Services, scenario: Scenario, host: str = "127.0.0.1", recorded: Opened | None = None, seed: int = 0,
    token: str = "",
):
    """A uvicorn server of the page, ready to ``run(sockets=[...])``. The rules are loaded (the first time: compiled) here.

    With a ``token`` it answers only who brings it: first in the address, from then on as a cookie.
    """
    import uvicorn

    _close_doors()
    warm_up(services, scenario)
    own = services.nation is not Nation  # whose futures take some seconds
    shell.dress("" if own else shell.headline(services, scenario))
    from solara.server import app as solara_app
    from solara.server import reload, starlette

    previous = solara_app.apps.pop("__default__", None)
    if previous is not None:
        previous.close()
    global Visit
    Visit = _visit(services, scenario, recorded, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solara_app.apps["__default__"] = page = solara_app.AppScript(f"{__name__}:Visit")
    page.check()  # Solara begins only a process's first page by itself; a visitor who reconnects cannot
    reload.reloader.on_change = None  # an edited source file must not take a visitor's run away
    return uvicorn.Server(
        uvicorn.Config(
            Guard(starlette.app, host, token), log_level="error", ws_max_size=_LARGEST_MESSAGE, timeout_graceful_shutdown=2,
            ws_per_message_deflate=host not in _LOCAL,  # within a machine it costs more time than it saves
        )
    )


def _visit(services: Services, scenario: Scenario, recorded: Opened | None, seed: int):
    @solara.component
    def Visit():
        for sheet in ("page.css", "state.css"):
            solara.Style(files("analysis.page").joinpath(sheet).read_text("utf-8"))
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
    """Before Solara: refuses other sites' pages (a foreign Origin or Host) and who has not the token, tells browsers whom they
    may call, and notes which visits have a browser connected."""

    def __init__(self, app, host: str, token: str = ""):
        self.app, self.local, self.token = app, host in _LOCAL, token

    async def __call__(self, scope, receive, send):
        """One request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if not self._welcome(headers.get("host", ""), headers.get("origin")):
            await _refuse(scope, send, "This page answers to its own address only.")
        elif self._brings_token(scope):
            await self._let_in(scope, send)
        elif not self._knows_token(scope, headers.get("cookie", "")):
            await _refuse(scope, send, "This page opens with the whole address that `abm view` printed, its token included.")
        elif scope["type"] == "websocket":
            await _connected(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, _with_policy(send))

    def _welcome(self, host: str, origin: str | None) -> bool:
        name = urlsplit(f"//{host}").hostname
        return (not self.local or name in _LOCAL) and (origin is None or urlsplit(origin).netloc == host)

    def _knows_token(self, scope, cookie: str) -> bool:
        return not self.token or _same(cookie_parser(cookie).get(_cookie(scope), ""), self.token)

    def _brings_token(self, scope) -> bool:
        brought = dict(_query(scope)).get("token", "") if self.token and scope["type"] == "http" else ""
        return scope.get("method") == "GET" and bool(brought) and _same(brought, self.token)

    async def _let_in(self, scope, send) -> None:
        """The token goes from the address into a cookie, which scripts cannot read and other sites' pages do not send."""
        rest = urlencode([(name, value) for name, value in _query(scope) if name != "token"])
        cookie = f"{_cookie(scope)}={self.token}; Path=/; HttpOnly; SameSite=Lax"
        headers = {"location": f"/?{rest}" if rest else "/", "set-cookie": cookie, "referrer-policy": "no-referrer"}
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 303, "headers": sent})
        await send({"type": "http.response.body", "body": b""})


def _query(scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _cookie(scope) -> str:
    """The cookie's name; browsers share cookies between the ports of a machine."""
    return f"abm-page-{scope['server'][1]}"


def _same(found: str, wanted: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    return hmac.compare_digest(found.encode("utf-8", "replace"), wanted.encode("utf-8"))


async def _connected(app, scope, receive, send) -> None:
    """A visit's connection. It is read ahead, so that a browser that leaves is noticed also while its kernel is busy."""
    kernel, gone = scope["path"].split("/")[-2], threading.Event()
    ahead: asyncio.Queue = asyncio.Queue(_READ_AHEAD)

    def leave() -> None:
        if not gone.is_set():
            gone.set()
            CONNECTIONS[kernel] -= 1
            if not CONNECTIONS[kernel]:
                del CONNECTIONS[kernel]

    async def read() -> None:
        while not gone.is_set():
            message = await receive()
            if message["type"] == "websocket.disconnect":
                leave()
            await ahead.put(message)

    CONNECTIONS[kernel] += 1
    reading = asyncio.create_task(read())
    try:
        await app(scope, ahead.get, send)
    finally:
        leave()
        reading.cancel()


async def _refuse(scope, send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
    await send({"type": "http.response.body", "body": why.encode()})


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
