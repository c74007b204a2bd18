"""Which measure of the network moves first before a coalition breaks, and does it tell more than size, age and tension?

**What is computed.** A coalition of at least ``least`` members breaks where those who were members a year before and are no
more held at least ``share`` of the GDP they had together, or where it dissolves. At every step of every coalition (but for
those within a year after a break) each measure is read, and three things are asked of it. *Does it tell?* The area under the
curve (AUC): the chance that a coalition which breaks within ``horizon`` years shows a more alarming value than one which does
not; 0.5 is guessing. *Does it add?* The gain in AUC when it joins size, age and tension in a logistic model. *How early does
it move?* For every step before the break the AUC of how far the measure has moved since ``back`` years before the break (of
flows, which are moves within a year: their size), against coalitions of like size and age (by quarters) that stay whole for
``back`` years; the lead is the time before the break from which on it stays at least ``signal``.

**Assumptions.** All is out of sample: even seeds tell which way is alarming, and how much each measure weighs, for odd seeds,
and the other way round. A break is dated when the loss reaches ``share``, which takes up to a year. Intervals are from a
bootstrap over runs, since steps of one run are not independent; every resample fits its own model. Notices given are
shown apart: members must give notice before they leave, so that they announce the break rather than foretell it.

**How to read the figure.** Left: AUC of each measure with its 95 % interval; the dashed line is guessing, the strip the model
of size, age and tension. Right: AUC of the moves by time before the break; where a line rises above the dotted one and stays
there, the measure has begun to tell.

**Time.** About 15 s on two cores at default precision.

Source: area under the curve [HanleyMcNeil1982]; one-step bootstrap [SchucanyWang1991]; the definition of a break and the
comparison are ours.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from abm.words import ArgumentError
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.figures import style
from analysis.methods import auc
from analysis.methods.statistics import Estimate
from analysis.warning import breaks, signals
from analysis.warning import figure as warning
from analysis.warning.breaks import Life
from analysis.warning.signals import NETWORK, SIGNALS, SIMPLE
from analysis.warning.watch import watch

TITLE = "Which measure of the network moves first before a coalition breaks?"
CAPTION = (
    "Left: how well each measure tells, out of sample, whether a coalition breaks within the horizon (AUC; dashed: "
    "guessing; strip: size, age and tension together). Right: AUC of the measures' moves by time before the break, among "
    "coalitions of like size and age; dotted: the signal asked for. 95 % intervals over runs."
)
REPLICATES = 300
OPTIONS = (
    Option("share", 0.3, "GDP of its members that a coalition loses within a year where it breaks", 0.05, 1),
    Option("least", 3, "members that a coalition must have to count", 2, 200),
    Option("horizon", 1.0, "years ahead for which breaks are told", 0.25, 10),
    Option("back", 3.0, "years before the break that are looked at", 0.5, 10),
    Option("signal", 0.6, "AUC from which on a measure counts as telling", 0.5, 1),
)
FEWEST = 10  # breaks in either half of the runs below which nothing is said
CLOSE = 0.8  # rank correlation from which on a measure is little but size


def runs_of(inquiry: Inquiry) -> int:
    """How many runs an answer takes."""
    return inquiry.replicates


def answer(inquiry: Inquiry) -> Answer:
    """Watch every coalition, find the breaks, score every measure."""
    _check(inquiry)
    seeds = np.arange(inquiry.seed, inquiry.seed + inquiry.replicates)
    draws = None if inquiry.draws is None else inquiry.draws.iloc[np.arange(inquiry.replicates) % len(inquiry.draws)]
    watched = watch(inquiry.scenario, seeds, draws, inquiry.progress)
    year = max(round(1 / watched.dt), 1)
    lives = breaks.lives(watched.serial, watched.gdp, year, inquiry["share"], inquiry["least"])
    count = sum(len(life.breaks) for life in lives)
    halves = [sum(len(life.breaks) for life in lives if life.run % 2 == fold) for fold in (0, 1)]
    if min(halves) < FEWEST:
        return _too_few(count, inquiry)
    rows = signals.table(watched, lives, year, inquiry["least"])
    scores, curves = _areas(rows, lives, inquiry, watched), _curves(rows, lives, inquiry, watched)
    return _told(inquiry, rows, lives, scores, curves, count, watched.dt)


def _check(inquiry: Inquiry) -> None:
    years = inquiry.scenario.end - inquiry.scenario.content.start
    for name in ("horizon", "back"):
        if inquiry[name] >= years:
            raise ArgumentError(name, inquiry[name], f"must be shorter than the run, {years:g} years")


def _areas(rows: pd.DataFrame, lives: list[Life], inquiry: Inquiry, watched) -> dict[str, np.ndarray]:
    """Resampled areas of each measure, of the simple ones together (``simple``), of these and one more (``+NAME``), of all."""
    positive = signals.breaking(rows, lives, max(round(inquiry["horizon"] / watched.dt), 1), watched.serial.shape[1] - 1)
    known = np.isfinite(positive) & rows["counts"].to_numpy() & rows[[signal.name for signal in SIGNALS]].notna().all(axis=1)
    rows, positive = rows[known], positive[known] > 0.5
    run, drawn = rows["run"].to_numpy(), auc.draw_runs(inquiry.replicates)
    sets = {signal.name: [signal.name] for signal in SIGNALS} | {"simple": SIMPLE, "all": SIMPLE + NETWORK}
    sets |= {f"+{signal.name}": [*SIMPLE, signal.name] for signal in SIGNALS if signal.name not in SIMPLE}
    found = {name: auc.out_of_sample(rows[names], positive, run, drawn)[0] for name, names in sets.items()}
    ways = {f"way {one.name}": np.array(signals.direction(rows, positive, one.name)) for one in SIGNALS}
    return found | ways


def _curves(rows: pd.DataFrame, lives: list[Life], inquiry: Inquiry, watched) -> dict[str, np.ndarray]:
    """(B, H) resampled areas of each measure's change by steps before the break."""
    steps = max(round(inquiry["back"] / watched.dt), 1)
    counts = rows["counts"].to_numpy()
    calm = counts & (signals.breaking(rows, lives, steps, watched.serial.shape[1] - 1) == 0.0)
    cases = [counts & signals.before_break(rows, lives, h) for h in range(1, steps + 1)]
    drawn = auc.draw_runs(inquiry.replicates)
    return {one.name: signals.early(rows, calm, cases, one, drawn) for one in SIGNALS if one.name != "age"}


def _told(inquiry: Inquiry, rows, lives, scores, curves, count: int, dt: float) -> Answer:
    table = _table(inquiry, scores, curves, dt)
    table["with_size"] = [_rank_correlation(rows[name], rows["members"]) for name in table["measure"]]
    network = table[table["kind"] == "network"].sort_values(["lead", "auc"], ascending=False, kind="stable")
    first, best = network.iloc[0], table[table["kind"] == "simple"].sort_values("auc", ascending=False).iloc[0]
    names = (first["measure"], best["measure"], "simple", "all")
    drawn = {name: auc.estimate(scores[name], inquiry.replicates) for name in names}
    added = auc.estimate(scores["all"] - scores["simple"], inquiry.replicates)
    leads = dt * signals.lead(curves[first["measure"]], inquiry["signal"])
    stated = {
        "lead": Stated(f"time before a break at which {first['measure']} begins to tell", "years",
                       auc.estimate(leads, inquiry.replicates)),
        "auc": Stated(f"AUC of {first['measure']}", "chance", drawn[first["measure"]]),
        "simple": Stated(f"AUC of {best['measure']}, the best simple alternative", "chance", drawn[best["measure"]]),
        "together": Stated("AUC of size, age and tension together", "chance", drawn["simple"]),
        "all": Stated("AUC of these with all measures of the network", "chance", drawn["all"]),
        "gain": Stated("what the network adds to size, age and tension", "AUC", added),
    }  # fmt: skip
    notes = _notes(inquiry, table, lives, count, dt)
    return Answer(_sentence(first, stated, inquiry), table, stated, notes, (table, scores, curves, inquiry, dt))


def _table(inquiry: Inquiry, scores, curves, dt: float) -> pd.DataFrame:
    """A row per measure: ``auc``, ``gain`` over the simple ones, ``lead`` [years], each with its interval; the alarming side."""
    found = []
    for signal in SIGNALS:
        told = auc.estimate(scores[signal.name], inquiry.replicates)
        more = scores.get(f"+{signal.name}")
        gain = Estimate(math.nan) if more is None else auc.estimate(more - scores["simple"], inquiry.replicates)
        lead = Estimate(math.nan)
        if signal.name in curves and np.isfinite(curves[signal.name][0]).all():
            lead = auc.estimate(dt * signals.lead(curves[signal.name], inquiry["signal"]), inquiry.replicates)
        numbers = [number for e in (told, gain, lead) for number in (e.value, e.low, e.high)]
        found.append((signal.name, signal.kind, str(scores[f"way {signal.name}"]), *numbers, signal.label))
    names = [f"{name}{end}" for name in ("auc", "gain", "lead") for end in ("", "_low", "_high")]
    return pd.DataFrame(found, columns=["measure", "kind", "alarming", *names, "meaning"])


def _rank_correlation(one: pd.Series, other: pd.Series) -> float:
    """Spearman's; NaN where one does not vary."""
    return float(one.corr(other, method="spearman")) if one.nunique() > 1 and other.nunique() > 1 else math.nan


def _sentence(first: pd.Series, stated: dict[str, Stated], inquiry: Inquiry) -> str:
    lead, told, simple, gain = (stated[name].estimate for name in ("lead", "auc", "together", "gain"))
    least = "at least " if lead.value >= inquiry["back"] else ""
    moves = f"{first['measure']} ({first['meaning']}) moves first, {least}{_years(lead.value)} before the break {_band(lead)}"
    if not lead.value:
        moves = f"no measure moves before the break by as much as was asked (AUC {inquiry['signal']:g})"
    noise = "" if gain.clear else ", which may be noise"
    return (
        f"Of the network, {moves}; the level of {first['measure']} tells a break within {_years(inquiry['horizon'])} with AUC "
        f"{told.value:.2f} {_band(told)}. Size, age and tension alone reach {simple.value:.2f} {_band(simple)}; all measures of "
        f"the network add {gain.value:+.3f} [95 %: {gain.low:+.3f} to {gain.high:+.3f}] to them{noise}."
    )


def _years(number: float) -> str:
    return f"{number:.2g} year{'s' * (number != 1)}"


def _band(e: Estimate) -> str:
    return f"[95 %: {e.low:.2f} to {e.high:.2f}]"


def _notes(inquiry: Inquiry, table: pd.DataFrame, lives: list[Life], count: int, dt: float) -> list[str]:
    years = dt * sum(life.end - life.start for life in lives)
    broke = sum(bool(life.breaks) for life in lives)
    notice = table[table["measure"] == "notice"].iloc[0]
    told = [
        f"{count} breaks of {broke} out of {len(lives)} coalitions in {years:,.0f} coalition-years ({count / years:.2f} a year) "
        f"of {inquiry.replicates} runs",
    ]
    if notice["auc"] != 0.5:
        said = "but they announce the break: members must give notice before they leave"
        told.append(f"notices given reach AUC {notice['auc']:.2f}, {said}")
    if (table["lead"] >= inquiry["back"]).any():
        told.append(f"a lead of {inquiry['back']:g} years is the farthest that was looked at; a larger `back` looks farther")
    network = table[table["kind"] == "network"]
    if network["lead"].max() < 1:
        told.append("a break is counted over a year, so that a lead below one year is the beginning of the break itself")
    close = network[network["with_size"].abs() > CLOSE]
    if len(close):
        named = [f"{name} ({number:+.2f})" for name, number in zip(close["measure"], close["with_size"], strict=True)]
        told.append(f"little but size in another form, by rank correlation with the number of members: {', '.join(named)}")
    return told


def _too_few(count: int, inquiry: Inquiry) -> Answer:
    """What is said where breaks are too rare."""
    nothing = Estimate(math.nan, count=inquiry.replicates)
    said = f"Coalitions break too seldom to tell: {count} breaks in {inquiry.replicates} runs; each half needs {FEWEST}."
    table = pd.DataFrame({"measure": [signal.name for signal in SIGNALS], "auc": math.nan})
    return Answer(said, table, {"lead": Stated("time before a break", "years", nothing)}, ["ask for more replicates"])


@style.styled
def draw(answer: Answer) -> Figure:
    """Areas of all measures to the left, of the moves by time to the right."""
    return warning.draw(answer)
