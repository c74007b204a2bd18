"""AI sovereignty through coalition: the model, and the way in for programs that use it.

    >>> import abm
    >>> abm.run("baseline", replicates=2, set={"steps": 12})
    Runs(2 of baseline; runs, series, choices, ties)

``run``, ``sweep``, ``ask`` and ``report`` do what the commands of the same names do (:mod:`analysis.facade`), ``open`` reads what
they left, ``load`` and ``scenarios`` find scenarios. ``Model`` is a run to watch and to change, agent by agent; ``Scenario``,
``Runs``, ``Result`` and ``Reply`` are what is given and given back.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from abm import sources as sources  # before any other file, so that what it finds on the disk is what is loaded

if TYPE_CHECKING:
    from abm.model import Model
    from abm.scenario import Scenario
    from analysis.facade import ask, load, open, report, run, scenarios, sweep
    from analysis.questions.reply import Reply
    from runs.memory import Runs
    from runs.results import Result

__all__ = ["Model", "Reply", "Result", "Runs", "Scenario", "ask", "load", "open", "report", "run", "scenarios", "sweep"]

#: Where what is offered here stands. It is loaded when it is asked for: the model knows nothing of what is built on it.
_PLACES = {
    "Model": "abm.model", "Scenario": "abm.scenario", "Result": "runs.results", "Runs": "runs.memory",
    "Reply": "analysis.questions.reply",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("abm.version").__version__
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES.get(name, "analysis.facade")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
