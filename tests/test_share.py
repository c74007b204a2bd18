"""The page to send: its grid, what it says in between, its size, what is refused, and in Chromium that it answers alike."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from abm import options, parameters, titles
from abm.words import ArgumentError
from analysis.experiments import ranges
from analysis.methods import statistics
from analysis.share import check, land, levers, page, sentences, units
from analysis.share.grid import Grid, corners, count, grid, points
from analysis.share.layout import layout
from runs import library
from runs.batch import columns_of, run_arms
from runs.results import Result
from tests import questions
from tests.test_command_line import abm, folder  # noqa: F401

NAMES = ("fee_us", "hazard_us", "convening_size")
REPLICATES = 30
SETTINGS = ("--levers", "fee_us,convening_rate", "--values", "3", "--replicates", "12", "--quiet")


@pytest.fixture(scope="module")
def scenario():
    return questions.small(**questions.LIVELY)


@pytest.fixture(scope="module")
def made(scenario) -> Grid:
    """A small grid of three levers."""
    return grid(scenario, levers.chosen(scenario, NAMES, 3), REPLICATES, 5)


def embedded(text: str) -> dict:
    """The JSON in a page, as anybody reads it."""
    (found,) = re.findall(r'<script type="application/json" id="grid">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


def shared(path: str = "page.html", *more: str, scenario: str = "small.toml") -> str:
    """The text of a page made by the command."""
    assert abm("share", scenario, *SETTINGS, "--out", path, *more) == 0
    return Path(path).read_text("utf-8")


# ---- levers


@pytest.mark.parametrize("count", [2, 3, 5, 9])
@pytest.mark.parametrize("name", [name for name, (p, _) in parameters.names().items() if not p.choices])
def test_every_number_makes_a_lever_within_its_range_with_the_present_value_on_the_grid(name, count):
    baseline = library.scenario("baseline")
    lever, axis = levers.lever(baseline, name, count), ranges.plausible(baseline, name)
    assert lever.values[lever.mark] == baseline.parameter(name)
    assert 2 <= len(lever.values) <= count
    assert list(lever.values) == sorted(set(lever.values))
    if count > 2:
        assert (lever.values[0], lever.values[-1]) == (axis.range.low, axis.range.high)
    assert set(lever.values) <= set(lever.stops)
    assert list(lever.stops) == sorted(set(lever.stops))
    for value in lever.stops:
        lever.parameter.parse(value)
    positions = [lever.position(stop) for stop in lever.stops]
    assert positions == sorted(set(positions))
    assert [lever.position(value) for value in lever.values] == list(range(len(lever.values)))


def test_every_lever_has_a_title_a_unit_and_a_source_in_words():
    for each in ("baseline", "third-vendor"):
        own = library.scenario(each)
        for name in parameters.names(own.vendor_names):
            title = titles.parameter(name, own.vendors)
            assert "_" not in title
            assert title[0].isupper()
            parameter = parameters.lookup(name, own.vendor_names)
            assert not re.search(r"\byr\b|^share of|_", units.unit(parameter)), name
            assert not re.search(r"\[\w+\]|`|\.0\)", titles.plain(parameter.source)), name
    assert units.amount(parameters.lookup("fee_us"), 0.35) == "35 % of benefit"
    assert units.amount(parameters.lookup("tension_drift"), -0.3) == "\N{MINUS SIGN}0.3 a year"


def test_a_vendor_is_called_what_it_is():
    assert levers.lever(library.scenario("baseline"), "fee_us", 3).title == "Fee of the US vendor"
    assert levers.lever(library.scenario("baseline"), "hosting_china", 3).title == "Hosting at home by China's vendor"
    assert levers.lever(library.scenario("third-vendor"), "fee_india", 3).title == "Fee of India's vendor"


def test_a_lever_that_the_scenario_moves_itself_says_so_and_is_no_default():
    events = ({"date": 2026.5, "kind": "parameter", "name": "hazard_us", "value": 0.5},)
    moved = questions.small(events=events)
    assert "sets this in 2026.5" in levers.lever(moved, "hazard_us", 3).note
    assert [lever.name for lever in levers.chosen(moved, [])] == ["fee_us", "convening_size", "portability"]
    assert [lever.name for lever in levers.chosen(questions.small(), [])] == list(NAMES)


# ---- grid


def test_at_its_points_the_grid_says_what_the_runs_say(made, scenario):
    at, values = columns_of(scenario), points(made.levers)
    steps = made.kept.steps
    for position in (0, 7, len(values) - 1):
        changed = {name: float(value) for name, value in values.iloc[position].items()}
        (base, own) = run_arms([scenario, scenario.with_values(changed)], REPLICATES, 5, series=True, choices=True)
        row, fields = made.at_values(list(changed.values())), made.kept.fields
        np.testing.assert_array_equal(row, made.rows[position])
        held, reference = (results.outcomes[:, at["gdp_coalition"]] for results in (own, base))
        paired = statistics.difference(held, reference)
        assert fields["held"].of(row) == pytest.approx([held.mean()], abs=1e-4)
        assert fields["held_change"].of(row) == pytest.approx([paired.value, paired.half_width], abs=1e-4)
        stood = [results.outcomes[:, at["coalitions"]] > 0 for results in (own, base)]
        paired = statistics.difference(*stood)
        assert fields["stands"].of(row) == pytest.approx([stood[0].mean()], abs=1e-4)
        assert fields["stands_change"].of(row) == pytest.approx([paired.value, paired.half_width], abs=1e-4)
        for option in ("us", "self_build", "coalition"):
            curves = own.series[:, steps, at[f"gdp_{option}"]]
            assert fields[f"gdp_{option}"].of(row) == pytest.approx(np.quantile(curves, (0.1, 0.5, 0.9), axis=0), abs=1e-3)
        assert fields["members"].of(row) == pytest.approx((own.serials[:, -1] > 0).mean(axis=0), abs=1e-3)
        lag = own.series[:, -1, at["lag_coalition"]]
        if np.isfinite(lag).sum() >= 5:
            assert fields["lag"].of(row)[1, -1] == pytest.approx(np.nanmedian(lag), abs=0.06)


def test_all_at_their_marks_change_nothing(made):
    row = made.at(made.marks)
    assert not made.kept.fields["held_change"].of(row).any()
    assert not made.kept.fields["stands_change"].of(row).any()
    assert "GDP in coalitions unchanged, futures with a coalition unchanged" in sentences.changes(made, row, "the baseline")


def test_in_between_it_is_linear_in_each_lever(made):
    random = np.random.default_rng(0)
    for _ in range(20):
        positions = [float(random.uniform(0, len(lever.values) - 1)) for lever in made.levers]
        weights = dict(corners(made.levers, positions))
        assert sum(weights.values()) == pytest.approx(1)
        for axis, position in enumerate(positions):
            ends = [[*positions[:axis], float(end), *positions[axis + 1 :]] for end in (int(position), int(position) + 1)]
            low, high = (made.at(end) for end in ends)
            known = np.isfinite(low) & np.isfinite(high)
            mixed = low + (position - int(position)) * (high - low)
            np.testing.assert_allclose(made.at(positions)[known], mixed[known], atol=1e-12)


def test_a_number_that_a_neighbour_lacks_is_taken_from_the_others(made):
    rows = made.rows.copy()
    rows[0], rows[1] = np.nan, 0.25
    alone = Grid(made.scenario, made.levers, made.replicates, made.seed, made.kept, rows)
    assert np.isnan(alone.at([0, 0, 0])).all()
    assert alone.at([0, 0, 0.9]) == pytest.approx(np.full(made.kept.width, 0.25))


def test_the_error_is_that_against_fresh_runs(made, scenario):
    found = {error.key: error for error in check.errors(scenario, made)}
    values = check.positions(made.levers, made.seed)
    assert len({tuple(value) for value in values.to_numpy()} - {tuple(value) for value in points(made.levers).to_numpy()}) > 8
    held = []
    for value in values.to_dict("records"):
        own = scenario.with_values(value)
        fresh = [run_arms([own], REPLICATES, seed)[0].outcomes for seed in (made.seed + REPLICATES, made.seed)]
        said = made.kept.fields["held"].of(made.at_values(list(value.values())))[0]
        held.append([100 * abs(said - outcomes[:, columns_of(scenario)["gdp_coalition"]].mean()) for outcomes in fresh])
    error = found["held"]
    assert (error.mean, error.own_mean) == pytest.approx(np.mean(held, axis=0))
    assert (error.most, error.own_most) == pytest.approx(np.max(held, axis=0))
    assert error.mean > 0


def test_a_lever_that_moves_nothing_is_named(scenario):
    still = grid(scenario, levers.chosen(scenario, ["fee_us", "hosting_cost"], 2), 12, 0)
    assert list(still.still) == ["hosting_cost"]
    assert "Surcharge" in (text := page.page(still, [], "small", {}, "abm share")) or "hosting cost" in text.lower()
    assert "nothing on this page depends on" in text


# ---- page


def test_a_page_holds_its_grid_its_words_and_how_to_make_it_again():
    text = shared("page.html", "--seed", "3", "--set", "notice=2")
    held = embedded(text)
    assert held["seed"] == 3
    assert held["replicates"] == 12
    assert [lever["name"] for lever in held["levers"]] == ["fee_us", "convening_rate"]
    assert len(held["rows"]) == 9
    assert {len(row) for row in held["rows"]} == {sum(int(np.prod(field["shape"])) for field in held["fields"])}
    assert held["scenario"]["document"]["parameters"]["notice"] == 2
    assert "Set for this page: Notice before leaving: 2 quarters." in text
    assert "A laboratory, not a forecast" in text
    assert f"sources {held['project']['sources']}" in text
    again = "abm share small.toml --set notice=2 --replicates 12 --seed 3 --levers fee_us,convening_rate --values 3"
    assert again in unescape(text)
    assert abm(*again.split()[1:], "--out", "again.html", "--quiet") == 0
    assert Path("again.html").read_text("utf-8") == text


def test_a_point_of_the_page_is_what_abm_run_finds():
    held = embedded(shared())
    corner = {lever["name"]: lever["values"][-1] for lever in held["levers"]}
    settings = itertools.chain(*(("--set", f"{name}={value}") for name, value in corner.items()))
    assert abm("run", "small.toml", *settings, "--replicates", "12", "--figures", "none", "--quiet", "--out", "run") == 0
    runs = Result("run").runs()
    (field,) = [field for field in held["fields"] if field["name"] == "held"]
    assert held["rows"][-1][field["start"]] / field["scale"] == pytest.approx(runs["gdp_coalition"].mean(), abs=1e-4)


def test_colours_are_those_of_figures_and_page():
    held = embedded(shared())
    assert {option["name"]: option["colour"] for option in held["options"]} == options.colours(parameters.VENDORS)


def test_a_page_says_the_baselines_answer_without_a_script():
    text = shared().replace("\N{NO-BREAK SPACE}", "")
    assert re.search(r'<p id="headline">By \d{4}(\.\d+)? a coalition stands in \d+\S* of futures', text)
    assert "<noscript>" in text


def test_nothing_in_a_page_can_load_anything_or_break_out():
    wild = '</script><script>alert(1)</script><img src=x onerror=alert(1)> {{grid}} & "q"'
    small = Path("small.toml").read_text("utf-8")
    Path("wild.toml").write_text(small.replace("A small world", wild.replace('"', '\\"')), "utf-8")
    text = shared(scenario="wild.toml")
    assert text.count("<script") == 2
    assert "<img" not in text
    assert embedded(text)["scenario"]["title"] == wild
    tags, styles = re.findall(r"<[a-z][^>]*>", text.split("<script", 1)[0]), text.split("</style>")[0]
    assert len(tags) > 50
    assert not [tag for tag in tags if re.search(r"\s(?:src|href|action|srcset|poster|on\w+)\s*=(?!\"(?:data:|#))", tag)]
    assert not re.search(r"@import|url\(", styles)
    assert "default-src 'none'" in text


@pytest.mark.parametrize("name", ["third-vendor", "local-providers", "hindcast"])
def test_other_vendors_nations_and_times_make_a_page(name):
    own = library.scenario(name)
    held = embedded(shared(scenario=name))
    assert [option["name"] for option in held["options"]][1 : 1 + len(own.vendor_names)] == list(own.vendor_names)
    assert not {"us", "Us", "china"} & {option["label"] for option in held["options"]}
    assert [nation["iso3"] for nation in held["nations"]] == list(own.nations().index)
    assert held["dates"][0] == own.content.start
    assert held["dates"][-1] == pytest.approx(own.end)


def test_invented_nations_have_a_list_and_no_map():
    Path("invented.toml").write_text('title = "Invented"\nsteps = 4\n[nations]\nsynthetic = 8\n', "utf-8")
    held = embedded(shared(scenario="invented.toml"))
    assert held["map"] is None
    assert len(held["nations"]) == 8


@pytest.mark.parametrize("number", sorted(levers.VALUES))
def test_the_default_grids_fit_with_room_to_spare(number):
    for name in ("baseline", "all-nations", "third-vendor"):
        own = library.scenario(name)
        page.check_size(levers.chosen(own, list(levers.FIRST)[:number]), layout(own))


def test_the_size_is_foreseen(made):
    full = page.page(made, [], "small", {}, "abm share")
    numbers = json.dumps(embedded(full)["rows"], separators=(",", ":"))
    assert len(numbers) < count(made.levers) * made.kept.width * page._NUMBER
    assert len(full.encode()) - len(numbers) < page._REST


def test_the_map_is_small_and_has_every_nation_somewhere():
    drawn, nations = land.paths(), library.scenario("all-nations").nations()
    assert sum(map(len, drawn.values())) < 90_000
    assert set(nations.index) <= set(drawn) | set(land.dots(nations))


# ---- what is refused

REFUSED = {
    "--levers fee_uk": "--levers: fee_uk: no such parameter; did you mean fee_us?",
    "--levers fee_us,fee_us": "--levers fee_us,fee_us: fee_us is named twice",
    "--levers fee_us,": "--levers: a name is empty",
    "--levers ,": "nothing is named twice",
    "--levers fee_us,portability,openness,notice,hazard_us,federated": "6 are named; a page holds 1 to 5",
    "--levers cost_key": "cost_key: is a choice between gdp, equal, compute, which no slider holds",
    "--levers fee_us,nations": "--levers: nations: no such parameter",
    "--levers fee_us,events[1].date": "no such parameter",
    "--levers fee_india": "no such parameter",
    "--out nowhere/page.html": "--out nowhere/page.html: there is no directory nowhere",
    "--out .": "--out .: is a directory; the name of a file is needed",
    "--out page.pdf": "--out page.pdf: the page is HTML; a name that ends in .html is needed",
    "--out mine.html": "mine.html: was not written by abm",
    "--values 1": "found 1; allowed is 2 to 101",
    "--replicates 3": "found 3; allowed is 10 to 100000",
    "--levers fee_us,portability,openness,notice --values 30": "a page that can be sent holds 5 MB: take 9 values of each",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence_before_any_run(words, capsys, monkeypatch):
    monkeypatch.setattr("analysis.share.grid.run_points", lambda *given, **more: pytest.fail("a run was begun"))
    Path("mine.html").write_text("mine", "utf-8")
    assert abm("share", "small.toml", *words.split()) == 2
    said = capsys.readouterr()
    assert REFUSED[words] in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert Path("mine.html").read_text("utf-8") == "mine"


def test_what_does_not_fit_names_what_would():
    own = library.scenario("baseline")
    with pytest.raises(ArgumentError, match=r"take (\d+) values of each or fewer") as refused:
        page.check_size(levers.chosen(own, ["fee_us", "portability", "openness"], 40), layout(own))
    most = int(re.search(r"take (\d+) values", str(refused.value))[1])
    page.check_size(levers.chosen(own, ["fee_us", "portability", "openness"], most), layout(own))


def test_a_page_is_written_again_where_it_was_written(capsys):
    assert abm("share", "small.toml", *SETTINGS) == abm("share", "small.toml", *SETTINGS[:-1]) == 0
    assert Path("results/share/small.html").is_file()
    said = capsys.readouterr().out
    assert "points off fresh runs on average" in said
    assert "-> results/share/small.html" in said


def test_failed_runs_are_left_out_and_told(scenario, monkeypatch, capsys):
    from analysis.share import grid as module

    real = module.run_points

    def failing(*given, **more):
        results = real(*given, **more)
        results.status[::10], results.outcomes[::10] = 3, np.nan
        return results

    monkeypatch.setattr(module, "run_points", failing)
    assert abm("share", "small.toml", *SETTINGS, "--out", "page.html") == 1
    assert "runs failed and are left out" in capsys.readouterr().err
    text = Path("page.html").read_text("utf-8")
    assert "runs failed and are left out" in text
    assert "NaN" not in text.split('id="grid">')[1].split("</script>")[0]


# ---- in the browser


@pytest.fixture(scope="module")
def sent(made, scenario, tmp_path_factory) -> Path:
    """A page on the disk, as it lies after a mail was opened."""
    path = tmp_path_factory.mktemp("mail") / "a page.html"
    page.write(path, page.page(made, check.errors(scenario, made), "small", {}, "abm share small"))
    return path


@pytest.fixture
def opened(browser, sent):
    """A function that opens the page at a size; what it asks for and complains about is looked at in the end."""
    contexts, complaints, asked = [], [], []

    def at(width=1280, height=720, after="", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(sent.as_uri() + after)
        return tab

    yield at
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def put(tab, stops) -> None:
    """Drag the sliders to these stops, and let go."""
    tab.evaluate(
        """stops => document.querySelectorAll('#levers input').forEach((slider, i) => {
        slider.value = stops[i]; for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name)); })""",
        list(stops),
    )


@pytest.mark.browser
def test_the_page_says_what_python_says_wherever_its_sliders_stand(opened, made):
    tab, random = opened(), np.random.default_rng(1)
    for _ in range(25):
        stops = [int(random.integers(len(lever.stops))) for lever in made.levers]
        values = [lever.stops[stop] for lever, stop in zip(made.levers, stops)]
        put(tab, stops)
        row = made.at_values(values)
        known = [None if value != value else value for value in row.tolist()]
        assert tab.evaluate("rowAt(at)") == [None if value is None else pytest.approx(value, abs=1e-12) for value in known]
        assert tab.text_content("#headline") == sentences.headline(made, row)
        assert tab.text_content("#change") == sentences.changes(made, row, "this scenario as it stands")
        amounts = [units.amount(lever.parameter, value) for lever, value in zip(made.levers, values)]
        assert tab.locator("#levers output").all_text_contents() == amounts
        between = "interpolated" in tab.text_content("#exact")
        assert between == any(value not in lever.values for lever, value in zip(made.levers, values))
        command = tab.text_content("#command")
        assert all(f"--set {lever.name}={value:.10g}" in command for lever, value in zip(made.levers, values))


@pytest.mark.browser
def test_it_is_used_by_keyboard_undone_and_reset(opened, made):
    tab = opened(390, 844)
    first = tab.text_content("#headline")
    assert first == sentences.headline(made, made.at(made.marks))
    tab.keyboard.press("Tab")  # the way past the head of the page
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "lever-fee_us"
    tab.keyboard.press("End")
    second = tab.text_content("#headline")
    assert second != first
    assert tab.get_attribute("#lever-fee_us", "aria-valuetext") == tab.text_content("#lever-fee_us-value")
    tab.wait_for_selector("#spoken:has-text('Against')", state="attached")
    tab.keyboard.press("Home")
    assert tab.text_content("#headline") not in (first, second)
    tab.click("#undo")
    assert tab.text_content("#headline") == second
    tab.click("#reset")
    assert tab.text_content("#headline") == first
    assert tab.is_disabled("#reset")
    tab.click("#undo")
    assert tab.text_content("#headline") == second


@pytest.mark.browser
def test_the_address_keeps_the_sliders(opened):
    tab = opened()
    put(tab, [2, 3, 1])
    said = tab.text_content("#headline"), tab.text_content("#change")
    kept = tab.evaluate("location.hash")
    tab.reload()
    assert (tab.text_content("#headline"), tab.text_content("#change")) == said
    other = opened(after=kept)
    assert (other.text_content("#headline"), other.text_content("#change")) == said
    damaged = opened(after="#fee_us=nonsense&convening_size=1e99")
    assert damaged.text_content("#headline").startswith("By ")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (768, 1024), (390, 844), (320, 640)])
def test_it_fits_every_screen_with_all_opened(opened, width, height):
    tab = opened(width, height)
    put(tab, [1, 1, 1])
    for _ in range(2):
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate("[...document.querySelectorAll('.ends, figcaption')].every(e => e.scrollWidth <= e.clientWidth + 1)")
        tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        tab.wait_for_selector("#table tbody tr", state="attached")


@pytest.mark.browser
def test_every_picture_has_words_and_every_control_a_name(opened, made):
    tab = opened()
    put(tab, [0, 1, 0])
    pictures = tab.eval_on_selector_all("svg", "found => found.map(each => [each.role, each.ariaLabel])")
    assert len(pictures) == 6 + 2
    assert all(role == "img" and label for role, label in pictures)
    assert tab.eval_on_selector_all("input", "found => found.every(each => each.labels.length === 1)")
    assert tab.get_attribute("html", "lang") == "en"
    tab.click("#numbers summary")
    tab.wait_for_selector("#table tbody tr")
    assert tab.locator("#table tbody tr").count() == 6 + len(made.kept.steps)
    listed = tab.eval_on_selector_all(".members li span:first-child", "found => found.map(each => each.textContent)")
    assert sorted(listed) == sorted(made.scenario.nations()["name"])
    assert "us" not in tab.inner_text("body").split()


@pytest.mark.browser
def test_axe_finds_nothing(opened):
    axe = pytest.importorskip("axe_playwright_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
    for size, scheme in itertools.product([(1280, 720), (390, 844)], ["light", "dark"]):
        tab = opened(*size, color_scheme=scheme, bypass_csp=True)
        put(tab, [1, 1, 1])
        tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        tab.wait_for_selector("#table tbody tr", state="attached")
        tab.evaluate(script)
        found = tab.evaluate("axe.run()")["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.browser
def test_it_prints_dark_on_white_with_everything_opened(opened, tmp_path):
    tab = opened(703, 1000, color_scheme="dark")
    tab.emulate_media(media="print", color_scheme="dark")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("[...document.querySelectorAll('details')].every(each => each.open)")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not tab.is_visible("#reset")
    assert tab.is_visible("#errors table")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 703
    assert tab.pdf(path=str(tmp_path / "page.pdf"))[:4] == b"%PDF"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")  # unless the browser said it
    assert not tab.evaluate("[...document.querySelectorAll('details')].some(each => each.open)")


@pytest.mark.browser
def test_a_mouse_on_the_map_names_the_nation(opened, made):
    tab = opened()
    tab.evaluate("document.querySelector('#land [data-i=\"0\"]').dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))")
    assert tab.text_content("#pointed").startswith(f"{made.scenario.nations()['name'].iloc[0]}: a member in ")


@pytest.mark.browser
def test_the_grid_is_saved_as_a_file(opened, made):
    tab = opened()
    tab.click("#again summary")
    with tab.expect_download() as download:
        tab.click("#save")
    kept = json.loads(Path(download.value.path()).read_text("utf-8"))
    (field,) = [field for field in kept["fields"] if field["name"] == "held"]
    rows = np.array([row[field["start"]] for row in kept["rows"]]) / field["scale"]
    np.testing.assert_array_equal(rows, made.kept.fields["held"].of(made.rows)[:, 0])
