"""Why five nations chose as they did: the terms of every option's payoff when they took their last stance, in one run."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from abm import options
from analysis import reading
from analysis.figures import style
from runs.results import Result

NEEDS = ("choices",)
TITLE = "Why five nations chose as they did"
CAPTION = (
    "One run. For the moment when each nation took the stance it holds at the end: what every option was worth to it, in % of "
    "its GDP per year over its planning horizon. Bars to the right are gains, to the left costs; the filled diamond and the "
    "number are their sum, the hollow diamond adds the chance that stands for all the model leaves out. A nation takes the "
    "option with the rightmost hollow diamond; the triangle marks it. A nation that was invited into a coalition compared it "
    "with its present stance only; for it, the options are weighed as it joined, without chance."
)
TELLING = ("DEU", "IND", "SAU", "JPN", "BRA")
#: Term -> (label, colour); a scheme for filled areas by Paul Tol, apart from the options' colours.
TERMS = {
    "benefit": ("benefit", "#77AADD"), "peers": ("partners on the same source", "#44BB99"), "fee": ("fee", "#EE8866"),
    "build": ("building and running", "#EEDD88"), "restriction": ("expected restriction", "#FFAABB"),
    "switching": ("switching", "#BBCC33"), "distance": ("political distance", "#CCCCCC"),
}


@dataclass(frozen=True)
class Decision:
    """A nation's last decision: its date, the row of ``table`` it took, and whether it reviewed or was moved by others."""

    iso3: str
    name: str
    date: float
    chosen: str
    became: str
    reviewed: bool
    table: pd.DataFrame


def decisions(result: Result, run: reading.Stances) -> list[Decision]:
    """The last change of stance of five nations, from the run replayed; the last review of one that never changed."""
    listed = list(run.nations.index)
    by_size = run.nations["gdp_usd_bn"].sort_values(ascending=False, kind="stable").index
    chosen = list(dict.fromkeys([*(iso3 for iso3 in TELLING if iso3 in listed), *by_size]))[: len(TELLING)]
    rows = {iso3: listed.index(iso3) for iso3 in chosen}
    last = {iso3: _last_change(run.source[:, row]) for iso3, row in rows.items()}
    found = {}
    for step, model in enumerate(reading.replay(result, run.run)):
        for iso3, row in rows.items():
            if step == (last[iso3] or len(run.times) - 1):
                found[iso3] = _decision(model, iso3, step, last[iso3], run.source[step, row])
    return [found[iso3] for iso3 in chosen]


def _last_change(source: np.ndarray) -> int:
    """Step of the last change, 0 when there is none."""
    changes = np.flatnonzero(source[1:] != source[:-1]) + 1
    return int(changes[-1]) if len(changes) else 0


def _decision(model, iso3: str, step: int, change: int, became: str) -> Decision:
    nation = model.nation(iso3)
    reviewed = nation.reviewed == step - 1 if change else nation.reviewed >= 0
    taken = options.source_names(model.world.vendors)[nation.source]
    at = step if not reviewed else nation.reviewed + 1
    table = model.explain(iso3, now=not reviewed)
    return Decision(iso3, nation.name, model.world.date(at), taken, became, reviewed, _shortened(table, taken))


def _shortened(table: pd.DataFrame, taken: str) -> pd.DataFrame:
    """The table without coalitions other than the one taken and the best."""
    coalitions = [name for name in table.index if name.startswith("coalition") and name != taken]
    return table.drop(index=coalitions[0 if taken.startswith("coalition") else 1 :])


@style.styled
def draw(result: Result) -> Figure:
    """A panel per nation, a bar per option, the best payoff at the top."""
    run = reading.stances(result)
    made = decisions(result, run)
    figure = style.new(0.9 + sum(0.34 + 0.17 * len(decision.table) for decision in made))
    heights = [1.2 + len(decision.table) for decision in made]
    panels = figure.subplots(len(made), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    label = style.labels(result)
    for axes, decision in zip(panels, made, strict=True):
        _panel(axes, decision, label)
    panels[-1].set_xlabel("worth to the nation (% of its GDP per year)")
    handles = [Patch(facecolor=colour, label=text) for text, colour in TERMS.values()]
    diamond = {"marker": "D", "linestyle": "none", "markersize": 4, "color": style.INK}
    handles += [Line2D([], [], label="sum", **diamond), Line2D([], [], label="with chance", markerfacecolor="white", **diamond)]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, handlelength=1.2, columnspacing=1.4, fontsize=7.5)
    style.one_run(figure, result, run.run)
    return figure


def _panel(axes, decision: Decision, label: dict[str, str]) -> None:
    table = decision.table
    y = np.arange(len(table))
    ends = {1: np.zeros(len(table)), -1: np.zeros(len(table))}
    for term, (_, colour) in TERMS.items():
        values = table[term].to_numpy()
        for sign, end in ends.items():
            part = np.where(np.sign(values) == sign, values, 0.0)
            axes.barh(y, part, left=end, height=0.72, color=colour, linewidth=0)
            end += part
    payoff, chance = table["payoff"].to_numpy(), (table["payoff"] + table["noise"]).to_numpy()
    if decision.reviewed:
        axes.plot(chance, y, "D", markersize=3.5, markerfacecolor="white", markeredgecolor=style.INK, markeredgewidth=0.7)
    axes.plot(payoff, y, "D", markersize=3.5, color=style.INK)
    for row, name in enumerate(table.index):
        taken = name == decision.chosen
        axes.text(1.0, row, f"{payoff[row]:.2f}", transform=axes.get_yaxis_transform(), va="center", ha="right", fontsize=7,
                  fontweight="bold" if taken else "normal")
    axes.set_yticks(y, [_row(name, decision, label, chance[row]) for row, name in enumerate(table.index)], fontsize=7)
    for tick, name in zip(axes.get_yticklabels(), table.index, strict=True):
        tick.set_fontweight("bold" if name == decision.chosen else "normal")
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.axvline(0, color=style.GREY, linewidth=0.7)
    axes.grid(axis="x")
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"{style.literal(decision.name)}, {decision.date:g}", fontsize=8, pad=3)


def _row(name: str, decision: Decision, label: dict[str, str], chance: float) -> str:
    """What a row is called: the option, whether it was taken, whether the coalition refused."""
    if name == decision.chosen:
        called = f"coalition {decision.became}" if name.startswith("coalition") else label[name]
        return f"\u25b6 {called}"
    called = "a coalition" if name.startswith("coalition") else label[name]
    return f"{called}, refuses" if chance == -np.inf else called
