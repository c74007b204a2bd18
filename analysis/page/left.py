"""The left side of the page: what a visitor can do. Levers, interventions, files to take away and to bring."""

from __future__ import annotations

import math
import time
from functools import cache
from typing import Any

from abm import data, parameters, titles
from abm.scenario import Scenario
from abm.world import Vendor
from analysis.page import components, panels, takeaway, welcome
from analysis.page.address import State
from analysis.page.changes import Change
from analysis.page.components import Plain
from analysis.page.presence import apart
from analysis.page.screen import Screen, chooser, doing, guarded, take_up
from analysis.page.session import Session, describe

_KINDS = {
    "restriction": "a vendor cuts off nations", "outage": "a vendor fails", "tension": "a tension shock",
    "open_weights": "open weights are released", "convene": "nations are convened",
    "hosting": "vendors offer hosting at home",
}
_FIGURES = {
    "map": "map or network", "stances": "stances", "lag": "lag", "trust": "trust and turnover",
    "future-gdp_coalition": "futures: coalitions", "future-lag_coalition": "futures: lag", "why": "why", "taste": "taste",
    "compare-gdp_coalition": "compare: coalitions",
}
#: Levers shown first: those near which the model tips, and those a treaty or a vendor can pull.
_FIRST = (
    "fee_us", "hosting_us", "portability", "hazard_us", "quality_sensitivity", "growth_decay", "effort_limit", "convening_size",
    "leaving_cost", "contagion", "taste_renewal", "openness",
)
#: Groups of the page that the parameter table does not have, in words of its readers.
_GROUPS = {
    "pace of the frontier": (
        "investment_growth", "investment_growth_end", "frontier_share", "frontier_share_growth", "frontier_share_limit",
        "growth_decay",
    ),
    "vendors' offers at home": ("hosting", "hosting_cost", "hosting_response"),
    "what builders spend": ("effort_limit", "effort_floor"),
    "tastes: what the model does not know": ("taste_scale", "taste_renewal"),
}
_GROUP_OF = {name: group for group, members in _GROUPS.items() for name in members}

@cache
def lever_groups(vendors: tuple[Vendor, ...]) -> Plain:
    """The parameter table as sliders: the main levers first, then all by group. A slider's middle is near the baseline."""
    known = tuple(vendor.name for vendor in vendors)
    baseline, rows = parameters.defaults(known), {}
    for name, (p, _) in parameters.names(known).items():
        inside = (baseline[name] - p.low) / (p.high - p.low)
        power = min(max(math.log(inside) / math.log(0.5), 0.5), 8.0) if 0 < inside < 1 else 1.0 if inside else 2.0
        rows[name] = {
            "name": name, "label": titles.parameter(name, vendors), "unit": titles.plain(titles.unit(p.unit)),
            "meaning": titles.sentence(titles.plain(p.meaning)), "source": titles.sentence(titles.plain(p.source)),
            "low": p.low, "high": p.high, "power": power, "whole": p.whole,
            "choices": [*titles.CHOICES[p.name].items()] if p.choices else [],
            "baseline": p.show(baseline[name]) if p.choices else baseline[name],
            "shown": titles.value(name, p.show(baseline[name]) if p.choices else float(f"{baseline[name]:.4g}")),
            "group": _GROUP_OF.get(p.name, p.group),
        }
    groups = list(dict.fromkeys(row["group"] for row in rows.values()))
    main = {"name": "main levers", "first": True, "rows": [rows[name] for name in _FIRST]}
    sorted_in = [{"name": g, "first": False, "rows": [r for r in rows.values() if r["group"] == g]} for g in groups]
    return Plain([main, *sorted_in])


def Levers(screen: Screen):
    session = screen.session

    def consider(sent):
        screen.tag = int(sent.get("count", 0))
        change = Change("lever", {"name": str(sent["name"]), "value": sent["value"]}, session.step_shown)
        screen.pending = session.with_change(change)

    def settle(sent):
        screen.heard = int(sent.get("count", 0))
        screen.pending = None
        if session.set_parameter(str(sent["name"]), sent["value"]):
            screen.message = branched(session)

    def later(kind, action):
        def do(sent):
            said = screen.message
            guarded(screen, lambda: action(sent))
            screen.changed |= kind == "release" or screen.message != said

        return lambda sent: screen.mailbox.put((kind, str(sent.get("name"))), lambda: do(sent))

    components.Levers(
        groups=lever_groups(session.vendors), values=Plain(_lever_values(session)), step_now=session.step_now,
        look=session.step_shown, heard=screen.heard, answered=screen.foresight.answered,
        moved=sum(change.kind == "lever" for change in session.changes.now),
        event_drag=later("drag", consider), event_release=later("release", settle),
        event_all_to_baseline=doing(screen, lambda *_: session.all_to_baseline()),
    )


def branched(session: Session) -> str:
    """What has become of a run that was changed while an earlier step was looked at."""
    return (
        f"The run now goes on from {panels.quarter(session.model.date)} (step {session.step_now}), where you were looking, with "
        "this change; what came after is left behind. Undo brings it back."
    )


def _lever_values(session: Session) -> dict[str, Any]:
    """Parameters as they stand at the step shown, with those that moves have set for the coming step."""
    step = session.step_shown
    ordered = {
        change.what["name"]: change.what["value"]
        for change in sorted(session.changes.own, key=lambda change: change.step)
        if change.step == step and (change.kind == "lever" or change.what["kind"] == "parameter")
    }
    return session.shown_parameters() | ordered


def Act(screen: Screen):
    session = screen.session
    past = session.look is not None
    over = "The run is over: look back to an earlier step, or begin again, to act." if session.model.finished and not past else ""

    def act(fields):
        screen.acts += 1
        if session.act(dict(fields)):
            screen.message = branched(session)

    components.Act(
        kinds=Plain(_KINDS), vendors=Plain([(v.name, titles.vendor(v.name, session.vendors)) for v in session.vendors]),
        groups=Plain([(name, titles.GROUPS[name]) for name in data.GROUPS]), nations=chooser(session),
        moves=Plain([f"{panels.quarter(m['date'])}: {describe(m, session.vendors)}" for m in session.moves]),
        disabled=over, heard=screen.acts, event_act=doing(screen, act),
    )




def Takeaway(screen: Screen):
    session, services = screen.session, screen.session.services

    def save(name):
        with apart():
            path = services.save(Scenario.parse(session.document(), session.scenario.name, "page"), session.seed, str(name))
        screen.message = f"Saved as {path}; `abm replay {path} 0` does the run again."

    def fetch(name):
        screen.file = {"name": name, "text": takeaway.FILES[name](session), "count": time.monotonic()}

    def load(sent):
        if "text" not in sent:
            raise ValueError(f"{str(sent.get('name'))[:80]}: is larger than {takeaway.LIMIT // 1024} kB")
        found = takeaway.from_file(str(sent["name"])[:80], str(sent["text"]))
        if isinstance(found, State):
            screen.restore(found)
        else:
            take_up(screen, *found)

    def replay(sent):
        opened = services.open(str(sent["name"]), int(sent["run"] or 0))
        screen.playing = False
        session.open(opened)
        same = session.agrees()
        verdict = "every measure as recorded" if same else "the measures DIFFER from those recorded"
        screen.message = f"{opened.title}: {verdict}."

    def missing(what):
        screen.message = f"{str(what)[:60]} is not on the page at present; open its panel first."

    components.Takeaway(
        figures=Plain(_FIGURES), results=Plain(services.results()), link=screen.address()[0],
        file=Plain(screen.file), limit=takeaway.LIMIT,
        event_save=doing(screen, save), event_fetch_file=doing(screen, fetch), event_load_file=doing(screen, load),
        event_replay=doing(screen, replay), event_missing=doing(screen, missing),
    )


PANELS = {"Levers": Levers, "Act": Act, "Guide": welcome.Guide, "Take away": Takeaway}
