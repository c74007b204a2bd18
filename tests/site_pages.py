"""The pages of the site that are written by hand: ``python -m tests.site_pages`` renews the outputs of their examples."""

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


if __name__ == "__main__":
    for name in REHEARSED:
        with tempfile.TemporaryDirectory() as temporary:
            page = DOCS / name
            page.write_text(readme.rehearsed(page.read_text("utf-8"), Path(temporary), name), "utf-8")
