"""The page's words: everything has a plain title, and no text of the page speaks code."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

pytest.importorskip("solara", reason="the extra `page` is not installed")

from abm import data, measures, options, palette, parameters, titles
from analysis.page import charts, frame, left, panels
from analysis.page.futures import futures
from analysis.page.services import Services
from analysis.page.session import Session, describe
from runs import library
from tests.test_page import MOVES, forward

#: Names that only files and the command line speak: with an underscore, or a vendor's row name.
_CODE = re.compile(r"\b(us|china|[a-z]+_[a-z_]+)\b")
_MARKUP = re.compile(r"<[^>]*aria-label=\"([^\"]*)\"[^>]*>|<[^>]+>")


def speaks_code(text: str) -> list[str]:
    """Raw names in a text that a reader sees; of a picture its words and what a screen reader says."""
    return _CODE.findall(_MARKUP.sub(lambda tag: f" {tag[1] or ''} ", text))


def test_every_parameter_and_compared_measure_has_a_title_of_its_own():
    assert set(titles.PARAMETERS) == set(parameters.BY_NAME)
    assert len(set(titles.PARAMETERS.values())) == len(titles.PARAMETERS)
    for name, parameter in parameters.BY_NAME.items():
        assert ("{vendor}" in titles.PARAMETERS[name]) == (parameter.per == "vendor"), name
        assert set(titles.CHOICES.get(name, {})) == set(parameter.choices), name
    assert set(panels.COMPARED) <= set(titles.MEASURES) <= set(measures.columns(parameters.VENDORS))
    assert set(titles.GROUPS) == set(data.GROUPS)


@pytest.mark.parametrize("scenario", library.names())
def test_no_lever_speaks_code(scenario):
    """Titles, units, meanings and sources of every shipped scenario's levers are words; so are its vendors."""
    vendors = library.scenario(scenario).vendors
    for group in left.lever_groups(vendors).content:
        for row in group["rows"]:
            shown = [row["label"], row["unit"], row["meaning"], row["source"], row["shown"], *(c[1] for c in row["choices"])]
            assert [text for text in shown if speaks_code(text) or "`" in text or re.search(r"\[\w+\d{4}\]", text)] == [], row
    for vendor in vendors:
        assert titles.vendor(vendor.name, vendors).startswith("the ") or "'s vendor" in titles.vendor(vendor.name, vendors)
    assert titles.vendor("us") == "the US vendor"
    assert titles.vendor("china") == "China's vendor"


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move["kind"])
def test_acts_are_told_in_words(move):
    assert speaks_code(describe(move)) == []


def test_no_panel_and_no_chart_speaks_code(tmp_path):
    """After many steps and moves of every kind: all panels, all charts, the log, for every nation."""
    session = Session(Services(tmp_path), library.scenario("baseline"), 5)
    forward(session, 8)
    for move in MOVES:
        session.act(move)
    forward(session, 12)
    fan = next(futures(session.model.world, session.steps, session.services))
    table = session.scenario.nations()
    shown = [panels.nation(session, session.model, table, nation.iso3, now) for nation in session.model.nations for now in (0, 1)]
    shown += [panels.coalitions(session.model), panels.compare(session), charts.futures(session, fan, fan, False)]
    shown += [[entry["text"] for entry in panels.log(session)], charts.over_time(session, fan, "gdp")]
    base = frame.base(session.scenario, session.model.world)
    shown += [[option["label"] for option in base["options"]], [vendor["title"] for vendor in base["vendors"]]]

    def texts(thing):
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, dict):
            for key, value in thing.items():
                if key not in ("iso3", "kind", "nations", "name"):
                    yield from texts(value)
        elif isinstance(thing, list | tuple):
            for value in thing:
                yield from texts(value)

    found = {word for text in texts(json.loads(json.dumps(shown))) for word in speaks_code(text)}
    assert found == set()


def test_vendors_that_a_scenario_adds_are_told_of_by_their_titles(tmp_path):
    """In the log, in the reasons, in the charts and in what is refused."""
    session = Session(Services(tmp_path), library.scenario("local-providers"), 5)
    session.act({"kind": "outage", "vendor": "local", "years": 1.0})
    with pytest.raises(ValueError) as refused:
        session.set_parameter("fee_local", 7)
    forward(session, session.steps)
    table, nations = session.scenario.nations(), session.model.nations
    shown = [panels.nation(session, session.model, table, nation.iso3, True) for nation in nations]
    shown += [panels.log(session), charts.over_time(session, None, "gdp"), titles.message(refused.value, session.vendors)]
    told = json.dumps(shown)
    assert "Local's vendor" not in told
    assert "outage of the local providers" in told
    assert "turns to the local providers" in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.set_parameter("fee_us", 7), "“fee of the US vendor”: 7 is outside 0 to 1 share of benefit"),
        (lambda s: s.set_parameter("convening_size", 3.5), "“nations invited to found a coalition”: 3.5 is not a whole number"),
        (lambda s: s.act({"kind": "tension", "factor": ""}), "Factor: found ''; must be a valid number"),
        (lambda s: s.act({"kind": "convene", "nations": []}), "Nations: names no nation"),
    ],
)
@pytest.mark.parametrize("steps", [0, 2])
def test_what_is_refused_is_refused_in_words(tmp_path, steps, change, said):
    session = forward(Session(Services(tmp_path), library.scenario("baseline"), 5), steps)
    with pytest.raises(ValueError) as refused:
        change(session)
    assert titles.message(refused.value) == said


def _lab(colour: str) -> np.ndarray:
    """CIE L*a*b* of a colour. Source: IEC 61966-2-1 and CIE 15."""
    share = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089]
    a, b, c = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * b - 16, 500 * (a - b), 200 * (b - c)])


def test_a_colour_means_one_thing():
    """No two meanings share a colour or come close to one; only a coalition, the first founded, has the option's."""
    vendors = (*parameters.VENDORS, "third", "fourth", "fifth")
    meanings = {f"option {name}": colour for name, colour in options.colours(vendors).items()}
    meanings |= {f"coalition {index}": colour for index, colour in enumerate(palette.COALITIONS[1:], 2)}
    meanings |= {f"term {name}": colour for name, colour in palette.TERMS.items()}
    meanings |= {"sovereignty": palette.SOVEREIGNTY, "reference": palette.REFERENCE, "cut": palette.CUT}
    assert palette.COALITIONS[0] == options.SHARED.colour
    names = list(meanings)
    close = [
        (a, b) for index, a in enumerate(names) for b in names[:index]
        if np.linalg.norm(_lab(meanings[a]) - _lab(meanings[b])) < 18
    ]
    assert close == []


def test_charts_take_their_colours_from_the_palette(tmp_path):
    """Every colour in a chart is the palette's for what it shows, or the ink of the page."""
    session = forward(Session(Services(tmp_path), library.scenario("third-vendor"), 5), 6)
    session.act(MOVES[5])
    forward(session, 6)
    fan = next(futures(session.model.world, session.steps, session.services))
    vendors = session.model.world.vendors
    own = {palette.option(name, vendors) for name in options.names(vendors)}
    measured = {options.SHARED.colour, palette.SOVEREIGNTY, palette.REFERENCE, palette.INK, "none"}

    def used(svg: str) -> set[str]:
        return set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))

    stances, lags, trust = charts.over_time(session, fan, "gdp")
    assert used(stances) | used(lags) <= own | {palette.INK, "none"}
    assert used(trust) <= {palette.SOVEREIGNTY, palette.INK, "none"}
    for svg in [*charts.futures(session, fan, fan, False)["svgs"], *panels.compare(session)["svgs"]]:
        assert used(svg) <= measured
    why = panels.nation(session, session.model, session.scenario.nations(), "DEU", False)["why"]
    assert used(why) <= {*palette.TERMS.values(), palette.INK, "none", "#fff"}
