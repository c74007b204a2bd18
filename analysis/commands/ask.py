"""``abm ask``: a question about a scenario, answered with a sentence, a table, a figure and its uncertainty."""

from __future__ import annotations

import argparse
import inspect
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from runs.commands.asking import Problem, add_scenario, scenario_of, settings, tell, whole
from runs.progress import bar

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
    ask.add_argument("--precision", type=float, metavar="P", help="raise replicates until the headline's interval is within ± P")
    ask.add_argument("--uncertainty", choices=("none", "posterior"), default="none",
                     help="posterior: every replicate draws its parameters from the calibration's sample, but for rules of "
                     "coalitions and levers of policy, which people decide, and for what --set or the scenario sets")
    ask.add_argument("--seed", type=whole(0, 2**63), default=0, help="seed of the first replicate (default: 0)")
    ask.add_argument("--out", metavar="DIR", help="where the answer goes (default: results/answers/QUESTION)")
    ask.add_argument("--quiet", action="store_true", help="say nothing but errors")
    ask.set_defaults(act=act)
    parse = ask.parse_known_args
    ask.parse_known_args = lambda words, names=None: parse(_with_options(ask, words), names)


def _with_options(ask: argparse.ArgumentParser, words):
    """Add the options of the question that the first of the words names."""
    from analysis.questions import QUESTIONS, question

    if not words or words[0] not in QUESTIONS:
        return words
    module = question(words[0])
    ask.prog, ask.description = f"{ask.prog} {words[0]}", f"{module.TITLE}\n\n{inspect.cleandoc(module.__doc__ or '')}"
    own = ask.add_argument_group(f"options of {words[0]} (replicates: {module.REPLICATES} by default)")
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
        return _list(QUESTIONS, question)
    module = question(arguments.question)
    began = time.perf_counter()
    inquiry = _inquiry(arguments, module)
    with bar(None, "runs", arguments.quiet) as progress:
        answer, inquiry = _answer(module, replace(inquiry, progress=progress), arguments.precision)
    folder = Path(arguments.out or Path("results") / "answers" / arguments.question)
    write(folder, arguments.question, module, inquiry, answer, time.perf_counter() - began)
    if not arguments.quiet:
        print(answer.sentence)
        for note in answer.notes:
            print(f"  note: {note}")
        print(f"{inquiry.replicates} replicates, {time.perf_counter() - began:.1f} s -> {folder}/answer.md")
    return 0


def _list(names, question) -> int:
    for name in names:
        print(f"  {name:<20} {question(name).TITLE}")
    print("abm ask QUESTION --help tells more about one")
    return 0


def _inquiry(arguments, module: ModuleType):
    from analysis.asking.inquiry import Inquiry

    scenario = scenario_of(arguments)
    if arguments.precision is not None and not arguments.precision > 0:
        raise Problem(f"--precision {arguments.precision:g}: must be above 0, in the unit of the headline number")
    chosen = {option.name: getattr(arguments, option.name) for option in module.OPTIONS}
    draws = None
    if arguments.uncertainty == "posterior":
        from analysis.asking.uncertainty import left_open
        from analysis.calibration import posterior

        draws = left_open(posterior(), scenario, settings(arguments.settings))
    return Inquiry(scenario, arguments.replicates or module.REPLICATES, chosen, arguments.seed, draws)


def _answer(module: ModuleType, inquiry, precision: float | None):
    """The answer, with as many replicates as the precision asked for needs; those already run are the first of them."""
    answer = module.answer(inquiry)
    while precision is not None and answer.headline.estimate.half_width > precision:
        if inquiry.replicates >= MOST:
            tell(f"--precision {precision:g}: not reached with {MOST:,} replicates; the interval is what it is")
            break
        needed = inquiry.replicates * (answer.headline.estimate.half_width / precision) ** 2 * 1.1
        inquiry = inquiry.with_replicates(min(MOST, max(inquiry.replicates + 50, int(needed))))
        answer = module.answer(inquiry)
    return answer, inquiry


def write(folder: Path, name: str, module: ModuleType, inquiry, answer, seconds: float) -> None:
    """``answer.json``, ``table.csv``, ``figure.png``, ``figure.svg`` and ``answer.md``."""
    from analysis.asking.answer_page import page
    from analysis.figures import style

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.csv").write_text(answer.table.to_csv(index=False), "utf-8")
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
