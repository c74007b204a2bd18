"""The questions of ``abm ask``, one module each; :mod:`analysis.experiments.inquiry` says what a question holds."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from abm.words import nearest
from analysis.questions import own

#: Questions in the order in which they are listed.
QUESTIONS = (
    "smallest-coalition", "pivotal", "tipping", "window", "cost-key", "rules", "shock", "levers", "free-riding",
    "what-breaks", "early-warning",
)  # fmt: skip


def is_question(word: str) -> bool:
    """Whether a word is the name of a question, or of a file that may hold one."""
    return word in QUESTIONS or word.endswith(".py")


def question(name: str) -> ModuleType:
    """The module of a question, or of a file of one's own that holds one (``mine.py``). Errors: ValueError in one sentence, with
    the nearest name."""
    if name.endswith(".py"):
        return own.load(Path(name))
    if name not in QUESTIONS:
        raise ValueError(f"{name}: no such question; {nearest(name, QUESTIONS)}")
    return import_module(f"analysis.questions.{name.replace('-', '_')}")
