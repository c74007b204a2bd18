"""The figures of a result, one module each with ``draw(result)``, ``TITLE``, ``CAPTION`` and the tables it ``NEEDS``.

Those of a sweep have ``fits(sweep)`` instead of ``NEEDS``: whether its design is one that they can show.
"""

from importlib import import_module
from types import ModuleType

#: Name of the figure's files -> its module, in the order of the report.
FIGURES = {
    "stances": "analysis.figures.stances",
    "map": "analysis.figures.world_map",
    "membership": "analysis.figures.membership",
    "reasons": "analysis.figures.reasons",
    "lag": "analysis.figures.lag",
    "sovereignty": "analysis.figures.sovereignty",
    "timelines": "analysis.figures.timelines",
    "alliances": "analysis.figures.alliances",
    "structure": "analysis.figures.structure",
}

#: The same for a sweep, drawn from the outcomes of its design points.
SWEEP_FIGURES = {
    "phase-diagram": "analysis.figures.phase_diagram",
    "indices": "analysis.figures.indices",
    "response": "analysis.figures.response",
    "points": "analysis.figures.points",
}


def figure(name: str) -> ModuleType:
    """The module of a figure."""
    return import_module((FIGURES | SWEEP_FIGURES)[name])
