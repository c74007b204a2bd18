"""A table of results, and what they were measured on."""

from __future__ import annotations

import datetime
import platform
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from abm.provenance import provenance
from runs.sweep import processors


@dataclass
class Table:
    """``rows`` under ``columns``; numbers are written with three digits. ``note`` says how it was measured."""

    title: str
    columns: list[str]
    rows: list[list]
    note: str = field(default="")

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [self.columns, ["---"] * len(self.columns), *([_text(cell) for cell in row] for row in self.rows)]
        return "\n".join([f"### {self.title}", "", *(f"| {' | '.join(line)} |" for line in lines), "", self.note, ""])


def _text(cell) -> str:
    if not isinstance(cell, float):  # as those of numpy are
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"


def exponent(sizes, times) -> float:
    """Slope of log time over log size, by least squares: 1 for work that grows in proportion."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def processor() -> str:
    """What the machine calls its processor."""
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return names[0] if names else platform.processor()


def machine() -> str:
    """Processor, memory and versions as a paragraph."""
    about = provenance()
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"Measured on {datetime.date.today()}: {processor()}, {processors()} processors, "
        f"{memory:.0f} GiB, {platform.system()} {platform.machine()}; Python {about['python']}, {packages}; "
        f"ai-sovereignty {about['version']}, sources {about['sources']}."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
