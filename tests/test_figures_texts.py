"""Long titles and names overprint nothing and leave no figure, whatever a scenario calls its vendors."""

from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp

import numba
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Patch
from matplotlib.text import Text

import runs
from abm.scenario import Scenario
from analysis.comparisons import figure as differences
from analysis.comparisons.comparison import Arm, compare
from analysis.figures import FIGURES, figure, style
from runs import library
from runs.plan import TABLES, Plan
from tests import sweeps
from tests.results import EAGER

LONG = "Confederation of North American Laboratories", "Bosnia-Herzegovinian Model Exchange for $mall Nations"
WITHOUT_A_BREAK = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk"
CASES = {
    "third-vendor": {"extends": "third-vendor"},
    "local-providers": {"extends": "local-providers"},
    "three long titles": {
        "title": " ".join(["A title that takes more than a line of the page"] * 4),
        "nations": {"exclude": ["SAU", "CAN", "CHE"]},
        "vendors": {
            name: {"title": title, "iso3": iso3, "ideal_point": 0.1, "compute_share": 0.04}
            for name, title, iso3 in zip(("one", "two", "three"), (*LONG, WITHOUT_A_BREAK), ("SAU", "CAN", "CHE"), strict=True)
        },
    },
}


@cache
def result(case):
    """A short run of a case with coalitions in it."""
    fields = dict(CASES[case])
    base = fields.pop("extends", None)
    values = {"steps": 12, "step_years": 0.25} | EAGER
    scenario = library.scenario(base) if base else Scenario.parse(fields, case)
    plan = Plan(scenario.with_values(values), replicates=2, seed=3, tables=TABLES)
    return runs.open(sweeps.carry(plan, Path(mkdtemp()) / "result"))


def written(done, monkeypatch) -> dict[Text, object]:
    """Every text that a drawing writes, with its box in pixels; no other may overlap it."""
    found: dict[Text, object] = {}
    draw = Text.draw

    def noted(text, renderer, *more, **named):
        if text.get_visible() and text.get_text().strip():
            found[text] = Text.get_window_extent(text, renderer)
        return draw(text, renderer, *more, **named)

    FigureCanvasAgg(done).draw()  # everything finds its place
    with monkeypatch.context() as patched:
        patched.setattr(Text, "draw", noted)
        done.canvas.draw()
    return found


def faults(done, monkeypatch, least: int = 0) -> list[str]:
    """Texts that are cut by the figure's edge, and pairs that overprint each other by more than a pixel; ``least`` are drawn."""
    boxes, page = written(done, monkeypatch), done.bbox
    assert len(boxes) >= least
    cut = [
        text.get_text() for text, box in boxes.items()
        if min(box.x0 - page.x0, box.y0 - page.y0, page.x1 - box.x1, page.y1 - box.y1) < -1
    ]
    over = [
        f"{one.get_text()} / {other.get_text()}" for (one, a), (other, b) in combinations(boxes.items(), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]
    return [*cut, *over]


#: Nobody else has five vendors, and not to compile for them takes a quarter of the time.
UNCOMPILED = "three long titles"
#: One process simulates a case, and compiles for its vendors, not two at once.
OF_THIS_PASS = [
    pytest.param(case, marks=[pytest.mark.xdist_group(case), *([pytest.mark.uncompiled] if case == UNCOMPILED else [])])
    for case in CASES if (case == UNCOMPILED) == bool(numba.config.DISABLE_JIT)
]


@pytest.mark.parametrize("case", OF_THIS_PASS)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_or_overprinted(name, case, monkeypatch):
    done = figure(name).draw(result(case))
    assert faults(done, monkeypatch, least=6) == []


@pytest.mark.parametrize("others", [1, 2, 3, 4])
@pytest.mark.parametrize("name", [LONG[0], WITHOUT_A_BREAK, "results/" + "a-very-long-name-" * 8])
def test_scenarios_of_long_names_are_compared_side_by_side(name, others, monkeypatch):
    chance = np.random.default_rng(1)
    measures = ["sovereignty", "cohesion", "gdp_coalition"]
    arms = [Arm(f"{name} {k}", pd.DataFrame(chance.normal(k, 1, (20, 3)), columns=measures)) for k in range(others + 1)]
    assert faults(differences.draw(compare(arms, ("us", "china"))), monkeypatch) == []


@style.styled
def legend_of(labels):
    done = style.new(2.0)
    done.subplots().set_axis_off()
    style.above(done, [Patch(label=label) for label in labels])
    return done


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("letters", [1, 20, 40, 70])
def test_a_legend_takes_as_many_columns_as_there_is_room_for(count, letters, monkeypatch):
    assert faults(legend_of(["M" + "o" * (letters - 1)] * count), monkeypatch) == []


@pytest.mark.parametrize("text", ["", " ", "short", LONG[0], LONG[1], WITHOUT_A_BREAK, "x" * 500, "a b " * 200, "$" * 80])
def test_a_told_text_keeps_within_its_lines(text):
    lines = style.wrapped(text, 24, 2).replace(r"\$", "$").split("\n")
    assert len(lines) <= 2
    assert all(len(line) <= 24 for line in lines)
    assert len(text) > 24 or "\n".join(lines) == (text.strip() or text)
    assert "\n".join(lines)[:10].replace("\n", " ").split() == text[:10].split() or len(text) > 24
