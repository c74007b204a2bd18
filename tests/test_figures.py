"""Every figure draws every kind of result, shows what was recorded, and keeps within its canvas."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from abm import options, palette
from abm.model import Model
from analysis.figures import FIGURES, alliances, figure, geography, labels, reasons, style
from analysis.methods.statistics import wilson
from analysis.reading import ensembles, replay
from analysis.reading.replay import models, replayed
from tests import results
from tests.results import result

#: One process compiles for all nations, not two at once.
ALL = pytest.param("all nations", marks=[pytest.mark.slow, pytest.mark.xdist_group("all nations")])
CASES = [ALL if case == "all nations" else case for case in results.CASES]


def drawn(name, case):
    """The figure after a draw, when everything has its place."""
    done = figure(name).draw(result(case))
    FigureCanvasAgg(done).draw()
    return done


def by_time(case, column):
    table = result(case).series([column]).pivot(index="time", columns="run", values=column)
    return table.astype(float)


def texts(done):
    return [text.get_text() for text in done.findobj(mpl.text.Text) if text.get_visible() and text.get_text()]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_keeps_within_its_canvas_and_saves_valid_files(name, case, tmp_path):
    done = drawn(name, case)
    box, (width, height) = done.get_tightbbox(), done.get_size_inches()
    assert min(box.x0, box.y0) > -0.02
    assert box.x1 < width + 0.02
    assert box.y1 < height + 0.02
    module = figure(name)
    png, svg = style.save(done, tmp_path, name, module.TITLE, module.CAPTION)
    with Image.open(png) as picture:
        picture.verify()
        assert picture.width == round(width * style.DPI)
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert module.TITLE in svg.read_text()


@pytest.mark.parametrize("case", ["baseline", "three vendors", "few steps"])
def test_stacked_shares_add_up_to_one_and_spreads_are_those_of_the_record(case):
    top, bottom = drawn("stances", case).subfigs
    names = style.option_names(result(case))
    assert len(top.axes) == 2
    for axes, measure in zip(top.axes, ("nations", "gdp"), strict=True):
        heights = np.array([by_time(case, f"{measure}_{name}").mean(axis=1) for name in names]).cumsum(axis=0)
        assert np.allclose(heights[-1], 1)
        for layer, height in zip(axes.collections, heights, strict=True):
            assert set(np.round(height, 9)) <= set(np.round(layer.get_paths()[0].vertices[:, 1], 9))
    for axes, name in zip(bottom.axes, names, strict=True):
        shown, dashed = axes.lines
        assert np.allclose(shown.get_ydata(), by_time(case, f"gdp_{name}").median(axis=1))
        assert np.allclose(dashed.get_ydata(), by_time(case, f"nations_{name}").median(axis=1))


def test_lags_are_medians_in_months_over_the_replicates_that_have_them():
    upper, lower = drawn("lag", "baseline").axes
    assert "months" in upper.get_ylabel()
    columns = [f"lag_{name}" for name in (*result("baseline").vendors, "coalition", "mean")]
    for line, column in zip(upper.lines, columns, strict=True):
        assert np.allclose(line.get_ydata(), by_time("baseline", column).median(axis=1), equal_nan=True)
    chance = by_time("baseline", "lag_coalition").notna().mean(axis=1)
    assert chance.iloc[-1] > 0
    assert lower.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(chance.max())


def test_a_lag_without_coalition_leaves_the_coalition_out():
    assert not any(text == "coalition" for text in texts(drawn("lag", "no coalition")))


def test_turnover_is_that_of_the_last_year():
    upper, lower = drawn("structure", "baseline").axes
    rate = by_time("baseline", "turnover").iloc[1:] / 0.25
    assert np.allclose(upper.lines[0].get_ydata(), rate.rolling(4, min_periods=1).mean().median(axis=1))
    assert np.allclose(lower.lines[0].get_ydata(), by_time("baseline", "modularity").median(axis=1))
    assert "per year" in upper.get_ylabel()


@pytest.mark.parametrize("case", ["baseline", "synthetic"])
def test_a_timeline_has_a_bar_per_stay_and_a_row_per_nation(case):
    done = drawn("timelines", case)
    choices = result(case).choices()
    held = choices[choices["run"] == 0].assign(source=lambda rows: rows["coalition"].fillna(rows["option"]))
    table = held.pivot(index="step", columns="iso3", values="source")
    stays = int((table != table.shift()).to_numpy().sum())
    assert sum(len(axes.collections[0].get_paths()) for axes in done.axes) == stays
    named = [label.get_text() for axes in done.axes for label in axes.get_yticklabels()]
    assert sorted(named) == sorted(result(case).scenario.nations()["name"])


def test_a_timeline_ends_with_the_stances_of_the_last_step():
    run = ensembles.stances(result("baseline"))
    colour = style.colours(result("baseline").vendors, run.coalitions)
    bars = drawn("timelines", "baseline").axes[0].collections[0]
    ends = np.array([path.vertices[:, 0].max() for path in bars.get_paths()])
    last = bars.get_facecolors()[ends == run.end, :3]
    wanted = sorted(to_rgb(colour[source]) for source in run.source[-1])
    assert np.allclose(sorted(map(tuple, last)), wanted)


def test_membership_shows_the_shares_of_the_record():
    choices = result("baseline").choices()
    member = choices.assign(member=choices["coalition"].notna())
    at_end = member[member["step"] == 24].groupby("iso3")["member"].mean()
    ever = member.groupby(["iso3", "run"])["member"].max().groupby("iso3").mean()
    names = result("baseline").scenario.nations()["name"]
    found = {}
    for axes in drawn("membership", "baseline").axes:
        hollow, filled = (line.get_xdata() for line in axes.lines)
        found |= dict(zip([label.get_text() for label in axes.get_yticklabels()], zip(hollow, filled)))
    assert found == {names[iso3]: (pytest.approx(ever[iso3]), pytest.approx(at_end[iso3])) for iso3 in names.index}
    assert at_end.max() > 0


@pytest.mark.parametrize(("hits", "count", "low", "high"), [(0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1)])
def test_wilsons_interval(hits, count, low, high):
    assert wilson(hits, count) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_the_map_paints_each_outline_in_the_colour_of_its_nation():
    run = ensembles.stances(result("baseline"))
    colour = style.colours(result("baseline").vendors, run.coalitions)
    axes = drawn("map", "baseline").axes[3]
    faces = axes.collections[0].get_facecolors()[:, :3]
    held = dict(zip(run.nations.index, run.source[-1], strict=True))
    wanted = [to_rgb(colour[held[iso3]] if iso3 in held else style.PALE) for iso3 in geography.outlines()]
    assert np.allclose(faces, wanted)
    sizes = pd.Series(run.coalition[-1]).value_counts().drop("", errors="ignore")
    shown = [text.get_text() for text in axes.texts]
    assert len(sizes) > 0
    assert {f"{name}: {size} nations" for name, size in sizes.items()} <= set(shown)
    ties = [len(lines.get_segments()) for lines in axes.collections if isinstance(lines, mpl.collections.LineCollection)]
    assert sorted(ties) == sorted(size - 1 for size in sizes)


def test_the_projection_is_equal_earth_and_holes_run_backwards():
    assert geography.project(0.0, 0.0) == pytest.approx([0, 0])
    assert geography.project(180.0, 0.0)[0] == pytest.approx(2.7066, abs=1e-4)
    assert geography.project(0.0, 90.0)[1] == pytest.approx(1.3174, abs=1e-4)
    rings = geography.outlines()["ZAF"].to_polygons(closed_only=False)
    areas = [geography._area(np.asarray(ring)) for ring in rings]
    assert sorted(np.sign(areas)) == [-1, 1]


@pytest.mark.parametrize("case", ["baseline", "three vendors", "no coalition"])
def test_the_network_keeps_its_places_and_has_every_tie(case):
    done = drawn("alliances", case)
    places = [axes.collections[1].get_offsets() for axes in done.axes]
    assert all(np.array_equal(places[0], other) for other in places)
    ties = result(case).ties()
    end = ties[(ties["run"] == 0) & ties["end"].isna()]
    assert len(done.axes[-1].collections[0].get_segments()) == end["kind"].isin(["client", "ally"]).sum()
    names = [axes.get_title(loc="left") for axes in done.axes]
    assert names == [f"{ensembles.stances(result(case)).times[step]:g}" for step in ensembles.stances(result(case)).steps(4)]


def test_points_that_are_pushed_apart_stay_in_the_panel_and_apart():
    points = alliances.spread_out(np.zeros((30, 2)), np.zeros(30))
    assert np.linalg.norm(points / alliances.SIZE, axis=1).max() < 1 + 1e-9
    assert min(np.linalg.norm(a - b) for a, b in combinations(points, 2)) > 0.1


@pytest.mark.parametrize("case", ["baseline", "three vendors"])
def test_the_replay_is_the_recorded_run(case):
    run = ensembles.stances(result(case))
    for step, model in enumerate(models(result(case), 0)):
        assert [nation.option for nation in model.nations] == run.option[step].tolist()
    series = result(case).series().set_index(["run", "step"]).loc[0]
    again = replayed(result(case))
    gdp = np.array([nation.gdp for nation in model.nations])
    worth = gdp * np.array([nation.benefit for nation in model.nations])
    assert np.average(again.lag[-1], weights=gdp) == pytest.approx(series["lag_mean"].iloc[-1])
    assert np.average(again.sovereignty[-1], weights=worth) == pytest.approx(series["sovereignty"].iloc[-1])


def test_nations_stand_at_their_mean_lag_and_sovereignty():
    done = drawn("sovereignty", "baseline")
    again = replayed(result("baseline"))
    order = np.argsort(-again.run.nations["gdp_usd_bn"].to_numpy(), kind="stable")
    means = np.stack([again.lag.mean(axis=0), again.sovereignty.mean(axis=0)], axis=1)[order]
    dots = next(one for one in done.axes[0].collections if len(one.get_offsets()) == len(order))
    assert np.allclose(dots.get_offsets(), means)
    assert "months" in done.axes[0].get_xlabel()
    assert 6 <= len(done.axes[0].texts) <= 12, "the largest, as far as there is room"


def test_labels_overlap_neither_each_other_nor_a_point():
    chance = np.random.default_rng(1)
    done = Figure(figsize=(6, 4))
    FigureCanvasAgg(done)
    axes = done.add_axes((0.1, 0.1, 0.8, 0.8))
    points, areas = chance.random((40, 2)), chance.uniform(5, 60, 40)
    written = labels.place(axes, points, areas, [f"Nation {i}" for i in range(12)])
    boxes = [text.get_window_extent() for text in written]
    assert len(written) == 12
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    centres = axes.transData.transform(points)
    assert not any(box.contains(*centre) for box in boxes for centre in centres)
    assert all(axes.bbox.contains(*corner) for box in boxes for corner in box.get_points())


def test_a_labels_line_crosses_no_other_label():
    done = Figure(figsize=(4, 3))
    FigureCanvasAgg(done)
    axes = done.add_axes((0.1, 0.1, 0.8, 0.8))
    points = 0.4 + 0.2 * np.random.default_rng(4).random((16, 2))  # a crowd in the middle
    written = labels.place(axes, points, np.full(16, 14.0), [f"Nation {i}" for i in range(12)])
    done.draw_without_rendering()
    boxes = {text: Text.get_window_extent(text) for text in written}  # an annotation's own would hold its line too
    led = [text for text in written if text.arrow_patch is not None]
    assert len(led) >= 4
    for text in led:
        point, middle = axes.transData.transform(text.xy), boxes[text].get_points().mean(axis=0)
        line = [point + share * (middle - point) for share in np.linspace(0.05, 0.9, 30)]
        assert not any(box.contains(*spot) for other, box in boxes.items() if other is not text for spot in line)


@pytest.mark.parametrize("case", ["baseline", "three vendors", "no coalition", "few steps", "synthetic"])
def test_reasons_add_up_to_the_payoff_of_the_option_taken(case):
    done, again = drawn("reasons", case), replayed(result(case))
    assert len(again.decisions) == min(5, len(again.run.nations))
    names = options.source_names(result(case).vendors)
    for axes, decision in zip(done.axes, again.decisions, strict=True):
        widths: dict[float, float] = {}
        for bar in axes.patches:
            widths[round(bar.get_y(), 3)] = widths.get(round(bar.get_y(), 3), 0) + bar.get_width()
        table = decision.table
        assert np.allclose([widths[y] for y in sorted(widths)], table["payoff"])
        assert np.allclose(axes.lines[-2].get_xdata(), table["payoff"])
        assert set(decision.table.index) <= set(names)
        i = again.run.nations["name"].tolist().index(decision.name)
        source = again.run.source[-1, i]
        taken = [label.get_text() for label in axes.get_yticklabels() if label.get_text().startswith("\u25b6")]
        wanted = f"coalition {source}" if source in again.run.coalitions else style.labels(result(case))[source]
        assert taken == [f"\u25b6 {wanted}"]


def test_a_nation_took_the_best_option_with_chance_unless_it_had_to_leave_or_others_moved_it(monkeypatch):
    monkeypatch.setattr(replay, "telling", lambda run: range(len(run.nations)))
    again = replay.replay(result("invited"))
    run, decisions = again.run, again.decisions
    invited = [decision for decision in decisions if not decision.reviewed]
    assert any(decision.chosen.startswith("coalition") for decision in invited)
    assert len(invited) < len(decisions)
    for i, decision in enumerate(decisions):
        changes = run.times[1:][run.source[1:, i] != run.source[:-1, i]]
        assert len(changes) == 0 or decision.date == changes[-1]
        assert decision.chosen in decision.table.index
        left = [row for row, text in decision.coalitions.items() if text.endswith("left")]
        if decision.reviewed:
            total = (decision.table["payoff"] + decision.table["taste"]).drop(left)
            assert total.idxmax() == decision.chosen


def test_the_reasons_are_what_the_model_explains():
    again = replayed(result("one replicate"))
    decision = next(decision for decision in again.decisions if decision.reviewed)
    model = Model(result("one replicate").scenario, rng=3)
    while model.date < decision.date:
        model.step()
    explained = model.explain(next(nation.iso3 for nation in model.nations if nation.name == decision.name))
    assert decision.table.equals(explained.loc[decision.table.index])


def test_reasons_show_every_term():
    from abm.attributes import TERMS

    assert set(reasons.LABELS) == set(palette.FIGURE_TERMS) == set(TERMS) - {"taste"}


def test_colours_differ_also_for_the_colour_blind():
    shades = np.array([to_rgb(shade) for shade in options.colours(("us", "china", "third", "fourth")).values()])
    linear = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
    deuteranopia = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    for seen in (linear, linear @ deuteranopia.T):
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 0.1


def test_the_style_stays_within_the_figures():
    before = dict(mpl.rcParams)
    drawn("lag", "few steps")
    assert dict(mpl.rcParams) == before


def test_dates_run_from_the_first_to_the_last():
    axes = drawn("structure", "baseline").axes[0]
    assert axes.get_xlim() == (2025, 2031)
    assert all(b - a == 1 for a, b in pairwise(axes.get_xticks()))


def test_matplotlib_is_loaded_only_to_draw():
    program = "import sys, analysis.reports.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
