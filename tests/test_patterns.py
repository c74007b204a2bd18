"""Patterns of the record: measured rightly where the answer is known, and shown whether they are met or missed."""

import numpy as np
import pytest

from abm import data
from analysis.patterns import PATTERNS, compare, figure, lines, measured
from analysis.patterns.compared import arms
from analysis.patterns.evidence import Evidence
from runs import experiment, library
from runs.command_line import main


class Told:
    """Evidence with coalitions and measures as told."""

    def __init__(self, serials=None, dt=0.25, **paths):
        self.serials, self.dt, self.paths = np.array(serials), dt, paths
        self.sound = np.arange(len(self.serials))

    def path(self, name):
        return np.array(self.paths[name], float)

    def groups(self):
        return [self.sound]


def test_every_pattern_has_a_range_a_known_source_and_a_scenario_that_comes_with_the_package():
    known = set(data.bibliography().index)
    for pattern in PATTERNS:
        assert pattern.low < pattern.high, pattern.name
        assert pattern.scenario in library.names()
        assert pattern.source in known, pattern.source
    assert len(PATTERNS) >= 8
    assert len({pattern.name for pattern in PATTERNS}) == len(PATTERNS)


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
    """Rates that fall with the square of what members share have slope -2."""
    sizes = np.array([3, 5, 9, 17])
    years = np.full(4, 1e6)
    ended = years * 0.5 / (sizes - 1.0) ** 2
    assert measured._slope(sizes, ended, years) == pytest.approx(-2)


def test_returns_per_exit():
    told = Told([[[0]]] * 2, rejoins=[[0, 1], [0, 2]], exits=[[0, 4], [0, 2]])
    assert measured.exits_and_returns(told) == pytest.approx([0.5])


def test_lags_and_growth_are_the_measures_of_the_run():
    scenario = library.scenario("baseline").with_values({"steps": 16})
    results = experiment.run_arms([scenario], 3, series=True, choices=True)[0]
    evidence, column = Evidence(scenario, results), experiment.columns_of(scenario)
    assert measured.lag_china_first(evidence) == pytest.approx(results.series[:, 1, column["lag_china"]])
    assert measured.effective_growth(evidence) == pytest.approx(
        10 ** results.series[:, 1:13, column["frontier_speed"]].mean(axis=1)
    )
    steady = {"frontier_share_growth": 0.5, "investment_growth": 0.2}
    grown = scenario.with_values(steady)
    growth = measured.cost_growth(Evidence(grown, experiment.run_arms([grown], 2, series=True, choices=True)[0]))
    assert growth == pytest.approx(np.exp(0.7) * np.ones(2), rel=1e-6)


def test_other_scenarios_take_over_what_the_baseline_sets():
    found = arms(library.scenario("baseline").with_values({"noise": 0.001}))
    assert {arm.content.parameters.get("noise") for arm in found.values()} == {0.001}
    assert found["local-providers"].content.parameters["convening_rate"] == 0


@pytest.fixture(scope="module")
def table():
    return compare(replicates=20)


def test_the_table_shows_passes_and_failures_with_their_spread(table):
    assert list(table["pattern"]) == [pattern.name for pattern in PATTERNS]
    inside = (table["model"] >= table["record_low"]) & (table["model"] <= table["record_high"])
    assert (table["agrees"] == inside).all()
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["patterns.csv", "patterns.png", "patterns.svg"]
    assert main(["patterns", "--set", "portabilty=1"]) == 2
    assert "did you mean portability?" in capsys.readouterr().err


