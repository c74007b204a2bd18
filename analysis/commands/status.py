"""``abm status``: how far a result is, how fast, what failed, what is left."""

from __future__ import annotations

from pathlib import Path

from runs.progress import so_far
from runs.resources import duration, size
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
    status.add_argument("--verify", action="store_true",
                        help="read every byte, also of a large result, of which else names, sizes and footers are looked at")
    status.set_defaults(act=act)


def act(arguments) -> int:
    """Say it in a few lines."""
    print("\n".join(lines(Path(arguments.directory), arguments.verify)))
    return 0


def lines(directory: Path, verify: bool = False) -> list[str]:
    """What a person wants to know, a line each. Errors: StoreError where a file is not as it was written."""
    result, store = open_result(directory, verify or None), Store(directory)
    plan, count, done = result.plan, result.plan.count, result.done
    state = "complete" if done == count else "running" if store.locked() else "interrupted"
    rate = so_far(store)["rate"]
    found = [f"{plan.name}: {state}, {done:,} of {count:,} runs ({100 * done // count} %), {result.failed:,} failed"]
    if state == "running" and rate > 0:
        found.append(f"{rate:,.0f} runs/s, {duration((count - done) / rate)} left")
    elif state == "interrupted":
        found.append("the same command goes on where it was")
    elif state == "complete":
        seconds = result.manifest["seconds"]
        found.append(f"took {duration(seconds)}, {count / max(seconds, 1e-9):,.0f} runs/s")
    seen = "every byte was read" if result.every_byte else "names, sizes and footers; --verify reads every byte"
    return [*found, f"{size(result.size)} in {len(plan.tables) * len(result.chunks):,} files, as they were written ({seen})"]
