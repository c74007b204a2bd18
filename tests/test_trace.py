"""The TRACE page leads somewhere: every test, file and command that it names exists."""

import ast
import re
from pathlib import Path

from analysis.commands import command_line
from analysis.questions import QUESTIONS
from runs import library

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "TRACE.md"
TEXT = PAGE.read_text("utf-8")


def test_every_test_it_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 20
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_every_file_it_links_exists():
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 6
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_every_command_it_names_is_one():
    commands = dict(command_line.parser()._subparsers._group_actions[0].choices)
    said = [words.split() for words in re.findall(r"`abm ([^`]+)`", TEXT)]
    assert len(said) > 5
    for words in said:
        assert words[0] in commands, words
        if words[0] == "ask" and len(words) > 1:
            assert words[1] in QUESTIONS
        if words[0] == "run" and len(words) > 1:
            assert words[1] in library.names()


def test_it_has_the_eight_elements_and_a_check_for_every_claim():
    assert len(re.findall(r"^## \d\. ", TEXT, re.MULTILINE)) == 8
    claims = [row for row in re.findall(r"^\| (.*) \|$", TEXT, re.MULTILINE) if not row.startswith(("claim", "---"))]
    assert len(claims) > 25
    assert [row for row in claims if not re.search(r"`|\]\(", row.split(" | ")[1])] == []
