"""The calibration finds parameters again that it was not told, and says when the patterns do not tell."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from abm import parameters
from abm.scenario import Scenario
from analysis import calibration
from analysis.calibration import fresh as fresh_step
from analysis.calibration import report
from analysis.calibration.aim import UNDEFINED, distance, evaluate
from analysis.calibration.fit import fit
from analysis.calibration.priors import PRIORS, Prior, sample, shares
from analysis.patterns import measured
from analysis.patterns.evidence import Evidence
from analysis.patterns.table import Pattern
from runs import experiment, library
from runs.command_line import main


def small():
    """The baseline for three years."""
    return library.scenario("baseline").with_values({"steps": 12})


def pattern(name: str, low: float, high: float, of) -> Pattern:
    """A pattern made by the model itself."""
    return Pattern(name, "baseline", low, high, "", "Grimm2005", "", "D", "", of)


TOLD, SILENT = Prior("vendor_lag_china", 0, 1, ""), Prior("trust_gain", 0.03, 0.3, "", log=True)


def record(truth, of, share: float) -> Pattern:
    """A record that a world of known parameters left: its median over runs with seeds that no fit uses, give or take a share."""
    value = float(np.median(of(Evidence(truth, experiment.run_arms([truth], 60, 5 * 10**8, None, True, True)[0]))))
    return pattern(f"made from {of.__name__}", value * (1 - share), value * (1 + share), of)


def feared(evidence):
    """US cuts a year that nations expect after the first quarter."""
    return evidence.at("hazard_believed_us", 2025.25)


@pytest.fixture(scope="module")
def found():
    """Fitted to China's lag as the model itself has it at 0.4 yr."""
    aimed = (record(small().with_values({"vendor_lag_china": 0.4}), measured.lag_china, 0.015),)
    return fit(small(), 60, 4, 2, fresh=4, priors=(TOLD, SILENT), patterns=aimed)


def test_a_parameter_that_made_the_pattern_is_found_again(found):
    told = report.marginals(found).set_index("parameter")
    assert told.loc["vendor_lag_china", "median"] == pytest.approx(0.4, abs=0.05)
    assert told.loc["vendor_lag_china", "identified"]


def test_a_parameter_that_the_pattern_does_not_depend_on_is_said_to_be_unknown(found):
    told = report.marginals(found).set_index("parameter")
    assert not told.loc["trust_gain", "identified"]
    assert told.loc["trust_gain", "spread"] > 0.6
    assert "judgement" in report.verdict(SimpleNamespace(**told.loc["trust_gain"]))


@pytest.mark.parametrize(("lag", "hazard"), [(0.15, 0.3), (0.6, 0.05)])
def test_the_80_percent_interval_covers_the_truth_of_a_record_that_the_model_made(lag, hazard):
    """A dozen nations; China's lag tells one parameter, what nations expect the other, and nothing the third."""
    world = Scenario.parse({"steps": 12, "nations": {"minimum_gdp": 1800}}, "baseline")
    assert 8 <= len(world.nations()) <= 16
    true = world.with_values({"vendor_lag_china": lag, "hazard_us": hazard})
    aimed = (record(true, measured.lag_china, 0.03), record(true, feared, 0.15))
    priors = (TOLD, SILENT, Prior("hazard_us", 0.02, 1.0, "", log=True))
    table = report.marginals(fit(world, 80, 5, 8, fresh=16, priors=priors, patterns=aimed)).set_index("parameter")
    for name, truth in (("vendor_lag_china", lag), ("hazard_us", hazard)):
        row = table.loc[name]
        assert row["posterior_10"] <= truth <= row["posterior_90"], row
        assert row["identified"]
        assert row["spread"] < 0.4
    assert not table.loc["trust_gain", "identified"]


def test_waves_come_nearer(found):
    assert found.waves == sorted(found.waves, reverse=True)
    assert found.waves[-1] < found.waves[0]
    assert found.posterior.weight.sum() == pytest.approx(1)


def test_the_sample_is_drawn_by_weight(found):
    kept, drawn = found.posterior, found.draw(4000, 1)
    assert drawn["vendor_lag_china"].mean() == pytest.approx(kept.weight @ kept.points["vendor_lag_china"], abs=0.01)


def noise(evidence):
    """Chance that differs from point to point and from seed to seed, and nothing else."""
    mixed = np.sin(evidence.results.seeds * 12.9898 + np.asarray(evidence.values["trust_gain"]) * 78233.0) * 43758.5453
    return mixed - np.floor(mixed)


@pytest.fixture
def seeds(monkeypatch):
    """The seeds that points were run with, by runs a point; and those of the pilots."""
    used: dict[int, list[int]] = {}
    original_points, original_arms = experiment.run_points, experiment.run_arms

    def run_points(scenario, points, replicates, seed, *rest):
        used.setdefault(replicates, []).extend(range(seed, seed + replicates))
        return original_points(scenario, points, replicates, seed, *rest)

    def run_arms(arms, replicates, seed, *rest):
        used.setdefault(0, []).extend(range(seed, seed + replicates))
        return original_arms(arms, replicates, seed, *rest)

    monkeypatch.setattr(experiment, "run_points", run_points)
    monkeypatch.setattr(experiment, "run_arms", run_arms)
    return used


def test_what_is_kept_is_judged_on_seeds_that_no_wave_and_no_pilot_used(seeds):
    aimed = (pattern("noise", 0.8, 0.9, noise),)
    found = fit(small(), 20, 3, 2, fresh=3, priors=(SILENT,), patterns=aimed)
    waves, fresh = set(seeds[2]), set(seeds[3])
    assert len(waves) == 3 * 2
    assert len(fresh) == 3 * (1 + fresh_step.SETS), "one set chooses, others are reported"
    assert not fresh & (waves | set(seeds[0]))
    chosen = set(range(fresh_step.CHOICE_SEEDS, fresh_step.CHOICE_SEEDS + 3))
    told = evaluate(small(), found.posterior.points, aimed, 3, min(fresh - chosen))
    assert found.posterior.values["noise"].to_numpy() == pytest.approx(told["noise"].to_numpy())


def test_what_only_luck_brought_near_is_seen_through():
    """A pattern of pure chance: the waves come near to it, fresh runs show that nothing was found."""
    found = fit(small(), 60, 6, 4, fresh=8, priors=(SILENT,), patterns=(pattern("n", 0.9, 1, noise),))
    lucky, fresh = np.median(found.lucky), np.median(found.posterior.distance)
    assert lucky < 0.5 * fresh
    assert "fits fresh runs better" not in report.page(found, "")
    assert not report.marginals(found)["identified"].any()


def told(identified: bool, inside: bool, nearer: float) -> str:
    numbers = {"error": 0.01, "spread": 0.5, "median": 2.0, "low_share": 0.2, "high_share": 0.9}
    return report.verdict(SimpleNamespace(identified=identified, inside=inside, nearer=nearer, **numbers))


def test_a_default_should_move_only_where_the_patterns_say_so_and_it_helps():
    assert told(True, False, 0.05).startswith("**should move**")
    for stays in (told(False, False, 0.05), told(True, True, 0.05), told(True, False, 0.015), told(True, False, -0.05)):
        assert stays.startswith("stays")


def test_a_posterior_that_ends_where_its_prior_does_is_said_to():
    row = SimpleNamespace(identified=True, inside=True, nearer=0, error=1, spread=0.5, median=2, low_share=0.03, high_share=0.9)
    assert "lower end of the prior" in report.verdict(row)
    assert "end of the prior" not in told(True, True, 0.05)


def test_a_small_sample_identifies_only_what_is_narrower():
    assert report.limit(1000) == report.IDENTIFIED
    assert report.limit(9) < 0.6


def test_the_report_says_better_only_where_all_sets_of_the_defaults_are_farther(found):
    worse = replace(found, default=np.full(3, -1.0), alone=found.alone.iloc[:3])
    better = replace(found, default=np.full(3, 9.0), alone=found.alone.iloc[:3])
    assert "worse than the defaults" in report.page(worse, "")
    assert "fits fresh runs better" in report.page(better, "")


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


def test_the_shipped_report_and_sample_are_of_one_command_with_its_default_sizes(capsys):
    made = calibration.POSTERIOR.read_text("utf-8").splitlines()[0].removeprefix("# ")
    page = (calibration.POSTERIOR.parents[2] / "docs/calibration.md").read_text("utf-8")
    assert made in page
    given = made.split("`")[1].split()[1:]
    with pytest.raises(SystemExit):
        main(["calibrate", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name in ("points", "waves", "replicates", "fresh", "draws", "seed"):
        assert f"(default: {given[given.index(f'--{name}') + 1]})" in said
    assert re.search(r"about \d+ minutes on two processors", said)


def test_the_command_leaves_sample_report_and_figure(tmp_path, capsys):
    sizes = ["--points", "20", "--waves", "1", "--replicates", "1", "--fresh", "2", "--draws", "10"]
    assert main(["calibrate", "--set", "steps=12", *sizes, "--out", str(tmp_path)]) == 0
    names = {"posterior.csv", "points.csv", "calibration.md", "calibration.png", "calibration.svg"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert "identified" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "posterior.csv", comment="#")) == 10
    assert main(["calibrate", "--replicates", "9", "--fresh", "8"]) == 2
    assert "at least --replicates 9" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["calibrate", "--points", "3"])
    assert "allowed is 20 to" in capsys.readouterr().err
