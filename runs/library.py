"""The scenarios and sweeps that come with the package, and finding one by name or path."""

from __future__ import annotations

from pathlib import Path

from abm.scenario import Scenario, ScenarioError
from abm.words import nearest

SCENARIOS = Path(__file__).parent / "scenarios"
SWEEPS = Path(__file__).parent / "sweeps"


def names(folder: Path = SCENARIOS) -> list[str]:
    """Names of what comes with the package."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def find(name: str, folder: Path = SCENARIOS, what: str = "scenario") -> Path:
    """The file behind a name or a path; ScenarioError with the nearest name where there is none."""
    shipped = folder / f"{name}.toml"
    if shipped.is_file() and "/" not in name:
        return shipped
    path = Path(name)
    if path.exists() or path.suffix.lower() == ".toml" or "/" in name:
        return path
    raise ScenarioError(f"{name}: no such {what}; {nearest(name, names(folder))}")


def scenario(name: str) -> Scenario:
    """A scenario by name or path."""
    return Scenario.read(find(name), SCENARIOS)
