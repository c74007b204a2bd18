"""``abm ask``: a question about a scenario, answered with a sentence, a table, a figure and its uncertainty."""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from abm.docstrings import docstring
from runs.commands.asking import Problem, above_zero, add_scenario, scenario_of, settings, tell, whole
from runs.commands.grammar import given
from runs.places import Folder
from runs.progress import bar

NAMES = ("answer.json", "answer.md", "table.csv", "figure.png", "figure.svg")
MOST = 20_000  # replicates that --precision may ask for


def add(commands) -> None:
    """Its arguments; those of the question itself are added once the words are read and the question is known."""
    ask = commands.add_parser(
        "ask",
        help="answer a question with a table, a figure and its uncertainty",
        description="Answer one of the questions of policy analysts about a scenario. Without a question: list them. "
        "`abm ask QUESTION --help` tells what is computed, on which assumptions, and the question's own options.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.add_argument("question", nargs="?", metavar="QUESTION", help="one of the questions listed by `abm ask`")
    add_scenario(ask)
    ask.add_argument("--replicates", type=whole(2, 1_000_000), metavar="N", help="replicates (default: the question's)")
    ask.add_argument("--precision", type=above_zero, metavar="P",
                     help="raise replicates until the headline's interval is within ± P")
    ask.add_argument("--uncertainty", choices=("none", "posterior"), default="none",
                     help="posterior: every replicate draws all that was fitted from the calibration's sample, but for what "
                     "--set, the scenario or the question itself sets")
    ask.add_argument("--seed", type=whole(0, 2**63), default=0, help="seed of the first replicate (default: 0)")
    ask.add_argument("--out", metavar="DIR", help="where the answer goes (default: results/answers/QUESTION)")
    ask.add_argument("--quiet", action="store_true", help="say nothing but errors")
    ask.set_defaults(act=act)
    parse = ask.parse_known_args
    ask.parse_known_args = lambda words, names=None: parse(_with_options(ask, parse, words), names)


def _with_options(ask: argparse.ArgumentParser, parse, words):
    """Add the options of the question that is asked, wherever it stands among the words."""
    from analysis.questions import QUESTIONS, question

    name = parse([word for word in words if word not in ("-h", "--help")], None)[0].question
    if name not in QUESTIONS:  # it may follow an option of its own
        name = next((word for word in words if word in QUESTIONS), None)
    if name is None:
        return words
    module = question(name)
    ask.prog, ask.description = f"{ask.prog} {name}", f"{module.TITLE}\n\n{docstring(module)}"
    own = ask.add_argument_group(f"options of {name} (replicates: {module.REPLICATES} by default)")
    for option in module.OPTIONS:
        meaning = f"{option.meaning}; {option.allowed} (default: {option.default})"
        own.add_argument(f"--{option.name}", type=_reader(option), default=option.default, help=meaning.replace("%", "%%"))
    return words


def _reader(option):
    """A reader of an option's values for argparse, which names the option in what is wrong."""

    def read(text: str):
        try:
            return option.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def act(arguments) -> int:
    """List the questions, or answer one."""
    from analysis.questions import QUESTIONS, question

    if arguments.question is None:
        return _list(arguments, QUESTIONS, question)
    module = question(arguments.question)
    began = time.perf_counter()
    inquiry = _inquiry(arguments, module)
    place = Folder(arguments.out or Path("results") / "answers" / arguments.question, NAMES)
    with bar(None, "runs", arguments.quiet) as progress:
        answer, inquiry = _answer(module, replace(inquiry, progress=progress), arguments.precision)
    folder = place.open()
    write(folder, arguments.question, module, inquiry, answer, time.perf_counter() - began)
    if not arguments.quiet:
        print(answer.sentence)
        for note in answer.notes:
            print(f"  note: {note}")
        print(f"{inquiry.replicates} replicates, {time.perf_counter() - began:.1f} s -> {folder}/answer.md")
    return 0


def _list(arguments, names, question) -> int:
    option = given(arguments, "replicates", "precision", "uncertainty", "seed", "out")
    option = option or ("--set" if arguments.settings else "--quiet" if arguments.quiet else None)
    if option:
        raise Problem(f"{option}: is for a question; name one of {', '.join(names)}")
    for name in names:
        print(f"  {name:<20} {question(name).TITLE}")
    print("abm ask QUESTION --help tells more about one")
    return 0


def _inquiry(arguments, module: ModuleType):
    from analysis.asking.inquiry import Inquiry

    scenario = scenario_of(arguments)
    chosen = {option.name: getattr(arguments, option.name) for option in module.OPTIONS}
    draws = None
    if arguments.uncertainty == "posterior":
        from analysis.asking.uncertainty import left_open
        from analysis.calibration import posterior

        draws = left_open(posterior(), scenario, settings(arguments.settings))
        if draws.empty:
            raise Problem("--uncertainty posterior: every parameter of the posterior's sample is set or decided; leave it out")
    inquiry = Inquiry(scenario, arguments.replicates or module.REPLICATES, chosen, arguments.seed, draws)
    _check_used(arguments, module, inquiry)
    return inquiry


def _check_used(arguments, module: ModuleType, inquiry) -> None:
    """Problem for an option, or a parameter that was set, which has no effect beside the others."""
    values = settings(arguments.settings)
    for option, why in getattr(module, "unused", lambda inquiry: {})(inquiry).items():
        name = option.removeprefix("--set ")
        if given(arguments, option.removeprefix("--")) or (name != option and name in values):
            raise Problem(f"{option}: {why}")


def _answer(module: ModuleType, inquiry, precision: float | None):
    """The answer, with as many replicates as the precision asked for needs; those already run are the first of them."""
    answer = module.answer(inquiry)
    if precision is not None and not math.isfinite(answer.headline.estimate.half_width):
        tell(f"--precision {precision:g}: the headline has no interval here, so that more replicates would not narrow it")
    while precision is not None and answer.headline.estimate.half_width > precision:
        if inquiry.replicates >= MOST:
            tell(f"--precision {precision:g}: not reached with {inquiry.replicates:,} replicates; the interval is what it is")
            break
        needed = inquiry.replicates * (answer.headline.estimate.half_width / precision) ** 2 * 1.1
        inquiry = inquiry.with_replicates(min(MOST, max(inquiry.replicates + 50, int(needed))))
        answer = module.answer(inquiry)
    return answer, inquiry


def write(folder: Path, name: str, module: ModuleType, inquiry, answer, seconds: float) -> None:
    """``answer.json``, ``table.csv``, ``figure.png``, ``figure.svg`` and ``answer.md``."""
    from analysis.asking.answer_page import page
    from analysis.figures import style

    (folder / "table.csv").write_text(answer.table.to_csv(index=False), "utf-8", newline="")
    style.save(module.draw(answer), folder, "figure", module.TITLE, module.CAPTION)
    (folder / "answer.md").write_text(page(name, module, inquiry, answer), "utf-8")
    document = _document(name, module, inquiry, answer) | {"seconds": round(seconds, 2)}
    (folder / "answer.json").write_text(json.dumps(document, indent=2, default=float) + "\n", "utf-8")


def _document(name: str, module: ModuleType, inquiry, answer) -> dict[str, Any]:
    """All of the answer but table and figure, with what is needed to ask again."""
    from abm.provenance import provenance

    return {
        "question": name,
        "title": module.TITLE,
        "answer": answer.sentence,
        "numbers": {key: {"label": s.label, "unit": s.unit} | _plain(s.estimate) for key, s in answer.stated.items()},
        "notes": answer.notes,
        "scenario": inquiry.scenario.document(),
        "scenario_name": inquiry.scenario.name,
        "options": inquiry.options,
        "replicates": inquiry.replicates,
        "seed": inquiry.seed,
        "uncertainty": _drawn(inquiry.draws),
        "provenance": provenance(),
    }


def _drawn(draws) -> str:
    """What was drawn, in words."""
    return "none" if draws is None else f"posterior, {len(draws)} draws of {', '.join(draws)}"


def _plain(estimate) -> dict[str, float | None]:
    """An estimate for JSON, which knows no NaN."""
    return {key: None if value != value else value for key, value in asdict(estimate).items()}
