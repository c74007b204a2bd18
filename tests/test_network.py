"""The network for networkx agrees with the compiled measures, and a run survives the way to Gephi and back."""

import xml.etree.ElementTree as ElementTree

import networkx as nx
import numpy as np
import pytest

from abm import measures, network, options
from abm.scenario import Scenario
from runs.ensemble import simulate
from tests import network_oracle as oracle

STEPS, SEEDS = 60, (0, 3, 4)
THREE = {"gulf": {"iso3": "SAU", "ideal_point": 0.1, "compute_share": 0.03, "clients": ["ARE", "IND"]}}


@pytest.fixture(scope="module", params=["baseline", "three vendors", "no coalition", "synthetic"])
def scenario(request):
    documents = {
        "baseline": {},
        "three vendors": {"vendors": THREE},
        "no coalition": {"parameters": {"convening_rate": 0}},
        "synthetic": {"nations": {"synthetic": 40}, "parameters": {"convening_size": 5}},
    }
    return Scenario.parse(documents[request.param])


@pytest.fixture(scope="module")
def run(scenario):
    """One run: the world it leaves and what was recorded of it."""
    world = scenario.world()
    results = simulate(world, STEPS, np.array([SEEDS[0]]), series=True, choices=True)
    return world, results


def at(run, step):
    world, results = run
    return network.graph(world, *network.labels(results.sources[0, step], results.serials[0, step], world.vendors))


def recorded(run, name):
    world, results = run
    return results.series[0, :, list(measures.columns(world.vendors)).index(name)]


@pytest.mark.parametrize("name", ["density", "transitivity"])
def test_structure_agrees_with_the_compiled_measure_at_every_step(run, name):
    found = [getattr(oracle, name)(at(run, step)) for step in range(0, STEPS + 1, 4)]
    assert found == pytest.approx(recorded(run, name)[::4], nan_ok=True)


def test_measures_of_the_world_as_it_stands_agree_with_the_compiled_ones(run):
    world, _ = run
    now, measured = network.present(world), measures.values(world)
    trust = world.record.trust
    assert oracle.density(now) == pytest.approx(measured["density"])
    assert oracle.modularity(now, trust) == pytest.approx(measured["modularity"], abs=1e-12)
    assert oracle.concentration(now) == pytest.approx(measured["concentration"])
    assert nx.utils.graphs_equal(now, at(run, STEPS))


def test_turnover_is_the_compiled_one_unless_a_nation_moved_twice(run):
    found = np.array([oracle.turnover(at(run, step - 1), at(run, step)) for step in range(1, STEPS + 1)])
    compiled = recorded(run, "turnover")[1:]
    assert (found <= compiled + 1e-12).all()
    assert np.isclose(found, compiled).mean() > 0.9
    assert found.sum() > 0


def test_every_nation_has_one_source_and_members_are_all_allied(run):
    g = at(run, STEPS)
    kinds = nx.get_node_attributes(g, "kind")
    assert len(network.nations(g)) == run[0].record.n
    for nation in network.nations(g):
        sources = [other for other, tie in g[nation].items() if tie["kind"] in ("client", "member")]
        assert len(sources) == (0 if g.nodes[nation]["option"] in [option.name for option in options.LONE] else 1)
    for hub in (node for node, kind in kinds.items() if kind == "coalition"):
        members = list(g[hub])
        allied = [(a, b) for a in members for b in members if a < b and g.edges[a, b]["kind"] == "ally"]
        assert len(allied) == len(members) * (len(members) - 1) // 2
        assert g.nodes[hub]["gdp"] == pytest.approx(sum(g.nodes[node]["gdp"] for node in members))


def written(run, path):
    world, results = run
    dates = [world.date(step) for step in range(STEPS + 1)]
    held = np.array([network.labels(*step, world.vendors)[0] for step in zip(results.sources[0], results.serials[0])])
    network.write_choices(path, world, results.sources[0], results.serials[0])
    return dates, {iso3: network.stays(dates, held[:, i], world.date(STEPS + 1)) for i, iso3 in enumerate(world.iso3)}


def test_gexf_comes_back_with_the_network_of_every_step(run, tmp_path):
    path = tmp_path / "network.gexf"
    dates, option = written(run, path)
    back = nx.read_gexf(path)
    for step in (0, 20, 41, STEPS):
        middle = dates[step] + 0.1
        standing = {
            frozenset(edge[:2]) for edge in back.edges(data="spells") if any(a <= middle < b for a, b in edge[2])
        }
        assert standing == {frozenset(edge) for edge in at(run, step).edges}
    assert {node: back.nodes[node]["option"] for node in option} == option
    assert [back.nodes[iso3]["label"] for iso3 in run[0].iso3] == list(run[0].names)


def test_a_coalition_lasts_while_it_has_members(run, tmp_path):
    dates, _ = written(run, tmp_path / "network.gexf")
    back = nx.read_gexf(tmp_path / "network.gexf")
    standing = {name: [step for step in range(STEPS + 1) if name in at(run, step)] for name, kind in back.nodes(data="kind")
                if kind == "coalition"}
    for name, steps in standing.items():
        assert back.nodes[name]["spells"] == [(dates[steps[0]], dates[steps[-1]] + 0.25)]


def test_gexf_is_dynamic_in_decimal_years_and_names_no_weight(run, tmp_path):
    path = tmp_path / "network.gexf"
    written(run, path)
    root = ElementTree.parse(path).getroot()
    space = root.tag.removesuffix("gexf")
    drawn = root.find(f"{space}graph")
    assert root.get("version") == "1.2"
    assert (drawn.get("mode"), drawn.get("timeformat")) == ("dynamic", "double")
    titles = [attribute.get("title") for attribute in drawn.iter(f"{space}attribute")]
    assert sorted(titles) == ["gdp_start", "kind", "kind", "option"]
    lengths = [float(spell.get("end")) - float(spell.get("start")) for spell in drawn.iter(f"{space}spell")]
    assert max(lengths) == (STEPS + 1) / 4
    assert min(lengths) > 0
