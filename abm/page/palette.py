"""Colours of stances and coalitions, safe for the colour-blind. Source: Okabe and Ito, Color Universal Design (2008)."""

from __future__ import annotations

#: Colours of the options, by name: the same as in the figures of a report (analysis.figures.style), as a test sees to.
OPTIONS = {"us": "#0072B2", "china": "#D55E00", "self_build": "#E69F00", "hold_back": "#CC79A7", "coalition": "#009E73"}

#: Coalitions in the order of their founding; the shades repeat after the eighth.
COALITIONS = ("#009E73", "#56B4E9", "#882255", "#F0E442", "#6A3D9A", "#AA8866", "#44AA99", "#00523B")

#: Vendors that a scenario adds.
FURTHER_VENDORS = ("#8C6D1F", "#5B2C83", "#1B7F7A")

#: Terms of a payoff, and the taste, which is what the model does not know.
TERMS = {
    "benefit": "#009E73",
    "peers": "#56B4E9",
    "fee": "#D55E00",
    "build": "#E69F00",
    "restriction": "#882255",
    "switching": "#0072B2",
    "distance": "#999999",
    "taste": "#CC79A7",
}


def option(name: str, vendors: tuple[str, ...]) -> str:
    """Colour of an option; vendors beyond the baseline's take the further shades in order."""
    if name in OPTIONS:
        return OPTIONS[name]
    further = [vendor for vendor in vendors if vendor not in OPTIONS]
    return FURTHER_VENDORS[further.index(name) % len(FURTHER_VENDORS)]


def coalition(serial: int) -> str:
    """Colour of the coalition founded as number ``serial``."""
    return COALITIONS[(serial - 1) % len(COALITIONS)]


def of_source(source: int, serial: int, vendors: tuple[str, ...]) -> str:
    """Colour of a nation that uses ``source``, in the coalition ``serial`` where it is in one."""
    if source >= len(vendors) + 2:
        return coalition(serial)
    return option((*vendors, "self_build", "hold_back")[source], vendors)
