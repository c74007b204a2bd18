"""Colours of the page and of the figures: each means one thing, in every chart; a test keeps those of the page apart.

Those of stances are safe for the colour-blind. Source: Okabe and Ito, Color Universal Design (2008).
"""

from __future__ import annotations

from abm import options

#: Okabe and Ito's colours, which stay apart in the common forms of colour blindness; options have theirs in their table.
_OPTIONS = options.colours(("us", "china"))
BLUE, VERMILLION, GREEN = _OPTIONS["us"], _OPTIONS["china"], _OPTIONS["coalition"]
ORANGE, PURPLE, SKY, YELLOW = _OPTIONS["self_build"], _OPTIONS["hold_back"], "#56B4E9", "#F0E442"

#: Coalitions in the order of their founding; the shades repeat after the eighth.
COALITIONS = (GREEN, SKY, "#882255", YELLOW, "#4B2FBF", "#AA8866", "#7FDCC8", "#00523B")
#: The same in a figure of one run, the largest first: greens that differ in lightness.
FIGURE_COALITIONS = (GREEN, "#00523B", "#8ED9C0", "#4C7A34", "#C5E8A8")

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
#: The same in figures: a scheme for filled areas by Paul Tol, apart from the options' colours.
FIGURE_TERMS = {
    "benefit": "#77AADD",
    "peers": "#44BB99",
    "fee": "#EE8866",
    "build": "#EEDD88",
    "restriction": "#FFAABB",
    "switching": "#BBCC33",
    "distance": "#CCCCCC",
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
    return options.table(vendors)[source].colour
