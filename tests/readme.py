"""The README carried out: ``python -m tests.readme`` renews its numbers, the outputs of its examples, its pictures."""

import argparse
import contextlib
import doctest
import io
import re
import shlex
import tempfile
from itertools import zip_longest
from pathlib import Path

import duckdb

import runs
from abm.provenance import results_hash
from analysis.commands import command_line
from analysis.figures import figure, style
from analysis.figures.shipped import ship
from analysis.questions import QUESTIONS, question
from runs import sweep_file
from tests.readme_numbers import REPLICATES, numbers

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURES = {"stances": "stances.png", "map": "map.png"}
_RESULTS = re.compile(r"(<!-- begin results -->\n).*?(<!-- end results -->)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FENCE = re.compile(r"(<!-- run -->\n)?```(sh|python|pycon|toml|sql)\n(.*?)```", re.DOTALL)


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


def rehearsed(text: str, folder: Path, page: str = "README.md") -> str:
    """A page after all its examples were carried out in ``folder``, with their outputs as they come now.

    Carried out are examples with prompts, and marked commands and programs; what is not marked must only be possible to read.
    """
    names: dict = {}

    def run_plan(found: re.Match) -> str:
        marked, language, block = found.groups()
        if language in ("python", "pycon") and ">>>" in block:
            return f"```{language}\n{answered(block, names)}```"
        if language == "python":
            program = compile(block, page, "exec")
            if (name := re.match(r"# (\w+\.py)\n", block)) is not None:
                Path(folder, name[1]).write_text(block, "utf-8")
            if marked:
                exec(program, names)
        elif language == "sql":
            duckdb.sql(block).fetchall()
        elif language == "toml":
            _write(folder / block.removeprefix("# ").split("\n")[0], block)
        elif marked:
            _type(block, page)
        return found[0]

    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return _FENCE.sub(run_plan, text)


def _write(path: Path, block: str) -> None:
    path.write_text(block, "utf-8")
    if "[design]" in block:
        sweep_file.read(path)


def _type(block: str, page: str) -> None:
    for line in block.splitlines():
        command = shlex.split(line, comments=True)
        if command[:1] == ["abm"] and command_line.main(command[1:]):
            raise RuntimeError(f"{page}: {line}")


def differences(now: str, told: str, page: str = "README.md") -> list[str]:
    """Lines that differ by more than another processor's rounding can do: 3 in a whole number, 0.05 in a broken one."""
    lines = [(a, b) for a, b in zip_longest(now.splitlines(), told.splitlines(), fillvalue="") if not _alike(a, b)]
    return [f"{page}: {b.strip()}; now: {a.strip()}" for a, b in lines]


def _alike(now: str, told: str) -> bool:
    if _NUMBER.sub("", now).split() != _NUMBER.sub("", told).split():
        return False
    pairs = zip(_NUMBER.findall(now), _NUMBER.findall(told), strict=True)
    return all(abs(float(a) - float(b)) <= (0.0501 if "." in b else 3) for a, b in pairs)


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of ``abm`` by name."""
    return dict(command_line.parser()._subparsers._group_actions[0].choices)


def named(text: str) -> list[list[str]]:
    """The words of every command of ``abm`` that a page names, in a line of its own or within one."""
    said = re.findall(r"^abm (.*)$|`abm ([^`]+)`", text, re.MULTILINE)
    return [(line or span).split("#")[0].split() for line, span in said]


def unknown(text: str) -> list[tuple[str, ...]]:
    """The commands and options that a page names and ``abm`` does not know."""
    known, words_of = commands(), named(text)
    absent = [(words[0],) for words in words_of if words[0] not in known]
    options = [(words[0], word) for words in words_of for word in words if word.startswith("--") and words[0] in known]
    asked = {f"--{option.name}" for name in QUESTIONS for option in question(name).OPTIONS}
    taken = {name: {*parser._option_string_actions, *(asked if name == "ask" else ())} for name, parser in known.items()}
    return absent + [pair for pair in options if pair[1] not in taken[pair[0]]]


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
