"""Nations one by one: shares of runs with their intervals, and scores that tell a good predictor from a useless one."""

import numpy as np
import pandas as pd
import pytest

import runs
from abm import data
from analysis.methods.statistics import share
from analysis.nations import propensity, score
from analysis.nations.lists import SHIPPED, read_list
from analysis.nations.scored import auc, log_scores
from runs.command_line import main


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nations") / "run"
    words = ["run", "--replicates", "12", "--set", "steps=24", "--figures", "none", "--quiet", "--out", str(folder)]
    assert main(words) == 0
    return runs.open(folder)


def test_every_nation_holds_one_option_a_year(result):
    table = propensity(result)
    assert list(table) == ["iso3", "option", "probability", "low", "high", "year"]
    assert len(table) == 53 * 2 * 5 * 7
    held = table[~table["option"].str.startswith("ever_")]
    assert held.groupby(["iso3", "year"])["probability"].sum().to_numpy() == pytest.approx(1)
    assert (table["low"] <= table["probability"] + 1e-12).all()
    assert (table["high"] >= table["probability"] - 1e-12).all()


def test_the_interval_is_wilsons_and_the_share_is_that_of_the_choices(result):
    table = propensity(result).set_index(["iso3", "option", "year"])
    choices = result.choices()
    held = (choices[(choices["iso3"] == "DEU") & (choices["time"] == 2030)]["option"] == "coalition").to_numpy()
    row, told = table.loc[("DEU", "coalition", 2030)], share(held)
    assert (row["probability"], row["low"], row["high"]) == pytest.approx((told.value, told.low, told.high))


def test_what_was_ever_held_is_counted_over_all_steps_so_far(result):
    table = propensity(result).set_index(["option", "iso3", "year"])["probability"]
    choices = result.choices()
    taken = choices[(choices["option"] == "coalition") & (choices["iso3"] == "FRA") & (choices["time"] <= 2029)]
    assert table["ever_coalition", "FRA", 2029] == taken["run"].nunique() / 12
    ever = table["ever_coalition"].unstack()
    assert (ever.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (ever >= table["coalition"].unstack()).all(axis=None)
    assert (ever > table["coalition"].unstack()).any(axis=None)


def test_a_predictor_that_tells_scores_better_than_one_that_does_not():
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    tells, noise = y + random.normal(0, 0.5, 60), random.normal(0, 1, 60)
    nothing = np.log(0.5)
    assert log_scores(tells, y).mean() > nothing + 0.2
    assert log_scores(noise, y).mean() < nothing + 0.05
    assert auc(tells, y) > 0.85
    assert auc(np.arange(4.0), np.array([0, 0, 1, 1])) == 1
    assert auc(-np.arange(4.0), np.array([0, 0, 1, 1])) == 0
    both = log_scores(np.column_stack([tells, noise]), y)
    assert abs(both.mean() - log_scores(tells, y).mean()) < 0.05


def test_a_left_out_nation_does_not_help_to_foretell_itself():
    """With one feature that is unique to each nation and says nothing of the others, nothing can be learnt."""
    y = np.array([0, 1] * 20)
    assert log_scores(np.random.default_rng(2).permutation(40.0 * np.arange(40) % 17), y).mean() < np.log(0.5) + 0.05


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_lists_name_their_sources_and_known_economies(name):
    table = pd.read_csv(SHIPPED[name].path, comment="#")
    assert set(table["source_key"]) <= set(data.bibliography().index)
    assert set(table["iso3"]) <= set(data.economies().index)
    assert table["value"].isin([0, 1]).all()
    assert not table["iso3"].duplicated().any()


def test_lists_of_members_are_as_long_as_their_sources_say():
    """27 of the 29 members of the partnership are nations other than the US; 8 of 10 of the network."""
    ones = {name: pd.read_csv(known.path, comment="#")["value"].sum() for name, known in SHIPPED.items()}
    assert (ones["ai-partnership"], ones["ai-safety-network"]) == (27, 8)


def test_the_table_of_scores_has_the_model_and_its_baselines(result):
    chances = propensity(result)
    values = read_list(SHIPPED["network-vendors"].path, pd.Index(chances["iso3"].unique()))
    table = score(chances, values, "china").set_index("predictor")
    assert list(table.index) == ["model", "UN ideal point", "GDP", "trade share with China", "prevalence"]
    assert table.loc["model", "model_better_by"] == 0
    assert table.loc["prevalence", "log_score"] == pytest.approx(np.log(0.5), abs=0.03)
    assert table.loc["prevalence", "model_adds"] == pytest.approx(table.loc["prevalence", "model_better_by"], abs=1e-3)


def test_the_model_gets_no_credit_for_pointing_the_wrong_way(result):
    chances = propensity(result)
    values = read_list(SHIPPED["network-vendors"].path, pd.Index(chances["iso3"].unique()))
    auc_of = {option: score(chances, values, option).set_index("predictor").loc["model", "auc"] for option in ("china", "us")}
    assert auc_of["us"] < 0.5 < auc_of["china"]


def test_a_list_of_the_package_is_scored_against_its_own_option(result, tmp_path, capsys):
    assert main(["nations", str(result.directory), "--out", str(tmp_path / "n.csv"), "--score", "ai-partnership"]) == 0
    assert "ai-partnership against the chance of coalition: 24 of 53 nations are 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b\n1,2\n", "iso3 and value are needed"), ("iso3,value\nDEU,2\n", "found 2 for DEU; 0 or 1 is needed"),
     ("iso3,value\nDEU,1\n", "10 of both kinds are needed"), ("", "cannot be read as a table"),
     ("iso3,value\nDEU,1\nDEU,0\n", "DEU stands there twice"), ("iso3,value\nGER,1\n", "found GER")],
)  # fmt: skip
def test_bad_lists_are_refused_in_one_sentence(result, tmp_path, capsys, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text)
    assert main(["nations", str(result.directory), "--out", str(tmp_path / "n.csv"), "--score", str(path)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_an_unknown_option_is_refused_with_the_nearest(result, capsys):
    assert main(["nations", str(result.directory), "--option", "chinna"]) == 2
    assert "did you mean china?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--score", "network-vendor"], "nearest: network-vendors"), (["--out", "/nowhere/n.csv"], "no directory /nowhere")],
)
def test_a_wrong_name_is_refused_in_one_sentence(result, capsys, words, said):
    assert main(["nations", str(result.directory), *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
