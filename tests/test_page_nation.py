"""Nations that decide in a way of their own: on the page, and in Mesa's own SolaraViz."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

from abm.agents import Nation
from abm.model import Model
from abm.scenario import Scenario
from analysis.page.futures import futures
from analysis.page.own_nation import FUTURES, nation_class, try_out, with_nation
from analysis.page.screen import Screen
from analysis.page.services import Services
from analysis.page.session import Session
from runs import library
from tests.test_page import MOVES, forward, same_bytes
from tests.worlds import Same


class Wary(Nation):
    """Takes whatever is neither vendor, where it can."""

    def decide(self):
        payoff = self.explain()["payoff"].drop(["us", "china"])
        return payoff.idxmax() if len(payoff) else self.option


class Lost(Nation):
    """Cannot decide from the second year on."""

    def decide(self):
        if self.model.date > 2026:
            raise RuntimeError("no idea")
        return super().decide()


@pytest.fixture
def own(tmp_path):
    return Session(with_nation(Services(tmp_path), Wary), library.scenario("baseline"), 5)


def test_the_run_the_past_and_the_futures_are_by_the_visitors_own_nations(own, tmp_path):
    """Everything shown follows the subclass: the run is Mesa's with it, and the past is computed by it, moves included."""
    forward(own, 6)
    own.act(MOVES[5])
    forward(own, 6)
    mesa = Model(own.scenario, rng=5, nation=Wary)
    for step in range(12):
        if step == 6:
            mesa.intervene(Scenario.parse({**own.scenario.document(), "events": own.moves}, "baseline").events()[0])
        mesa.step()
    assert same_bytes(own.model.world.record, mesa.world.record) == []
    assert same_bytes(own.world_at(own.document(), 12).record, own.model.world.record) == []
    as_it_is = Session(Services(tmp_path), own.scenario, 5)
    assert same_bytes(as_it_is.world_at(own.document(), 12).record, own.model.world.record) != []
    own.look_at(8)
    assert own.shown.observed["gdp_coalition"] == pytest.approx(own.rows[8][own._columns["gdp_coalition"]])
    assert own.without_moves().series[0][6].tobytes() == own.rows[6].tobytes()
    *_, fan = futures(own.model.world, 16, own.services)
    assert fan.runs == fan.planned == FUTURES
    assert fan.means["gdp_us"][-1] < next(futures(own.model.world, 16, as_it_is.services)).means["gdp_us"][-1]


def test_futures_by_own_nations_are_of_the_same_kind_as_the_models(own):
    """A subclass that changes nothing has the futures of the compiled ensemble, to the byte."""

    forward(own, 4)
    seeds = np.array([3, 9])
    as_it_is = Services().continue_runs(own.model.world, 5, seeds, True, True)
    same = with_nation(Services(), Same).continue_runs(own.model.world, 5, seeds, True, True)
    for kind in ("series", "sources", "serials"):
        assert getattr(as_it_is, kind).tobytes() == getattr(same, kind).tobytes()


def test_a_nation_that_fails_while_it_plays_is_one_sentence_and_play_ends(tmp_path):
    screen = Screen(with_nation(Services(tmp_path), Lost), library.scenario("baseline"), 5, None)
    screen.presence.lasts = lambda: True
    screen.ask = lambda: None
    screen.playing, screen.interval = True, 0
    screen.drawing.wait_for = lambda *_: True
    screen.play()
    assert not screen.playing
    assert screen.message.endswith("cannot decide: RuntimeError: no idea")
    assert 4 <= screen.session.step_now < screen.session.steps
    assert list(futures(screen.session.world_at(screen.session.document(), 2), 60, screen.session.services)) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("mine", "--nation mine: is not MODULE:CLASS, such as mine:Wary"),
        ("mine:", "is not MODULE:CLASS"),
        ("../mine:Wary", "is not MODULE:CLASS"),
        ("nowhere_at_all:Wary", "there is no module nowhere_at_all here"),
        ("broken:Wary", "broken cannot be imported: ZeroDivisionError"),
        ("needy:Wary", "needy cannot be imported: No module named 'not_there'"),
        ("good:Wry", "good has no Wry; did you mean Wary?"),
        ("good:number", "number is no subclass of abm.agents.Nation"),
        ("abm.model:Model", "Model is no subclass"),
    ],
)
def test_what_names_no_nation_is_refused_in_one_sentence(capsys, monkeypatch, tmp_path, named, said):
    from analysis.page.serve import serve

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *__import__("sys").path])
    (tmp_path / "broken.py").write_text("1 / 0")
    (tmp_path / "needy.py").write_text("import not_there")
    (tmp_path / "good.py").write_text("from abm.agents import Nation\nnumber = 3\nclass Wary(Nation): pass\n")
    assert serve(port=0, nation=named) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("'nowhere'", "nowhere is not open to it"), ("1 / 0", "cannot decide: ZeroDivisionError"),
        ("None", "decide() gave None, which is no option"),
    ],
)
def test_a_nation_that_cannot_decide_at_all_is_refused_before_the_page_opens(capsys, monkeypatch, tmp_path, decision, said):
    from analysis.page.serve import serve

    monkeypatch.chdir(tmp_path)
    name = f"undecided_{abs(hash(decision))}"
    (tmp_path / f"{name}.py").write_text(
        f"from abm.agents import Nation\nclass Mine(Nation):\n    def decide(self):\n        return {decision}\n"
    )
    assert nation_class(f"{name}:Mine").__name__ == "Mine"
    assert serve(port=0, nation=f"{name}:Mine") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_the_models_own_nation_can_decide():
    try_out(library.scenario("baseline"), Nation)


def test_mesas_visualization_takes_the_model_with_any_parameter():
    """Mesa's own check lets a model with no, one and all parameters pass; an unknown one is refused by the model, in words."""
    from mesa.visualization.solara_viz import _check_model_params

    from abm import parameters

    _check_model_params(Model.__init__, {})
    _check_model_params(Model.__init__, {"fee_us": 0.3, "rng": 1})
    _check_model_params(Model.__init__, dict.fromkeys(parameters.names()))
    with pytest.raises(ValueError, match="did you mean fee_us"):
        Model(fee_usa=0.3)


def test_two_lines_show_the_model_in_mesas_own_page():
    """The README's two lines, a slider of Mesa's for a parameter among its arguments; Mesa's form of parameters takes it."""
    import ipyvuetify
    import ipywidgets
    import solara
    from mesa.visualization import SolaraViz
    from mesa.visualization.solara_viz import ModelCreator

    from analysis.page import WorldView

    fee = {"type": "SliderFloat", "label": "Fee of the US vendor", "value": 0.3, "min": 0.0, "max": 1.0, "step": 0.05}
    page = SolaraViz(Model(rng=1, nation=Wary), components=[WorldView], model_params={"fee_us": fee, "rng": 1, "nation": Wary})
    _, rendered = solara.render(page, handle_error=False)
    (stage,) = [w for w in list(ipywidgets.widgets.widget._instances.values()) if hasattr(w, "frame")]
    assert stage.frame.content["step"] == 0
    rendered.close()
    chosen = solara.reactive({})
    form = ModelCreator(solara.reactive(Model(rng=1)), {"fee_us": fee, "rng": 1}, model_parameters=chosen)
    _, rendered = solara.render(form, handle_error=False)
    slider = rendered.find(ipyvuetify.Slider).widget
    assert slider.v_model == 0.3
    assert chosen.value == {"fee_us": 0.3, "rng": 1}
    slider.v_model = 0.45
    assert Model(**chosen.value).scenario.content.parameters == {"fee_us": 0.45}
    rendered.close()
