"""Texts that stand elsewhere in the repository are shown, not copied.

A page says ``<!-- from FILE -->`` or, for what stands under one heading, ``<!-- from FILE: Heading -->``. Links lead on inside
the site, wherever the text came from; what the site does not show, such as a test, stays as words.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.exceptions import PluginError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FROM = re.compile(r"^<!-- from ([\w./-]+)(?:: (.+?))? -->$", re.MULTILINE)
MARK = re.compile(r"^<!-- (?:run|begin .*|end .*) -->\n", re.MULTILINE)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page, **_) -> str:
    """A page with what it shows of other files, and without the marks that only the tests read."""
    return MARK.sub("", assembled(markdown, page.file.src_uri))


def assembled(markdown: str, uri: str) -> str:
    """The text of the page at ``uri`` with all that it brings in, every link seen from there."""
    said = linked(markdown, f"docs/{uri}", uri)
    return FROM.sub(lambda found: linked(brought(*found.groups()), found[1], uri), said)


def brought(file: str, heading: str | None) -> str:
    """A file of the repository, or what stands under one of its headings (``##`` and below). Errors: PluginError without it."""
    text = (ROOT / file).read_text("utf-8")
    if heading is None:
        return text
    found = re.search(rf"^(##+) {re.escape(heading)}\n", text, re.MULTILINE)
    if not found:
        raise PluginError(f"{file}: no heading {heading!r}, which the site shows")
    return re.split(rf"^#{{2,{len(found[1])}}} ", text[found.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip() + "\n"


def pages() -> dict[str, str]:
    """The page of each file that is shown whole; the front page stands for the README."""
    shown = {"README.md": "index.md"}
    for path in DOCS.rglob("*.md"):
        whole = [file for file, heading in FROM.findall(path.read_text("utf-8")) if not heading]
        shown |= dict.fromkeys(whole, path.relative_to(DOCS).as_posix())
    return shown


def linked(text: str, file: str, uri: str) -> str:
    """``text`` of a file of the repository with its links as the page at ``uri`` must have them."""
    known = pages()

    def link(found: re.Match) -> str:
        picture, said, target, anchor = found[1], found[2], found[3], found[4] or ""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(file), target)) if target else file
        page = known.get(place, place.removeprefix("docs/") if place.startswith("docs/") else "")
        if page:
            return f"{picture}[{said}]({posixpath.relpath(page, posixpath.dirname(uri) or '.')}{anchor})"
        return said if (ROOT / place).exists() else found[0]

    return LINK.sub(link, text)
