"""The answer in one sentence: what stands by the horizon, how widely futures spread, and what the visitor's changes did to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from abm import measures, titles
from analysis.page import drawing, panels
from analysis.page.futures import Fan
from analysis.page.screen import Screen
from analysis.page.session import Session

_Z = 1.96  # normal quantile of a 95 % interval
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


def answer(screen: Screen) -> dict[str, Any]:
    """The sentences, with the runs that they rest on; ``fresh`` is False while newer futures are being computed."""
    session, fan = screen.session, screen.foresight.fan
    horizon = panels.quarter(float(session.all_dates[-1]))
    pending = screen.pending is not None
    if fan is None:
        return {
            "stands": f"By {horizon}: the futures are being computed …", "did": "", "here": "", "runs": 0, "fresh": False,
        }
    return {
        "stands": stands(fan, late=screen.playing and fan.step < session.step_now),
        "did": did(screen, fan, pending),
        "here": here(screen, fan) if session.model.finished and fan.step == 0 else "",
        "runs": fan.runs,
        "fresh": screen.foresight.fresh or screen.playing,
    }


def stands(fan: Fan, late: bool = False) -> str:
    """How often a coalition stands at the horizon, and what it holds; ``late`` where the run has gone on since."""
    standing, share = fan.ends["coalitions"] > 0, fan.ends["gdp_coalition"]
    low, middle, high = (_percent(x) for x in np.quantile(share, (_LOW, _MIDDLE, _HIGH)))
    seen, horizon = (panels.quarter(float(date)) for date in fan.dates[[0, -1]])
    when = f"Seen from {seen}: by" if late else "By"
    return (
        f"{when} {horizon} a coalition stands in {_percent(standing.mean())} % of futures and holds {middle} % of the nations' "
        f"GDP (median; 10–90 %: {low} to {high} %)."
    )


def did(screen: Screen, fan: Fan, pending: bool) -> str:
    """What the changes did, as the mean difference of futures that share their chance, with its interval."""
    session, without = screen.session, screen.foresight.without
    changes = screen.pending if pending and screen.pending is not None else session.changes.now
    count = sum(change.kind in ("lever", "act") for change in changes)
    if count == 0:
        return "You have changed nothing yet."
    yours = "Your change" if count == 1 else f"Your {count} changes"
    if without is None or fan.step != without.step:
        return f"{yours}: the futures without {'it' if count == 1 else 'them'} are being computed …"
    runs = min(fan.runs, without.runs)
    standing = matched(fan.ends["coalitions"][:runs] > 0, without.ends["coalitions"][:runs] > 0)
    share = paired(fan.ends["gdp_coalition"][:runs] - without.ends["gdp_coalition"][:runs])
    return (
        f"{yours}{', as dragged,' if pending else ''} {effect(standing, 'how often one stands', count)} and "
        f"{effect(share, 'the share of GDP it holds', count)}: means of {runs} pairs of futures with the same chance, with 95 % "
        "intervals."
    )


def compared(session: Session, fan: Fan | None, without: Fan | None) -> dict[str, Any]:
    """Means of many futures at the horizon with the changes and without them, and their paired differences."""
    nothing: dict[str, Any] = {"title": "", "rows": [], "runs": 0}
    if fan is None or without is None or fan.step != without.step:
        return nothing
    runs, known, rows = min(fan.runs, without.runs), measures.columns(session.model.world.vendors), []
    for name in ("coalitions", *panels.COMPARED):
        mine, theirs = fan.ends[name][:runs], without.ends[name][:runs]
        unit, both = known[name].unit, np.isfinite(mine) & np.isfinite(theirs)
        if both.sum() > 1:
            mean, low, high = paired(mine[both] - theirs[both])
            shown = [panels.measured(float(values[both].mean()), unit) for values in (mine, theirs)]
            difference = f"{_change(mean, unit)} ({_change(low, unit)} to {_change(high, unit)})"
            rows.append((titles.measure(name), *shown, difference, f"{known[name].meaning} [{known[name].unit}]"))
    horizon = panels.quarter(float(session.all_dates[-1]))
    return {"title": f"By {horizon}: {runs} pairs of futures from step {fan.step}", "rows": rows, "runs": runs}


def _change(x: float, unit: str) -> str:
    """A difference with its sign, of shares in percentage points."""
    shown = f"{100 * x:.2f} points" if unit.startswith("share") else drawing.number(x)
    return shown.replace("-", "−") if x < 0 else f"+{shown}"


def here(screen: Screen, fan: Fan) -> str:
    """Where the visitor's own run ended among the futures from its start."""
    session = screen.session
    own, share = float(session.model.observed["gdp_coalition"]), fan.ends["gdp_coalition"]
    if own <= 0.0:
        return f"In this run no coalition stands at the end, as in {_percent((share <= 0).mean())} % of futures."
    return (
        f"In this run coalitions end with {_percent(own)} % of GDP, more than in {_percent((share < own).mean())} % of futures "
        f"and less than in {_percent((share > own).mean())} %."
    )


def paired(differences: np.ndarray) -> tuple[float, float, float]:
    """Mean of paired differences with its 95 % interval (normal)."""
    mean, error = float(differences.mean()), 0.0
    if len(differences) > 1:
        error = float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return mean, mean - _Z * error, mean + _Z * error


def matched(mine: np.ndarray, others: np.ndarray) -> tuple[float, float, float]:
    """Difference of two shares of the same runs with its 95 % interval, which has a width also where no run differs.

    Half a run is added to each of the four kinds of pairs. Source: Agresti and Min, Simple improved confidence intervals for
    comparing matched proportions (2005).
    """
    gained, lost, n = float((mine & ~others).sum()), float((others & ~mine).sum()), len(mine)
    b, c, m = gained + 0.5, lost + 0.5, n + 2.0
    centre, error = (b - c) / m, math.sqrt(max(b + c - (b - c) ** 2 / m, 0.0)) / m
    return (gained - lost) / n, max(centre - _Z * error, -1.0), min(centre + _Z * error, 1.0)


def effect(difference: tuple[float, float, float], what: str, count: int) -> str:
    """A difference of shares in percentage points: what so many changes add to something or take from it, between what limits."""
    mean, low, high = (100 * x for x in difference)
    verb, to = ("take", "from") if mean < 0 else ("add", "to")
    return f"{verb}{'s' if count == 1 else ''} {_short(abs(mean))} points {to} {what} ({_signed(low)} to {_signed(high)})"


def _short(x: float) -> str:
    return f"{x:.1f}" if x < 9.95 else f"{x:.0f}"


def _signed(x: float) -> str:
    if round(abs(x), 1) == 0.0:
        return "0"
    return ("+" if x > 0 else "−") + _short(abs(x))


def _percent(x: float) -> str:
    """A share in whole per cent, where neither all nor nothing is told of a share that is not."""
    shown = round(100 * float(x))
    if shown == 0 and x > 0:
        return "under 1"
    return "over 99" if shown == 100 and x < 1 else str(shown)
