"""The numbers that the README quotes, worked out from runs made here. ``python -m tests.readme`` renews them."""

import numpy as np
import pandas as pd

from abm import data, measures, parameters
from abm.odd import judged, table
from abm.scenario import Scenario
from analysis import robustness
from analysis.commands.arguments import settings
from analysis.patterns import compare, face
from analysis.sensitivity import bullets, caveat
from runs import library
from runs.ensemble import simulate
from tests.readme_lists import LIST_RUNS, lists

REPLICATES, FEWER, MOST, PATTERN_RUNS = 200, 100, 12, 200
UNCHOSEN = 10**8  # seeds from here on chose nothing: calibrations end far below
PATTERN_HEAD = "pattern, on record, range, baseline: median (10 to 90 %), verdict, source"
LEVERS = (
    "convening_rate=0", "convening_size=5", "portability=0.9", "exit_fee=0.002", "notice=0", "admission=unanimity",
    "cost_key=equal", "federated=0.8", "talent_exchange=0.05", "openness=1", "hazard_us=0.3", "builder_efficiency=3",
)  # fmt: skip


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def headline(result) -> list[str]:
    """The baseline in words."""
    frame, last = result.runs(), result.scenario.content.steps
    low, middle, high = np.percentile(frame["gdp_coalition"], [10, 50, 90])
    members = result.sql(
        f"select iso3, avg((option = 'coalition')::int) as part from choices where step = {last} group by 1 order by 2 desc, 1"
    ).fetchall()
    name = data.nations()["name"]
    often = ", ".join(f"{name[iso3]} {percent(part)}" for iso3, part in members[:8])
    return [
        f"Baseline, {len(frame)} replicates (seeds 0 to {len(frame) - 1}); shares of GDP are of the 53 nations' GDP.",
        "",
        f"- A coalition is founded in {frame['first_founding'].count()} of {len(frame)} runs, before 2030 in "
        f"{percent((frame['first_founding'] < 2030).mean())} of them.",
        f"- In 2040 coalitions hold a median of {percent(middle)} of GDP, in four runs of five between {percent(low)} and "
        f"{percent(high)}; in {percent((frame['gdp_coalition'] == 0).mean())} of runs nobody is in one.",
        f"- Most often members in 2040: {often}.",
        f"- The best coalition is then a median of {frame['lag_coalition'].median():.0f} months behind the frontier, "
        f"the vendor in China {frame['lag_china'].median():.0f}.",
        plateaus(),
        "",
    ]


def plateaus() -> str:
    """What is left of that where growth at the frontier slows down sooner or later."""
    early, late = (standing(name) for name in ("early-plateau", "late-plateau"))
    return (
        "- Let growth at the frontier slow down within two years (`abm run early-plateau`): a coalition is founded in "
        f"{early[0]} of runs and stands in 2040 in {early[1]}. Let it go on for a decade (`abm run late-plateau`): "
        f"{late[0]}, {late[1]}."
    )


def standing(name: str) -> tuple[str, str]:
    """In how many runs of a scenario a coalition is founded, and stands at the end."""
    found = ends(library.scenario(name))
    return percent(found["first_founding"].notna().mean()), percent((found["coalitions"] > 0).mean())


def ends(scenario: Scenario, replicates: int = REPLICATES) -> pd.DataFrame:
    """Every measure at the end, a row per run."""
    world = scenario.world()
    found = simulate(world, scenario.content.steps, np.arange(replicates))
    return pd.DataFrame(found.outcomes, columns=list(measures.columns(world.vendors)))


#: Why a pattern is missed, and what was tried.
MISSED = {
    "growth of membership": (
        "Coalitions are founded by the few who trust each other most, and fill up faster than programmes on record did. "
        "Tried on these seeds: members who overlook an eighth of the loss when they vote (0.072 instead of 0.111, but more ties "
        "end than on record), a quarter of it and sets of 30 (0.068, the same), rarer reviews (0.097), more conveners (0.104), "
        "tastes that last three times as long (0.111)."
    ),
    "local providers lose share": (
        "At what AI was worth then, 1 % of GDP a year, the four options are nearly alike beside tastes, so that newcomers spread "
        "over all of them, a quarter each, where on record they went to the large. Tried: newcomers at a third of the market's "
        "growth (0.30 instead of 0.26), quality that falls four times as fast behind the frontier (0.25), moves for nothing "
        "(0.26), tastes a quarter as strong (0.37: who is local stays). The model knows no advantage of breadth, such as "
        "services built on one another."
    ),
}


def pattern() -> list[str]:
    """The model beside what is on record, met or missed, from `abm patterns`; KeyError where a miss has no reason."""
    found = compare(replicates=PATTERN_RUNS, seed=UNCHOSEN)
    reasons = [f"- *{name}*: {MISSED[name]}" for name in found["pattern"][~found["agrees"]]]
    rows = [
        (row.pattern, row.record, f"{_short(row.record_low)} to {_short(row.record_high)} {row.unit}", _spread(row),
         "met" if row.agrees else "**missed**", f"[{row.source}]")
        for row in found.itertuples()
    ]  # fmt: skip
    met = f"{int(found['agrees'].sum())} of {len(found)} are met"
    head = f"{met}, by {PATTERN_RUNS} runs of each scenario with seeds that chose nothing."
    return [head, "", table(PATTERN_HEAD, rows), *(["Missed, and why:", "", *reasons, ""] if reasons else [])]


def believable() -> list[str]:
    """What must not happen in the baseline, and what may, on runs whose seeds chose nothing."""
    rows = [
        (row.check, f"{_short(row.low)} to {_short(row.high)} {row.unit}",
         f"{_short(row.value)} [{_short(row.value_low)} to {_short(row.value_high)}]", "holds" if row.holds else "**fails**")
        for row in face.face(face.evidence()).itertuples()
    ]  # fmt: skip
    return [table("check, limits, baseline: mean [95 %], verdict", rows)]


def _spread(row) -> str:
    return f"{_short(row.model)} ({_short(row.model_low)} to {_short(row.model_high)})"


def _short(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 10 else f"{number:.3g}"


def outcomes(values: dict | None = None, replicates: int = REPLICATES) -> np.ndarray:
    """Means over replicates of the GDP in coalitions, sovereignty and net benefit at the end, in per cent."""
    scenario = library.scenario("baseline")
    found = ends(scenario.with_values(values) if values else scenario, replicates)
    return 100 * found[["gdp_coalition", "sovereignty", "net_benefit"]].mean().to_numpy()


def levers() -> list[str]:
    """What single changes do to the same runs."""
    rows = []
    for setting in ("", *LEVERS):
        values = settings([setting]) if setting else None
        coalition, sovereignty, net = outcomes(values)
        rows.append((f"`{setting}`" if setting else "baseline", f"{coalition:.0f} %", f"{sovereignty:.0f} %", f"{net:.2f} %"))
    return [table("changed, GDP in coalitions 2040, sovereignty, net benefit a year", rows)]


def tipping(names: list[str] | None = None) -> list[str]:
    """Numbers that are assumed, those that move coalitions most first (or ``names``), halved and doubled."""
    defaults, found, assumed = parameters.defaults(), {}, judged(False) + judged(True)
    for name, (parameter, _) in parameters.names().items():
        if parameter.name not in assumed or parameter.choices or defaults[name] == 0 or parameter.unit == "year":
            continue
        if names is None or name in names:
            halved, doubled = (float(np.clip(x * defaults[name], parameter.low, parameter.high)) for x in (0.5, 2))
            found[name] = [outcomes({name: value}, FEWER)[0] for value in (halved, doubled)]
    order = names or sorted(found, key=lambda name: -abs(found[name][1] - found[name][0]))[:MOST]
    rows = [(f"`{name}`", f"{defaults[name]:g}", *(f"{share:.0f} %" for share in found[name])) for name in order]
    return [table("number, value, GDP in coalitions when halved, when doubled", rows)]


def numbers(result, names: list[str] | None = None) -> str:
    """The block of results; ``names`` are the numbers to halve and double, by default those that matter most."""
    parts = {
        "Beside the record": pattern(),
        f"Face validity ({face.REPLICATES} replicates, seeds from {face.SEED} on)": believable(),
        "Which results survive ([the report](docs/robustness.md))": [*robustness.lines(), ""],
        f"Nations on real lists ({LIST_RUNS} replicates)": [*lists(), ""],
        "Levers, one at a time, on the same runs": levers(),
        f"What is assumed, halved and doubled: the {MOST} numbers that matter most ({FEWER} replicates)": tipping(names),
        "The three assumptions that matter most, all varied at once ([the report](docs/sensitivity.md))": [
            *bullets(), "", caveat(), "",
        ],
    }
    return "\n".join([*headline(result), *(line for title, rows in parts.items() for line in (f"**{title}**", "", *rows))])
