"""The examples in docstrings run, and give what they show."""

import doctest
import importlib

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
