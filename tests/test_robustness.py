"""Robustness: verdicts on known worlds, halving and doubling within bounds, a small real study, the report and its summary."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm import parameters
from abm.provenance import results_hash
from analysis import calibration, robustness
from analysis.commands import robustness as command
from analysis.commands.grammar import Parser
from analysis.methods.statistics import Estimate
from analysis.robustness import figure, report, study
from analysis.robustness.headlines import FAILS, HEADLINES, HOLDS, UNCLEAR, World, agreement, alone, judged, verdict
from analysis.robustness.structures import STRUCTURES
from runs import library
from tests import questions

RUNS = 400
CHANCES = np.linspace(0.9, 0.1, 50)


def toy(stands=0.9, chances=CHANCES, worth=0.004, seed=0) -> World:
    """Coalitions stand in a share of runs, nations are members by their chances, worth has a spread of 0.001."""
    random = np.random.default_rng(seed)
    member = random.random((RUNS, len(chances))) < chances
    return World(np.arange(RUNS) < stands * RUNS, member, worth + random.permutation(np.linspace(-0.002, 0.002, RUNS)))


BASE = toy()


@pytest.mark.parametrize(
    ("own", "verdicts"),
    [
        (toy(seed=1), (HOLDS, HOLDS, HOLDS)),
        (toy(stands=0.3), (FAILS, HOLDS, HOLDS)),
        (toy(stands=0.51), (UNCLEAR, HOLDS, HOLDS)),
        (toy(chances=CHANCES[::-1]), (HOLDS, FAILS, HOLDS)),
        (toy(chances=np.zeros(50)), (HOLDS, FAILS, HOLDS)),
        (toy(worth=0.009), (HOLDS, HOLDS, FAILS)),
        (toy(worth=0.008), (HOLDS, HOLDS, UNCLEAR)),
        (toy(worth=-0.004), (HOLDS, HOLDS, FAILS)),
    ],
)
def test_a_verdict_is_that_of_the_stated_criterion(own, verdicts):
    found = judged(own, BASE)
    assert tuple(found[key] for key in HEADLINES) == verdicts


def test_a_baseline_without_coalitions_is_held_to_that():
    assert judged(toy(stands=0.2), toy(stands=0.1))["forms"] == HOLDS
    assert judged(toy(stands=0.9), toy(stands=0.1))["forms"] == FAILS


def test_what_is_worth_nothing_for_sure_in_the_baseline_cannot_be_compared():
    assert judged(toy(), toy(worth=0.0))["worth"] == UNCLEAR
    assert judged(toy(worth=-0.005), toy(worth=-0.004))["worth"] == HOLDS


def test_the_same_order_of_other_likeliest_members_is_not_the_same_coalition():
    """Ranks of the many agree while the ten first change places with the next ten."""
    swapped = np.concatenate([CHANCES[10:20], CHANCES[:10], CHANCES[20:]])
    rank, shared = agreement(swapped, CHANCES)
    assert rank > 0.7
    assert shared == 0
    assert judged(toy(chances=swapped), BASE)["who"] == FAILS


def test_an_interval_on_an_edge_is_unclear():
    assert verdict(Estimate(0.5, 0.5, 0.6), 0.5, 1) == HOLDS
    assert verdict(Estimate(0.5, 0.49, 0.6), 0.5, 1) == UNCLEAR
    assert verdict(Estimate(0.4, 0.3, 0.49), 0.5, 1) == FAILS


def test_duopoly_is_the_baseline_in_which_nobody_convenes():
    ours, theirs = alone(library.scenario("baseline")).document(), library.scenario("duopoly").document()
    assert {key: ours[key] for key in ("parameters", "events")} == {key: theirs[key] for key in ("parameters", "events")}


def test_structures_are_admissible_and_change_the_baseline():
    scenario = library.scenario("baseline")
    for structure in STRUCTURES:
        scenario.with_values(structure.values)
        assert any(scenario.parameter(name) != value for name, value in structure.values.items()), structure.name


def test_a_drawn_will_to_convene_moves_a_world_but_not_the_one_in_which_nobody_convenes():
    scenario = questions.small()
    drawn = [study.Arm(study.POSTERIOR, f"{rate}", {"convening_rate": rate}) for rate in (0.0, 1.0)]
    never, often = study.worlds(scenario, drawn, 20, 0)
    assert not never.stands.any()
    assert not never.worth.any(), "the same world twice"
    assert often.stands.any()


def test_assumptions_are_halved_and_doubled_within_their_bounds():
    scenario = library.scenario("baseline")
    names = study.assumed(scenario)
    assert {"inference_cost", "taste_scale", "value_midpoint"} <= set(names)
    assert not {*parameters.decided(), "admission", "migration_cost"} & set(names)
    for name in names:
        parameter, own = parameters.lookup(name), scenario.parameter(name)
        found = dict(study.around(scenario, name))
        assert found, name
        assert all(parameter.low <= value <= parameter.high and value != own for value in found.values())
        assert own == 0 or parameter.unit == "year" or found.get("halved") == own / 2


def test_at_a_bound_a_number_goes_as_far_as_it_can():
    scenario = library.scenario("baseline").with_values({"pooling": 0.8, "severity": 1.0, "tension_drift": 0.0})
    assert dict(study.around(scenario, "pooling")) == {"halved": 0.4, "doubled, as far as it goes (1)": 1.0}
    assert dict(study.around(scenario, "severity")) == {"halved": 0.5}
    assert dict(study.around(scenario, "tension_drift")) == {"at -0.3": -0.3, "at 0.3": 0.3}


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    """A study of the small world: few draws, and of the assumptions one."""
    draws = pd.DataFrame({"pooling": [0.4, 0.6, 0.8], "convening_rate": [0.1, 0.2, 0.3]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "assumed", lambda scenario: ["inference_cost"])
        return study.study(questions.small(24), draws, 2, 40)


def test_a_small_study_has_a_row_for_each_world(small):
    names = ["baseline", "other seeds", *(structure.name for structure in STRUCTURES)]
    assert list(small["arm"]) == [*names, "inference_cost halved", "inference_cost doubled", "draw 1", "draw 2"]
    base = small.iloc[0]
    assert (base["rank"], base["shared"]) == pytest.approx((1, 1))
    assert 0 < base["stands"] <= 1
    assert base["gain"] != small["gain"][1]


def test_worlds_are_those_of_plain_scenarios(small):
    """The batch that varies all at once gives what the scenario with the same values gives alone."""
    scenario = questions.small(24).with_values(STRUCTURES[1].values)
    own = next(study.worlds(scenario, [study.Arm("", "", {})], 40, 0))
    base = next(study.worlds(questions.small(24), [study.Arm("", "", {})], 40, 0))
    assert judged(own, base) == pytest.approx(
        small.set_index("arm").drop(columns="group").loc["votes alone"].to_dict(), nan_ok=True
    )


def test_the_report_says_what_survives(small, tmp_path):
    (tmp_path / "robustness").mkdir()
    report.write(small, tmp_path, "Made here, sources abc.")
    text = (tmp_path / "robustness.md").read_text("utf-8")
    assert "sources abc" in text
    assert all(f"| {structure.name} |" in text and f"*{structure.name}*" in text for structure in STRUCTURES)
    assert (tmp_path / "robustness" / "robustness.png").stat().st_size > 10_000
    assert robustness.lines(tmp_path / "robustness")[0] == report.CRITERION
    assert len([line for line in robustness.lines(tmp_path / "robustness") if line.startswith("- **")]) == 3


def test_a_headline_survives_a_group_where_nine_in_ten_worlds_hold(small):
    def said(failing: int) -> str:
        """Of ten assumptions so many break the first headline."""
        rows = pd.concat([small.iloc[[6]]] * 10, ignore_index=True).assign(forms=[FAILS] * failing + [HOLDS] * (10 - failing))
        return report.sentences(rows)[0]

    assert "**A coalition forms** survives" in said(1)
    assert "(9 of 10; fails with inference_cost halved)" in said(1)
    assert "**A coalition forms** does not survive" in said(2)


def test_rows_of_the_figure_gather_what_breaks_nothing(small):
    sound = small.assign(**dict.fromkeys(HEADLINES, HOLDS))
    labels = [label for label, _ in figure.rows(sound)]
    assert labels[-2:] == ["2 draws of the posterior", "2 assumptions that break none"]
    broken = sound.assign(forms=sound["forms"].where(sound["arm"] != "inference_cost doubled", FAILS))
    assert [label for label, _ in figure.rows(broken)][-1] == "inference_cost doubled"


def test_the_command_writes_the_report_with_the_hash_of_its_sources(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(f"steps = 4\n[nations]\nselect = {questions.NATIONS}\n", "utf-8")
    monkeypatch.setattr(study, "assumed", lambda scenario: [])
    monkeypatch.setattr(calibration, "posterior", lambda: pd.DataFrame({"pooling": [0.4, 0.6], "notice": [2.0, 3.0]}))
    parser = Parser()
    command.add(parser.add_subparsers())
    words = "robustness small.toml --set builder_efficiency=2 --replicates 10 --draws 2"
    given = parser.parse_args([*words.split(), "--out", "."])
    assert given.act(given) == 0
    text = Path("robustness.md").read_text("utf-8")
    again = "`abm robustness small.toml --set builder_efficiency=2 --replicates 10 --draws 2 --seed 0`"
    assert f"{again}, sources {results_hash()}." in text
    assert list(pd.read_csv("robustness/arms.csv")["arm"])[-2:] == ["draw 1", "draw 2"]
    assert "**What it is worth**" in capsys.readouterr().out
