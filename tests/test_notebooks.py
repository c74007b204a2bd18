"""The notebooks say today what stands in them."""

import ast
import re

import nbformat
import pytest

from tests import notebooks

ROOTED = re.compile(r"(?<![\w.:/])/\w+/")  # a path from the root of some machine


@pytest.mark.slow
@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_today_what_stands_in_it(path, tmp_path):
    stands = nbformat.read(path, as_version=4)
    assert notebooks.said(notebooks.carried_out(path, tmp_path)) == notebooks.said(stands)
    assert len(notebooks.said(stands)) >= 2


def test_notebooks_hold_no_place_of_the_machine_they_were_made_on():
    assert len(notebooks.NOTEBOOKS) == 3
    for path in notebooks.NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        shown = [*(cell.source for cell in notebook.cells), *notebooks.said(notebook)]
        assert [text for text in shown if ROOTED.search(text) or "Traceback" in text] == []
        for cell in notebook.cells:
            if cell.cell_type == "code":
                ast.parse(cell.source)
