"""Docstrings that are shown to readers: taken from the sources, since ``python -OO`` drops them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any


def docstring(thing: Any) -> str:
    """The docstring of a module or a function, without its indentation; "" where there is none."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    said: Any = tree if inspect.ismodule(thing) else tree.body[0]
    return ast.get_docstring(said) or ""
