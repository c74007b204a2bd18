"""``abm view``: the page in the browser."""

from __future__ import annotations

from analysis.commands.arguments import Problem, whole


def add(commands) -> None:
    """Its arguments."""
    view = commands.add_parser(
        "view",
        help="watch a scenario, or a run of a result, in the browser",
        description="Open the page: watch the nations choose, ask one why, intervene. Needs the extra `page`.",
    )
    view.add_argument("scenario", nargs="?", metavar="SCENARIO",
                      help="name of a scenario or path to a TOML file (default: baseline)")
    view.add_argument("--replay", nargs=2, metavar=("DIR", "RUN"), help="show a run of a result instead")
    view.add_argument("--port", type=whole(0, 65535), default=8765, help="port to serve on (default: 8765)")
    view.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    view.add_argument("--no-token", action="store_true",
                      help="let in who reaches the port, without the token that the printed address holds")
    view.add_argument("--nation", metavar="MODULE:CLASS",
                      help="let nations decide as this subclass of abm.agents.Nation does, such as mine:Wary for Wary in mine.py")
    view.set_defaults(act=act)


def act(arguments) -> int:
    """Serve until stopped."""
    from analysis.page.serve import serve  # the page's packages are an extra

    replay = None
    if arguments.replay and arguments.scenario:
        raise Problem(f"{arguments.scenario}: --replay shows the scenario of the result; leave it out")
    if arguments.replay and arguments.nation:
        raise Problem(f"--nation {arguments.nation}: a recorded run is done again as it was; leave it out")
    if arguments.replay:
        directory, run = arguments.replay
        if not (run.isdecimal() and run.isascii() and len(run) < 20):
            raise Problem(f"--replay {directory} {run}: the number of a run is needed, such as 17")
        replay = directory, int(run)
    return serve(
        arguments.scenario, port=arguments.port, host=arguments.host, replay=replay, open_to_all=arguments.no_token,
        nation=arguments.nation,
    )
