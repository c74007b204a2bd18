"""Rules that people bring: how a nation decides, how a vendor answers, who is admitted, how cost is shared.

Each is one plain function, compiled as the model's own rules are, in a file of the user's that a scenario or a sweep names::

    from abm.rules import decision

    @decision
    def imitate(world, i):
        \"\"\"The source that most of nation i's trust is with.\"\"\"
        ...

The function's name is then a value of the parameter of its kind (``decision = "imitate"``), which a sweep may vary. A scenario
holds the text of its rules, so that results carry them, and whoever reads a result runs none of it: names are read off the text,
and it is carried out when a world is built. A rule that has been loaded stays in its place for the life of the process.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from abm import files
from abm.compiled import generated, renew, rule


class Kind(Sequence[str]):
    """A kind of rules: the names of the model's own, then those brought, a number each. It is the decorator of such rules too.

    To go through it is to go through the model's own: those brought are of the scenarios that bring them.
    ``asked`` are a rule's arguments, ``nothing`` is a value of the kind that it returns.
    """

    def __init__(self, parameter: str, own: Sequence[str], asked: str, nothing: str):
        self.parameter, self.own, self.asked, self.nothing = parameter, tuple(own), asked, nothing
        self._names: list[str] = list(own)
        self._latest = {name: position for position, name in enumerate(own)}
        self._positions: dict[tuple[str, str], int] = {}
        self.functions: dict[int, Callable] = {}

    def __call__(self, function: Callable) -> Callable:
        """Compile a rule of this kind; where its file is being loaded, it gets the position that its name has."""
        compiled = rule(function)
        position = self._positions.get((function.__module__, function.__name__))
        if position is not None:
            self.functions[position] = compiled
        return compiled

    def __len__(self) -> int:
        return len(self.own)

    def __getitem__(self, position):
        return self._names[position]

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __contains__(self, name: object) -> bool:
        return name in self._latest

    def index(self, name: str, *_: Any) -> int:
        """Number of the rule of this name that was declared last."""
        return self._latest[name]

    def declare(self, module: str, name: str) -> None:
        """Give a name of a file a number, the same each time. Errors: ValueError for a name of the model's own."""
        if name in self.own:
            raise ValueError(f"{name}: is the name of a rule of the model; choose another")
        if (module, name) not in self._positions:
            self._positions[module, name] = len(self._names)
            self._names.append(name)
        self._latest[name] = self._positions[module, name]


#: Nation i's decision among what is open to it: ``world.worth[source]`` is the payoff plus taste of each source, minus infinity
#: where it is not open. A coalition may refuse, is then no longer open, and the rule is asked again.
decision = Kind("decision", ("best",), "world, i", "world.source[i]")
#: Vendor v's offer when the part ``lost`` of its peak share of clients has left: fee [share of benefit] and share hosted at home.
vendor_answer = Kind("vendor_answer", ("discount",), "world, v, lost", "(lost, lost)")
#: Whether the coalition of slot k lets nation i in.
admission = Kind("admission", ("open", "majority", "unanimity"), "world, i, k", "False")
#: Nation i's part of a pool's training [share of its GDP per year], of ``size`` members that spend ``effort`` of their ``gdp``
#: and have ``compute``, ``own`` of it nation i's. The parts of all members must add up to the whole.
cost_key = Kind("cost_key", ("gdp", "equal", "compute"), "world, i, size, gdp, effort, compute, own", "effort")

KINDS = {kind.parameter: kind for kind in (decision, vendor_answer, admission, cost_key)}
_LOADED: dict[str, ModuleType] = {}
_LOCK = RLock()


def _chain(kind: Kind) -> Callable:
    """The brought rules of a kind as one function that asks the one of the number ``chosen``."""
    name = f"brought_{kind.parameter}_{'_'.join(_LOADED) or 'none'}"
    rules = {f"rule_{position}": function for position, function in kind.functions.items()}
    lines = [f"def {name}({kind.asked}, chosen):"]
    lines += [f"    if chosen == {position}: return rule_{position}({kind.asked})" for position in kind.functions]
    lines += [f"    if chosen < 0: return {kind.nothing}", "    raise ValueError('a rule was chosen that is not loaded')"]
    return generated(name, lines, rules)


_decision, _vendor_answer, _admission, _cost_key = map(_chain, KINDS.values())


@rule
def brought_decision(world, i):
    """The source that nation i takes by the brought rule that is chosen."""
    return _decision(world, i, world.p.decision)


@rule
def brought_answer(world, v, lost):
    """Fee and hosting of vendor v by the brought rule that is chosen."""
    return _vendor_answer(world, v, lost, world.p.vendor_answer)


@rule
def brought_admission(world, i, k):
    """Whether slot k lets nation i in by the brought rule that is chosen."""
    return _admission(world, i, k, world.p.admission)


@rule
def brought_share(world, i, size, gdp, effort, compute, own):
    """Nation i's part of a pool's cost by the brought rule that is chosen."""
    return _cost_key(world, i, size, gdp, effort, compute, own, world.p.cost_key)


def texts(given: object, folder: Path = Path()) -> dict[str, str]:
    """The text of each file of rules, by its name; ``given`` names files in ``folder``, or is such texts already.

    Errors: ValueError in one clause for what cannot be read, or is no file of rules.
    """
    names = [given] if isinstance(given, str) else given
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        found = {Path(name).name: files.text(folder / name, "file of rules") for name in names}
        if len(found) < len(names):
            raise ValueError("two files of the same name")
    elif isinstance(given, dict) and all(isinstance(text, str) for text in given.values()):
        found = {str(name): text for name, text in given.items()}
    else:
        raise ValueError("names a file of rules, or a list of them")
    for name, text in found.items():
        if not _declared(name, text):
            raise ValueError(f"{name}: holds no rule; one is marked by {', '.join(f'@{kind}' for kind in KINDS)}")
    return found


def _module(text: str) -> str:
    """Name of the module that a file of rules becomes: the same for the same text in every process."""
    return f"rules_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@cache
def _declared(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """(kind, name) of each rule in a text, without carrying it out. Errors: ValueError where it is no Python."""
    try:
        body = ast.parse(text, name).body
    except SyntaxError as error:
        raise ValueError(f"{name}: line {error.lineno}: {error.msg}") from None
    functions = [part for part in body if isinstance(part, ast.FunctionDef)]
    marks = [(ast.unparse(mark).rpartition(".")[2], function.name) for function in functions for mark in function.decorator_list]
    return tuple((kind, rule) for kind, rule in marks if kind in KINDS)


def declare(rules: Mapping[str, str]) -> None:
    """Let the names of some rules mean those of these texts. Errors: ValueError for a name that is taken."""
    with _LOCK:
        for file, text in rules.items():
            for kind, name in _declared(file, text):
                KINDS[kind].declare(_module(text), name)


def named(parameter: str, rules: Mapping[str, str]) -> list[str]:
    """Names of the rules of a kind in some texts; none for a parameter that is no kind of rules."""
    return [name for file, text in rules.items() for kind, name in _declared(file, text) if kind == parameter]


def foreign(parameter: str, value: object, rules: Mapping[str, str]) -> bool:
    """Whether a value names a rule that is known to this process, but is none of the model's nor of these texts."""
    kind = KINDS.get(parameter)
    if kind is None or value in kind.own or value not in kind:
        return False
    return value not in named(parameter, rules)


def load(rules: Mapping[str, str]) -> None:
    """Carry out some texts, so that worlds can use their rules; what is compiled from now on knows them.

    Errors: ValueError in one sentence where a text fails.
    """
    with _LOCK:
        declare(rules)
        new = {_module(text): (file, text) for file, text in rules.items() if _module(text) not in _LOADED}
        for name, (file, text) in new.items():
            try:
                _LOADED[name] = files.module(name, file, text)
            except ValueError as error:
                raise ValueError(f"rules: {error}") from None
        if new:
            renew("_".join(_LOADED))
            globals().update({f"_{kind.parameter}": _chain(kind) for kind in KINDS.values()})
