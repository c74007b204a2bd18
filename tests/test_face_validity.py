"""Face validity: the baseline on 200 runs whose seeds chose nothing, and the checks themselves on invented runs."""

import numpy as np
import pytest

from abm import measures
from abm.scenario import Scenario
from analysis.patterns import face
from analysis.patterns.evidence import Evidence
from runs import library
from runs.ensemble import Results


@pytest.fixture(scope="module")
def baseline():
    """A row per check."""
    return face.face(face.evidence()).set_index("check")


@pytest.mark.parametrize("check", [check.name for check in face.CHECKS])
def test_the_baseline_may_be_believed(baseline, check):
    row = baseline.loc[check]
    assert row["holds"], f"{check}: {row['value']:.3g}, {row['low']:g} to {row['high']:g} {row['unit']}"


def invented(scenario: Scenario, runs: int = 10) -> Evidence:
    """Runs in which nothing happens: all with the first vendor, no coalition, costs that grow 2.4x a year."""
    shape, columns = (runs, scenario.content.steps + 1), list(measures.columns(scenario.vendor_names))
    series = np.zeros((*shape, len(columns)))
    series[:, :, columns.index("programme_cost")] = 2.4 ** (0.25 * np.arange(shape[1]))
    sources = np.zeros((*shape, len(scenario.nations())), np.int8)
    none = np.zeros(runs, np.int64)
    return Evidence(scenario, Results(none, none, series[:, -1], series, sources, sources.astype(np.int16)))


def found(evidence: Evidence) -> list[float]:
    """The values as the runs are now."""
    return face.face(Evidence(evidence.scenario, evidence.results))["value"].to_list()


def test_a_world_at_rest_fails_by_what_may_happen_alone():
    table = face.face(invented(library.scenario("baseline")))
    assert table["value"].to_list() == pytest.approx([0, 0, 1, 0, 0, 2.4])
    assert table["holds"].to_list() == [True, True, True, False, False, True]


def test_a_change_and_back_counts_until_2028_and_not_after():
    evidence = invented(library.scenario("baseline"))
    sources = evidence.results.sources
    sources[:, 4:6, 0] = 3  # away and back in 2026
    sources[:5, 12, 1] = 2  # in 2028 itself
    sources[:, 13:, 2] = 2  # later
    assert found(evidence)[0] == pytest.approx(1.5 / sources.shape[2])


def test_members_of_the_oecd_alone_count_for_china():
    scenario = library.scenario("baseline")
    evidence, oecd = invented(scenario), (scenario.nations()["oecd"] == 1).to_numpy()
    evidence.results.sources[:, 12, ~oecd] = 1
    assert found(evidence)[1] == 0
    evidence.results.sources[0, 12, np.flatnonzero(oecd)[:2]] = 1
    assert found(evidence)[1] == pytest.approx(2 / oecd.sum() / 10)


def test_coalitions_are_counted_in_their_years():
    scenario = library.scenario("baseline")
    evidence, columns = invented(scenario), list(measures.columns(scenario.vendor_names))
    number, size = (evidence.results.series[:, :, columns.index(name)] for name in ("coalitions", "largest_coalition"))
    number[:4, 20] = 1  # 2030
    number[:3, -1] = 2
    size[:2, -1] = face.BIG + 1
    size[2:, -1] = face.BIG
    assert found(evidence)[2:5] == pytest.approx([0.8, 0.3, 0.4])
