"""Nations one by one: chances are those of reviews with fresh tastes; scores tell a good predictor from a useless one."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

import runs
from abm import data, measures, options
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels import choice
from analysis.commands.command_line import main
from analysis.methods.auc import auc
from analysis.nations import Propensity, foretold, missed, of_runs, propensity, score, scored
from analysis.nations.lists import SHIPPED, read_list
from analysis.nations.propensity import COLUMNS, _weighed, _years
from analysis.nations.scored import log_scores
from runs import library
from runs.ensemble import stages
from runs.factor import NATIONS, Factor
from runs.plan import Plan
from tests.sweeps import carry
from tests.sweeps import plan as small

SHORT = {"steps": 24}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nations") / "run"
    words = ["run", "--replicates", "12", "--set", "steps=24", "--figures", "none", "--quiet", "--out", str(folder)]
    assert main(words) == 0
    return runs.open(folder)


@pytest.fixture(scope="module")
def found(result):
    return propensity(result)


def plan(replicates=2, **values):
    return Plan(Scenario.parse(SHORT).with_values(values, "test"), replicates=replicates)


def test_every_nation_takes_one_option_a_year(found):
    table = found.chances
    assert list(table) == COLUMNS
    assert (len(table), found.runs) == (53 * 5 * 7, 12)
    assert table.groupby(["iso3", "year"])["probability"].sum().to_numpy() == pytest.approx(1)
    assert table["probability"].between(0, 1).all()
    assert (table["standard_error"] >= 0).all()


def settled(**values):
    """A world with a coalition, some nations in it and some not."""
    scenario = Scenario.parse({"steps": 60}).with_values({"convening_rate": 0.4, **values}, "test")
    for seed in range(50):
        for world in stages(scenario.world(), [40], seed):
            members = int((world.record.source[: world.record.n] >= options.first_coalition(world.record)).sum())
            if 5 <= members <= 40:
                return world
    raise AssertionError("no coalition stands in any run")


@pytest.mark.parametrize("admission", ["open", "unanimity"])
def test_chances_are_the_shares_of_reviews_with_fresh_tastes(admission):
    """The rules themselves, with tastes drawn anew in many seeds, against the chance that is worked out at once."""
    world = settled(admission=admission)
    record, draws = world.record, 3000
    chances = _weighed(world)[..., 1]
    first = options.first_coalition(record)
    inside = int(np.flatnonzero(record.source[: record.n] >= first)[0])
    outside = np.flatnonzero(record.source[: record.n] < first)
    near = outside[np.argsort(np.abs(chances[outside, -1] - 0.4))[0]]
    for i in (inside, int(near)):
        took = np.zeros(chances.shape[1])
        for seed in range(draws):
            again = record.copy()
            again.seed, again.p.taste_renewal = seed, 1e9
            choice.weigh(again, i)
            took[options.of_source(int(choice.decide(again, i)), world.vendors)] += 1
        error = np.sqrt(chances[i] * (1 - chances[i]) / draws)
        assert np.abs(took / draws - chances[i]) == pytest.approx(0, abs=4 * error.max())


def test_a_nations_own_tastes_are_no_part_of_its_outlook():
    """Nor do they make it drop out of the set that it could convene."""
    record = settled().record
    before, after = np.empty((2, int(record.n), record.taste.shape[1] + 1, 7))
    choice.outlooks(record.copy(), before)
    convening = np.flatnonzero(np.isfinite(before[:, -1, 0]))
    assert len(convening) > 0
    for i in convening:
        averse = record.copy()
        averse.taste[i] = [0.0, 0.0, 0.0, 0.0, -1.0]
        choice.outlooks(averse, after)
        np.testing.assert_array_equal(after[i], before[i])


def test_looking_leaves_the_world_as_it_is_and_the_run_what_it_was(result):
    for run in (0, 7):
        scenario = result.plan.scenario_of(run)
        for world in stages(scenario.world(), range(0, 25, 4), result.plan.seed_of(run)):
            before = world.record.tobytes()
            _weighed(world)
            assert world.record.tobytes() == before
        recorded = result.runs().set_index("run").loc[run]
        for name, value in measures.values(world).items():
            assert np.array_equal(recorded[name], value, equal_nan=True), name


def test_where_nobody_convenes_only_the_lone_options_compete():
    table = of_runs(plan(1, convening_rate=0), [0]).chances
    first = table[(table["iso3"] == "DEU") & (table["year"] == 2025)].set_index("option")["probability"]
    model = Model(Scenario.parse(SHORT), rng=0, convening_rate=0)
    payoffs = model.world.record.copy()
    terms = np.empty((53, 6, 7))
    choice.outlooks(payoffs, terms)
    weight = np.exp(terms[model.world.row("DEU"), :4].sum(axis=1) / payoffs.p.taste_scale)
    assert first["coalition"] == 0
    assert first[["us", "china", "self_build", "hold_back"]].to_numpy() == pytest.approx(weight / weight.sum())


def test_a_smaller_scale_of_tastes_makes_the_best_surer():
    def sure(scale):
        table = of_runs(plan(1, taste_scale=scale, convening_rate=0), [0]).chances
        return table[table["year"] == 2025].groupby("iso3")["probability"].max()

    assert (sure(0.0) == 1).all()
    assert (sure(0.001) > sure(0.01)).all()


def test_the_average_over_runs_and_its_error_are_worked_out_by_hand():
    both, one, two = (of_runs(plan(), chosen).chances for chosen in ([0, 1], [0], [1]))
    first, second = one["probability"], two["probability"]
    assert both["probability"].to_numpy() == pytest.approx(((first + second) / 2).to_numpy())
    assert both["standard_error"].to_numpy() == pytest.approx((abs(first - second) / 2).to_numpy(), abs=1e-8)
    assert both["standard_error"].max() > 0
    assert one["standard_error"].isna().all()


def test_runs_of_several_worlds_and_values_are_put_together():
    factors = (Factor("fee_us"), Factor(NATIONS, ("midsized", "g20")))
    swept = Plan(Scenario.parse(SHORT), factors, np.array([[0.1, 0.0], [0.6, 1.0]]), replicates=1)
    together = of_runs(swept, [0, 1]).chances.set_index(["iso3", "option", "year"])["probability"]
    cheap, dear = (of_runs(swept, [run]).chances.set_index(["iso3", "option", "year"])["probability"] for run in (0, 1))
    assert together["IRL", "us", 2025] == cheap["IRL", "us", 2025]  # in the first world alone
    assert together["DEU", "us", 2025] == pytest.approx((cheap["DEU", "us", 2025] + dear["DEU", "us", 2025]) / 2)
    assert cheap["DEU", "us", 2025] > dear["DEU", "us", 2025]


@pytest.mark.parametrize(
    ("start", "step", "steps", "years"),
    [(2025.0, 0.25, 8, {2025: 0, 2026: 4, 2027: 8}), (2025.4, 0.25, 8, {2025: 0, 2026: 2, 2027: 6}),
     (2024.9, 0.1, 5, {2025: 1}), (2025.0, 0.3, 4, {2025: 0, 2026: 3})],
)  # fmt: skip
def test_each_year_is_looked_at_in_the_step_nearest_to_it(start, step, steps, years):
    assert _years(Scenario.parse({"start": start, "step_years": step, "steps": steps})) == years


def test_fewer_runs_are_chosen_evenly(result):
    few = propensity(result, 5)
    assert few.runs == 4
    pd.testing.assert_frame_equal(few.chances, of_runs(result.plan, [0, 3, 6, 9]).chances)


def invented(chances, terms):
    """A propensity of one year from rows by nation and columns by option, and terms by (nation, option)."""
    table = pd.DataFrame(chances).T.stack().rename_axis(["iso3", "option"]).rename("probability").reset_index()
    return Propensity(table.assign(standard_error=0.0, year=2025), terms, 1)


def test_who_is_missed_is_named_with_what_misleads():
    nations = list(data.economies().index[:20])
    index = pd.MultiIndex.from_product([nations, ["us", "china"]], names=["iso3", "option"])
    terms = pd.DataFrame(0.0, index, ["benefit", "fee", "build", "distance"])
    values = pd.Series(np.arange(20) % 2, nations)
    likely = pd.Series(np.where(values == 1, 0.9, 0.1), nations)
    likely[nations[3]], likely[nations[8]] = 0.05, 0.6
    terms.loc[(nations[3], "china"), "distance"] = -0.004
    terms.loc[(nations[3], "china"), "build"] = -0.001
    terms.loc[(nations[8], "us"), "fee"] = -0.002
    table = missed(invented({n: {"us": 1 - p, "china": p} for n, p in likely.items()}, terms), values, "china", most=3)
    names = data.economies()["name"]
    assert table["nation"].tolist()[:2] == [names[nations[3]], names[nations[8]]]
    assert table["term"].tolist() == ["distance", "use", ""]
    assert table["difference"].tolist()[:2] == pytest.approx([-0.004, 0.002])
    assert table.loc[0, "chance"] < table.loc[1, "chance"] < table.loc[2, "chance"]


@pytest.mark.parametrize("knows", [True, False])
def test_a_model_that_knows_a_list_is_ahead_of_the_best_simple_predictor_and_one_that_knows_nothing_behind(monkeypatch, knows):
    """Chances are made up for every nation of the baseline: those on the list are likelier to join, or all are alike."""
    baseline = library.scenario("baseline")
    wanted = foretold.listed(baseline, ["ai-partnership"])
    values = wanted[0].values
    chances = 0.3 + 0.4 * values if knows else 0 * values + 0.5
    rows = [(iso3, name, share) for iso3, c in chances.items() for name, share in (("coalition", c), ("us", 1 - c))]
    table = pd.DataFrame(rows, columns=["iso3", "option", "probability"])
    made = Propensity(table.assign(year=2025), pd.DataFrame(), 1)
    monkeypatch.setattr(foretold, "of_runs", lambda plan, runs: made)
    ran: list[int] = []
    told = foretold.behind(baseline, pd.DataFrame({"site_cost": [1.0, 2.0]}), wanted, 5, ran.append)
    assert list(told.columns) == ["ai-partnership"]
    assert ran == [foretold.RUNS] * 2
    assert (told < -2).all(axis=None) if knows else (told > 0.5).all(axis=None)
    best = max(scored.simple_scores(values).values(), key=np.mean)
    assert wanted[0].rival.mean() == best.mean() >= np.log(0.5)


def test_points_are_told_apart_by_runs_of_their_own():
    wanted = foretold.listed(library.scenario("baseline"), ["ai-partnership"])
    few = library.scenario("baseline")
    table = foretold.behind(few, pd.DataFrame({"site_cost": [0.0, 5.0, 0.0]}), wanted, 5)["ai-partnership"]
    assert table[0] == table[2] != table[1]


def test_a_list_about_some_options_is_scored_among_them():
    nations = list(data.economies().index[:20])
    values = pd.Series(np.arange(20) % 2, nations)
    random = np.random.default_rng(3)
    split = np.where(values == 1, 0.8, 0.2)
    rest = random.uniform(0.1, 0.9, 20)  # what neither vendor gets, which says nothing of the choice between them
    chances = {n: {"us": (1 - s) * r, "china": s * r, "coalition": 1 - r} for n, s, r in zip(nations, split, rest, strict=True)}
    terms = pd.DataFrame()
    among = score(invented(chances, terms), values, "china", ("us", "china"))
    overall = score(invented(chances, terms), values, "china")
    assert among.loc[0, "log_score"] > overall.loc[0, "log_score"]
    assert among.loc[0, "auc"] == 1


def test_scores_are_those_of_a_logistic_regression_fitted_by_a_general_optimiser(monkeypatch):
    monkeypatch.setattr(scored, "REPEATS", 1)
    random = np.random.default_rng(5)
    y = (random.random(40) < 0.3).astype(int)
    x = np.column_stack([y + random.normal(0, 1, 40), random.normal(0, 3, 40)])
    by_hand = np.empty(40)
    for left in scored._left_out(y):
        z = (x - x[~left].mean(axis=0)) / x[~left].std(axis=0)
        sign = 2 * y - 1

        def loss(line, z=z, kept=~left, sign=sign):
            return -log_expit(sign[kept] * (line[0] + z[kept] @ line[1:])).sum() + (line[1:] ** 2).sum() / 2

        line = minimize(loss, np.zeros(3), tol=1e-10).x
        by_hand[left] = log_expit(sign[left] * (line[0] + z[left] @ line[1:]))
    assert log_scores(x, y) == pytest.approx(by_hand, abs=1e-5)


def test_a_predictor_that_tells_scores_better_than_one_that_does_not():
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    tells, noise = y + random.normal(0, 0.5, 60), random.normal(0, 1, 60)
    nothing = np.log(0.5)
    assert log_scores(tells, y).mean() > nothing + 0.2
    assert log_scores(noise, y).mean() < nothing + 0.05
    assert auc(tells, y == 1) > 0.85
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


def test_the_table_of_scores_has_the_model_and_its_baselines(found):
    values = read_list(SHIPPED["network-vendors"].path, pd.Index(found.chances["iso3"].unique()))
    table = score(found, values, "china").set_index("predictor")
    assert list(table.index) == ["model", "UN ideal point", "GDP", "trade share with China", "prevalence"]
    assert table.loc["model", "model_better_by"] == 0
    assert table.loc["prevalence", "log_score"] == pytest.approx(np.log(0.5), abs=0.03)
    assert table.loc["prevalence", "model_adds"] == pytest.approx(table.loc["prevalence", "model_better_by"], abs=1e-3)


def test_the_model_gets_no_credit_for_pointing_the_wrong_way(found):
    values = read_list(SHIPPED["network-vendors"].path, pd.Index(found.chances["iso3"].unique()))
    auc_of = {option: score(found, values, option).set_index("predictor").loc["model", "auc"] for option in ("china", "us")}
    assert auc_of["us"] < 0.5 < auc_of["china"]


def test_a_list_of_the_package_is_scored_against_its_own_option(result, tmp_path, capsys):
    assert main(["nations", str(result.directory), "--out", str(tmp_path / "n.csv"), "--score", "ai-partnership"]) == 0
    told = capsys.readouterr().out
    assert "ai-partnership against the chance of coalition: 24 of 53 nations are 1" in told
    assert len(told.split("Missed most")[1].splitlines()) == 1 + 8
    assert list(pd.read_csv(tmp_path / "n.csv")) == COLUMNS
    assert main(["nations", str(result.directory), "--out", str(tmp_path / "n.csv"), "--score", "network-vendors"]) == 0
    assert "against the chance of china among us, china: 15 of 29" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b\n1,2\n", "iso3 and value are needed"), ("iso3,value\nDEU,2\n", "found 2 for DEU; 0 or 1 is needed"),
     ("iso3,value\nDEU,1\n", "10 of both kinds are needed"), ("", "is empty; a table needs"),
     ("iso3,value\nDEU,1\nDEU,0\n", "DEU stands there twice"), ("iso3,value\nGER,1\n", "did you mean DEU (Germany)?"),
     ("iso3,value\nNA,1\n", "did you mean NAM (Namibia)?")],
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
    [(["--score", "network-vendor"], "did you mean network-vendors?"), (["--out", "/nowhere/n.csv"], "no directory /nowhere")],
)
def test_a_wrong_name_is_refused_in_one_sentence(result, capsys, words, said):
    assert main(["nations", str(result.directory), *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_runs_of_changed_sources_are_told_apart(result, tmp_path, capsys, monkeypatch):
    words = ["nations", str(result.directory), "--runs", "1", "--out", str(tmp_path / "n.csv")]
    assert main(words) == 0
    assert "have changed" not in capsys.readouterr().out
    monkeypatch.setattr("abm.provenance.provenance", lambda: {"sources": "others"})
    assert main(words) == 0
    assert "The model's sources have changed since" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("nations",), ("networks", "--figures", "none")], ids=lambda command: command[0])
def test_points_of_a_sweep_that_are_taken_together_are_told(tmp_path, capsys, command):
    carry(small(points=2, replicates=1, steps=4), tmp_path / "sweep")
    assert main([*command, str(tmp_path / "sweep")]) == 0
    assert "holds 2 design points; they are taken together" in capsys.readouterr().err
    carry(small(points=1, replicates=1, steps=4), tmp_path / "run")
    assert main([*command, str(tmp_path / "run")]) == 0
    assert "design points" not in capsys.readouterr().err
