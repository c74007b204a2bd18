"""Machine code on disk: nothing damaged is run, a disk that takes none is said once, code belongs to the sources as loaded."""

import functools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from abm.compiled import generated
from tests.beforehand import after

ROOT = Path(__file__).parent.parent
#: A rule of its own, small enough to be compiled at every try; what it gives is known.
PROGRAM = """
import abm.compiled as compiled
from abm.compiled import rule

@rule
def twice(x):
    return 2 * x

assert twice(21) == 42 and twice(1.5) == 3.0
print(sum(twice.stats.cache_hits.values()), "read")
"""


#: Lets a copy of itself run each program that it is given. To import numba and to compile anything for the first time takes a
#: process two seconds, and neither looks at the cache.
READY = """
import json, os, sys
import numba
numba.njit(lambda x: x)(1)

def run(program, world, root, streams):
    os.environ.clear()
    os.environ.update(world)
    os.chdir(root)
    sys.path.insert(0, root)
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    exec(program, vars(sys.modules["__main__"]))

for line in sys.stdin:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    else:
        run(**json.loads(line))
        sys.exit()
"""


@functools.cache
def ready() -> subprocess.Popen:
    """The process that waits for programs."""
    world = {**os.environ, "NUMBA_DISABLE_JIT": "0"}
    return subprocess.Popen([sys.executable, "-c", READY], env=world, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module", autouse=True)
def ended():
    """The process that waits ends with these tests."""
    yield
    if ready.cache_info().currsize:
        ready().communicate()
        ready.cache_clear()


def compile_in(cache: Path, program: str = PROGRAM, root: Path = ROOT, before: str = "", **world) -> subprocess.CompletedProcess:
    """Run a program that compiles, in a process of its own that keeps its machine code in ``cache``."""
    world = {**os.environ, "PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(cache), "NUMBA_DISABLE_JIT": "0", **world}
    if before:
        command = after(before, [sys.executable, "-c", program])
        done = subprocess.run(command, env=world, capture_output=True, text=True, cwd=root, check=False)
    else:
        done = by_a_copy(program=program, world=world, root=str(root))
    assert done.returncode == 0, done.stderr
    return done


def by_a_copy(**asked) -> subprocess.CompletedProcess:
    """What a copy of the process that waits leaves of a program."""
    with TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("out", "err")]
        ready().stdin.write(json.dumps(asked | {"streams": list(map(str, streams))}) + "\n")
        ready().stdin.flush()
        status = int(ready().stdout.readline())
        return subprocess.CompletedProcess(asked["program"], status, *(path.read_text("utf-8") for path in streams))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    cache = tmp_path_factory.mktemp("filled") / "cache"
    assert compile_in(cache).stdout == "0 read\n"
    return cache


@pytest.fixture
def kept(tmp_path, filled):
    """A cache that holds machine code of two signatures, and its files."""
    cache = shutil.copytree(filled, tmp_path / "cache")
    found = sorted(cache.glob("rules-*/__main__.twice.*"))
    assert len(found) == 2
    return cache, found


def test_kept_code_is_read_in_silence(kept):
    done = compile_in(kept[0])
    assert (done.stdout, done.stderr) == ("2 read\n", "")


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "garbage", "swapped", "longer"])
def test_damaged_code_is_thrown_away_said_and_made_again(kept, damage):
    cache, files = kept
    whole, chance = [path.read_bytes() for path in files], random.Random(damage)
    for path, content in zip(files, whole):
        index = chance.randrange(len(content))
        path.write_bytes({
            "cut": content[:index],
            "flipped": content[:index] + bytes([content[index] ^ 1 << chance.randrange(8)]) + content[index + 1 :],
            "empty": b"",
            "garbage": chance.randbytes(500),
            "swapped": whole[0] if path == files[1] else whole[1],
            "longer": content + b"x",
        }[damage])
    done = compile_in(cache)
    assert done.stdout == "0 read\n"
    assert done.stderr.count("\n") == (damage != "swapped")  # whole, but of other arguments: only passed over
    assert damage == "swapped" or "holds machine code that is damaged; it is compiled again" in done.stderr
    assert compile_in(cache).stdout == "2 read\n"


#: Lets a process write no file of more than 1,000 bytes, as a full disk would.
SMALL_FILES = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"


HOMELESS = """
import pathlib
def unknown():
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = unknown
"""


def test_a_user_without_a_home_is_told_that_nothing_is_kept(tmp_path):
    done = compile_in(Path(""), HOMELESS + PROGRAM, NUMBA_CACHE_DIR="", XDG_CACHE_HOME="")
    assert done.stdout == "0 read\n"
    assert re.fullmatch(r"abm: /dev/null/\S+: Not a directory; each command compiles the model again, .*\n", done.stderr)


@pytest.mark.parametrize("fault", ["no directory", "full"])
def test_where_nothing_can_be_kept_it_is_said_once_and_nothing_is_left_behind(tmp_path, fault):
    (tmp_path / "file").write_text("")
    where = tmp_path / ("cache" if fault == "full" else "file/cache")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = compile_in(where, TMPDIR=str(temporary), before=SMALL_FILES if fault == "full" else "")
    assert done.stdout == "0 read\n"
    assert re.fullmatch(r"abm: \S+/cache/rules-\w+: (File too large|Not a directory); each command compiles the model again, "
                        r"unless NUMBA_CACHE_DIR names a directory that keeps its machine code\n", done.stderr)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "file"]
    if fault == "full":
        assert compile_in(where).stderr == ""
        assert compile_in(where).stdout == "2 read\n"


@pytest.fixture
def copied(tmp_path):
    """A copy of the project, whose sources may be edited."""
    root = tmp_path / "project"
    for package in ("abm", "runs"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_code_compiled_after_the_sources_changed_is_not_kept(copied, tmp_path):
    edit = "open(compiled.__file__.replace('compiled.py', 'submodels/payoff.py'), 'a').write('# edited')\n"
    done = compile_in(tmp_path / "cache", PROGRAM.replace("\n@rule", edit + "\n@rule"), copied)
    assert (done.stdout, done.stderr) == ("0 read\n", "")
    assert compile_in(tmp_path / "cache", root=copied).stdout == "0 read\n"


def asked(root: Path, program: str) -> str:
    """What a program in a copy of the project prints, ``edit()`` being a change of one of its sources on the disk."""
    edit = f"edit = lambda: open({str(root / 'abm/submodels/payoff.py')!r}, 'a').write('# edited')\n"
    return compile_in(root, f"{edit}import abm\n{program}", root).stdout.strip()


def test_the_hash_is_of_what_was_loaded_not_of_what_lies_on_the_disk(copied):
    ask = "from abm.provenance import results_hash\nprint(results_hash())\n"
    before = asked(copied, ask)
    assert asked(copied, f"{ask}edit()\nprint(results_hash())") == f"{before}\n{before}"
    assert asked(copied, ask) != before


def test_sources_that_change_while_they_are_loaded_are_noticed_for_good(copied):
    ask = "try:\n    print(results_hash())\nexcept RuntimeError as error:\n    print(error)\n"
    path = copied / "abm/submodels/payoff.py"
    undo = f"open({str(path)!r}, 'r+').truncate({path.stat().st_size})\n"
    told = asked(copied, f"edit()\nfrom abm.provenance import results_hash\n{ask}{undo}{ask}")
    assert told == "\n".join(["the model's sources changed while they were loaded (abm/submodels/payoff.py); start again"] * 2)


def test_no_two_generated_functions_share_a_name():
    """Loaded from the disk into one process they would run as the same; the same lines again are the same function."""
    one = generated("doubled", ["def doubled(x):", "    return 2 * x"], {})
    assert one(4) == generated("doubled", ["def doubled(x):", "    return 2 * x"], {})(4) == 8
    with pytest.raises(ValueError, match="doubled: another generated function has this name"):
        generated("doubled", ["def doubled(x):", "    return 3 * x"], {})
