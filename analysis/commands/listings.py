"""``abm scenarios`` and ``abm sweeps``: what comes with the package."""

from __future__ import annotations

from abm.scenario import load
from runs import library


def add(commands) -> None:
    """Their arguments."""
    for what, folder in (("scenarios", library.SCENARIOS), ("sweeps", library.SWEEPS)):
        listing = commands.add_parser(what, help=f"the {what} that come with the package")
        listing.set_defaults(act=act, folder=folder)


def act(arguments) -> int:
    """Print a line each."""
    for name in library.names(arguments.folder):
        print(f"{name:<28}{load(arguments.folder / f'{name}.toml').get('title', '')}")
    return 0
