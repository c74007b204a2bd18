"""The page without a browser: sessions, futures, reasons, stability, files; and how `abm view` refuses."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

from abm import options, parameters
from abm.model import Model
from abm.scenario import Scenario
from abm.submodels import choice, coalition
from abm.temporal_network import coalition_name
from analysis.page import address, charts, drawing, event_log, frame, geography, left, panels, takeaway, why
from analysis.page import futures as fans
from analysis.page.changes import Change
from analysis.page.foresight import Foresight, Question
from analysis.page.futures import REPLICATES, futures
from analysis.page.services import Services
from analysis.page.session import Session, Watched
from runs import library
from runs.ensemble import continue_runs, simulate

MOVES = (
    {"kind": "restriction", "vendor": "us", "nations": "eu", "years": 2.0},
    {"kind": "parameter", "name": "portability", "value": 0.8},
    {"kind": "outage", "vendor": "china", "years": 0.3},
    {"kind": "tension", "factor": 2.5},
    {"kind": "open_weights", "gap": 0.1},
    {"kind": "convene", "nations": ["DEU", "FRA", "GBR"], "binding": True},
    {"kind": "parameter", "name": "hosting_us", "value": 0.5},
)


@pytest.fixture
def session(tmp_path):
    return Session(Services(tmp_path), library.scenario("baseline"), 5)


def until(holds) -> None:
    """Wait for something that another thread does."""
    patience = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def preview(session: Session, name: str, value) -> dict:
    """The document that moving a lever would lead to."""
    return session.document_of(session.with_change(Change("lever", {"name": name, "value": value}, session.step_shown)))


def forward(session: Session, steps: int) -> Session:
    for _ in range(steps):
        session.step()
    return session


def same_bytes(a, b) -> list[str]:
    return [name for name in a.dtype.names if a[name].tobytes() != b[name].tobytes()]


def test_a_run_with_every_kind_of_move_is_computed_anew_to_the_byte(session):
    """The scenario with the moves as dated events gives the very world that the moves led to."""
    forward(session, 12)
    for move in MOVES:
        session.act(move)
    forward(session, 10)
    assert same_bytes(session.world_at(session.document(), 22).record, session.model.world.record) == []
    assert same_bytes(session.world_at(session.scenario.document(), 22).record, session.model.world.record) != []


def test_a_record_full_of_moves_says_so_and_the_run_goes_on(session):
    for _ in range(32 - len(session.scenario.content.events)):
        session.act(MOVES[3])
    with pytest.raises(ValueError, match="at most 32 dated events"):
        session.act(MOVES[3])
    forward(session, 2)
    assert same_bytes(session.world_at(session.document(), 2).record, session.model.world.record) == []


def test_a_lever_moved_twice_in_one_step_counts_once(session):
    forward(session, 3)
    session.set_parameter("portability", 0.6)
    session.set_parameter("portability", 0.9)
    assert [move["value"] for move in session.moves] == [0.9]
    assert sum(entry.kind == "intervention" for entry in session.log) == 1
    forward(session, 1)
    assert session.model.world.parameters()["portability"] == 0.9
    assert same_bytes(session.world_at(session.document(), 4).record, session.model.world.record) == []


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({"kind": "compute", "h100e": 10.0, "nations": "eu"}, "cannot happen at once"),
        ({"kind": "restriction", "vendor": "usa", "nations": "eu"}, "did you mean us"),
        ({"kind": "convene", "nations": ["XXX"]}, "no such nation"),
        ({"kind": "convene", "nations": ["LUX"]}, "LUX is not in this world"),
        ({"kind": "tension", "factor": -1.0}, "greater than 0"),
        ({"kind": "parameter", "name": "portability", "value": 7.0}, "outside 0 to 1"),
    ],
)
def test_a_move_that_cannot_be_made_is_refused_in_words(session, move, said):
    with pytest.raises(ValueError, match=said):
        session.act(move)
    assert session.moves == []


def test_looking_back_changes_nothing(session):
    forward(session, 20)
    before = session.model.world.record.copy()
    session.look_at(7)
    assert session.shown.world.record.step == 7
    fresh = forward(Session(session.services, session.origin, 5), 7)
    assert same_bytes(session.shown.world.record, fresh.model.world.record) == []
    assert same_bytes(session.model.world.record, before) == []
    session.look_at(99)
    assert session.shown is session.model


def test_without_moves_is_the_same_seed_left_alone(session):
    forward(session, 4)
    session.act(MOVES[5])
    forward(session, 6)
    left_alone = forward(Session(session.services, session.origin, 5), 10)
    assert session.without_moves().series[0][10].tobytes() == left_alone.rows[10].tobytes()
    compared = panels.compare(session)
    assert compared["rows"][0][3] != "0.0 %"
    assert {"Germany", "France", "United Kingdom"} <= set(compared["others"])


def test_a_fan_begins_at_the_present_and_the_future_is_the_rules(session):
    """Futures share the past: continued under the run's own seed they are the run itself; other seeds differ."""
    forward(session, 20)
    alone = continue_runs(session.model.world, 40, np.array([5, 6]), True, True)
    whole = simulate(session.scenario.world(5), 60, np.array([5]), series=True)
    assert alone.series[0].tobytes() == whole.series[0][20:].tobytes()
    assert alone.series[1].tobytes() != alone.series[0].tobytes()
    fans = list(futures(session.model.world, 60, session.services))
    assert [fan.runs for fan in fans] == [20, REPLICATES]
    fan = fans[-1]
    now = session.model.observed["gdp_coalition"]
    assert fan.quantiles["gdp_coalition"][:, 0] == pytest.approx(now, abs=1e-12)
    assert (np.diff(fan.quantiles["gdp_coalition"], axis=0) >= -1e-12).all()
    total = sum(fan.means[f"gdp_{option}"] for option in options.names(session.model.world.vendors))
    assert total == pytest.approx(1.0)
    assert fan.dates[0] == session.model.date
    assert len(fan.dates) == 41
    assert ((fan.members >= 0) & (fan.members <= 1)).all()


def test_a_fan_that_takes_long_is_drawn_on_the_way(session, monkeypatch):
    """The larger the world, the longer: below a bound the whole fan follows the first, above it another comes between them."""
    forward(session, 50)
    monkeypatch.setattr(fans, "_SOON", 1e3)
    assert [fan.runs for fan in futures(session.model.world, 60, session.services)] == [20, 80, REPLICATES]


@pytest.mark.parametrize(
    ("others", "stale", "waits"),
    [(None, False, 0.0), (0.0, False, 0.15), (0.4, False, 0.55), (9.0, False, 1.0), (9.0, True, 0.0)],
)
def test_the_rest_of_a_fan_lets_the_first_runs_of_others_go_first(monkeypatch, others, stale, waits):
    """It waits for as long as first runs keep coming (for so many seconds here), but not for ever, and not where it is stale."""
    turns, now = fans.Turns(2), [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if others and now[0] < 100 + others:
            with turns.taken(urgent=True):
                pass

    monkeypatch.setattr(fans, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    if others is not None:
        with turns.taken(urgent=True):
            pass
    turns.lull(lambda: stale)
    assert now[0] - 100 == pytest.approx(waits, abs=0.02)


def test_foresight_keeps_the_fan_without_the_move_and_drops_stale_questions(session):
    drawn = []
    foresight = Foresight(session, lambda: drawn.append((foresight.fan, foresight.before)))
    document = session.document()
    foresight.ask(Question(document, 5, 0, 60))
    foresight.ask(Question(preview(session, "fee_us", 0.2), 5, 0, 60, document, document))
    foresight.ask(Question(preview(session, "fee_us", 0.1), 5, 0, 60, document, document, tag=3))
    until(lambda: not foresight._turn.locked() and foresight.before is not None and foresight.before.runs == REPLICATES)
    assert foresight.fan.runs == REPLICATES
    assert foresight.without is foresight.before
    assert foresight.fan.means["gdp_us"][-1] > foresight.before.means["gdp_us"][-1]
    assert foresight.answered == 3
    assert foresight.fresh
    assert len(drawn) <= 8


def test_reasons_equal_the_models_and_a_needed_change_turns_the_choice(session):
    """Terms are the model's; with a lever just past what was needed, weighed anew, the second best does win."""
    forward(session, 25)
    world, turned = session.model.world, 0
    for iso3 in ("DEU", "JPN", "BRA", "SAU", "KOR"):
        i = world.row(iso3)
        table = session.model.explain(iso3, now=True)
        mine = {option.label: 100 * option.payoff for option in why.explain(world, i, now=True)}
        assert sorted(mine.values()) == pytest.approx(sorted(table["payoff"]), abs=1e-12)
        best, second, changes = why.changes(world, i)
        levers = {lever.name: lever for lever in why.levers(world, i, best.source, second.source)}
        for change in changes:
            if change.needed is not None:
                trial = world.asked().record
                lever = levers[change.name]
                for value, wins in ((change.present, False), (change.needed, True)):
                    lever.write(trial, value)
                    choice.weigh(trial, i)
                    assert (trial.worth[second.source] > trial.worth[best.source]) == wins
                turned += 1
    assert turned >= 5
    assert same_bytes(world.record, session.world_at(session.document(), 25).record) == []


def test_the_option_listed_first_is_the_one_that_was_chosen():
    """At the start it is what stands on record, in every run; later it is what a nation that moved by itself turned to."""
    moved = 0
    for seed in range(3):
        session = Session(Services(), library.scenario("baseline"), seed)
        first = options.first_slot(session.vendors)
        for nation in session.model.nations:
            lone = [option for option in why.explain(session.model.world, nation.row) if option.source < first]
            assert lone[0].current, nation.iso3
        for _ in range(30):
            session.step()
            record = session.model.world.record
            for i in np.flatnonzero(record.moved[: record.n] * (record.reviewed[: record.n] == record.step - 1)):
                if record.source[i] < first and record.source[i] != len(session.vendors):
                    assert why.explain(session.model.world, int(i))[0].current
                    moved += 1
    assert moved > 5


@pytest.mark.parametrize("rate", [0.0, 1000.0])
def test_asked_now_a_nation_has_the_tastes_it_has(session, rate):
    """Even where every review draws them anew: the question is no review, in the panel and in the model."""
    session.set_parameter("taste_renewal", rate)
    world = forward(session, 6).model.world
    for nation in session.model.nations[:20]:
        asked = session.model.explain(nation.iso3, now=True)
        for option in why.explain(world, nation.row, now=True):
            kept = world.record.taste[nation.row, min(option.source, options.first_slot(world.vendors))]
            assert option.refused or option.taste == kept
        assert asked.loc["us", "taste"] == pytest.approx(100 * world.record.taste[nation.row, 0], rel=1e-12)


def test_the_pane_of_tastes_shows_them_and_since_when(session):
    forward(session, 40)
    model, table = session.model, session.scenario.nations()
    renewed = {entry.nations[0]: entry for entry in session.log if entry.kind == "taste"}
    assert 5 < len(renewed) < len(model.nations)
    for nation in model.nations:
        pane = panels.nation(session, model, table, nation.iso3, False)["taste"]
        shown = sorted(float(value) for value in re.findall(r'data-value="([^"]+)"', pane["svg"]))
        assert shown == pytest.approx(sorted(100 * model.world.record.taste[nation.row]), abs=1e-12)
        if nation.iso3 in renewed:
            assert f"Drawn anew at its review in {panels.quarter(renewed[nation.iso3].date)}" in pane["since"]
        else:
            assert "on record in 2025" in pane["since"]
        if nation.reviewed >= 0:
            assert panels.quarter(model.world.date(nation.reviewed)) in pane["since"]
    iso3, entry = next(iter(renewed.items()))
    session.look_at(entry.step)
    before = panels.nation(session, session.shown, table, iso3, False)["taste"]
    assert panels.quarter(entry.date) not in before["since"]


def test_a_refusal_is_shown_as_one_and_no_infinity_reaches_the_browser(tmp_path):
    """A coalition that refused stands last, without a worth and without a taste, and is named."""
    strict = library.scenario("baseline").with_values({"admission": "unanimity", "admission_tolerance": 0.0}, "test")
    session = Session(Services(tmp_path), strict, 5)
    session.act(MOVES[5])
    found = 0
    while not session.model.finished and found < 3:
        session.step()
        record = session.model.world.record
        for i in np.flatnonzero(np.isneginf(record.terms[: record.n, :, -1]).any(axis=1)):
            ranked = why.explain(session.model.world, int(i))
            shown = panels.nation(session, session.model, strict.nations(), session.model.world.iso3[i], False)
            if any(option.refused for option in ranked):
                assert ranked[-1].refused
                assert any(ranked[-1].label in note and "refused to admit it" in note for note in shown["notes"])
                assert ">refused</text>" in shown["why"]
                assert "inf" not in shown["why"] + shown["taste"]["svg"]
                json.dumps(shown, allow_nan=False)
                found += 1
    assert found >= 3


def test_hosting_at_home_is_an_act_that_takes_away_what_a_cut_takes(session):
    """It comes with the next quarter's offers, is told in words, and with all use at home nothing is left to restrict."""
    forward(session, 3)
    session.act({"kind": "parameter", "name": "hosting_us", "value": 1.0})
    assert session.log[-1].text == "you let the US vendor host 100 % of its clients' use at their home"
    forward(session, 1)
    without = Model(session.scenario, rng=5)
    without.world = session.world_at(session.scenario.document(), 4)
    cost = session.shown_parameters()["hosting_cost"]
    assert session.model.vendors[0].vendor_hosting == 1.0
    for nation in session.model.nations:
        hosted, exposed = (model.explain(nation.iso3, now=True).loc["us"] for model in (session.model, without))
        assert exposed["restriction"] < 0
        assert hosted["restriction"] == 0
        assert hosted["fee"] == pytest.approx((1 + cost) * exposed["fee"], rel=1e-9)
    shown = panels.nation(session, session.model, session.scenario.nations(), "DEU", False)
    assert shown["hazards"][0][-1] == "100 %"
    assert same_bytes(session.world_at(session.document(), 4).record, session.model.world.record) == []


def test_the_panel_of_coalitions_shows_what_the_pool_plans(session):
    session.act(MOVES[5])
    forward(session, 8)
    record = session.model.world.record
    for entry in panels.coalitions(session.model):
        k = next(body.row for body in session.model.coalitions if body.active and coalition_name(body.serial) == entry["name"])
        told = {name: value for name, value, _ in entry["facts"]}
        assert told["spends on training"].startswith(panels.percent(record.pool_effort[k], 2) + " of GDP/yr")
        members = record.source[: record.n] == options.first_slot(session.vendors) + k
        least, mean = record.plan_chips[: record.n][members].min(), np.average(
            record.plan_chips[: record.n][members], weights=record.gdp[: record.n][members]
        )
        expects = float(told["expects of chips"].split()[0])
        assert told["expects of chips"].endswith(f"least trusted member {panels.percent(record.pool_least_chips[k])}")
        assert 100 * least - 1 <= expects <= 100 * mean + 1


def test_every_parameter_is_a_slider_once_and_the_page_offers_todays_scenarios(session):
    groups = left.lever_groups(session.vendors).content
    rows = [row["name"] for group in groups if not group["first"] for row in group["rows"]]
    assert sorted(rows) == sorted(parameters.names())
    grouped = {name for members in left._GROUPS.values() for name in members}
    for group, members in left._GROUPS.items():
        (found,) = [found for found in groups if found["name"] == group]
        assert {parameters.lookup(row["name"]).name for row in found["rows"]} == set(members)
    assert grouped <= set(parameters.BY_NAME)
    offered = set(library.names())
    assert {"early-plateau", "late-plateau", "sovereign-offers"} <= offered
    assert not {"boom", "boom-to-2027"} & offered


def test_stability_is_what_the_rules_say_of_each_nation(session):
    """Leavers gain outside by the model's own terms; joiners gain and would be admitted; margins cover all members."""
    session.act(MOVES[5])
    forward(session, 20)
    world = session.model.world
    first, found = options.first_slot(world.vendors), why.stability(world)
    assert found
    for k, verdict in found.items():
        members = {int(i) for i in np.flatnonzero(world.record.source[: world.record.n] == first + k)}
        assert {i for i, _ in verdict.margins} == members
        assert {i for i, gain in verdict.leavers} == {i for i, margin in verdict.margins if margin < 0}
        for i, gain in verdict.joiners:
            trial = world.asked().record
            choice.weigh(trial, i)
            assert coalition.admits(trial, i, k)
            own = int(trial.source[i])
            gained = choice.payoff(trial, i, first + k) + trial.taste[i, -1] - choice.payoff(trial, i, own) - trial.taste[i, own]
            assert gain == pytest.approx(gained)
            assert gain > 0


def test_the_log_tells_every_change_and_every_count():
    """Step by step the log's entries are the world's own counts; those who join at once count as founders."""
    restless = {"review_rate": 1.0, "taste_renewal": 0.5, "leaving_cost": 0.0, "notice": 1}
    session = Session(Services(), library.scenario("baseline").with_values(restless, "test"), 5)
    session.act(MOVES[0])
    session.act(MOVES[5])
    told, counts = 0, np.zeros(5, int)
    while not session.model.finished:
        session.step()
        record, entries = session.model.world.record, session.log[told:]
        kinds = [entry.kind for entry in entries]
        left = sum("leaves" in entry.text for entry in entries)
        now = np.array([record.foundings, record.dissolutions, record.joins, record.exits, record.outages.sum()])
        founded, dissolved, joined, exits, failed = now - counts
        assert kinds.count("founding") == founded
        assert kinds.count("dissolution") == dissolved
        assert kinds.count("join") == joined or founded
        assert exits <= left <= exits + dissolved  # the last of a dissolved coalition may move on at once
        assert kinds.count("outage") == failed
        assert set(kinds) <= set(event_log.KINDS)
        for entry in entries:
            if entry.kind == "notice":
                nation = session.model.nation(*entry.nations)
                assert nation.option == "coalition", entry.text
                assert (nation.notice_left < 0) == ("withdraws" in entry.text)
        told, counts = len(session.log), now
    assert [entry.step for entry in session.log] == sorted(entry.step for entry in session.log)
    kinds = {entry.kind for entry in session.log}
    assert {"founding", "join", "notice", "exit", "taste", "cut", "intervention", "event"} <= kinds


def test_a_frame_is_small_plain_and_true(session):
    forward(session, 30)
    shown = frame.frame(session.model.world)
    text = json.dumps(shown, allow_nan=False)
    assert len(text) < 10_000
    assert shown["sources"] == [nation.source for nation in session.model.nations]
    for i, j in shown["ties"]:
        assert shown["serials"][i] == shown["serials"][j] > 0
    json.dumps(frame.base(session.scenario, session.model.world), allow_nan=False)


def test_map_is_projected_and_places_spread(session):
    """The equator is straight, the map is within its picture, and discs that overlap move apart but not far."""
    x, y = geography.project(np.array([-120.0, 0.0, 120.0]), np.zeros(3))
    assert y[0] == y[1] == y[2]
    assert (np.diff(x) > 200).all()
    table = session.scenario.nations()
    world, inset = geography.places(table)
    assert ((world > 0) & (world < [geography.WIDTH, geography.HEIGHT])).all()
    assert np.isfinite(inset[list(table.index).index("DEU")]).all()
    assert np.isnan(inset[list(table.index).index("JPN")]).all()
    two = np.array([[0.0, 0.0], [1.0, 0.0]])
    apart = geography.spread(two, np.array([5.0, 5.0]))
    assert 5 < np.hypot(*(apart[0] - apart[1])) < 10


def test_charts_hold_the_history_and_escape_text(session):
    forward(session, 9)
    fan = list(futures(session.model.world, 60, session.services))[-1]
    for svg in [*charts.over_time(session, fan, "gdp"), *charts.futures(session, fan, fan, False)["svgs"]]:
        assert svg.startswith("<svg")
        assert "nan" not in svg
    chart = drawing.Chart("x", "<b>", (0, 1), (0, 1))
    chart.legend([("<script>", "#000")])
    assert "<b>" not in chart.svg()
    assert "<script>" not in chart.svg()
    assert drawing.nice_ticks(0, 1) == [0, 0.25, 0.5, 0.75, 1]


def test_charts_are_of_one_step_though_the_run_goes_on_meanwhile(session, monkeypatch):
    """Whoever draws while another thread steps has histories of one length; the steps come after."""
    forward(session, 6)
    fan = next(futures(session.model.world, 60, session.services))
    history, stepping = session.history, []

    def disturbed(name):
        values = history(name)
        stepping.append(threading.Thread(target=session.step))
        stepping[-1].start()
        stepping[-1].join(0.2)
        return values

    monkeypatch.setattr(session, "history", disturbed)
    for draw in (lambda: charts.over_time(session, fan, "gdp"), lambda: charts.futures(session, fan, fan, False)):
        draw()
        for thread in stepping:
            thread.join()
    assert session.step_now == 6 + len(stepping)


def test_scenario_files_and_links_restore_the_run(session):
    """The scenario as TOML, as JSON and as a link each give the same scenario, moves included."""
    session.set_parameter("fee_us", 0.3)
    forward(session, 8)
    for move in MOVES:
        session.act(move)
    document = session.document()
    from_toml, _ = takeaway.from_file("mine.toml", takeaway.scenario_toml(session))
    from_json, seed = takeaway.from_file("mine.json", takeaway.scenario_json(session))
    other = Session(session.services, library.scenario("duopoly"), 1)
    other.restore(address.read(address.query(session.state({})).removeprefix("?state=")))
    linked = Scenario.parse(other.document())
    assert from_toml.document() == from_json.document() == linked.document() == Scenario.parse(document).document()
    assert seed == other.seed == 5
    assert same_bytes(other.model.world.record, session.model.world.record) == []
    assert tomllib.loads(takeaway.scenario_toml(session))["parameters"]["fee_us"] == 0.3


@pytest.mark.parametrize("state", ["", "!!!!", "eJwrSS0uAQAEXQHB", "x" * 100_000])
def test_a_damaged_link_is_one_sentence(state):
    with pytest.raises(ValueError, match=r"^link: [^\n]+$"):
        address.read(state)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "x" * 70_000, "larger than 64 kB"),
        ("a.toml", "= 3", "is not valid TOML"),
        ("a.json", "[" * 50_000, "is nested too deep"),
        ("a.json", "[1]", "holds no scenario"),
        ("a.toml", 'extends = "/etc/passwd"', "must be whole"),
        ("a.toml", "steps = -3", "steps"),
        ("a.json", '{"scenario": {}, "seed": -1}', "allowed is 0 to"),
    ],
)
def test_a_bad_file_is_refused_in_words(name, text, said):
    with pytest.raises(ValueError, match=said):
        takeaway.from_file(name, text)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/etc", ".hidden", "a\\b", "a" * 61, "x\n", "a..b"])
def test_names_cannot_leave_the_results_directory(tmp_path, name):
    page = Services(tmp_path / "results")
    for action in (lambda: page.save(library.scenario("baseline"), 1, name), lambda: page.open(name, 0)):
        with pytest.raises(ValueError, match="name: allowed are"):
            action()
    assert list(tmp_path.iterdir()) == []


def test_a_linked_result_is_not_followed(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "link").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="is a link"):
        Services(tmp_path / "results").save(library.scenario("baseline"), 1, "link")


def test_a_saved_run_opens_again_exactly(session, tmp_path):
    forward(session, 6)
    for move in MOVES:
        session.act(move)
    path = session.services.save(Scenario.parse(session.document(), "mine"), 5, "mine")
    assert path == tmp_path / "mine"
    assert session.services.results() == ["mine"]
    forward(session, 54)
    opened = session.services.open("mine", 0)
    assert {n: x for n, x in opened.outcomes.items() if x == x} == {n: x for n, x in session.model.observed.items() if x == x}
    session.open(opened)
    assert session.agrees() is True
    opened.outcomes["sovereignty"] += 1e-15
    assert session.agrees() is False
    with pytest.raises(ValueError, match="holds a result already"):
        session.services.save(session.scenario, 5, "mine")
    with pytest.raises(ValueError, match="run 3"):
        session.services.open("mine", 3)


def test_the_watched_model_is_the_model():
    """Without Mesa's data collector the model steps to the same bytes, and measures the same."""
    watched, plain = Watched(rng=3), Model(rng=3)
    for _ in range(15):
        watched.step()
        plain.step()
    assert same_bytes(watched.world.record, plain.world.record) == []
    assert watched.observed == pytest.approx(plain.observed, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"scenario": "baselin"}, "did you mean baseline"),
        ({"port": 70_000}, "--port: found 70000; allowed is 0 to 65535"),
        ({"replay": ("nowhere", 0)}, "nowhere: holds no result"),
        ({"host": "999.1.1.1"}, "999.1.1.1"),
    ],
)
def test_view_refuses_in_one_sentence(capsys, monkeypatch, tmp_path, arguments, said):
    from analysis.page.serve import serve

    monkeypatch.chdir(tmp_path)
    assert serve(**({"port": 0} | arguments)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_view_says_that_a_port_is_in_use(capsys):
    from analysis.page.serve import serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve(port=port) == 2
    assert capsys.readouterr().err == f"abm view: --port: {port} is in use; take another\n"


def test_view_says_that_the_extra_is_missing():
    """Without solara there is one clear sentence, no traceback."""
    code = "import sys; sys.modules['solara'] = None\nfrom abm_command import main\nsys.exit(main(['view', '--port', '0']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("abm: solara is not installed, and this command needs it: pip install altair ")
    assert done.stderr.count("\n") == 1


def test_the_map_stands_in_mesas_own_visualization_too():
    """SolaraViz takes WorldView as a component, and draws it again when the model has stepped."""
    import ipywidgets
    import solara
    from mesa.visualization import SolaraViz
    from mesa.visualization.utils import force_update

    from analysis.page import WorldView

    model = Model(rng=1)
    _, rendered = solara.render(SolaraViz(model, components=[WorldView]), handle_error=False)
    (stage,) = [w for w in list(ipywidgets.widgets.widget._instances.values()) if hasattr(w, "frame")]
    assert stage.frame.content["step"] == 0
    model.step()
    force_update()
    assert stage.frame.content["step"] == 1
    rendered.close()
