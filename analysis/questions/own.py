"""Questions of one's own: a Python file that holds what the modules of the package's questions hold."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import ModuleType

from abm import files
from abm.docstrings import docstring

#: What a question's module must hold; :mod:`analysis.experiments.inquiry` says what each is.
HOLDS = ("TITLE", "CAPTION", "REPLICATES", "OPTIONS", "runs_of", "answer", "draw")


def load(path: Path) -> ModuleType:
    """The module of a file, carried out once a process as long as its text is the same.

    Errors: ValueError in one sentence for a file that cannot be read or carried out, or is no question.
    """
    text = files.text(path, "question")
    digest = hashlib.sha256(f"{path.resolve()}\n{text}".encode()).hexdigest()
    module = files.module(f"question_{digest[:16]}", path, text)
    absent = [held for held in HOLDS if not hasattr(module, held)]
    if absent:
        raise ValueError(f"{path}: is no question: it lacks {', '.join(absent)}")
    if not docstring(module):
        raise ValueError(f"{path}: is no question: it begins with no docstring, its page of help")
    return module
