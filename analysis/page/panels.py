"""What each panel says, as plain data and SVG text, from the model and the session alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from abm import measures, options, palette, titles
from abm.dates import SLACK
from abm.model import Model
from abm.submodels.capability import lag_months, training_share
from abm.submodels.choice import QUARTER
from abm.temporal_network import coalition_name
from analysis.page import drawing, why
from analysis.page.frame import facts, label
from analysis.page.session import Session

#: Terms in the words of the panel.
WORDS = {
    "benefit": "what AI of this source is worth to it",
    "peers": "gain from using what trusted partners use",
    "fee": "fee to the vendor",
    "build": "national compute, training, site, membership",
    "restriction": "expected loss to cuts and outages",
    "switching": "cost of moving, and standing lost by leaving a coalition",
    "distance": "cost of relying on those it votes and allies apart from",
    "taste": "what the model does not know about this nation: its liking for the option, beyond all that is counted",
}


def quarter(date: float) -> str:
    """A date in words, such as Q3 2031."""
    date += SLACK
    return f"Q{int(date % 1 / QUARTER) + 1} {int(date)}"


def percent(x: float, digits: int = 0) -> str:
    """A share as a percentage."""
    return f"{100 * x:.{digits}f} %" if np.isfinite(x) else "–"


def nation(session: Session, model: Model, table: pd.DataFrame, iso3: str, now: bool) -> dict[str, Any]:
    """Everything about one nation at the shown step."""
    agent = model.nation(iso3)
    world, i = model.world, agent.row
    known = facts(table, iso3)
    ranked = why.explain(world, i, now)
    reviewed = int(world.record.reviewed[i])
    asked = f"at its review in {quarter(world.date(reviewed))}" if reviewed >= 0 and not now else "it would choose now"
    content: dict[str, Any] = {
        "iso3": iso3,
        "facts": [
            ("stance", _stance(model, i), "what it relies on"),
            ("region", known["region"], "World Bank region"),
            ("GDP", f"{agent.gdp:,.0f} bn US$", "gross domestic product"),
            ("adoption", percent(agent.adoption), "extent to which AI's value is taken up"),
            ("compute", f"{1e3 * agent.compute:,.0f} k H100e", "national compute in thousand H100 equivalents"),
            ("expects of chips", percent(agent.plan_chips), "of the hardware it would pay for as a builder"),
            ("alone would spend", percent(agent.effort, 2) + " of GDP/yr", "on training as a lone builder, as last worked out"),
            ("lock-in", percent(agent.lock_in), "how far projects are tied to the present source"),
            ("sovereignty", percent(agent.sovereignty), "AI benefit that no single foreign government can withdraw"),
            ("net benefit", percent(agent.net_benefit, 2) + " of GDP/yr", "benefit less all payments and losses"),
            ("cuts felt", str(agent.cuts), "targeted cuts so far"),
            ("member of", ", ".join(known["groups"]) or "–", "shared institutions in the data"),
        ],
        "path": _path(session, model, i),
        "partners": [partner.name for partner in agent.partners],
        "hazards": [
            (
                label(str(vendor), session.vendors), f"{row.believed:.3f}", f"{row.true:.3f}", f"{agent.distance[v]:.2f}",
                percent(world.record.vendor_hosting[v]),
            )
            for v, (vendor, row) in enumerate(agent.hazards.iterrows())
        ],
        "when": asked,
        "terms": [(term, colour, WORDS[term]) for term, colour in palette.TERMS.items()],
        "why": drawing.stacked_terms(
            [
                (option.label, {term: 100 * x for term, x in _drawn(option).items()}, 100 * option.worth, option.current)
                for option in ranked
            ],
            palette.TERMS,
            drawing.PANEL,
        ),
        "notes": _notes(model, i, ranked, reviewed >= 0 and not now),
        "taste": _taste(session, model, i),
    }
    return content | _changes(world, i)


def _drawn(option: why.Option) -> dict[str, float]:
    return option.terms if option.refused else {**option.terms, "taste": option.taste}


def _taste(session: Session, model: Model, i: int) -> dict[str, Any]:
    """The nation's tastes in % of its GDP a year, the greatest first, and how long it has had them."""
    world, record = model.world, model.world.record
    own = options.of_source(int(record.source[i]), world.vendors)
    tastes = zip(options.names(world.vendors), record.taste[i].tolist())
    rows = [(label(name, session.vendors), {"taste": 100 * x}, 100 * x, index == own) for index, (name, x) in enumerate(tastes)]
    drawn = [e for e in session.log if e.kind == "taste" and e.step < record.step and world.iso3[i] in e.nations]
    reviewed, rate = int(record.reviewed[i]), float(record.p.taste_renewal)
    start, asked = world.date(0), f"Last reviewed in {quarter(world.date(reviewed))}" if reviewed >= 0 else "Not reviewed so far"
    since = (
        f"Drawn anew at its review in {quarter(drawn[-1].date)}"
        if drawn else f"Drawn so that what it chose on record in {start:.0f} comes out best, and kept since"
    )
    return {
        "svg": drawing.stacked_terms(
            sorted(rows, key=lambda row: -row[2]), palette.TERMS, drawing.PANEL, "taste", "The nation's taste for each option"
        ),
        "since": f"{since}. {asked}. Tastes change {_often(rate)} (elections, doctrine), and count from the next review on.",
    }


def _often(rate: float) -> str:
    if rate <= 0.0:
        return "never"
    return f"about every {1 / rate:.0f} years" if rate < 1.0 else f"about {rate:.0f} times a year"


def _stance(model: Model, i: int) -> str:
    source = int(model.world.record.source[i])
    text = why.source_label(model.world, source)
    return f"coalition {text}" if options.in_coalition(source, model.world.vendors) else text


def _path(session: Session, model: Model, i: int) -> str:
    vendors, steps = model.world.vendors, int(model.world.record.step) + 1
    colours, texts = [], []
    for step, (sources, serials) in enumerate(zip(session.sources[:steps], session.serials[:steps])):
        source, serial = int(sources[i]), int(serials[i])
        colours.append(palette.of_source(source, serial, vendors))
        name = coalition_name(serial) if serial else label(options.names(vendors)[source], session.vendors)
        texts.append(f"{quarter(model.world.date(step))}: {name}")
    return drawing.strip(colours, texts)


def _notes(model: Model, i: int, ranked: list[why.Option], review: bool) -> list[str]:
    """What is not in the numbers: who refused, what the taste decided, why it is not with the best."""
    found = []
    refused = [option.label for option in ranked if option.refused]
    if refused:
        found.append(f"{', '.join(refused)} {'refused' if review else 'would refuse'} to admit it, so that is not open to it.")
    best, counted = ranked[0], max((option for option in ranked if not option.refused), key=lambda option: option.payoff)
    if best is not counted:
        found.append(f"By what the model counts alone, {counted.label} would come first; its taste makes it {best.label}.")
    if not best.current and not review:
        found.append(f"It would turn to {best.label} if it reviewed its stance now.")
    elif not best.current:
        waits = model.world.record.notice_left[i] >= 0
        reason = "its notice has not run out" if waits else "others have moved since, or took it along"
        found.append(f"It is not with {best.label}, which it chose then: {reason}.")
    return found


def _changes(world, i: int) -> dict[str, Any]:
    answer = why.changes(world, i)
    if answer is None:
        return {"changes": None}
    best, second, found = answer
    reached = [change for change in found if change.needed is not None]
    return {
        "best": best.label,
        "second": second.label,
        "lead": percent(best.worth - second.worth, 2),
        "changes": [
            (change.name, drawing.number(change.present), drawing.number(float(change.needed or 0.0)), change.unit)
            for change in reached
        ],
        "beyond": ", ".join(change.name for change in found if change.needed is None),
    }


def coalitions(model: Model) -> list[dict[str, Any]]:
    """Every standing coalition, largest first."""
    world = model.world
    record, verdicts = world.record, why.stability(world)
    slots = sorted(verdicts, key=lambda k: -int(record.members[k]))
    return [_coalition(model, k, verdicts[k]) for k in slots]


def _coalition(model: Model, k: int, verdict: why.Stability) -> dict[str, Any]:
    world, record = model.world, model.world.record
    rows = [agent.row for agent in model.coalitions[k].nations]
    names, serial, size = world.names, int(record.serial[k]), int(record.members[k])
    gdp, compute, effort = record.gdp[rows].sum(), record.coalition_compute[k], float(record.pool_effort[k])
    paid = {i: training_share(record, i, size, gdp, 1.0, compute, record.compute[i]) * record.gdp[i] for i in rows}
    total, margin = sum(paid.values()), dict(verdict.margins)

    def named(pairs) -> str:
        return ", ".join(f"{names[i]} ({percent(gain, 2)})" for i, gain in pairs[:5]) + (" …" if len(pairs) > 5 else "")

    return {
        "name": coalition_name(serial),
        "colour": palette.coalition(serial),
        "size": size,
        "facts": [
            ("founded", quarter(world.date(int(record.founded[k]))), "entry into force"),
            ("pooled compute", f"{compute:,.2f} M H100e", "members' compute in million H100 equivalents"),
            ("lag", f"{lag_months(record, record.coalition_capability[k]):.1f} months", "behind the frontier"),
            ("cohesion", f"{record.cohesion[k]:.2f}", "mean trust over pairs of members"),
            ("GDP", f"{gdp:,.0f} bn US$", "of all members"),
            (
                "spends on training", f"{percent(effort, 2)} of GDP/yr, {effort * gdp:,.0f} bn US$",
                "what is worth most to all members together",
            ),
            (
                "expects of chips", f"{percent(_chips(record, k))}; least trusted member {percent(record.pool_least_chips[k])}",
                "share of the hardware it pays for that the pool expects to get: a pool is as safe as its riskiest member, as "
                "far as contagion goes",
            ),
        ],
        "internal": {
            "stable": not verdict.leavers,
            "text": f"would gain by leaving: {named(verdict.leavers)}" if verdict.leavers else "no member would gain by leaving",
        },
        "external": {
            "stable": not verdict.joiners,
            "text": f"would gain by joining, and be admitted: {named(verdict.joiners)}"
            if verdict.joiners else "no outsider would both gain and be admitted",
        },
        "notice": [names[i] for i in rows if record.notice_left[i] >= 0],
        "members": [
            (names[i], percent(record.compute[i] / compute, 1), percent(paid[i] / total, 1), percent(margin[i], 2))
            for i in sorted(rows, key=lambda row: margin[row])
        ],
    }


def _chips(record, k: int) -> float:
    """Share of the hardware it pays for that slot k expects to get."""
    mean, contagion = record.pool_chips[k] / record.pool_gdp[k], float(record.p.contagion)
    return float((1.0 - contagion) * mean + contagion * record.pool_least_chips[k])


def log(session: Session) -> list[dict[str, Any]]:
    """The log up to the shown step, latest first."""
    until = session.look if session.look is not None else session.step_now + 1
    entries = [entry for entry in session.log if entry.step < until]
    return [
        {"place": index, "when": quarter(entry.date), "kind": entry.kind, "text": entry.text, "nations": " ".join(entry.nations)}
        for index, entry in reversed(list(enumerate(entries)))
    ]


#: Measures compared with runs without the changes.
COMPARED = ("gdp_coalition", "nations_coalition", "gdp_us", "gdp_china", "lag_coalition", "lag_mean", "sovereignty",
            "net_benefit", "restriction_loss", "lock_in", "cuts", "trust")


def compare(session: Session) -> dict[str, Any]:
    """This run beside the same seed without the changes, at the shown step."""
    purpose = "With your changes, set before the run or in it, and without them. Chance is the same: differences are their doing."
    if not session.changes.own:
        return {"help": purpose + " You have made none.", "rows": [], "svgs": [], "others": [], "when": ""}
    other, step = session.without_moves(), int(session.shown.world.record.step)
    known = measures.columns(session.model.world.vendors)
    names, rows = list(known), []
    for name in COMPARED:
        mine, theirs = float(session.rows[step][names.index(name)]), float(other.series[0][step][names.index(name)])
        values = [measured(x, known[name].unit) for x in (mine, theirs, mine - theirs)]
        rows.append((titles.measure(name), *values, f"{known[name].meaning} [{known[name].unit}]"))
    differ = (other.sources[0][step] != session.sources[step]) | (other.serials[0][step] != session.serials[step])
    return {
        "help": purpose,
        "when": quarter(session.model.world.date(step)),
        "rows": rows,
        "others": [session.model.world.names[i] for i in np.flatnonzero(differ)],
        "svgs": [_compared(session, other, name) for name in ("gdp_coalition", "sovereignty", "lag_mean")],
    }


def measured(x: float, unit: str) -> str:
    """A measure's value, of shares as a percentage."""
    return percent(x, 2 if unit.startswith("share of GDP") else 1) if unit.startswith("share") else drawing.number(x)


def _compared(session: Session, other, name: str) -> str:
    known, dates = measures.columns(session.model.world.vendors), session.all_dates
    mine, theirs = session.history(name), session.measured(other.series[0], name)
    top = 1.0 if known[name].unit == "share" else float(np.nanmax([*mine, *theirs])) or 1.0
    chart = drawing.Chart(
        f"compare-{name}", titles.measure(name), (dates[0], dates[-1]), (0, top), (drawing.PANEL, 140),
        known[name].unit == "share",
    )
    colour = {"gdp_coalition": options.SHARED.colour, "sovereignty": palette.SOVEREIGNTY}.get(name, palette.INK)
    chart.legend([("mine", colour)])
    chart.legend([("without my changes", palette.REFERENCE)], "dash")
    chart.band(dates[: len(mine)], np.fmin(mine, theirs[: len(mine)]), np.fmax(mine, theirs[: len(mine)]), colour, 0.2)
    chart.line(dates, theirs, palette.REFERENCE, 1.6, drawing.DASHES["dash"])
    chart.line(dates[: len(mine)], mine, colour, 2)
    chart.ruler(session.model.world.date(int(session.shown.world.record.step)))
    return chart.svg()
