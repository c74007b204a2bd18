"""Questions of one's own: a Python file that holds what the modules of the package's questions hold."""

from __future__ import annotations

import hashlib
import sys
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
    name = f"question_{digest[:16]}"
    return sys.modules.get(name) or _carried_out(path, text, name)


def _carried_out(path: Path, text: str, name: str) -> ModuleType:
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = str(path.resolve())
    try:
        exec(compile(text, path, "exec"), module.__dict__)
        absent = [held for held in HOLDS if not hasattr(module, held)]
        if absent:
            raise ValueError(f"is no question: it lacks {', '.join(absent)}")
        if not docstring(module):
            raise ValueError("is no question: it begins with no docstring, its page of help")
    except Exception as error:
        del sys.modules[name]
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) else ""
        why = error if type(error) is ValueError else f"{line}{type(error).__name__}: {error}"
        raise ValueError(f"{path}: {why}") from None
    return module
