"""The questions of ``abm ask``, one module each; :mod:`analysis.experiments.inquiry` says what a question holds."""

from importlib import import_module
from types import ModuleType

from abm.words import nearest

#: Questions in the order in which they are listed.
QUESTIONS = (
    "smallest-coalition", "pivotal", "tipping", "window", "cost-key", "rules", "shock", "levers", "free-riding",
    "what-breaks", "early-warning",
)  # fmt: skip


def question(name: str) -> ModuleType:
    """The module of a question. Errors: ValueError with the nearest name."""
    if name not in QUESTIONS:
        raise ValueError(f"{name}: no such question; {nearest(name, QUESTIONS)}")
    return import_module(f"analysis.questions.{name.replace('-', '_')}")
