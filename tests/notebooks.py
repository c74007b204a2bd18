"""The notebooks of :mod:`analysis.notebooks`: carried out again, in place with ``python -m tests.notebooks``."""

from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from abm.sources import ROOT

NOTEBOOKS = sorted((ROOT / "analysis" / "notebooks").glob("*.ipynb"))


def carried_out(path: Path, folder: str | Path) -> nbformat.NotebookNode:
    """A notebook with the outputs that it has today, worked out in ``folder``."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return notebook


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """The text that the cells put out, in order; pictures as no more than that they are there."""
    return [_text(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def _text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return output.text
    return "a picture" if "image/png" in output.data else output.data["text/plain"]


if __name__ == "__main__":
    for path in NOTEBOOKS:
        with TemporaryDirectory() as folder:
            nbformat.write(carried_out(path, folder), path)
