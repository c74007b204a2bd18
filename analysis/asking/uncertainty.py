"""Which parameters a sample of uncertain ones may move: those that nobody knows, and that the question has not set.

Rules of a coalition and levers of policy are decided by people. A question asks what follows from such a decision, so that it
keeps the scenario's value in every draw: the calibration's sample of a notice or an exit fee says what would have fitted the
record, not what a future treaty will say. What vendors host at their clients' homes is an offer, which is made or not; how they
answer lost clients, what builders find best to spend and what standing a leaver loses are behaviour, and uncertain. One rule for
all questions; a question leaves out no more than what it varies itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from abm.scenario import Scenario
from analysis.asking import lever_costs
from runs import library

CALIBRATED = "baseline"  # the scenario that the calibration's sample was fitted in

#: Decided by people: levers of policy, offers on the market, political will and rules of coalitions.
DECIDED = (
    *lever_costs.PARAMETERS, "hosting_china", "convening_size", "quorum_members", "quorum_gdp", "admission",
    "admission_tolerance", "cost_key", "notice", "exit_fee",
)  # fmt: skip


def left_open(draws: pd.DataFrame, scenario: Scenario, given: Iterable[str] = ()) -> pd.DataFrame:
    """The draws without what is decided and what was set: by name (``given``), or by a scenario that has another value than the
    scenario of the calibration."""
    fitted = library.scenario(CALIBRATED)
    told = [name for name in map(str, draws) if scenario.parameter(name) != fitted.parameter(name)]
    return draws.drop(columns=list({*DECIDED, *told, *given} & set(draws)))
