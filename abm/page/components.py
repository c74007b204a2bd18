"""The browser's side of the page: one Vue file each, with what goes to it and the events that come from it.

Mesa's own SpaceRenderer draws with Altair, which does not draw offline and freezes in play mode; its sliders know no groups,
units or sources; its play loop waits for no browser. These components take their places.
"""

# The arguments are Vue's properties; the functions have no bodies of their own.
# ruff: noqa: B006
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Event = Callable[..., None] | None


@solara.component_vue("stage.vue", vuetify=False)
def Stage(
    base: dict = {}, frame: dict = {}, view: str = "map", selected: str = "", compact: bool = False,
    event_select: Event = None, event_set_view: Event = None, event_drawn: Event = None,
):
    """Map and network. ``drawn(step)`` comes back when a frame stands on the screen."""


@solara.component_vue("controls.vue", vuetify=False)
def Controls(
    quarter: str = "", look: int = 0, step_now: int = 0, steps: int = 0, playing: bool = False, finished: bool = False,
    interval: int = 100, seed: int = 0, scenario: str = "", scenarios: list = [],
    event_play: Event = None, event_step: Event = None, event_reset: Event = None, event_look_at: Event = None,
    event_set_interval: Event = None, event_set_scenario: Event = None, event_set_seed: Event = None,
):
    """Play, step, reset, speed, time, scenario, seed."""


@solara.component_vue("levers.vue", vuetify=False)
def Levers(
    groups: list = [], values: dict = {}, step_now: int = 0, event_drag: Event = None, event_release: Event = None
):
    """A slider per parameter."""


@solara.component_vue("act.vue", vuetify=False)
def Act(
    kinds: dict = {}, vendors: list = [], groups: list = [], nations: list = [], moves: list = [], disabled: str = "",
    event_act: Event = None,
):
    """Interventions that act now."""


@solara.component_vue("tabs.vue", vuetify=False)
def Tabs(tabs: list = [], chosen: str = "", label: str = "", event_choose: Event = None):
    """A row of tabs."""


@solara.component_vue("pictures.vue", vuetify=False)
def Pictures(svgs: list = [], help: str = "", wide: bool = False):
    """Charts beside each other."""


@solara.component_vue("nation.vue", vuetify=False)
def NationPanel(
    nations: list = [], selected: str = "", content: dict[str, Any] | None = None, now: bool = False,
    event_select: Event = None, event_toggle: Event = None,
):
    """One nation, and why."""


@solara.component_vue("coalitions.vue", vuetify=False)
def CoalitionsPanel(content: list = []):
    """The standing coalitions."""


@solara.component_vue("log.vue", vuetify=False)
def LogPanel(entries: list = [], kinds: list = []):
    """What happened."""


@solara.component_vue("futures.vue", vuetify=False)
def FuturesPanel(content: dict = {}):
    """The spread of futures."""


@solara.component_vue("compare.vue", vuetify=False)
def ComparePanel(content: dict = {}):
    """Beside the same seed without moves."""


@solara.component_vue("takeaway.vue", vuetify=False)
def Takeaway(
    figures: dict = {}, results: list = [], link: str = "", file: dict | None = None, limit: int = 65536,
    event_save: Event = None, event_fetch_file: Event = None, event_load_file: Event = None, event_replay: Event = None,
    event_missing: Event = None,
):
    """Files to keep and to open."""
