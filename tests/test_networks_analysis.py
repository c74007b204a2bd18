"""The temporal network: every table against known graphs, networkx, SciPy, or the record counted another way."""


import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy import stats

from abm import network
from analysis.commands import networks as command
from analysis.commands.grammar import Parser
from analysis.networks import brokers, churn, communities, core, survival, waves
from analysis.networks.figures import FIGURES, figure
from analysis.networks.panel import Panel, read
from analysis.networks.report import write
from analysis.networks.resampling import rate
from analysis.networks.study import sentences, study
from runs.manifest import StoreError
from tests.results import result


def made(serial):
    """A record of memberships alone, from (R, T+1, N) coalition numbers; quarters from 2025."""
    serial = np.asarray(serial, np.int32)
    names = tuple(f"N{i}" for i in range(serial.shape[2]))
    return Panel(np.arange(len(serial)), len(serial), names, names, serial, pd.DataFrame(), 2025.0, 0.25)


@pytest.fixture(scope="module")
def panel():
    return read(result("baseline"))


@pytest.fixture(scope="module")
def found():
    return study(result("baseline"))


def test_memberships_are_those_of_the_choices(panel):
    choices = result("baseline").choices()
    serial = choices["coalition"].str.removeprefix("C").fillna("0").astype(int)
    table = choices.assign(serial=serial).pivot(index=["run", "step"], columns="iso3", values="serial")
    wanted = table[list(panel.iso3)].to_numpy().reshape(panel.serial.shape)
    assert (panel.serial == wanted).all()
    assert panel.inside.any()


def test_of_many_runs_some_are_studied_evenly_chosen(found):
    whole, some = read(found.result), read(found.result, 4)
    step = -(-whole.count // 4)
    assert whole.counted == f"{whole.count} runs"
    assert some.counted == f"{len(whole.runs[::step])} runs (evenly chosen of {whole.count})"
    assert np.array_equal(some.runs, whole.runs[::step])
    assert np.array_equal(some.serial, whole.serial[::step])


def test_a_result_without_ties_is_refused_in_a_sentence():
    with pytest.raises(StoreError, match=r"ties were not recorded.*record = \[\"ties\"\]"):
        read(result("few steps", ("runs",)))


def test_entries_are_from_outside_only():
    # two found C1; one moves to C2, which is no entry; a third enters C2
    count = waves.entries(made([[[0, 0, 0], [1, 1, 0], [1, 2, 2], [0, 2, 2]]]))
    assert count.tolist() == [[2, 1, 0]]


def test_independent_entries_have_a_dispersion_of_one_and_planted_waves_are_found():
    chance = np.random.default_rng(0)
    alone = chance.poisson(1.5, (400, 60))
    assert waves.dispersion(alone, np.full((400, 60), 1.5)).mean() == pytest.approx(1, abs=0.03)
    assert waves.bursts(alone, np.full((400, 60), 1.5)).mean() < waves.RARE
    planted = alone.copy()
    planted[:, 20] += 12
    assert waves.bursts(planted, np.full((400, 60), 1.5))[:, 20].all()
    assert waves.dispersion(planted, np.full((400, 60), 1.5)).mean() == pytest.approx((60 + 12**2 / 1.5) / 59, abs=0.1)


def test_neighbouring_bursts_are_one_wave():
    serial = np.zeros((1, 41, 30), int)
    for nation in range(24):
        serial[0, 10 if nation < 10 else 11 if nation < 20 else 30, nation] = 1
    serial = np.maximum.accumulate(serial, axis=1)
    table = waves.waves(made(serial))
    assert table[["start", "end", "entered"]].to_numpy().tolist() == [[2027.5, 2027.75, 20], [2032.5, 2032.5, 4]]
    assert table["share"].tolist() == pytest.approx([20 / 24, 4 / 24])


def test_survival_is_that_of_scipy():
    chance = np.random.default_rng(1)
    age, limit = chance.geometric(0.15, 300), chance.integers(1, 15, 300)
    seen, ended = np.minimum(age, limit), age <= limit
    ties = pd.DataFrame({"run": 0, "start": 0, "end": seen, "ended": ended})
    lost, censored = survival.counts(ties, 1, 15)
    curve = survival.kaplan_meier(lost[0], censored[0])
    known = stats.ecdf(stats.CensoredData(uncensored=seen[ended], right=seen[~ended])).sf
    interval = known.confidence_interval(method="log-log")
    inner = [int(q) for q, p in zip(known.quantiles, known.probabilities) if 0 < p < 1]
    for column, wanted in (("survival", known), ("low", interval.low), ("high", interval.high)):
        assert curve[column].loc[inner].to_numpy() == pytest.approx(wanted.evaluate(np.array(inner)))


def test_greenwoods_interval_covers_the_true_survival():
    covered = []
    for seed in range(300):
        chance = np.random.default_rng(seed)
        age, limit = chance.geometric(0.1, 200), chance.integers(1, 20, 200)
        ties = pd.DataFrame({"run": 0, "start": 0, "end": np.minimum(age, limit), "ended": age <= limit})
        row = survival.kaplan_meier(*(counts[0] for counts in survival.counts(ties, 1, 20))).loc[6]
        covered.append(row["low"] <= 0.9**6 <= row["high"])
    assert 0.91 <= np.mean(covered) <= 0.985


def test_the_interval_over_runs_is_wider_where_ties_end_together():
    """Runs differ in their rate, so that ties of one run tell less than their number says."""
    chance = np.random.default_rng(2)
    hazard = np.repeat(chance.choice([0.05, 0.4], 20), 50)
    ended, exposed = chance.random(1000) < hazard, np.ones(1000)
    _, low, high = rate(ended.reshape(20, 50).sum(axis=1), exposed.reshape(20, 50).sum(axis=1))
    assert high - low > 2 * 1.96 * 2 * np.sqrt(0.25 * 0.75 / 1000)


def test_survival_of_memberships_starts_at_one_and_falls(panel):
    table = survival.survival(panel)
    for _, curve in table.groupby("group"):
        assert curve["survival"].iloc[0] == 1
        assert (curve["survival"].diff().dropna() <= 0).all()
        assert (curve["low"].dropna() <= curve["survival"][curve["low"].notna()]).all()


def test_pairs_of_allies_are_those_of_the_ties(panel):
    """Tie-steps and endings counted from memberships are those of the table of ties."""
    allies = panel.ties[panel.ties["kind"] == "ally"]
    exposed, ended = survival.pairs(panel)
    assert exposed.sum() == (allies["end"] - allies["start"]).sum()
    assert ended.sum() == allies["ended"].sum()


def test_a_pair_of_allies_shares_the_other_members():
    exposed, ended = survival.pairs(made([[[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 0]]]))
    assert exposed[0, :3].tolist() == [0, 3, 6]  # three members share one partner, four share two
    assert ended[0, :3].tolist() == [0, 0, 3]


def test_churn_counts_entries_exits_moves_and_returns():
    told = churn.events(made([[[0, 1, 1], [1, 1, 2], [1, 0, 2], [1, 1, 0]]]))
    assert {name: count.tolist() for name, count in told.items()} == {
        "entry": [[1, 0, 1]], "exit": [[0, 1, 1]], "move": [[1, 0, 0]], "return": [[0, 0, 1]],
        "outside": [[1, 0, 1]], "members": [[2, 3, 2]],
    }  # fmt: skip


def test_churn_agrees_with_the_measures_of_the_run(panel):
    runs = result("baseline").runs()
    told = churn.events(panel)
    assert (told["exit"].sum() + told["move"].sum()) >= runs["exits"].sum()  # dissolutions free the last member too
    table = churn.churn(panel)
    years = 0.25 * told["members"].sum()
    assert table.iloc[-1]["exit"] == pytest.approx(told["exit"].sum() / years)


def test_communities_of_a_known_graph_are_its_cliques():
    graph = nx.ring_of_cliques(4, 5)
    graph = nx.relabel_nodes(graph, {node: f"N{node}" for node in graph})
    graph.add_node("us", kind="vendor")
    groups = communities.communities(graph)
    assert sorted(sorted(group) for group in groups) == sorted(sorted(f"N{5 * k + i}" for i in range(5)) for k in range(4))


def test_persistence_of_known_histories():
    before, after = [{"a", "b", "c", "d"}, {"e", "f"}], [{"e", "f"}, {"a", "b", "c"}, {"x", "y"}]
    assert communities.jaccard(before, after).tolist() == [[0, 0.75, 0], [1, 0, 0]]
    assert communities.persistence(before, after) == pytest.approx((4 * 0.75 + 2) / 6)


def test_the_alliance_graph_of_a_step_is_that_of_the_model(panel):
    for run, step in ((0, 0), (2, 13), (5, panel.last)):
        world = result("baseline").world(run)
        choices = result("baseline").choices().query(f"run == {run} and step == {step}").set_index("iso3").loc[list(world.iso3)]
        wanted = network.alliance(network.graph(world, list(choices["option"]), [c if isinstance(c, str) else None
                                                                                   for c in choices["coalition"]]))
        graph = communities.alliance(panel, run, step)
        assert {frozenset(edge) for edge in graph.edges} == {frozenset(edge) for edge in wanted.edges}


def test_trust_is_that_of_the_same_run_again():
    """Mean trust over pairs at a step is the measure that the run recorded."""
    graphs = communities.trust(result("baseline"), 4, [0, 7, 24])
    series = result("baseline").series(["trust"]).query("run == 4").set_index("step")["trust"]
    for step, graph in zip((0, 7, 24), graphs):
        pairs = len(graph) * (len(graph) - 1) / 2
        assert graph.size(weight="weight") / pairs == pytest.approx(series[step])


def test_the_time_together_is_that_of_the_memberships():
    share = communities.together(made([[[0, 0, 0], [1, 1, 0], [1, 1, 2]], [[0, 0, 0], [0, 1, 1], [0, 0, 0]]]))
    assert share[0, 1] == 2 / 4
    assert share[1, 2] == 1 / 4
    assert share[0, 2] == 0


def test_coreness_is_the_k_core_of_lasting_alliances():
    graph = nx.disjoint_union(nx.complete_graph(5), nx.path_graph(3))
    shared = 0.8 * nx.to_numpy_array(graph)
    assert core.coreness(shared).tolist() == [1] * 5 + [0.25] * 3
    assert core.coreness(0.4 * nx.to_numpy_array(graph)).tolist() == [0] * 8


def test_founders_are_the_first_members():
    held = core.founders(made([[[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 2, 2]]]))
    assert held.tolist() == [[True, True, True, True]]
    held = core.founders(made([[[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0]]]))
    assert held.tolist() == [[True, True, False, False]]


def test_the_core_table_is_that_of_the_choices(panel):
    choices = result("baseline").choices().query("step > 0")
    wanted = choices.assign(member=choices["coalition"].notna()).groupby("iso3")["member"].mean()
    table = core.core(panel).set_index("iso3")["member"]
    assert table.to_numpy() == pytest.approx(wanted[table.index].to_numpy())
    assert table.is_monotonic_decreasing


def test_brokerage_is_that_of_networkx():
    """A bridge between two cliques: betweenness and Burt's constraint, weighted."""
    graph = nx.barbell_graph(4, 1)
    chance = np.random.default_rng(3)
    shared = nx.to_numpy_array(graph, nodelist=range(9)) * chance.integers(1, 60, (9, 9)) / 60
    shared = (shared + shared.T) / 2
    weighted = nx.from_numpy_array(shared)
    known = nx.constraint(weighted, weight="weight")
    assert brokers.constraint(shared) == pytest.approx([known[i] for i in range(9)])
    for _, _, tie in weighted.edges(data=True):
        tie["length"] = 1 / tie["weight"]
    between = nx.betweenness_centrality(weighted, weight="length")
    assert brokers.betweenness(shared) == pytest.approx([between[i] for i in range(9)])
    plain = brokers.betweenness(nx.to_numpy_array(graph, nodelist=range(9)))
    assert plain.argmax() == 4
    assert plain[4] == pytest.approx(16 / 28)  # all paths from one clique to the other lead over it


def test_nobody_brokers_alone():
    assert np.isnan(brokers.constraint(np.zeros((3, 3)))).all()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_keeps_within_its_canvas(name, found):
    drawn = figure(name).draw(found)
    FigureCanvasAgg(drawn).draw()
    box, (width, height) = drawn.get_tightbbox(), drawn.get_size_inches()
    assert min(box.x0, box.y0) > -0.02
    assert box.x1 < width + 0.02
    assert box.y1 < height + 0.02


def test_the_page_says_what_the_tables_say(found, tmp_path):
    write(found, tmp_path, figures="none")
    text = (tmp_path / "networks.md").read_text("utf-8")
    for line in sentences(found):
        assert line in text
    table = pd.read_csv(tmp_path / "core.csv")
    assert f"Core: {(table['member'] >= 0.5).sum()} of 53 nations" in text
    assert {path.stem for path in tmp_path.glob("*.csv")} == set(found.tables)


@pytest.mark.parametrize("case", ["no coalition", "one replicate", "few steps", "synthetic"])
def test_every_kind_of_result_has_a_page(case, tmp_path):
    write(study(result(case)), tmp_path)
    assert (tmp_path / "networks.md").exists()
    assert (tmp_path / "waves.png").exists() == (case in ("one replicate", "synthetic"))


def asked(*words):
    top = Parser()
    command.add(top.add_subparsers())
    arguments = top.parse_args(["networks", *words])
    return arguments.act(arguments)


def test_the_command_writes_and_tells(tmp_path, capsys):
    assert asked(str(result("one replicate").directory), "--out", str(tmp_path / "n"), "--figures", "none") == 0
    assert "Waves:" in capsys.readouterr().out
    assert (tmp_path / "n" / "brokers.csv").exists()


def test_a_directory_without_a_result_is_refused(tmp_path):
    with pytest.raises(StoreError, match="none"):
        asked(str(tmp_path / "none"))
