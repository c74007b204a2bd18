"""Nations one by one: shares of runs with their intervals, and scores that tell a good predictor from a useless one."""

import numpy as np
import pandas as pd
import pytest

import runs
from abm import data
from analysis.nations import propensity, score
from analysis.nations.scored import SHIPPED, auc, log_scores, read_list
from analysis.statistics import share
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
    assert len(table) == 53 * 5 * 7
    assert table.groupby(["iso3", "year"])["probability"].sum().to_numpy() == pytest.approx(1)
    assert (table["low"] <= table["probability"] + 1e-12).all()
    assert (table["high"] >= table["probability"] - 1e-12).all()


def test_the_interval_is_wilsons_and_the_share_is_that_of_the_choices(result):
    table = propensity(result).set_index(["iso3", "option", "year"])
    choices = result.choices()
    held = (choices[(choices["iso3"] == "DEU") & (choices["time"] == 2030)]["option"] == "coalition").to_numpy()
    row, told = table.loc[("DEU", "coalition", 2030)], share(held)
    assert (row["probability"], row["low"], row["high"]) == pytest.approx((told.value, told.low, told.high))


def test_a_predictor_that_tells_scores_better_than_one_that_does_not():
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    tells, noise = y + random.normal(0, 0.5, 60), random.normal(0, 1, 60)
    nothing = np.log(0.5)
    assert log_scores(tells, y).mean() > nothing + 0.2
    assert log_scores(noise, y).mean() < nothing + 0.05
    assert auc(tells, y) > 0.85
    assert auc(np.arange(4.0), np.array([0, 0, 1, 1])) == auc(-np.arange(4.0), np.array([0, 0, 1, 1])) == 1


def test_a_left_out_nation_does_not_help_to_foretell_itself():
    """With one feature that is unique to each nation and says nothing of the others, nothing can be learnt."""
    y = np.array([0, 1] * 20)
    assert log_scores(np.random.default_rng(2).permutation(40.0 * np.arange(40) % 17), y).mean() < np.log(0.5) + 0.05


def test_the_shipped_list_names_its_sources_and_known_economies():
    table = pd.read_csv(SHIPPED["network-vendors"], comment="#")
    assert set(table["source_key"]) <= set(data.bibliography().index)
    assert set(table["iso3"]) <= set(data.economies().index)
    assert table["value"].isin([0, 1]).all()
    assert not table["iso3"].duplicated().any()


def test_the_table_of_scores_has_the_model_and_its_baselines(result):
    chances = propensity(result)
    values = read_list(SHIPPED["network-vendors"], pd.Index(chances["iso3"].unique()))
    table = score(chances, values, "china").set_index("predictor")
    assert list(table.index) == ["model", "UN ideal point", "GDP", "trade share with China", "prevalence"]
    assert table.loc["model", "model_better_by"] == 0
    assert table.loc["prevalence", "log_score"] == pytest.approx(np.log(0.5), abs=0.03)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b\n1,2\n", "iso3 and value are needed"), ("iso3,value\nDEU,2\n", "line 2: found 2 for DEU; 0 or 1 is needed"),
     ("iso3,value\nDEU,1\n", "10 of both kinds are needed"), ("", "cannot be read as a table")],
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
