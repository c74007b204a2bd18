"""What is wrong with a word that should be the code of a nation, and which code is meant: ISO 3166 by pycountry, with its
withdrawn codes, and what the data leave out on purpose.

Suggestions go by what a word means; by spelling only where it means nothing, and then with the nation's name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

from abm import data

#: Codes and names in use elsewhere (reserved in ISO 3166-1, of the EU, of sports, of old) -> code.
ELSEWHERE = {
    "UK": "GBR", "EL": "GRC", "XK": "XKX", "KOS": "XKX", "RKS": "XKX", "ROM": "ROU", "GER": "DEU", "SUI": "CHE", "NED": "NLD",
    "DEN": "DNK", "GRE": "GRC", "POR": "PRT", "CRO": "HRV", "SLO": "SVN", "BUL": "BGR", "LAT": "LVA", "RSA": "ZAF", "KSA": "SAU",
    "UAE": "ARE", "ALG": "DZA", "NGR": "NGA", "INA": "IDN", "MAS": "MYS", "PHI": "PHL", "VIE": "VNM", "TPE": "TWN", "CHI": "CHL",
    "PAR": "PRY", "URU": "URY", "TURKEY": "TUR", "IVORY COAST": "CIV", "SWAZILAND": "SWZ", "CAPE VERDE": "CPV",
    "CZECH REPUBLIC": "CZE", "MACEDONIA": "MKD", "BRITAIN": "GBR", "GREAT BRITAIN": "GBR", "EAST GERMANY": "DEU",
    "WEST GERMANY": "DEU", "ENGLAND": "GBR", "SCOTLAND": "GBR", "WALES": "GBR", "HOLLAND": "NLD", "AMERICA": "USA",
}  # fmt: skip
#: Nations that followed a withdrawn code, where it was not simply renamed (by the alpha-4 codes of ISO 3166-3).
SUCCESSORS = {
    "AIDJ": ("DJI",), "ANHH": ("BES", "CUW", "SXM"), "BQAQ": ("ATA",), "CSHH": ("CZE", "SVK"), "CSXX": ("MNE", "SRB"),
    "FQHH": ("ATA", "ATF"), "GEHH": ("KIR", "TUV"), "NQAQ": ("ATA",), "NTHH": ("IRQ", "SAU"),
    "PCHH": ("FSM", "MHL", "MNP", "PLW"),
    "SUHH": ("ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB"),
    "YUCS": ("BIH", "HRV", "MKD", "MNE", "SRB", "SVN"),
}  # fmt: skip
#: Why an economy of the data is no agent, and what is in the data but no agent.
OUT = {
    "HKG": "is left out on purpose: it belongs with China, which hosts a vendor",
    "MAC": "is left out on purpose: it belongs with China, which hosts a vendor",
    "CUB": "is left out on purpose: its GDP is an artefact of its exchange rate",
    "VAT": "is left out on purpose: it has no GDP in the data",
    **dict.fromkeys(data.VENDOR_HOSTS, "hosts a vendor and is no agent"),
}


def problems(codes: Iterable[str], known: Collection[str]) -> list[str]:
    """A clause for each of the codes that is not ``known``, in their order, each once."""
    return [problem(code, known) for code in dict.fromkeys(codes) if code not in known]


def problem(code: str, known: Collection[str]) -> str:
    """Why a code is not among those ``known``, and which is meant as far as it can be told."""
    shown = code if 0 < len(code.strip()) == len(code) < 60 else repr(code if len(code) < 60 else code[:57] + "...")
    if code in OUT:
        return f"{code} {OUT[code]}" if code in data.VENDOR_HOSTS else f"{code} ({_name(code)}) {OUT[code]}"
    meant = tuple(_meant(code.strip()))
    if meant == (code,):
        return f"{code} ({_name(code)}) " + (_absent(code) or "is in the data, but not in this selection")
    if meant:
        told = [f"{one} ({_name(one)})" + (f", which {_absent(one)}" if _absent(one) else "") for one in meant]
        old = _withdrawn(code.strip())
        if old is not None:
            return f"{shown} ({old.name}) was withdrawn in {old.withdrawal_date[:4]}; it became {', '.join(told)}"
        return f"{shown}: three letters of ISO 3166 in capitals are needed; did you mean {' or '.join(told)}?"
    near = difflib.get_close_matches(code.upper(), sorted(known), 1) if 2 < len(code) < 5 else []
    hint = "codes are those of ISO 3166, such as FRA"
    if near:
        hint = f"did you mean {near[0]} ({_name(near[0])})?".replace(f" ({near[0]})", "")
    return f"{shown}: no such nation; {hint}"


def meant(word: str) -> str | None:
    """The one code that a word certainly means (a code, in any case, or a name); None where it means none, or several."""
    found = tuple(_meant(word.strip()))
    return found[0] if len(found) == 1 and _withdrawn(word.strip()) is None else None


def _absent(code: str) -> str:
    """Why the data have no agent of this code, as a clause; empty where they have."""
    return "" if code in data.economies().index else OUT.get(code, "has no data here")


def _name(code: str) -> str:
    from pycountry import countries  # here and below: only what is wrong needs it

    if code in data.nations().index:
        return str(data.nations().at[code, "name"])
    found = countries.get(alpha_3=code)
    return found.name if found else code


def _meant(word: str) -> Iterator[str]:
    """Codes that a word may mean, the certain ones alone where there are any."""
    from pycountry import countries

    capitals = word.upper()
    if not word or len(word) > 60:
        return
    names = {name.casefold(): str(code) for code, name in data.nations()["name"].items()}
    if capitals in data.nations().index:
        yield capitals
    elif capitals in ELSEWHERE:
        yield ELSEWHERE[capitals]
    elif word.casefold() in names:
        yield names[word.casefold()]
    elif found := _current(word):
        yield found.alpha_3
    elif old := _withdrawn(word):
        yield from SUCCESSORS.get(old.alpha_4) or _renamed(old)
    elif len(word) > 3:  # a part of names, such as Korea
        whole = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        yield from sorted(country.alpha_3 for country in countries if whole.search(country.name))


def _current(word: str):
    """The country that a code of two or three letters, a number or a name stands for now."""
    from pycountry import countries

    number = countries.get(numeric=word.zfill(3)) if word.isascii() and word.isdigit() else None
    try:
        return number or countries.lookup(word)
    except LookupError:
        return None


def _withdrawn(word: str):
    """The withdrawn entry that a word stands for, where it stands for none of today."""
    from pycountry import historic_countries

    if word.upper() in data.nations().index or word.upper() in ELSEWHERE or _current(word):
        return None
    fields = ("alpha_2", "alpha_3", "alpha_4", "name", "numeric")
    for entry in historic_countries:
        if any(word.casefold() == str(getattr(entry, field, "")).casefold() for field in fields):
            return entry
    named = [entry for entry in historic_countries if word.casefold() == entry.name.split(",")[0].casefold()]
    return named[0] if named else None


def _renamed(old) -> tuple[str, ...]:
    """The country in the last two letters of an alpha-4 code, which took the name's place."""
    from pycountry import countries

    found = countries.get(alpha_2=old.alpha_4[2:]) or countries.get(alpha_2=old.alpha_2)
    return (found.alpha_3,) if found else ()
