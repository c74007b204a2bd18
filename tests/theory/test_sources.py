"""Every oracle names a source that the bibliography knows, and the table of claims names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

import tests.theory
from abm import data

FILES = sorted(Path(__file__).parent.glob("test_*.py"))


def cited(text: str) -> set[str]:
    """Keys in square brackets, such as a name and a year."""
    return set(re.findall(r"\[([A-Za-z]+\d{4}|LeydesdorffBesselaar)\]", text))


@pytest.mark.parametrize("file", [file for file in FILES if file != Path(__file__)], ids=lambda file: file.stem)
def test_every_file_names_its_sources(file):
    keys = cited(ast.get_docstring(ast.parse(file.read_text())) or "")
    assert keys
    assert cited(file.read_text()) <= set(data.bibliography().index)


def test_the_table_of_claims_names_every_file_and_only_tests_that_exist():
    table = tests.theory.__doc__
    assert set(re.findall(r"test_\w+(?=\.py)", table)) == {file.stem for file in FILES if file != Path(__file__)}
    known = {node.name for file in FILES for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert set(re.findall(r"\btest_\w+\b(?!\.py)", table)) <= known
    assert cited(table) <= set(data.bibliography().index)
