"""The order of a step, declared once: Mesa's model and the compiled ensemble both walk :data:`PHASES`.

Every phase but one applies a rule to each row by itself, so that the order within a phase does not matter: a rule writes
only its own row. Politics alone acts in a drawn order and may write other rows.
"""

from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import NamedTuple

from abm.compiled import generated, rule
from abm.submodels.accounts import grow, settle, update_trust
from abm.submodels.choice import draw_reviews, politics, set_agenda
from abm.submodels.coalition import account, pool, prospects
from abm.submodels.convening import summon
from abm.submodels.environment import advance, environment, frontier, horizon, outage, tension, vendor, vendor_books
from abm.submodels.events import apply_events
from abm.submodels.restriction import draw_chances, learn, project, report_cuts, restrict


class Phase(NamedTuple):
    """``rule`` applied to every row of ``rows``: world (once), vendors, nations, coalitions, or agenda (drawn order)."""

    rows: str
    rule: Callable


PHASES = (
    Phase("world", apply_events),
    Phase("world", environment),
    Phase("world", tension),
    Phase("vendors", vendor),
    Phase("vendors", outage),
    Phase("world", draw_chances),
    Phase("nations", restrict),
    Phase("vendors", report_cuts),
    Phase("nations", learn),
    Phase("nations", draw_reviews),
    Phase("nations", project),
    Phase("coalitions", pool),
    Phase("world", horizon),
    Phase("coalitions", prospects),
    Phase("world", set_agenda),
    Phase("world", summon),
    Phase("agenda", politics),
    Phase("coalitions", account),
    Phase("world", frontier),
    Phase("nations", settle),
    Phase("nations", grow),
    Phase("nations", update_trust),
    Phase("vendors", vendor_books),
    Phase("world", advance),
)


#: How each kind of row is walked, as source text: numba compiles one flat function several times faster than a chain.
_WALK = {
    "world": "{rule}(world)",
    "vendors": "for v in range(world.vendor_compute.size): {rule}(world, v)",
    "nations": "for i in range(world.n): {rule}(world, i)",
    "coalitions": "for k in range(world.members.size): {rule}(world, k)",
    "agenda": "for index in range(world.reviewing): {rule}(world, world.agenda[index])",
}


def fused(first: int, end: int) -> Callable:
    """The phases from ``first`` to ``end``, one after the other, as one function of the world, compiled within its callers."""
    name, phases = f"phases_{first}_{end}", PHASES[first:end]
    rules = {phase.rule.__name__: phase.rule for phase in phases}
    lines = [f"def {name}(world):", *("    " + _WALK[phase.rows].format(rule=phase.rule.__name__) for phase in phases)]
    return generated(name, lines, rules)


#: Place of the phase in which nations review their stances.
AGENDA = [phase.rows for phase in PHASES].index("agenda")

#: One step of the world, compiled within its callers.
step = fused(0, len(PHASES))


@cache
def stretches(own: frozenset[str]) -> tuple[Phase | Callable, ...]:
    """A step for a model whose agents do the phases of the rows ``own`` themselves: each of these phases, and one compiled
    function of the world for each stretch of phases between them."""
    parts: list[Phase | Callable] = []
    for theirs, group in groupby(range(len(PHASES)), lambda index: PHASES[index].rows in own):
        indices = [*group]
        parts += [PHASES[index] for index in indices] if theirs else [_stretch(indices[0], indices[-1] + 1)]
    return tuple(parts)


@cache
def _stretch(first: int, end: int) -> Callable:
    """The phases from ``first`` to ``end`` as a function that Python calls, under a name of its own."""
    phases = fused(first, end)

    def stretch(world):
        phases(world)

    stretch.__name__ = stretch.__qualname__ = f"stretch_{first}_{end}"
    return rule(stretch)
