"""The browser's side of the page: one Vue file each, with what goes to it and the events that come from it.

Mesa's own SpaceRenderer draws with Altair, which does not draw offline and freezes in play mode; its sliders know no groups,
units or sources; its play loop waits for no browser. These components take their places.
"""

# The arguments are Vue's properties; the functions have no bodies of their own.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Event = Callable[..., None] | None


class Plain:
    """Plain data that goes to the browser as it is. Solara would search every list and table within it, at each drawing."""

    __slots__ = ("content",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, content: Any):
        self.content = content

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Plain) and self.content == other.content)


def _sent(value: Any, widget: Any) -> Any:
    return value.content if isinstance(value, Plain) else value


def _vue(file: str, *plain: str):
    """A component of a Vue file; the arguments named by ``plain`` are :class:`Plain`."""
    return solara.component_vue(file, vuetify=False, to_json=dict.fromkeys(plain, _sent))


NOTHING = Plain(None)


@_vue("stage.vue", "base", "frame")
def Stage(
    base: Plain = NOTHING, frame: Plain = NOTHING, view: str = "map", selected: str = "", compact: bool = False,
    event_select: Event = None, event_set_view: Event = None, event_drawn: Event = None,
):
    """Map and network. ``drawn(step)`` comes back when a frame stands on the screen."""


@_vue("controls.vue", "scenarios")
def Controls(
    quarter: str = "", look: int = 0, step_now: int = 0, steps: int = 0, playing: bool = False, finished: bool = False,
    interval: int = 100, seed: int = 0, scenario: str = "", scenarios: Plain = NOTHING,
    event_play: Event = None, event_step: Event = None, event_reset: Event = None, event_look_at: Event = None,
    event_set_interval: Event = None, event_set_scenario: Event = None, event_set_seed: Event = None, event_again: Event = None,
    event_about: Event = None,
):
    """Play, step, reset, speed, time, scenario, seed."""


@_vue("levers.vue", "groups", "values")
def Levers(
    groups: Plain = NOTHING, values: Plain = NOTHING, step_now: int = 0, look: int = 0, heard: int = 0, answered: int = 0,
    moved: int = 0, event_drag: Event = None, event_release: Event = None, event_all_to_baseline: Event = None,
):
    """A slider per parameter. ``drag`` and ``release`` carry a count; ``heard`` is that of the release whose value stands in
    ``values``, ``answered`` that of the drag whose futures are on the screen."""


@_vue("act.vue", "kinds", "vendors", "groups", "nations", "moves")
def Act(
    kinds: Plain = NOTHING, vendors: Plain = NOTHING, groups: Plain = NOTHING, nations: Plain = NOTHING,
    moves: Plain = NOTHING, disabled: str = "", heard: int = 0, event_act: Event = None,
):
    """Interventions that act now. ``heard`` grows with each that has been answered, done or refused."""


@_vue("tabs.vue", "tabs")
def Tabs(tabs: Plain = NOTHING, chosen: str = "", label: str = "", owner: str = "", event_choose: Event = None):
    """A row of tabs; the element ``owner``-panel is what they open."""


@_vue("choice.vue", "options")
def Choice(options: Plain = NOTHING, chosen: str = "", label: str = "", event_choose: Event = None):
    """A few buttons, one of them pressed."""


@_vue("pictures.vue", "svgs", "about")
def Pictures(svgs: Plain = NOTHING, help: str = "", about: Plain = NOTHING, wide: bool = False):
    """Charts beside each other."""


@_vue("guide.vue", "scenario", "exercises")
def Guide(
    scenario: Plain = NOTHING, exercises: Plain = NOTHING, disabled: str = "", event_begin: Event = None,
    event_move: Event = None, event_look: Event = None, event_tour: Event = None, event_about: Event = None,
):
    """What the scenario is about, and exercises."""


@_vue("about.vue", "content")
def About(content: Plain = NOTHING, event_close: Event = None):
    """What the model is and is not, over the page while there is content."""


@_vue("tour.vue", "steps")
def Tour(steps: Plain = NOTHING, asked: int = 0):
    """A tour of the page, at the first visit and when ``asked`` rises."""


@_vue("nation.vue", "nations", "content")
def NationPanel(
    nations: Plain = NOTHING, selected: str = "", content: Plain = NOTHING, now: bool = False,
    event_select: Event = None, event_toggle: Event = None,
):
    """One nation, and why."""


@_vue("coalitions.vue", "content")
def CoalitionsPanel(content: Plain = NOTHING):
    """The standing coalitions."""


@_vue("log.vue", "entries", "kinds")
def LogPanel(entries: Plain = NOTHING, kinds: Plain = NOTHING):
    """What happened."""


@_vue("futures.vue", "content")
def FuturesPanel(content: Plain = NOTHING):
    """The spread of futures."""


@_vue("compare.vue", "content")
def ComparePanel(content: Plain = NOTHING):
    """Beside the same seed without moves."""


@_vue("strip.vue", "answer", "entries")
def Strip(
    answer: Plain = NOTHING, entries: Plain = NOTHING, undo: str = "", redo: str = "", query: str = "", serial: int = 0,
    event_take_back: Event = None, event_do_again: Event = None, event_leave_out: Event = None, event_pick: Event = None,
    event_back: Event = None,
):
    """The answer in a sentence, what the visitor changed, and the address that restores both. ``back(query)`` comes where the
    browser goes back or forth; a new ``serial`` is a new entry of its history."""


@_vue("takeaway.vue", "figures", "results", "file")
def Takeaway(
    figures: Plain = NOTHING, results: Plain = NOTHING, link: str = "", file: Plain = NOTHING, limit: int = 65536,
    event_save: Event = None, event_fetch_file: Event = None, event_load_file: Event = None, event_replay: Event = None,
    event_missing: Event = None,
):
    """Files to keep and to open."""
