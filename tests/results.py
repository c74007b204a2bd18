"""Results that the tests of figures and report share: small, of every awkward kind."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import runs
from abm.scenario import Scenario
from runs.plan import TABLES, Plan
from runs.results import Result
from tests import sweeps, worlds

#: A world of 53 economies in which coalitions form, change and dissolve within a few years.
EAGER = {"convening_rate": 0.3, "convening_size": 8, "review_rate": 1.5}
TITLE = "Eager <b>nations</b> & $costs$"
CASES = {
    "baseline": ({"title": TITLE, "steps": 24, "parameters": EAGER}, 6),
    "one replicate": ({"steps": 24, "parameters": EAGER}, 1),
    "no coalition": ({"steps": 12, "parameters": {"convening_rate": 0}}, 3),
    "few steps": ({"steps": 1, "nations": {"select": ["DEU", "FRA"]}}, 2),
    "synthetic": ({"nations": {"synthetic": 12}, "steps": 8, "parameters": worlds.LEVERS}, 2),
    "three vendors": (
        {"steps": 16, "parameters": EAGER, "nations": {"exclude": ["SAU"]},
         "vendors": {"gulf": {"title": "Gulf $tates", "iso3": "SAU", "ideal_point": 0.1, "compute_share": 0.05}}},
        3,
    ),
    "invited": ({"steps": 24, "parameters": {"convening_rate": 1, "review_rate": 0.2}}, 1),
    "all nations": ({"nations": {"select": "all"}, "steps": 6, "parameters": EAGER}, 2),
}


@cache
def result(case: str, tables: tuple[str, ...] = TABLES) -> Result:
    """The result of a case, simulated once in this process."""
    document, replicates = CASES[case]
    plan = Plan(Scenario.parse(document, "eager"), replicates=replicates, seed=3, tables=tables)
    return runs.open(sweeps.carry(plan, Path(mkdtemp()) / "result"))
