"""Why five nations chose as they did: the terms of every option's payoff when they took their last stance, in one run."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from abm.palette import FIGURE_TERMS
from analysis.figures import style
from analysis.reading.replay import Decision, replayed, worth
from runs.results import Result

NEEDS = ("choices",)
TITLE = "Why five nations chose as they did"
CAPTION = (
    "One run. For the moment when each nation took the stance it holds at the end: what every option was worth to it, in % of "
    "its GDP per year over its planning horizon. Bars to the right are gains, to the left costs; the filled diamond and the "
    "number are their sum, and the dotted line to the hollow diamond is the nation's taste: what the model does not know of "
    "its liking, which lasts for years. A nation takes the option with the rightmost hollow diamond (the triangle marks it); a"
    " member that wants to leave gives notice, and decides again when it is over. Panels without hollow diamonds are of "
    "nations that others moved, such as those invited into a coalition, or that have not reviewed their stance yet: they show "
    "what the options were worth at that date."
)
LABELS = {
    "benefit": "benefit", "peers": "partners on the same source", "fee": "fee", "build": "building and running",
    "restriction": "expected restriction", "switching": "switching", "distance": "political distance",
}  # fmt: skip


@style.styled
def draw(result: Result) -> Figure:
    """A panel per nation, a bar per option, the best payoff at the top."""
    replay = replayed(result)
    made = replay.decisions
    figure = style.new(0.9 + sum(0.34 + 0.17 * len(decision.table) for decision in made))
    heights = [1.2 + len(decision.table) for decision in made]
    panels = figure.subplots(len(made), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    label = style.labels(result, 36, lines=1)
    for axes, decision in zip(panels, made, strict=True):
        _panel(axes, decision, label)
    gains, costs = (max(_reach(decision, sign) for decision in made) for sign in (1, -1))
    panels[-1].set_xlim(-1.08 * costs, 1.18 * gains)
    panels[-1].set_xlabel("worth to the nation (% of its GDP per year)")
    patches = [Patch(facecolor=colour, label=LABELS[term]) for term, colour in FIGURE_TERMS.items()]
    handles = [*patches, style.mark("sum", "D", style.INK), style.mark("with its taste", "D", style.INK, hollow=True)]
    style.above(figure, handles, size=7.5)
    style.one_run(figure, result, replay.run.run)
    return figure


def _reach(decision: Decision, sign: int) -> float:
    """How far bars and diamonds reach to the right (1) or to the left (-1)."""
    bars = (sign * decision.table[list(FIGURE_TERMS)]).clip(lower=0).sum(axis=1)
    liked = sign * worth(decision.table).to_numpy()
    return float(max(bars.max(), liked[np.isfinite(liked)].max())) if decision.reviewed else float(bars.max())


def _panel(axes, decision: Decision, label: dict[str, str]) -> None:
    table = decision.table
    y = np.arange(len(table))
    ends = {1: np.zeros(len(table)), -1: np.zeros(len(table))}
    for term, colour in FIGURE_TERMS.items():
        values = table[term].to_numpy()
        for sign, end in ends.items():
            part = np.where(np.sign(values) == sign, values, 0.0)
            axes.barh(y, part, left=end, height=0.72, color=colour, linewidth=0)
            end += part
    payoff, liked = table["payoff"].to_numpy(), worth(table).to_numpy()
    if decision.reviewed:
        known = np.isfinite(liked)
        axes.hlines(y[known], payoff[known], liked[known], color=style.INK, linewidth=0.8, linestyle=":")
        axes.plot(liked, y, "D", markersize=3.5, markerfacecolor="white", markeredgecolor=style.INK, markeredgewidth=0.7)
    axes.plot(payoff, y, "D", markersize=3.5, color=style.INK)
    for row, name in enumerate(table.index):
        taken = name == decision.chosen
        axes.text(1.0, row, f"{payoff[row]:.2f}", transform=axes.get_yaxis_transform(), va="center", ha="right", fontsize=7,
                  fontweight="bold" if taken else "normal")
    axes.set_yticks(y, [_row(name, decision, label, liked[row]) for row, name in enumerate(table.index)], fontsize=7)
    for tick, name in zip(axes.get_yticklabels(), table.index, strict=True):
        tick.set_fontweight("bold" if name == decision.chosen else "normal")
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.axvline(0, color=style.GREY, linewidth=0.7)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"{style.literal(decision.name)}, {decision.date:g}", fontsize=8, pad=3)


def _row(name: str, decision: Decision, label: dict[str, str], worth: float) -> str:
    """What a row is called: the option, whether it was taken, left, or refused to have the nation."""
    called = decision.coalitions.get(name) or label[name]
    taken = "\u25b6 " if name == decision.chosen else ""
    return taken + called + (", refuses" if worth == -np.inf else "")
