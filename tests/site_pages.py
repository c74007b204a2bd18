"""The pages of the site that are written by hand: ``python -m tests.site_pages`` renews the outputs of their examples.

``python -m tests.site_pages PAGE`` carries out one page in the working directory and writes it, as it is now, to the output.
"""

import os
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from types import ModuleType

from tests import readme

DOCS = readme.ROOT / "docs"
#: Pages whose examples are carried out, each in a folder of its own.
REHEARSED = ("tutorial.md", *sorted(f"howto/{path.name}" for path in (DOCS / "howto").glob("*.md")))


def hook(name: str) -> ModuleType:
    """A file of ``docs/hooks``, which is no package, as a module."""
    spec = util.spec_from_file_location(name, DOCS / "hooks" / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rehearsed(name: str, folder: Path) -> str:
    """A page after its examples were carried out in ``folder`` by a process of its own: what it loads, it alone has."""
    world = {**os.environ, "PYTHONPATH": str(readme.ROOT)}
    command = [sys.executable, "-m", "tests.site_pages", name]
    done = subprocess.run(command, cwd=folder, env=world, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    return done.stdout


def main(names: list[str]) -> None:
    """One page to the output, or all of them to their files."""
    for name in names:
        print(readme.rehearsed((DOCS / name).read_text("utf-8"), Path(), name), end="")
    for name in () if names else REHEARSED:
        with tempfile.TemporaryDirectory() as temporary:
            (DOCS / name).write_text(rehearsed(name, Path(temporary)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
