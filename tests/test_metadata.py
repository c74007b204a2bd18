"""What describes the project elsewhere says the same: CITATION.cff, codemeta.json, pyproject.toml, LICENSE, CHANGELOG.md."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from abm.version import project_version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
CODEMETA = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
#: Releases as the change log has them: version -> date. There is none before the first.
RELEASES = dict(re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", CHANGELOG, re.MULTILINE))
#: What is told -> by whom, as whom.
SAME = {
    "version": (PROJECT["version"], CITATION["version"], CODEMETA["version"]),
    "title": (CITATION["title"], CODEMETA["name"]),
    "name": (PROJECT["name"], CODEMETA["identifier"]),
    "description": (PROJECT["description"], CODEMETA["description"]),
    "licence": (PROJECT["license"], CITATION["license"], CODEMETA["license"].rpartition("/")[2],
                (ROOT / "LICENSE").read_text("utf-8").partition(" ")[0]),
    "date": (str(CITATION["date-released"]), CODEMETA["dateModified"]),
    "authors": ([each["name"] for each in PROJECT["authors"]], [each["name"] for each in CITATION["authors"]],
                [each["name"] for each in CODEMETA["author"]]),
    "keywords": (PROJECT["keywords"], CODEMETA["keywords"]),
    "Python": (PROJECT["requires-python"], CODEMETA["runtimePlatform"].partition(" ")[2]),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_all_say_the_same(what):
    first, *others = SAME[what]
    assert first
    assert others == [first] * len(others)


def test_a_citation_has_no_keyword_that_the_project_has_not():
    assert set(CITATION["keywords"]) <= set(PROJECT["keywords"])


def test_the_version_is_the_newest_release_or_the_first_that_is_to_come():
    assert CHANGELOG.count("\n## [Unreleased]\n") == 1
    versions = list(RELEASES)
    assert versions == sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
    if versions:
        assert (versions[0], RELEASES[versions[0]]) == (PROJECT["version"], str(CITATION["date-released"]))


def test_the_installed_project_has_this_version():
    assert project_version() == PROJECT["version"]


def test_the_hooks_before_a_commit_are_what_make_test_begins_with():
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert local["repo"] == "local"
    assert {(hook["language"], hook["pass_filenames"]) for hook in local["hooks"]} == {("system", False)}  # nothing is fetched
    recipe = re.search(r"^test: .*\n((?:\t\$\(BIN\)/.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    begins = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    assert [hook["entry"] for hook in local["hooks"]] == begins
