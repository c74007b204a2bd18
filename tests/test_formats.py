"""What another version of the project wrote is opened, or refused with what to do, in one sentence, whoever reads it."""

import base64
import json
import shutil
import zlib
from pathlib import Path

import pytest

from analysis.page import address, takeaway
from analysis.page.address import State
from runs.manifest import FORMAT, read_manifest, sealed
from tests.test_command_line import abm, folder, made  # noqa: F401

#: Formats of others: before there was a number, older, newer, and what no version wrote.
OTHERS = (None, FORMAT - 1, FORMAT + 1, "x")
#: Words of every command that reads a result.
READ = (
    "status one", "status one --verify", "replay one 0", "report one --figures none", "networks one --figures none",
    "nations one", "compare one one", "run one/manifest.json --out other --figures none", "view --replay one 0 --port 0",
    "run small.toml --replicates 2 --figures none --out one",
)  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return made(tmp_path_factory.mktemp("formats"), "run small.toml --replicates 2 --figures none --quiet --out one") / "one"


def in_format(directory: Path, number) -> None:
    """Let a result's manifest be as a version with this format would have written it."""
    manifest = read_manifest(directory) | {"format": number}
    if number is None:
        del manifest["format"]
    (directory / "manifest.json").write_bytes(sealed(manifest))


@pytest.mark.parametrize("number", OTHERS)
@pytest.mark.parametrize("words", READ)
def test_a_result_of_another_format_is_refused_with_what_to_do(result, words, number, capsys, monkeypatch):
    monkeypatch.setattr("analysis.page.serve.page_server", None)  # a page that opened would be served for ever
    shutil.copytree(result, "one")
    in_format(Path("one"), number)
    before = Path("one/manifest.json").read_bytes()
    assert abm(*words.split()) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    told = f"(format {1 if number is None else number}, here {FORMAT}); read it with that version"
    assert f"was written by another version of this project {told}" in said
    assert Path("one/manifest.json").read_bytes() == before


def word(**more) -> str:
    """A state of the page as an address holds it, with other fields."""
    plain = State("baseline", 3).plain() | more
    packed = zlib.compress(json.dumps({name: value for name, value in plain.items() if value != "gone"}).encode())
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def test_a_link_of_before_there_were_formats_opens():
    assert address.read(word(format="gone")) == address.read(word()) == State("baseline", 3)


@pytest.mark.parametrize("number", [0, 2, "x", None])
def test_a_link_or_a_saved_visit_of_another_format_is_refused_with_what_to_do(number):
    told = rf"^link: was made by another version of this project \(format {number}, here 1\); open it with that version$"
    with pytest.raises(ValueError, match=told):
        address.read(word(format=number, new="unknown"))
    with pytest.raises(ValueError, match=told):
        takeaway.from_file("visit.json", json.dumps({"state": word(format=number)}))
