"""`abm view`: serve the page on this machine."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path

from abm.agents import Nation
from abm.scenario import Scenario
from abm.words import on_command_line
from analysis.page.own_nation import nation_class, try_out, with_nation
from analysis.page.server import make_server
from analysis.page.services import RESULTS, Opened, Services, opened
from runs import library


def serve(
    scenario: str | None = None,
    port: int = 8765,
    host: str = "127.0.0.1",
    replay: tuple[str, int] | None = None,
    open_to_all: bool = False,
    nation: str | None = None,
) -> int:
    """Serve the page until it is interrupted; returns the exit status, 2 with one sentence for what cannot be served.

    ``scenario`` is a name or a path, ``replay`` a result directory and a run of it. The printed address holds a token that
    opens the page, unless it is ``open_to_all`` who reach its port. ``nation`` names a subclass of Nation that decides on the
    page, as MODULE:CLASS.
    """
    token = "" if open_to_all else secrets.token_urlsafe(24)
    try:
        chosen = library.scenario(scenario or "baseline")
        own = nation_class(nation) if nation else None
        bound = _bound(host, port)
        recorded = opened(Path(replay[0]), int(replay[1])) if replay else None
        print("Loading the model (the first time, and after a change of its rules, this takes half a minute) ...", flush=True)
        server = page_server(chosen, host, recorded, token=token, nation=own)
    except (ValueError, ViewError) as error:
        return _refused(on_command_line(error))
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{bound.getsockname()[1]}/" + (f"?token={token}" if token else "")
    print(f"The page is at {address} (Ctrl-C ends it).", flush=True)
    if host not in ("127.0.0.1", "::1", "localhost"):
        who = "anyone who has this address" if token else "anyone who reaches this machine"
        print(f"It listens beyond this machine, without encryption: {who} can use it.", flush=True)
    with suppress(KeyboardInterrupt):  # the way to close it, not a fault
        server.run(sockets=[bound])
    print("The page is closed.")
    return 0


def _refused(why: str) -> int:
    print(f"abm view: {why}", file=sys.stderr)
    return 2


class ViewError(Exception):
    """Why the page cannot be served, in one sentence."""


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens; ViewError when the port is taken or the address is none."""
    if not 0 <= port <= 65535:
        raise ViewError(f"--port: found {port}; allowed is 0 to 65535")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
        if os.name == "posix":  # elsewhere it would let two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ViewError(f"--port: {port} is in use; take another") from None
        raise ViewError(f"{host}:{port}: cannot be listened at: {error.strerror}") from None
    return bound


def page_server(
    scenario: Scenario, host: str = "127.0.0.1", recorded: Opened | None = None, results: Path = RESULTS, token: str = "",
    nation: type[Nation] | None = None,
):
    """The server of the page, ready to run on a socket that listens. Errors: ValueError for a ``nation`` that cannot decide."""
    offered = Services(results)
    if nation is not None:
        try_out(scenario, nation)
        offered = with_nation(offered, nation)
    return make_server(offered, scenario, host, recorded, token=token)
