"""What happens in a scenario, whether a coalition comes about, and why, in three sentences from its own runs."""

from __future__ import annotations

from abm import options
from abm.scenario import Scenario
from analysis.comparisons.formation import formation
from analysis.gallery.why import Reason
from analysis.methods.statistics import Estimate, difference
from runs.batch import columns_of
from runs.ensemble import Results

#: What changes are looked for: measure, in words, unit, factor for reading.
TOLD = (
    ("gdp_coalition", "GDP in coalitions", "points", 100), ("gdp_us", "GDP with the US vendor", "points", 100),
    ("gdp_china", "GDP with the Chinese vendor", "points", 100), ("sovereignty", "sovereignty", "points", 100),
    ("net_benefit", "net benefit a year", "% of GDP", 100), ("lag_mean", "lag of what nations use", "months", 1),
    ("adoption", "use of AI", "points", 100),
)  # fmt: skip
#: A large change of each unit, against which changes in different units are ordered.
SCALE = {"points": 10.0, "% of GDP": 0.2, "months": 3.0}
VISIBLE = 0.02  # of a large change
WEIGHTY = 0.1  # % of GDP a year


def changes(worlds: list[Scenario], arms: list[Results]) -> dict[str, Estimate]:
    """The paired difference of each measure told, at the end: the second of two scenarios less the first."""
    first, second = (columns_of(world) for world in worlds)
    return {
        name: difference(factor * arms[1].outcomes[:, second[name]], factor * arms[0].outcomes[:, first[name]])
        for name, _, _, factor in TOLD
    }


def formed(worlds: list[Scenario], arms: list[Results]) -> str:
    """Whether a coalition is founded, and stands at the end, in the second of two scenarios and in the first."""
    columns = (columns_of(world) for world in worlds)
    told = [(arm.outcomes[:, at["first_founding"]], arm.outcomes[:, at["coalitions"]]) for arm, at in zip(arms, columns)]
    return formation(*told)


def sentences(scenario: Scenario, found: dict[str, Estimate], formed: str, why: Reason | None) -> str:
    """What happens, whether a coalition comes about, then why."""
    return f"{_what(found)} {formed} {_why(scenario, why)}"


def _what(found: dict[str, Estimate]) -> str:
    clear = [row for row in TOLD if found[row[0]].clear and abs(found[row[0]].value) > VISIBLE * SCALE[row[2]]]
    moved = sorted(clear, key=lambda row: -abs(found[row[0]].value) / SCALE[row[2]])
    if not moved:
        return "Against the baseline nothing that is told here moves visibly and by more than the noise."
    return f"Against the baseline, {_joined([f'{words} {_signed(found[name], unit)}' for name, words, unit, _ in moved[:3]])}."


def _why(scenario: Scenario, why: Reason | None) -> str:
    if why is None:
        return "No single option clearly gains as much as one point of GDP that another loses, so no move is there to explain."
    label = {vendor.name: f"the vendor {vendor.title}" for vendor in scenario.vendors} | options.DOING
    moves = f"GDP moves from {label[why.loser]} to {label[why.winner]}"
    if why.opened:
        return f"{moves}, which nations can choose in this scenario only."
    if why.closed:
        gone = f"{moves}, since at the last reviews {label[why.closed]} is open to nobody"
        if abs(why.change) < WEIGHTY:
            return f"{gone}."
        worth = f"what building alone is worth changes by {why.change:+.2f} % of GDP a year"
        return f"{gone}: {worth}, most of it through {why.term} ({why.gap:+.2f})."
    if why.change <= 0:
        return (f"{moves}, though the winner's lead as nations see it at their last reviews is no larger ({why.change:+.2f} % of "
                "GDP a year): who joins and who stays differs, rather than what they weigh.")
    return (f"{moves}, whose lead as nations see it changes by {why.change:+.2f} % of GDP a year, most of it through {why.term} "
            f"({why.gap:+.2f}).")


def _signed(e: Estimate, unit: str) -> str:
    verb = "rises by" if e.value > 0 else "falls by"
    low, high = sorted((abs(e.low), abs(e.high)))
    return f"{verb} {abs(e.value):.2g} {unit} [{low:.2g} to {high:.2g}]"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
