"""Patterns of the record: measured rightly where the answer is known, and shown whether they are met or missed."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from abm import data
from analysis.commands.command_line import main
from analysis.patterns import PATTERNS, compare, compared, figure, lines, measured, weights
from analysis.patterns.compared import arms, without_cuts
from analysis.patterns.evidence import Evidence
from runs import batch, library
from runs.ensemble import Results


class Told:
    """Evidence with coalitions and measures as told."""

    def __init__(self, serials=None, dt=0.25, **paths):
        self.serials, self.dt, self.paths = np.array(serials), dt, paths
        self.group, self.point_of_group = np.zeros(len(self.serials), int), np.zeros(1, int)

    def path(self, name):
        return np.array(self.paths[name], float)


BASELINE = library.scenario("baseline")
NATIONS = list(BASELINE.nations().index)
US, CHINA, ALONE, HOLD_BACK, COALITION = range(5)


def evidence_of(runs: int, **paths) -> Evidence:
    """Evidence of the baseline in which all stay with the US and nothing is measured but ``paths``."""
    column, steps = batch.columns_of(BASELINE), BASELINE.content.steps + 1
    series = np.zeros((runs, steps, len(column)))
    for name, values in paths.items():
        series[..., column[name]] = values
    choices = np.zeros((2, runs, steps, len(NATIONS)), int)
    return Evidence(BASELINE, Results(np.arange(runs), np.zeros(runs, int), series[:, -1], series, *choices))


def test_every_pattern_has_a_range_a_known_source_and_a_scenario_that_comes_with_the_package():
    known = set(data.bibliography().index)
    for pattern in PATTERNS:
        assert pattern.low < pattern.high, pattern.name
        assert pattern.scenario in library.names()
        assert pattern.source in known, pattern.source
    assert len({pattern.name for pattern in PATTERNS}) == len(PATTERNS) == 24
    assert [pattern.name for pattern in PATTERNS if not pattern.fitted] == [f"compute share {of}" for of in ("US", "China", "EU")]


def test_each_family_counts_once_however_many_patterns_it_has():
    told, families = weights(PATTERNS), {pattern.family for pattern in PATTERNS if pattern.fitted}
    assert "" not in families
    assert sum(told.values()) == pytest.approx(1)
    for family in families:
        assert sum(told[p.name] for p in PATTERNS if p.family == family) == pytest.approx(1 / len(families))
    assert told["compute share EU"] == 0
    growth = [told[name] for name in ("effective compute", "frontier programme's cost", "cost of following")]
    assert growth == pytest.approx([told["belief raised by cuts"] / 3] * 3)


def test_patterns_without_a_family_are_one_each_and_patterns_that_are_not_fitted_take_no_weight_from_their_family():
    china, cost = (next(p for p in PATTERNS if p.name == name) for name in ("China's lag at first", "cost of following"))
    first, second = replace(china, family=""), replace(china, name="another", family="")
    assert weights([first, second, cost]) == pytest.approx({first.name: 1 / 3, "another": 1 / 3, cost.name: 1 / 3})
    idle = replace(china, name="idle", fitted=False)
    assert weights([china, idle, cost]) == pytest.approx({china.name: 0.5, "idle": 0, cost.name: 0.5})
    with pytest.raises(ValueError, match=r"^none of the patterns is fitted$"):
        weights([idle])


def test_a_nation_that_comes_back_has_changed_its_source_and_one_that_goes_later_has_not():
    evidence = evidence_of(2)
    evidence.sources[0, 3:5, :4] = HOLD_BACK
    evidence.sources[0, 12, 4] = COALITION
    evidence.sources[0, 13:, 5:] = CHINA
    evidence.sources[1, :, :10] = CHINA
    assert measured.changed(evidence) == pytest.approx([5 / len(NATIONS), 0])


def test_clients_of_chinas_vendor_are_counted_inside_the_oecd_and_weighed_by_gdp_outside():
    evidence, nations = evidence_of(2), BASELINE.nations()
    index = [NATIONS.index(iso3) for iso3 in ("JPN", "RUS", "BRA")]
    evidence.sources[0, 12, index] = CHINA
    evidence.sources[1, 11, index] = CHINA  # before 2028
    outside = nations["gdp_usd_bn"][nations["oecd"] == 0]
    assert measured.china_inside(evidence) == pytest.approx([1 / (nations["oecd"] == 1).sum(), 0])
    assert measured.china_outside(evidence) == pytest.approx([outside[["RUS", "BRA"]].sum() / outside.sum(), 0])


def test_without_nations_of_the_oecd_their_share_is_not_defined():
    evidence = evidence_of(1)
    evidence.nations["oecd"] = 0
    assert np.isnan(measured.china_inside(evidence)).all()


def test_founders_are_those_of_the_first_step_of_every_coalition_but_of_one_that_stood_before():
    """Two coalitions of three and of two founders; one that stood at the start; a run without any."""
    founded = [[9, 9, 0, 0, 0, 0], [9, 9, 1, 1, 1, 0], [9, 9, 1, 1, 1, 1], [2, 2, 1, 1, 1, 1], [0] * 6]
    assert measured.founders(Told([founded, [[0] * 6] * 5])) == pytest.approx([2.5, np.nan], nan_ok=True)


def test_membership_grows_from_founding_to_the_end_in_coalitions_that_stand_and_are_old_enough():
    """One from two to four members in eight years; one that ended, one that is young, and one that was there at the start."""
    serials = np.zeros((2, 41, 12), int)
    serials[0, 8:, :2], serials[0, 20:, 2:4] = 1, 1
    serials[0, 1:39, 4:6] = 2
    serials[0, 20:, 6:8], serials[0, 30:, 8] = 3, 3
    serials[1, :, :5] = 4
    told = Told(serials, dt=0.25)
    assert measured.membership_growth(told) == pytest.approx([2 ** (1 / 8) - 1, np.nan], nan_ok=True)
    serials[0, :20, 6:8], serials[0, 0] = 3, 0
    later = ((2 ** (1 / 8) - 1) + (1.5 ** (4 / 39) - 1)) / 2
    assert measured.membership_growth(Told(serials, dt=0.25))[0] == pytest.approx(later)


def test_the_largest_membership_is_that_of_the_fifteenth_year():
    path = np.zeros((2, BASELINE.content.steps + 1))
    path[0, 60], path[0, :60] = 20, 40
    assert measured.largest(evidence_of(2, largest_coalition=path)) == pytest.approx([20, np.nan], nan_ok=True)


def test_what_builders_spend_is_the_mean_of_the_first_five_years_in_which_anyone_builds():
    none = np.full(40, np.nan)
    late = none.copy()
    late[10:20], late[25:30], late[30:] = 0.002, 0.005, 0.9  # nobody builds in the five steps between
    told = Told([[[0]]] * 2, dt=0.25, training_effort=[late, none])
    assert measured.effort(told) == pytest.approx([(10 * 0.002 + 5 * 0.005) / 15, np.nan], nan_ok=True)


def test_the_share_of_local_providers_is_the_mean_over_the_runs_of_a_group():
    class Market(Told):
        dates = 2017 + 0.25 * np.arange(41)

        def at(self, name, date):
            return self.path(name)[:, int((date - 2017) * 4)]

    path = np.tile(np.linspace(0.4, 0, 41), (4, 1)) * np.array([[0], [1], [1], [0.5]])
    told = Market([[[0]]] * 4, gdp_local=path)
    told.group = np.array([0, 0, 0, 1])
    assert measured.local_share(told) == pytest.approx([0.4 / 3, 0.1])
    assert measured.local_drift(told) == pytest.approx([-0.08 / 3, -0.02])


def test_ties_that_end_are_counted_per_tie_and_year():
    """Four nations: three are allied for two years (eight steps), then one leaves: two of three ties end after six tie-years."""
    stay = [[1, 1, 1, 0]] * 9
    told = Told([[*stay, [1, 1, 0, 0]]], dt=0.25)
    years = 9 * 3 * 0.25
    assert measured.dissolution(told) == pytest.approx([2 / years])


def test_nations_that_change_coalition_together_keep_their_tie():
    ended, years = measured._endings(Told([[[1, 1, 2, 2], [1, 1, 1, 1], [2, 2, 0, 2]]], dt=1.0))
    assert (ended[0], years[0]) == (3, 8)  # only the three ties of the one that leaves end


def test_waves_are_the_variance_over_the_mean_of_new_ties_per_year():
    """Two years: three ties in the first, one in the second."""
    run = [[0, 0, 0, 0, 0]] * 2 + [[1, 1, 1, 0, 0]] * 4 + [[1, 1, 1, 2, 2]] * 3
    assert measured.waves(Told([run])) == pytest.approx([2 / 2])
    assert np.isnan(measured.waves(Told([[[0, 0]] * 9]))).all()


def test_shared_partners_protect_where_large_coalitions_lose_fewer_ties():
    """Rates that fall with the square of what members share have slope -2; where no tie ended there is none."""
    sizes = np.array([3, 5, 9, 17])
    years = np.full(4, 1e6)
    ended = years * 0.5 / (sizes - 1.0) ** 2
    table = np.zeros((2, 2, 18))
    table[:, 0, sizes] = ended, years
    assert measured._slopes(*table) == pytest.approx(np.array([-2, np.nan]), nan_ok=True)


@pytest.fixture(scope="module")
def drawn():
    """Coalitions drawn at random in six runs of eight steps and nine nations, of two groups."""
    told = Told(np.random.default_rng(5).integers(0, 4, (6, 9, 9)), dt=0.25)
    told.group = np.array([0, 0, 0, 0, 1, 1])
    return told


def _together(nations) -> set:
    return {pair for pair in combinations(range(len(nations)), 2) if nations[pair[0]] == nations[pair[1]] > 0}


def test_ties_of_all_runs_at_once_are_those_counted_pair_by_pair(drawn):
    ties = [[_together(nations) for nations in run] for run in drawn.serials]
    formed = [[len(after - before) for before, after in pairwise(run)] for run in ties]
    ended = [sum(len(before - after) for before, after in pairwise(run)) for run in ties]
    years = [0.25 * sum(len(before) for before in run[:-1]) for run in ties]
    assert (measured._formed(drawn.serials) == formed).all()
    assert (np.array(measured._endings(drawn)) == [ended, years]).all()


def test_endings_by_size_are_those_counted_coalition_by_coalition(drawn):
    ended, years = np.zeros((2, 10)), np.zeros((2, 10))
    for group, run in zip(drawn.group, drawn.serials):
        for before, after in pairwise(run):
            for name in set(before) - {0}:
                size, stay = int((before == name).sum()), int(((before == name) & (after == name)).sum())
                years[group, size] += size * (size - 1) / 2 * 0.25
                ended[group, size] += size * (size - 1) / 2 - stay * (stay - 1) / 2
    assert (np.array(measured._by_size(drawn.serials, drawn.group, drawn.dt)) == [ended, years]).all()


def _slope(ended, years) -> float:
    """The slope of greatest Poisson likelihood, by a general search."""
    lived = years > 0
    ended, years, x = ended[lived], years[lived], np.log(np.flatnonzero(lived) - 1.0)

    def loss(line) -> float:
        return float((years * np.exp(line[0] + line[1] * x) - ended * (line[0] + line[1] * x)).sum())

    return optimize.minimize(loss, [0.0, 0.0]).x[1]


def test_the_slope_is_that_of_greatest_likelihood(drawn):
    ended, years = measured._by_size(drawn.serials, drawn.group, drawn.dt)
    assert measured._slopes(ended, years) == pytest.approx(np.array([_slope(*both) for both in zip(ended, years)]), abs=1e-4)


def test_each_group_of_a_point_has_the_slope_of_all_the_others(drawn):
    """Three groups, of which two are of one point: each has the other's slope; the third, alone at its point, its own."""
    told = Told(drawn.serials, dt=0.25)
    told.group, told.point_of_group = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1])
    first, second, alone = measured._slopes(*measured._by_size(told.serials, told.group, told.dt))
    assert measured.protection(told) == pytest.approx([second, first, alone])


def test_points_measured_together_are_what_each_is_alone():
    """Every pattern, with parameters that differ, a failed run, and groups of more than one run."""
    points = pd.DataFrame({"overhead_discord": [0.3, 0.7], "peer_weight": [0.0, 0.001], "review_rate": [0.4, 1.0]})
    for name, arm in arms(library.scenario("baseline")).items():
        both = [batch.run_points(way, points, 12, 3, None, True, True) for way in (arm, without_cuts(arm))]
        both[0].status[4], both[1].status[15] = 7, 7
        together = Evidence(arm, *both, points)
        assert together.point.tolist() == [0] * 11 + [1] * 11
        for pattern in (pattern for pattern in PATTERNS if pattern.scenario == name):
            alone = [_alone(pattern, arm, points, both, point) for point in range(2)]
            assert together.medians(pattern.of(together)) == pytest.approx(np.array(alone), nan_ok=True), pattern.name


def _alone(pattern, arm, points, both, point: int) -> float:
    rows = slice(12 * point, 12 * point + 12)
    parts = [type(runs)(*(getattr(runs, field)[rows] for field in runs.__dataclass_fields__)) for runs in both]
    values = pattern.of(Evidence(arm.with_values(points.iloc[point].to_dict()), *parts))
    return float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan


def test_groups_are_as_even_as_can_be():
    class Runs:
        status = np.zeros(37, int)

    groups = [len(part) for part in np.array_split(np.arange(37), 10)]
    assert np.bincount(Evidence(None, Runs).group).tolist() == groups


def test_a_median_is_of_what_is_defined():
    class Runs:
        status = np.zeros(6, int)

    evidence = Evidence(None, Runs, None, pd.DataFrame(index=range(2)))
    told = evidence.medians(np.array([3, np.nan, 1, np.nan, np.inf, np.nan]))
    assert told == pytest.approx(np.array([2, np.nan]), nan_ok=True)


def test_the_range_of_what_the_cuts_add_is_that_of_one_cut_in_the_years_on_record():
    """Gamma(1.5, T) less Gamma(0.5, T), Jeffreys' belief with the one cut and without it, is Gamma(1, T)."""
    pattern = next(pattern for pattern in PATTERNS if pattern.name == "belief raised by cuts")
    assert [pattern.low, pattern.high] == pytest.approx(stats.gamma(1, scale=1 / 4.9).ppf([0.05, 0.95]), rel=0.01)


def test_the_belief_is_missed_where_the_cuts_are_taken_out_of_the_scenario(monkeypatch):
    def told() -> pd.Series:
        return compare(replicates=10).set_index("pattern").loc["belief raised by cuts"]

    assert told()["model"] > 0
    original = library.scenario
    monkeypatch.setattr(
        compared.library, "scenario", lambda name: without_cuts(original(name)) if name == "hindcast" else original(name)
    )
    assert told()["model"] == 0
    assert not told()["agrees"]


def test_the_belief_is_raised_by_less_where_nations_learn_from_their_own_cuts_alone():
    base = library.scenario("baseline")
    raised = [compare(base.with_values({"social_learning": weight}), replicates=10) for weight in (0.0, 0.5)]
    deaf, told = (table.set_index("pattern").loc["belief raised by cuts", "model"] for table in raised)
    assert 0 < deaf < 0.75 * told


def test_only_the_dated_cuts_are_taken_out():
    hindcast = library.scenario("hindcast")
    assert [event.kind for event in without_cuts(hindcast).content.events] == ["outage"]
    assert without_cuts(hindcast).document() | {"events": 0} == hindcast.document() | {"events": 0}


def test_returns_per_exit():
    told = Told([[[0]]] * 2, rejoins=[[0, 1], [0, 2]], exits=[[0, 4], [0, 2]])
    assert measured.exits_and_returns(told) == pytest.approx([0.5])


def test_lags_and_growth_are_the_measures_of_the_run():
    scenario = library.scenario("baseline").with_values({"steps": 16})
    results = batch.run_arms([scenario], 3, series=True, choices=True)[0]
    evidence, column = Evidence(scenario, results), batch.columns_of(scenario)
    assert measured.lag_china_first(evidence) == pytest.approx(results.series[:, 1, column["lag_china"]])
    assert measured.effective_growth(evidence) == pytest.approx(
        10 ** results.series[:, 1:13, column["frontier_speed"]].mean(axis=1)
    )
    steady = {"frontier_share_growth": 0.5, "investment_growth": 0.2, "investment_growth_end": 0.2, "growth_decay": 10,
              "frontier_share_limit": 1}
    grown = scenario.with_values(steady)
    growth = measured.cost_growth(Evidence(grown, batch.run_arms([grown], 2, series=True, choices=True)[0]))
    slowing = 10 * (np.exp(-0.025) - np.exp(-0.3)) / 2.75  # mean of exp(-t / 10) from the first step to 2028
    assert growth == pytest.approx(np.exp(0.2 + 0.5 * slowing) * np.ones(2), rel=1e-6)


def test_other_scenarios_take_over_what_the_baseline_sets():
    found = arms(library.scenario("baseline").with_values({"peer_weight": 0.0007}))
    assert {arm.content.parameters.get("peer_weight") for arm in found.values()} == {0.0007}
    assert found["local-providers"].content.parameters["convening_rate"] == 0


@pytest.fixture(scope="module")
def table():
    return compare(replicates=20)


def test_the_table_shows_passes_and_failures_with_their_spread(table):
    assert list(table["pattern"]) == [pattern.name for pattern in PATTERNS]
    inside = (table["model"] >= table["record_low"]) & (table["model"] <= table["record_high"])
    assert (table["agrees"] == inside).all()
    assert table["defined"].between(0, 1).all()
    assert 0 < table["agrees"].sum() < len(table), "neither all met nor all missed"
    assert (table["model_low"] <= table["model"]).all()
    assert sum(line.startswith("missed") for line in lines(table)) == (~table["agrees"]).sum()


def test_what_the_calibration_aimed_at_first_is_met(table):
    """China's lag, which the model had wrong before it was calibrated."""
    assert table.set_index("pattern").loc[["China's lag at first", "China's lag 2025-27"], "agrees"].all()


def test_the_figure_has_a_row_per_pattern(table):
    axes = figure.draw(table).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [pattern.name for pattern in PATTERNS]


def test_the_command_writes_table_and_figure(tmp_path, capsys):
    assert main(["patterns", "--replicates", "10", "--out", str(tmp_path), "--quiet"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {".abm-wrote", "patterns.csv", "patterns.png", "patterns.svg"}
    assert main(["patterns", "--set", "portabilty=1"]) == 2
    assert "did you mean portability?" in capsys.readouterr().err


