"""Comparisons: known differences are found with intervals that cover them, noise is called noise, and precision is kept."""


import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy import stats

from abm.scenario import Scenario
from abm.words import on_command_line
from analysis.commands import compare as command
from analysis.commands.grammar import Parser
from analysis.comparisons import arms, comparison, report
from analysis.comparisons import figure as drawing
from analysis.comparisons.comparison import Arm, compare, differences, holm
from analysis.comparisons.formation import formation
from tests import sweeps, worlds
from tests.results import result

VENDORS = ("us", "china")


def pair(count=50, shift=0.2, noise=0.05, seed=0, first=0):
    """Two arms that share most of their noise; sovereignty differs by ``shift``, cohesion by nothing."""
    chance = np.random.default_rng(seed)
    shared = chance.normal(size=(count, 2))
    other = shared + noise * chance.normal(size=(count, 2)) + [shift, 0]
    seeds = pd.RangeIndex(count)
    return (
        Arm("one", pd.DataFrame(shared, seeds, ["sovereignty", "cohesion"])),
        Arm("two", pd.DataFrame(other, seeds + first, ["sovereignty", "cohesion"])),
    )


def row(table, measure="sovereignty"):
    return table.set_index("measure").loc[measure]


def test_a_known_difference_is_found_and_noise_is_not():
    table = differences(*pair(), VENDORS)
    assert row(table)["clear"]
    assert row(table)["difference"] == pytest.approx(0.2, abs=0.03)
    assert not row(table, "cohesion")["clear"]
    assert table["paired"].all()


def test_pairing_finds_what_unpaired_runs_do_not():
    paired, apart = differences(*pair(), VENDORS), differences(*pair(first=1000), VENDORS)
    assert not apart["paired"].any()
    assert not row(apart)["clear"]
    width = [row(table)["high"] - row(table)["low"] for table in (paired, apart)]
    assert width[1] > 10 * width[0]


def test_intervals_are_those_of_scipy():
    one, two = pair(count=12)
    test = stats.ttest_rel(two.outcomes["sovereignty"], one.outcomes["sovereignty"])
    found = row(differences(one, two, VENDORS))
    assert (found["low"], found["high"]) == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert found["p"] == pytest.approx(test.pvalue)
    one, two = pair(count=12, first=100)
    test = stats.ttest_ind(two.outcomes["sovereignty"], one.outcomes["sovereignty"], equal_var=False)
    found = row(differences(one, two, VENDORS))
    assert (found["low"], found["high"]) == pytest.approx(tuple(test.confidence_interval(0.95)))


@pytest.mark.parametrize("first", [0, 100])
def test_intervals_cover_the_true_difference(first):
    found = []
    for seed in range(400):
        one, two = pair(20, 0.2, 0.3, seed, first)
        if first:  # runs that share no seed share no noise either
            two = pair(20, 0.2, 0.3, seed + 10_000, first)[1]
        found.append(row(differences(one, two, VENDORS)))
    covered = np.mean([one["low"] <= 0.2 <= one["high"] for one in found])
    assert 0.92 <= covered <= 0.98


def test_holm_adjusts_as_published():
    """Worked by hand: 4 * 0.01, 3 * 0.02, 2 * 0.03 (kept from falling), 0.04 (the same)."""
    assert holm(np.array([0.03, 0.01, np.nan, 0.04, 0.02])) == pytest.approx([0.06, 0.04, np.nan, 0.06, 0.06], nan_ok=True)
    assert holm(np.array([np.nan])).tolist() != [0]


def test_among_many_measures_noise_is_seldom_called_more():
    """Without any difference, the chance of a single false one among all measures stays at 5 %."""
    false = []
    for seed in range(300):
        chance = np.random.default_rng(seed)
        p = stats.ttest_1samp(chance.normal(size=(25, 40)), 0).pvalue
        false.append((holm(p) < 0.05).any())
    assert np.mean(false) < 0.09


def test_measures_undefined_in_a_run_count_only_in_pairs():
    one, two = pair()
    two.outcomes.iloc[:10, 0] = np.nan
    one.outcomes.iloc[45:, 0] = np.nan
    assert row(differences(one, two, VENDORS))["pairs"] == 35


def test_constant_measures_are_told_apart_without_a_test():
    one, two = pair(noise=0.0, shift=0.5)
    two.outcomes["sovereignty"] = one.outcomes["sovereignty"] = 1.0
    assert row(differences(one, two, VENDORS))["p"] == 1
    two.outcomes["sovereignty"] = 2.0
    found = row(differences(one, two, VENDORS))
    assert (found["difference"], found["p"], found["clear"]) == (1, 0, True)


def test_partly_shared_seeds_are_said():
    one, two = pair(first=20)
    found = compare([one, two], VENDORS)
    assert "share 30 of up to 50 seeds" in found.notes[0]
    assert row(found.table)["pairs"] == 30


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda one, two: [one, one], "given twice"), (lambda one, two: [one, Arm("two", two.outcomes.head(1))], "at least 2")],
)
def test_what_cannot_be_compared_is_said(change, said):
    with pytest.raises(ValueError, match=said):
        compare(change(*pair()), VENDORS)


def scenarios(**values):
    document = worlds.plain(6, 8, convening_rate=0.5, review_rate=1.5).document()
    changed = {**document, "parameters": {**document["parameters"], **values}}
    return [Scenario.parse(document, "first"), Scenario.parse(changed, "second")]


def test_replicates_are_doubled_until_the_precision_is_met():
    found, reached, asked = arms.run_until(scenarios(taste_scale=0.004), "sovereignty", 0.012)
    count = len(found[0].outcomes)
    assert asked == 0.012
    assert reached <= 0.012
    assert count in (100 * 2**k for k in range(8))
    coarse = [Arm(arm.name, arm.outcomes.head(count // 2)) for arm in found]
    assert count == 100 or row(differences(*coarse, VENDORS))["high"] - row(differences(*coarse, VENDORS))["low"] > 2 * 0.012
    assert found[0].outcomes.index.is_unique


def test_the_cap_is_kept_and_the_width_told():
    found, reached, _ = arms.run_until(scenarios(taste_scale=0.01, taste_renewal=20), "sovereignty", 1e-9, most=150)
    assert len(found[0].outcomes) == 150
    assert reached > 1e-9


def test_an_unknown_measure_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean sovereignty"):
        arms.run_until(scenarios(), "soverignty", 0.1)


def test_results_give_the_outcomes_of_their_finished_runs():
    arm, _ = arms.from_result(str(result("baseline").directory), "end")
    runs = result("baseline").runs()
    assert arm.outcomes["sovereignty"].tolist() == runs["sovereignty"].tolist()
    assert arm.outcomes.index.tolist() == runs["seed"].tolist()


def test_means_over_time_are_those_of_the_series():
    arm, _ = arms.from_result(str(result("baseline").directory), "mean")
    series = result("baseline").series(["lag_coalition"])
    wanted = series[series["step"] > 0].groupby("run")["lag_coalition"].mean()
    assert arm.outcomes["lag_coalition"].to_numpy() == pytest.approx(wanted.to_numpy(), nan_ok=True)


def test_means_over_time_are_the_same_from_disk_and_in_memory():
    scenario = result("few steps").scenario
    frame = arms._run([scenario], 2, 3, "mean", lambda runs: None)[0]
    arm, _ = arms.from_result(str(result("few steps").directory), "mean")
    assert frame["fees"].to_numpy() == pytest.approx(arm.outcomes["fees"].to_numpy())


def asked(*words):
    top = Parser()
    command.add(top.add_subparsers())
    arguments = top.parse_args(["compare", *map(str, words)])
    return arguments.act(arguments)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return sweeps.carry(sweeps.plan(3, 4), tmp_path_factory.mktemp("sweep") / "s")


def test_the_command_compares_points_of_a_sweep(sweep, tmp_path, capsys):
    assert asked(f"{sweep}:0", f"{sweep}:2", f"{sweep}:1", "--out", tmp_path) == 0
    assert "measures differ by more than noise" in capsys.readouterr().out
    table = pd.read_csv(tmp_path / "comparison.csv")
    runs = pd.concat(pd.read_parquet(path) for path in (sweep / "runs").glob("*.parquet"))
    wanted = runs.groupby("point")["sovereignty"].mean()
    found = table[table["measure"] == "sovereignty"].set_index("arm")["difference"]
    assert found["levers:2"] == pytest.approx(wanted[2] - wanted[0])
    assert (tmp_path / "comparison.png").exists()
    text = (tmp_path / "comparison.md").read_text("utf-8")
    assert "Holm1979" in text
    assert "(4 runs)" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("baseline",), "two or more"),
        (("baseline", "{sweep}:0"), "is no result directory"),
        (("{sweep}", "{sweep}:1"), "holds 3 design points"),
        (("{sweep}:0", "{sweep}:7"), "there are 0 to 2"),
        (("{sweep}:0", "{sweep}:1", "--precision", "0.1"), "yet to be run"),
        (("{sweep}:0", "{sweep}:1", "--measure", "nosuch"), "--measure: is for scenarios that are yet to be run"),
        (("{sweep}:0", "{sweep}:1", "--seed", "3"), "--seed: is for scenarios that are yet to be run"),
        (("baseline", "duopoly", "--measure", "nosuch"), "--measure nosuch: no such measure"),
        (("baseline", "duopolly"), "did you mean duopoly"),
    ],
)
def test_bad_input_is_one_sentence(words, said, sweep):
    with pytest.raises(ValueError) as raised:
        asked(*(word.format(sweep=sweep) for word in words))
    assert said in on_command_line(raised.value)
    assert "\n" not in on_command_line(raised.value)


def test_the_figure_keeps_within_its_canvas_with_one_and_many_arms():
    one, two = pair()
    for others in ([two], [two, Arm("three", two.outcomes + 5), Arm("four", two.outcomes), Arm("five", two.outcomes)]):
        drawn = drawing.draw(compare([one, *others], VENDORS))
        FigureCanvasAgg(drawn).draw()
        box, (width, height) = drawn.get_tightbbox(), drawn.get_size_inches()
        assert min(box.x0, box.y0) > -0.02
        assert box.x1 < width + 0.02
        assert box.y1 < height + 0.02


def test_whether_a_coalition_comes_about_is_said():
    """Founded in 80 of 100 runs, in 60 with the change, which has the founded as a part; all stand but ten of either."""
    none, year = np.nan, 2030.0
    before, after = (np.where(np.arange(100) < count, year, none) for count in (80, 60))
    stands, stands_now = (np.isfinite(dates) & (np.arange(100) >= 10) for dates in (before, after))
    said = formation((before, stands), (after, stands_now))
    assert said.startswith("A coalition is founded in 60% of runs instead of 80% (-20 points [95 %: -28 to -12])")
    assert "one stands at the end in 50% of runs instead of 70%" in said
    assert said.endswith("it keeps coalitions from coming about.")
    assert formation((after, stands_now), (before, stands)).endswith("it helps coalitions in coming about.")
    assert formation((before, stands), (before, stands_now)).endswith("it keeps coalitions from lasting.")
    same = formation((before, stands), (before, stands))
    assert "founded in 80% of runs, the same with and without" in same
    assert same.endswith("neither differs by more than noise.")


def test_a_comparison_of_scenarios_says_it_too():
    first, second = scenarios(convening_rate=0.0)
    found, *_ = arms.run_until([first, second], "sovereignty", 1.0)
    (said,) = [line for line in report.sentences(compare(found, VENDORS)) if "A coalition is founded in" in line]
    assert said.startswith("second: A coalition is founded in 0% of runs instead of ")
    assert said.endswith("it keeps coalitions from coming about.")
    assert not [line for line in report.sentences(compare(found, VENDORS, "mean")) if "A coalition is founded in" in line]


def test_the_sentence_names_the_clearest_first():
    one, two = pair()
    found = compare([one, two], VENDORS)
    line = report.sentences(found)[0]
    assert line.startswith("two against one (50 runs): 1 of 2 measures differ by more than noise; most: sovereignty +0.194")
    assert comparison.LEVEL == 0.95
