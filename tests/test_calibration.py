"""The calibration finds parameters again that it was not told, and says when the patterns do not tell."""

import numpy as np
import pandas as pd
import pytest

from abm import parameters
from analysis import calibration
from analysis.calibration import report
from analysis.calibration.fit import UNDEFINED, distance, fit
from analysis.calibration.priors import PRIORS, Prior, sample, shares
from analysis.patterns import measured
from analysis.patterns.table import Pattern
from runs import library
from runs.command_line import main


def small():
    """Twelve nations for three years."""
    return library.scenario("baseline").with_values({"steps": 12})


def pattern(name: str, low: float, high: float, of) -> Pattern:
    """A pattern made by the model itself."""
    return Pattern(name, "baseline", low, high, "", "Grimm2005", "", "D", "", of)


TOLD, SILENT = Prior("vendor_lag_china", 0, 1, ""), Prior("trust_gain", 0.03, 0.3, "", log=True)


@pytest.fixture(scope="module")
def found():
    """Fitted to China's lag as the model itself has it at 0.4 yr."""
    truth = small().with_values({"vendor_lag_china": 0.4})
    from analysis.patterns.evidence import Evidence
    from runs import experiment

    lag = float(measured.lag_china(Evidence(truth, experiment.run_arms([truth], 4, series=True, choices=True)[0])).mean())
    aimed = (pattern("lag", lag - 0.2, lag + 0.2, measured.lag_china),)
    return fit(small(), 60, 4, 2, priors=(TOLD, SILENT), patterns=aimed)


def test_a_parameter_that_made_the_pattern_is_found_again(found):
    told = report.marginals(found).set_index("parameter")
    assert told.loc["vendor_lag_china", "median"] == pytest.approx(0.4, abs=0.05)
    assert told.loc["vendor_lag_china", "identified"]


def test_a_parameter_that_the_pattern_does_not_depend_on_is_said_to_be_unknown(found):
    told = report.marginals(found).set_index("parameter")
    assert not told.loc["trust_gain", "identified"]
    assert told.loc["trust_gain", "spread"] > 0.75


def test_waves_come_nearer(found):
    assert found.waves == sorted(found.waves, reverse=True)
    assert found.waves[-1] < found.waves[0]
    assert found.weight.sum() == pytest.approx(1)


def test_the_sample_is_drawn_by_weight(found):
    drawn = found.posterior(4000, 1)
    assert drawn["vendor_lag_china"].mean() == pytest.approx(found.weight @ found.points["vendor_lag_china"], abs=0.01)


def test_the_distance_is_nought_within_the_range_and_says_so_where_nothing_is_defined():
    aimed = [pattern("a", 1, 3, None), pattern("b", 0, 1, None)]
    values = pd.DataFrame({"a": [2, 5, np.nan, 2], "b": [0.5, 0.5, 0.5, 99]})
    away = distance(values, aimed, {"a": 1.0, "b": 0.5})
    assert away == pytest.approx(np.array([0, 2, UNDEFINED, 4]) / np.sqrt(2))


def test_priors_hold_their_default_unless_they_say_why_and_shares_go_back_and_forth():
    points = sample(PRIORS, 50, 1)
    for prior in PRIORS:
        parameter = parameters.lookup(prior.name)
        assert parameter.low <= prior.low < prior.high <= parameter.high
        assert prior.reason
        assert prior.low <= parameters.defaults()[prior.name] <= prior.high, prior.name
        assert points[prior.name].between(prior.low, prior.high).all()
    whole = [place for place, prior in enumerate(PRIORS) if not prior.whole]
    again = shares(PRIORS, points)[:, whole]
    assert ((again >= -1e-9) & (again <= 1 + 1e-9)).all()


def test_the_shipped_sample_is_one_of_the_calibrated_parameters():
    drawn = calibration.posterior()
    assert set(drawn) == {prior.name for prior in PRIORS}
    assert len(drawn) >= 100
    for prior in PRIORS:
        assert drawn[prior.name].between(prior.low - 1e-9, prior.high + 1e-9).all()


def test_the_command_leaves_sample_report_and_figure(tmp_path, capsys):
    words = ["calibrate", "--set", "steps=12", "--points", "20", "--waves", "1", "--replicates", "1", "--draws", "10"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    names = {"posterior.csv", "points.csv", "calibration.md", "calibration.png", "calibration.svg"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert "identified" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "posterior.csv", comment="#")) == 10
    with pytest.raises(SystemExit):
        main(["calibrate", "--points", "3"])
    assert "allowed is 20 to" in capsys.readouterr().err
