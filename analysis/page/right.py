"""The right side of the page: what a visitor can ask. Futures, a nation, the coalitions, the comparison, the log."""

from __future__ import annotations

import solara
from mesa.visualization.utils import force_update

from analysis.page import charts, components, headline, panels
from analysis.page.components import Plain
from analysis.page.event_log import KINDS
from analysis.page.frame import frame
from analysis.page.screen import Screen, chooser, select


def _Nation(screen: Screen):
    session = screen.session
    _, table = screen.of_run()

    def toggle(*_):
        screen.now = not screen.now
        force_update()

    components.NationPanel(
        nations=chooser(session), selected=screen.selected, now=screen.now,
        content=Plain(panels.nation(session, session.shown, table, screen.selected, screen.now)),
        event_select=select(screen), event_toggle=toggle,
    )


def _Coalitions(screen: Screen):
    components.CoalitionsPanel(content=Plain(panels.coalitions(screen.session.shown)))


def _Futures(screen: Screen):
    foresight = screen.foresight
    if not screen.playing or screen.futures is None:  # while it plays they stand still
        considered = screen.pending is not None
        beside = "without your changes" if screen.against is None else "without the change picked"
        screen.futures = Plain(charts.futures(screen.session, foresight.fan, foresight.before, considered, beside))
    components.FuturesPanel(content=screen.futures)


def _Compare(screen: Screen):
    session = screen.session
    fan, without = screen.foresight.fan, screen.foresight.without
    components.ComparePanel(content=Plain(panels.compare(session) | {"many": headline.compared(session, fan, without)}))
    if session.changes.own:
        step = int(session.shown.world.record.step)
        fixed, _ = screen.of_run()
        world = session.world_at(session.plain_document(), step)
        solara.HTML(tag="h2", unsafe_innerHTML="The same seed without your changes")
        components.Stage(
            base=fixed, frame=Plain(frame(world)), view="map", selected=screen.selected, compact=True,
            event_select=select(screen),
        )


def _Log(screen: Screen):
    components.LogPanel(entries=Plain(panels.log(screen.session)), kinds=Plain(KINDS))


PANELS = {"Futures": _Futures, "Nation": _Nation, "Coalitions": _Coalitions, "Compare": _Compare, "Log": _Log}
