"""``abm status``: how far a result is, how fast, what failed, what is left."""

from __future__ import annotations

from pathlib import Path

from runs.clock import read
from runs.results import open_result
from runs.store import Store


def add(commands) -> None:
    """Its arguments."""
    status = commands.add_parser(
        "status",
        help="how far a sweep is, how fast, failures, time left",
        description="Say how far a run or sweep is, also while another process does it.",
    )
    status.add_argument("directory", metavar="DIR", help="result directory of a run or sweep")
    status.set_defaults(act=act)


def act(arguments) -> int:
    """Say it in a few lines."""
    print("\n".join(lines(Path(arguments.directory))))
    return 0


def lines(directory: Path) -> list[str]:
    """What a person wants to know, a line each."""
    result, store = open_result(directory), Store(directory)
    plan, count = result.plan, result.plan.count
    done = sum(len(plan.runs(chunk)) for chunk, _ in store.chunks("runs"))
    failed = result.sql("select count(*) from runs where status = 'failed'").fetchall()[0][0] if done else 0
    state = "complete" if done == count else "running" if store.locked() else "interrupted"
    rate = read(store)["rate"]
    found = [f"{plan.name}: {state}, {done:,} of {count:,} runs ({100 * done // count} %), {failed:,} failed"]
    if state == "running" and rate > 0:
        found.append(f"{rate:,.0f} runs/s, {_duration((count - done) / rate)} left")
    elif state == "interrupted":
        found.append("the same command goes on where it was")
    elif state == "complete":
        seconds = result.manifest["seconds"]
        found.append(f"took {_duration(seconds)}, {count / max(seconds, 1e-9):,.0f} runs/s")
    return found


def _duration(seconds: float) -> str:
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
