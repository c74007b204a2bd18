"""Golden answers: what each question said of one small world when its rules were last changed on purpose.

``make golden`` renews them. The world names every parameter, so that new defaults leave the answers alone.
"""

import json
from pathlib import Path
from typing import Any

from abm import parameters
from abm.scenario import Scenario
from analysis.questions import question
from tests import questions

FOLDER = Path(__file__).parent / "golden_answers"
WORLD = FOLDER / "world.json"
#: Questions kept here, with their replicates.
KEPT = {
    "tipping": 16, "window": 12, "rules": 8, "shock": 12, "levers": 8, "what-breaks": 2, "smallest-coalition": 24, "pivotal": 8,
    "cost-key": 16, "free-riding": 12, "early-warning": 60,
}  # fmt: skip
#: A part of what is asked by default, where all of it would take long.
ALSO: dict[str, dict[str, Any]] = {
    "smallest-coalition": {"every": 4, "lag": 18.0},
    "pivotal": {"nations": 4, "year": 2029},
    "free-riding": {"values": 5},
    "early-warning": {"least": 2},
}
#: Options that differ from the defaults.
OPTIONS: dict[str, dict[str, Any]] = {**questions.FEW, "tipping": {"parameter": "inference_cost", "rungs": 3}, **ALSO}


def world() -> Scenario:
    """The world of the golden answers."""
    return Scenario.parse(json.loads(WORLD.read_text("utf-8")), "golden")


def found(name: str) -> dict[str, Any]:
    """An answer as plain data: the sentence, and every number with its interval (None where undefined)."""
    answer = questions.ask(question(name), world(), KEPT[name], **OPTIONS.get(name, {}))
    numbers = {key: [stated.estimate.value, stated.estimate.low, stated.estimate.high] for key, stated in answer.stated.items()}
    return {
        "sentence": answer.sentence,
        "numbers": {key: [None if value != value else float(value) for value in values] for key, values in numbers.items()},
        "rows": len(answer.table),
    }


def _freeze() -> None:
    """Write the world once, with the defaults of the day."""
    values: dict[str, Any] = {}
    for name, (parameter, _) in parameters.names().items():
        number = parameters.defaults()[name]
        values[name] = parameter.choices[int(number)] if parameter.choices else number
    document = {"nations": {"select": questions.NATIONS}, "steps": 40, "parameters": values | questions.LIVELY}
    WORLD.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def main() -> None:
    """Rewrite the golden answers; the world only where there is none."""
    FOLDER.mkdir(exist_ok=True)
    if not WORLD.exists():
        _freeze()
    for name in KEPT:
        (FOLDER / f"{name}.json").write_text(json.dumps(found(name), indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"wrote tests/golden_answers/{name}.json")


if __name__ == "__main__":
    main()
