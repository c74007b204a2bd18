"""Asking a question, from Python as from the command line: it is answered as precisely as wanted, and can be kept in a folder."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from abm.provenance import provenance
from abm.scenario import Scenario
from abm.words import ArgumentError, nearest
from analysis.experiments.inquiry import Answer, Inquiry, Option, Stated
from analysis.experiments.uncertainty import free_draws
from analysis.figures import style
from analysis.questions import question
from analysis.questions.report import page
from runs.folders import write_table

NAMES = ("answer.json", "answer.md", "table.csv", "figure.png", "figure.svg")
MOST = 20_000  #: replicates that a precision may ask for


@dataclass(frozen=True)
class Reply:
    """A question answered: what was asked of which scenario (``inquiry``), the ``answer``, and how long it took [s]."""

    name: str
    inquiry: Inquiry
    answer: Answer
    seconds: float

    def __repr__(self) -> str:
        return f"Reply({self.name} of {self.inquiry.scenario.name}: {self.sentence})"

    @property
    def sentence(self) -> str:
        """The answer in a sentence, with its uncertainty."""
        return self.answer.sentence

    @property
    def table(self) -> pd.DataFrame:
        """All that the figure shows, a row per thing compared."""
        return self.answer.table

    @property
    def stated(self) -> dict[str, Stated]:
        """The numbers of the answer by key, each with its label, unit and 95 % interval; the headline first."""
        return self.answer.stated

    @property
    def notes(self) -> list[str]:
        """What to beware of."""
        return self.answer.notes

    def figure(self) -> Figure:
        """The answer as a figure of Matplotlib."""
        return question(self.name).draw(self.answer)

    def save(self, folder: str | Path) -> None:
        """Write ``answer.json``, ``answer.md``, ``table.csv``, ``figure.png`` and ``figure.svg`` into a folder, which is made."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        write(Path(folder), self)

    def document(self) -> dict[str, Any]:
        """All of it but table and figure as plain data, with what is needed to ask again."""
        return {
            "question": self.name,
            "title": question(self.name).TITLE,
            "answer": self.sentence,
            "numbers": {key: {"label": s.label, "unit": s.unit} | _plain(s.estimate) for key, s in self.stated.items()},
            "notes": self.notes,
            "scenario": self.inquiry.scenario.document(),
            "scenario_name": self.inquiry.scenario.name,
            "options": self.inquiry.options,
            "replicates": self.inquiry.replicates,
            "seed": self.inquiry.seed,
            "uncertainty": _drawn(self.inquiry.draws),
            "provenance": provenance(),
            "seconds": round(self.seconds, 2),
        }

    def _repr_markdown_(self) -> str:
        """How a notebook shows it."""
        return "\n\n".join([self.sentence, *(f"> {note}" for note in self.notes)])


def write(folder: Path, reply: Reply) -> None:
    """The files of :data:`NAMES` in a folder that stands."""
    module = question(reply.name)
    write_table(folder / "table.csv", reply.table)
    style.save(reply.figure(), folder, "figure", module.TITLE, module.CAPTION)
    (folder / "answer.md").write_text(page(reply.name, module, reply.inquiry, reply.answer), "utf-8")
    (folder / "answer.json").write_text(json.dumps(reply.document(), indent=2, default=float) + "\n", "utf-8")


def reply(
    name: str,
    scenario: Scenario,
    options: Mapping[str, Any],
    replicates: int | None = None,
    precision: float | None = None,
    uncertainty: str = "none",
    seed: int = 0,
    given: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] = lambda runs: None,
    notice: Callable[[str], object] = lambda sentence: None,
    expect: Callable[[int], object] = lambda runs: None,
) -> Reply:
    """Ask question ``name`` of ``scenario``, in which the parameters ``given`` were set for it.

    ``options`` are the question's own, by name. ``precision`` raises the replicates until the headline's interval is within ±
    that; ``uncertainty`` "posterior" draws all that was fitted. ``expect`` is told how many runs are to come, ``progress`` how
    many more are done, ``notice`` what the answer cannot keep of what was asked. Errors: ValueError in one sentence,
    ArgumentError where one argument is the matter.
    """
    module, began = question(name), time.perf_counter()
    inquiry = inquiry_of(module, scenario, options, replicates, uncertainty, seed, given or {})
    answer, inquiry = _answered(module, replace(inquiry, progress=progress), precision, expect, notice)
    return Reply(name, inquiry, answer, time.perf_counter() - began)


def inquiry_of(
    module: ModuleType, scenario: Scenario, options: Mapping[str, Any], replicates: int | None, uncertainty: str, seed: int,
    given: Mapping[str, Any],
) -> Inquiry:  # fmt: skip
    """What is asked. Errors: ArgumentError for an option that is unknown, not admissible, or without effect beside the others."""
    known = {option.name: option for option in module.OPTIONS}
    for name, value in options.items():
        if name not in known:
            raise ArgumentError(name, value, f"no such option of this question; {nearest(name, known)}")
    chosen = {name: _parsed(option, options[name]) if name in options else option.default for name, option in known.items()}
    inquiry = Inquiry(scenario, replicates or module.REPLICATES, chosen, seed, _draws(uncertainty, scenario, given))
    for idle, why in getattr(module, "unused", lambda inquiry: {})(inquiry).items():
        if idle in options or (idle.startswith("set ") and idle.removeprefix("set ") in given):
            raise ArgumentError(idle, None, why)
    return inquiry


def _parsed(option: Option, value: Any) -> float | int | str:
    try:
        return option.parse(str(value))
    except ValueError as error:
        raise ArgumentError(option.name, None, str(error)) from None


def _draws(uncertainty: str, scenario: Scenario, given: Mapping[str, Any]) -> pd.DataFrame | None:
    if uncertainty == "none":
        return None
    if uncertainty != "posterior":
        raise ArgumentError("uncertainty", uncertainty, "allowed is none, posterior")
    from analysis.calibration import posterior

    draws = free_draws(posterior(), scenario, given)
    if draws.empty:
        why = "every parameter of the posterior's sample is set or decided; leave it out"
        raise ArgumentError("uncertainty", uncertainty, why)
    return draws


def _answered(module: ModuleType, inquiry: Inquiry, precision: float | None, expect, notice) -> tuple[Answer, Inquiry]:
    """The answer, with as many replicates as the precision asked for needs; those already run are the first of them."""

    def answered(inquiry: Inquiry) -> Answer:
        expect(module.runs_of(inquiry))
        return module.answer(inquiry)

    answer = answered(inquiry)
    if precision is not None and not math.isfinite(answer.headline.estimate.half_width):
        notice(f"precision {precision:g}: the headline has no interval here, so that more replicates would not narrow it")
    while precision is not None and answer.headline.estimate.half_width > precision:
        if inquiry.replicates >= MOST:
            notice(f"precision {precision:g}: not reached with {inquiry.replicates:,} replicates; the interval is what it is")
            break
        needed = inquiry.replicates * (answer.headline.estimate.half_width / precision) ** 2 * 1.1
        inquiry = inquiry.with_replicates(min(MOST, max(inquiry.replicates + 50, int(needed))))
        answer = answered(inquiry)
    return answer, inquiry


def _drawn(draws: pd.DataFrame | None) -> str:
    """What was drawn, in words."""
    return "none" if draws is None else f"posterior, {len(draws)} draws of {', '.join(map(str, draws))}"


def _plain(estimate) -> dict[str, float | None]:
    """An estimate for JSON, which knows no NaN."""
    return {key: None if value != value else value for key, value in asdict(estimate).items()}
