"""The command ``abm``: what a person types, what they are told, and with which exit status.

Exit status: 0 done, 1 done but some runs failed, 2 something was asked that cannot be done, 128 and the number of the signal that
stopped it, such as 130 for Ctrl-C (see :mod:`analysis.commands.process`).
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import warnings

import duckdb

from abm.sources import SourcesChanged
from abm.words import on_command_line
from analysis.commands import (
    ask,
    calibrate,
    compare,
    listings,
    nations,
    networks,
    parameters,
    patterns,
    replay,
    report,
    robustness,
    run,
    sensitivity,
    share,
    status,
    sweep,
    view,
)
from analysis.commands.arguments import tell
from analysis.commands.grammar import Parser
from runs.extras import install_module

#: In the order in which they are listed.
COMMANDS = (
    run, view, sweep, status, replay, parameters, listings, ask, calibrate, compare, nations, networks, patterns, report,
    robustness, sensitivity, share,
)  # fmt: skip

MOST = 40  # sentences at once
EXAMPLES = """examples:
  abm run                                     the baseline, 100 replicates, figures and report in results/baseline
  abm run baseline --set portability=0.8 --replicates 20 --out results/portable
  abm sweep hazard-grid                       a sweep that comes with the package, in results/hazard-grid
  abm replay results/hazard-grid 17           one of its runs again, with everything recorded
  abm parameters hazard_us                    what a parameter means, its range and source
"""


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = Parser(
        prog="abm",
        description="Simulate AI sovereignty through coalition: nations choose between AI vendors and a coalition.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def _own_process() -> None:
    """What holds in a process that was started for a command, and not where :func:`main` is called with arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without arrows or umlauts gets question marks
    if not sys.warnoptions or any(option.startswith("error") for option in sys.warnoptions):
        warnings.simplefilter("ignore")  # what packages have to say to each other's authors
    os.environ.pop("MPLBACKEND", None)  # figures need none, and one that is not installed would stop matplotlib
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # of a matplotlibrc that figures take nothing of


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    if argv is None:
        _own_process()
    try:
        arguments = parser().parse_args(argv)
        return arguments.act(arguments)
    except (SourcesChanged, ValueError) as error:
        lines = on_command_line(error).splitlines()
        for line in lines[:MOST]:
            tell(line)
        if len(lines) > MOST:
            tell(f"and {len(lines) - MOST:,} more of the kind")
        return 2
    except duckdb.OutOfMemoryException:
        raise  # as any other want of memory
    except duckdb.Error as error:  # a file that was damaged since the result was opened
        tell(f"the result cannot be read: {str(error).splitlines()[0]}; `abm status DIR --verify` names what is not whole")
        return 2
    except ModuleNotFoundError as error:
        tell(f"{error.name} is not installed, and this command needs it: {install_module(error.name or '')}")
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.stderr.close()
            return 0
        nameless = "the folder that this was started in" if isinstance(error, FileNotFoundError) else "the system"
        tell(f"{error.filename or nameless}: {error.strerror}")
        return 2
