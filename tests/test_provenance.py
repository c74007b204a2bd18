"""What is made from runs names the sources that made it, and these are today's, or have left the same results byte for byte."""

import re
from pathlib import Path

import pytest
from PIL import Image

from abm.provenance import results_hash
from analysis.figures.shipped import SOURCES, ship
from tests import questions, same_results

ROOT = Path(__file__).parent.parent
#: Made from runs -> how to make it again.
MADE = {
    "README.md": "python -m tests.readme",
    "docs/stances.png": "python -m tests.readme",
    "docs/map.png": "python -m tests.readme",
    "docs/page-*.png": "python -m tests.page_pictures",
    "docs/gallery.md": "python -m analysis.gallery",
    "docs/gallery/*.png": "python -m analysis.gallery",
    "docs/sensitivity.md": "abm sensitivity --out docs",
    "docs/sensitivity/*.png": "abm sensitivity --out docs",
    "docs/robustness.md": "abm robustness --out docs",
    "docs/robustness/*.png": "abm robustness --out docs",
    "docs/calibration.md": "abm calibrate",
    "docs/calibration.png": "abm calibrate",
    "analysis/calibration/posterior.csv": "abm calibrate",
}
#: Written by hand; whatever they show of runs, ``tests/test_docs.py`` makes again. The last show texts that stand elsewhere.
BY_HAND = ("docs/TRACE.md", "docs/index.md", "docs/tutorial.md", "docs/howto/*.md", "docs/reference/*.md",
           "docs/baseline.md", "docs/glossary.md", "docs/odd.md", "docs/sources.md", "docs/changelog.md",
           "docs/contributing.md")  # fmt: skip


def made_by(png: Path) -> str:
    """The hash of the sources that made a picture; "" where it names none."""
    with Image.open(png) as picture:
        return str(picture.info.get(SOURCES, ""))


def named(path: Path) -> str:
    """The hash that a picture or a text names; "" for none."""
    if path.suffix == ".png":
        return made_by(path)
    found = re.search(r"\bsources ([0-9a-f]{16})\b", path.read_text("utf-8"))
    return found[1] if found else ""


def stale(root: Path, made: dict[str, str], equal: set[str]) -> list[str]:
    """What is missing, names no sources or others than ``equal``, with how to make it again."""
    found = []
    for pattern, command in made.items():
        paths = sorted(root.glob(pattern))
        says = {path.relative_to(root).as_posix(): named(path) or "no sources" for path in paths} or {pattern: "missing"}
        found += [f"{name}: {said}; make it again: {command}" for name, said in says.items() if said not in equal]
    return found


def test_what_is_made_from_runs_is_made_by_todays_sources():
    """Or by sources that ``python -m tests.same_results`` has found to leave the same results."""
    assert stale(ROOT, MADE, same_results.equal()) == []


def test_every_document_and_picture_is_known():
    kept = {path.relative_to(ROOT).as_posix() for kind in ("md", "png") for path in (ROOT / "docs").rglob(f"*.{kind}")}
    known = {path.relative_to(ROOT).as_posix() for pattern in (*MADE, *BY_HAND) for path in ROOT.glob(pattern)}
    assert sorted(kept - known) == []


def test_other_sources_none_and_a_missing_file_are_told(tmp_path):
    today = results_hash()
    for name, text in {"new.md": f"by x, sources {today}.", "old.md": "sources 0123456789abcdef", "none.md": "x"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    for name in ("ours.png", "theirs.png"):
        Image.new("RGB", (4, 4)).save(tmp_path / name)
    ship(tmp_path / "ours.png")
    made = dict.fromkeys(("new.md", "old.md", "none.md", "gone.md", "*.png"), "x")
    told = [line.split(";")[0] for line in stale(tmp_path, made, {today})]
    assert told == ["old.md: 0123456789abcdef", "none.md: no sources", "gone.md: missing", "theirs.png: no sources"]


@pytest.mark.parametrize("colours", [0, 8])
def test_a_shipped_picture_keeps_what_it_says_of_itself(tmp_path, colours):
    from analysis.figures import style

    figure = style.new(1)
    figure.subplots().plot([0, 1])
    png, _ = style.save(figure, tmp_path, "picture", "A title", "A caption")
    before = Image.open(png).convert("RGB")
    ship(png, colours)
    after = Image.open(png)
    assert (after.info["Title"], after.info["Description"], made_by(png)) == ("A title", "A caption", results_hash())
    assert after.size == before.size
    assert colours or after.convert("RGB").tobytes() == before.tobytes()


def test_few_colours_keep_the_rare_ones_apart(tmp_path):
    """A dot of a colour that is like a frequent one's stays what it is beside hundreds of shades."""
    png, rare, often = tmp_path / "dots.png", (230, 159, 0), (213, 94, 0)
    picture = Image.linear_gradient("L").convert("RGB")
    picture.paste(often, (0, 0, 200, 60))
    picture.paste(rare, (220, 0, 224, 4))
    picture.save(png)
    ship(png, 48)
    after = Image.open(png).convert("RGB")
    for place, colour in (((222, 2), rare), ((100, 30), often)):
        assert max(abs(a - b) for a, b in zip(after.getpixel(place), colour)) <= 8


def test_older_sources_stay_valid_only_while_their_results_are_todays(tmp_path, monkeypatch):
    file = tmp_path / "results.toml"

    def at(sources: str) -> None:
        monkeypatch.setattr(same_results, "results_hash", lambda: sources)

    at("a")
    assert same_results.equal(file) == {"a"}
    assert not same_results.keep("one", file)
    at("b")
    assert same_results.equal(file) == {"b"}  # not looked at yet
    assert same_results.keep("one", file)
    assert same_results.equal(file) == {"a", "b"}
    at("c")
    assert not same_results.keep("two", file)
    assert same_results.equal(file) == {"c"}
    assert same_results.keep("two", file)


def test_the_digest_is_of_all_that_runs_leave():
    scenario = questions.small(8)
    base = same_results.digest([scenario])
    assert same_results.digest([scenario]) == base
    assert same_results.digest([scenario.with_values({"growth": 0.021})]) != base
    assert same_results.digest([scenario, scenario]) != base
