"""What would overturn the conclusion: the numbers that matter most, and the conditions under which the outcome fails.

**What is computed.** The conclusion is that ``measure`` reaches ``threshold`` in the last step, on average over
``--replicates`` seeds of a point. Three steps over plausible ranges of the parameters, and one over the model's structure.

1. *Morris screening* of all parameters: ``trajectories`` paths, each moving one parameter at a time; mu* is the mean size of
   the change in the measure.
2. *Sobol indices* of the ``factors`` strongest, the others as in the scenario, from Saltelli's design of ``samples`` base
   points: the share of the measure's variance that a parameter explains alone (first) and with all its interactions (total),
   with bootstrap intervals, and the largest change of a total index when only half of the base points are used.
3. *PRIM* on ``cases`` draws of all parameters at once (a Latin hypercube; with ``--uncertainty posterior`` the calibration's
   draws): the box in the strongest factors, of at most four dimensions, in which the outcome fails, or, where most draws fail,
   in which it holds. Density is the share of draws in the box that do so, coverage the share of all such draws that lie in the
   box; both, with Wilson's intervals, from the half of the draws that the search has not seen. The resampling test says in what
   share of searches on random halves a dimension is restricted again.
4. *Structures*: tastes fresh at every review, distance and trust by votes alone, fixed spending, flat growth, one at a time,
   each ``runs`` runs with and without convening on the same seeds. Said is whether three headlines hold as in the scenario
   itself: a coalition forms (its chance at the end on the same side of one half), who is in it (rank correlation of the nations'
   chances of 0.7 and half of the likeliest members), what it is worth (half to double of the net benefit above that without
   convening). The first and last hold, or fail, where the whole 95 % interval does.

**Assumptions.** Dated events of the scenario that would set a parameter are left out. Ranges: the parameters' plausible ones
(abm/ODD.md), the calibration's priors among them; the parameters are independent. With other ranges the ranking and the share of
failures change. The seed is averaged over, not a factor.

**How to read the figure.** Left: mu* of the strongest parameters. Right: first and total Sobol indices. Below: the box; each
grey line is a parameter's plausible range, the coloured part is the box. At the bottom the structures, grey where a headline
holds. 95 % intervals.

**Time.** About two minutes on two cores at default precision.

Source: [Morris1991], [Campolongo2007], [Saltelli2010], [FriedmanFisher1999], [BryantLempert2010].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from abm.words import ArgumentError
from analysis.experiments import outcome, ranges
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated, rows
from analysis.experiments.variants import constant, throughout
from analysis.figures import style
from analysis.methods import sensitivity, statistics
from analysis.methods.prim import Box, discover
from analysis.methods.statistics import Estimate
from analysis.robustness import figure as structures
from analysis.robustness.headlines import FAILS, HEADLINES, HOLDS, alone, judged, spread, world
from analysis.robustness.structures import STRUCTURES
from analysis.robustness.study import BASELINE, STRUCTURE
from runs import designs
from runs.axes import Axis

TITLE = "What would overturn the conclusion?"
CAPTION = (
    "Mean size of the effect of the strongest parameters (left), their first and total Sobol indices (right), and the box of "
    "conditions under which the outcome fails (or, where it mostly fails, holds) within the plausible ranges (below). At the "
    "bottom three headlines where the model is built otherwise; grey: where they hold. 95 % intervals."
)
REPLICATES = 4
OPTIONS = (
    outcome.MEASURE,
    outcome.THRESHOLD,
    Option("trajectories", 60, "trajectories of the Morris screening", 4, 1000),
    Option("factors", 8, "strongest parameters taken on to Sobol indices and PRIM", 2, 20),
    Option("samples", 1024, "base points of Saltelli's design, a power of two", 16, 65536),
    Option("cases", 4000, "draws of all parameters for PRIM", 200, 100_000),
    Option("runs", 200, "runs of each structural alternative", 10, 100_000),
)
SHOWN = 15  # parameters of the screening in the figure


@dataclass(frozen=True)
class Found:
    """What the four steps found; ``failed`` (P,) of the draws of all parameters; ``built``: a row per structure."""

    screened: pd.DataFrame
    indices: pd.DataFrame
    box: Box
    failed: np.ndarray
    axes: dict[str, Axis]
    built: pd.DataFrame

    @property
    def rare(self) -> bool:
        """Whether failing is the rarer outcome, which the box is then for."""
        return bool(self.failed.mean() <= 0.5)


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    parameters, asked = len(ranges.every(inquiry.scenario)), inquiry.options
    points = asked["trajectories"] * (parameters + 1) + asked["samples"] * (asked["factors"] + 2) + asked["cases"]
    return points * inquiry.replicates + 2 * (len(STRUCTURES) + 1) * asked["runs"]


def answer(inquiry: Inquiry) -> Answer:
    """Screen all, weigh the strongest, find the box, build it otherwise."""
    outcome.measure(inquiry)
    if inquiry["samples"] & (inquiry["samples"] - 1):
        below = 1 << inquiry["samples"].bit_length() - 1
        raise ArgumentError("samples", inquiry["samples"], f"must be a power of two, such as {below}")
    axes = {axis.factor.name: axis for axis in ranges.every(inquiry.scenario)}
    whole = inquiry.about(constant(inquiry.scenario, axes))
    asked = whole.fixed(*axes)
    screened = sensitivity.screen(
        list(axes), lambda shares: _response(asked, list(axes.values()), shares), inquiry["trajectories"], inquiry.seed
    )
    top = list(screened["factor"].head(inquiry["factors"]))
    strongest = [axes[name] for name in top]
    found = sensitivity.indices(top, lambda shares: _response(asked, strongest, shares), inquiry["samples"], inquiry.seed)
    cases, failed = _cases(whole, list(axes.values()))
    wanted = failed if failed.mean() <= 0.5 else ~failed
    box = discover(cases[[name for name in top if name in cases]], wanted, inquiry.seed)
    kept = Found(screened, found, box, failed, axes, _built(inquiry))
    return Answer(_sentence(inquiry, kept), _table(kept), _stated(kept), _notes(inquiry, kept), (inquiry, kept))


def _response(inquiry: Inquiry, axes: list[Axis], shares: np.ndarray) -> np.ndarray:
    """(P,) the measure at the end at shares of the axes, the mean over seeds."""
    return _level(inquiry, ranges.points(axes, shares, inquiry.scenario))


def _level(inquiry: Inquiry, points: pd.DataFrame) -> np.ndarray:
    """(P,) the measure at the end at each point, the mean over seeds. Errors: ArgumentError where it is undefined."""
    values = inquiry.outcomes(inquiry.points(points), inquiry["measure"]).reshape(len(points), -1)
    found = statistics.finished_means(values)
    if np.isnan(found).any():
        why = "is undefined in some runs, so it cannot be screened; take one that never is"
        raise ArgumentError("measure", inquiry["measure"], why)
    return found


def _cases(inquiry: Inquiry, axes: list[Axis]) -> tuple[pd.DataFrame, np.ndarray]:
    """(P, F) draws of all parameters, or those of the calibration, and which of them fail."""
    if inquiry.draws is not None:
        cases = inquiry.draws.head(inquiry["cases"]).reset_index(drop=True)
    else:
        options = {"samples": inquiry["cases"], "seed": inquiry.seed + 1}
        cases = ranges.points(axes, designs.points("latin_hypercube", ranges.unit(axes), options), inquiry.scenario)
    return cases, _level(inquiry.fixed(*cases), cases) < inquiry["threshold"]


def _built(inquiry: Inquiry) -> pd.DataFrame:
    """The scenario itself, then each structure: the three headlines, and the measure at the end with its interval."""
    scenarios = [inquiry.scenario, *(throughout(inquiry.scenario, structure.values) for structure in STRUCTURES)]
    arms = [arm for each in scenarios for arm in (each, alone(each))]
    runs = inquiry.arms(arms, choices=True, replicates=inquiry["runs"])
    worlds = [world(each, *runs[2 * position : 2 * position + 2]) for position, each in enumerate(scenarios)]
    names = [(BASELINE, inquiry.scenario.name), *((STRUCTURE, structure.name) for structure in STRUCTURES)]
    levels = [statistics.mean(inquiry.outcomes(ours, inquiry["measure"])) for ours in runs[::2]]
    return pd.DataFrame([
        {"group": group, "arm": name, **judged(own, worlds[0]), **spread("level", level)}
        for (group, name), own, level in zip(names, worlds, levels, strict=True)
    ])  # fmt: skip


def _table(found: Found) -> pd.DataFrame:
    """A row per parameter, the strongest first: range, screening, indices, limits of the box; then a row per structure."""
    spans = {name: _ends(axis) for name, axis in found.axes.items()}
    table = found.screened.rename(columns={"low": "mu_star_low", "high": "mu_star_high"})
    table.insert(1, "from", [spans[name][0] for name in table["factor"]])
    table.insert(2, "to", [spans[name][1] for name in table["factor"]])
    table = table.merge(found.indices, on="factor", how="left")
    limits = found.box.limits.rename(columns={"low": "box_low", "high": "box_high"})
    table = table.merge(limits, left_on="factor", right_index=True, how="left") if len(limits) else table
    return pd.concat([table, found.built.drop(columns="group").rename(columns={"arm": "factor"})], ignore_index=True)


def _stated(found: Found) -> dict[str, Stated]:
    """Share of failures, the box, total indices, convergence, the structures."""
    does, such = ("fail", "failures") if found.rare else ("hold", "draws that hold")
    stated = {
        "failed": Stated("draws in which the outcome fails", "share", statistics.share(found.failed)),
        "density": Stated(f"draws in the box that {does} (density)", "share", found.box.density),
        "coverage": Stated(f"{such} that lie in the box (coverage)", "share", found.box.coverage),
    }
    for row in rows(found.indices):
        estimate = Estimate(row.total, row.total_low, row.total_high)
        stated[f"total_{row.factor}"] = Stated(f"total Sobol index of {row.factor}", "share of variance", estimate)
    change = Estimate(float((found.indices["total"] - found.indices["total_half"]).abs().max()))
    stated["convergence"] = Stated("largest change of a total index with half the base points", "share of variance", change)
    for row in rows(found.built):
        chance, gain = Estimate(row.stands, row.stands_low, row.stands_high), Estimate(row.gain, row.gain_low, row.gain_high)
        stated[f"stands_{row.arm}"] = Stated(f"chance that a coalition stands, {row.arm}", "share", chance)
        stated[f"worth_{row.arm}"] = Stated(f"net benefit above that without convening, {row.arm}", "share of GDP/yr", gain)
    return stated


def _sentence(inquiry: Inquiry, found: Found) -> str:
    failed, ranked = statistics.share(found.failed), found.indices.sort_values("total", ascending=False)
    named = ", ".join(
        f"{row.factor} ({row.total:.2f} [{row.total_low:.2f} to {row.total_high:.2f}])" for row in rows(ranked.head(3))
    )
    drawn = (
        f"With all {len(found.axes)} parameters drawn from their plausible ranges"
        if inquiry.draws is None
        else "Over the calibration's draws"
    )
    said = f"{drawn} the outcome that {outcome.words(inquiry)} fails in {_shares(failed)} of draws. "
    said += f"Most of the variance is with {named} (total Sobol index [95 %]). "
    return f"{said}{_where(found)} {_otherwise(found.built)}"


def _otherwise(built: pd.DataFrame) -> str:
    """Which headlines hold in which structures."""
    others = built[built["group"] == STRUCTURE]
    parts = []
    for key, name in HEADLINES.items():
        but = ", ".join(f"{row.arm} {'fails' if getattr(row, key) == FAILS else 'is unclear'}"
                        for row in rows(others) if getattr(row, key) != HOLDS)  # fmt: skip
        parts.append(f"{name} in {(others[key] == HOLDS).sum()}" + (f" ({but})" if but else ""))
    return f"Of {len(others)} structural alternatives the same holds of whether {parts[0]}, of {parts[1]}, of {parts[2]}."


def _where(found: Found) -> str:
    """Where failures lie, or what holds."""
    if found.box.limits.empty:
        return "No box of conditions sets the failures apart."
    where = " and ".join(limit(found, str(name)) for name in found.box.limits.index)
    head, does, such = ("Failures lie", "fail", "failures") if found.rare else ("It holds most often", "hold", "draws that hold")
    density, coverage = _shares(found.box.density), _shares(found.box.coverage)
    return f"{head} where {where}: {density} of such draws {does}, and {coverage} of all {such} lie there."


def _shares(e: Estimate) -> str:
    return f"{e.value:.0%} [95 %: {e.low:.0%} to {e.high:.0%}]"


def limit(found: Found, name: str) -> str:
    """A limit of the box in words."""
    low, high = (float(found.box.limits[end][name]) for end in ("low", "high"))
    if np.isinf(low):
        return f"{name} ≤ {high:.3g}"
    return f"{name} ≥ {low:.3g}" if np.isinf(high) else f"{low:.3g} ≤ {name} ≤ {high:.3g}"


def _notes(inquiry: Inquiry, found: Found) -> list[str]:
    change = (found.indices["total"] - found.indices["total_half"]).abs().max()
    width = ((found.indices["total_high"] - found.indices["total_low"]) / 2).max()
    notes = [f"With half the base points no total index changes by more than {change:.2g}; the widest interval is ±{width:.2g}."]
    if change > 0.1:
        notes.append("The indices have not converged: take more samples.")
    for name, row in found.box.limits.iterrows():
        if row["kept"] < 0.5:
            notes.append(f"{name} is restricted in only {row['kept']:.0%} of the resampled boxes: do not lean on it.")
    if found.box.limits.empty and found.failed.any():
        notes.append("The failures fill no box of at most four dimensions, or are too few or too many to search.")
    if not found.rare:
        notes.append("Most draws fail, so the box is of the conditions under which the outcome holds.")
    return notes


@style.styled
def draw(answer: Answer) -> Figure:
    """Screening, indices, the box, and the structures."""
    inquiry, found = answer.drawn
    boxed, lowest = 0.55 + 0.36 * len(found.box.limits), structures.height(found.built)
    heights = [3.1, *([boxed] if len(found.box.limits) else []), lowest]
    figure = style.new(sum(heights) + 0.4, 0.05)
    upper, *lower = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    if len(lower) == 2:
        _draw_box(lower[0].subplots(), found)
    structures.panels(lower[-1], found.built)
    left, right = upper.subplots(1, 2)
    _draw_screening(left, found.screened.head(SHOWN), inquiry)
    _draw_indices(right, found.indices.sort_values("total", ascending=False))
    style.above(upper, right.get_legend_handles_labels()[0], "upper right", handlelength=2.0)
    return figure


def _draw_screening(axes, table: pd.DataFrame, inquiry: Inquiry) -> None:
    rows = np.arange(len(table))[::-1]
    axes.hlines(rows, table["low"], table["high"], color=style.INK, linewidth=1.1)
    axes.plot(table["mu_star"], rows, "o", color=style.INK, markersize=3.5)
    axes.set_yticks(rows, table["factor"], fontsize=7)
    axes.set_xlim(left=0)
    axes.set_xlabel(f"mean size of effect over the range (mu*)\non {outcome.title(inquiry)} ({outcome.unit(inquiry)})")
    axes.set_title("Screening")


def _draw_indices(axes, table: pd.DataFrame) -> None:
    rows = np.arange(len(table))[::-1]
    for key, colour, label, shift in (("total", palette.BLUE, "total", 0.14), ("first", palette.ORANGE, "first", -0.14)):
        axes.hlines(rows + shift, table[f"{key}_low"], table[f"{key}_high"], color=colour, linewidth=1.3)
        axes.plot(table[key], rows + shift, "o", color=colour, markersize=3.8, label=label)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.set_yticks(rows, table["factor"], fontsize=7)
    axes.set_xlabel("Sobol index (share of variance)")
    axes.set_title("Share of the variance")


def _draw_box(axes, found: Found) -> None:
    """Each restricted parameter's plausible range as a line, the box's part of it coloured."""
    limits = found.box.limits
    rows = np.arange(len(limits))[::-1]
    for row, (name, limited) in zip(rows, limits.iterrows()):
        low, high = _ends(found.axes[str(name)])
        positions = [(np.clip(limited[end], low, high) - low) / (high - low) for end in ("low", "high")]
        axes.plot([0, 1], [row, row], color=style.PALE, linewidth=5, solid_capstyle="butt")
        colour = palette.VERMILLION if found.rare else palette.GREEN
        axes.plot(positions, [row, row], color=colour, linewidth=5, solid_capstyle="butt")
        axes.text(-0.01, row, f"{low:.3g}", ha="right", va="center", fontsize=7)
        axes.text(1.01, row, f"{high:.3g}", ha="left", va="center", fontsize=7)
    axes.set_yticks(
        rows, [f"{limit(found, str(name))}\nin {row['kept']:.0%} of resamples" for name, row in limits.iterrows()], fontsize=7
    )
    axes.tick_params(axis="y", pad=26, length=0)
    axes.set_ylim(-0.6, len(limits) - 0.4)
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    head, does, such = ("fails", "fail", "failures") if found.rare else ("holds", "hold", "draws that hold")
    axes.set_title(
        f"Where it {head}: {found.box.density.value:.0%} of draws in this box {does}; "
        f"{found.box.coverage.value:.0%} of all {such} lie in it",
        loc="center",
    )


def _ends(axis: Axis) -> tuple[float, float]:
    """Ends of a parameter's range, as numbers; of a choice, its first and last."""
    return (min(axis.values), max(axis.values)) if axis.values else (axis.range.low, axis.range.high)
