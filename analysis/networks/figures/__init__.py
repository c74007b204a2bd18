"""The figures of a network study, one module each with ``draw(study)``, ``TITLE`` and ``CAPTION``."""

from importlib import import_module
from types import ModuleType

#: Name of the figure's files, in the order of the page.
FIGURES = ("waves", "survival", "communities", "core")


def figure(name: str) -> ModuleType:
    """The module of a figure."""
    return import_module(f"analysis.networks.figures.{name}")
