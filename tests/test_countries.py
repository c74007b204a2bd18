"""Words that should be codes of nations: what is wrong with them is said by what they mean, wherever codes are taken."""

import pandas as pd
import pytest
from pycountry import countries as iso
from pycountry import historic_countries

from abm import countries, data
from abm.scenario import Scenario, ScenarioError
from analysis.commands.command_line import main
from analysis.nations.lists import read_list
from tests import worlds

KNOWN = set(data.economies().index)

#: Word -> codes that it must lead to, each with its name, and to no others.
LEADS_TO = {
    "UK": ["GBR (United Kingdom)"], "EL": ["GRC (Greece)"], "XK": ["XKX (Kosovo)"], "NA": ["NAM (Namibia)"],
    "fr": ["FRA (France)"], "fra": ["FRA (France)"], " FRA ": ["FRA (France)"], "France": ["FRA (France)"],
    "276": ["DEU (Germany)"], "8": ["ALB (Albania)"], "DEUX": ["DEU (Germany)"], "AARE": ["ARE (United Arab Emirates)"],
    "GER": ["DEU (Germany)"], "SUI": ["CHE (Switzerland)"], "England": ["GBR (United Kingdom)"], "Turkey": ["TUR (Türkiye)"],
    "south korea": ["KOR (South Korea)"], "Korea, Republic of": ["KOR (South Korea)"], "Viet Nam": ["VNM (Vietnam)"],
    "Korea": ["KOR (South Korea)", "PRK (North Korea)"], "Greenland": ["GRL (Greenland), which has no data here"],
    "US": ["USA (United States), which hosts a vendor"], "China": ["CHN (China), which hosts a vendor"],
    "hk": ["HKG (Hong Kong), which is left out on purpose"], "DEUU": ["DEU (Germany)"],
}  # fmt: skip
WITHDRAWN = {
    "SUN": ("1992", "ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA RUS TJK TKM UKR UZB"), "YUG": ("2003", "BIH HRV MKD MNE SRB SVN"),
    "DDR": ("1990", "DEU"), "DD": ("1990", "DEU"), "ZAR": ("1997", "COD"), "Zaire": ("1997", "COD"), "CSK": ("1993", "CZE SVK"),
    "SCG": ("2006", "MNE SRB"), "BUR": ("1989", "MMR"), "TMP": ("2002", "TLS"), "ANT": ("2010", "BES CUW SXM"),
    "SU": ("1992", "ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA RUS TJK TKM UKR UZB"), "YMD": ("1990", "YEM"), "RHO": ("1980", "ZWE"),
}  # fmt: skip
ON_PURPOSE = {
    "HKG": "HKG (Hong Kong) is left out on purpose: it belongs with China", "MAC": "MAC (Macau) is left out on purpose: it",
    "CUB": "CUB (Cuba) is left out on purpose: its GDP is an artefact", "VAT": "VAT (Vatican) is left out on purpose: it has",
    "USA": "USA hosts a vendor and is no agent", "CHN": "CHN hosts a vendor and is no agent", "GRL": "GRL (Greenland) has no",
}  # fmt: skip


@pytest.mark.parametrize("word", LEADS_TO)
def test_a_word_leads_to_what_it_means_and_nowhere_else(word):
    said = countries.problem(word, KNOWN)
    assert said.startswith(word if word.strip() == word else repr(word))
    assert all(code in said for code in LEADS_TO[word])
    assert said.count("(") == len(LEADS_TO[word])


@pytest.mark.parametrize("word", WITHDRAWN)
def test_a_withdrawn_code_leads_to_its_successors(word):
    said, (year, successors) = countries.problem(word, KNOWN), WITHDRAWN[word]
    assert f"was withdrawn in {year}; it became " in said
    told = said.partition("it became ")[2]
    assert [word[:3] for word in told.split(", ") if word[:3].isupper() and word[3:5] == " ("] == successors.split()


def test_every_code_that_was_ever_in_iso_3166_is_explained():
    now = {country.alpha_3 for country in iso} | set(data.nations().index)
    for entry in historic_countries:
        said = countries.problem(entry.alpha_3, KNOWN)
        assert ("withdrawn in" in said) == (entry.alpha_3 not in now), entry.alpha_3
        assert "no such nation" not in said
    for country in iso:
        for word in (country.alpha_2, country.alpha_3.lower(), country.numeric, country.name):
            assert country.alpha_3 in countries.problem(word, KNOWN), word


@pytest.mark.parametrize("code", [*ON_PURPOSE, *data.LEFT_OUT])
def test_what_is_left_out_is_said_to_be_so_on_purpose(code):
    assert countries.problem(code, KNOWN).startswith(ON_PURPOSE[code])


@pytest.mark.parametrize("word", ["", " ", "XYZ", "EU", "Atlantis", "x" * 10**5, "N001", "\n", "000", "-1", "٣"])
def test_what_means_nothing_leads_nowhere(word):
    said = countries.problem(word, KNOWN)
    assert "no such nation; codes are those of ISO 3166, such as FRA" in said
    assert len(said) < 200
    assert "\n" not in said


CODES = ["UK", "SUN", "HKG", "fra"]
SAID = ["GBR (United Kingdom)", "was withdrawn in 1992", "left out on purpose", "FRA (France)"]


@pytest.mark.parametrize(
    "document",
    [
        {"nations": {"select": CODES}}, {"nations": {"exclude": CODES}},
        {"events": [{"date": 2026, "kind": "convene", "nations": CODES}]},
        {"vendors": {"gulf": {"ideal_point": 0.1, "compute_share": 0.05, "clients": CODES}}},
    ],
)  # fmt: skip
def test_a_scenario_says_all_unknown_codes_at_once(document):
    with pytest.raises(ScenarioError) as refused:
        Scenario.parse(document)
    lines = str(refused.value).splitlines()
    assert len(lines) == len(CODES)
    assert all(said in line for said, line in zip(SAID, lines))


def test_other_places_that_take_codes_say_the_same(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("iso3,value\n" + "".join(f"{code},1\n" for code in ("UK", "SUN", "NA")))
    with pytest.raises(ValueError, match=r"GBR[^\n]*\n[^\n]*withdrawn in 1992[^\n]*\n[^\n]*NAM \(Namibia\)") as refused:
        read_list(path, pd.Index(sorted(KNOWN)))
    assert len(str(refused.value).splitlines()) == 3
    with pytest.raises(ValueError, match=r"GBR \(United Kingdom\)"):
        worlds.plain(3).world().row("UK")
    for word, said in {"FRA": '["FRA"]', "Germany": '["DEU"]', "uk": '["GBR"]', "g77": "did you mean g7?"}.items():
        with pytest.raises(ScenarioError, match="no such group") as refused:
            Scenario.parse({"nations": {"select": word}})
        assert said in str(refused.value)
    assert main(["ask", "shock", "--nations", "UK, FRA,SUN", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "GBR (United Kingdom)" in told
    assert "was withdrawn in 1992" in told
