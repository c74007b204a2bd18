"""Golden results: what a few runs left when their rules were last changed on purpose. ``make golden`` renews them.

One text file per world: final measures, and the choices of every nation step by step, a letter per nation.
"""

import json
from pathlib import Path

import numpy as np

from abm import options
from abm.scenario import Scenario
from runs.ensemble import simulate
from tests import worlds

FOLDER = Path(__file__).parent / "golden"
VENDORS, SLOTS = "uxg", "ABCDEFGH"  # us, china and the third vendor; coalition slots

#: World -> (scenario, seeds).
RUNS = {
    "baseline": (Scenario.read(worlds.BASELINE), range(3)),
    "levers": (worlds.levers(14, 32), range(3)),
    "unanimity": (worlds.levers(14, 32, parameters={"admission": "unanimity", "cost_key": "equal"}), range(1)),
    "three_vendors": (worlds.levers(14, 32, vendors=worlds.THIRD_VENDOR), range(1)),
}


def results(name: str) -> dict:
    """What the runs of a world leave, as plain data: by seed, choices per step and final measures (None where undefined)."""
    scenario, seeds = RUNS[name]
    world = scenario.world()
    runs = simulate(world, scenario.content.steps, np.array(seeds), choices=True)
    letters = VENDORS[: len(world.vendors)] + "".join(option.letter for option in options.LONE) + SLOTS
    return {
        f"seed {seed}": {
            "choices": ["".join(letters[source] for source in row) for row in runs.sources[index]],
            "measures": {
                column: None if np.isnan(value) else value
                for column, value in zip(worlds.columns(world), runs.outcomes[index].tolist(), strict=True)
            },
        }
        for index, seed in enumerate(seeds)
    }


def main() -> None:
    """Rewrite the golden results."""
    FOLDER.mkdir(exist_ok=True)
    for name in RUNS:
        (FOLDER / f"{name}.json").write_text(json.dumps(results(name), indent=1) + "\n", encoding="utf-8")
        print(f"wrote tests/golden/{name}.json")


if __name__ == "__main__":
    main()
