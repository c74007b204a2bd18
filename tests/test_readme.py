"""The README is true: its examples run and print what it says, its numbers are the model's, what it names exists."""

import re
from pathlib import Path

import pytest

from tests import readme
from tests.readme import differences
from tests.readme_numbers import numbers
from tests.untouched import PACKAGES

TEXT = readme.README.read_text("utf-8")
WORDS = (
    "nation", "vendor", "coalition", "dyad", "option", "payoff", "term", "taste", "affinity", "hosting", "lag",
    "restriction", "outage", "tension", "trust", "cohesion", "cost key", "quorum", "parameter", "scenario", "event",
    "factor", "design", "design point", "replicate", "run", "ensemble", "sweep", "measure", "record", "baseline",
    "world", "rule", "phase", "schedule",
)


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.slow
def test_its_examples_run_and_print_what_it_says(tmp_path):
    assert differences(readme.rehearsed(TEXT, tmp_path), TEXT) == [], "renew them with: python -m tests.readme"


@pytest.mark.slow
def test_its_numbers_are_those_of_the_model(tmp_path):
    told = readme.told(TEXT)
    halved = re.findall(r"^\| `(\w+)` \| [\d.]+ \|", told, re.MULTILINE)
    assert halved
    now = numbers(readme.baseline(tmp_path), halved)
    assert differences(now, told) == [], "renew them with: python -m tests.readme"


def test_differences_see_a_changed_word_and_a_changed_number():
    assert differences("a 81 % of 0.72", "a 82 % of 0.70") == []
    assert differences("a 85 %", "a 81 %")
    assert differences("a 0.78", "a 0.72")
    assert differences("a 81 %", "b 81 %")


def test_every_command_and_option_it_names_exists():
    assert len(readme.named(TEXT)) > 5
    assert readme.unknown(TEXT) == []
    assert readme.unknown("`abm rum`, `abm run --sed 7`, `abm ask window --lag 3`") == [("rum",), ("run", "--sed")]


def test_every_target_of_make_it_names_exists():
    makefile = (readme.ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?:^|`)make (\w+)", TEXT, re.MULTILINE))
    assert {"run", "test", "view"} <= targets
    assert sorted(target for target in targets if f"\n{target}:" not in makefile) == []


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\((?!http)([^)#]+)(?:#([^)]+))?\)", TEXT)
    assert links
    for path, anchor in links:
        target = readme.ROOT / path
        assert target.exists(), path
        if anchor:
            heads = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads]


def test_every_room_and_file_of_the_layout_exists():
    rows = re.findall(r"^\| `(\w+/)` \| (.*) \|$", section("Layout"), re.MULTILINE)
    places = [Path(room) / path for room, said in rows for path in ("", *re.findall(r"`([\w/]+(?:\.py|/))`", said))]
    assert len(rows) >= 5
    assert [str(place) for place in places if not (readme.ROOT / place).exists()] == []
    files = [path for package in PACKAGES for path in readme.ROOT.glob(f"{package}/*/__init__.py")]
    rooms = {path.parent.relative_to(readme.ROOT) for path in files}
    assert sorted(map(str, rooms - set(places))) == []


def test_each_word_has_one_meaning():
    entries = re.findall(r"^\| \*\*([^*]+)\*\* \| (.+) \|$", section("Glossary"), re.MULTILINE)
    assert sorted(word for word, _ in entries) == sorted(WORDS)
    assert all(meaning.strip() for _, meaning in entries)


@pytest.mark.parametrize("file", readme.PICTURES.values())
def test_its_pictures_are_there_and_small(file):
    assert f"](docs/{file})" in TEXT
    assert 10_000 < (readme.ROOT / "docs" / file).stat().st_size < 250_000


def test_what_contributing_names_exists():
    text = (readme.ROOT / "CONTRIBUTING.md").read_text("utf-8")
    places = re.findall(r"`(\w+)` in `([\w/]+\.py)`", text)
    assert len(places) >= 5
    assert [pair for pair in places if pair[0] not in (readme.ROOT / pair[1]).read_text("utf-8")] == []
    paths = re.findall(r"`((?:abm|runs|analysis|tests)/[\w/.]*)`", text)
    assert [path for path in paths if not (readme.ROOT / path).exists()] == []
    modules = [module.replace(".", "/") + ".py" for module in re.findall(r"python -m ([\w.]+)", text)]
    assert modules
    assert [path for path in modules if not (readme.ROOT / path).exists()] == []
