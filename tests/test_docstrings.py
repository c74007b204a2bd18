"""The examples in docstrings run, and give what they show; what a docstring refers to exists."""

import builtins
import doctest
import importlib
import re
from functools import cache

import pytest

from tests.untouched import FILES, ROOT


def with_examples() -> list[str]:
    """Names of the modules that show an example."""
    found = [path for path in FILES if ">>> " in path.read_text("utf-8")]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in found]


@pytest.mark.parametrize("module", with_examples())
def test_the_examples_of_a_docstring_run(module):
    done = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert done.attempted
    assert not done.failed


REFERENCE = re.compile(r":(?:mod|func|class|data|meth|attr):`~?([\w.]+)`")


def module_of(path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def exists(name: str) -> bool:
    """Whether a dotted name leads to something: a module, or what one holds, fields of classes among it."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return part in getattr(found, "__annotations__", {})
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("path", [path for path in FILES if REFERENCE.search(path.read_text("utf-8"))], ids=module_of)
def test_what_a_docstring_refers_to_exists(path):
    """By its whole name, or by that within its file, its folder, a class of its file, or the plans of runs."""
    module = module_of(path)
    loaded = importlib.import_module(module)
    classes = [f"{module}.{name}" for name, one in vars(loaded).items() if isinstance(one, type)]
    near = [module, module.rpartition(".")[0], "runs.plan", *classes]  # a chunk knows nothing of the plan that it speaks of
    absent = [
        name for name in REFERENCE.findall(path.read_text("utf-8"))
        if not (hasattr(builtins, name) or any(exists(whole) for whole in (name, *(f"{place}.{name}" for place in near))))
    ]  # fmt: skip
    assert absent == []
