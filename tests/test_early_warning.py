"""Early warning: breaks, areas and leads on known answers; what is watched is what the run did."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy import optimize, stats

from abm import measures, options
from analysis.experiments.inquiry import Inquiry
from analysis.methods import auc
from analysis.questions import early_warning
from analysis.warning import breaks, signals
from analysis.warning.breaks import Life
from analysis.warning.watch import AROUND, WITHIN, Watched, at, look, watch
from runs.ensemble import simulate
from tests import worlds

DEFAULTS = {option.name: option.default for option in early_warning.OPTIONS}


def lives(*memberships, share=0.3, least=3, gdp=None):
    """Lives in one run of single steps a year... here a year is two steps; a letter is a member."""
    names = sorted({name for step in memberships for name in step})
    serial = np.array([[[int(name in step) for name in names] for step in memberships]])
    wealth = np.ones(serial.shape) if gdp is None else np.broadcast_to(np.array(gdp, float), serial.shape)
    return breaks.lives(serial, wealth, 2, share, least)


def test_a_coalition_breaks_where_it_has_lost_enough_within_a_year():
    assert lives("", "abcde", "abcde", "abcd", "abc", "abc")[0] == Life(0, 1, 1, 6, (4,), True)


def test_newcomers_do_not_make_up_for_leavers():
    assert lives("abcde", "abcde", "abcfg", "abcfg")[0].breaks == (2,)


def test_slow_losses_are_no_break():
    assert lives("abcdefgh", "abcdefg", "abcdefg", "abcdef", "abcdef", "abcde", share=0.3)[0].breaks == ()


def test_a_dissolution_is_a_break_and_a_year_passes_before_the_next():
    assert lives("abcd", "abcd", "", "")[0] == Life(0, 1, 0, 2, (2,), False)
    assert lives("abcdef", "abcd", "abc", "ab", "ab")[0].breaks == (1, 3)


def test_small_coalitions_and_small_economies_do_not_count():
    assert lives("ab", "ab", "")[0].breaks == ()
    assert lives("abc", "ab", "ab", gdp=[10, 10, 1])[0].breaks == ()
    assert lives("abc", "ab", "ab", gdp=[1, 1, 10])[0].breaks == (1,)


def test_ahead_looks_as_far_as_the_horizon():
    life = Life(0, 1, 0, 9, (5,), True)
    assert [breaks.ahead(life, step, 2) for step in range(7)] == [False, False, False, True, True, False, False]


def brute(score, positive):
    case, control = score[positive][:, None], score[~positive][None]
    return ((case > control) + 0.5 * (case == control)).mean()


def test_the_area_is_the_share_of_pairs_in_order():
    chance = np.random.default_rng(0)
    score, positive = chance.integers(0, 6, 200) * 1.0, chance.random(200) < 0.3
    assert auc.auc(score, positive) == pytest.approx(brute(score, positive))
    run = chance.integers(0, 10, 200)
    assert auc.resampled(score, positive, run, np.ones((1, 10)))[0] == pytest.approx(brute(score, positive))


def test_strata_compare_like_with_like():
    chance = np.random.default_rng(1)
    stratum = np.repeat([0, 1], 100)
    score, positive = 5.0 * stratum + chance.integers(0, 4, 200), chance.random(200) < np.where(stratum, 0.8, 0.2)
    pairs = [positive[stratum == s].sum() * (~positive[stratum == s]).sum() for s in (0, 1)]
    wanted = np.average([brute(score[stratum == s], positive[stratum == s]) for s in (0, 1)], weights=pairs)
    found = auc.resampled(score, positive, np.zeros(200, int), np.ones((1, 1)), stratum)[0]
    assert found == pytest.approx(wanted)
    assert auc.auc(score, positive) > 0.75 > found


def test_the_interval_covers_the_true_area_where_runs_differ():
    """Scores share a part within a run; cases stand 1 above controls, so that the area is Phi(1 / sqrt(2 (1 + 0.5^2)))."""
    true, covered = stats.norm.cdf(1 / np.sqrt(2 * 1.25)), []
    for seed in range(200):
        chance = np.random.default_rng(seed)
        run = np.repeat(np.arange(60), 10)
        positive = chance.random(600) < 0.3
        score = chance.normal(size=600) + 0.5 * chance.normal(size=60)[run] + positive
        e = auc.estimate(auc.resampled(score, positive, run, auc.draw_runs(60, seed)), 60)
        covered.append(e.low <= true <= e.high)
    assert 0.9 <= np.mean(covered) <= 0.99


def test_the_slopes_are_those_of_the_most_likely_logistic_model():
    chance = np.random.default_rng(2)
    x = chance.normal(size=(800, 2)) * [1, 10]
    positive = chance.random(800) < 1 / (1 + np.exp(-(0.5 + x @ [1.0, -0.1])))

    def unlikely(slopes):
        z = slopes[0] + x @ slopes[1:]
        return np.logaddexp(0, np.where(positive, -z, z)).sum()

    wanted = optimize.minimize(unlikely, np.zeros(3)).x[1:]
    assert auc.fit(x, positive, ridge=0) == pytest.approx(wanted, rel=1e-3)
    assert auc.fit(-x[:, :1], positive).tolist() == [-1]


def test_noise_tells_nothing_out_of_sample():
    chance = np.random.default_rng(3)
    x = pd.DataFrame(chance.normal(size=(400, 20)))
    positive, run = chance.random(400) < 0.3, np.repeat(np.arange(40), 10)
    inside = auc.auc(x.to_numpy() @ auc.fit(x.to_numpy(), positive), positive)
    reached, _ = auc.out_of_sample(x, positive, run, auc.draw_runs(40))
    assert inside > 0.57
    assert reached[0] == pytest.approx(0.5, abs=0.07)


def test_the_interval_of_noise_allows_that_it_might_point_the_other_way():
    """Half the runs tell which way a measure of noise points, for the other half: the truth is an area of 0.5."""
    covered = []
    for seed in range(200):
        chance = np.random.default_rng(seed)
        run = np.repeat(np.arange(40), 10)
        positive, noise = chance.random(400) < 0.3, pd.DataFrame({"x": chance.normal(size=400) + chance.normal(size=40)[run]})
        e = auc.estimate(auc.out_of_sample(noise, positive, run, auc.draw_runs(40, seed))[0], 40)
        covered.append(e.low <= 0.5 <= e.high)
    assert np.mean(covered) >= 0.9


def test_a_measure_that_points_the_other_way_tells_as_well():
    chance = np.random.default_rng(4)
    positive, run = chance.random(600) < 0.4, np.repeat(np.arange(60), 10)
    low = pd.DataFrame({"x": chance.normal(size=600) - 1.0 * positive})
    reached, _ = auc.out_of_sample(low, positive, run, auc.draw_runs(60))
    assert reached[0] == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.05)


def test_the_lead_has_no_gap():
    reached = np.array([[0.9, 0.7, 0.5, 0.9], [0.4, 0.9, 0.9, 0.9], [0.6, 0.6, 0.6, 0.6]])
    assert signals.lead(reached, 0.6).tolist() == [2, 0, 4]


LEAD, STEPS, RUNS, NATIONS = 5, 60, 80, 10


def invented(leading="cohesion", lead=LEAD):
    """Runs of one coalition of ten; half break at a drawn step, and a measure falls from ``lead`` steps before on."""
    chance = np.random.default_rng(5)
    within = np.full((RUNS, STEPS + 1, 8, len(WITHIN)), np.nan)
    around = chance.normal(1, 0.01, (RUNS, STEPS + 1, len(AROUND)))
    serial, gdp = np.ones((RUNS, STEPS + 1, NATIONS), int), np.ones((RUNS, STEPS + 1, NATIONS))
    within[:, :, 2] = chance.normal(0.5, 0.001, (RUNS, STEPS + 1, len(WITHIN)))
    within[:, :, 2, 0] = 1
    for run in range(RUNS):
        if run % 4 < 2:
            step = int(chance.integers(25, 45))
            serial[run, step:, :5] = 0
            within[run, step - lead :, 2, WITHIN.index(leading)] -= 0.1
    within[:, :, 2, 1] = serial.sum(axis=2)
    return Watched(within, around, serial, gdp, 0.25)


def asked(monkeypatch, watched, **options):
    monkeypatch.setattr(auc, "RESAMPLES", 80)
    monkeypatch.setattr(early_warning, "watch", lambda *given: watched)
    return early_warning.answer(Inquiry(worlds.plain().with_values({"steps": STEPS}), RUNS, {**DEFAULTS, **options}))


@pytest.mark.parametrize(("leading", "lead"), [("cohesion", 5), ("weakest", 3), ("embedding", 8)])
def test_a_measure_that_leads_by_known_steps_is_found_with_its_lead(monkeypatch, leading, lead):
    found = asked(monkeypatch, invented(leading, lead))
    table = found.table.set_index("measure")
    assert table.loc[leading, "lead"] == lead / 4
    assert (found.drawn[2][leading][0][:lead] > 0.95).all()
    others = table.drop(index=[leading, "exits"])
    assert (others.query("kind == 'network'")["lead"] < 1).all()
    assert table.loc[leading, "alarming"] == "low"


def test_the_sentence_names_what_moves_first(monkeypatch):
    found = asked(monkeypatch, invented("cohesion", 4))
    assert found.sentence.startswith("Of the network, cohesion (mean trust between members) moves first, 1 year before")
    assert found.headline.estimate.value == 1
    assert found.stated["gain"].estimate.low > 0.05
    assert "40 breaks of 40 out of 80 coalitions" in found.notes[0]


def test_rare_breaks_are_said_to_be_too_rare(monkeypatch):
    watched = invented()
    calm = replace(watched, serial=np.ones_like(watched.serial))
    found = asked(monkeypatch, calm)
    assert found.sentence.startswith("Coalitions break too seldom to tell: 0 breaks")
    assert np.isnan(found.headline.estimate.value)
    FigureCanvasAgg(early_warning.draw(found)).draw()


def test_rows_leave_out_the_year_after_a_break_and_count_flows():
    watched = invented()
    found = breaks.lives(watched.serial, watched.gdp, 4, 0.3)
    life = found[0]
    rows = signals.table(watched, [life], 4, 3).set_index("step")
    b = life.breaks[0]
    assert rows.index[~rows["counts"]].tolist() == list(range(b, b + 4))
    assert rows.loc[b - 1, "exits"] == 0
    assert rows.loc[b + 4, "members"] == 5
    assert signals.before_break(rows.reset_index(), [life], 3).sum() == 1


@pytest.fixture(scope="module")
def scenario():
    return worlds.plain(10, 20, convening_rate=0.5, convening_size=6, review_rate=1.5, fee_us=0.6, quality_sensitivity=0.1)


def test_what_is_watched_is_what_the_run_does(scenario):
    seeds = np.arange(6)
    watched = watch(scenario, seeds)
    done = simulate(scenario.world(), 20, seeds, series=True, choices=True)
    assert (watched.serial == done.serials).all()
    columns = list(measures.columns(scenario.vendor_names))
    for index, name in enumerate(AROUND):
        assert watched.around[:, :, index] == pytest.approx(done.series[:, :, columns.index(name)])
    sizes = np.nan_to_num(watched.within[..., WITHIN.index("members")]).max(axis=2)
    assert (sizes == done.series[:, :, columns.index("largest_coalition")]).all()
    assert sizes.max() > 2


def test_parameters_may_differ_by_run(scenario):
    draws = pd.DataFrame({"convening_rate": [0.0, 1.0]})
    watched = watch(scenario, np.array([3, 3]), draws)
    assert not watched.serial[0].any()
    assert watched.serial[1].any()


def test_a_coalition_is_described_by_the_trust_of_its_members(scenario):
    worlds_of_runs = (at(scenario.world(), 12, seed) for seed in range(40))
    world = next(world for world in worlds_of_runs if (world.record.members > 1).any())
    within = look(world)[0]
    record, n = world.record, 10
    for k in np.flatnonzero(record.members > 1):
        inside = np.flatnonzero(record.source[:n] == options.first_slot(world.vendors) + k)
        outside = np.setdiff1d(np.arange(n), inside)
        trust = record.trust[:n, :n]
        pairs = np.array([[trust[i, j] for j in inside if j != i] for i in inside])
        wanted = [record.serial[k], len(inside), pairs.mean(), pairs.mean(axis=1).min(),
                  pairs.mean() - trust[np.ix_(inside, outside)].mean(), (record.notice_left[inside] >= 0).mean()]  # fmt: skip
        assert within[k] == pytest.approx(wanted)
    assert np.isnan(within[record.members == 0]).all()


def test_a_small_world_is_answered_and_drawn(monkeypatch):
    monkeypatch.setattr(auc, "RESAMPLES", 80)
    values = {"review_rate": 2, "taste_scale": 0.006, "taste_renewal": 20, "notice": 0, "fee_us": 0.6, "quality_sensitivity": 0.1}
    lively = worlds.plain(10, 40, convening_rate=0.5, convening_size=6, **values)
    inquiry = Inquiry(lively, 60, {**DEFAULTS, "share": 0.2})
    one, again = early_warning.answer(inquiry), early_warning.answer(inquiry)
    assert one.sentence == again.sentence
    pd.testing.assert_frame_equal(one.table, again.table)
    assert {"auc", "auc_low", "auc_high", "gain", "lead"} <= set(one.table)
    drawn = early_warning.draw(one)
    FigureCanvasAgg(drawn).draw()
    box, (width, height) = drawn.get_tightbbox(), drawn.get_size_inches()
    assert min(box.x0, box.y0) > -0.02
    assert box.x1 < width + 0.02
    assert box.y1 < height + 0.02
