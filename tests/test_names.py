"""One name space of results: no parameter, measure, column, option or nation has the name of another, in any case."""

from collections import Counter

import duckdb
import mesa
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runs
from abm import data, measures, names, options, parameters
from abm.model import Model
from abm.scenario import Scenario, ScenarioError
from runs import library, tables
from runs.plan import Factor, Plan
from runs.replay import plan_of, same
from tests import sweeps, worlds

VENDOR = {"ideal_point": 0.1, "compute_share": 0.04}
DECLARED = [*parameters.PARAMETERS, *measures.MEASURES]


def with_vendors(*new: str, **fields) -> Scenario:
    return Scenario.parse({"nations": {"synthetic": 3}, "steps": 2, "vendors": dict.fromkeys(new, VENDOR), **fields})


def columns(vendors: tuple[str, ...]) -> list[str]:
    """All that may stand beside each other in tables, worked out without :mod:`abm.names`."""
    made = {"": ("",), "vendor": vendors, "option": options.names(vendors)}
    return [*names.FIXED, *(f"{row.name}_{end}" if end else row.name for row in DECLARED for end in made[row.per])]


def twice(words) -> list[str]:
    return [word for word, count in Counter(word.lower() for word in words).items() if count > 1]


def test_nothing_clashes_in_the_baseline_and_the_shipped_scenarios():
    for name in library.names():
        vendors = library.scenario(name).vendor_names
        assert names.clashes(vendors) == {}
        assert twice(columns(vendors)) == []


def test_every_fixed_column_of_the_tables_is_reserved():
    plan = Plan(worlds.plain(3, 1), (Factor("fee_us"),), np.array([[0.3]]))
    schemas = (tables.runs_schema(plan.some(range(1))), tables.series_schema(parameters.VENDORS), tables.CHOICES, tables.TIES)
    declared = {*parameters.names(), *measures.columns(parameters.VENDORS)}
    assert {name for schema in schemas for name in schema.names} - declared <= set(names.FIXED)


TWO_MEANINGS = {
    "US": "US would mean both the vendor us and the vendor US",
    "Coalition": "Coalition would mean both the option coalition and the vendor Coalition",
    "HOLD_BACK": "HOLD_BACK would mean both the option hold_back",
    "usa": "usa would mean both the nation United States and the vendor usa",
    "FRA": "FRA would mean both the nation France and the vendor FRA",
    "n002": "n002 would mean both the nation N002 and the vendor n002",
    "c12": "c12 would mean both a vendor and the coalition C12",
    "mean": "lag_mean would mean both the measure lag_mean and the measure lag of the vendor mean",
    "Distance": "hazard_Distance would mean both the parameter hazard_distance and the parameter hazard of the vendor Distance",
    "growth": "investment_growth would mean both the parameter investment_growth and the parameter investment of",
    "compute": "nations_compute would mean both the measure nations_compute and the measure nations of the vendor compute",
    "response": "would mean both the parameter hosting_response and the parameter hosting of the vendor response",
    "believed_us": "hazard_believed_us would mean both the measure hazard_believed of the vendor us and the parameter hazard",
    "a b": "a vendor's name has at most 40 letters",
    "": "a vendor's name has at most 40 letters",
    "x\n": "a vendor's name has at most 40 letters",
    "ü": "a vendor's name has at most 40 letters",
    "x" * 41: "a vendor's name has at most 40 letters",
}


@pytest.mark.parametrize("name", TWO_MEANINGS)
def test_a_vendor_that_gives_a_name_a_second_meaning_is_refused_and_both_are_said(name):
    with pytest.raises(ScenarioError) as refused:
        with_vendors(name)
    assert len(str(refused.value).replace(name, "").splitlines()) == 1
    assert str(refused.value).startswith(f"scenario: vendors.{name}: ")
    assert TWO_MEANINGS[name] in str(refused.value)


def test_new_vendors_are_checked_against_each_other():
    for pair, word in ((("x", "X"), "X would mean both the vendor x"), (("x", "true_x"), "hazard_true_x would mean both")):
        with pytest.raises(ScenarioError, match=word):
            with_vendors(*pair)


ENDINGS = sorted({column.split("_", at)[-1] for column in columns(("us", "china")) for at in range(1, 4)})
NAMES = st.one_of(
    st.sampled_from([*ENDINGS, *names.FIXED, *options.names(parameters.VENDORS), *data.nations().index]),
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,12}", fullmatch=True),
    st.tuples(st.sampled_from(["believed_", "true_", "end_", "c"]), st.sampled_from(["x", "us", "y", "1"])).map("".join),
).flatmap(lambda name: st.sampled_from([name, name.upper(), name.title()]))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_any_names_of_vendors_are_refused_or_leave_every_name_one_meaning(new):
    vendors = (*parameters.VENDORS, *new)
    targets = [*options.names(vendors), *data.nations().index, "N001", "N002", "N003", *(f"C{i}" for i in range(1, 99))]
    repeated = [*twice(columns(vendors)), *twice(targets)]
    try:
        with_vendors(*new)
    except ScenarioError:
        assert repeated or any(word[:1] in "cC" and word[1:].isdigit() for word in new)
    else:
        assert repeated == []


@pytest.mark.parametrize("new", ["alone", "Gulf", "class"])
def test_all_readers_of_a_result_see_the_same_values_under_the_same_names(new, tmp_path):
    scenario = with_vendors(new, nations={"synthetic": 8}, steps=6, parameters={"review_rate": 4, "taste_renewal": 50})
    factors = (Factor("fee_us"), Factor(f"fee_{new}"), Factor("fee_china"))
    points = np.array([[0.3, 0.2, 0.25], [0.5, 0.1, 0.4]])
    result = runs.open(sweeps.carry(Plan(scenario, factors, points, 1, 5, ("runs", "series")), tmp_path / "result"))
    for table in ("runs", "series"):
        files = sorted((tmp_path / "result" / table).glob("*.parquet"))
        frame = pd.concat(map(pd.read_parquet, files), ignore_index=True)
        assert twice(frame.columns) == []
        read = duckdb.connect().from_parquet([str(file) for file in files]).df()
        pd.testing.assert_frame_equal(read.astype(object), frame.astype(object), check_dtype=False)
    table = result.runs()
    assert np.array_equal(table[[factor.name for factor in factors]], points)
    assert table["price_us"].tolist() != table["fee_us"].tolist(), "charged, after the response to lost clients"
    assert result.xarray().fee_us.to_numpy().tolist() == points[:, 0].tolist()
    again = runs.open(sweeps.carry(plan_of(result, 1), tmp_path / "again"))
    assert same(result, 1, again) == ""
    fees = {factor.name: value for factor, value in zip(factors, points[1].tolist())}
    batch = mesa.batch_run(Model, {"scenario": [scenario], "rng": [5], **fees}, display_progress=False)
    assert [row["Step"] for row in batch] == [5], "Mesa shows the step before the last"
    last = table.iloc[1][list(fees)].to_dict() | result.series().query("run == 1 and step == 5").iloc[0].to_dict()
    for name in (*fees, *measures.columns(scenario.vendor_names)):
        assert batch[0][name] == last[name] or (np.isnan(batch[0][name]) and pd.isna(last[name])), name
