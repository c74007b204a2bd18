"""The data room: facts about nations, with their sources in ``SOURCES.md``, and the one place where blanks are filled.

Files hold facts only; blank means not known. `economies` alone fills blanks, and names what it filled in its column
``imputed``. Every loader reads its file once and returns a fresh object, so no caller can change another's data.
"""

import json
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pandas as pd

from abm.words import nearest

MEMBERSHIPS = ("eu", "nato", "five_eyes", "g7", "g20", "oecd", "brics", "asean", "sco",
               "us_treaty_ally_asia_pacific", "eea_gdpr", "wassenaar", "data_area", "chip_rule_partner")
#: Those that draw states together. Not the G20, to which both vendors' hosts and their rivals belong for their size; nor the
#: Wassenaar Arrangement (Russia is in it) and the data area, which add nothing to the OECD: with any of the three, affinity
#: foretells less well who buys from whom.
AFFINITY = tuple(name for name in MEMBERSHIPS if name not in ("g20", "wassenaar", "data_area"))
MODEL_INPUTS = ("capital_lat", "capital_lon", "gdp_usd_bn", "population_m", "un_ideal_point", "compute_h100e",
                "compute_share", "top500_rmax_pflops", "ai_publications", "ai_users_pct", "us_ai_tier", *MEMBERSHIPS)
VENDOR_HOSTS = ("USA", "CHN")
LEFT_OUT = ("HKG", "MAC", "CUB")  # the first two belong with China; Cuba's GDP is an artefact of its exchange rate
IDEAL_POINT_PROXIES = {"TWN": ("JPN", "KOR"), "XKX": ("ALB", "MKD", "MNE"), "PSE": ("JOR", "EGY", "LBN")}
MIDSIZED_GDP_BN = 200.0  # from this GDP (bn US$) on an economy counts as mid-sized


@cache
def _table(name: str, index: str | None = None) -> pd.DataFrame:
    with files(__name__).joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col=index, keep_default_na=False, na_values=[""])


@cache
def _outlines() -> dict:
    return json.loads(files(__name__).joinpath("outlines.json").read_text(encoding="utf-8"))


def nations() -> pd.DataFrame:
    """All 199 economies x 34 columns as found, index iso3, largest GDP first; blank is NaN. Units: ``SOURCES.md``."""
    return _table("nations.csv", "iso3").sort_values("gdp_usd_bn", ascending=False, kind="stable")


def vote_agreement() -> pd.DataFrame:
    """193 x 193 share (0-1) of identical UN General Assembly votes, 2015-20; NaN below 100 joint votes."""
    return _table("vote_agreement.csv", "iso3").copy()


def facts() -> pd.DataFrame:
    """Sourced numbers behind parameters, initial values, events and scenarios; index key, `value` in `unit`."""
    return _table("facts.csv", "key").copy()


def events() -> pd.DataFrame:
    """Dated restrictions and coalition steps, oldest first; `date` is a timestamp, a bare month or year its start."""
    frame = _table("events.csv").copy()
    return frame.assign(date=pd.to_datetime(frame["date"].astype(str), format="ISO8601"))


def bibliography() -> pd.DataFrame:
    """Every source that facts, events and tables name, index source_key; `opened` says what was read."""
    return _table("bibliography.csv", "source_key").copy()


def outlines() -> dict[str, list[list[tuple[float, float]]]]:
    """Closed rings of (lon, lat) in degrees by iso3, unwrapped: lon may pass 180. Fill even-odd; Singapore has none."""
    return {iso3: [[(lon, lat) for lon, lat in ring] for ring in rings] for iso3, rings in _outlines().items()}


def require(frame: pd.DataFrame, columns: tuple[str, ...] | list[str],
            where: str = "abm/data/nations.csv") -> pd.DataFrame:
    """Return `frame` as it is, or raise ValueError naming each nation and column that is blank, or an absent column."""
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise ValueError(f"{where}: no column {', '.join(absent)}")
    blank = frame[list(columns)].isna()
    holes = [f"{blank.index[row]}: {blank.columns[column]} is blank" for row, column in np.argwhere(blank.to_numpy())]
    if holes:
        raise ValueError(f"{where}: {'; '.join(holes)}")
    return frame


def impute(frame: pd.DataFrame) -> pd.DataFrame:
    """Fill the blanks of `frame` (as `nations`) that have a rule, and list them in a new column `imputed`.

    un_ideal_point: mean of the nation's IDEAL_POINT_PROXIES. ai_users_pct: internet_users_pct times the median ratio
    of the two where both are known, else the median of the region. ai_publications: 0. Other blanks stay blank.
    """
    proxies = {iso3: frame["un_ideal_point"].reindex(list(of)).mean() for iso3, of in IDEAL_POINT_PROXIES.items()}
    ratio = (frame["ai_users_pct"] / frame["internet_users_pct"]).median()
    by_region = frame.groupby("region")["ai_users_pct"].transform("median")
    ai_users = frame["ai_users_pct"].fillna(frame["internet_users_pct"] * ratio).fillna(by_region)
    full = frame.assign(un_ideal_point=frame["un_ideal_point"].fillna(pd.Series(proxies)), ai_users_pct=ai_users,
                        ai_publications=frame["ai_publications"].fillna(0))
    filled = frame.isna() & full.notna()
    return full.assign(imputed=[";".join(filled.columns[row]) for row in filled.to_numpy()])


def headline_shares(frame: pd.DataFrame) -> pd.Series:
    """`compute_share` of `frame` (as `nations`), scaled within the US, China, the EU and all others to the headline.

    The headline is `compute_share_us`, `_china` and `_eu` of `facts`, the rest is everybody else's: 0.74, 0.14, 0.048, 0.072.
    The distribution within the EU and among the others stays that of the located clusters. Source: [Article2025].
    """
    group = frame["eu"].map({1: "eu", 0: "others"}).mask(frame.index == "USA", "us").mask(frame.index == "CHN", "china")
    total = {name: float(facts()["value"][f"compute_share_{name}"]) / 100 for name in ("us", "china", "eu")}
    total["others"] = 1 - sum(total.values())
    return frame["compute_share"] / frame.groupby(group)["compute_share"].transform("sum") * group.map(total)


@cache
def _world() -> pd.DataFrame:
    full = impute(nations())
    kept = full[full["gdp_usd_bn"].notna() & ~full.index.isin(LEFT_OUT)]
    return require(kept.assign(compute_share=headline_shares(kept)), MODEL_INPUTS)


@cache
def _economies() -> pd.DataFrame:
    return _world().drop(index=list(VENDOR_HOSTS))


def economies() -> pd.DataFrame:
    """The 193 possible agents, `nations` plus `imputed`: without hosts, LEFT_OUT and the Holy See, which has no GDP.

    `compute_share` is that of `headline_shares`.
    """
    return _economies().copy()


def vendor_hosts() -> pd.DataFrame:
    """The rows of the United States and China, in this order, as in `nations`; nothing in them is imputed.

    Two columns differ: `compute_share` is that of `headline_shares`, and the United States belongs to its own treaties
    (`us_treaty_ally_asia_pacific` is 1): an ally shares them with the US as a member shares NATO with it.
    """
    hosts = _world().loc[list(VENDOR_HOSTS)].drop(columns="imputed")
    return hosts.assign(us_treaty_ally_asia_pacific=(hosts.index == "USA").astype(int))


def memberships_of(economy: pd.Series) -> tuple[str, ...]:
    """Names of the institutions of :data:`AFFINITY` that an economy, a row of a table here, belongs to."""
    return tuple(name for name in AFFINITY if economy[name] == 1)


def _groups(agents: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    rows = {name: agents[name] == 1 for name in MEMBERSHIPS}
    rows |= {f"tier{tier}": agents["us_ai_tier"] == tier for tier in (1, 2, 3)}
    rows |= {"midsized": agents["gdp_usd_bn"] >= MIDSIZED_GDP_BN, "all": agents["gdp_usd_bn"].notna()}
    return {name: tuple(agents.index[belongs]) for name, belongs in rows.items()}


GROUPS = MappingProxyType(_groups(_economies()))
"""Named groups of agents as iso3 codes, largest GDP first; the vendors' hosts are in none."""


def group(name: str) -> list[str]:
    """The iso3 codes of a named group; ValueError with the nearest name if there is none."""
    if name not in GROUPS:
        raise ValueError(f"{name!r}: no such group; {nearest(str(name).lower(), GROUPS)}")
    return list(GROUPS[name])
