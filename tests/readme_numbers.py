"""The numbers that the README quotes, worked out from runs made here. ``python -m tests.readme`` renews them."""

import numpy as np

from abm import data, measures, parameters
from abm.odd import judged
from runs import library
from runs.commands.asking import settings
from runs.ensemble import simulate

REPLICATES, FEWER, MOST = 200, 100, 12
LEVERS = (
    "convening_rate=0", "convening_size=5", "portability=0.9", "exit_fee=0.002", "notice=0", "admission=unanimity",
    "cost_key=equal", "federated=0.8", "talent_exchange=0.05", "openness=1", "hazard_us=0.3", "builder_efficiency=3",
)  # fmt: skip


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def table(head: str, rows) -> list[str]:
    lines = (head.split(", "), ["---"] * len(head.split(", ")), *rows)
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines] + [""]


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
        "",
    ]


def pattern(result) -> list[str]:
    """The baseline beside what is on record."""
    fact, frame = data.facts()["value"], result.runs()
    series = result.sql("select step, avg(lag_china), avg(frontier_speed), avg(programme_cost) from series "
                        "group by 1 order by 1").df().set_index("step")  # fmt: skip
    years = result.sql("select count(*) / 4 from choices where option = 'coalition'").fetchall()[0][0]
    waves = result.sql("select max(n) from (select run, start, count(*) as n from ties where kind = 'member' group by 1, 2) "
                       "group by run").df().iloc[:, 0]  # fmt: skip
    eu = ", ".join(f"'{iso3}'" for iso3 in data.group("eu"))
    us = [result.sql(f"select avg((option = 'us')::int) from choices where step = {s} and iso3 in ({eu})").fetchall()[0][0]
          for s in (0, 20)]  # fmt: skip
    start, later = series.iloc[0], series.iloc[14]
    pace = np.log10(fact["training_compute_growth"] * fact["algorithmic_progress"])
    return table("pattern, on record, baseline", [
        ("China behind the US", f"{fact['china_lag']:.0f} months, 4 to 14", f"{start.iloc[0]:.0f} months in 2025"),
        ("growth of the frontier's effective compute", f"{pace:.1f} OOM a year", f"{start.iloc[1]:.1f} OOM a year"),
        ("cost behind one frontier programme in mid 2028",
         f"{fact['programme_cost_2028_low']:.0f} to {fact['programme_cost_2028_high']:.0f} bn US$ a year",
         f"{later.iloc[2]:.0f} bn US$ a year"),
        ("members that leave", f"{100 * fact['alliance_dissolution']:.1f} % a year (alliances)",
         f"{100 * frame['exits'].sum() / years:.1f} % a year"),
        ("new ties come in packages", "alliances: tens of pairs in some years, none in most",
         f"the largest gain in one quarter is {waves.median():.0f} members (median run)"),
        ("leavers return", "Britain to Airbus after ten years", f"in {percent((frame['rejoins'] > 0).mean())} of runs"),
        ("lock-in holds European users", f"US clouds' share {fact['cloud_share_us_three']:.0f} % and flat",
         f"EU members with the US vendor: {percent(us[0])} in 2025, {percent(us[1])} in 2030"),
    ])  # fmt: skip


def outcomes(values: dict | None = None, replicates: int = REPLICATES) -> np.ndarray:
    """Means over replicates of the GDP in coalitions, sovereignty and net benefit at the end, in per cent."""
    scenario = library.scenario("baseline")
    world = (scenario.with_values(values) if values else scenario).world()
    found = simulate(world, scenario.content.steps, np.arange(replicates)).outcomes.mean(axis=0)
    columns = list(measures.columns(world.vendors))
    return 100 * found[[columns.index(name) for name in ("gdp_coalition", "sovereignty", "net_benefit")]]


def levers() -> list[str]:
    """What single changes do to the same runs."""
    rows = []
    for setting in ("", *LEVERS):
        values = settings([setting]) if setting else None
        coalition, sovereignty, net = outcomes(values)
        rows.append((f"`{setting}`" if setting else "baseline", f"{coalition:.0f} %", f"{sovereignty:.0f} %", f"{net:.2f} %"))
    return table("changed, GDP in coalitions 2040, sovereignty, net benefit a year", rows)


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
    return table("number, value, GDP in coalitions when halved, when doubled", rows)


def numbers(result, names: list[str] | None = None) -> str:
    """The block of results; ``names`` are the numbers to halve and double, by default those that matter most."""
    parts = {
        "Beside the record": pattern(result),
        "Levers, one at a time, on the same runs": levers(),
        f"What is assumed, halved and doubled: the {MOST} numbers that matter most ({FEWER} replicates)": tipping(names),
    }
    return "\n".join([*headline(result), *(line for title, rows in parts.items() for line in (f"**{title}**", "", *rows))])
