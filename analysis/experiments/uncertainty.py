"""Which parameters a sample of uncertain ones may move.

**The calibration's sample** (``--uncertainty posterior``) moves all that was fitted, but for what the person or the scenario sets
(:func:`free_draws`) and for what a question varies or sets itself (:meth:`analysis.experiments.inquiry.Inquiry.fixed`). It holds
parameters that people decide (how often coalitions are convened and by how many, whom they admit, what contracts allow): there
it says how strong the will on record may have been, and what follows is as uncertain as that.

**Where no sample is given**, what people decide (:func:`abm.parameters.decided`) stays at the scenario's values: halving an
assumption or drawing it from its plausible range says what not knowing it may do, and of a decision there is nothing that is not
known. What vendors host at their clients' homes is an offer, which is made or not; how they answer lost clients, what builders
find best to spend and what standing a leaver loses are behaviour, and uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from abm.scenario import Scenario
from runs import library

CALIBRATED = "baseline"  # the scenario that the calibration's sample was fitted in


def free_draws(draws: pd.DataFrame, scenario: Scenario, given: Iterable[str] = ()) -> pd.DataFrame:
    """The draws without what was set: by name (``given``), or by a scenario that has another value than the scenario of the
    calibration, or that dates one."""
    fitted = library.scenario(CALIBRATED)
    told = [name for name in map(str, draws) if scenario.parameter(name) != fitted.parameter(name)]
    dated = [event.name for event in scenario.content.events if event.kind == "parameter"]
    return draws.drop(columns=list({*told, *dated, *given} & set(draws)))
