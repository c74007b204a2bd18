"""The smallest and the cheapest coalition that would stay together and keep up, by year and by how far behind is allowed.

**What is computed.** In each year of the run nobody is in a coalition yet, and sets of nations are judged as if they stood as
one. A set is viable if its *stability likelihood* is at least ``sure`` (in that share of draws no member gains by leaving for
its best other source, with the lock-in of ``tenure`` years) and it is, in the median draw, at most so many months behind the
frontier in the middle of the planning horizon. Payoffs are the model's own rules, asked of every member of every set. Of the
viable sets found the smallest, and the one whose members pay least to build, are named. The search looks on a few draws at
nations with those they trust most, at the largest economies, at all subsets of the nations that good sets share, and exchanges
nations one by one; with at most 12 nations it looks at all sets. Its best sets are then judged on all other draws, so that luck
in the search does not count. The interval of the size is a bootstrap over these draws, among these sets. Those of the
likelihood and the cost are of the set named, and reach as far as those of the sets that each half of these draws would name,
judged on the other half, so that they allow for luck in the choice as well.

**Assumptions.** Sets are named before anybody knows the tastes that members will have, so by default interests alone are
judged: what the model knows. With ``tastes = with`` those of the draw count as they do in a run, and since one member of a
different mind is enough to break a set, hardly any named set is then viable: the coalitions of a run are of nations that liked
them. A set stands whether or not it would come about: ``founded`` says in what share of draws every member would gain by
founding it on the spot. ``stability = both`` asks also that no outsider that would be let in gains by joining; by default
growth is no failure. ``potential`` asks only that some transfers would hold it. Draws are the calibration's (``--uncertainty
posterior``) or else every uncertain parameter, drawn within ``spread`` of the way to the ends of its plausible range; at 0 only
chance differs. The wider the draws, the larger a coalition must be to hold in ``sure`` of them. The search is a heuristic: with
more than 12 nations a smaller viable set may exist; a set named is viable all the same.

**How to read the figure.** Above, by year, a line for each lag allowed: members of the smallest viable set, what the cheapest
pays, and the likelihood of the surest set found; no dot where nothing viable was found. Below: who is in the smallest set at
the lag asked for, a column per year.

**Time.** About 20 s on two cores at default precision.

Source: stability likelihood [DellinkFinusOlieman2008]; internal and external stability [dAspremont1983]; data splitting
[Cox1975], both ways round [ChernozhukovEtAl2018]; the search is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm import palette
from abm.dates import SLACK
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.variants import throughout
from analysis.figures import style
from analysis.methods import statistics
from analysis.methods.statistics import Estimate
from analysis.stability import likelihood
from analysis.stability.judging import CONDITIONS, Judged, judge
from analysis.stability.model_game import without_tastes
from analysis.stability.search import Aim, Search
from analysis.stability.uncertain import draws_of

TITLE = "Which is the smallest, and which the cheapest coalition that is viable?"
CAPTION = (
    "By year and by the months behind the frontier that are allowed: members of the smallest viable coalition found, yearly cost "
    "of the cheapest, likelihood of the surest (above, 95 % intervals); who is in the smallest at the lag asked for (below)."
)
REPLICATES = 416
OPTIONS = (
    Option("lag", 36.0, "months behind the frontier that are allowed", 0.1, 120),
    Option("sure", 0.8, "stability likelihood from which on a set counts as viable", 0.5, 1),
    Option("stability", "internal", "what has to hold of a set", choices=tuple(CONDITIONS)),
    Option("tenure", 3.0, "years that a coalition has stood when its members weigh leaving", 0, 50),
    Option("tastes", "without", "whether nations' tastes count beside their interests", choices=("without", "with")),
    Option("spread", 0.1, "share of plausible ranges in which parameters are drawn; 0: chance alone", 0, 1),
    Option("every", 3, "years between the years looked at", 1, 50),
)
SEARCHED = 32  # draws on which sets are searched for
LAGS = (18.0, 24.0, 48.0)
KEPT = 12  # sets of each aim that are judged on the other draws
COLUMNS = [
    "year", "lag_allowed", "least", "members", "size", "size_low", "size_high", "cost_bn", "cost_low", "cost_high",
    "lag", "likelihood", "low", "high",
    "founded", "gdp_share", "surest", "surest_low", "surest_high",
]  # fmt: skip


def unused(inquiry: Inquiry) -> dict[str, str]:
    """What has no effect beside the other options, and why."""
    return {} if inquiry.draws is None else {"spread": "the posterior says how parameters are drawn; leave one of them out"}


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return len(years(inquiry)) * inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """The smallest and cheapest viable sets of each year and lag."""
    asked = inquiry.about(throughout(inquiry.scenario, {"convening_rate": 0.0})).fixed("convening_rate")
    draws = draws_of(asked, inquiry["spread"], inquiry.replicates)
    rows = [row for year in years(inquiry) for row in _year(asked, year, draws)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    exact = len(inquiry.scenario.nations()) <= 12
    return Answer(_sentence(inquiry, table), table, _stated(inquiry, table), _notes(exact), inquiry)


def years(inquiry: Inquiry) -> np.ndarray:
    """Years looked at, two years after the start and then at even distances. Errors: ValueError where the run is too short."""
    start, end = inquiry.scenario.content.start, inquiry.scenario.end
    found = np.arange(start + 2, end - SLACK, inquiry["every"])
    if not len(found):
        raise ValueError(f"steps: the run ends in {end:g}; sets are first looked at in {start + 2:g}")
    return found


def lags(inquiry: Inquiry) -> list[float]:
    """Lags allowed: the one asked for among the usual ones."""
    return sorted({*LAGS, inquiry["lag"]})


def _year(inquiry: Inquiry, year: float, draws: pd.DataFrame | None) -> list[tuple]:
    seeds = range(inquiry.seed, inquiry.seed + inquiry.replicates)
    found = list(likelihood.worlds(inquiry.scenario, inquiry.scenario.nearest_step(year), seeds, draws))
    if inquiry["tastes"] == "without":
        found = [without_tastes(world) for world in found]
    split = min(SEARCHED, inquiry.replicates // 2)
    aims = [Aim(inquiry["sure"], lag, least) for lag in lags(inquiry) for least in ("size", "cost")]
    search = Search(found[:split], inquiry["tenure"], inquiry["stability"])
    search.seek(aims)
    finalists = np.unique(np.vstack([kept(search, aim) for aim in aims]), axis=0)
    judged = judge(found[split:], finalists, inquiry["tenure"], inquiry["stability"])
    inquiry.progress(inquiry.replicates)
    return [_row(year, aim, finalists, judged, found[0]) for aim in aims]


def kept(search: Search, aim: Aim) -> np.ndarray:
    """The best sets of the search for an aim, and for one a little harder, since a few draws flatter what they choose."""
    harder = Aim(min(aim.sure + 0.1, 1.0), 0.95 * aim.lag, aim.least)
    return np.vstack([search.best(each, KEPT) for each in (aim, harder)])


def _row(year: float, aim: Aim, sets: np.ndarray, judged: Judged, world) -> tuple:
    met, best = aim.met(judged), surest(aim, judged)
    top = (best.value, best.low, best.high)
    if not met.any():
        return (year, aim.lag, aim.least, "", *(np.nan,) * 12, *top)
    index = int(aim.ranked(sets, judged)[0])
    size = smallest(aim, sets, judged) if aim.least == "size" else Estimate(np.nan)
    chosen = chosen_by_others(judged, lambda part: int(aim.ranked(sets, part)[0]))
    sure, cost = _told(statistics.share, judged.holds, index, chosen), _told(statistics.mean, judged.cost, index, chosen)
    names = " ".join(iso3 for iso3, member in zip(world.iso3, sets[index]) if member)
    gdp = world.record.gdp[: len(world.iso3)]
    return (
        year, aim.lag, aim.least, names, int(sets[index].sum()), size.low, size.high, cost.value, cost.low, cost.high,
        judged.behind[index], sure.value, sure.low, sure.high, judged.founded[:, index].mean(),
        gdp[sets[index]].sum() / gdp.sum(), *top,
    )  # fmt: skip


def surest(aim: Aim, judged: Judged) -> Estimate:
    """The highest likelihood of a set that keeps up."""
    near = np.flatnonzero(judged.behind <= aim.lag)
    if not len(near):
        return Estimate(np.nan)

    def choose(part: Judged) -> int:
        return int(near[part.likelihood[near].argmax()])

    return _told(statistics.share, judged.holds, choose(judged), chosen_by_others(judged, choose))


def chosen_by_others(judged: Judged, choose: Callable[[Judged], int]) -> np.ndarray:
    """(D,) the set that the other half of the draws chooses, for each draw. Source: data splitting [Cox1975], both ways round
    [ChernozhukovEtAl2018]."""
    even = np.arange(len(judged.holds)) % 2 == 0
    if even.all():
        return np.full(len(even), choose(judged))
    return np.where(even, choose(judged.among(~even)), choose(judged.among(even)))


def _told(estimate: Callable[[np.ndarray], Estimate], values: np.ndarray, index: int, chosen: np.ndarray) -> Estimate:
    """What (D, M) values say of the set at ``index``, with an interval that holds that of the sets ``chosen`` by other draws
    as well: the best of many sets has had luck in the draws that chose it."""
    own, others = estimate(values[:, index]), estimate(values[np.arange(len(values)), chosen])
    return replace(own, low=min(own.low, others.low), high=max(own.high, others.high))


def smallest(aim: Aim, sets: np.ndarray, judged: Judged) -> Estimate:
    """Size of the smallest of some sets that meets the aim, with its interval over the draws."""
    sizes = sets.sum(axis=1)

    def least(rows: np.ndarray) -> float:
        met = aim.met(judged, rows)
        return float(sizes[met].min()) if met.any() else float("nan")

    return statistics.bootstrap(least, len(judged.holds), 200)


def _own(inquiry: Inquiry, table: pd.DataFrame, least: str) -> pd.DataFrame:
    """The rows of the lag asked for in which a viable set was found."""
    return table[(table["lag_allowed"] == inquiry["lag"]) & (table["least"] == least) & table["size"].notna()]


def _sentence(inquiry: Inquiry, table: pd.DataFrame) -> str:
    small, cheap = _own(inquiry, table, "size"), _own(inquiry, table, "cost")
    looked = f"from {table['year'].min():.0f} to {table['year'].max():.0f}"
    condition = f"likelihood of stability at least {inquiry['sure']:g}, at most {inquiry['lag']:g} months behind"
    if small.empty:
        return f"No viable coalition ({condition}) was found in the years looked at {looked}."
    least = small.sort_values(["size", "year"]).iloc[0]
    said = f"The smallest viable coalition found ({condition}) {looked} has {least['size']:.0f} members"
    said += f" [95 %: {least['size_low']:.0f} to {least['size_high']:.0f}], in {least['year']:.0f}: "
    said += f"{least['members'].replace(' ', ', ')}, with a likelihood of {_percent(least)}. {_later(small, table)}"
    cheapest = cheap.sort_values("cost_bn").iloc[0]
    paid = f"[95 %: {cheapest['cost_low']:.0f} to {cheapest['cost_high']:.0f}]"
    where = f"in {cheapest['year']:.0f} with {cheapest['size']:.0f} members"
    return f"{said} The cheapest pays {cheapest['cost_bn']:.0f} {paid} bn US$ a year, {where}."


def _percent(row) -> str:
    return f"{row['likelihood']:.0%} [95 %: {row['low']:.0%} to {row['high']:.0%}]"


def _later(small: pd.DataFrame, table: pd.DataFrame) -> str:
    """What becomes of it in the last year."""
    end, last = table["year"].max(), small.iloc[-1]
    if last["year"] == end:
        return f"In {end:.0f} it takes {last['size']:.0f}."
    return f"After {last['year']:.0f}, when it takes {last['size']:.0f}, none was found."


def _stated(inquiry: Inquiry, table: pd.DataFrame) -> dict[str, Stated]:
    """Size and cost of each year at the lag asked for, the smallest first."""
    stated, count = {}, inquiry.replicates - min(SEARCHED, inquiry.replicates // 2)
    own = table[table["lag_allowed"] == inquiry["lag"]]
    for row in own[own["least"] == "size"].sort_values("size", kind="stable").itertuples():
        year = f"{row.year:g}"
        size = Estimate(row.size, row.size_low, row.size_high, count)
        stated[f"size_{year}"] = Stated(f"members of the smallest viable coalition in {year}", "nations", size)
        sure = Estimate(row.likelihood, row.low, row.high, count)
        stated[f"likelihood_{year}"] = Stated(f"its stability likelihood in {year}", "share", sure)
    for row in own[own["least"] == "cost"].itertuples():
        cost = Estimate(row.cost_bn, row.cost_low, row.cost_high, count)
        stated[f"cost_{row.year:g}"] = Stated(f"cost of the cheapest viable coalition in {row.year:g}", "bn US$/yr", cost)
    return stated


def _notes(exact: bool) -> list[str]:
    found = "All sets were looked at." if exact else "The search is a heuristic: a smaller or cheaper viable set may exist."
    return [found, "A set is judged as if it stood; `founded` says how often its members would found it on the spot."]


@style.styled
def draw(answer: Answer) -> Figure:
    """Size, cost and likelihood by year above, members below."""
    inquiry, table = answer.drawn, answer.table
    own = _own(inquiry, table, "size")
    names = sorted({name for members in own["members"] for name in members.split()}, key=_count(own))
    tall = 0.3 + 0.15 * max(len(names), 3)
    figure = style.new(2.5 + tall, 0.04)
    grid = figure.add_gridspec(2, 3, height_ratios=[2, tall])
    upper = [figure.add_subplot(grid[0, index]) for index in range(3)]
    _lines(upper[0], inquiry, table[table["least"] == "size"], ("size", "size_low", "size_high"))
    _lines(upper[1], inquiry, table[table["least"] == "cost"], ("cost_bn", "cost_low", "cost_high"))
    _lines(upper[2], inquiry, table[table["least"] == "size"], ("surest", "surest_low", "surest_high"))
    upper[2].axhline(inquiry["sure"], color=style.GREY, linewidth=0.8, linestyle="--")
    style.percent(upper[2].yaxis)
    for axes, title in zip(upper, ("members of the smallest", "cost of the cheapest\n(bn US$ a year)".replace("$", r"\$"),
                                   "likelihood of the surest")):  # fmt: skip
        axes.set_ylabel(title)
    style.above(figure, upper[0].get_legend_handles_labels()[0], title="months behind allowed", handlelength=2.0)
    _members(figure.add_subplot(grid[1, :]), own, names[::-1], table["year"].unique(), inquiry)
    return figure


def _count(own: pd.DataFrame):
    together = " ".join(own["members"]).split()
    return lambda name: (-together.count(name), name)


def _lines(axes, inquiry: Inquiry, table: pd.DataFrame, columns: tuple[str, str, str]) -> None:
    value, low, high = columns
    for index, (lag, colour) in enumerate(zip(lags(inquiry), style.ramp(len(lags(inquiry))))):
        rows = table[table["lag_allowed"] == lag]
        style.points(axes, rows["year"] + 0.2 * (index - 1.5), rows[value], rows[low], rows[high], colour, f"{lag:g}")
    top = np.nanmax([*table[high], 1e-9])
    axes.set_ylim(0, 1.08 * (top if top > 1e-6 else 1))
    _by_year(axes, table["year"].unique())
    axes.grid(axis="y")


def _by_year(axes, seen: np.ndarray) -> None:
    axes.set_xlim(seen.min() - 1, seen.max() + 1)
    axes.set_xticks(seen, [f"{year:g}" for year in seen])


def _members(axes, own: pd.DataFrame, names: list[str], seen: np.ndarray, inquiry: Inquiry) -> None:
    """A square per nation and year in which it is in the smallest set."""
    called = inquiry.scenario.nations()["name"]
    for row in own.itertuples():
        at = [names.index(name) for name in str(row.members).split()]
        axes.plot([row.year] * len(at), at, "s", color=palette.GREEN, markersize=5)
    axes.set_yticks(range(len(names)), [called[name] for name in names], fontsize=7.5)
    axes.set_ylim(-0.7, max(len(names), 1) - 0.3)
    axes.set_title(f"members of the smallest at most {inquiry['lag']:g} months behind")
    _by_year(axes, seen)
    axes.grid()
    if own.empty:
        axes.text(0.5, 0.5, "none found", transform=axes.transAxes, ha="center", color=style.GREY)
