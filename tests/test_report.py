"""The report says what the tables say, needs nothing else, and lets no text from a file become markup."""

import html
import re
import shlex
from html.parser import HTMLParser

import duckdb
import networkx as nx
import numpy as np
import pytest

import runs
from abm.scenario import Scenario
from analysis.commands.command_line import parser
from analysis.commands.run import plan_of
from analysis.figures import FIGURES
from analysis.reports import report
from analysis.reports.findings import Finding, headline, show
from analysis.reports.reproduction import command
from runs import library
from runs.plan import Plan
from tests import results, sweeps
from tests.results import result

QUIET = ("runs",)


class Page(HTMLParser):
    """What a browser would load and run, and the text between."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action", "poster")]

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def written():
    """The report of the main case: the page's text and what progress was told."""
    told = []
    path = report.write(result("baseline"), progress=told.append)
    return path.read_text("utf-8"), told


def bare(case, **fields):
    """A result of runs only, drawn from one of the shared cases."""
    text, replicates = results.CASES[case]
    return Plan(Scenario.parse({**text, **fields}, fields.pop("name", case)), replicates=replicates, tables=QUIET)


def carried(plan, folder):
    return runs.open(sweeps.carry(plan, folder / "result"))


def test_it_writes_every_figure_and_the_network(written):
    folder = result("baseline").directory
    assert {path.stem for path in (folder / "figures").glob("*.png")} == set(FIGURES)
    assert {path.stem for path in (folder / "figures").glob("*.svg")} == set(FIGURES)
    network = nx.read_gexf(folder / "network.gexf")
    assert {"DEU", "us", "china"} <= set(network)
    assert written[1] == [1] * (len(FIGURES) + 2)


def test_the_network_has_the_ties_of_the_first_run(written):
    network = nx.read_gexf(result("baseline").directory / "network.gexf")
    ties = result("baseline").ties()
    first = ties[ties["run"] == 0]
    pairs = {frozenset(pair) for pair in zip(first["source"], first["target"])}
    assert {frozenset(edge) for edge in network.edges} == pairs
    assert sum(len(spells) for *_, spells in network.edges(data="spells")) == len(first)


def test_the_page_needs_nothing_else(written):
    page = Page(written[0])
    assert [link[:22] for link in page.links] == ["data:image/png;base64,"] * len(FIGURES)
    assert not {"script", "link", "iframe", "object", "embed", "base"} & set(page.tags)
    assert "http:" not in written[0]
    assert "https:" not in written[0]
    assert "@import" not in written[0]
    assert "url(" not in written[0]


def test_the_page_reads_in_the_dark_and_on_paper(written):
    assert "prefers-color-scheme: dark" in written[0]
    assert "@media print" in written[0]


def test_text_from_files_is_never_markup(written):
    assert f"<h1>{html.escape(results.TITLE)}</h1>" in written[0]
    assert "<b>nations</b>" not in written[0]


def test_a_vendors_name_and_an_events_note_are_never_markup(tmp_path):
    vendors = {"gulf": {"title": "<i>Gulf</i>", "ideal_point": 0.1, "compute_share": 0.05}}
    events = [{"date": 2025.5, "kind": "tension", "factor": 1.5, "note": "<script>alert(1)</script>"}]
    plan = bare("few steps", steps=4, vendors=vendors, events=events, description="<img src=x onerror=y>", title="t")
    text = report.write(carried(plan, tmp_path), figures="none").read_text("utf-8")
    page = Page(text)
    assert not {"i", "script", "img"} & set(page.tags)
    assert "<script>alert(1)</script>" in "".join(page.words)


def test_the_headline_is_computed_from_the_runs():
    table = duckdb.sql(f"select * from read_parquet('{result('baseline').directory}/runs/*.parquet')").df()
    found = {finding.key: finding for finding in headline(result("baseline"))}
    for key in ("gdp_coalition", "gdp_us", "gdp_china", "lag_mean", "sovereignty", "net_benefit", "first_founding"):
        low, median, high = np.quantile(table[key].dropna(), [0.1, 0.5, 0.9])
        assert (found[key].low, found[key].median, found[key].high) == pytest.approx((low, median, high))
    assert found["coalitions"].text == f"in {(table['coalitions'] > 0).sum()} of 6 replicates"
    assert found["cost"].median == pytest.approx((table["benefit"] - table["net_benefit"]).median())
    spent = result("baseline").series(["switching_spend"]).groupby("run")["switching_spend"].sum() / 4
    assert found["switching_total"].median == pytest.approx(spent.median())


def test_the_likely_members_are_those_of_at_least_half_the_runs():
    choices = result("baseline").choices()
    end = choices[choices["step"] == choices["step"].max()]
    shares = end.assign(member=end["coalition"].notna()).groupby("iso3")["member"].mean()
    likely = shares[shares >= 0.5]
    text = next(finding.text for finding in headline(result("baseline")) if finding.key == "core")
    names = result("baseline").scenario.nations()["name"]
    named = re.findall(r"([^,]+?) (\d+) %", text.replace(" and ", ", and "))
    assert len(likely) > 0
    assert len(named) == min(len(likely), 12)
    for name, share in named:
        assert shares[names[names == name.strip()].index[0]] == pytest.approx(int(share) / 100, abs=0.006)


def test_the_page_shows_every_finding(written):
    words = " ".join(Page(written[0]).words)
    for finding in headline(result("baseline")):
        assert finding.label in words
        assert finding.value in words
        assert finding.spread in words


def test_a_result_without_coalition_has_no_first_coalition():
    keys = [finding.key for finding in headline(result("no coalition"))]
    assert "first_founding" not in keys
    assert "lag_coalition" not in keys
    assert headline(result("no coalition"))[0].text == "in 0 of 3 replicates"


def test_one_replicate_has_no_spread():
    assert {finding.spread for finding in headline(result("one replicate"))} == {""}
    assert "of 1 replicates" not in " ".join(str(finding) for finding in headline(result("one replicate")))


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [(0.834, "share", "83 %"), (0.0361, "share", "3.6 %"), (0.0002, "share", "under 0.1 %"), (0.0, "share", "0 %"),
     (0.013, "share of GDP", "1.3 % of GDP"), (7.07, "months", "7.1 months"), (2027.5, "year", "2027.5"),
     (21234.4, "bn US$", "21,234 bn US$"), (float("nan"), "months", "none")],
)  # fmt: skip
def test_numbers_read_with_their_unit(number, unit, text):
    assert show(number, unit) == text


def test_a_finding_is_a_line_with_its_band():
    assert str(Finding("k", "Label", "share", 0.5, 0.25, 0.75, 10)) == "Label: 50 % [10-90 %: 25 to 75 %]"


def test_what_differs_from_the_defaults_is_listed(written):
    words = Page(written[0]).words
    for name, value in results.EAGER.items():
        assert f"{value:g}" in words[words.index(name) :][:4]
    before_limits = words[words.index("What was assumed") : words.index("Limits:")]
    assert before_limits.count("review_rate") == 1
    assert "growth_feedback" not in before_limits


@pytest.mark.parametrize("values", [{}, {"portability": 0.8, "admission": "open", "steps": 20}])
def test_the_command_on_the_page_gives_the_same_plan_again(tmp_path, values):
    plan = Plan(library.scenario("baseline").with_values(values), replicates=2, seed=5, tables=QUIET)
    words = shlex.split(command(carried(plan, tmp_path)))
    assert words[0] == "abm"
    again = plan_of(parser().parse_args(words[1:]))
    assert again.scenario.document() == plan.scenario.document()
    assert (again.seed, again.replicates) == (5, 2)


def test_there_is_no_such_command_for_a_scenario_of_ones_own():
    assert command(result("baseline")) == ""


def test_a_result_without_records_says_what_is_missing(tmp_path):
    done = carried(bare("few steps", title="Bare"), tmp_path)
    text = report.write(done).read_text("utf-8")
    assert text.count("which was not recorded") == len(FIGURES)
    assert not (done.directory / "network.gexf").exists()
    assert not list(done.directory.glob("figures/*"))


def test_failed_runs_are_left_out_and_counted(tmp_path):
    done = carried(bare("no coalition", title="Failing"), tmp_path)
    done = sweeps.with_failed(done.directory, "run = 1")
    found = {finding.key: finding for finding in headline(done)}
    assert found["sovereignty"].count == 2
    assert "1 of 3 runs failed" in report.write(done, figures="none").read_text("utf-8")


def test_a_result_in_which_all_runs_failed_still_has_a_page(tmp_path):
    done = carried(bare("no coalition", title="Failing"), tmp_path)
    done = sweeps.with_failed(done.directory, "true")
    assert headline(done) == []
    assert "nothing to report" in report.write(done).read_text("utf-8")
