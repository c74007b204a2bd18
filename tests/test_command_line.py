"""The command line: what a person types, what they are told, and with which exit status; never a traceback."""

import contextlib
import errno
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import runs
from abm.scenario import Scenario
from analysis.commands.command_line import COMMANDS, main, parser
from tests import sweeps
from tests.beforehand import after

SMALL = """
title = "A small world"
steps = 6
[nations]
select = ["FRA", "DEU", "ITA", "CAN", "JPN"]
[parameters]
review_rate = 2.0
"""
SWEEP = """
title = "A small sweep"
scenario = "small.toml"
replicates = 3
[design]
method = "grid"
[factors]
portability = [0.2, 0.8]
"""


def made(place: Path, *commands: str) -> Path:
    """A folder with a small scenario and a small sweep, and with what these commands leave there."""
    (place / "small.toml").write_text(SMALL, "utf-8")
    (place / "sweep.toml").write_text(SWEEP, "utf-8")
    with contextlib.chdir(place):
        for words in commands:
            assert main(words.split()) == 0
    return place


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of one's own to stand in, with a small scenario and a small sweep."""
    monkeypatch.chdir(tmp_path)
    return made(tmp_path)


def abm(*arguments: str) -> int:
    """The exit status of ``abm`` with these arguments."""
    try:
        return main(list(arguments))
    except SystemExit as end:  # argparse leaves this way
        return end.code


def run(*arguments: str) -> int:
    """``abm run`` of the small scenario without figures."""
    return abm("run", "small.toml", "--figures", "none", "--replicates", "4", *arguments)


def process(*arguments: str, before: str = "", **options) -> subprocess.Popen:
    """``python -m abm`` as a process of its own, with what is done in it ``before``."""
    command = [sys.executable, "-m", "abm", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(runs.__file__).parent.parent)}
    return subprocess.Popen(after(before, command) if before else command, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def wait_for(what, child):
    deadline = time.monotonic() + 120
    while not what():
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def test_a_run_says_what_it_did_and_leaves_a_result(capsys):
    assert run() == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"4 runs of small in \d+\.\d s -> results/small\n", said.out)
    assert said.err == ""
    assert len(runs.open("results/small").runs()) == 4


def test_quiet_says_nothing(capsys):
    assert run("--quiet") == 0
    assert abm("sweep", "sweep.toml", "--quiet") == 0
    assert abm("replay", "results/sweep", "1", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


FAULTS = {
    "run small.toml --set portabilty=1": "portabilty: no such parameter; did you mean portability?",
    "run small.toml --set portability=much": "portability: 'much' is not a number",
    "run small.toml --set portability=1.5": "1.5 is outside 0 to 1",
    "run small.toml --set convening_size=3.5": "3.5 is not a whole number",
    "run small.toml --set admission=opne": "did you mean open?",
    "run small.toml --set portability": "--set portability: NAME=VALUE is needed",
    "run small.toml --set =1": "NAME=VALUE is needed",
    "run small.toml --set notice=1 --set notice=2": "--set notice=2: notice is set twice",
    "run small.toml --set steps=0": "steps",
    "run small.toml --set portability=nan": "nan is outside 0 to 1",
    "run small.toml --set portability=": "--set portability=: a value is needed after =",
    "run small.toml --seed -1": "found -1; allowed is 0 to",
    "run small.toml --seed x": "found 'x'; a whole number is needed",
    "run small.toml --replicates 0": "found 0; allowed is 1 to 1000000",
    "run small.toml --replicates 1.5": "found '1.5'; a whole number is needed",
    "run small.toml --figures some": "invalid choice: 'some'",
    "run small.toml --out small.toml": "small.toml: is a file; a result needs a directory",
    "run small.toml --out small.toml/inside": "cannot be written: Not a directory",
    "run small.toml --out /proc/none": "cannot be written",
    "run basline": "basline: no such scenario; did you mean baseline?",
    "run none.toml": "none.toml: no such file",
    "run empty.toml": "empty.toml: is empty",
    "run folder.toml": "folder.toml: is a directory, not a scenario file",
    "run latin.toml": "latin.toml: is not UTF-8 text (byte 9)",
    "run none/manifest.json": "none: holds no result (no manifest.json)",
    "run broken/manifest.json": "broken/manifest.json: is damaged",
    "": "the following arguments are required: COMMAND",
    "rnu": "invalid choice: 'rnu'",
    "run --nothing": "unrecognized arguments: --nothing",
    "sweep": "the following arguments are required: SWEEP",
    "sweep hazard-gird": "hazard-gird: no such sweep; did you mean hazard-grid?",
    "sweep none.toml": "none.toml: no such file",
    "sweep sweep.toml --scheduler tcp://127.0.0.1:1": "--scheduler: is for --engine dask",
    "sweep sweep.toml --workers 0": "found 0; allowed is 1 to 1024",
    "sweep sweep.toml --engine spark": "invalid choice: 'spark'",
    "sweep sweep.toml --out small.toml": "small.toml: is a file",
    "replay none 1": "none: holds no result",
    "replay none x": "argument RUN: found 'x'; a whole number is needed",
    "status none": "none: holds no result",
    "status small.toml": "small.toml: holds no result",
    "parameters nothing": "nothing: no such parameter",
    "view --replay none x": "the number of a run is needed",
    "view --port 99999": "found 99999; allowed is 0 to 65535",
}


@pytest.mark.parametrize("arguments", FAULTS)
def test_a_fault_is_one_sentence_and_status_2(arguments, capsys):
    Path("empty.toml").touch()
    Path("folder.toml").mkdir()
    Path("latin.toml").write_bytes(b'title = "\xe9"')
    Path("broken").mkdir()
    Path("broken/manifest.json").write_text("{")
    assert abm(*arguments.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("abm")
    assert said.err.count("\n") == 1
    assert FAULTS[arguments] in said.err


def test_all_faults_of_a_file_are_told_at_once(capsys):
    Path("small.toml").write_text("steps = 0\n[parameters]\nportabilty = 1\nnotice = 99\n", "utf-8")
    Path("two.toml").write_text("[parameters]\nportabilty = 1\nnotice = 99\n", "utf-8")
    assert abm("run", "two.toml") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_result_is_not_overwritten_unless_forced(capsys):
    assert run() == 0
    before = sweeps.files(Path("results/small"))
    assert run("--seed", "5") == 2
    assert "results/small: holds a result already; --force overwrites it, --out takes another" in capsys.readouterr().err
    assert sweeps.files(Path("results/small")) == before
    assert run("--seed", "5", "--force") == 0
    assert sweeps.files(Path("results/small")) != before


def test_an_interrupted_run_goes_on_but_only_as_the_same_run(capsys):
    assert run() == 0
    directory = Path("results/small")
    whole = sweeps.files(directory)
    sweeps.amended(directory, status="interrupted")
    next((directory / "runs").glob("*.parquet")).unlink()
    assert run("--seed", "5") == 2
    assert "holds another run: seed was 0, now 5" in capsys.readouterr().err
    assert run() == 0
    assert sweeps.files(directory) == whole


def test_a_result_is_rebuilt_from_its_manifest_alone_to_the_byte():
    assert run("--set", "portability=0.7", "--seed", "3") == 0
    Path("alone").mkdir()
    shutil.copy("results/small/manifest.json", "alone/manifest.json")
    Path("small.toml").unlink()
    assert abm("run", "alone/manifest.json", "--figures", "none", "--out", "again") == 0
    assert sweeps.files(Path("again")) == sweeps.files(Path("results/small"))


def test_a_sweep_is_done_watched_and_replayed(capsys):
    assert abm("sweep", "sweep.toml", "--workers", "1") == 0
    assert re.search(r"6 runs of sweep \(2 points x 3 replicates\) in \d+\.\d s -> results/sweep", capsys.readouterr().out)
    assert abm("sweep", "sweep.toml") == 0
    assert abm("status", "results/sweep") == 0
    assert "sweep: complete, 6 of 6 runs (100 %), 0 failed" in capsys.readouterr().out
    assert abm("replay", "results/sweep", "4") == 0
    assert "run 4 (seed 1, portability = 0.8) -> results/sweep/replays/4" in capsys.readouterr().out
    assert len(runs.open("results/sweep/replays/4").choices()) == 5 * 7
    assert abm("replay", "results/sweep", "6") == 2
    assert "has no run 6; its runs are 0 to 5" in capsys.readouterr().err


def test_a_replay_that_is_no_longer_the_same_says_so(capsys, monkeypatch):
    assert abm("sweep", "sweep.toml", "--quiet") == 0
    sweeps.amended(Path("results/sweep"), plan=runs.open("results/sweep").manifest["plan"] | {"seed": 99})
    assert abm("replay", "results/sweep", "4") == 1
    assert "its outcomes are no longer the same; the model's sources are the same" in capsys.readouterr().err


def test_failed_runs_are_told_and_status_1(capsys, monkeypatch):
    def failing(*arguments, **options):
        raise ValueError("nations.csv: FRA: population_m is blank")

    with monkeypatch.context() as broken:
        broken.setattr(Scenario, "world", failing)
        assert abm("sweep", "sweep.toml") == 1
    assert "6 of 6 runs failed; their errors stand in the table results/sweep/runs; --retry-failed" in capsys.readouterr().err
    assert abm("status", "results/sweep") == 0
    assert "6 failed" in capsys.readouterr().out
    assert abm("sweep", "sweep.toml", "--retry-failed") == 0


def test_every_command_explains_itself(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    commands = parser()._subparsers._group_actions[0].choices
    assert len(commands) == len(COMMANDS) + 1, "the file of listings has two"
    for command in commands:
        assert re.search(rf"^    {command}\b", shown, re.MULTILINE)
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "usage: abm" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("parameters", "quality_sensitivity"),
        ("parameters hazard_us", "cuts per year"),
        ("parameters hazard", "hazard_china"),
        ("scenarios", "baseline"),
        ("sweeps", "phase-diagram"),
    ],
)
def test_listings_list(arguments, sentence, capsys):
    assert abm(*arguments.split()) == 0
    assert sentence in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("command", [["run", "small.toml", "--figures", "none", "--replicates", "4000"], ["sweep", "large.toml"]])
def test_stopped_at_any_moment_it_leaves_a_valid_result_and_goes_on(stop, command, folder):
    Path("large.toml").write_text(SWEEP.replace("= 3", "= 20000") + "fee_us = [0.2, 0.5]\n", "utf-8")
    directory = folder / "out"
    child = process(*command, "--out", "out", cwd=folder)
    wait_for(lambda: len(list(directory.glob("runs/*.parquet"))) > 1, child)
    os.kill(child.pid, stop)
    _, err = child.communicate(timeout=60)
    manifest = json.loads((directory / "manifest.json").read_text())
    assert "Traceback" not in err
    if stop != signal.SIGKILL:
        assert (child.returncode, err) == (128 + stop, "abm: stopped; what was finished is whole, and the same command goes on\n")
        assert manifest["status"] == "interrupted"
    done = runs.open(directory).runs(["run", "status"])
    assert 0 < len(done) < manifest["runs"]
    assert done["run"].is_unique
    assert main([*command, "--out", "out", "--quiet"]) == 0
    assert runs.open(directory).runs(["run"])["run"].tolist() == list(range(manifest["runs"]))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_it_is_loaded_it_says_so_too(stop):
    """From the first moment of its own code on; before that, Python has not begun it."""
    program = (
        "import os, sys, threading, time\nfrom analysis.commands import process\n"
        f"threading.Timer(0.2, os.kill, (os.getpid(), {int(stop)})).start()\n"
        "class Slow:\n"
        "    def find_spec(self, name, *rest):\n"
        "        time.sleep(60 * (name == 'analysis.commands.command_line'))\n"
        "sys.meta_path.insert(0, Slow())\n"
        "sys.exit(process.main(['scenarios']))"
    )
    world = {**os.environ, "PYTHONPATH": str(Path(runs.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", program], env=world, capture_output=True, text=True, timeout=50)
    said = "abm: stopped; what was finished is whole, and the same command goes on\n"
    assert (done.returncode, done.stdout, done.stderr) == (128 + stop, "", said)


def test_what_is_ignored_as_by_nohup_still_is_and_handlers_are_put_back(monkeypatch):
    """A second request, while the first is obeyed, changes nothing."""
    from analysis.commands import command_line, process

    def ask(*numbers):
        def act(argv):
            for number in numbers:
                with suppress(KeyboardInterrupt):
                    os.kill(os.getpid(), number)
            os.kill(os.getpid(), numbers[0])
            return 0

        monkeypatch.setattr(command_line, "main", act)
        return process.main([])

    def serve(argv):  # as the page's server does, which ends in its own way
        ended = []
        signal.signal(signal.SIGTERM, lambda number, frame: ended.append(7))
        os.kill(os.getpid(), signal.SIGHUP)
        return ended[0]

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    assert ask(signal.SIGTERM, signal.SIGHUP) == 0
    monkeypatch.setattr(command_line, "main", lambda argv: os.kill(os.getpid(), signal.SIGHUP))
    assert process.main([]) == 128 + signal.SIGHUP
    monkeypatch.setattr(command_line, "main", serve)
    assert process.main([]) == 7
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(command_line, "main", lambda argv: os.kill(os.getpid(), signal.SIGHUP) or 0)
        assert process.main([]) == 0
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before[signal.SIGHUP])
    assert {number: signal.getsignal(number) for number in before} == before


def limited(megabytes, folder):
    """``abm sweep`` of a large sweep with so many megabytes of addresses: exit status and error stream."""
    bound = f"resource.setrlimit(resource.RLIMIT_AS, ({megabytes << 20}, {megabytes << 20}))"
    Path("large.toml").write_text(SWEEP.replace("= 3", "= 2000"), "utf-8")
    child = process("sweep", "large.toml", "--out", "out", before=bound, cwd=folder)
    try:
        _, err = child.communicate(timeout=100)
    finally:
        child.kill()
    return child.returncode, err


@pytest.mark.parametrize("megabytes", [100, 850, 1700, 3071])
def test_too_few_addresses_for_the_libraries_are_one_sentence(megabytes, folder):
    told = f"abm: this process may have {megabytes:,} MB of addresses (ulimit -v), and needs 3,072 MB of them\n"
    assert limited(megabytes, folder) == (2, told)


@pytest.mark.slow
def test_too_little_memory_for_the_runs_is_one_sentence_and_the_same_command_goes_on(folder, monkeypatch):
    """Where it is enough after all, the result is whole."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # which takes memory for each, and ends the process where there is none
    status, err = limited(3072, folder)
    said = r"abm: .*not enough memory.*what was finished is whole.*the same command goes on\n"
    assert (status, err) == (0, "") or (status == 2 and re.fullmatch(said, err)), err
    assert main(["sweep", "large.toml", "--out", "out", "--quiet"]) == 0
    assert runs.open("out").runs(["run"])["run"].tolist() == list(range(4000))


@pytest.mark.parametrize("error", [
    MemoryError(), np._core._exceptions._ArrayMemoryError((9,), np.dtype(float)), pa.lib.ArrowMemoryError("malloc failed"),
    RuntimeError("can't start new thread"), ImportError("x.so: failed to map segment from shared object"),
    duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data"), OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
])
def test_every_word_for_a_want_of_memory_is_one_sentence(error, monkeypatch, capsys):
    from analysis.commands import process, status

    def fail(arguments):
        raise error

    monkeypatch.setattr(status, "act", fail)
    assert process.main(["status", "x"]) == 2
    assert re.fullmatch(r"abm: .*([Cc]annot allocate|not enough) memory.*\n", capsys.readouterr().err)


@pytest.mark.slow
def test_on_a_terminal_progress_shows_runs_rate_and_time_left():
    terminal, child_end = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 120))
    environment = {**os.environ, "PYTHONPATH": str(Path(runs.__file__).parent.parent)}
    command = [sys.executable, "-m", "abm", "sweep", "sweep.toml"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=child_end)
    os.close(child_end)
    shown = b""
    with suppress(OSError):  # a terminal whose other end is closed
        while more := os.read(terminal, 4096):
            shown += more
    assert child.wait() == 0
    assert re.search(rb"6/6 \[\d\d:\d\d<\d\d:\d\d, .* runs/s\]", shown), shown


@pytest.mark.slow
def test_it_runs_as_a_module():
    child = process("scenarios")
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    assert "baseline" in out


def test_a_missing_extra_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "analysis.questions", None)
    assert main(["ask"]) == 2
    error = capsys.readouterr().err
    assert "analysis.questions is not installed, and this command needs it: `make env` installs" in error
    assert len(error.splitlines()) == 1


def test_no_help_shows_a_doubled_per_cent_sign():
    """argparse expands %% in the help of an argument, but not in a description."""
    (commands,) = (action.choices for action in parser()._actions if action.dest == "command")
    pages = {name: command.format_help() for name, command in commands.items()}
    assert len(pages) > 12
    assert [name for name, page in pages.items() if "%%" in page] == []
    assert "95 % interval" in pages["compare"]
