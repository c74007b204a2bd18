"""The site is built strictly and without a network, loads nothing from elsewhere, and its examples run and print what it says."""

import re
import socket
from html.parser import HTMLParser
from pathlib import Path

import griffe
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, PluginError

from abm.schedule import PHASES
from analysis.questions import QUESTIONS
from tests import readme, site_pages
from tests.site_pages import DOCS, REHEARSED, rehearsed

documents, docstrings = site_pages.hook("documents"), site_pages.hook("docstrings")

#: Whoever builds the site builds it once.
SITE = pytest.mark.xdist_group("site")
#: Attributes by which a page loads something; where a link leads is the reader's choice.
LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("source", "srcset"), ("iframe", "src")}
ELSEWHERE = re.compile(r"(?:https?:)?//")


def config(folder, **changed):
    return load_config(str(readme.ROOT / "mkdocs.yml"), site_dir=str(folder), **changed)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The whole site, built where nothing can be reached."""

    def refuse(*_):
        raise OSError("the site is built without a network")

    folder = tmp_path_factory.mktemp("docs") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        build(config(folder))
    return folder


def leaves(nav) -> list[str]:
    """The pages of a navigation, in its order."""
    if isinstance(nav, str):
        return [nav]
    return [page for entry in (nav.values() if isinstance(nav, dict) else nav) for page in leaves(entry)]


class Loaded(HTMLParser):
    """What a page loads by itself."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if (tag, name) in LOADS and value]
        self.found += [address for name, value in attrs if name == "style" for address in styled(value or "")]
        if ("class", "mermaid") in attrs:  # whose drawing program comes from elsewhere
            self.found.append("https://mermaid")


def styled(text: str) -> list[str]:
    """What a style sheet loads."""
    return re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(r"@import\s+['\"]([^'\"]+)", text)


def foreign(folder) -> list[str]:
    """Whatever the pages and style sheets of a folder load from another host."""
    loads = [(path, address) for path in folder.rglob("*.html") for address in Loaded(path.read_text("utf-8")).found]
    loads += [(path, address) for path in folder.rglob("*.css") for address in styled(path.read_text("utf-8"))]
    return [f"{path.relative_to(folder)}: {address}" for path, address in loads if ELSEWHERE.match(address)]


@SITE
def test_every_page_of_the_navigation_is_built(site):
    pages = leaves(config(site).nav)
    assert len(pages) > 20
    assert [page for page in pages if not (site / page.replace(".md", ".html")).is_file()] == []


@SITE
def test_it_loads_nothing_from_another_host(site):
    assert foreign(site) == []
    assert (site / "search" / "search_index.js").is_file()  # a page on a disk cannot fetch the other one


def test_what_a_page_loads_from_elsewhere_is_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="https://x"><img src="p.png"><script src="//x/a.js"></script><link rel="y" href="https://x/f.css">'
        '<b style="background: url(http://x/b.png)"></b>', "utf-8",
    )  # fmt: skip
    (tmp_path / "b.css").write_text('@import "https://x/c.css"; @font-face { src: url(fonts/x.woff2) }', "utf-8")
    told = [line.split(": ")[1] for line in foreign(tmp_path)]
    assert told == ["//x/a.js", "https://x/f.css", "http://x/b.png", "https://x/c.css"]


def build_page(folder, said: str) -> None:
    """A site of one page, by the same settings."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "index.md").write_text(f"# A page\n\n{said}\n", "utf-8")
    changed = {"docs_dir": str(folder / "docs"), "nav": ["index.md"], "extra": {}, "extra_css": [], "hooks": []}
    build(config(folder / "site", **changed, plugins=["autorefs"], theme="mkdocs"))


def test_a_link_that_leads_nowhere_ends_the_build(tmp_path):
    build_page(tmp_path, "[here](index.md#a-page)")
    for wrong in ("[gone](gone.md)", "[gone](index.md#gone)", "[gone](/gone.md)", "[gone][abm.gone]"):
        with pytest.raises(Abort):
            build_page(tmp_path, wrong)


#: That of rules compiles the model for them, and the tests of rules use it.
PAGES = [pytest.param(page, marks=pytest.mark.xdist_group("rules")) if page == "howto/rule.md" else page for page in REHEARSED]


@pytest.mark.parametrize("page", PAGES)
def test_its_examples_run_and_print_what_it_says(tmp_path, page):
    told = (DOCS / page).read_text("utf-8")
    now = rehearsed(page, tmp_path)
    assert readme.differences(now, told, page) == [], "renew them with: python -m tests.site_pages"


def test_every_program_and_every_example_of_commands_is_looked_at(tmp_path):
    with pytest.raises(RuntimeError, match="a page: abm parameters no-such"):
        readme.rehearsed("<!-- run -->\n```sh\nabm parameters no-such\n```\n", tmp_path, "a page")
    with pytest.raises(ZeroDivisionError):
        readme.rehearsed("<!-- run -->\n```python\n1 / 0\n```\n", tmp_path)
    assert readme.rehearsed("```pycon\n>>> 1 + 1\n3\n```\n", tmp_path) == "```pycon\n>>> 1 + 1\n2\n```\n"


def test_every_command_that_a_page_names_exists():
    pages = ["index.md", *REHEARSED]
    assert {page: found for page in pages if (found := readme.unknown((DOCS / page).read_text("utf-8")))} == {}


@SITE
def test_no_role_of_a_docstring_is_left(site):
    pages = {path.name: path.read_text("utf-8") for path in (site / "reference").glob("*.html")}
    prose = {name: re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL) for name, text in pages.items()}
    left = {name: found for name, text in prose.items() if (found := re.findall(r":\w+:(?:<code>|`)", text))}
    assert left == {}
    assert 'href="files.html#abm.scenario.Scenario"' in pages["model.html"]


def test_a_role_becomes_a_link_to_what_it_means():
    place = griffe.visit("m", Path("m.py"), "class A:\n    def f(self): ...\n    def g(self): ...\n")

    def link(identifier, shown):
        return f'see <autoref optional identifier="{identifier}">`{shown}`</autoref>.'

    assert docstrings.as_markdown("see :meth:`A.f`.", place) == link("m.A.f", "A.f")
    assert docstrings.as_markdown("see :meth:`f`.", place["A.g"]) == link("m.A.f", "f")
    assert docstrings.as_markdown("see :class:`~a.b.C`.", place) == link("a.b.C", "C")
    assert docstrings.as_markdown("see ``:x:`` and `f`.", place) == "see ``:x:`` and `f`."


def test_examples_of_a_docstring_stay_examples():
    place = griffe.load("runs.sweep_file", search_paths=[readme.ROOT])
    assert "\n\n    scenario = " in docstrings.said(place.docstring)
    assert docstrings.as_markdown("A.\n\n>>> 1 + 1\n2\n\nB.", place) == "A.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nB."
    assert docstrings.as_markdown("A.\n\n    >>> 1", place) == "A.\n\n    >>> 1"  # which is code already


def test_the_reference_has_every_question_and_every_rule():
    text = "\n".join(path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md"))
    shown = set(re.findall(r"^::: (\S+)", text, re.MULTILINE))
    assert {f"analysis.questions.{name.replace('-', '_')}" for name in QUESTIONS} <= shown
    assert {phase.rule.__module__ for phase in PHASES} <= shown


def test_a_text_that_stands_elsewhere_is_brought_in_as_far_as_its_heading_goes():
    whole = documents.brought("README.md", "Sweeps")
    assert documents.brought("README.md", "More than one machine") in whole
    assert "# later-start.toml" in documents.brought("README.md", "A sweep of your own")  # a comment is no heading
    assert "KubeCluster" not in documents.brought("README.md", "A sweep of your own")
    with pytest.raises(PluginError, match="no heading 'No such'"):
        documents.brought("README.md", "No such")


@pytest.mark.parametrize(
    ("file", "said", "there"),
    [
        ("docs/TRACE.md", "[it](../abm/ODD.md#6-input-data)", "[it](../odd.md#6-input-data)"),
        ("README.md", "![it](docs/map.png)", "![it](../map.png)"),
        ("docs/TRACE.md", "[it](../tests/test_docs.py)", "it"),
        ("docs/howto/r.md", "[it](sweep.md) [x](#y) [z](https://z)", "[it](sweep.md) [x](r.md#y) [z](https://z)"),
        ("docs/TRACE.md", "[it](../gone.md)", "[it](../gone.md)"),  # the build names it
    ],
)
def test_links_lead_on_inside_the_site(file, said, there):
    assert documents.linked(said, file, "howto/r.md") == there


@SITE
@pytest.mark.browser
def test_it_can_be_searched_from_a_disk_and_asks_nobody(site, browser):
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "reference" / "index.html").as_uri())
    page.click(".md-search__input")
    page.keyboard.type("quorum")
    page.wait_for_selector(".md-search-result__item a[href*='glossary.html']")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
