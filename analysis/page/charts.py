"""Charts over time: what was, up to the present step, and the spread of what may come."""

from __future__ import annotations

from typing import Any

import numpy as np

from abm import options, palette
from analysis.page.drawing import DASHES, PANEL, Chart, number
from analysis.page.frame import label
from analysis.page.futures import LEVELS, REPLICATES, Fan
from analysis.page.session import Session

_MOST_POINTS = 240
_MIDDLE = LEVELS.index(0.5)


def _thin(x: np.ndarray) -> np.ndarray:
    """At most as many points as a chart can show, the last one among them."""
    stride = max(-(-len(x) // _MOST_POINTS), 1)
    return x[::-1][::stride][::-1]


def _span(session: Session) -> tuple[float, float]:
    return float(session.all_dates[0]), float(session.all_dates[-1])


def over_time(session: Session, fan: Fan | None, weight: str) -> list[str]:
    """Stances (by ``nations`` or ``gdp``), lag, trust and turnover, with a ruler at the shown step."""
    with session.lock:  # a step in between would give the charts histories of two lengths
        ruler = session.shown.date
        return [_stances(session, fan, weight, ruler), _lags(session, fan, ruler), _trust(session, ruler)]


def _stances(session: Session, fan: Fan | None, weight: str, ruler: float) -> str:
    vendors = session.model.world.vendors
    title = "Stances, share of GDP" if weight == "gdp" else "Stances, share of nations"
    chart = Chart("stances", title, _span(session), (0, 1), percent=True)
    names = options.names(vendors)
    chart.legend([(label(name, session.vendors), palette.option(name, vendors)) for name in names], "area")
    dates = _thin(session.dates)
    low: Any = 0.0
    after = slice(max(session.step_now - fan.step, 0), None) if fan else slice(0)
    low_after: Any = 0.0
    for name in (names[-1], *names[:-1]):
        values, colour = _thin(session.history(f"{weight}_{name}")), palette.option(name, vendors)
        chart.band(dates, np.zeros(len(dates)) + low, low + values, colour, 0.9)
        low = low + values
        if fan is not None:
            means = fan.means[f"{weight}_{name}"][after]
            chart.band(fan.dates[after], np.zeros(len(means)) + low_after, low_after + means, colour, 0.35)
            low_after = low_after + means
        chart.tell(_share_told(label(name, session.vendors), values, fan.means[f"{weight}_{name}"] if fan else None))
    chart.ruler(ruler)
    return chart.svg()


def _lags(session: Session, fan: Fan | None, ruler: float) -> str:
    vendors = session.model.world.vendors
    lines = {label(name, session.vendors): (f"lag_{name}", palette.option(name, vendors)) for name in vendors}
    lines["best coalition"] = ("lag_coalition", options.SHARED.colour)
    histories = {name: session.history(name) for name, _ in lines.values()}
    tops = [float(np.nanmax(values)) for values in histories.values() if np.isfinite(values).any()]
    if fan is not None and np.isfinite(fan.quantiles["lag_coalition"]).any():
        tops.append(float(np.nanmax(fan.quantiles["lag_coalition"])))
    chart = Chart("lag", "Months behind the frontier", _span(session), (0, max([12.0, *tops]) * 1.03))
    chart.legend([(text, colour) for text, (_, colour) in lines.items()])
    if fan is not None:
        _spread(chart, fan, "lag_coalition", options.SHARED.colour)
    for text, (name, colour) in lines.items():
        _past(chart, session, histories[name], colour)
        chart.tell(f"{text} {number(float(histories[name][-1]))}")
    chart.ruler(ruler)
    return chart.svg()


def _trust(session: Session, ruler: float) -> str:
    lines = {"sovereignty": "line", "trust": "dash", "cohesion": "dashdot", "turnover": "dot"}
    chart = Chart("trust", "Trust, turnover, sovereignty", _span(session), (0, 1), percent=True)
    for name, kind in lines.items():
        chart.legend([(name, _measure_colour(name))], kind)
    for name, kind in lines.items():
        _past(chart, session, session.history(name), _measure_colour(name), DASHES[kind])
        now = session.history(name)[-1]
        chart.tell(f"{name} {100 * now:.0f} %" if np.isfinite(now) else f"{name}: none")
    chart.ruler(ruler)
    return chart.svg()


def _measure_colour(name: str) -> str:
    return palette.SOVEREIGNTY if name == "sovereignty" else palette.INK


def _share_told(text: str, values: np.ndarray, means: np.ndarray | None) -> str:
    later = "" if means is None else f", {100 * means[-1]:.0f} % expected at the end"
    return f"{text} {100 * values[-1]:.0f} %{later}"


def _past(chart: Chart, session: Session, values: np.ndarray, colour: str, dash: str = "") -> None:
    """A measure up to the present, with a dot on its last value."""
    chart.line(_thin(session.dates), _thin(values), colour, 2.0, dash)
    chart.dot(float(session.dates[-1]), float(values[-1]), colour)


def _spread(chart: Chart, fan: Fan, name: str, colour: str) -> None:
    values = fan.quantiles[name]
    chart.band(fan.dates, values[0], values[-1], colour, 0.18)
    chart.band(fan.dates, values[1], values[-2], colour, 0.3)
    chart.line(fan.dates, values[_MIDDLE], colour, 1.8)


def _fan(
    session: Session, fan: Fan, before: Fan | None, name: str, title: str, colour: str, share: bool, beside: str
) -> str:
    history = session.history(name)
    drawn = [history, fan.quantiles[name], *([before.quantiles[name]] if before else [])]
    tops = [values for values in drawn if np.isfinite(values).any()]
    top = 1.0 if share else max([12.0, *(float(np.nanmax(values)) for values in tops)]) * 1.03
    chart = Chart(f"future-{name}", title, _span(session), (0, top), (PANEL, 160), percent=share)
    chart.legend([("futures", colour), *([] if before is None else [(beside, palette.REFERENCE)])])
    if before is not None:
        _spread(chart, before, name, palette.REFERENCE)
    _spread(chart, fan, name, colour)
    _past(chart, session, history, "currentColor" if session.model.finished else colour)
    low, _, middle, _, high = ((100 if share else 1) * fan.quantiles[name][:, -1])
    if np.isfinite(middle):
        chart.tell(f"At the end {middle:.0f}, in 80 % of the runs from {low:.0f} to {high:.0f} {'%' if share else 'months'}")
    chart.ruler(session.model.date)
    return chart.svg()


def _chance(session: Session, fan: Fan, before: Fan | None) -> str:
    chart = Chart("future-chance", "Chance that a coalition stands", _span(session), (0, 1), (PANEL, 130), percent=True)
    if before is not None:
        chart.line(before.dates, before.chance, palette.REFERENCE, 2.2)
    chart.line(fan.dates, fan.chance, options.SHARED.colour, 2.2)
    chart.tell(f"{100 * fan.chance[-1]:.0f} % at the end")
    chart.ruler(session.model.date)
    return chart.svg()


def futures(
    session: Session, fan: Fan | None, before: Fan | None, pending: bool, beside: str = "without your changes"
) -> dict[str, Any]:
    """The panel of futures: fans, chance of a coalition, likely members; the fan ``beside`` in grey. At the end of a run it lies
    within the futures from its start."""
    purpose = (
        "From the present step the compiled ensemble runs to the end, each time with other chance. Bands hold 50 % and 80 % "
        "of the runs, the line is their median."
    )
    if before is not None:
        purpose += f" Grey: the same {beside}, run by run with the same chance."
    if fan is None:
        status = "Running the ensemble …"
        return {"help": purpose, "status": status, "svgs": [], "members": [], "runs": 0, "step": -1, "moved": False}
    status = f"{fan.runs} of {fan.planned} runs from step {fan.step}" + (": as if released here" if pending else "")
    if fan.planned < REPLICATES:
        status += f"; no more, as the world is large (`abm run` does {REPLICATES} and more)"
    if session.model.finished and fan.step == 0:
        status += "; the line that ends in a dot is this run"
    elif fan.step != session.step_now:
        status += "; it is renewed when play pauses"
    colour = options.SHARED.colour
    with session.lock:
        svgs = [
            _fan(session, fan, before, "gdp_coalition", "GDP in coalitions, share", colour, True, beside),
            _chance(session, fan, before),
            _fan(session, fan, before, "lag_coalition", "Lag of the best coalition, months", colour, False, beside),
            _fan(session, fan, before, "sovereignty", "Sovereignty, share of AI benefit", palette.SOVEREIGNTY, True, beside),
        ]
    return {
        "help": purpose,
        "status": status,
        "runs": fan.runs,
        "step": fan.step,
        "moved": before is not None,
        "svgs": svgs,
        "members": _members(session, fan, before),
    }


def _members(session: Session, fan: Fan, before: Fan | None, count: int = 12) -> list[tuple[str, int, str | None]]:
    rows = np.argsort(-fan.members, kind="stable")[:count]
    found = []
    for i in rows[fan.members[rows] > 0]:
        change = None if before is None else f"{100 * (fan.members[i] - before.members[i]):+.0f}"
        found.append((session.model.world.names[i], round(100 * float(fan.members[i])), change))
    return found
