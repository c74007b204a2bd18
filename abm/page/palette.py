"""Colours: each means one thing, in every chart, on the map and in the panels; a test measures that no two come close.

Those of stances are safe for the colour-blind. Source: Okabe and Ito, Color Universal Design (2008).
"""

from __future__ import annotations

from abm import options

#: Coalitions in the order of their founding; the shades repeat after the eighth.
COALITIONS = ("#009E73", "#56B4E9", "#882255", "#F0E442", "#4B2FBF", "#AA8866", "#7FDCC8", "#00523B")

#: Terms of a payoff, and the taste, which is what the model does not know.
TERMS = {
    "benefit": "#5E9A4A",
    "peers": "#A9CF8F",
    "fee": "#A8432D",
    "build": "#DCCB9F",
    "restriction": "#7A3B8F",
    "switching": "#8A7FD1",
    "distance": "#8FC1C9",
    "taste": "#F3A6A0",
}

#: Sovereignty, the measure that has a fan of its own; other measures are drawn in the ink of the page, told apart by dashes.
SOVEREIGNTY = "#6B8E00"
#: What a run is compared with: the same without a move.
REFERENCE = "#8a8a8a"
#: A nation that is cut off, in the log and on the map.
CUT = "#c1121f"
#: The ink of the page, dark on light or light on dark.
INK = "currentColor"


def option(name: str, vendors: tuple[str, ...]) -> str:
    """Colour of an option."""
    return options.colours(vendors)[name]


def coalition(serial: int) -> str:
    """Colour of the coalition founded as number ``serial``."""
    return COALITIONS[(serial - 1) % len(COALITIONS)]


def of_source(source: int, serial: int, vendors: tuple[str, ...]) -> str:
    """Colour of a nation that uses ``source``, in the coalition ``serial`` where it is in one."""
    if options.in_coalition(source, vendors):
        return coalition(serial)
    return option(options.names(vendors)[source], vendors)
