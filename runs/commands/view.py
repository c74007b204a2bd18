"""``abm view``: the page in the browser."""

from __future__ import annotations

from runs import library
from runs.commands.asking import Problem, whole
from runs.results import open_result


def add(commands) -> None:
    """Its arguments."""
    view = commands.add_parser(
        "view",
        help="watch a scenario, or a run of a result, in the browser",
        description="Open the page: watch the nations choose, ask one why, intervene. Needs the extra `page`.",
    )
    view.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO",
                      help="name of a scenario or path to a TOML file (default: baseline)")
    view.add_argument("--replay", nargs=2, metavar=("DIR", "RUN"), help="show a run of a result instead")
    view.add_argument("--port", type=whole(0, 65535), default=8765, help="port to serve on (default: 8765)")
    view.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    view.set_defaults(act=act)


def act(arguments) -> int:
    """Serve until stopped."""
    try:
        from runs.view import serve
    except ImportError as error:
        raise Problem(f"abm view needs the page ({error.name} is missing): pip install 'ai-sovereignty[page]'") from None
    replay = _replay(*arguments.replay) if arguments.replay else None
    if not replay:
        library.scenario(arguments.scenario)
    serve(arguments.scenario, port=arguments.port, host=arguments.host, replay=replay)
    return 0


def _replay(directory: str, run: str) -> tuple[str, int]:
    count = open_result(directory).plan.count
    if not run.isdigit() or int(run) >= count:
        raise Problem(f"--replay {directory} {run}: there is no such run; its runs are 0 to {count - 1}")
    return directory, int(run)
