"""Nations and vendors of a scenario: named once, in the world, and with no more than there is."""

import numpy as np
import pytest

from abm.model import Model
from abm.scenario import Scenario, ScenarioError
from runs import library, sweep_file

NEW = {"ideal_point": 0.1, "compute_share": 0.05}
TWO = {"select": ["DEU", "JPN"]}


def happening(nations, selection=TWO, kind="compute", **fields) -> dict:
    size = {"compute": {"h100e": 1000.0}, "convene": {}, "restriction": {"vendor": "us"}, "adoption": {"bn_usd": 1.0}}[kind]
    return {"nations": selection, "events": [{"date": 2026, "kind": kind, "nations": nations, **size, **fields}]}


REFUSED = [
    # named twice
    (happening(["DEU", "DEU"]), "events[1]: nations: DEU is named twice"),
    (happening(["DEU", "JPN", "DEU", "JPN"], kind="convene"), "events[1]: nations: DEU is named twice"),
    ({"nations": {"select": ["DEU", "FRA", "DEU"]}}, "nations.select: DEU is named twice"),
    ({"nations": {"exclude": ["DEU", "DEU"]}}, "nations.exclude: DEU is named twice"),
    ({"vendors": {"x": {**NEW, "clients": ["FRA", "FRA"]}}}, "vendors.x.clients: FRA is named twice"),
    ({"vendors": {"x": {**NEW, "memberships": ["eu", "eu"]}}}, "vendors.x.memberships: eu is named twice"),
    ({"vendors": {"x": {**NEW, "clients": ["FRA"]}, "y": {**NEW, "clients": ["FRA"]}}}, "vendors: clients: FRA is named twice"),
    ({"vendors": {"x": {**NEW, "iso3": "IND"}, "y": {**NEW, "iso3": "IND"}}}, "vendors: iso3: IND is named twice"),
    # not in the world
    (happening(["FRA"]), "events[1]: nations: FRA is not in this world; change the selection or the event, or set if_present"),
    (happening(["DEU", "FRA", "ITA"], kind="adoption"), "events[1]: nations: FRA, ITA are not in this world"),
    (happening("asean"), "events[1]: nations: none of the group asean is in this world"),
    (happening(["ISL"], {"select": "midsized"}, kind="restriction"), "events[1]: nations: ISL is not in this world"),
    (happening(["FRA"], {"select": "g7", "exclude": ["FRA"]}), "events[1]: nations: FRA is not in this world"),
    ({**happening(["IND"], {"select": "g20"}), "vendors": {"x": {**NEW, "iso3": "IND"}}}, "events[1]: nations: IND is not in"),
    ({"events": [{"date": 2026, "kind": "tension", "factor": 2.0, "if_present": True}]}, "if_present: tension does not take it"),
    # more than there is, and what would count for nothing
    ({"vendors": {"x": {**NEW, "compute_share": 0.13}}}, "vendors: compute_share: us 0.74, china 0.14, x 0.13 add up to 1.01"),
    ({"vendors": {"x": {**NEW, "compute_share": 0.07}, "y": {**NEW, "compute_share": 0.07}}}, "add up to 1.02 of the world's"),
    ({"vendors": {"x": {**NEW, "compute_share": 1.5}}}, "vendors.x.compute_share: found 1.5; must be less than or equal to 1"),
    ({"nations": {"synthetic": 5, "select": "eu"}}, "nations.select: invented nations (synthetic) do not take it"),
    ({"nations": {"synthetic": 5, "minimum_gdp": 10.0}}, "nations.minimum_gdp: invented nations (synthetic) do not take it"),
    ({"nations": {"synthetic_seed": 5}}, "nations.synthetic_seed: is for invented nations; give synthetic as well"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "said"), REFUSED)
def test_what_is_twice_absent_or_too_much_is_refused_in_one_sentence(document, said):
    with pytest.raises(ScenarioError) as refused:
        Scenario.parse(document)
    assert said in str(refused.value).splitlines()[0]


def part(document: dict) -> dict[str, float]:
    """The part of the first event that each nation gets."""
    world = Scenario.parse(document).world()
    return {iso3: float(world.record.event_part[0, row]) for row, iso3 in enumerate(world.iso3)}


def test_who_is_present_gets_all_that_an_event_brings():
    assert part(happening(["JPN"])) == {"DEU": 0.0, "JPN": 1.0}
    assert part(happening(["JPN", "FRA"], if_present=True)) == {"DEU": 0.0, "JPN": 1.0}
    assert part(happening(["FRA"], if_present=True)) == {"DEU": 0.0, "JPN": 0.0}
    assert part(happening("eu")) == {"DEU": 1.0, "JPN": 0.0}
    assert sum(part(happening(["DEU", "JPN"])).values()) == pytest.approx(1)


def test_the_baseline_runs_with_any_nations():
    for nations in ({"select": "asean"}, {"select": ["JPN", "KOR"]}):
        scenario = Scenario.parse({**library.scenario("baseline").document(), "nations": nations})
        assert not np.asarray(scenario.world().record.event_part).any()


def test_a_sweep_over_nations_says_when_it_is_read_that_an_event_would_do_nothing(tmp_path):
    (tmp_path / "own.toml").write_text('title="own"\n[[events]]\ndate=2026\nkind="convene"\nnations=["FRA","DEU"]\n')
    (tmp_path / "s.toml").write_text('scenario="own.toml"\ndesign={method="grid"}\n[factors]\nnations=["eu", "asean"]\n')
    with pytest.raises(ValueError, match=r"factors\.nations: events\[1\]: nations: FRA, DEU are not in this world"):
        sweep_file.read(tmp_path / "s.toml")


def test_of_two_events_for_one_parameter_in_one_step_the_later_in_the_list_counts():
    events = [{"date": 2025.3 + index / 100, "kind": "parameter", "name": "fee_us", "value": value} for index, value in
              enumerate((0.1, 0.9))]
    for order in (events, events[::-1]):
        model = Model(Scenario.parse({"nations": TWO, "steps": 8, "events": order}), rng=1)
        for _ in range(3):
            model.step()
        assert model.world.parameters()["fee_us"] == order[-1]["value"]
