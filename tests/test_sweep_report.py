"""Reports of sweeps: the figures that suit the design, numbers that are those of the tables, failures told."""

import html
import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser

import duckdb
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import runs
from analysis.commands import report as command
from analysis.commands.command_line import main
from analysis.commands.grammar import Parser
from analysis.figures import SWEEP_FIGURES, figure
from analysis.figures.phase_diagram import cells
from analysis.reading import indices, responses
from analysis.reading.sweep import OUTCOMES, Sweep, sweep, value_text
from analysis.reports import report, varied
from analysis.reports.reproduction import shipped
from runs import library, sweep_file
from runs.plan import Factor, Plan
from tests import sweeps, worlds

SHORT = {"convening_rate": 0.4, "review_rate": 1.5}
FACTORS = {
    "hazard_us": {"low": 0.02, "high": 1.0, "log": True, "count": 3},
    "convening_size": {"low": 3, "high": 7, "count": 3},
    "admission": ["open", "unanimity"],
}
DESIGNS = {
    "grid": ({"method": "grid"}, ("hazard_us", "convening_size"), {"phase-diagram", "response"}),
    "names": ({"method": "grid"}, ("hazard_us", "admission"), {"phase-diagram", "response"}),
    "one factor": ({"method": "grid"}, ("hazard_us",), {"response"}),
    "three": ({"method": "grid"}, tuple(FACTORS), {"response"}),
    "one at a time": ({"method": "one_at_a_time"}, tuple(FACTORS), {"response"}),
    "hypercube": ({"method": "latin_hypercube", "samples": 12}, tuple(FACTORS), {"response"}),
    "sobol": ({"method": "saltelli", "samples": 8}, ("hazard_us", "convening_size"), {"indices", "response"}),
    "morris": ({"method": "morris", "trajectories": 6}, tuple(FACTORS), {"indices"}),
}


def written(folder, design, names):
    """A sweep file over a small world, carried out."""
    scenario = folder / "small.toml"
    values = "\n".join(f"{name} = {value}" for name, value in SHORT.items())
    scenario.write_text(f'title = "Small"\nsteps = 10\n[nations]\nsynthetic = 8\n[parameters]\n{values}\n')
    lines = ['title = "A <b>small</b> sweep"', 'scenario = "small.toml"', "replicates = 2", "[design]"]
    lines += [f"{key} = {toml(value)}" for key, value in design.items()]
    cut = design["method"] in ("grid", "one_at_a_time")  # the others draw from the whole of a range
    ranges = {name: FACTORS[name] for name in names}
    if not cut:
        ranges = {name: {k: v for k, v in given.items() if k != "count"} if isinstance(given, dict) else given
                  for name, given in ranges.items()}  # fmt: skip
    lines += ["[factors]", *(f"{name} = {toml(given)}" for name, given in ranges.items())]
    (folder / "sweep.toml").write_text("\n".join(lines))
    return runs.open(sweeps.carry(sweep_file.read(folder / "sweep.toml"), folder / "result"))


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + " }"
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


@pytest.fixture(scope="module", params=DESIGNS)
def made(request, tmp_path_factory):
    design, names, figures = DESIGNS[request.param]
    return sweep(written(tmp_path_factory.mktemp("sweep"), design, names)), figures


def test_each_design_has_its_figures_and_one_page(made):
    found, figures = made
    page = report.write(found.result).read_text("utf-8")
    folder = found.result.directory / "figures"
    assert {path.stem for path in folder.glob("*.png")} == {path.stem for path in folder.glob("*.svg")} == figures
    assert page.count('src="data:image/png;base64,') == len(figures)
    assert "<h1>A &lt;b&gt;small&lt;/b&gt; sweep</h1>" in page
    assert "http" not in page.replace("http-equiv", "")
    for factor in found.factors:
        assert f"<td>{factor.name}</td>" in page
    assert "What moves GDP in coalitions most" in page or len(found.factors) == 1


def test_a_figure_keeps_within_its_canvas(made):
    found, figures = made
    for name in figures:
        drawn = figure(name).draw(found)
        FigureCanvasAgg(drawn).draw()
        box, (width, height) = drawn.get_tightbbox(), drawn.get_size_inches()
        assert min(box.x0, box.y0) > -0.02
        assert box.x1 < width + 0.02
        assert box.y1 < height + 0.02


def test_point_means_are_those_of_the_runs(made):
    found, _ = made
    wanted = duckdb.sql(
        "select point, avg(sovereignty) as sovereignty, avg((coalitions > 0)::int) as stands, count(*) as count "
        f"from '{found.result.directory}/runs/*.parquet' where status = 'done' group by point order by point"
    ).df()
    for name in ("sovereignty", "stands", "count"):
        assert found.table[name].to_numpy() == pytest.approx(wanted[name].to_numpy())
    assert (found.table["stands_low"] <= found.table["stands"]).all()
    assert found.table["stands_high"].max() <= 1


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    return written(tmp_path_factory.mktemp("grid"), *DESIGNS["grid"][:2])


def fresh(design, tmp_path):
    return written(tmp_path, *DESIGNS[design][:2])


def test_a_cell_of_the_phase_diagram_is_its_point(grid):
    found = sweep(grid)
    image = cells(found, "sovereignty")
    for point, (hazard, size) in enumerate(found.points):
        row, column = list(found.values(1)).index(size), list(found.values(0)).index(hazard)
        assert image[row, column] == found.table["sovereignty"][point]


def known(points, values, method="grid", names=("hazard_us", "portability"), replicates=2, **design):
    """A sweep whose outcome is given, whatever the model says."""
    plan = Plan(worlds.plain(), tuple(Factor(name) for name in names), np.asarray(points, float), replicates, 0, ("runs",),
                design={"method": method, **design})  # fmt: skip

    class Given:
        scenario, vendors, directory = plan.scenario, plan.scenario.vendor_names, "given"

    Given.plan = plan
    found = Sweep(Given(), ("sovereignty",))
    values = np.asarray(values, float)
    table = {"sovereignty": values, "sovereignty_low": values, "sovereignty_high": values, "count": np.isfinite(values) * 2}
    found.__dict__["table"] = pd.DataFrame(table)
    return found


def test_a_response_alone_holds_the_other_factors():
    points = [[0.1, 0.5], [0.2, 0.5], [0.4, 0.5], [0.1, 0.0], [0.1, 1.0]]
    found = known(points, [1, 2, 3, 10, 20], "one_at_a_time")
    assert responses.response(found, 0, "sovereignty")[["value", "mean"]].to_numpy().tolist() == [[0.1, 1], [0.2, 2], [0.4, 3]]
    assert responses.response(found, 1, "sovereignty")["mean"].tolist() == [10, 1, 20]
    assert responses.reach(found, "sovereignty").to_dict() == {"portability": 19, "hazard_us": 2}


def test_a_marginal_response_is_the_mean_over_the_others():
    points = [[a, b] for a in (0.1, 0.2) for b in (0.0, 0.5, 1.0)]
    found = known(points, [1, 2, 3, 5, 6, 10])
    curve = responses.response(found, 0, "sovereignty")
    assert curve[["value", "mean"]].to_numpy() == pytest.approx(np.array([[0.1, 2], [0.2, 7]]))


def test_many_values_are_binned_in_equal_shares():
    chance = np.random.default_rng(0)
    points = chance.random((400, 2))
    curve = responses.response(known(points, points[:, 0] ** 2, "latin_hypercube"), 0, "sovereignty")
    assert len(curve) == responses.BINS
    assert curve["mean"].to_numpy() == pytest.approx(curve["value"].to_numpy() ** 2, abs=0.005)


def saltelli(samples):
    from SALib.sample.sobol import sample

    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 1]]}
    return sample(problem, samples, calc_second_order=False, seed=0)


def test_sobol_indices_of_a_sum_are_known():
    """Y = 2a + b: variances 4/12 and 1/12, no interaction."""
    points = saltelli(512)
    table = indices.indices(known(points, 2 * points[:, 0] + points[:, 1], "saltelli"), "sovereignty")
    assert table.loc[["hazard_us", "portability"], "first"].tolist() == pytest.approx([0.8, 0.2], abs=0.03)
    assert table.loc[["hazard_us", "portability"], "total"].tolist() == pytest.approx([0.8, 0.2], abs=0.03)
    assert (table["total_half"] > 0).all()


def test_an_interaction_shows_in_the_total_index():
    """Y = (a - 1/2)(b - 1/2): nothing alone, everything together."""
    points = saltelli(512) - 0.5
    table = indices.indices(known(points, points[:, 0] * points[:, 1], "saltelli"), "sovereignty")
    assert table["first"].abs().max() < 0.05
    assert table["total"].tolist() == pytest.approx([1, 1], abs=0.08)


def test_a_block_with_a_failed_point_is_left_out():
    points = saltelli(64)
    values = 2 * points[:, 0] + points[:, 1]
    values[9] = np.nan
    found = known(points, values, "saltelli")
    assert indices.whole(found, "sovereignty").sum() == 63 * 4
    assert indices.indices(found, "sovereignty").loc["hazard_us", "first"] == pytest.approx(0.8, abs=0.15)


def test_indices_are_the_same_again_and_none_where_nothing_varies():
    points = saltelli(64)
    found = known(points, points.sum(axis=1), "saltelli")
    pd.testing.assert_frame_equal(indices.indices(found, "sovereignty"), indices.indices(found, "sovereignty"))
    assert indices.indices(known(points, np.ones(len(points)), "saltelli"), "sovereignty").empty


def test_elementary_effects_of_a_line_are_its_slopes():
    """Y = 3a - 5b over ranges 0 to 1 and 0 to 2: mu* 3 and 10, no spread."""
    from SALib.sample.morris import sample

    shares = sample({"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}, 8, num_levels=4, seed=0)
    points = shares * [1, 2]
    found = known(points, 3 * points[:, 0] - 5 * points[:, 1], "morris", trajectories=8, levels=4, seed=0)
    table = indices.indices(found, "sovereignty")
    assert table["mu_star"].to_dict() == pytest.approx({"portability": 10, "hazard_us": 3})
    assert table["mu"].to_dict() == pytest.approx({"portability": -10, "hazard_us": 3})
    assert table["sigma"].max() < 1e-9


def test_a_design_of_another_version_is_refused():
    with pytest.raises(ValueError, match="another version of SALib"):
        indices.shares(known(np.random.default_rng(0).random((24, 2)), np.arange(24), "morris", trajectories=8, levels=4, seed=0))


def alter(done, where):
    return sweeps.with_failed(done.directory, where, "it <i>broke</i>")


def test_failed_runs_and_empty_points_are_told(tmp_path):
    done = alter(fresh("grid", tmp_path), "point = 4 or run = 0")
    page = report.write(done).read_text("utf-8")
    assert "3 of 18 runs failed or are missing" in page
    assert "At 1 of 9 design points no run finished (hazard_us = 0.141, convening_size = 5)" in page
    assert "3 times: it &lt;i&gt;broke&lt;/i&gt;" in page
    assert np.isnan(cells(sweep(done), "sovereignty")[1, 1])


def test_a_sweep_of_which_all_runs_failed_still_has_a_page(tmp_path):
    done = alter(fresh("one at a time", tmp_path), "true")
    assert report.headline(done) == []
    page = report.write(done).read_text("utf-8")
    assert "nothing to report" in page
    assert "all of them" in page


def test_indices_are_left_out_where_too_few_blocks_are_whole(tmp_path):
    done = alter(fresh("morris", tmp_path), "point % 4 = 1")
    page = report.write(done).read_text("utf-8")
    assert "<figure" not in page
    assert "What moves" not in page


def test_the_findings_name_the_points_of_the_extremes(grid):
    found = sweep(grid)
    text = varied.findings(found)[0].text
    column = found.table["gdp_coalition"]
    for point in (column.idxmin(), column.idxmax()):
        assert found.where(point) in text or "points)" in text
        assert found.show("gdp_coalition", column[point]) in text


class Words(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.words = []
        self.feed(text)

    def handle_data(self, data):
        self.words.append(data)


def test_other_measures_may_be_asked_for(grid):
    page = report.write(grid, outcomes=["lag_mean", "stands"]).read_text("utf-8")
    words = " ".join(Words(page).words)
    assert "Lag of what nations use (months) at the end" in words
    assert "Sovereignty at the end" not in words


def asked(*words):
    top = Parser()
    command.add(top.add_subparsers())
    arguments = top.parse_args(["report", *map(str, words)])
    return arguments.act(arguments)


def test_the_command_tells_what_was_found_and_what_failed(tmp_path, capsys):
    done = fresh("one factor", tmp_path)
    assert asked(done.directory, "--figures", "none") == 0
    assert "GDP in coalitions at the end" in capsys.readouterr().out
    alter(done, "run = 1")
    assert asked(done.directory, "--figures", "none", "--quiet") == 1
    assert "1 of 6 runs failed" in capsys.readouterr().err


def test_bad_input_is_one_sentence(grid):
    with pytest.raises(ValueError, match="soverignty: no such measure; did you mean sovereignty"):
        asked(grid.directory, "--measure", "soverignty")


def test_points_of_ones_own_are_listed(tmp_path):
    plan = sweeps.plan(3, 2)
    found = sweep(runs.open(sweeps.carry(plan, tmp_path / "own")))
    assert found.method == "csv"
    assert {name for name in SWEEP_FIGURES if figure(name).fits(found)} == {"points"}
    assert report.write(found.result).read_text("utf-8").count("<figure") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [("majority", "majority"), (["FRA", "DEU"], "FRA DEU"), (["FRA", "DEU", "ITA", "ESP", "NLD"], "FRA DEU and 3 more"),
     ({"minimum_gdp": 500.0}, "minimum gdp 500")],
)  # fmt: skip
def test_levels_read_in_few_words(value, text):
    assert value_text(value) == text


def test_the_usual_outcomes_are_measures(grid):
    assert sweep(grid).outcomes == OUTCOMES
    assert all(sweep(grid).label(outcome) for outcome in OUTCOMES)


def test_a_sweeps_commands_do_what_the_page_says(tmp_path, monkeypatch):
    """Each command on the page, typed where the page lies, makes the same runs again; the file lies there under its name."""
    done = fresh("grid", tmp_path)
    page = html.unescape(report.write(done, figures="none").read_text("utf-8"))
    (done.directory / "sweep.toml").write_text((tmp_path / "sweep.toml").read_text("utf-8"))
    (done.directory / "small.toml").write_text((tmp_path / "small.toml").read_text("utf-8"))
    monkeypatch.chdir(done.directory)
    typed = re.findall(r"<pre>(abm .*?)</pre>", page)
    assert [words.split()[1] for words in typed] == ["sweep", "run", "replay"]
    assert "abm sweep sweep.toml --out again" in typed
    wanted = sweeps.tables(done.directory)["runs"]
    for index, words in enumerate(typed[:2]):
        assert main([*shlex.split(words.replace("again", f"again{index}"))[1:], "--quiet"]) == 0
        assert sweeps.tables(done.directory / f"again{index}")["runs"].equals(wanted)
    assert main([*shlex.split(typed[2])[1:], "--quiet"]) == 0
    assert (done.directory / "replays" / "0" / "manifest.json").is_file()


def test_a_sweep_of_the_package_is_named_only_where_it_is_that_sweep():
    plan = sweep_file.read(library.find("hazard-grid", library.SWEEPS, "sweep"))
    assert shipped(plan)
    assert not shipped(replace(plan, seed=plan.seed + 1))
    assert not shipped(replace(plan, name="my-own"))
