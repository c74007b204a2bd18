"""The README carried out: ``python -m tests.readme`` renews its numbers, the outputs of its examples, its pictures."""

import contextlib
import doctest
import io
import re
import shlex
import tempfile
from pathlib import Path

import duckdb

import runs
from abm.provenance import results_hash
from analysis.figures import figure, style
from analysis.figures.shipped import ship
from runs import command_line, sweep_file
from tests.readme_numbers import REPLICATES, numbers

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURES = {"stances": "stances.png", "map": "map.png"}
_RESULTS = re.compile(r"(<!-- begin results -->\n).*?(<!-- end results -->)", re.DOTALL)
_FENCE = re.compile(r"(<!-- run -->\n)?```(sh|python|toml|sql)\n(.*?)```", re.DOTALL)


def answered(block: str, names: dict) -> str:
    """A block of examples with their outputs as they come now."""
    lines = []
    for example in doctest.DocTestParser().get_examples(block):
        first, *rest = example.source.rstrip("\n").split("\n")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(example.source, "README.md", "single"), names)
        lines += [f">>> {first}", *(f"... {line}" for line in rest), *out.getvalue().rstrip("\n").splitlines()]
    return "\n".join(lines) + "\n"


def rehearsed(text: str, folder: Path) -> str:
    """The README after all its examples were carried out in ``folder``, with their outputs as they come now."""
    names: dict = {}

    def carry_out(found: re.Match) -> str:
        marked, language, block = found.groups()
        if language == "python" and ">>>" in block:
            return f"```python\n{answered(block, names)}```"
        if language == "python":
            compile(block, "README.md", "exec")
        elif language == "sql":
            duckdb.sql(block).fetchall()
        elif language == "toml":
            _write(folder / block.removeprefix("# ").split("\n")[0], block)
        elif marked:
            _type(block)
        return found[0]

    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return _FENCE.sub(carry_out, text)


def _write(path: Path, block: str) -> None:
    path.write_text(block, "utf-8")
    if "[design]" in block:
        sweep_file.read(path)


def _type(block: str) -> None:
    for line in block.splitlines():
        command = shlex.split(line, comments=True)
        if command[:1] == ["abm"] and command_line.main(command[1:]):
            raise RuntimeError(f"README.md: {line}")


def baseline(folder: Path):
    """The runs behind the numbers and the pictures."""
    out = str(folder / "baseline")
    command_line.main(["run", "--replicates", str(REPLICATES), "--figures", "none", "--quiet", "--out", out])
    return runs.open(out)


def with_numbers(text: str, block: str) -> str:
    """The README with its block of results, which names the sources that made it."""
    made = f"Numbers and pictures of this page: sources {results_hash()}."
    return _RESULTS.sub(lambda found: f"{found[1]}{made}\n\n{block}\n{found[2]}", text)


def told(text: str) -> str:
    """The block of results that the README holds, without the line on its sources."""
    found = re.search(r"<!-- begin results -->\n.*?\n\n?(.*)\n<!-- end results -->", text, re.DOTALL)
    if not found:
        raise ValueError("README.md: no block of results between its marks")
    return found[1]


def draw(result) -> None:
    """The pictures, in few colours to keep them small."""
    for name, file in PICTURES.items():
        ship(style.picture(figure(name).draw(result), ROOT / "docs" / file, 160), 96)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        found = baseline(Path(temporary))
        draw(found)
        README.write_text(with_numbers(rehearsed(README.read_text("utf-8"), Path(temporary)), numbers(found)), "utf-8")
