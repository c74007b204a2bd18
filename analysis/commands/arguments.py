"""What commands ask alike: whole numbers, settings, where results go."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable
from typing import Any

from abm.scenario import Scenario
from abm.words import shown
from analysis.commands.grammar import shortened
from runs import library
from runs.factor import NATIONS
from runs.plan import Plan


class Problem(ValueError):
    """Something asked that cannot be done; the message is what the person reads."""


def whole(low: int, high: int):
    """A reader of whole numbers from ``low`` to ``high`` for argparse."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"found {shown(text)}; a whole number is needed") from None
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"found {shown(number)}; allowed is {low} to {high}")
        return number

    return parse


def above_zero(text: str) -> float:
    """A reader of finite numbers above 0 for argparse."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {shown(text)}; a number is needed") from None
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"found {shown(text)}; a number above 0 is needed")
    return number


def add_scenario(parser: argparse.ArgumentParser, else_: str = "") -> None:
    """SCENARIO and ``--set``; ``else_`` names what else SCENARIO may be."""
    parser.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO",
                        help=f"name of a scenario or path to a TOML file{else_} (default: baseline)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings",
                        help="set a parameter, or start, steps, step_years; may be given several times")


def scenario_of(arguments) -> Scenario:
    """The scenario that was asked for, with what was set. Errors: Problem, ScenarioError."""
    scenario = library.scenario(arguments.scenario)
    return scenario.with_values(settings(arguments.settings), "--set") if arguments.settings else scenario


def settings(given: list[str]) -> dict[str, Any]:
    """``NAME=VALUE`` pairs as values of their kind. Errors: Problem."""
    values: dict[str, Any] = {}
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name:
            raise Problem(f"--set {text}: NAME=VALUE is needed, such as --set portability=0.8")
        if name in values:
            raise Problem(f"--set {text}: {name} is set twice")
        if not value:
            raise Problem(f"--set {text}: a value is needed after =, such as --set portability=0.8")
        values[name] = _number(value)
    return values


def typed(name: str, arguments, options: Iterable[str]) -> str:
    """What a person types for the same: the command, its scenario, what was set, and these of its options."""
    given = [part for text in arguments.settings for part in ("--set", text)]
    values = [part for option in options for part in (f"--{option}", str(getattr(arguments, option)))]
    return shlex.join(["abm", name, arguments.scenario, *given, *values])


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if isinstance(number, float) or -(2**63) <= number < 2**64:
            return number
    return text


def tell(sentence: str) -> None:
    """Tell the person on the error stream."""
    print(f"abm: {shortened(sentence)}", file=sys.stderr)


def tell_pooled(directory, plan: Plan, absent: str) -> None:
    """Tell the person where design points are taken together; ``absent`` says what a nation is at a point that leaves it out."""
    if len(plan.points) > 1:
        named = f", and a nation that a point leaves out {absent}" if any(f.name == NATIONS for f in plan.factors) else ""
        tell(f"{directory}: holds {len(plan.points)} design points; they are taken together{named}")


def failures(directory, failed: int, count: int, again: str = "") -> int:
    """The exit status for so many failed runs, which the person is told of."""
    if failed:
        tell(f"{failed} of {count} runs failed; their errors stand in the table {directory}/runs{again}")
    return 1 if failed else 0
