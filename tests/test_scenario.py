"""Scenario files: every fault is one sentence that says where, what was found, what is allowed; a good file comes back."""

import errno
import json
import os
import tomllib

import numpy as np
import pandas as pd
import pytest

from abm import data, parameters
from abm.draws import MOST_VENDORS
from abm.scenario import FIELDS, Scenario, ScenarioError
from abm.submodels.events import KINDS
from abm.world import build
from runs import library
from tests import worlds
from tests.worlds import changed


def event(**fields) -> str:
    """A dated event as TOML, in force unless a field says otherwise."""
    fields = {"date": 2026.0, "kind": "tension", "factor": 2, **fields}
    return "[[events]]\n" + "".join(f"{name} = {json.dumps(value) if not isinstance(value, raw) else value}\n"
                                    for name, value in fields.items() if value is not None)


class raw(str):
    """A value written as it stands."""


def outage(**fields) -> str:
    """An outage as TOML."""
    return event(**{"kind": "outage", "factor": None, "vendor": "us", **fields})


def cut(**fields) -> str:
    """A restriction as TOML."""
    return event(**{"kind": "restriction", "factor": None, "vendor": "us", "nations": ["DEU"], **fields})


def compute(**fields) -> str:
    """An arrival of compute as TOML."""
    return event(**{"kind": "compute", "factor": None, "h100e": 5.0, **fields})


def setting(**fields) -> str:
    """A dated change of a parameter as TOML."""
    return event(**{"kind": "parameter", "factor": None, "name": "fee_us", "value": 0.2, **fields})


def vendor(name="gulf", **fields) -> str:
    """A new vendor as TOML."""
    return f"[vendors.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in
                                           {"ideal_point": 0.1, "compute_share": 0.05, **fields}.items())


FAULTS = {
    # unknown names
    "stepz = 3": "stepz: no such field; did you mean steps?",
    "[nations]\nselekt = 'eu'": "nations.selekt: no such field; did you mean select?",
    event(faktor=2): "events[1].faktor: no such field; did you mean factor?",
    vendor(chips=1): "vendors.gulf.chips: no such field; did you mean sells_chips?",
    "[parameters]\nfee_uss = 0.3": "parameters.fee_uss: no such parameter; did you mean fee_us?",
    "[parameters]\nfee = 0.3": "parameters.fee: no such parameter; did you mean fee_us?",
    "[parameters]\nadmission = 'opn'":
        "parameters.admission: 'opn' is not one of open, majority, unanimity; did you mean open?",
    "[nations]\nselect = 'nate'": "nations.select: nate: no such group; did you mean nato?",
    "[nations]\nselect = ['DEUU', 'FRA']": "nations.select: DEUU: no such nation; did you mean DEU (Germany)?",
    "[nations]\nexclude = ['XYZ']": "nations.exclude: XYZ: no such nation",
    "[nations]\nselect = ['USA']": "nations.select: USA hosts a vendor and is no agent",
    event(kind="tensions"): "events[1]: kind: tensions: no such kind of event; did you mean tension?",
    outage(vendor="uss"): "events[1]: vendor: uss: no such vendor; did you mean us?",
    cut(nations="eus"): "events[1]: nations: eus: no such group; did you mean eu?",
    cut(nations=["DEUX"]): "events[1]: nations: DEUX: no such nation; did you mean DEU (Germany)?",
    cut(nations=[]): "events[1]: nations: names no nation",
    setting(name="fees_us"): "events[1]: name: fees_us: no such parameter; did you mean fee_us?",
    vendor(clients=["FRX"]): "vendors.gulf.clients: FRX: no such nation; did you mean FRA (France)?",
    vendor(iso3="AARE"): "vendors.gulf.iso3: AARE: no such nation; did you mean ARE (United Arab Emirates)?",
    vendor(memberships=["eu", "natoo"]): "vendors.gulf.memberships: natoo: no such institution; did you mean nato?",
    vendor(memberships=["wassenaar"]): "vendors.gulf.memberships: wassenaar: no such institution; known are eu, nato",
    "[parameters]\nhosting = 0.3": "parameters.hosting: no such parameter; did you mean hosting_us?",
    "[parameters]\neffort_limits = 0.01": "parameters.effort_limits: no such parameter; did you mean effort_limit?",
    # wrong types
    "steps = 'x'": "steps: found 'x'; must be a valid integer",
    "steps = 12.5": "steps: found 12.5; must be a valid integer",
    "start = true": "start: found True; a date is needed, as a year such as 2026.5 or as 2026-07-01",
    "title = 3": "title: found 3; must be a valid string",
    "nations = 'eu'": "nations: found 'eu'; must be a valid table",
    "events = 5": "events: found 5; must be a valid list",
    "[parameters]\nfee_us = true": "parameters.fee_us: found True; must be a valid number or a valid integer",
    "[parameters]\nfee_us = [1]": "parameters.fee_us: found [1]; must be a valid number or a valid integer",
    "[parameters]\nfee_us = 'low'": "parameters.fee_us: 'low' is not a number",
    "[parameters]\nadmission = 1": "parameters.admission: 1 is not one of open, majority, unanimity",
    "[parameters]\nconvening_size = 2.5": "parameters.convening_size: 2.5 is not a whole number",
    vendor(memberships="eu"): "vendors.gulf.memberships: found 'eu'; must be a valid list",
    event(date="2026"): "events[1].date: found '2026'; a date is needed, as a year such as 2026.5 or as 2026-07-01",
    event(date=raw("10:00:00")): "events[1].date: found 10:00:00; a date is needed",
    event(date="2026-02-30"): "events[1].date: found '2026-02-30'; a date is needed",
    # bounds
    "[parameters]\nfee_us = 1.5": "parameters.fee_us: 1.5 is outside 0 to 1 share of benefit",
    "[parameters]\nfee_us = nan": "parameters.fee_us: nan is outside 0 to 1 share of benefit",
    "[parameters]\nfee_us = inf": "parameters.fee_us: inf is outside 0 to 1 share of benefit",
    "[parameters]\nfee_us = -inf": "parameters.fee_us: -inf is outside 0 to 1 share of benefit",
    "[parameters]\nfee_us = 1" + "0" * 400: "parameters.fee_us: found an integer of 401 digits; whole numbers lie in",
    "[parameters]\neffort_limit = 0.06": "parameters.effort_limit: 0.06 is outside 0 to 0.05 share of GDP/yr",
    "[parameters]\ngrowth_decay = 0": "parameters.growth_decay: 0 is outside 0.1 to 100 yr",
    "[parameters]\nhosting_us = 1.01": "parameters.hosting_us: 1.01 is outside 0 to 1 share",
    "[parameters]\ncontagion = -0.1": "parameters.contagion: -0.1 is outside 0 to 1 share",
    setting(name="leaving_cost", value=0.3): "events[1]: name: leaving_cost: 0.3 is outside 0 to 0.2 share of GDP",
    "start = nan": "start: found nan; a date is needed",
    "step_years = nan": "step_years: found nan; must be less than or equal to 5",
    "step_years = 0": "step_years: found 0; must be greater than or equal to 0.001",
    "step_years = 1e-300": "step_years: found 1e-300; must be greater than or equal to 0.001",
    "step_years = -0.25": "step_years: found -0.25; must be greater than or equal to 0.001",
    "step_years = inf": "step_years: found inf; must be less than or equal to 5",
    "steps = 10000\nstep_years = 5": "steps: 10000 of 5 years end in 52025; a run ends by 9999",
    "steps = 10001": "steps: found 10001; must be less than or equal to 10000",
    "start = inf": "start: found inf; a date is needed",
    "steps = 0": "steps: found 0; must be greater than or equal to 1",
    "[nations]\nminimum_gdp = nan": "nations.minimum_gdp: found nan; must be",
    "[nations]\nsynthetic = 0": "nations.synthetic: found 0; must be greater than or equal to 1",
    "[nations]\nsynthetic = 5000": "nations.synthetic: found 5000; must be less than or equal to 1024",
    event(factor=raw("nan")): "events[1].factor: found nan; must be",
    event(factor=0): "events[1].factor: found 0; must be greater than 0",
    outage(years=raw("inf")): "events[1].years: found inf; must be",
    setting(name="lock_in_start"): "events[1]: name: lock_in_start counts only at the start of a run",
    setting(value=7): "events[1]: name: fee_us: 7 is outside 0 to 1 share of benefit",
    setting(value=raw("nan")): "events[1]: name: fee_us: nan is outside 0 to 1 share of benefit",
    vendor(ideal_point=9.0): "vendors.gulf.ideal_point: found 9.0; must be less than or equal to 5",
    "".join(vendor(f"v{i}") for i in range(MOST_VENDORS)): f"vendors: found {MOST_VENDORS}; a run takes {MOST_VENDORS}",
    # time
    event(date=2024.99): "events[1]: date: 2024.99 is outside the run's time, 2025 to 2040",
    event(date=2040): "events[1]: date: 2040 is outside the run's time, 2025 to 2040",
    event(date=raw("2040-01-01")): "events[1]: date: 2040 is outside the run's time, 2025 to 2040",
    event(date=raw("nan")): "events[1].date: found nan; a date is needed",
    "steps = 4\n" + event(): "events[1]: date: 2026 is outside the run's time, 2025 to 2026",
    # fields of an event
    event(date=None): "events[1].date: is missing",
    event(factor=None): "events[1]: factor: is missing, tension needs it",
    event(years=1.0): "events[1]: years: tension does not take it",
    compute(nations="eu", vendor="us"): "events[1]: give either nations or vendor",
    compute(): "events[1]: give either nations or vendor",
    cut() + cut(nations=None): "events[2]: nations: is missing, restriction needs it",
    # selections and vendors
    "[nations]\nselect = ['DEU', 'DEU']": "nations.select: DEU is named twice",
    "[nations]\nselect = []": "nations: the selection is empty",
    "[nations]\nminimum_gdp = 1e6": "nations: the selection is empty",
    "[nations]\nsynthetic = 5\n" + cut(nations=["N006"]): "events[1]: nations: N006: no such nation; did you mean N005?",
    vendor("us"): "vendors.us: us would mean two vendors",
    # what is no scenario
    "": "is empty; a scenario needs at least a title",
    "  \n\t": "is empty; a scenario needs at least a title",
    "title = ": "is not valid TOML: Invalid value (at end of document)",
    "steps = 1\nsteps = 2": "is not valid TOML: Cannot overwrite a value",
    "[parameters]\nfee_us = 1" + "0" * 5000: "holds an integer of thousands of digits",
    "extends = 3": "extends: found 3; allowed is the name of a scenario",
    "extends = '../secret'": "extends: found '../secret'; allowed is the name of a scenario",
    "extends = 'basline'": "extends: basline: no such scenario; did you mean baseline?",
    "extends = 'faulty'": "extends: faulty extends this scenario in turn",
}


@pytest.mark.uncompiled
@pytest.mark.parametrize(("text", "sentence"), FAULTS.items(), ids=[s[:50] for s in FAULTS.values()])
def test_a_fault_is_one_sentence_that_says_where_and_what(tmp_path, text, sentence):
    file = tmp_path / "faulty.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(file, worlds.BASELINE.parent)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{file}: {sentence}")


@pytest.mark.uncompiled
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_takes_the_fields_of_its_kind_and_no_others(kind):
    sizes = {"vendor": "us", "nations": "eu", "name": "fee_us", "value": 0.1, "binding": True}
    sizes |= dict.fromkeys(("years", "factor", "h100e", "bn_usd", "gap"), 1.0)
    assert set(sizes) == {field for required, optional in FIELDS.values() for field in required + optional}
    required, optional = FIELDS[kind]
    needed = {"date": 2026.0, "kind": kind, **{field: sizes[field] for field in required}}
    needed |= {"nations": "eu"} if kind in ("compute", "funding") else {}
    assert Scenario.parse({"events": [needed]}).events()[0].step == 4
    for field in required:
        with pytest.raises(ScenarioError, match=rf"{field}: is missing, {kind} needs it"):
            Scenario.parse({"events": [{name: value for name, value in needed.items() if name != field}]})
    for field in set(sizes) - set(required) - set(optional):
        with pytest.raises(ScenarioError, match=rf"{field}: {kind} does not take it"):
            Scenario.parse({"events": [{**needed, field: sizes[field]}]})


@pytest.mark.uncompiled
def test_all_faults_are_reported_at_once():
    document = {"steps": "x", "foo": 1, "events": [{"kind": "x"}]}
    with pytest.raises(ScenarioError) as caught:
        Scenario.parse(document, where="FILE")
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == ["steps", "events[1].date", "foo"]
    document = {"parameters": {"fee_us": 3, "fee_uk": 1}, "nations": {"select": "x", "exclude": ["X"]},
                "events": [{"date": 2050, "kind": "x"}, {"date": 2050, "kind": "restriction", "vendor": "uk"}]}
    with pytest.raises(ScenarioError) as caught:
        Scenario.parse(document, where="FILE")
    lines = str(caught.value).splitlines()
    assert all(line.startswith("FILE: ") for line in lines)
    found = [line.split(": ")[1] for line in lines]
    assert found == ["parameters.fee_us", "parameters.fee_uk", "nations.select", "nations.exclude", *["events[1]"],
                     *["events[2]"] * 3]


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda path: path.mkdir(), "is a directory, not a scenario file"),
    (lambda path: None, "no such file"),
    (lambda path: path.write_bytes(b'title = "\xff"'), "is not UTF-8 text (byte 9)"),
    (lambda path: path.symlink_to(path.name), "cannot be read: "),
], ids=["directory", "missing", "not UTF-8", "link to itself"])
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path, make, sentence):
    path = tmp_path / "faulty.toml"
    make(path)
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(path)
    assert str(caught.value).startswith(f"{path}: {sentence}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a" * 300 + ".toml", "a\0b.toml", "file/below.toml"])
def test_names_that_no_file_can_have(tmp_path, name):
    (tmp_path / "file").write_text("title = 'x'")
    with pytest.raises(ScenarioError, match="cannot be read: "):
        Scenario.read(tmp_path / name)


def test_an_unreadable_file(monkeypatch):
    def refuse(path, flags):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ScenarioError, match=r"^faulty.toml: cannot be read: Permission denied$"):
        Scenario.read("faulty.toml")


def write(folder, **texts: str) -> None:
    """Scenario files in a folder."""
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text)


@pytest.mark.uncompiled
def test_a_scenario_extends_another(tmp_path):
    """Tables are merged, events added, the rest replaced; over several files, and from the library."""
    write(tmp_path, first="title='first'\nsteps=8\n[parameters]\nfee_us=0.3\nhold_up=0.1\n" + event(date=2025.5),
          second="extends='first'\ntitle='second'\n[parameters]\nfee_us=0.2\n" + event(),
          third="extends='second'\n[nations]\nsynthetic=4\n", afar="extends='baseline'\nsteps=20\n")
    third = Scenario.read(tmp_path / "third.toml")
    assert third.document() == {
        "title": "second", "steps": 8, "parameters": {"fee_us": 0.2, "hold_up": 0.1}, "nations": {"synthetic": 4},
        "events": [{"date": 2025.5, "kind": "tension", "factor": 2}, {"date": 2026.0, "kind": "tension", "factor": 2}],
    }
    base = Scenario.read(worlds.BASELINE).document()
    assert Scenario.read(tmp_path / "afar.toml", worlds.BASELINE.parent).document() == {**base, "steps": 20}


@pytest.mark.uncompiled
def test_faults_of_extended_files(tmp_path):
    write(tmp_path, a="extends='b'", b="extends='c'", c="extends='a'", itself="extends='itself'", bad="events = 5",
          child="extends='bad'\n" + event(), broken="extends='torn'", torn="x = ")
    for name, sentence in [("a", "c.toml: extends: a extends this scenario in turn"),
                           ("itself", "itself.toml: extends: itself extends this scenario in turn"),
                           ("child", "child.toml: events: found 5; must be a valid list"),
                           ("broken", "torn.toml: is not valid TOML")]:
        with pytest.raises(ScenarioError) as caught:
            Scenario.read(tmp_path / f"{name}.toml")
        assert str(caught.value).startswith(str(tmp_path / sentence))
    with pytest.raises(ScenarioError, match="only a scenario in a file can extend another"):
        Scenario.parse({"extends": "a"})


@pytest.mark.uncompiled
@pytest.mark.parametrize("scenario", [worlds.levers(), worlds.levers(vendors=worlds.THIRD_VENDOR), worlds.plain(5),
                                      Scenario.read(worlds.BASELINE), Scenario.parse({})],
                         ids=["levers", "three vendors", "plain", "baseline", "nothing"])
def test_a_document_gives_the_same_scenario_again(scenario):
    document = json.loads(json.dumps(scenario.document()))
    again = Scenario.parse(document, scenario.name)
    assert again.document() == scenario.document()
    assert again.world(7).names == scenario.world(7).names
    assert not changed(again.world(7).record, scenario.world(7).record)


@pytest.mark.uncompiled
def test_values_can_be_set_over_a_scenario():
    scenario = worlds.plain(5).with_values({"fee_us": 0.1, "steps": 3, "start": 2026, "cost_key": "equal"})
    assert (scenario.content.steps, scenario.content.start) == (3, 2026)
    assert scenario.world().parameters()["cost_key"] == 1
    assert worlds.plain(5).world().parameters()["fee_us"] == parameters.defaults()["fee_us"]
    with pytest.raises(ScenarioError, match=r"set: parameters.fee_us: 3 is outside"):
        worlds.plain(5).with_values({"fee_us": 3})


def test_the_selections():
    def chosen(**nations) -> list[str]:
        return list(Scenario.parse({"nations": nations}).nations().index)

    economies = data.economies()
    assert len(chosen()) == 53
    assert chosen() == chosen(select="midsized") == chosen(minimum_gdp=200)
    assert len(chosen(select="all")) == 193
    assert chosen(minimum_gdp=1500) == economies.index[economies["gdp_usd_bn"] >= 1500].tolist()
    assert chosen(select=["FRA", "DEU"]) == ["DEU", "FRA"], "largest GDP first"
    assert chosen(select="g7", exclude=["JPN"]) == [iso3 for iso3 in data.group("g7") if iso3 != "JPN"]
    assert len(chosen(synthetic=3)) == 3
    for group in data.GROUPS:
        assert chosen(select=group) == data.group(group) != []
    assert not {"USA", "CHN", *data.LEFT_OUT} & set(chosen(select="all"))


def test_first_clients_and_new_vendors():
    scenario = Scenario.parse({"vendors": {"gulf": {"ideal_point": 0.1, "compute_share": 0.05, "sells_chips": True,
                                                    "iso3": "ARE", "clients": ["EGY", "IND"]}},
                               "parameters": {"fee_gulf": 0.1}})
    world = scenario.world()
    first = {iso3: world.vendors[world.record.source[row]] for row, iso3 in enumerate(world.iso3)}
    assert "ARE" not in first
    assert first["EGY"] == first["IND"] == "gulf"
    assert {iso3 for iso3, name in first.items() if name == "china"} == set(data.group("tier3")) & set(first)
    own = parameters.defaults()
    assert world.record.p.fee.tolist() == [own["fee_us"], own["fee_china"], 0.1]
    assert world.record.p.hazard[2] == parameters.BY_NAME["hazard"].default
    assert world.record.sells_chips.tolist() == [1, 0, 1]
    assert np.isfinite(world.record.distance[: world.record.n]).all()


@pytest.mark.uncompiled
@pytest.mark.parametrize("parameter", [each for each in parameters.PARAMETERS if each.at_start], ids=lambda each: each.name)
def test_what_counts_only_at_the_start_is_no_event(parameter):
    change = {"date": 2026.0, "kind": "parameter", "name": parameter.name, "value": parameter.default}
    with pytest.raises(ScenarioError, match=f"name: {parameter.name} counts only at the start of a run; set it under parameters"):
        Scenario.parse({"events": [change]})


def test_a_new_vendor_shares_the_institutions_it_names_else_its_hosts_else_none():
    """Distance is one minus affinity: what no institution is shared of, votes alone can bring near."""
    def shared(**fields) -> tuple[np.ndarray, np.ndarray]:
        made = Scenario.parse({"vendors": {"gulf": {"ideal_point": 0.1, "compute_share": 0.05, **fields}},
                               "nations": {"exclude": ["DEU"]}})
        record = made.world().record
        n = int(record.n)
        weight = record.p.affinity_votes
        near = weight * record.vendor_votes[:n, 2] + (1 - weight) * record.vendor_institutions[:n, 2]
        assert record.distance[:n, 2] == pytest.approx(1 - near)
        return record.vendor_institutions[:n, 2], made.nations()

    assert not shared()[0].any()
    assert not shared(iso3="DEU", memberships=[])[0].any()
    named, table = shared(memberships=["eu", "nato"])
    assert named == pytest.approx(1 - 0.5 ** (table["eu"] + table["nato"]))
    host, table = shared(iso3="DEU")
    of_host = data.nations().loc["DEU", list(data.AFFINITY)]
    assert host == pytest.approx(1 - 0.5 ** table[list(data.AFFINITY)].to_numpy(float).dot(of_host.to_numpy(float)))


def test_scenarios_of_growth_and_of_late_starts_say_what_they_mean_beside_the_baseline():
    """What is shipped is told in words that compare it with the baseline's values, which may move."""
    own = parameters.defaults()
    found = {name: library.scenario(name) for name in library.names()}
    assert found["early-plateau"].parameter("growth_decay") < own["growth_decay"] / 2
    assert found["late-plateau"].parameter("growth_decay") >= 1.5 * own["growth_decay"]
    assert found["hindcast"].parameter("growth_decay") > 20, "until 2026 growth did not slow down"
    changes = {name: {each.name: each.value for each in scenario.content.events if each.kind == "parameter"}
               for name, scenario in found.items()}
    assert changes["closing-window"] == {"convening_rate": own["convening_rate"]}
    assert changes["restraint"]["distance_weight"] > 3 * own["distance_weight"]
    assert changes["portable-contracts"]["portability"] > own["portability"] + 0.3
    assert changes["sovereign-offers"]["hosting_us"] > changes["sovereign-offers"]["hosting_china"] > 0
    assert changes["third-vendor"]["fee_india"] < own["fee_china"] < found["third-vendor"].parameter("fee_india") == 1


def test_a_table_with_a_blank_names_the_nation_and_the_column():
    table = data.economies().head(4).copy()
    table.loc["JPN", "ai_users_pct"] = np.nan
    table.loc["IND", "un_ideal_point"] = pd.NA
    with pytest.raises(ValueError, match="JPN: ai_users_pct is blank") as caught:
        build(table)
    assert "IND: un_ideal_point is blank" in str(caught.value)
    with pytest.raises(ValueError, match="no column eu"):
        build(data.economies().drop(columns="eu"))
    with pytest.raises(ValueError, match="at least one nation"):
        build(data.economies().head(0))


@pytest.mark.uncompiled
@pytest.mark.parametrize(("date", "step"), [(2025.0, 0), (2025.24, 0), (2025.25, 1), ("2025-12-31", 3), ("2026-10-01", 7),
                                            ("2027-04-01", 9), (2039.99, 59)])
def test_a_date_falls_into_its_step(date, step):
    text = f"title = 'x'\n[[events]]\ndate = {date}\nkind = 'tension'\nfactor = 2"
    scenario = Scenario.parse(tomllib.loads(text))
    assert [happening.step for happening in scenario.events()] == [step]
