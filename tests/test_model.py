"""The model as Mesa sees it: agents, collected data, copies, other decision rules, explanations, interventions."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pandas as pd
import pytest

from abm import attributes, measures, options
from abm.agents import Coalition, Nation, Vendor
from abm.model import Model
from abm.scenario import Scenario
from abm.schedule import PHASES
from abm.submodels.events import TENSION
from abm.world import Event
from tests import worlds
from tests.worlds import SLOT, changed

TERMS = list(attributes.TERMS)


def run(model: Model, steps: int = 100) -> Model:
    """Step a model on, at most to its end."""
    while steps and not model.finished:
        model.step()
        steps -= 1
    return model


@pytest.mark.uncompiled
def test_the_model_takes_a_scenario_a_path_or_nothing():
    assert len(Model(worlds.BASELINE, rng=3).nations) == 53
    model = Model(worlds.plain(4, 3), seed=3, fee_us=0.3)
    assert model.world.parameters()["fee_us"] == 0.3
    assert int(model.world.record.seed) == 3
    with pytest.raises(ValueError, match=r"Model: parameters.fee_uss: .*did you mean fee_us"):
        Model(worlds.plain(4, 3), fee_uss=0.3)
    assert run(model).date == 2025.75
    assert model.finished
    assert not model.running


def test_all_nations_of_the_data_run():
    """Uncompiled, in a process of its own: for two steps that is sooner done than compiling for so many rows."""
    code = """if True:
        from abm.model import Model
        from abm.scenario import Scenario
        model = Model(Scenario.parse({"nations": {"select": "all"}, "steps": 2}), rng=0)
        model.step()
        model.step()
        print(len(model.nations), model.finished, model.world.record.gdp[:193].min() > 0)
    """
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["193", "True", "True"]


def test_agents_can_be_selected_grouped_and_summed_up(model):
    run(model, 12)
    nations = model.agents.select(agent_type=Nation)
    assert len(nations) == 12
    assert len(model.agents) == 12 + 2 + options.COALITIONS
    by_option = nations.groupby("option").agg("gdp", sum)
    for option, gdp in by_option.items():
        assert gdp / nations.agg("gdp", sum) == pytest.approx(model.observed[f"gdp_{option}"])
    assert len(by_option) > 2
    members = nations.select(lambda nation: nation.coalition is not None)
    assert len(members) == sum(coalition.members for coalition in model.coalitions)
    assert nations.agg("gdp", sum) == pytest.approx(model.world.record.gdp[:12].sum())


def test_collected_data_are_the_measures_and_the_choices(model):
    run(model, 5)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["seed", *measures.columns(model.world.vendors)]
    assert frame.pop("seed").tolist() == 6 * [1]
    assert frame.iloc[-1].dropna().to_dict() == {k: v for k, v in model.observed.items() if not np.isnan(v)}
    nations = model.datacollector.get_agenttype_vars_dataframe(Nation)
    assert len(nations) == 6 * 12
    last = nations.xs(nations.index.get_level_values(0).max(), level=0)
    assert last["option"].tolist() == [nation.option for nation in model.nations]


@pytest.mark.uncompiled
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],
                         ids=["deepcopy", "pickle"])
def test_a_copy_goes_on_as_the_original_would(duplicate):
    model = run(Model(worlds.levers(8, 12), rng=2), 5)
    twin = duplicate(model)
    assert not changed(twin.world.record, model.world.record)
    before = model.world.record.copy()
    run(twin)
    assert not changed(model.world.record, before), "the copy shares nothing with the original"
    assert not changed(run(model).world.record, twin.world.record)
    assert all(nation.model is twin for nation in twin.nations)
    twin.intervene(Event(0, TENSION, value=2.0))
    assert twin.world.record.events == model.world.record.events + 1


@pytest.mark.uncompiled
def test_a_dropped_model_is_freed():
    model = run(Model(worlds.plain(4, 3), rng=0))
    ghosts = [weakref.ref(model), weakref.ref(model.nations[0]), weakref.ref(model.datacollector)]
    del model
    gc.collect()
    assert [ghost() for ghost in ghosts] == [None] * 3


@pytest.mark.uncompiled
@pytest.mark.parametrize("nations", [1, 6])
def test_every_property_can_be_read_and_is_a_plain_value(nations):
    model = run(Model(worlds.plain(nations, 8, convening_rate=1, review_rate=4), rng=2))
    plain = (int, float, str, bool, list, np.ndarray, pd.DataFrame, Coalition, type(None))
    for agents, table in ((model.nations, attributes.NATION), (model.vendors, attributes.VENDOR),
                          (model.coalitions, attributes.COALITION)):
        kind = type(agents[0])
        for name in [name for name, value in vars(kind).items() if isinstance(value, property)]:
            assert getattr(kind, name).__doc__, f"{kind.__name__}.{name} says nothing"
            for agent in agents:
                assert isinstance(getattr(agent, name), plain), f"{kind.__name__}.{name}"
        row = attributes.TABLES[{Nation: "nation", Vendor: "vendor", Coalition: "coalition"}[kind]][0].shape[:1]
        for attribute in table:
            if attribute.kind != "scratch" and attribute.shape == row:
                values = [getattr(agent, attribute.name) for agent in agents]
                assert values == model.world.record[attribute.name][: len(agents)].tolist()
    for nation in model.nations:
        assert nation.distance.shape == nation.cut_left.shape == (2,)
        assert nation.hazards.index.tolist() == ["us", "china"]
        with pytest.raises(AttributeError):
            nation.gdp = 1.0


@pytest.mark.uncompiled
def test_views_of_coalitions_and_members_agree():
    model = run(Model(worlds.levers(8, 12, parameters={"convening_rate": 1}), rng=1))
    assert any(coalition.active for coalition in model.coalitions)
    for coalition in model.coalitions:
        assert len(coalition.nations) == coalition.members
        assert coalition.active == (coalition.members > 0)
        assert np.isnan(coalition.lag) != coalition.active
        for nation in coalition.nations:
            assert nation.coalition is coalition
            assert nation.option == "coalition"
            assert {*nation.partners, nation} == set(coalition.nations)
            bonds = [nation.trust_in(partner) for partner in nation.partners]
            assert nation.bond == pytest.approx(sum(bonds))
            assert 0 <= nation.sovereignty <= 1
    clients = {vendor.name: len(vendor.clients) for vendor in model.vendors}
    assert clients == {name: round(model.observed[f"nations_{name}"] * 8) for name in clients}
    with pytest.raises(ValueError, match="XXX: no such nation"):
        model.nation("XXX")


class Loyal(Nation):
    """Stays with what it has."""

    def decide(self):
        return self.option


class Fickle(Nation):
    """Gives notice at a review, and wants to stay when the notice is over."""

    def decide(self):
        return "us" if self.notice_left < 0 else self.option


class Joiner(Nation):
    """Takes a coalition wherever one is in reach."""

    def decide(self):
        return "coalition"


class Lost(Nation):
    """Asks for what is not open to it."""

    choice: str | int = "moon"

    def decide(self):
        return self.choice


@pytest.mark.uncompiled
def test_a_subclass_that_decides_alike_gives_the_same_run():
    scenario = worlds.levers(8, 16, parameters={"admission": "unanimity", "admission_tolerance": 5e-5})
    usual, same = (run(Model(scenario, rng=3, nation=kind)) for kind in (Nation, worlds.Same))
    assert usual.observed["refusals"] > 0
    assert not changed(usual.world.record, same.world.record)


@pytest.mark.uncompiled
def test_only_agents_whose_class_overrides_something_are_called():
    """Reviews alone for a nation that decides otherwise; every phase of its rows for a class that acts by itself."""
    called: list[str] = []

    class Asked(Nation):
        def decide(self):
            called.append("decide")
            return super().decide()

    class Heard(Vendor):
        def act(self, rule):
            called.append(rule.__name__)
            super().act(rule)

    scenario = worlds.plain(6, 12, review_rate=0)
    usual, asked, heard = Model(scenario, rng=3), Model(scenario, rng=3, nation=Asked), Model(scenario, rng=3)
    heard.vendors = [Heard(heard, 0), Heard(heard, 1)]
    for model in (usual, asked):
        run(model, 4)
    assert called == []
    run(heard, 4)
    assert called == 4 * [phase.rule.__name__ for phase in PHASES if phase.rows == "vendors" for _ in range(2)]
    for model in (asked, heard):
        assert not changed(usual.world.record, model.world.record)
    called.clear()
    model = run(Model(worlds.plain(6, 12, review_rate=20), rng=3, nation=Asked), 2)
    assert len(called) == 2 * int(model.world.record.reviewing) == 12


#: Any set gains on vendors so dear and free models so late.
EAGER = {"site_cost": 0, "inference_cost": 0, "fee_us": 0.9, "fee_china": 0.9, "open_weights_lag": 10}


@pytest.mark.uncompiled
def test_nations_can_decide_otherwise():
    loyal = run(Model(worlds.plain(6, 12, review_rate=20), rng=4, nation=Loyal))
    assert loyal.datacollector.get_model_vars_dataframe()["turnover"].sum() == 0
    eager = worlds.plain(6, 12, review_rate=20, convening_rate=1, admission="open", **EAGER)
    joiners = run(Model(eager, rng=4, nation=Joiner))
    assert joiners.observed["nations_coalition"] > 0.5
    assert joiners.datacollector.get_agenttype_vars_dataframe(Joiner).shape == (13 * 6, 4)


@pytest.mark.uncompiled
def test_a_nation_that_decides_otherwise_may_withdraw_its_notice_all_the_same():
    """It gives notice, decides to stay when the notice is over, and gives notice again."""
    event = {"date": 2025.0, "kind": "convene", "nations": ["N001", "N002", "N003"], "binding": True}
    scenario = Scenario.parse({**worlds.plain(5, 12, review_rate=20).document(), "events": [event]})
    model = Model(scenario, rng=1, nation=Fickle)
    nation = model.nation("N001")
    left = [nation.notice_left for _ in range(7) if model.step() is None]
    assert left == [1.0, 0.75, 0.5, 0.25, -1.0, 1.0, 0.75]
    assert nation.option == "coalition"
    assert not nation.former_member


@pytest.mark.uncompiled
@pytest.mark.parametrize("choice", ["moon", "coalition 3", 9, 99, -1])
def test_a_decision_for_what_is_not_open_is_an_error(choice):
    model = Model(worlds.plain(4, 12, review_rate=20, convening_rate=0), rng=4, nation=Lost)
    Lost.choice = choice
    with pytest.raises(ValueError, match=rf"N00\d: {choice} is not open to it; open are .*china"):
        run(model)


@pytest.mark.uncompiled
def test_a_coalition_may_refuse_a_nation_that_decides_otherwise():
    """Admission holds for every decision rule: nobody enters by asking."""
    admitted = {}
    for admission in ("open", "unanimity"):
        values = {"review_rate": 20, "convening_rate": 0, "overhead_discord": 1, "admission": admission,
                  "admission_tolerance": 0, "quality_sensitivity": 1, "overhead_size": 0.5}
        event = {"date": 2025.0, "kind": "convene", "nations": ["N001", "N002"], "binding": True}
        document = {"nations": {"synthetic": 6}, "steps": 1, "parameters": values, "events": [event]}
        model = run(Model(Scenario.parse(document), rng=1, nation=Joiner))
        admitted[admission] = model.observed["joins"], model.observed["refusals"]
    assert admitted["open"] == (4, 0)
    assert admitted["unanimity"][1] > 0
    assert sum(admitted["unanimity"]) == 4


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_terms_add_up_and_the_choice_is_the_best_with_its_taste(seed):
    model = Model(worlds.levers(parameters={"admission": "unanimity", "notice": 1}), rng=seed)
    reviews = chosen = 0
    while not model.finished:
        before = {nation.iso3: (nation.source, nation.notice_left) for nation in model.nations}
        step = int(model.world.record.step)
        model.step()
        for nation in model.nations:
            if nation.reviewed < 0:
                assert nation.explain().empty
                continue
            frame = model.explain(nation.iso3)
            assert list(frame) == [*TERMS, "payoff"]
            np.testing.assert_allclose(frame["payoff"], frame[TERMS[:-1]].sum(axis=1), rtol=1e-12, atol=1e-15)
            assert frame["payoff"].is_monotonic_decreasing
            assert (frame[["fee", "build", "restriction", "switching", "distance"]] <= 0).all(axis=None)
            if nation.reviewed == step:
                reviews += 1
                chosen += follows(nation, frame, *before[nation.iso3])
    assert reviews > 50
    assert chosen > reviews / 2


def follows(nation: Nation, frame: pd.DataFrame, source: int, notice: float) -> bool:
    """Check what a review led to; whether the best option was carried out at once."""
    names = options.source_names(nation.model.world.vendors)
    own = names[source]
    was_member = source >= SLOT and nation.model.world.record.members[source - SLOT] > 0  # or others' leaving dissolved it first
    best, now = (frame["payoff"] + frame["taste"]).idxmax(), names[nation.source]
    assert np.isneginf(frame["taste"]).sum() == 0 or nation.refused_by > 0
    moved_by_others = now.startswith(("coalition", "self_build")) and now != own  # convened, or its coalition dissolved
    if was_member and notice < 0 and best != own:
        assert nation.notice_left > 0 or moved_by_others
        return False
    assert now == best or moved_by_others
    return now == best


@pytest.mark.uncompiled
def test_explaining_does_not_change_the_run():
    model, asked = (Model(worlds.levers(8, 12), rng=5) for _ in range(2))
    for _ in range(12):
        model.step()
        asked.step()
        for nation in asked.nations:
            now = asked.explain(nation.iso3, now=True)
            assert {"us", "china", "self_build", "hold_back"} <= set(now.index)
            asked.explain(nation.iso3)
        assert not changed(asked.world.record, model.world.record)


KINDS = [event for event in worlds.EVENTS if event["kind"] not in ("compute", "funding")]


@pytest.mark.parametrize("event", KINDS, ids=lambda event: event["kind"])
def test_an_intervention_equals_the_same_event_in_a_scenario(event):
    """Save compute and funding, which a scenario announces and which are planned with before their date."""
    plain = worlds.plain(12, 16, convening_rate=0.3)
    dated = Scenario.parse({**plain.document(), "events": [event]})
    watched, scripted = run(Model(plain, rng=6), 0), Model(dated, rng=6)
    happening = dated.events()[0]
    run(watched, happening.step)
    watched.intervene(happening)
    assert not changed(run(watched).world.record, run(scripted).world.record)
    assert changed(watched.world.record, run(Model(plain, rng=6)).world.record)


@pytest.mark.parametrize("kind", ["compute", "funding"])
def test_an_intervention_with_compute_is_a_surprise(kind):
    plain = worlds.plain(12, 16)
    event = next(event for event in worlds.EVENTS if event["kind"] == kind)
    dated = Scenario.parse({**plain.document(), "events": [event]})
    scripted, happening = Model(dated, rng=6), dated.events()[0]
    watched = run(Model(plain, rng=6), happening.step)
    known, unknown = (m.world.record.plan_compute.sum() + m.world.record.vendor_plan.sum()
                      for m in (run(scripted, happening.step), watched))
    watched.intervene(happening)
    assert known > unknown
    for model in (watched, scripted):
        model.step()
    assert watched.world.record.compute[:12] == pytest.approx(scripted.world.record.compute[:12], rel=0.05)


def test_a_run_takes_a_limited_number_of_interventions():
    model = Model(worlds.plain(4, 3), rng=0)
    for _ in range(model.world.record.event_step.size):
        model.intervene(Event(0, TENSION, value=1.1))
    with pytest.raises(ValueError, match="at most 32 dated events"):
        model.intervene(Event(0, TENSION, value=1.1))
