"""The calibration finds parameters again that it was not told, and says when the patterns do not tell."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from abm import parameters
from abm.parameters import Range
from abm.scenario import Scenario
from analysis import calibration
from analysis.calibration import fit as fitting
from analysis.calibration import history, regression, report, selection, surrogate
from analysis.calibration.check import COPIES, coverage, examined, inference, uneven
from analysis.calibration.population import Population, quantiles
from analysis.calibration.priors import FITTED, PRIORS, sample, shares
from analysis.calibration.target import UNDEFINED, Target, arms_run, distance, evaluate, met
from analysis.commands.calibrate import SIZES
from analysis.commands.command_line import main
from analysis.nations import foretold
from analysis.patterns import measured
from analysis.patterns.evidence import Evidence
from analysis.patterns.table import PATTERNS, Pattern
from runs import batch, library


def small():
    """The baseline for three years."""
    return library.scenario("baseline").with_values({"steps": 12})


def pattern(name: str, low: float, high: float, of, family: str = "") -> Pattern:
    """A pattern made by the model itself."""
    return Pattern(name, "baseline", low, high, "", "Grimm2005", "", "D", "", of, family=family)


def fit(*given, **more):
    """The fit alone, without its check."""
    return fitting.fit(*given, **{"checks": 0, "lists": ()} | more)[0]


SILENT = {"trust_gain": Range(0.03, 0.3, log=True)}
BOTH = {"vendor_lag_china": Range(0, 1), **SILENT}
CUBE = dict.fromkeys("pqr", Range(0, 1))


def record(truth, of, share: float) -> Pattern:
    """A record that a world of known parameters left: its median over runs with seeds that no fit uses, give or take a share."""
    value = float(np.median(of(Evidence(truth, batch.run_arms([truth], 60, 5 * 10**8, None, True, True)[0]))))
    return pattern(f"made from {of.__name__}", value * (1 - share), value * (1 + share), of)


def feared(evidence):
    """US cuts a year that nations expect at the start: after a quarter, half of the runs have had a cut and half have not."""
    return evidence.at("hazard_believed_us", 2025.0)


@pytest.fixture(scope="module")
def found():
    """Fitted to China's lag as the model itself has it at 0.4 yr."""
    fitted = (record(small().with_values({"vendor_lag_china": 0.4}), measured.lag_china, 0.015),)
    return fit(small(), 100, 60, 6, 2, fresh=4, priors=BOTH, patterns=fitted)


def test_a_parameter_that_made_the_pattern_is_found_again(found):
    told = report.marginals(found).set_index("parameter")
    assert told.loc["vendor_lag_china", "median"] == pytest.approx(0.4, abs=0.05)
    assert told.loc["vendor_lag_china", "identified"]


def test_a_parameter_that_the_pattern_does_not_depend_on_is_said_to_be_unknown(found):
    told = report.marginals(found).set_index("parameter")
    assert not told.loc["trust_gain", "identified"]
    assert told.loc["trust_gain", "contraction"] < 0.6
    assert "judgement" in report.verdict(SimpleNamespace(**told.loc["trust_gain"]))


@pytest.mark.parametrize(("lag", "hazard"), [(0.15, 0.3), (0.6, 0.05)])
def test_the_80_percent_interval_covers_the_truth_of_a_record_that_the_model_made(lag, hazard):
    """A dozen nations; China's lag tells one parameter, what nations expect the other, and nothing the third."""
    world = Scenario.parse({"steps": 12, "nations": {"minimum_gdp": 1800}}, "baseline")
    assert 8 <= len(world.nations()) <= 16
    true = world.with_values({"vendor_lag_china": lag, "hazard_us": hazard})
    fitted = (record(true, measured.lag_china, 0.03), record(true, feared, 0.15))
    priors = BOTH | {"hazard_us": Range(0.02, 1.0, log=True)}
    table = report.marginals(fit(world, 150, 80, 8, 8, fresh=16, priors=priors, patterns=fitted)).set_index("parameter")
    for name, truth in (("vendor_lag_china", lag), ("hazard_us", hazard)):
        row = table.loc[name]
        assert row["posterior_10"] <= truth <= row["posterior_90"], row
        assert row["identified"]
        assert row["contraction"] > 0.84
    assert not table.loc["trust_gain", "identified"]


def test_waves_come_nearer(found):
    assert found.waves == sorted(found.waves, reverse=True)
    assert found.waves[-1] < found.waves[0]
    assert found.posterior.weight.sum() == pytest.approx(1)


def test_the_sampler_leaves_the_posterior_as_it_is(monkeypatch):
    """Two of three parameters are their patterns, without chance: what is left must be flat within both ranges, and flat in the
    third; a box a fortieth of the prior's, which the bank of 400 holds ten times."""
    fitted = (pattern("a", 0.4, 0.6, None), pattern("b", 0.1, 0.225, None))

    def tried(self, points, weight, replicates, seed, apart=False, within=np.inf):
        values = points[["p", "q"]].set_axis(["a", "b"], axis=1)
        return Population(points, weight, distance(values, fitted, self.scale), values, np.arange(len(points)))

    monkeypatch.setattr(Target, "evaluated", tried)
    target = Target(small(), fitted, {"a": 0.1, "b": 0.05})
    bank = target.evaluated(sample(CUBE, 400, 1), np.ones(400), 1, 0)
    population, reached, _ = fitting._waves(target, CUBE, bank, 400, 40, 1, 0)
    assert reached[-1] == 0
    points, weight = population.points.to_numpy(), population.weight
    mean = weight @ points
    assert mean == pytest.approx([0.5, 0.1625, 0.5], abs=0.07)
    assert mean[1] == pytest.approx(0.1625, abs=0.008)
    wide = np.sqrt(12 * (weight @ (points - mean) ** 2))
    assert wide == pytest.approx([0.2, 0.125, 1.0], rel=0.12)


def test_the_sample_is_drawn_by_weight(found):
    population, drawn = found.posterior, found.draw(4000, 1)
    assert drawn["vendor_lag_china"].mean() == pytest.approx(population.weight @ population.points["vendor_lag_china"], abs=0.01)


def noise(evidence):
    """Chance that differs from point to point and from seed to seed, and nothing else."""
    mixed = np.sin(evidence.results.seeds * 12.9898 + np.asarray(evidence.values["trust_gain"]) * 78233.0) * 43758.5453
    return mixed - np.floor(mixed)


@pytest.fixture
def seeds(monkeypatch):
    """The seeds that points were run with, by runs a point; and those of the pilots."""
    used: dict[int, list[int]] = {}
    original_points, original_arms = batch.run_points, batch.run_arms

    def run_points(scenario, points, replicates, seed, *rest):
        used.setdefault(replicates, []).extend(range(seed, seed + replicates))
        return original_points(scenario, points, replicates, seed, *rest)

    def run_arms(arms, replicates, seed, *rest):
        used.setdefault(0, []).extend(range(seed, seed + replicates))
        return original_arms(arms, replicates, seed, *rest)

    monkeypatch.setattr(batch, "run_points", run_points)
    monkeypatch.setattr(batch, "run_arms", run_arms)
    return used


def test_what_is_kept_is_judged_on_seeds_that_no_wave_and_no_pilot_used(seeds):
    fitted = (pattern("noise", 0.8, 0.9, noise),)
    found = fit(small(), 20, 20, 3, 2, fresh=3, priors=SILENT, patterns=fitted)
    waves, fresh, suggesting = set(seeds[2]), set(seeds[3]), set(seeds[3 * selection.OFTEN])
    assert len(waves) == (history.WAVES + 3) * 2
    assert len(fresh) == 3 * (1 + selection.SETS), "one set chooses, others are reported"
    assert not suggesting & (fresh | waves | set(seeds[0]))
    assert not fresh & (waves | set(seeds[0]))
    chosen = set(range(selection.CHOICE_SEEDS, selection.CHOICE_SEEDS + 3))
    told = evaluate(small(), found.posterior.points, fitted, 3, min(fresh - chosen))
    assert found.posterior.values["noise"].to_numpy() == pytest.approx(told["noise"].to_numpy())


def test_what_only_luck_brought_near_is_seen_through():
    """A pattern of pure chance: the waves come near to it, fresh runs show that nothing was found."""
    found = fit(small(), 60, 60, 6, 4, fresh=8, priors=SILENT, patterns=(pattern("n", 0.9, 1, noise),))
    selected_by, fresh = np.median(found.selected_by), np.median(found.posterior.distance)
    assert selected_by < 0.5 * fresh
    assert "fits fresh runs better" not in report.page(found, "")
    assert not report.marginals(found)["identified"].any()


def told(identified: bool, inside: bool, low: float = 0.2) -> str:
    return report.verdict(
        SimpleNamespace(identified=identified, inside=inside, contraction=0.5, low_share=low, high_share=0.9)
    )


def test_a_default_is_outside_only_where_the_patterns_say_so():
    assert "outside" in told(True, False)
    assert "judgement" in told(False, False)
    assert "hold the default" in told(True, True)


def test_a_posterior_that_ends_where_its_prior_does_is_said_to():
    assert "lower end of the prior" in told(True, True, 0.03)
    assert "end of the prior" not in told(True, True)


def test_a_small_sample_identifies_only_what_is_narrower():
    assert report.limit(1000) == report.IDENTIFIED
    assert report.limit(9) > 0.6


@pytest.mark.parametrize(("kin", "alike"), [(1, 0.0), (10, 0.0), (10, 1.0)])
def test_the_error_of_a_mean_counts_kin_as_far_as_they_are_alike(kin, alike):
    """400 samples of 60 families: the error is the spread of their means, whether kin are copies, independent, or alone."""
    random = np.random.default_rng(3)
    found = []
    for _ in range(400):
        own, shared = random.random((60 * kin, 1)), np.repeat(random.random((60, 1)), kin, axis=0)
        values = np.where(alike, shared, own)
        points, weight, root = pd.DataFrame(values), np.full(60 * kin, 1 / (60 * kin)), np.repeat(np.arange(60) * 7, kin)
        population = Population(points, weight, np.zeros(60 * kin), points, root)
        found.append((values.mean(), population.error(values)[0]))
    means, errors = np.array(found).T
    assert errors.mean() == pytest.approx(means.std(), rel=0.1)


@pytest.mark.parametrize(("starts", "identified"), [(40, True), (1, False)])
def test_kin_of_one_start_identify_nothing_however_many_and_alike(found, starts, identified):
    random = np.random.default_rng(4)
    root = np.arange(120) % starts
    near = pd.DataFrame({"vendor_lag_china": random.normal(0.4, 0.02, 120), "trust_gain": 0.03 * 10 ** random.random(120)})
    population = Population(near, np.full(120, 1 / 120), np.zeros(120), found.posterior.values.iloc[np.zeros(120, int)], root)
    table = report.marginals(replace(found, posterior=population)).set_index("parameter")
    assert list(table["identified"]) == [identified, False]


def test_walks_keep_the_law_that_the_guess_gives():
    """A guess of a known law on two shares: walks from draws of it end as draws of it, and gain what its densities say."""
    random = np.random.default_rng(5)

    def likely(share):
        return -0.5 * np.square((share - [0.7, 0.2]) / [0.2, 0.1]).sum(axis=1)

    proposed = random.random((60_000, 2))
    start = proposed[np.log(random.random(len(proposed))) < likely(proposed)]
    end, gain = surrogate.walk(start, likely, 0.02 * np.eye(2), random)
    assert gain == pytest.approx(likely(end) - likely(start))
    assert np.abs(np.corrcoef(start.T, end.T)[:2, 2:]).max() < 0.1, "far from where they began"
    assert end.mean(axis=0) == pytest.approx(start.mean(axis=0), abs=0.008)
    assert end.std(axis=0) == pytest.approx(start.std(axis=0), rel=0.03)


def test_a_guess_learns_a_polynomial_and_forgets_what_is_old():
    random = np.random.default_rng(6)
    share = random.random((3000, 3))

    def away(share, peak):
        return 0.3 + np.square(share - peak) @ [1, 2, 0] + random.normal(0, 0.05, len(share))

    known = surrogate.trained(share, away(share, 0.8))
    for _ in range(40):
        known = surrogate.trained(share, away(share, 0.3), known)
    assert known.spread == pytest.approx(0.05, rel=0.15)
    near, far = np.exp(known.log_probability(np.array([[0.3, 0.3, 0.9], [0.8, 0.8, 0.9]]), 0.4))
    assert near > 0.9
    assert far < 0.01


def test_of_points_that_are_too_far_anyway_the_other_scenarios_are_not_run(monkeypatch):
    """Points of two patterns in two scenarios: the first rules half of them out, and only the others reach the second."""
    fitted = [pattern("lag", 0, 8, measured.lag_china), replace(pattern("hedge", 0, 0.3, measured.hedging), scenario="hindcast")]
    points, ran = pd.DataFrame({"vendor_lag_china": [0.1, 0.75, 0.1, 0.75]}), []
    target = Target(small(), tuple(fitted), {"lag": 1.0, "hedge": 0.3}, ran.append)
    whole = target.evaluated(points, np.ones(4), 2, 0)
    assert sum(ran) == 16
    near = whole.distance < 1
    assert list(near) == [True, False, True, False]
    ran.clear()
    part = target.evaluated(points, np.ones(4), 2, 0, within=1.0)
    assert sum(ran) == 12
    assert part.distance[near] == pytest.approx(whole.distance[near])
    assert (part.distance[~near] > 1).all()
    assert (part.distance <= whole.distance).all()


def test_points_of_one_root_count_as_one():
    points = pd.DataFrame({"x": [1.0, 1.0, 2.0, 3.0]})
    population = Population(points, np.full(4, 0.25), np.zeros(4), points, np.array([0, 0, 0, 1]))
    assert population.effective_size() == pytest.approx(1 / (0.75**2 + 0.25**2))
    alone = population.distinct()
    assert list(alone.points["x"]) == [1, 2, 3]
    assert list(alone.weight) == [0.5, 0.25, 0.25]


def moved_away(found, by: float):
    """The fit with defaults as far as given from the patterns, whatever the seeds."""
    return replace(found, own=replace(found.own, distance=np.full(len(found.own.distance), by)))


def test_the_report_says_better_only_where_the_difference_is_more_than_chance(found):
    assert "worse than the defaults" in report.page(moved_away(found, -1.0), "")
    assert "fits fresh runs better" in report.page(moved_away(found, 9.0), "")
    median = quantiles(found.posterior.distance, found.posterior.weight)[1]
    noisy = replace(found, own=replace(found.own, distance=np.linspace(0, 2 * median + 1, selection.SETS)))
    assert "as the defaults do" in report.page(noisy, "")


def test_what_is_suggested_is_the_truth_rounded_to_what_is_identified(found):
    table = report.defaults(found).set_index("parameter")
    assert list(table.columns) == ["present", "suggested", "rounded", "identified"]
    assert table.loc["vendor_lag_china", "rounded"] == pytest.approx(0.4, abs=0.05)
    assert len(f"{table.loc['trust_gain', 'rounded']:.10g}") <= 4, "what is not identified has no more than two digits"


@pytest.mark.parametrize(("value", "spread", "short"), [(0.123456, 0.3, 0.1), (0.123456, 0.02, 0.12), (0.123456, 0.0002, 0.1235)])
def test_digits_are_those_that_the_spread_supports(value, spread, short):
    assert selection.round_to(Range(0, 1), value, spread) == pytest.approx(short)
    assert selection.round_to(Range(0, 9, whole=True), 3.6, spread) == 4


def test_the_distance_is_nought_within_the_range_and_says_so_where_nothing_is_defined():
    fitted = [pattern("a", 1, 3, None), pattern("b", 0, 1, None)]
    values = pd.DataFrame({"a": [2, 5, np.nan, 2], "b": [0.5, 0.5, 0.5, 99]})
    away = distance(values, fitted, {"a": 1.0, "b": 0.5})
    assert away == pytest.approx(np.array([0, 2, UNDEFINED, 4]) / np.sqrt(2))


def test_a_family_of_patterns_counts_once():
    fitted = [pattern("a", 0, 1, None, "one"), pattern("b", 0, 1, None, "one"), pattern("c", 0, 1, None)]
    values = pd.DataFrame({"a": [3.0, 0.5], "b": [3.0, 0.5], "c": [0.5, 3.0]})
    away = distance(values, fitted, dict.fromkeys("abc", 1.0))
    assert away == pytest.approx(np.full(2, np.sqrt(4 / 2)))
    assert list(met(values, fitted)) == [1, 2]


def history_of(shape, monkeypatch, points: int = 400):
    """History matching of two parameters, flat in 0 to 1, on values that ``shape`` makes of their shares; a unit is 0.1."""
    fitted = (pattern("a", 0.0, 0.2, None), pattern("b", -1.0, 1.0, None))

    def tried(self, points, weight, replicates, seed, apart=False, within=np.inf):
        values = pd.DataFrame(shape(shares(BOTH, points)), columns=["a", "b"])
        return Population(points, weight, distance(values, fitted, self.scale), values, np.arange(len(points)))

    monkeypatch.setattr(Target, "evaluated", tried)
    return history.matched(Target(small(), fitted, {"a": 0.1, "b": 0.1}), BOTH, points, 1, 0)


def test_history_matching_cuts_what_no_luck_could_mend_and_nothing_else(monkeypatch):
    """The first parameter is its pattern, which rules out all beyond 0.2 + 3 * 0.1."""
    cut, bank, left = history_of(lambda share: share * [1, 0], monkeypatch)
    first, second = cut.values()
    assert 0.5 <= first.high < 0.53
    assert first.low == 0
    assert (second.low, second.high) == pytest.approx((0.03, 0.3))
    assert left[0] == pytest.approx(0.5, abs=0.01)
    assert left[1] > 0.95
    inside = shares(cut, bank.points)
    assert ((inside >= 0) & (inside <= 1)).all()
    assert len(inside) > 550, "points of the first wave within the box count too"
    assert inside.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.03)


def test_history_matching_forgives_a_pattern_that_no_point_meets(monkeypatch):
    cut, bank, left = history_of(lambda share: np.column_stack([0.2 * share[:, 0], np.full(len(share), 9.0)]), monkeypatch)
    assert cut["vendor_lag_china"] == BOTH["vendor_lag_china"]
    assert left == [1, 1]
    assert len(bank.points) == 800


def gaussian(factor: float, size: int = 3, error: float = 0.1):
    """300 truths in the unit cube, and the exact posterior of each where two parameters are seen with a normal error, its spread
    times ``factor``; the third, where there is one, is not seen."""
    random = np.random.default_rng(2)
    truth = random.random((300, size))
    seen = truth[:, :2] + random.normal(0, error, (300, 2))

    def posterior(number):
        points = random.random((6000, size))
        off = (points[:, :2] - seen[number]) / (error * factor)
        weight = np.exp(-np.square(off).sum(axis=1) / 2) + 1e-300
        return points, weight / weight.sum()

    return examined(("p", "q", "r")[:size], truth, posterior)


def test_the_check_finds_the_exact_posterior_right():
    told = gaussian(1.0)
    table = coverage(told).set_index("parameter")
    assert table["as_said"].all()
    assert (table["ranks"] > 0.01).all()
    assert uneven(told.level) > 0.01
    assert uneven(gaussian(1.0, size=2).level) > 0.01
    assert (table.loc[["p", "q"], "contraction"] > 0.8).all()
    assert abs(table.loc["r", "contraction"]) < 0.05


@pytest.mark.parametrize(("factor", "low", "high"), [(0.5, 0.3, 0.65), (2.0, 0.87, 1.0)])
def test_the_check_catches_a_posterior_that_is_too_sure_or_not_sure_enough(factor, low, high):
    told = gaussian(factor)
    table = coverage(told).set_index("parameter")
    assert not table.loc[["p", "q"], "as_said"].any()
    assert table.loc[["p", "q"], "held"].between(low, high).all()
    assert (table.loc[["p", "q"], "ranks"] < 0.01).all()
    assert table.loc["r", "as_said"]
    assert uneven(gaussian(factor, size=2).level) < 0.01


@pytest.mark.parametrize("half", [0.1, 0.4])
def test_what_is_inferred_from_a_bank_holds_as_often_as_it_says(half):
    """Two patterns of two parameters, linear with chance, and ranges that are errors; the third is not seen."""
    random = np.random.default_rng(0)
    slopes = np.array([[1, 0.5], [0, 2], [0, 0]])

    def run(share):
        return pd.DataFrame(share @ slopes + random.normal(0, 0.02, (len(share), 2)), columns=["a", "b"])

    fitted = (pattern("a", -half, half, None), pattern("b", -2 * half, 2 * half, None))
    bank, truth = random.random((4000, 3)), random.random((400, 3))
    infer = inference(Target(small(), fitted, {"a": half, "b": 2 * half}), bank, run(bank), random)
    table = coverage(examined(("p", "q", "r"), truth, infer(run(truth)))).set_index("parameter")
    assert table["as_said"].all(), table
    exact = half**2 / 3 * 12  # an error flat to either side, seen in full
    assert table.loc["q", "contraction"] == pytest.approx(1 - min(exact, 0.4), abs=0.06)
    assert abs(table.loc["r", "contraction"]) < 0.05


@pytest.mark.parametrize(("seen", "low", "high"), [(np.nan, 0.0, 0.3), (0.7, 0.6, 0.8)])
def test_that_a_value_is_undefined_is_seen(seen, low, high):
    """Of a bank in which a pattern is undefined below 0.3, a record without it keeps those points, and one with it none."""
    random = np.random.default_rng(1)
    bank = random.random((3000, 1))
    values = pd.DataFrame({"a": np.where(bank[:, 0] < 0.3, np.nan, bank[:, 0])})
    infer = inference(Target(small(), (pattern("a", 0, 0.1, None),), {"a": 0.05}), bank, values, random)
    points, weight = infer(pd.DataFrame({"a": [seen]}))(0)
    assert weight.sum() == pytest.approx(1)
    assert weight @ ((points[:, 0] > low - 0.03) & (points[:, 0] < high + 0.03)) > 0.95


@pytest.mark.parametrize("bend", [0.0, 0.5, -0.5])
def test_points_are_moved_to_the_record_along_a_bend(bend):
    """Logits of a share rise with one pattern and bend with it, those of another do not: at the record both are nought."""
    random = np.random.default_rng(7)
    off = random.normal(0, 1, (4000, 2))
    logit = np.column_stack([off[:, 0] + bend * off[:, 0] ** 2, np.zeros(4000)]) + random.normal(0, 0.3, (4000, 2))
    points = regression.moved(1 / (1 + np.exp(-logit)), off, np.full(4000, 1 / 4000))
    told = np.log(points / (1 - points))
    assert told.mean(axis=0) == pytest.approx([0, 0], abs=0.03)
    assert told.std(axis=0) == pytest.approx([0.3, 0.3], rel=0.05)


def test_the_whole_fit_checks_itself_on_records_that_the_model_made():
    world = Scenario.parse({"steps": 12, "nations": {"minimum_gdp": 1800}}, "baseline")
    fitted = (record(world.with_values({"vendor_lag_china": 0.4}), measured.lag_china, 0.1),)
    ran: list[int] = []
    sizes = {"bank": 150, "points": 40, "waves": 2, "replicates": 1, "fresh": 1, "checks": 60, "lists": ()}
    found, check = fitting.fit(world, priors=BOTH, patterns=fitted, progress=ran.append, **sizes)
    table = coverage(check).set_index("parameter")
    assert table.loc["vendor_lag_china", "contraction"] > 0.8
    assert abs(table.loc["trust_gain", "contraction"]) < 0.15
    assert table["held"].between(0.6, 0.95).all()
    assert check.bank * COPIES >= 150
    assert "## Check" in report.page(found, "", "", check)
    most = fitting.runs_of(fitted, **sizes)
    assert 0.7 * most < sum(ran) <= most


def test_scenarios_that_a_pattern_needs_are_counted():
    assert arms_run(PATTERNS) == 4, "three, and one of them a second time without its cuts"
    assert arms_run([pattern("a", 0, 1, None)]) == 1


def test_shares_of_the_priors_go_back_and_forth():
    points = sample(PRIORS, 50, 1)
    for name, prior in PRIORS.items():
        assert points[name].between(prior.low, prior.high).all()
    whole = [index for index, prior in enumerate(PRIORS.values()) if not prior.whole]
    again = shares(PRIORS, points)[:, whole]
    assert ((again >= -1e-9) & (again <= 1 + 1e-9)).all()


def test_the_shipped_sample_is_one_of_the_calibrated_parameters():
    drawn = calibration.posterior()
    assert set(drawn) == set(FITTED)
    assert len(drawn) >= 100
    for name, prior in PRIORS.items():
        assert drawn[name].between(prior.low - 1e-9, prior.high + 1e-9).all()


def test_the_shipped_report_and_sample_are_of_one_command_with_its_default_sizes(capsys):
    made = calibration.POSTERIOR.read_text("utf-8").splitlines()[0].removeprefix("# ")
    page = (calibration.POSTERIOR.parents[2] / "docs/calibration.md").read_text("utf-8")
    assert made in page
    given = made.split("`")[1].split()[1:]
    with pytest.raises(SystemExit):
        main(["calibrate", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name in SIZES:
        assert f"(default: {given[given.index(f'--{name}') + 1]})" in said
    assert re.search(r"about \d+ minutes on two processors", said)


def test_the_command_leaves_sample_report_and_figure(tmp_path, capsys):
    few = {"bank": 20, "points": 20, "waves": 1, "replicates": 1, "fresh": 2, "check": 5, "draws": 10}
    sizes = [word for name, number in few.items() for word in (f"--{name}", str(number))]
    assert main(["calibrate", "--set", "steps=12", *sizes, "--out", str(tmp_path)]) == 0
    names = {"posterior.csv", "points.csv", "defaults.csv", "check.csv", "calibration.md", "calibration.png", "calibration.svg"}
    assert {path.name for path in tmp_path.iterdir()} == names | {".abm-wrote"}
    table = pd.read_csv(tmp_path / "defaults.csv")
    assert set(table["parameter"]) == set(FITTED)
    for row in table.itertuples():
        parameters.lookup(row.parameter).parse(row.rounded)
    assert "identified" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "posterior.csv", comment="#")) == 10
    assert main(["calibrate", "--replicates", "9", "--fresh", "8"]) == 2
    assert "at least --replicates 9" in capsys.readouterr().err
    assert main(["calibrate", "--points", "50", "--bank", "20"]) == 2
    assert "at most twice --bank 20" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["calibrate", "--points", "3"])
    assert "allowed is 20 to" in capsys.readouterr().err


@pytest.fixture
def lists(monkeypatch):
    """A list that the model foretells the better the smaller ``trust_gain`` is; what is asked of it is noted."""
    asked: list[tuple[int, int]] = []

    def behind(scenario, points, wanted, seed, progress):
        asked.append((len(points), seed))
        progress(foretold.RUNS * len(points))
        return pd.DataFrame({"some list": np.log(points["trust_gain"] / 0.06)}, dtype=float)

    monkeypatch.setattr(selection, "behind", behind)
    return asked


def test_lists_of_nations_choose_among_points_that_fit_the_patterns_alike(lists):
    fitted, ran, sizes = (pattern("met by all", -1, 2, noise),), [], (60, 60, 3, 2)
    found = fit(small(), *sizes, fresh=2, priors=SILENT, patterns=fitted, lists=("ai-partnership",), progress=ran.append)
    table = report.marginals(found).set_index("parameter").loc["trust_gain"]
    assert table["posterior_90"] <= 0.06 * 1.05, "all of them are before the list's best simple predictor"
    assert found.rounded["trust_gain"] <= 0.06
    text = report.page(found, "")
    assert report.foretold(found)[["foretold_by", "defaults"]].to_numpy().tolist() == [[1, pytest.approx(np.log(0.15 / 0.06))]]
    assert "## Lists of nations" in text
    assert "| some list |" in text
    chosen, told = {seed for _, seed in lists[:2]}, {seed for _, seed in lists[2:]}
    assert len(told) == 1
    assert not chosen & told, "what is told of the lists is told by other seeds than chose"
    assert sum(count for count, _ in lists) * foretold.RUNS <= selection.lists_runs(60)
    assert sum(ran) <= fitting.runs_of(fitted, *sizes, 2, 0, ("ai-partnership",))


def test_without_lists_nothing_is_asked_of_them(found):
    assert found.behind.shape == (len(found.posterior.points), 0)
    assert "## Lists" not in report.page(found, "")
