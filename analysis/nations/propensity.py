"""How likely each nation holds each option, by year, from the recorded choices of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abm import options
from analysis.reading import FINISHED, wilson
from runs.results import Result
from runs.store import StoreError


def propensity(result: Result) -> pd.DataFrame:
    """A row per nation, option and year: iso3, option, probability, low, high, year.

    Probability is the share of finished runs in which the nation holds the option at the start of the year, with Wilson's
    interval [Wilson1927]. Errors: StoreError where choices were not recorded.
    """
    if "choices" not in result.plan.tables:
        raise StoreError(f"{result.directory}: choices were not recorded; record them to know what each nation did")
    found = result.sql(f"""
        select iso3, option, time as year, count(*) as held from choices
        where {FINISHED} and abs(time - round(time)) < 1e-6 group by iso3, option, time
    """).df()
    runs = result.sql(f"select iso3, time as year, count(*) as runs from choices where {FINISHED} group by iso3, time").df()
    named = pd.Index(options.names(result.vendors), name="option")
    every = runs.merge(named.to_frame(index=False), how="cross")
    every = every[np.isclose(every["year"] % 1, 0)].merge(found, how="left", on=["iso3", "option", "year"]).fillna({"held": 0})
    low, high = wilson(every["held"].to_numpy(float), every["runs"].to_numpy(float))
    table = every.assign(probability=every["held"] / every["runs"], low=low, high=high, year=every["year"].round().astype(int))
    chosen = table[["iso3", "option", "probability", "low", "high", "year"]]
    return chosen.sort_values(["iso3", "option", "year"], ignore_index=True)
