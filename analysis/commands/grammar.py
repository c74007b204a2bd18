"""The grammar of the command line: no option is guessed, given twice or left empty, and what was typed is known."""

from __future__ import annotations

import argparse

LONGEST = 2000  # characters of a sentence


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with the arguments; ``arguments.typed`` holds the names that a person gave."""

    def __init__(self, *names, **options):
        super().__init__(*names, **{"allow_abbrev": False, **options})
        for action in (None, "store"):
            self.register("action", action, _Once)

    def error(self, message):
        """Leave with status 2 and the sentence."""
        self.exit(2, f"{self.prog}: {shortened(message)}; see {self.prog} --help\n")


class _Once(argparse.Action):
    """Keeps a value; what is empty, or given twice, would be ignored somewhere."""

    def __call__(self, parser, namespace, values, option_string=None):
        if "" in (values if isinstance(values, list) else [values]):
            raise argparse.ArgumentError(self, "is empty")
        typed: set[str] = vars(namespace).setdefault("typed", set())
        if option_string and self.dest in typed:
            raise argparse.ArgumentError(self, "is given twice")
        if option_string or values is not self.default:
            typed.add(self.dest)
        setattr(namespace, self.dest, values)


def shortened(sentence: str) -> str:
    """A sentence in no more than fits on a screen, whatever it quotes."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST]} ..."


def given(arguments: argparse.Namespace, *names: str) -> str | None:
    """The first of these options that a person gave, as it is typed; None where they gave none of them."""
    typed: set[str] = getattr(arguments, "typed", set())
    return next((f"--{name}" for name in names if name in typed), None)
