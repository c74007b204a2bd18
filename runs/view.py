"""`abm view`: serve the page on this machine, with what it needs of the runs."""

from __future__ import annotations

import errno
import os
import re
import secrets
import socket
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from abm import measures
from abm.agents import Nation
from abm.scenario import Scenario
from abm.words import on_command_line
from runs import library
from runs.ensemble import continue_runs, simulate
from runs.extras import install
from runs.own_nation import nation_class

RESULTS = Path("results")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


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
        recorded = _opened(Path(replay[0]), int(replay[1])) if replay else None
        print("Loading the model (the first time, and after a change of its rules, this takes half a minute) ...", flush=True)
        server = page_server(chosen, host, recorded, token=token, nation=own)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in ("abm", "runs"):
            raise
        return _refused(f"{error.name} is missing, and the page needs it: {install('page')}")
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


def services(results: Path = RESULTS):
    """The runs' part of the page; results are read from and written to directories directly under ``results``."""
    from abm.page.services import Services

    return Services(
        simulate=simulate,
        continue_runs=continue_runs,
        scenarios=library.names,
        scenario=library.scenario,
        results=lambda: sorted(path.parent.name for path in results.glob("*/manifest.json")),
        open=lambda name, run: _opened(_inside(results, name), run),
        about=_about,
        save=lambda scenario, seed, name: _save(_inside(results, name), scenario, seed),
    )


def _about() -> dict[str, Any]:
    """What `analysis` says of the model, which `runs` may not import; nothing where it is not installed."""
    found = entry_points(group="ai_sovereignty.page", name="about")
    return next(iter(found)).load()() if found else {}


def _inside(results: Path, name: str) -> Path:
    """The directory of a result's name; ValueError for a name that could lead anywhere else."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError("name: allowed are up to 60 letters, digits, '-', '_' and single '.', a letter or digit first")
    path = results / name
    if path.is_symlink():
        raise ValueError(f"name: {name} is a link; choose another")
    return path


def _opened(directory: Path, run: int):
    """A recorded run; ValueError in one sentence."""
    from abm.page.services import Opened
    from runs.manifest import StoreError
    from runs.replay import plan_of
    from runs.results import open_result

    try:
        result = open_result(directory)
        plan = plan_of(result, run)
        row = result.sql(f"select * from runs where run = {run}").df()
    except StoreError as error:
        raise ValueError(str(error)) from None
    if row.empty:
        raise ValueError(f"{directory}: run {run} was planned but not done")
    if row["status"].iloc[0] != "done":
        raise ValueError(f"{directory}: run {run} failed: {row['error'].iloc[0]}")
    names = measures.columns(result.vendors)
    outcomes = {name: float(row[name].iloc[0]) for name in names if name in row}
    return Opened(plan.scenario, plan.seed, outcomes, f"{directory.name}, run {run}")


def _save(directory: Path, scenario: Scenario, seed: int) -> Path:
    """Write one run as a result directory; ValueError in one sentence."""
    from runs.manifest import StoreError
    from runs.plan import Plan
    from runs.store import Store
    from runs.sweep import carry_out, local

    store = Store(directory)
    if store.has_result():
        raise ValueError(f"{directory}: holds a result already; choose another name")
    try:
        carry_out(Plan(scenario, replicates=1, seed=seed), store, local(1))
    except StoreError as error:
        raise ValueError(str(error)) from None
    return directory


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
    scenario: Scenario, host: str = "127.0.0.1", recorded=None, results: Path = RESULTS, token: str = "",
    nation: type[Nation] | None = None,
):
    """The server of the page, ready to run on a socket that listens. Errors: ValueError for a ``nation`` that cannot decide."""
    from abm.page.own_nation import try_out, with_nation
    from abm.page.server import make_server

    offered = services(results)
    if nation is not None:
        try_out(scenario, nation)
        offered = with_nation(offered, nation)
    return make_server(offered, scenario, host, recorded, token=token)
