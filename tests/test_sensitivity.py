"""Sensitivity: known indices and curves through the command's own path, the three that matter most, words that follow numbers."""


import numpy as np
import pandas as pd
import pytest

from abm import parameters
from abm.words import on_command_line
from analysis.calibration.priors import PRIORS
from analysis.commands import sensitivity
from analysis.commands.grammar import Parser
from analysis.experiments import ranges
from analysis.sensitivity import SHIPPED, bullets, caveat, report, words
from analysis.sensitivity.curves import curves
from analysis.sensitivity.runs import OUTCOMES
from analysis.sensitivity.sizes import Sizes
from analysis.sensitivity.study import axes_of, kind, meaning, study
from runs import library

NAMES = ["fee_us", "fee_china", "severity"]
FEW = Sizes(values=5, replicates=20, trajectories=20, factors=3, samples=2048, each=2)


def shares(points, scenario):
    """(P, F) where on their ranges the points lie, in the order of the columns."""
    found = {name: ranges.plausible(scenario, str(name)).range for name in points}
    return np.column_stack([(points[name] - each.low) / (each.high - each.low) for name, each in found.items()])


def ishigami(s):
    """Total indices 0.5576, 0.4424 and 0.2437."""
    x = np.pi * (2 * s - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def additive(s):
    """Indices 16, 4 and 1 of 21."""
    return s @ np.array([4.0, 2.0, 1.0])


def hump(s):
    """Highest in the middle of the first."""
    return 1 - 4 * (s[:, 0] - 0.5) ** 2


def known(scenario, main, own=0.0):
    """A stand-in for the model: ``main``, whether a coalition stands, a sum, what never varies; a seed shifts all points alike.

    ``own`` is the spread of what a seed does differently at every point, in the main outcome.
    """

    def respond(points, replicates):
        s = shares(points[NAMES], scenario) if set(NAMES) <= set(points) else shares(points, scenario)
        seed = np.random.default_rng(1).normal(size=replicates)
        values = np.stack([main(s), s[:, 0] > 0.5, additive(s), np.ones(len(s))], axis=-1)[:, None, :]
        shift = np.stack([seed, 0 * seed, seed, 0 * seed], axis=-1)
        found = values + shift
        found[:, :, 0] += own * np.random.default_rng(2).normal(size=found.shape[:2])
        return found

    return respond


@pytest.fixture(scope="module")
def scenario():
    return library.scenario("baseline")


@pytest.fixture(scope="module")
def found(scenario):
    """A study of Ishigami's function, its three factors in the order of :data:`NAMES`."""

    def ordered(points, replicates):
        whole = pd.DataFrame({name: points.get(name, 0.3) for name in NAMES})
        return known(scenario, ishigami)(whole, replicates)

    return study(scenario, FEW, axes_of(scenario, NAMES), ordered)


def of(table, outcome):
    return table[table["outcome"] == outcome].set_index("factor").loc[NAMES]


def test_a_function_with_known_indices_gets_them(found):
    table = of(found.indices, "gdp_coalition")
    assert table["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert table["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (table["total_low"] <= [0.5576, 0.4424, 0.2437]).all()
    assert (table["total_high"] >= [0.5576, 0.4424, 0.2437]).all()
    assert list(found.parameters["factor"]) == NAMES


def test_all_outcomes_are_weighed_from_the_same_runs(found):
    table = of(found.indices, "sovereignty")
    assert table["total"].to_numpy() == pytest.approx(np.array([16, 4, 1]) / 21, abs=0.03)
    assert of(found.screening, "sovereignty")["mu"].to_numpy() == pytest.approx([4, 2, 1], abs=1e-9)
    assert (of(found.indices, "net_benefit")["total"] == 0).all()


def test_the_runs_are_those_announced(scenario):
    done = []

    def respond(points, replicates):
        done.append(len(points) * replicates)
        return known(scenario, additive)(points, replicates)

    axes = axes_of(scenario, NAMES)
    found = study(scenario, FEW, axes, respond)
    assert sum(done) == found.runs == FEW.runs(axes)


def test_what_a_seed_does_alike_everywhere_is_no_chance_and_the_rest_is(scenario, found):
    assert found.chance["gdp_coalition"] == pytest.approx(0, abs=1e-9)
    noisy = study(scenario, FEW, axes_of(scenario, NAMES), known(scenario, additive, own=1.0))
    variance, noise = 21 / 12, 1 / FEW.each
    assert noisy.chance["gdp_coalition"] == pytest.approx(noise / (variance + noise), rel=0.1)


def test_curves_pass_through_the_law_and_shared_noise_drops_out(scenario):
    axes = axes_of(scenario, NAMES)
    lines, reaches = curves(axes, scenario, known(scenario, additive), 5, 20)
    rows = lines[(lines["factor"] == "fee_us") & (lines["outcome"] == "sovereignty")]
    assert len(rows) == 5  # the own value, 0.35, is the range's middle
    assert list(rows["value"]) == ["0.15", "0.25", "0.35", "0.45", "0.55"]
    assert rows["difference"].to_numpy() == pytest.approx([-2, -1, 0, 1, 2])
    assert (rows["difference_high"] - rows["difference_low"]).abs().max() < 1e-9
    assert (rows["high"] - rows["low"]).min() > 0.1
    reach = of(reaches, "sovereignty")
    assert reach["change"].to_numpy() == pytest.approx([4, 2, 1])
    assert (reach["turn"] == "").all()


def test_only_the_chance_that_a_coalition_stands_gets_the_interval_of_a_share(scenario):
    lines, _ = curves(axes_of(scenario, NAMES), scenario, lambda points, runs: np.zeros((len(points), runs, 4)), 3, 20)
    width = (lines["high"] - lines["low"]).groupby(lines["outcome"]).max()
    assert (width > 0).to_dict() == {"gdp_coalition": False, "net_benefit": False, "sovereignty": False, "stands": True}


def test_a_curve_that_turns_is_told_to_turn_where_noise_allows(scenario):
    axes = axes_of(scenario, NAMES)
    turn = of(curves(axes, scenario, known(scenario, hump), 5, 20)[1], "gdp_coalition")
    assert list(turn["turn"]) == ["0.35", "", ""]
    drowned = of(curves(axes, scenario, known(scenario, hump, own=20.0), 5, 20)[1], "gdp_coalition")
    assert list(drowned["turn"]) == ["", "", ""]


def test_a_choice_goes_from_the_name_with_the_lowest_mean_to_the_highest(scenario):
    def respond(points, replicates):
        level = np.array([0.2, 0.9, 0.5])[points["admission"].to_numpy(int)]
        return np.repeat(level[:, None, None], replicates, 1) * np.ones(len(OUTCOMES))

    lines, reaches = curves([ranges.plausible(scenario, "admission")], scenario, respond, 5, 3)
    assert set(lines["value"]) == {"open", "majority", "unanimity"}
    assert reaches.loc[0, ["low_end", "high_end"]].tolist() == ["open", "majority"]
    assert reaches.loc[0, ["at_low_end", "at_high_end"]].tolist() == pytest.approx([0.2, 0.9])


def made_up(**changes):
    """A table of parameters as a study leaves it: four assumptions, a decision, one without indices."""
    row = {"meaning": "a thing", "first": 0.1, "low_end": "0", "high_end": "1", "at_low_end": 0.2, "at_high_end": 0.7,
           "change": 0.5, "change_low": 0.4, "change_high": 0.6, "turn": "", "at_turn": np.nan, "mu": 0.3, "mu_star": 0.3,
           "mu_star_high": 0.35, "kind": "assumption", "reach": 0.5}  # fmt: skip
    totals = {"a": 0.2, "b": 0.5, "rule": 0.9, "c": 0.4, "d": 0.1, "e": np.nan}
    rows = [row | {"factor": name, "total": total, "total_low": total - 0.04, "total_high": total + 0.04, "total_half": total}
            for name, total in totals.items()]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[table["factor"] == "rule", "kind"] = "decision"
    for name, value in changes.items():
        table.loc[table["factor"] == "b", name] = value
    return table


def first(**changes):
    """What is said of ``b``, the first of them."""
    return words.sentence(words.foremost(made_up(**changes))[0])


def test_the_three_that_matter_most_are_the_assumptions_with_the_largest_total_index():
    assert [row.factor for row in words.foremost(made_up())] == ["b", "c", "a"]
    assert [row.factor for row in words.foremost(made_up(), "decision")] == ["rule"]
    tied = made_up(total=0.4, mu_star=0.1)
    assert [row.factor for row in words.foremost(tied)] == ["c", "b", "a"]


def test_words_follow_the_numbers():
    assert "total index 0.50 [0.46 to 0.54]" in first()
    assert "rises from 20 % at 0 to 70 % at 1" in first()
    assert "falls" in first(change=-0.5, change_low=-0.6, change_high=-0.4)
    assert "by no more than chance" in first(change_low=-0.1)
    assert "but is higher between, 90 % at 0.4" in first(turn="0.4", at_turn=0.9)
    assert "but is lower between, 10 % at 0.4" in first(turn="0.4", at_turn=0.1)
    assert "almost always upwards" in first()
    assert "mostly downwards" in first(mu=-0.2)
    assert "depends on where the others stand" in first(mu=0.1)
    assert "none of it by itself" in first(first=-0.01)


def sure(table, half=0.0):
    """What is said of certainty; ``half`` is how much a total index changes with half of the base points."""
    indices = table[table["total"].notna()].assign(outcome="gdp_coalition", total_half=lambda rows: rows["total"] - half)
    return " ".join(words.certainty(table, indices, {"gdp_coalition": 0.07}))


def test_words_of_certainty_follow_the_numbers():
    assert "they have converged" in sure(made_up())
    assert "they have not converged" in sure(made_up(), half=0.2)
    assert "interval reaches that of the third" in sure(made_up())
    close = made_up()
    close.loc[close["factor"] == "d", "total_high"] = 0.3
    assert "The third place is not sure, since intervals overlap that of `a`: `d`" in sure(close)
    assert "name the same three" in sure(made_up())
    assert "name another three" in sure(made_up(total_half=0.0))
    assert "for 1 more the interval of mu* reaches theirs, `e` first" in sure(made_up())
    parted = made_up()
    parted.loc[parted["factor"] == "e", "mu_star_high"] = 0.1
    assert "No other parameter's mu* reaches theirs" in sure(parted)
    assert "7 % is chance" in sure(made_up())


def test_words_on_more_parameters_follow_the_numbers():
    def told(**totals):
        rows = [{"factor": name, "total": total, "total_low": 0, "total_high": 1} for name, total in totals.items()]
        return " ".join(words.wider(made_up(), pd.DataFrame(rows, columns=["factor", "total", "total_low", "total_high"])))

    assert told(a=0.4, b=0.3, c=0.2, rule=0.9, d=0.1, e=0.1).endswith("`c` (0.20 [0.00 to 1.00]): the same.")
    assert "With 6 parameters instead of 5" in told(a=0.4, b=0.3, c=0.2, rule=0.9, d=0.1, e=0.1)
    gone = "of those above only `b` and `c`; `a` is at place 4 (0.10 [0.00 to 1.00])."
    assert told(a=0.1, b=0.3, c=0.2, d=0.4, e=0.1).endswith(gone)
    assert told() == ""


def test_more_parameters_get_indices_where_there_are_more(scenario, found):
    assert found.wider.empty
    names = [*NAMES, "hazard_us"]
    law = known(scenario, additive)
    few = Sizes(values=3, replicates=2, trajectories=8, factors=2, samples=1024, wider=3, each=2)
    axes = axes_of(scenario, names)
    wide = study(scenario, few, axes, lambda points, runs: law(points.assign(**{n: points.get(n, 0.3) for n in NAMES}), runs))
    assert list(wide.wider["factor"]) == NAMES
    assert wide.wider["total"].to_numpy() == pytest.approx(np.array([16, 4, 1]) / 21, abs=0.05)
    assert wide.indices["factor"].nunique() == 2


def test_kinds_and_meanings(scenario):
    kinds = {name: kind(name, scenario) for name in ("inference_cost", "notice", "admission", "taste_scale", "investment_us")}
    assert list(kinds.values()) == ["assumption", "decision", "decision", "fitted", "record"]
    assert meaning("frontier_share_growth", scenario).startswith("growth of the share of a vendor's compute")
    assert meaning("growth", scenario) == parameters.lookup("growth").meaning


def test_a_question_and_the_calibration_call_the_same_values_plausible(scenario):
    for name, prior in PRIORS.items():
        found = ranges.plausible(scenario, name).range
        assert (found.low, found.high, found.log) == (prior.low, prior.high, prior.log)
        assert ranges.because(scenario, name) == prior.because


def asked(tmp_path, *given):
    """The command, as a person types it."""
    parser = Parser()
    sensitivity.add(parser.add_subparsers())
    arguments = parser.parse_args(["sensitivity", *given, "--out", str(tmp_path), "--quiet"])
    return arguments.act(arguments)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--parameters", "fee_usa,severity"), "fee_usa: no such parameter; did you mean fee_us?"),
        (("--parameters", "severity"), "--parameters: at least two are needed, since they are weighed against each other"),
        (("--set", "sevrity=1"), "sevrity"),
        (("--samples", "4"), "samples = 4 is too small; saltelli over 12 factors needs at least 8"),
        (("--samples", "48"), "--samples 48: must be a power of two, such as 32"),
        (("--trajectories", "2"), "trajectories = 2 is too small; morris over 94 factors needs at least 4"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_before_anything_runs(tmp_path, monkeypatch, given, sentence):
    monkeypatch.setattr("analysis.sensitivity.study.curves", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ValueError) as told:
        asked(tmp_path, *given)
    assert sentence in on_command_line(told.value)
    assert "\n" not in on_command_line(told.value)
    assert not list(tmp_path.iterdir())


def test_a_point_without_a_finished_run_is_told(scenario):
    def respond(points, replicates):
        return np.full((len(points), replicates, len(OUTCOMES)), np.nan)

    with pytest.raises(Exception, match="no run finished"):
        study(scenario, FEW, axes_of(scenario, NAMES), respond)


@pytest.mark.slow
def test_the_command_writes_a_report_whose_list_comes_from_its_tables(tmp_path):
    given = ("--parameters", "inference_cost,severity,trust_gain,admission", "--values", "3", "--replicates", "4",
             "--samples", "8", "--trajectories", "4", "--factors", "3", "--each", "2", "--set", "steps=12")  # fmt: skip
    assert asked(tmp_path, *given) == 0
    text, parts = (tmp_path / "sensitivity.md").read_text("utf-8"), tmp_path / "sensitivity"
    listed = bullets(parts)
    assert listed
    assert caveat(parts) in text
    assert all(line in text for line in listed)
    for name in ("curves", "net-benefit", "screening", "indices"):
        assert f"sensitivity/{name}.png" in text
    for name in report.TABLES:
        assert len(pd.read_csv(parts / f"{name}.csv"))
    assert "abm sensitivity baseline --set steps=12 --values 3" in text


def test_the_shipped_report_is_of_the_parameters_of_today_and_small():
    table = pd.read_csv(SHIPPED / "parameters.csv")
    assert set(table["factor"]) == set(parameters.names())
    text = (SHIPPED.parent / "sensitivity.md").read_text("utf-8")
    assert len(bullets()) == 3
    assert all(line in text for line in [*bullets(), caveat()])
    assert caveat()
    assert sum(path.stat().st_size for path in SHIPPED.iterdir() if path.suffix != ".svg") < 1_000_000
