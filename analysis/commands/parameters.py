"""``abm parameters``: what may be set, with value, unit, bounds, plausible range, meaning and source."""

from __future__ import annotations

from abm import parameters


def add(commands) -> None:
    """Its arguments."""
    table = commands.add_parser("parameters", help="the parameters: value, unit, range, meaning, source")
    table.add_argument("name", nargs="?", metavar="NAME", help="one parameter, or the beginning of several")
    table.set_defaults(act=act)


def act(arguments) -> int:
    """Print the table, or all that is known of one parameter."""
    names = parameters.names()
    chosen = [name for name in names if arguments.name is None or name.startswith(arguments.name)]
    if not chosen:
        parameters.lookup(arguments.name)
    if len(chosen) == 1 or arguments.name in names:
        _describe(arguments.name if arguments.name in names else chosen[0])
        return 0
    group = None
    for name in chosen:
        parameter = names[name][0]
        if parameter.group != group:
            group = parameter.group
            print(f"\n{group}")
        value = parameter.show(parameters.defaults()[name])
        print(f"  {name:<24}{value:>9} {parameter.unit:<26}{_bounds(parameter):<22}{parameter.meaning}")
    return 0


def _bounds(parameter) -> str:
    return "|".join(parameter.choices) if parameter.choices else f"{parameter.low:g} to {parameter.high:g}"


def _describe(name: str) -> None:
    parameter = parameters.names()[name][0]
    print(f"{name}: {parameter.meaning}")
    print(f"  value      {parameter.show(parameters.defaults()[name])} {parameter.unit}")
    print(f"  bounds     {_bounds(parameter)}")
    print(f"  plausible  {parameters.plausible(name)}")
    print(f"  group      {parameter.group}{', decided by people' if parameter.decided else ''}")
    print(f"  source     {parameter.source}")
