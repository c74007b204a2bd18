"""Where commands may write: never over what they read, never over files that this project did not write."""

import os
import shutil
from pathlib import Path

import pytest

from analysis.commands.command_line import main
from runs.folders import WROTE, Folder, PlaceError, listed
from tests import sweeps
from tests.test_command_line import folder, made  # noqa: F401


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A result with its report and a sweep, made once."""
    return made(
        tmp_path_factory.mktemp("made"),
        "run small.toml --replicates 2 --figures none --quiet --out one", "report one --quiet",
        "sweep sweep.toml --quiet --out swept",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def beside(results, folder):  # noqa: F811
    """Copies of both in the folder of each test, a link to one, and files of somebody else."""
    for name in ("one", "swept"):
        shutil.copytree(results / name, folder / name)
    Path("link").symlink_to("one")
    for name in ("mine/figures/chart.png", "mine/report.html", "mine/patterns.csv", "mine/answer.md", "web/manifest.json"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text('{"name": "mine"}', "utf-8")
    Path("swept/figures").mkdir()
    Path("swept/figures/points.csv").write_text("portability\n0.1\n0.2\n", "utf-8")
    Path("own.toml").write_text('[design]\nmethod = "csv"\nfile = "swept/figures/points.csv"\n', "utf-8")
    shutil.copytree("swept", "copied")
    (Path("copied") / ".lock").unlink()
    Path("list.csv").write_text("iso3,value\nFRA,1\n", "utf-8")


RUN = "run small.toml --replicates 2 --figures none"
#: Words -> what is said. Nothing that stood before may have changed.
REFUSED = {
    "replay one 1 --out one --force": "one: holds what this command reads; overwriting would remove it",
    "replay one 1 --out ./one/../one --force": "holds what this command reads; overwriting would remove it",
    "replay one 1 --out link --force": "link: holds what this command reads; overwriting would remove it",
    "replay link 1 --out one --force": "one: holds what this command reads; overwriting would remove it",
    "replay one 1 --out one": "one: holds a result already",
    "replay one 1 --out one/runs": "one/runs: lies within a folder of the result",
    "replay one 1 --out one/figures/again --force": "one/figures/again: lies within a folder of the result",
    "replay one 1 --out mine --force": "mine/report.html: was not written by abm",
    "run one/manifest.json --out one --force": "one: holds manifest.json, which this command reads; overwriting would remove it",
    "run link/manifest.json --out one --force": "one: holds manifest.json, which this command reads",
    "run one/manifest.json --out link --force": "link: holds manifest.json, which this command reads",
    f"{RUN} --out mine": "mine/report.html: was not written by abm; take another directory",
    f"{RUN} --out mine --force": "mine/report.html: was not written by abm; take another directory",
    f"{RUN} --out web --force": "web/manifest.json: was not written by abm",
    f"{RUN} --out one/runs/more": "one/runs/more: lies within a folder of the result",
    "sweep own.toml --out swept --force": "swept: holds points.csv, which this command reads; overwriting would remove it",
    "sweep sweep.toml --out mine --force": "mine/report.html: was not written by abm",
    "sweep sweep.toml --out web": "web/manifest.json: was not written by abm",
    "nations one --out one/manifest.json": "one/manifest.json: was not written by abm",
    "nations one --out one/runs/n.csv": "one/runs: lies within a folder of the result",
    "nations one --out one/report.html": "one/report.html: was not written by abm",
    "nations one --score list.csv --out list.csv": "list.csv: is what this command reads",
    "networks one --out one": "one: is a result directory, since it holds manifest.json; what is written about",
    "networks one --out link": "link: is a result directory",
    "networks one --out one/ties": "one/ties: lies within a folder of the result",
    "networks one --out small.toml": "small.toml: is a file; a directory is needed",
    "compare one swept:0 --out one": "one: is a result directory",
    "compare one swept:0 --out swept/figures": "swept/figures: lies within a folder of the result",
    "ask tipping small.toml --out one": "one: is a result directory",
    "ask tipping small.toml --out mine": "mine/answer.md: was not written by abm; take another directory, or move it away",
    "ask tipping small.toml --out web": "web: is a result directory",
    "patterns small.toml --out mine": "mine/patterns.csv: was not written by abm",
    "calibrate small.toml --out one": "one: is a result directory",
    "robustness small.toml --out one": "one: is a result directory",
    "sensitivity small.toml --out one": "one: is a result directory",
    "share small.toml --out one/report.html": "one/report.html: was not written by abm",
    "share small.toml --out one/runs/page.html": "one/runs: lies within a folder of the result",
    "share small.toml --out mine/report.html": "mine/report.html: was not written by abm",
}


def everything() -> dict[str, bytes]:
    """Every file here."""
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file() and path.name != ".lock"}


@pytest.mark.parametrize("words", REFUSED)
def test_nothing_is_written_over_what_is_read_or_is_somebody_elses(words, capsys):
    before = everything()
    assert main(words.split()) == 2
    said = capsys.readouterr().err
    assert REFUSED[words] in said
    assert said.count("\n") == 1
    assert everything() == before


def test_what_was_written_before_is_replaced_and_nothing_else():
    place = Folder("answers", ["answer.md", "table.csv"])
    path = place.open()
    (path / "answer.md").write_text("ours", "utf-8")
    (path / "notes.txt").write_text("mine", "utf-8")
    Folder("answers", ["answer.md", "table.csv"]).open()
    assert listed(path) == {"answer.md", "table.csv"}
    with pytest.raises(PlaceError, match=r"answers/notes\.txt: was not written by abm"):
        Folder("answers", ["notes.txt"])
    (path / "answer.md").unlink()
    (path / "answer.md").symlink_to("../small.toml")
    with pytest.raises(PlaceError, match=r"answers/answer\.md: was not written by abm"):
        Folder("answers", ["answer.md"])


def test_force_removes_what_we_wrote_and_leaves_the_rest():
    assert len(list(Path("one/figures").glob("*.png"))) > 3
    for name in ("one/figures/mine.png", "one/notes.csv", "one/runs/notes.txt"):
        Path(name).write_text("mine", "utf-8")
    assert main([*RUN.split(), "--seed", "5", "--out", "one", "--force", "--quiet"]) == 0
    assert sorted(path.name for path in Path("one/figures").iterdir()) == ["mine.png"]
    assert Path("one/notes.csv").read_text() == Path("one/runs/notes.txt").read_text() == "mine"
    assert not Path("one/report.html").exists()


def test_a_result_that_lost_its_lock_is_still_ours():
    assert main(["sweep", "sweep.toml", "--out", "copied", "--force", "--quiet"]) == 0
    assert Path("copied/figures/points.csv").exists()


def test_a_damaged_result_is_made_again_where_it_lies():
    whole = sweeps.files(Path("one"))
    next(Path("one/runs").glob("*.parquet")).write_bytes(b"")
    assert main(["run", "one/manifest.json", "--out", "one", "--figures", "none", "--quiet"]) == 0
    assert sweeps.files(Path("one")) == whole


def test_a_command_may_write_again_where_it_wrote():
    for _ in range(2):
        assert main(["networks", "one", "--figures", "none", "--quiet"]) == 0
        assert main(["nations", "one", "--runs", "1"]) == 0
    assert os.path.exists(f"one/networks/{WROTE}")
