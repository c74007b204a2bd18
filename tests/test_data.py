"""The data room: figures that hold, sources that exist, blanks that are reported, maps that do not smear."""

import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from abm import data, parameters

LOADERS = (data.nations, data.vote_agreement, data.facts, data.events, data.bibliography, data.economies,
           data.vendor_hosts)
PAGE = files(data).joinpath("SOURCES.md").read_text(encoding="utf-8")


def test_nations_are_199_unique_and_sorted_by_gdp():
    nations = data.nations()
    assert nations.shape == (199, 33)
    assert nations.index.is_unique
    assert nations.index.str.fullmatch("[A-Z]{3}").all()
    assert nations["gdp_usd_bn"].dropna().is_monotonic_decreasing
    assert nations.index[nations["gdp_usd_bn"].isna()].tolist() == ["VAT"]


def test_figures_lie_within_their_units():
    nations = data.nations()
    for column in ("ai_users_pct", "internet_users_pct"):
        assert nations[column].dropna().between(0, 100).all()
    for column in ("compute_share", "trade_share_us", "trade_share_cn"):
        assert nations[column].dropna().between(0, 1).all()
    assert nations[list(data.MEMBERSHIPS)].isin([0, 1]).all(axis=None)
    assert nations["us_ai_tier"].value_counts().to_dict() == {0: 1, 1: 18, 2: 155, 3: 25}
    assert nations["capital_lat"].between(-90, 90).all()
    assert nations["capital_lon"].between(-180, 180).all()


def test_compute_shares_match_the_headline():
    nations = data.nations()
    share = nations["compute_share"]
    assert share.sum() == pytest.approx(1, abs=1e-4)
    assert share["USA"] == pytest.approx(0.74, abs=0.01)
    assert share["CHN"] == pytest.approx(0.14, abs=0.01)
    assert share[nations["eu"] == 1].sum() == pytest.approx(0.048, abs=0.008)
    by_stock = nations["compute_h100e"] / nations["compute_h100e"].sum()
    assert np.allclose(share, by_stock, atol=1e-6)


def test_the_derived_facts_follow_from_the_tables():
    nations, value = data.nations(), data.facts()["value"]
    located, eu = nations["compute_share"] * 100, nations["eu"] == 1
    assert value["compute_share_us_located"] == pytest.approx(located["USA"], abs=0.05)
    assert value["compute_share_china_located"] == pytest.approx(located["CHN"], abs=0.05)
    assert value["compute_share_eu_located"] == pytest.approx(located[eu].sum(), abs=0.05)
    assert value["compute_share_midsized_located"] == pytest.approx(located[data.group("midsized")].sum(), abs=0.05)
    assert value["compute_located_world"] == pytest.approx(nations["compute_h100e"].sum() / 1e6, abs=0.005)
    assert value["compute_world"] == pytest.approx(value["compute_located_world"] / value["compute_coverage"] * 100)
    assert value["world_gdp"] == pytest.approx(nations["gdp_usd_bn"].sum() / 1e3, abs=0.05)
    enterprises = value["eu_enterprises_large"] + value["eu_enterprises_medium"]
    assert value["enterprises_per_gdp"] == pytest.approx(enterprises / nations.loc[eu, "gdp_usd_bn"].sum(), abs=0.05)
    loss, overrun = value["migration_loss_per_project"], value["migration_overrun"] / 100
    assert value["migration_project_cost"] == pytest.approx(loss / overrun / 1e6)
    chips_per_bn = value["leading_cluster_chips"] / value["leading_cluster_cost"]
    assert value["hardware_per_usd"] == pytest.approx(chips_per_bn / 1e6, abs=5e-4)


@pytest.mark.parametrize(("key", "value"), [
    ("compute_share_us", 74), ("compute_share_china", 14), ("compute_share_eu", 4.8), ("investment_us", 300),
    ("investment_china", 100), ("migration_loss_per_project", 315000), ("training_cost_growth", 2.4),
    ("talent_educated_in_china", 47), ("eu_ai_computing", 20), ("jupiter_gpus", 24000), ("alice_recoque_arrival", 2026),
    ("gigafactories", 5), ("gigafactory_chips", 100000), ("gigafactories_arrival", 2027), ("tpc_founded", 2023),
    ("tpc_members", 82), ("tpc_founder_countries", 3), ("apply_ai_funding", 1.1), ("training_cost_shared", 1),
    ("inference_cost_shared", 0), ("outage_duration", 18),
])
def test_seed_facts_with_a_number_are_present(key, value):
    assert data.facts().loc[key, "value"] == value


def test_seed_facts_without_a_number_are_present():
    facts = data.facts()
    statements = {"exchange_programmes", "efficiency_lever", "federated_learning", "portability_agreements",
                  "peacetime_outages", "closing_window", "restraint_invites_weakness"}
    assert statements <= set(facts.index[facts["unit"] == "statement"])
    assert facts["value"].isna().equals(facts["unit"] == "statement")


def test_every_source_is_in_the_bibliography():
    known = set(data.bibliography().index)
    assert data.bibliography().index.is_unique
    assert set(data.facts()["source_key"]) <= known
    assert set(data.events()["source_key"]) <= known
    assert set(re.findall(r"\[(\w+)\]", PAGE)) <= known
    told = (f"{p.source} {p.plausible}" for p in parameters.PARAMETERS)
    assert {key for text in told for key in re.findall(r"\[([A-Z]\w+)\]", text)} <= known


@pytest.mark.parametrize(("name", "default"), parameters.defaults().items())
def test_every_parameter_says_where_it_may_plausibly_lie(name, default):
    parameter, found = parameters.lookup(name), parameters.plausible(name)
    assert found.because
    if parameter.choices:
        assert str(found) == "every name"
    elif found.relative:
        assert found.low < 1 < found.high
    else:
        assert parameter.low <= found.low < found.high <= parameter.high
        assert found.low <= default <= found.high
        assert found.low > 0 or not found.log


def test_facts_name_parameters_that_exist():
    facts = data.facts()
    named = {name for used in facts["used_as"] for name in re.findall(r"parameter: (\w+)", used)}
    assert named
    assert named <= set(parameters.names())
    assert facts.index.is_unique
    assert facts["used_as"].str.contains(r"^(?:parameter|initial value|event|scenario|option|rule|pattern): ").all()
    for table in (facts, data.events()):
        assert table["trust"].isin(["S", "D", "M"]).all()
    assert data.bibliography()["opened"].isin(["read", "excerpt", "not opened"]).all()


def test_events_are_dated_in_order_and_name_known_parties():
    events = data.events()
    assert events["date"].is_monotonic_increasing
    parties = {party for column in ("actor", "target") for cell in events[column] for party in cell.split(";")}
    assert parties <= set(data.nations().index) | set(data.GROUPS) | {"world"}
    assert events["kind"].map(lambda kind: f"`{kind}`" in PAGE).all()
    outage = events[events["kind"] == "outage"].iloc[0]
    assert outage["duration_years"] * 365.25 == pytest.approx(18, abs=0.5)
    rule = events[events["kind"] == "cap"].iloc[0]
    lifted = events.loc[events["kind"] == "lifted", "date"].iloc[0]
    assert rule["duration_years"] == pytest.approx((lifted - rule["date"]).days / 365.25, abs=0.001)


@pytest.mark.parametrize("name", ["nations.csv", "vote_agreement.csv", "facts.csv", "events.csv", "bibliography.csv"])
def test_every_column_is_described(name):
    section = next(part for part in PAGE.split("\n## ") if part.startswith(name))
    columns = pd.read_csv(files(data).joinpath(name).open(encoding="utf-8"), nrows=0).columns
    described = columns[:1] if name == "vote_agreement.csv" else columns
    assert [column for column in described if f"`{column}`" not in section] == []


def test_the_stated_fill_counts_are_those_of_the_table():
    nations = data.nations().reset_index()
    rows = re.findall(r"^\| (`.+?) \|.*\| (\d+) \|$", PAGE, flags=re.MULTILINE)
    stated = {column: int(count) for cell, count in rows for column in re.findall(r"`(\w+)`", cell)}
    assert stated == nations.notna().sum().to_dict()


def test_votes_are_a_symmetric_matrix_with_diagonal_one():
    votes = data.vote_agreement()
    assert votes.shape == (193, 193)
    assert votes.index.equals(pd.Index(votes.columns, name=votes.index.name))
    assert np.array_equal(votes, votes.T, equal_nan=True)
    assert (np.diag(votes) == 1).all()
    assert votes.isna().sum().sum() == 2 * 9
    assert set(data.nations().index) - set(votes.index) == {"HKG", "MAC", "PSE", "TWN", "VAT", "XKX"}


def test_economies_are_complete_and_say_what_was_imputed():
    nations, economies = data.nations(), data.economies()
    assert len(economies) == 193
    assert not set(economies.index) & {"USA", "CHN", "HKG", "MAC", "CUB", "VAT"}
    assert economies[list(data.MODEL_INPUTS)].notna().all(axis=None)
    for iso3, row in economies.iterrows():
        known = [column for column in nations.columns if column not in ("compute_share", *row["imputed"].split(";"))]
        assert row[known].equals(nations.loc[iso3, known])
        assert all(pd.isna(nations.at[iso3, column]) for column in row["imputed"].split(";") if column)
    midsized = economies.loc[data.group("midsized")]
    assert midsized.loc[midsized["imputed"] != "", "imputed"].to_dict() == {"TWN": "un_ideal_point"}


def test_imputed_values_follow_the_stated_rules():
    nations, economies = data.nations(), data.economies()
    ideal = nations["un_ideal_point"]
    assert economies.at["TWN", "un_ideal_point"] == pytest.approx((ideal["JPN"] + ideal["KOR"]) / 2)
    assert economies.at["XKX", "un_ideal_point"] == pytest.approx(ideal[["ALB", "MKD", "MNE"]].mean())
    assert economies.at["PSE", "un_ideal_point"] == pytest.approx(ideal[["JOR", "EGY", "LBN"]].mean())
    ratio = (nations["ai_users_pct"] / nations["internet_users_pct"]).median()
    assert f"times {ratio:.3f}" in PAGE
    assert economies.at["LUX", "ai_users_pct"] == pytest.approx(ratio * nations.at["LUX", "internet_users_pct"])
    asia = nations["region"] == nations.at["PRK", "region"]
    assert economies.at["PRK", "ai_users_pct"] == nations.loc[asia, "ai_users_pct"].median()
    assert economies.at["COD", "ai_publications"] == 0


def test_blanks_are_reported_by_nation_and_column():
    frame = data.nations()
    frame.loc["DEU", "un_ideal_point"] = np.nan
    with pytest.raises(ValueError, match=r"^abm/data/nations\.csv: DEU: un_ideal_point is blank$"):
        data.require(frame.loc[["DEU", "FRA"]], ["un_ideal_point", "gdp_usd_bn"])
    frame.loc["FRA", "gdp_usd_bn"] = np.nan
    with pytest.raises(ValueError, match="DEU: un_ideal_point is blank; FRA: gdp_usd_bn is blank"):
        data.require(frame.loc[["DEU", "FRA"]], ["un_ideal_point", "gdp_usd_bn"])
    with pytest.raises(ValueError, match="no column chips"):
        data.require(frame, ["chips"])
    sound = data.nations().loc[["FRA"]]
    assert data.require(sound, ["gdp_usd_bn"]) is sound


def test_a_blank_without_a_rule_is_not_papered_over():
    frame = data.nations()
    frame.loc["DEU", "un_ideal_point"] = np.nan
    assert pd.isna(data.impute(frame).at["DEU", "un_ideal_point"])
    with pytest.raises(ValueError, match="DEU: un_ideal_point is blank"):
        data.require(data.impute(frame).loc[["DEU"]], data.MODEL_INPUTS)


def test_vendor_hosts_are_the_united_states_and_china():
    hosts = data.vendor_hosts()
    assert hosts["name"].to_dict() == {"USA": "United States", "CHN": "China"}
    differ = (hosts != data.nations().loc[hosts.index]) & hosts.notna()
    assert differ.columns[differ.any()].tolist() == ["compute_share", "us_treaty_ally_asia_pacific"]
    assert hosts["us_treaty_ally_asia_pacific"].to_dict() == {"USA": 1, "CHN": 0}


def test_the_world_starts_with_the_headline_shares_and_the_distribution_as_found():
    value, found = data.facts()["value"] / 100, data.nations()["compute_share"]
    share, hosts = data.economies()["compute_share"], data.vendor_hosts()["compute_share"]
    eu = share.index.isin(data.group("eu"))
    assert hosts.to_dict() == pytest.approx({"USA": value["compute_share_us"], "CHN": value["compute_share_china"]})
    assert share[eu].sum() == pytest.approx(value["compute_share_eu"])
    assert share[~eu].sum() == pytest.approx(1 - 0.74 - 0.14 - 0.048)
    for part in (share[eu], share[~eu]):
        assert np.allclose(part / part.sum(), found[part.index] / found[part.index].sum())


def test_the_data_area_is_the_eea_and_the_states_found_adequate():
    nations = data.nations()
    added = nations.index[(nations["data_area"] == 1) & (nations["eea_gdpr"] == 0)]
    assert set(added) == {"AND", "ARG", "CAN", "CHE", "GBR", "ISR", "JPN", "KOR", "NZL", "URY", "USA"}
    assert (nations["data_area"] >= nations["eea_gdpr"]).all()


def test_all_of_the_eu_but_cyprus_takes_part_in_the_wassenaar_arrangement():
    nations = data.nations()
    assert nations["wassenaar"].sum() == 42
    assert nations.index[(nations["eu"] == 1) & (nations["wassenaar"] == 0)].tolist() == ["CYP"]
    assert nations.loc[["USA", "IND", "RUS"], "wassenaar"].all()
    assert not nations.loc[["CHN", "ISR", "BRA"], "wassenaar"].any()


@pytest.mark.parametrize(("name", "size"), [
    ("midsized", 53), ("all", 193), ("eu", 27), ("nato", 31), ("five_eyes", 4), ("g7", 6), ("g20", 17), ("oecd", 37),
    ("brics", 9), ("asean", 11), ("sco", 9), ("us_treaty_ally_asia_pacific", 6), ("eea_gdpr", 30), ("wassenaar", 41),
    ("data_area", 40), ("tier1", 18), ("tier2", 154), ("tier3", 21),
])
def test_groups_hold_agents_only(name, size):
    group, economies = data.group(name), data.economies()
    assert len(group) == len(set(group)) == size
    assert economies.loc[group, "gdp_usd_bn"].is_monotonic_decreasing
    assert not set(group) & {"USA", "CHN"}


def test_midsized_is_bounded_by_gdp():
    economies = data.economies()
    midsized = data.group("midsized")
    assert economies.loc[midsized, "gdp_usd_bn"].min() >= data.MIDSIZED_GDP_BN
    assert economies.drop(midsized)["gdp_usd_bn"].max() < data.MIDSIZED_GDP_BN


@pytest.mark.parametrize(("wrong", "nearest"), [
    ("teir1", "tier1"), ("EU", "eu"), ("midsize", "midsized"), ("G-7", "g7"),
])
def test_an_unknown_group_names_the_nearest(wrong, nearest):
    with pytest.raises(ValueError, match=rf"^'{wrong}': no such group; did you mean {nearest}\?$"):
        data.group(wrong)


def test_outlines_do_not_smear_and_leave_out_only_singapore():
    outlines = data.outlines()
    rings = [(iso3, np.array(ring)) for iso3, shapes in outlines.items() for ring in shapes]
    for iso3, ring in rings:
        assert np.ptp(ring[:, 0]) < 180, iso3
        assert np.abs(np.diff(ring[:, 0])).max() < 60, iso3
        assert len(ring) >= 4
        assert (ring[0] == ring[-1]).all()
        assert np.abs(ring[:, 1]).max() <= 90
    assert set(data.group("midsized")) - set(outlines) == {"SGP"}
    assert {"USA", "CHN", "XKX"} <= set(outlines)
    assert "ATA" not in outlines
    assert set(outlines) - set(data.nations().index) == {"ESH", "FLK", "GRL", "NCL", "PRI"}
    assert list(outlines).index("LSO") > list(outlines).index("ZAF")
    assert len(files(data).joinpath("outlines.json").read_bytes()) < 200_000


@pytest.mark.parametrize("iso3", ["DEU", "BRA", "IND", "POL", "KAZ", "EGY"])
def test_capitals_lie_within_their_outline(iso3):
    lat, lon = data.nations().loc[iso3, ["capital_lat", "capital_lon"]]
    inside = False
    for ring in data.outlines()[iso3]:
        for (x0, y0), (x1, y1) in pairwise(ring):
            if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0):
                inside = not inside
    assert inside


@pytest.mark.parametrize("load", LOADERS)
def test_a_caller_cannot_change_the_data_of_another(load):
    before = load()
    spoilt = load()
    spoilt.iloc[:, 0] = spoilt.iloc[0, 0]
    spoilt.index = spoilt.index[::-1]
    del spoilt[spoilt.columns[-1]]
    pd.testing.assert_frame_equal(load(), before)


def test_outlines_and_groups_cannot_be_changed_either():
    data.outlines()["DEU"].clear()
    assert data.outlines()["DEU"]
    data.group("eu").clear()
    assert len(data.group("eu")) == 27
    with pytest.raises(TypeError):
        data.GROUPS["eu"] = ()
