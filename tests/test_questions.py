"""Every question: what a module holds, what its options take, what is written, and what a person is told who asks amiss."""

import inspect
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from abm import parameters
from abm.scenario import Scenario
from analysis import calibration
from analysis.calibration.priors import FITTED
from analysis.experiments.inquiry import Option
from analysis.experiments.uncertainty import free_draws
from analysis.methods.statistics import Estimate
from analysis.questions import QUESTIONS, question
from analysis.questions.reply import Reply, reply
from runs import library
from runs.ensemble import Varied
from tests import questions
from tests.test_command_line import abm

SMALL = """
title = "A small world"
steps = 40
[nations]
select = ["FRA", "DEU", "ITA", "CAN", "JPN", "ESP", "POL", "CHE", "BRA", "ISR"]
[parameters]
review_rate = 1.5
convening_rate = 0.3
inference_cost = 0.1
"""


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_holds_what_it_must(name):
    module = question(name)
    assert module.TITLE.endswith("?")
    assert module.CAPTION.endswith(".")
    assert module.REPLICATES >= 1
    help_page = inspect.cleandoc(module.__doc__)
    for part in ("**What is computed.**", "**Assumptions.**", "**How to read the figure.**", "**Time.**", "Source:"):
        assert part in help_page
    assert len({option.name for option in module.OPTIONS}) == len(module.OPTIONS)
    assert inspect.signature(module.answer).parameters.keys() == {"inquiry"}
    assert inspect.signature(module.draw).parameters.keys() == {"answer"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_options_take_their_own_defaults_and_say_what_is_allowed(name):
    for option in question(name).OPTIONS:
        assert option.parse(str(option.default)) == option.default or option.default < option.low
        assert option.meaning
        if not isinstance(option.default, str):
            with pytest.raises(ValueError, match="is needed"):
                option.parse("word")
        elif option.choices:
            with pytest.raises(ValueError, match="allowed is"):
                option.parse("no such choice")


def test_an_option_refuses_what_lies_outside():
    option = Option("lag", 12.0, "months", 0.1, 120)
    assert option.parse("3") == 3.0
    with pytest.raises(ValueError, match=r"found 121; allowed is 0.1 to 120"):
        option.parse("121")


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_written_whole(name, tmp_path):
    module = question(name)
    done: list[int] = []
    inquiry = replace(questions.inquiry(module, questions.small(), 4, **questions.FEW.get(name, {})), progress=done.append)
    answer = module.answer(inquiry)
    searches = {"tipping": 0.2, "levers": 0.7}  # how many values are looked at, or levers drawn for, shows as it goes
    assert searches.get(name, 1) * module.runs_of(inquiry) <= sum(done) <= module.runs_of(inquiry)
    assert len(done) > 1, "it goes forward before it is done"
    figure = module.draw(answer)
    assert isinstance(figure, Figure)
    assert answer.sentence.endswith(".")
    assert "nan" not in answer.sentence
    assert len(answer.table)
    assert all(isinstance(stated.estimate, Estimate) for stated in answer.stated.values())
    Reply(name, inquiry, answer, 0.0).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"answer.json", "answer.md", "table.csv", "figure.png", "figure.svg"}
    kept = json.loads((tmp_path / "answer.json").read_text("utf-8"), parse_constant=lambda word: pytest.fail(word))
    assert kept["answer"] == answer.sentence
    assert list(kept["numbers"]) == list(answer.stated)
    page = (tmp_path / "answer.md").read_text("utf-8")
    assert answer.sentence in page
    assert "![" in page


def own_question() -> str:
    """The question that the how-to writes."""
    page = (Path(__file__).parent.parent / "docs" / "howto" / "question.md").read_text("utf-8")
    return page.partition("```python\n# interaction.py\n")[2].partition("```")[0]


def test_a_file_of_ones_own_is_a_question(tmp_path, monkeypatch, capsys):
    """With its options, its help and its page; read again where it has changed."""
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL)
    Path("mine.py").write_text(own_question(), "utf-8")
    words = ("ask", "mine.py", "small.toml", "--replicates", "4", "--hazard", "0.5", "--quiet")
    assert abm(*words) == 0
    kept = json.loads(Path("results/answers/mine/answer.json").read_text("utf-8"))
    assert (kept["question"], kept["options"]) == ("mine.py", {"hazard": 0.5, "efficiency": 3.0})
    assert list(kept["numbers"]) == ["beyond the sum", "risk", "skill"]
    found = reply("mine.py", Scenario.read("small.toml"), {"hazard": 0.5}, 4)
    assert found.sentence == kept["answer"]
    assert found.figure().axes[0].get_xlabel() == "percentage points"
    assert abm("ask", "mine.py", "--help") == 0
    assert "--efficiency" in capsys.readouterr().out
    Path("mine.py").write_text(own_question().replace("Together they", "They"), "utf-8")
    assert reply("mine.py", Scenario.read("small.toml"), {}, 4).sentence.startswith("They do ")


OWN_FAULTS = {
    "TITLE = 1 +": "mine.py: line 1: SyntaxError: invalid syntax",
    "import nowhere_to_be_found": "mine.py: ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    "TITLE = 'What?'": "mine.py: is no question: it lacks CAPTION, REPLICATES, OPTIONS, runs_of, answer, draw",
    "TITLE = CAPTION = REPLICATES = OPTIONS = runs_of = answer = draw = 1": "mine.py: is no question: it begins with",
}


@pytest.mark.parametrize("text", OWN_FAULTS)
def test_what_is_wrong_with_a_file_of_ones_own_is_said(text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(text)
    assert abm("ask", "mine.py") == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"abm: {OWN_FAULTS[text]}")


def test_abm_ask_lists_every_question(capsys):
    assert abm("ask") == 0
    said = capsys.readouterr().out
    assert all(name in said and question(name).TITLE in said for name in QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_help_tells_what_is_computed(name, capsys):
    assert abm("ask", name, "--help") == 0
    said = capsys.readouterr().out
    assert "What is computed." in said
    assert all(f"--{option.name}" in said for option in question(name).OPTIONS)


FAULTS = {
    "tiping": "tiping: no such question; did you mean tipping?",
    "tipping basline": "basline: no such scenario; did you mean baseline?",
    "tipping small.toml --parameter hazard_su": "hazard_su: no such parameter; did you mean hazard_us?",
    "tipping small.toml --parameter admission": "--parameter admission: has names (open, majority, unanimity)",
    "tipping small.toml --range 3": "--range 3: LOW:HIGH is needed",
    "tipping small.toml --range 2:1": "--range 2:1: LOW must lie below HIGH",
    "tipping small.toml --range 0:9": "--range 0:9: 9.0 is outside 0 to 5",
    "tipping small.toml --range 0.1:nan": "--range 0.1:nan",
    "tipping small.toml --measure lag_uss": "--measure lag_uss: no such measure; did you mean lag_us?",
    "tipping small.toml --settle 9": "--rungs 7: do not fit, with 9 years to settle, into a run of 40 steps; take fewer or less",
    "tipping small.toml --precision 0": "argument --precision: found '0'; a number above 0 is needed",
    "window small.toml --last 2050": "--last 2050: must lie after 2025 and before 2035, where the scenario ends",
    "window small.toml --lag x": "argument --lag: found x; a number is needed, 0.1 to 120",
    "window small.toml --replicates 1": "found 1; allowed is 2 to 1000000",
    "rules small.toml --by 2050": "--by 2050: lies outside the run, 2025 to 2035",
    "rules small.toml --levels all": "argument --levels: found all; allowed is few, many",
    "shock small.toml --kind war": "argument --kind: found war; allowed is outage, tier-rule, lasting-cut",
    "shock small.toml --nations FRX": "--nations: FRX: no such nation; did you mean FRA (France)?",
    "shock small.toml --nations USA": "--nations: USA hosts a vendor",
    "shock small.toml --vendor uss": "--vendor uss: no such vendor; known are us, china",
    "shock small.toml --date 2050": "--date 2050: lies outside the run, 2025 to 2035",
    "shock small.toml --after 9": "--after 9: 2037 lies after the end of the run, 2035",
    "shock small.toml --kind outage --nations eu": "--nations eu: an outage hits all clients",
    "levers small.toml --budget 0": "argument --budget: found 0; allowed is 0.01 to 1000",
    "levers small.toml --measure lag": "argument --measure: found lag; allowed is net_benefit, sovereignty, gdp_coalition",
    "what-breaks small.toml --samples 100": "--samples 100: must be a power of two, such as 64",
    "what-breaks small.toml --measure lag_coalition --trajectories 4": "--measure lag_coalition: is undefined in some runs",
    "smallest-coalition small.toml --sure 0.3": "argument --sure: found 0.3; allowed is 0.5 to 1",
    "smallest-coalition small.toml --stability firm": "argument --stability: found firm; allowed is internal, ",
    "smallest-coalition small.toml --set steps=4": "steps: the run ends in 2026; sets are first looked at in 2027",
    "pivotal small.toml --by 2050": "--by 2050: lies outside the run, 2025 to 2035",
    "pivotal small.toml --nations 1": "argument --nations: found 1; allowed is 2 to 16",
    "cost-key small.toml --members 1": "argument --members: found 1; allowed is 2 to 64",
    "cost-key small.toml --members two": "argument --members: found two; a whole number is needed, 2 to 64",
    "free-riding small.toml --values 2": "argument --values: found 2; allowed is 3 to 101",
    "free-riding small.toml --behind nan": "argument --behind: found nan; allowed is 0 to 10",
    "early-warning small.toml --signal 2": "argument --signal: found 2; allowed is 0.5 to 1",
    "early-warning small.toml --back 0": "argument --back: found 0; allowed is 0.5 to 10",
    "early-warning small.toml --back 10": "--back 10: must be shorter than the run, 10 years",
    "early-warning small.toml --horizon 10": "--horizon 10: must be shorter than the run, 10 years",
    "what-breaks small.toml --cases 1": "argument --cases: found 1; allowed is 200 to 100000",
}


@pytest.mark.parametrize("arguments", FAULTS)
def test_a_fault_is_one_sentence_and_status_2(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL, "utf-8")
    few = [] if "--replicates" in arguments else ["--replicates", "2"]
    assert abm("ask", *arguments.split(), *few, "--quiet") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("abm")
    assert said.err.count("\n") == 1
    assert FAULTS[arguments] in said.err
    assert not Path("results").exists()


def test_precision_raises_the_replicates_until_the_headline_is_known_well_enough(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL, "utf-8")

    def half_width(*more: str) -> tuple[float, int]:
        assert abm("ask", "shock", "small.toml", "--replicates", "8", "--quiet", "--out", "out", *more) == 0
        kept = json.loads(Path("out/answer.json").read_text("utf-8"))
        return (kept["numbers"]["cost"]["high"] - kept["numbers"]["cost"]["low"]) / 2, kept["replicates"]

    wide, few = half_width()
    close, many = half_width("--precision", str(wide / 2))
    assert few == 8 < many
    assert close <= wide / 2


SAMPLE = {"hazard_us": (0.05, 0.2), "pooling": (0.4, 0.9), "notice": (0, 8), "exit_fee": (0, 0.01), "portability": (0, 1)}


def sample() -> pd.DataFrame:
    """A calibration's sample of five parameters, of which people decide three."""
    random = np.random.default_rng(4)
    return pd.DataFrame({name: random.uniform(low, high, 20).round(2) for name, (low, high) in SAMPLE.items()})


def asked(name: str, monkeypatch, *more: str):
    """The inquiry that a question is given by the command line, with :func:`sample` as the calibration's."""
    given = []

    def answer(inquiry):
        given.append(inquiry)
        raise ValueError("far enough")

    Path("small.toml").write_text(SMALL, "utf-8")
    monkeypatch.setattr(calibration, "posterior", sample)
    monkeypatch.setattr(question(name), "answer", answer)
    monkeypatch.setattr(question(name), "runs_of", lambda inquiry: 0)
    assert abm("ask", name, "small.toml", "--quiet", *more) == 2
    return given[0]


@pytest.mark.parametrize("name", QUESTIONS)
def test_draws_move_all_that_was_fitted_and_the_person_has_not_set(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert asked(name, monkeypatch).draws is None
    assert list(asked(name, monkeypatch, "--uncertainty", "posterior").draws) == list(SAMPLE)
    own = asked(name, monkeypatch, "--uncertainty", "posterior", "--set", "pooling=0.5", "--set", "notice=1")
    assert list(own.draws) == ["hazard_us", "exit_fee", "portability"]
    assert own.scenario.content.parameters["pooling"] == 0.5


def test_a_scenario_keeps_what_it_sets_otherwise_than_the_calibrated_one():
    given = Scenario.parse({"parameters": {"pooling": 0.9 * parameters.defaults()["pooling"]}})
    assert list(free_draws(sample(), given)) == [name for name in SAMPLE if name != "pooling"]
    same = Scenario.parse({"parameters": {"pooling": parameters.defaults()["pooling"]}})
    assert list(free_draws(sample(), same)) == list(SAMPLE)
    assert list(free_draws(sample(), Scenario.parse({}), ["hazard_us", "steps"])) == [*SAMPLE][1:]
    dated = Scenario.parse({"events": [{"date": 2028, "kind": "parameter", "name": "portability", "value": 0.9}]})
    assert list(free_draws(sample(), dated)) == [*SAMPLE][:-1]


def test_of_the_shipped_sample_all_is_drawn_that_was_fitted():
    shipped = calibration.posterior()
    assert {"portability", "convening_rate", "convening_size", "admission_tolerance"} <= set(shipped) & set(parameters.decided())
    assert set(free_draws(shipped, library.scenario("baseline"))) == set(FITTED)


#: Questions that set a fitted parameter themselves -> their options and what they set.
SET = {
    "window": ({"growth_decay": 3.0}, {"convening_rate": 0.05, "growth_decay": 2.0}),
    "smallest-coalition": ({"every": 6}, {"convening_rate": 5.0}),
    "pivotal": ({"nations": 10}, {"convening_rate": 5.0}),
    "levers": ({}, {"portability": 0.9, "convening_rate": 0.05}),
}


@pytest.mark.parametrize("name", SET)
def test_what_a_question_sets_no_draw_moves(name):
    """The answer is the same whether or not the draws hold what the question sets; of pivotal, what it sets it in."""
    options, given = SET[name]
    module, draws = question(name), sample()[["hazard_us"]]
    options = questions.FEW.get(name, {}) | options
    one, other = (
        module.answer(questions.inquiry(module, questions.small(), 6, table, **options)).table
        for table in (draws, draws.assign(**given))
    )
    if name == "pivotal":
        one, other = (table[["nation", "shapley", "banzhaf"]].set_index("nation").sort_index() for table in (one, other))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in ("what-breaks", "early-warning")])
def test_no_question_draws_more_than_it_is_given(name, monkeypatch):
    """Parameters that reach the ensemble as drawn ones; what-breaks varies all by design, early-warning sets worlds itself."""
    drawn, parameter = set(), Varied.parameter
    rules = {"quorum_members", "quorum_gdp", "notice", "exit_fee", "admission"}
    own = {"rules": rules, "tipping": {"hazard_us"}}.get(name, set())

    def spy(found, *more):
        drawn.add(found)
        return parameter(found, *more)

    monkeypatch.setattr(Varied, "parameter", staticmethod(spy))
    module, given = question(name), sample()[["hazard_us", "pooling"]]
    module.answer(questions.inquiry(module, questions.small(), 4, given, **questions.FEW.get(name, {})))
    assert "pooling" in drawn
    assert drawn - own <= {"hazard_us", "pooling"}
