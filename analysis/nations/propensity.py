"""How likely each nation holds, or has ever held, each option, by year, from the recorded choices of a result."""

from __future__ import annotations

import pandas as pd

from abm import options
from analysis.reading import FINISHED, wilson
from runs.results import Result
from runs.store import StoreError

COLUMNS = ["iso3", "option", "probability", "low", "high", "year"]
EVER = "ever_"  # before an option: held at least once since the start
YEARLY = "abs(time - round(time)) < 1e-6"


def propensity(result: Result) -> pd.DataFrame:
    """A row per nation, option and year: iso3, option, probability, low, high, year.

    Probability is the share of finished runs in which the nation holds the option at the start of the year, or, for options
    named ``ever_``, has held it by then, with Wilson's interval [Wilson1927]. Errors: StoreError where choices were not recorded.
    """
    if "choices" not in result.plan.tables:
        raise StoreError(f"{result.directory}: choices were not recorded; record them to know what each nation did")
    found = pd.concat([_held(result), _ever_held(result)])
    runs = result.sql(f"""
        select iso3, round(time)::int as year, count(*) as runs from choices where {FINISHED} and {YEARLY} group by all
    """).df()
    names = options.names(result.vendors)
    named = pd.Index([*names, *(EVER + name for name in names)], name="option").to_frame(index=False)
    every = runs.merge(named, how="cross").merge(found, how="left", on=["iso3", "option", "year"]).fillna({"held": 0})
    low, high = wilson(every["held"].to_numpy(float), every["runs"].to_numpy(float))
    table = every.assign(probability=every["held"] / every["runs"], low=low, high=high)
    return table[COLUMNS].sort_values(["iso3", "option", "year"], ignore_index=True)


def _held(result: Result) -> pd.DataFrame:
    return result.sql(f"""
        select iso3, option, round(time)::int as year, count(*) as held from choices where {FINISHED} and {YEARLY} group by all
    """).df()


def _ever_held(result: Result) -> pd.DataFrame:
    return result.sql(f"""
        with taken as (select run, iso3, option, min(time) as since from choices where {FINISHED} group by all),
        years as (select distinct time from choices where {YEARLY})
        select iso3, '{EVER}' || option as option, round(time)::int as year, count(*) as held
        from taken join years on since <= time + 1e-6 group by all
    """).df()
