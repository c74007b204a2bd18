"""The gallery: every scenario of the package beside the baseline, with a figure and what happens and why from its own runs.

``python -m analysis.gallery`` writes ``docs/gallery.md`` and its figures anew.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from abm import options
from abm.attributes import TERMS
from abm.provenance import provenance
from abm.scenario import Scenario
from abm.world import World
from analysis.figures import style
from analysis.methods.statistics import Estimate, difference
from runs import library
from runs.ensemble import Results, simulate
from runs.experiment import columns_of, run_arms

FOLDER = Path(__file__).parent.parent / "docs"
REPLICATES, WEIGHED = 100, 20  # runs of a scenario; runs whose last reviews tell why
#: What changes are looked for: measure, in words, unit, factor for reading.
TOLD = (
    ("gdp_coalition", "GDP in coalitions", "points", 100), ("gdp_us", "GDP with the US vendor", "points", 100),
    ("gdp_china", "GDP with the Chinese vendor", "points", 100), ("sovereignty", "sovereignty", "points", 100),
    ("net_benefit", "net benefit a year", "% of GDP", 100), ("lag_mean", "lag of what nations use", "months", 1),
)  # fmt: skip
CAPTION = "Mean share of GDP by option: the baseline with the same nations and dates (left), the scenario (right)."


def names() -> list[str]:
    """Scenarios shown: all that come with the package but the baseline."""
    return [name for name in library.names() if name != "baseline"]


def beside(scenario: Scenario) -> Scenario:
    """What a scenario is held against: the baseline with the same nations and dates, without further vendors."""
    document, mine = library.scenario("baseline").document(), scenario.document()
    for key in ("start", "steps", "step_years", "nations"):
        if key in mine:
            document[key] = mine[key]
    hosts = [vendor.iso3 for vendor in scenario.content.vendors.values() if vendor.iso3]
    if hosts:
        document["nations"] = {**document.get("nations", {}), "exclude": hosts}
    end = scenario.content.start + scenario.content.steps * scenario.content.step_years
    document["events"] = [e for e in document.get("events", []) if scenario.content.start <= e["date"] < end]
    document["events"] = [e for e in document["events"] if not isinstance(e.get("nations"), list) or _inside(e, scenario)]
    return Scenario.parse(document, "baseline")


def _inside(event: dict, scenario: Scenario) -> bool:
    return bool(set(event["nations"]) & set(scenario.nations().index))


def changes(worlds: list[Scenario], arms: list[Results]) -> dict[str, Estimate]:
    """The paired difference of each measure told, at the end: the second of two scenarios less the first."""
    first, second = (columns_of(world) for world in worlds)
    return {
        name: difference(factor * arms[1].outcomes[:, second[name]], factor * arms[0].outcomes[:, first[name]])
        for name, _, _, factor in TOLD
    }


def reasons(scenario: Scenario, base: Scenario) -> tuple[str, str, float]:
    """The option and term that differ most between both at the nations' last reviews, and by how much [% of GDP a year].

    Means by GDP over nations and over :data:`WEIGHED` runs; a coalition's terms are those of the best one open to a nation.
    """
    after, before = _weighed(scenario), _weighed(base)
    gaps = {
        (name, term): 100 * (after[name][place] - before[name][place])
        for name in before for place, term in enumerate(TERMS[:-1])
    }  # fmt: skip
    (name, term), gap = max(gaps.items(), key=lambda item: abs(item[1]) if np.isfinite(item[1]) else -1)
    return name, term, float(gap)


def _weighed(scenario: Scenario) -> dict[str, np.ndarray]:
    """(terms,) mean terms of each option."""
    world, fixed = scenario.world(), len(scenario.vendor_names) + 2
    kept = [_last_reviews(world.copy(), scenario.content.steps, seed, fixed) for seed in range(WEIGHED)]
    stacked = np.ma.masked_invalid(np.concatenate(kept))
    weight = np.tile(world.record.gdp[: int(world.record.n)], WEIGHED)[:, None, None]
    means = np.ma.filled(np.ma.average(stacked, axis=0, weights=np.broadcast_to(weight, stacked.shape)), np.nan)
    return dict(zip(options.names(scenario.vendor_names), means))


def _last_reviews(world: World, steps: int, seed: int, fixed: int) -> np.ndarray:
    """(N, options, terms) of one run; NaN for nations that never reviewed and coalitions that were not open."""
    simulate(world, steps, np.array([seed]))
    record, n = world.record, int(world.record.n)
    terms = np.array(record.terms[:n, :, : len(TERMS) - 1])
    terms[record.reviewed[:n] < 0] = np.nan
    open_to = np.isfinite(terms[:, fixed:, 0])
    worth = np.where(open_to, terms[:, fixed:].sum(axis=2), -np.inf)
    best = np.where(open_to.any(axis=1)[:, None], terms[np.arange(n), fixed + worth.argmax(axis=1)], np.nan)
    return np.concatenate([terms[:, :fixed], best[:, None]], axis=1)


def sentences(scenario: Scenario, found: dict[str, Estimate], why: tuple[str, str, float]) -> str:
    """What happens and why, in two sentences, from the scenario's own results."""
    clear = [row for row in TOLD if found[row[0]].clear and abs(found[row[0]].value) > 0.02 * _scale(row[2])]
    moved = sorted(clear, key=lambda row: -abs(found[row[0]].value) / _scale(row[2]))
    parts = [f"{words} {_signed(found[name], unit)}" for name, words, unit, _ in moved[:3]]
    nothing = "Against the baseline nothing that is told here moves visibly and by more than the noise."
    what = f"Against the baseline, {_joined(parts)}." if parts else nothing
    label = {vendor.name: f"the vendor {vendor.title}" for vendor in scenario.vendors} | {
        "self_build": "building alone", "hold_back": "holding back", "coalition": "a coalition"}
    option, term, gap = why
    if abs(gap) < 0.005:
        return f"{what} Nothing that nations weigh differs by as much as 0.01 % of GDP a year."
    return f"{what} Of all that nations weigh, the {term} term of {label[option]} differs most, by {gap:+.2f} % of GDP a year."


def _scale(unit: str) -> float:
    return {"points": 10.0, "% of GDP": 0.2, "months": 3.0}[unit]


def _signed(e: Estimate, unit: str) -> str:
    verb = "rises by" if e.value > 0 else "falls by"
    low, high = sorted((abs(e.low), abs(e.high)))
    return f"{verb} {abs(e.value):.2g} {unit} [{low:.2g} to {high:.2g}]"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@style.styled
def draw(shown: tuple[list[Scenario], list[Results]]) -> Figure:
    """Mean shares of GDP over time, baseline and scenario side by side."""
    worlds, arms = shown
    scenario, colour = worlds[1], style.colours(worlds[1].vendor_names)
    held = options.names(scenario.vendor_names)
    order = (held[-1], *held[:-1])
    figure = style.new(2.0)
    panels = figure.subplots(1, 2, sharey=True)
    dates = scenario.content.start + scenario.content.step_years * np.arange(scenario.content.steps + 1)
    for axes, arm, world in zip(panels, arms, worlds):
        column = columns_of(world)
        there = [name for name in order if f"gdp_{name}" in column]
        shares = [arm.series[:, :, column[f"gdp_{name}"]].mean(axis=0) for name in there]
        axes.stackplot(dates, shares, colors=[colour[name] for name in there], linewidth=0)
        axes.set_title(world.name)
        axes.set_ylim(0, 1)
        style.percent(axes.yaxis)
        style.years(axes, dates)
    panels[0].set_ylabel("share of GDP")
    titles = {vendor.name: vendor.title for vendor in scenario.vendors}
    words = titles | {"self_build": "builds alone", "hold_back": "holds back", "coalition": "coalition"}
    marks = [style.mark(words[name], "s", colour[name]) for name in order]
    figure.legend(handles=marks, loc="outside upper center", ncols=len(marks))
    return figure


def entry(name: str, folder: Path) -> Iterator[str]:
    """One scenario's part of the page; its figure goes into ``folder``."""
    scenario = library.scenario(name)
    worlds = [beside(scenario), scenario]
    arms = [run_arms([world], REPLICATES, series=True)[0] for world in worlds]
    picture = folder / f"{name}.png"
    draw((worlds, arms)).savefig(picture, dpi=110)
    Image.open(picture).convert("RGB").quantize(48).save(picture, optimize=True)
    yield f"## {scenario.content.title}\n"
    yield f"`{name}`: {' '.join(scenario.content.description.split())}\n"
    yield f"![{name}]({folder.name}/{name}.png)\n"
    yield sentences(scenario, changes(worlds, arms), reasons(scenario, worlds[0])) + "\n"


def write(folder: Path = FOLDER) -> Path:
    """The whole page."""
    pictures = folder / "gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Gallery\n",
        f"Every scenario that comes with the package beside the baseline, {REPLICATES} paired replicates each; changes are "
        f"those at the end, with 95 % intervals. {CAPTION} Made on {datetime.date.today()} by "
        f"`python -m analysis.gallery`, sources {provenance()['sources']}.\n",
    ]
    for name in names():
        lines += entry(name, pictures)
    path = folder / "gallery.md"
    path.write_text("\n".join(lines), "utf-8")
    return path


if __name__ == "__main__":
    print(write())
