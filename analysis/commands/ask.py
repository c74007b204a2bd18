"""``abm ask``: a question about a scenario, answered with a sentence, a table, a figure and its uncertainty."""

from __future__ import annotations

import argparse
from pathlib import Path

from abm.docstrings import docstring
from analysis.commands.arguments import Problem, above_zero, add_scenario, scenario_of, settings, tell, whole
from analysis.commands.grammar import given
from runs.folders import Folder
from runs.progress import growing_bar


def add(commands) -> None:
    """Its arguments; those of the question itself are added once the words are read and the question is known."""
    ask = commands.add_parser(
        "ask",
        help="answer a question with a table, a figure and its uncertainty",
        description="Answer one of the questions of policy analysts about a scenario. Without a question: list them. "
        "`abm ask QUESTION --help` tells what is computed, on which assumptions, and the question's own options.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.add_argument("question", nargs="?", metavar="QUESTION",
                     help="one of the questions listed by `abm ask`, or a Python file that holds one of your own")
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
    from analysis.questions import is_question, question

    name = parse([word for word in words if word not in ("-h", "--help")], None)[0].question
    if not is_question(name or ""):  # it may follow an option of its own
        name = next((word for word in words if is_question(word)), None)
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
    return _ask(arguments, question(arguments.question))


def _ask(arguments, module) -> int:
    from analysis.questions.reply import NAMES, reply, write

    scenario, values = scenario_of(arguments), settings(arguments.settings)
    options = {option.name: getattr(arguments, option.name) for option in module.OPTIONS if given(arguments, option.name)}
    kept = Folder(arguments.out or Path("results") / "answers" / Path(arguments.question).stem, NAMES)
    with growing_bar("runs", arguments.quiet) as (expect, progress):
        found = reply(
            arguments.question, scenario, options, arguments.replicates, arguments.precision, arguments.uncertainty,
            arguments.seed, values, progress, lambda sentence: tell(f"--{sentence}"), expect,
        )  # fmt: skip
    folder = kept.open()
    write(folder, found)
    if not arguments.quiet:
        print(found.sentence)
        for note in found.notes:
            print(f"  note: {note}")
        print(f"{found.inquiry.replicates} replicates, {found.seconds:.1f} s -> {folder}/answer.md")
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
