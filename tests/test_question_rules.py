"""Rules: efficient combinations by hand, rules that forbid a founding or an exit, coverage of both scores."""

import numpy as np
import pytest

from analysis.experiments import frontier
from analysis.methods import statistics
from analysis.questions import rules
from tests import questions


@pytest.fixture(scope="module")
def answer():
    """The small world's answer, in which a quorum of twelve is more than there are nations."""
    return questions.ask(rules, questions.small(), 12, by=2030)


def test_efficient_combinations_by_hand():
    scores = np.array([[0.9, 0.5, 0.9, 0.2, 0.9, np.nan], [0.5, 0.9, 0.5, 0.95, 0.4, 1.0]])
    assert frontier.efficient(scores).tolist() == [True, True, True, True, False, False]


def test_no_combination_beats_an_efficient_one_whatever_the_scores():
    random = np.random.default_rng(5)
    for _ in range(50):
        scores = random.integers(0, 6, (2, 30)) / 5
        found = frontier.efficient(scores)
        for index in range(30):
            better = ((scores >= scores[:, [index]]).all(axis=0) & (scores > scores[:, [index]]).any(axis=0)).any()
            assert found[index] == (not better)


def test_a_quorum_of_more_nations_than_there_are_founds_nothing(answer):
    table = answer.table[~answer.table["own"]]
    assert (table.loc[table["quorum_members"] == 12, "launch"] == 0).all()
    assert (table.loc[table["quorum_members"] == 2, "launch"] > 0).any()
    assert not table.loc[table["quorum_members"] == 12, "efficient"].any()
    assert any("nothing was founded" in note for note in answer.notes)


def test_nobody_leaves_within_a_notice_longer_than_the_run():
    longest = {"few": rules.LEVELS["few"] | {"notice": (0, 40), "exit_fee": (0.0,), "admission": (0,), "quorum_members": (2,)}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "LEVELS", rules.LEVELS | longest)
        table = questions.ask(rules, questions.small(28), 16, by=2030).table.iloc[:-1]
    assert (table.loc[table["notice"] == 40, "together"].dropna() == 1).all()
    assert (table.loc[table["notice"] == 0, "together"].dropna() < 1).any()


def test_staying_is_exits_over_member_years():
    exits, years = np.array([[2.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), np.array([[10.0, 30.0], [0.0, 0.0], [0.5, 0.5]])
    assert rules.stays(exits, years) == pytest.approx([np.exp(-2 / 40), np.nan, np.exp(-2)], nan_ok=True)


def test_the_scenarios_own_rules_are_the_last_row(answer):
    own = answer.table[answer.table["own"]].iloc[0]
    scenario = questions.small()
    asked = questions.inquiry(rules, scenario, 12, by=2030)
    (runs,) = asked.arms([scenario], series=True)
    members = asked.paths(runs, "nations_coalition").sum() * 10 * 0.25
    assert own["together"] == pytest.approx(np.exp(-asked.outcomes(runs, "exits").sum() / members))
    assert own["launch"] == (asked.outcomes(runs, "first_founding") < 2031).mean()


def test_a_founding_counts_up_to_the_end_of_the_year():
    scenario = questions.small(review_rate=0.3, convening_rate=0.1)
    asked = questions.inquiry(rules, scenario, 40, by=2026)
    kept = rules._part(asked, rules.combinations({}, rules.own_rules(asked)).iloc[-1:].reset_index(drop=True))
    (runs,) = asked.arms([scenario])
    first = asked.outcomes(runs, "first_founding")
    assert kept["founded"][0].tolist() == [year <= 2026.75 for year in first]
    assert 0 < kept["founded"].mean() < (first < 2030).mean()


def test_an_effect_is_the_mean_difference_over_the_other_rules(answer):
    table, effect = answer.table.iloc[:-1], answer.stated["exit_fee_0.01_together"].estimate
    mean = table.groupby("exit_fee")["together"].mean()
    assert effect.value == pytest.approx(mean[0.01] - mean[0.0])
    assert effect.low <= effect.value <= effect.high


def test_standing_together_can_mean_gdp_at_the_end():
    answer = questions.ask(rules, questions.small(), 4, by=2030, together="standing")
    assert answer.table["together"].to_numpy() == pytest.approx(answer.table["gdp_end"].to_numpy())


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    """Replicates differ in their rate of exit, as runs do: truth is the ratio of expectations."""
    random, stays, launches = np.random.default_rng(6), [], []
    asked = questions.inquiry(rules, questions.small(), 60)
    for _ in range(200):
        years, rate = random.gamma(5, 20, (1, 60)), random.gamma(4, 0.02, (1, 60))
        kept = {"exits": random.poisson(rate * years), "years": years, "founded": random.random((1, 60)) < 0.7, "standing": years}
        low, high = statistics.interval(rules._resampled(asked, kept, 200))
        stays.append(statistics.Estimate(0, low[1, 0], high[1, 0]))
        launches.append(statistics.Estimate(0, low[0, 0], high[0, 0]))
    assert 0.89 <= questions.covers(stays, np.exp(-0.08)) <= 0.99
    assert 0.89 <= questions.covers(launches, 0.7) <= 0.99
