"""At what openness the coalition unravels, and who free-rides.

**What is computed.** ``openness`` is the share of a coalition's quality that outsiders may use for free: from 0, a pure club,
to 1, a pure public good. It is held at each of several values, the same replicates at each. The coalition has unravelled
where its mean share of GDP at the end has fallen to half of what it is as a club; that openness is found by isotonic
regression and linear interpolation, with a bootstrap over replicates. A free-rider holds back at the end although it would
not, or less often, if nothing were given away: per nation, the rise in the chance of holding back from openness 0 to 1, paired.

**Assumptions.** What a coalition gives away matters only where it beats the open weights that are released anyway, and where
free models can be used as fully as bought ones. So two worlds are shown: the scenario as it is, and one in which free models
become ready as the run begins: open weights lag ``behind`` years and free models are taken up to the share ``use``. Builders
choose what they spend by their members' benefit alone, so that what outsiders gain changes no spending but through those who
leave to ride along.

**How to read the figure.** Left: GDP in coalitions, and held back, against openness, with 95 % intervals, in both worlds.
Right: the nations that free-ride most in the second world.

**Time.** About 5 s on two cores at default precision.

Source: clubs [Buchanan1965], public goods [Barrett1994]; members and leavers after [dAspremont1983].
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from abm import palette
from abm.options import names
from abm.scenario import Scenario
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import from_start, throughout
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.crossing import crossing
from runs.ensemble import Results

TITLE = "At what openness does the coalition unravel, and who free-rides?"
CAPTION = (
    "Left: share of GDP in coalitions, and of those that hold back and use free models, against the share of a coalition's "
    "quality that outsiders may use, as things are and where free models of coalitions are ready for use. Right: rise in the "
    "chance to hold back at the end from a club to a public good, the ten nations in which it is largest. 95 % intervals, paired."
)
REPLICATES = 200
OPTIONS = (
    Option("values", 9, "values of openness from 0 to 1", 3, 101),
    Option("behind", 4.0, "years that open weights lag the frontier in the second world", 0, 10),
    Option("use", 1.0, "adoption that free models reach in the second world", 0, 1),
)
NOTHING = 0.0005  # change in a share of GDP that is no change worth a number
SHOWN = 10  # nations of the right panel
WORLDS = ("as it is", "ready free models")


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    return {"set openness": "is what the question moves"}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return 2 * (int(inquiry["values"]) + 1) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """Openness from 0 to 1 in both worlds."""
    openness = np.linspace(0, 1, int(inquiry["values"]))
    ready = {"open_weights_lag": inquiry["behind"], "free_use": inquiry["use"]}
    bases = (inquiry.scenario, from_start(inquiry.scenario, ready))
    found = [_swept(inquiry, base, openness) for base in bases]
    table = pd.concat([_table(world, openness, *arms) for world, arms in zip(WORLDS, found)], ignore_index=True)
    points = [unravels(openness, coalition) for coalition, _ in found]
    riders = _riders(inquiry, bases[1])
    stated = {
        "unravels_ready": Stated("openness that unravels it where free models are ready for use", "share", points[1]),
        "unravels": Stated("openness that unravels it as things are", "share", points[0]),
        **{f"change_{name}": Stated(f"change in GDP in coalitions from club to public good, {world}", "share",
                                    statistics.difference(coalition[-1], coalition[0]))
           for name, world, (coalition, _) in zip(("as_it_is", "ready"), WORLDS, found)},
        "held_back": Stated("rise in GDP held back from club to public good, free models ready", "share",
                            statistics.difference(found[1][1][-1], found[1][1][0])),
    }  # fmt: skip
    changes = [stated[f"change_{name}"].estimate for name in ("as_it_is", "ready")]
    return Answer(_sentence(points, changes, riders), table, stated, _notes(points), riders)


def _swept(inquiry: Inquiry, base: Scenario, openness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P, R) share of GDP in coalitions, and of nations that hold back."""
    arms = inquiry.arms([throughout(base, {"openness": float(value)}) for value in openness])
    together, alone = ([inquiry.outcomes(arm, name) for arm in arms] for name in ("gdp_coalition", "gdp_hold_back"))
    return np.array(together), np.array(alone)


def unravels(openness: np.ndarray, coalition: np.ndarray) -> statistics.Estimate:
    """Openness at which the mean of (P, R) coalition shares falls to half its first value; NaN where it does not."""
    found = statistics.bootstrap(lambda rows: _half(openness, coalition[:, rows].mean(axis=1)), coalition.shape[1])
    means = coalition.mean(axis=1)
    smooth = isotonic_regression(means, increasing=False).x
    falls = smooth[0] > 0 and smooth[-1] < means[0] / 2
    return found if falls else statistics.Estimate(float("nan"), count=found.count)


def _half(openness: np.ndarray, means: np.ndarray) -> float:
    """Where the means, made to fall, reach half of the first; the last openness where they do not."""
    return crossing(openness, means / means[0], falling=True) if means[0] > 0 else float(openness[-1])


def _table(world: str, openness: np.ndarray, coalition: np.ndarray, back: np.ndarray) -> pd.DataFrame:
    rows = []
    for index, value in enumerate(openness):
        together, alone = statistics.mean(coalition[index]), statistics.mean(back[index])
        rows.append((world, value, together.value, together.low, together.high, alone.value, alone.low, alone.high))
    names = [f"{measure}{end}" for measure in ("coalition", "held_back") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["world", "openness", *names])


def _riders(inquiry: Inquiry, base: Scenario) -> pd.DataFrame:
    """A row per nation, largest first: rise in the chance to hold back at the end from openness 0 to 1, with interval."""
    club, good = inquiry.arms([throughout(base, {"openness": value}) for value in (0.0, 1.0)], choices=True)
    index = names(base.vendor_names).index("hold_back")
    nations = base.nations()
    rise = [statistics.difference(after, before) for before, after in zip(_last(club, index).T, _last(good, index).T)]
    rows = [(iso3, name, e.value, e.low, e.high) for iso3, name, e in zip(nations.index, nations["name"], rise)]
    table = pd.DataFrame(rows, columns=["iso3", "name", "rise", "low", "high"])
    return table.sort_values("rise", ascending=False, kind="stable", ignore_index=True)


def _last(results: Results, index: int) -> np.ndarray:
    """(R, N) whether each nation holds the option of this place at the last step."""
    return (results.sources[:, -1] == index).astype(float)


def _sentence(points: list[statistics.Estimate], changes: list[statistics.Estimate], riders: pd.DataFrame) -> str:
    own, ready = (_said(point, change) for point, change in zip(points, changes))
    clear = riders[riders["low"] > 0].head(3)
    who = ", ".join(
        f"{row['name']} (+{100 * row['rise']:.0f} points) [95 %: {100 * row['low']:.0f} to {100 * row['high']:.0f}]"
        for row in clear.to_dict("records")
    )
    riding = f" Free-riders then are first {who}." if len(clear) else " No nation then clearly free-rides."
    return f"As things are the coalition {own}; where its free models are ready for use, it {ready}.{riding}"


def _said(point: statistics.Estimate, change: statistics.Estimate) -> str:
    if np.isnan(point.value):
        moves = " to ".join(f"{100 * end:+.1f}" for end in (change.low, change.high))
        share = f"its share of GDP changes by {100 * change.value:+.1f} points [95 %: {moves}]"
        if max(abs(change.low), abs(change.high)) < NOTHING:
            share = f"its share of GDP changes by less than {100 * NOTHING:g} points"
        return f"does not fall to half its size at any openness ({share} from club to public good)"
    return f"unravels at openness {point.value:.2f} [95 %: {point.low:.2f} to {point.high:.2f}]"


def _notes(points: list[statistics.Estimate]) -> list[str]:
    if np.isnan(points[0].value):
        return ["Openness does little where open weights are as good as what the coalition gives away, or little used."]
    return []


@style.styled
def draw(answer: Answer) -> Figure:
    """Shares against openness, and who free-rides."""
    figure = style.new(3.2, gap=0.05)
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    for world, line, shift in zip(WORLDS, ("--", "-"), (-0.004, 0.004)):
        part = answer.table[answer.table["world"] == world]
        for name, colour, words in (("coalition", palette.GREEN, "in coalitions"), ("held_back", palette.PURPLE, "held back")):
            low, high = part[f"{name}_low"], part[f"{name}_high"]
            style.points(left, part["openness"] + shift, part[name], low, high, colour, f"{words}, {world}", line)
    left.set_ylim(-0.02, 1.02)
    style.percent(left.yaxis)
    left.set_ylabel("share of GDP at the end")
    left.set_xlabel("openness: share of a coalition's quality that outsiders may use")
    style.above(figure, left.get_legend_handles_labels()[0], handlelength=2.4)
    _draw_riders(right, answer.drawn.head(SHOWN).iloc[::-1])
    return figure


def _draw_riders(axes, riders: pd.DataFrame) -> None:
    rows = np.arange(len(riders))
    axes.hlines(rows, 100 * riders["low"], 100 * riders["high"], color=palette.PURPLE, linewidth=1)
    axes.plot(100 * riders["rise"], rows, "o", color=palette.PURPLE, markersize=3.5)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.set_yticks(rows, riders["name"])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("rise in chance to hold back, ready\nfree models (percentage points)")
