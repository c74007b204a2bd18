"""No option is accepted and ignored: each of every command has a case that shows what it changes; what would be is refused."""

import argparse
import contextlib
import importlib
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import analysis
from analysis.commands.command_line import main, parser
from analysis.questions import QUESTIONS, question
from runs.results import Result
from tests import sweeps
from tests.test_command_line import abm, folder, made  # noqa: F401

#: Command -> what is called with all that was asked for; its arguments are what the options must change.
WORK = {
    "run": ("analysis.commands.run.run_plan", "analysis.commands.run._draw"),
    "view": ("analysis.page.serve.serve",),
    "sweep": ("analysis.commands.sweep.run_plan", "analysis.commands.sweep.local", "analysis.commands.sweep.dask"),
    "status": ("analysis.commands.status.lines",),
    "replay": ("analysis.commands.replay.run_plan",),
    "parameters": ("builtins.print",),
    "ask": ("analysis.questions.tipping.answer", "analysis.questions.window.answer", "analysis.questions.reply.write"),
    "calibrate": ("analysis.calibration.fit.fit", "analysis.commands.calibrate.write"),
    "compare": ("analysis.comparisons.arms.run_until", "analysis.comparisons.arms.from_result"),
    "nations": ("analysis.nations.propensity", "analysis.commands.nations._told"),
    "networks": ("analysis.networks.report.write",),
    "patterns": ("analysis.patterns.compare",),
    "report": ("analysis.reports.report.write",),
    "robustness": ("analysis.robustness.study.study",),
    "sensitivity": ("analysis.sensitivity.study.study",),
    "share": ("analysis.share.grid.grid", "analysis.share.page.page"),
}
BASE = {
    "run": "small.toml", "sweep": "sweep.toml", "status": "results/sweep", "replay": "results/sweep 1",
    "ask": "tipping small.toml", "calibrate": "small.toml", "compare": "small.toml baseline", "nations": "results/one",
    "networks": "results/one",
    "patterns": "small.toml", "report": "results/sweep", "robustness": "small.toml", "sensitivity": "small.toml",
    "share": "small.toml",
}  # fmt: skip
SCENARIO = {"SCENARIO": "baseline", "--set": "small.toml --set portability=0.9", "--out": "small.toml --out other"}
SEED = {"--seed": "small.toml --seed 5", "--quiet": "small.toml --quiet"}
#: Command -> option -> words that show what it does; the words of BASE show what happens without.
CASES = {
    "run": SCENARIO | SEED | {
        "--replicates": "small.toml --replicates 7", "--figures": "small.toml --figures none", "--force": "small.toml --force",
    },
    "view": {"SCENARIO": "small.toml", "--replay": "--replay results/sweep 1", "--port": "--port 1", "--host": "--host ::1",
             "--no-token": "--no-token", "--nation": "--nation abm.agents:Nation"},
    "sweep": {
        "SWEEP": "hazard-grid", "--out": "sweep.toml --out other", "--engine": "sweep.toml --engine dask",
        "--scheduler": "sweep.toml --engine dask --scheduler tcp://a:1", "--workers": "sweep.toml --workers 1",
        "--retry-failed": "sweep.toml --retry-failed", "--force": "sweep.toml --force", "--quiet": "sweep.toml --quiet",
    },
    "status": {"DIR": "results/one", "--verify": "results/sweep --verify"},
    "replay": {
        "DIR": "results/one 1", "RUN": "results/sweep 2", "--out": "results/sweep 1 --out other",
        "--force": "results/sweep 1 --force", "--quiet": "results/sweep 1 --quiet",
    },
    "parameters": {"NAME": "fee"},
    "scenarios": {},
    "sweeps": {},
    "ask": {
        "QUESTION": "window small.toml", "SCENARIO": "tipping baseline", "--set": "tipping small.toml --set portability=0.9",
        "--replicates": "tipping small.toml --replicates 7", "--precision": "tipping small.toml --precision 0.1",
        "--uncertainty": "tipping small.toml --uncertainty posterior", "--seed": "tipping small.toml --seed 5",
        "--out": "tipping small.toml --out other", "--quiet": "tipping small.toml --quiet",
    },
    "calibrate": SCENARIO | SEED | {
        "--bank": "small.toml --bank 5000", "--points": "small.toml --points 50", "--waves": "small.toml --waves 2",
        "--replicates": "small.toml --replicates 2", "--fresh": "small.toml --fresh 65", "--check": "small.toml --check 7",
        "--draws": "small.toml --draws 7", "--set": "small.toml --set notice=3",
    },
    "compare": {
        "DIR|SCENARIO": "baseline small.toml", "--precision": "small.toml baseline --precision 0.5",
        "--measure": "small.toml baseline --measure stands", "--when": "small.toml baseline --when mean",
        "--seed": "small.toml baseline --seed 5", "--out": "small.toml baseline --out other",
        "--quiet": "small.toml baseline --quiet",
    },
    "nations": {
        "DIR": "results/sweep", "--out": "results/one --out other.csv", "--score": "results/one --score list.csv",
        "--option": "results/one --score list.csv --option us", "--runs": "results/one --runs 1",
    },
    "networks": {
        "DIR": "results/two", "--out": "results/one --out other", "--figures": "results/one --figures none",
        "--quiet": "results/one --quiet", "--runs": "results/one --runs 1",
    },
    "patterns": SCENARIO | SEED | {"--replicates": "small.toml --replicates 11"},
    "report": {
        "DIR": "results/one", "--measure": "results/sweep --measure gdp_coalition", "--figures": "results/sweep --figures none",
        "--quiet": "results/sweep --quiet",
    },
    "robustness": SCENARIO | SEED | {"--replicates": "small.toml --replicates 11", "--draws": "small.toml --draws 3"},
    "sensitivity": SCENARIO | SEED | {
        "--values": "small.toml --values 3", "--replicates": "small.toml --replicates 11",
        "--trajectories": "small.toml --trajectories 7", "--factors": "small.toml --factors 7",
        "--samples": "small.toml --samples 64", "--wider": "small.toml --wider 14", "--each": "small.toml --each 3",
        "--parameters": "small.toml --parameters fee_us,portability",
    },
    "share": SCENARIO | SEED | {
        "--out": "small.toml --out other.html", "--levers": "small.toml --levers portability",
        "--values": "small.toml --values 2", "--replicates": "small.toml --replicates 11",
    },
}  # fmt: skip
#: Words -> what is said of them; combinations in which something would be ignored.
REFUSED = {
    "run results/sweep/manifest.json --set portability=0.1": "--set portability=0.1: results/sweep/manifest.json is of a sweep",
    "run results/one/manifest.json --set nonsense=3 --out o": "nonsense: no such parameter",
    "run results/one/manifest.json --out results/one --force": "holds manifest.json, which this command reads; overwriting would",
    "run other.json": ".: holds no result (no other.json)",
    "view small.toml --replay results/sweep 1": "small.toml: --replay shows the scenario of the result",
    "view --replay results/sweep 1 --nation mine:Wary": "--nation mine:Wary: a recorded run is done again as it was",
    "sweep sweep.toml --scheduler tcp://a:1": "--scheduler: is for --engine dask",
    "sweep sweep.toml --engine dask --scheduler tcp://a:1 --workers 2": "--workers: tcp://a:1 has workers of its own",
    "sweep sweep.toml --retry-failed --force": "--retry-failed: --force does all the runs again",
    "ask --replicates 5": "--replicates: is for a question; name one of",
    "ask --set portability=1": "--set: is for a question",
    "ask --quiet": "--quiet: is for a question",
    "ask --uncertainty none": "--uncertainty: is for a question",
    "ask tipping --budget 3": "unrecognized arguments: --budget 3",
    "ask tipping small.toml --rungs 0 --settle 2": "--settle: is for the branches, which rungs = 0 leaves out",
    "ask tipping small.toml --set hazard_us=0.3": "--set hazard_us: is what the question moves",
    "ask tipping small.toml --parameter fee_us --set fee_us=0.3": "--set fee_us: is what the question moves",
    "ask free-riding small.toml --set openness=0.3": "--set openness: is what the question moves",
    "ask cost-key small.toml --set cost_key=equal": "--set cost_key: is what the question moves",
    "ask window small.toml --growth_decay 3 --set growth_decay=3": "--set growth_decay: is what the option growth_decay sets",
    "ask pivotal small.toml --uncertainty posterior --spread 0.2": "--spread: the posterior says how parameters are drawn",
    "ask smallest-coalition small.toml --uncertainty posterior --spread 0": "--spread: the posterior says",
    "ask shock small.toml --kind outage --nations eu": "--nations eu: an outage hits all clients",
    "calibrate small.toml --set growth_decay=3": "--set growth_decay: is fitted, so that no value of it holds",
    "calibrate small.toml --fresh 2": "--fresh 2: at least --replicates 16 are needed",
    "compare results/one results/two --measure nosuch": "--measure: is for scenarios that are yet to be run",
    "compare results/one results/two --seed 3": "--seed: is for scenarios that are yet to be run",
    "compare results/one results/two --precision 3": "--precision: is for scenarios that are yet to be run",
    "compare small.toml baseline --measure nosuch": "--measure nosuch: no such measure",
    "nations results/one --option us": "--option: is what --score compares with",
    "report results/one --measure stands": "--measure stands: is for sweeps",
    "report results/sweep --measure nosuch": "nosuch: no such measure",
    "report results/sweep --measure stands --measure stands": "--measure stands: is given twice",
    "robustness small.toml --draws 100000": "--draws 100000: the posterior's sample holds",
    "sensitivity small.toml --parameters fee_us,fee_us,portability": "fee_us is named twice",
    "sensitivity small.toml --parameters fee_us,portability --factors 9": "--factors 9: 2 parameters are varied",
    "sensitivity small.toml --wider 12": "--wider 12: more than --factors 12 are needed",
    "sensitivity small.toml --parameters nonsense,fee_us": "nonsense: no such parameter",
    "share small.toml --levers fee_us,fee_us": "fee_us is named twice",
    "share small.toml --levers nonsense": "nonsense: no such parameter",
    "share results/one": "results/one: is a directory",
}


class Stopped(BaseException):
    """The work itself, which is not done here."""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A sweep and two runs, made once."""
    run = "run small.toml --figures none --quiet --replicates 2"
    place = made(
        tmp_path_factory.mktemp("made"),
        "sweep sweep.toml --quiet", f"{run} --seed 0 --out results/one", f"{run} --seed 9 --out results/two",
    )  # fmt: skip
    return place / "results"


@pytest.fixture(autouse=True)
def beside(results, folder):  # noqa: F811
    """The folder of each test, with results and a list of nations."""
    (folder / "results").symlink_to(results)
    names = ["FRA", "DEU", "ITA", "CAN", "JPN", "ESP", "POL", "CHE", "BRA", "ISR"]
    (folder / "list.csv").write_text("iso3,value\n" + "".join(f"{name},{k % 2}\n" for k, name in enumerate(names)), "utf-8")


def plain(value):
    """A value of a call as something that can be compared."""
    if hasattr(value, "document"):
        return {name: each for name, each in value.document().items() if name != "seconds"}
    if isinstance(value, Result):
        return value.directory
    if isinstance(value, argparse.Namespace):
        return {name: each for name, each in vars(value).items() if name not in ("act", "typed")}
    if callable(value) or isinstance(value, ModuleType):
        return ""
    if hasattr(value, "__dict__") and not isinstance(value, type | np.ndarray):
        return {name: plain(each) for name, each in vars(value).items() if name != "_lock"}
    return repr(value)


#: What the work gives back where a command goes on after it, and where it ends instead.
GIVEN = {
    "run": {"run_plan": {"seconds": 0.0, "failed": 0}},
    "sweep": {"local": None, "dask": None},
    "view": {"serve": 0},
    "status": {"lines": []},
    "parameters": {"print": None},
    "replay": {"run_plan": None},
    "ask": {
        "answer": SimpleNamespace(
            headline=SimpleNamespace(estimate=SimpleNamespace(half_width=1.0)), sentence="", stated={}, notes=[]
        ),
    },
    "calibrate": {"fit": (None, None)},
    "nations": {"propensity": SimpleNamespace(), "_told": ""},
}


class Calls(list):
    """What a command called with what, while its work is left out."""

    def stand_in(self, name: str, ends: bool, result=None):
        """A function that is noted instead of done."""

        def call(*given, **more):
            self.append((name, [plain(each) for each in given], {key: plain(each) for key, each in more.items()}))
            if ends:
                raise Stopped
            return result

        return call

    @contextlib.contextmanager
    def bar(self, total, unit="", quiet=False):
        self.append(("quiet", quiet))
        yield lambda *done: None

    def runs_bar(self, total, quiet=False):
        return self.bar(total, "runs", quiet)

    @contextlib.contextmanager
    def growing_bar(self, unit, quiet=False):
        with self.bar(None, unit, quiet) as done:
            yield done, done


def trace(words: str, patch, capsys) -> tuple[int, list]:
    """Exit status of a command, and what it called and said; its work is only looked at."""
    command, calls = words.split()[0], Calls()
    own = importlib.import_module(f"analysis.commands.{command}")
    with patch.context() as stub:
        for name in WORK[command]:
            module, _, function = name.rpartition(".")
            given = GIVEN.get(command, {})
            stand_in = calls.stand_in(function, function not in given, given.get(function))
            stub.setattr(importlib.import_module(module), function, stand_in)
        for name in ("bar", "runs_bar", "growing_bar"):
            if hasattr(own, name):
                stub.setattr(own, name, getattr(calls, name))
        for name in ("tipping", "window") if command == "ask" else ():
            stub.setattr(question(name), "runs_of", lambda inquiry: 0)
        if command in ("run", "replay"):
            real = own.open_result
            stub.setattr(own, "open_result", lambda path: real(path) if path in words.split()[1:2] and command != "run" else None)
        if command == "replay":
            stub.setattr(own, "same", lambda *given: "")
        stub.setattr("analysis.nations.lists.LEAST", 2)  # nations of the small world
        stub.setattr("runs.folders.Folder.__init__", lambda folder, path, *more, **options: calls.append(("out", str(path))))
        stub.setattr("runs.folders.Folder.open", lambda folder: Path("written"))
        try:
            status = main(words.split())
        except Stopped:
            status = 0
        except AttributeError:  # of what stands in for the table of nations
            assert command == "nations"
            status = 0
    return status, [*calls, capsys.readouterr().out if command != "run" else ""]


def cases():
    return [(command, option, words) for command, options in CASES.items() for option, words in options.items()]


def actions(command: str) -> list[argparse.Action]:
    """What a command takes, but help."""
    (commands,) = (action.choices for action in parser()._actions if action.dest == "command")
    return [action for action in commands[command]._actions if action.dest != "help"]


def test_every_option_of_every_command_has_a_case():
    (commands,) = (action.choices for action in parser()._actions if action.dest == "command")
    assert list(commands) == list(CASES)
    for command in commands:
        taken = {action.option_strings[-1] if action.option_strings else action.metavar for action in actions(command)}
        assert taken == set(CASES[command]), command


@pytest.mark.parametrize(("command", "option", "words"), cases(), ids=lambda each: each.replace("/", "-"))
def test_an_option_changes_what_is_done(command, option, words, monkeypatch, capsys):
    before, asked = (trace(f"{command} {given}".strip(), monkeypatch, capsys) for given in (without(command, option), words))
    assert asked[0] == before[0] == 0
    assert asked[1] != before[1]


def without(command: str, option: str) -> str:
    """The words of a case without its option."""
    if option == "--scheduler":
        return "sweep.toml --engine dask"
    if command == "nations" and option == "--option":
        return "results/one --score list.csv"
    return BASE.get(command, "")


@pytest.mark.parametrize("words", REFUSED)
def test_what_would_be_ignored_is_refused(words, capsys):
    status = abm(*words.split())
    said = capsys.readouterr()
    assert status == 2
    assert REFUSED[words] in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def valued():
    return [(command, action.option_strings[-1]) for command in CASES for action in actions(command)
            if action.option_strings and action.nargs != 0]  # fmt: skip


@pytest.mark.parametrize(("command", "option"), valued())
def test_no_option_is_empty_given_twice_or_guessed(command, option, capsys):
    words = BASE.get(command, "").split()
    value = [word for word in CASES[command][option].partition(f"{option} ")[2].split() if not word.startswith("--")]
    value = value[: 2 if option == "--replay" else 1]
    several = {"--set": ["--set", "portability=0.9"], "--measure": ["--measure", "gdp_coalition"]}.get(option, [option, *value])
    for bad in ([option, *([""] * len(value))], several * 2, [option[:-1], *value]):
        with contextlib.suppress(SystemExit):
            assert main([command, *words, *bad]) == 2
        said = capsys.readouterr()
        assert re.search(r"is empty|is needed|is given twice|is set twice|unrecognized|found ''|invalid|is for sc", said.err), bad
        assert said.err.count("\n") == 1


def options():
    return [(name, option.name) for name in QUESTIONS for option in question(name).OPTIONS]


@pytest.mark.parametrize(("name", "option"), options())
def test_an_option_of_a_question_reaches_it(name, option, monkeypatch):
    module, found = question(name), []
    (chosen,) = (each for each in module.OPTIONS if each.name == option)
    texts = {"measure": "stands", "parameter": "fee_us", "range": "0.1:0.3", "vendor": "china", "nations": "eu"}
    if isinstance(chosen.default, str):
        value = next((each for each in chosen.choices if each != chosen.default), texts.get(option))
    else:
        value = next(v for v in (chosen.low, chosen.low + 1, (chosen.low + chosen.high) / 2) if v not in (chosen.default, 0))
        value = type(chosen.default)(value)

    def answer(inquiry):
        found.append(inquiry.options)
        raise Stopped

    monkeypatch.setattr(module, "answer", answer)
    monkeypatch.setattr(module, "runs_of", lambda inquiry: 0)
    for words in ([], [f"--{option}", str(value)]):
        with contextlib.suppress(Stopped):
            assert main(["ask", *words, name, "small.toml", "--quiet"]) == 0
    assert found[0] | {option: value} == found[1] != found[0]
    read = [path.read_text("utf-8") for path in Path(analysis.__file__).parent.rglob("*.py")]
    assert any(f'inquiry["{option}"]' in text for text in read)


@pytest.mark.parametrize(
    ("changed", "option"), [("seed", "--seed 7"), ("replicates", "--replicates 3"), ("scenario", "--set notice=3")]
)
def test_a_manifest_is_run_again_with_what_is_given(changed, option, capsys):
    words = "run results/one/manifest.json --figures none --quiet --out"
    assert main([*words.split(), "again"]) == 0
    assert sweeps.files(Path("again")) == sweeps.files(Path("results/one"))
    assert main([*words.split(), "other", *option.split()]) == 0
    before, after = (Result(name).plan.document() for name in ("again", "other"))
    assert {key for key in before if before[key] != after[key]} == {changed}


def test_a_manifest_as_a_browser_saves_it_is_run():
    path = Path("manifest (1).json")
    path.write_bytes(Path("results/one/manifest.json").read_bytes())
    assert main(["run", str(path), "--figures", "none", "--quiet", "--out", "again"]) == 0
    assert sweeps.files(Path("again")) == sweeps.files(Path("results/one"))
