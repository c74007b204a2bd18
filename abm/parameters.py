"""Every number a user may change, declared once: value, unit, bounds, meaning, source, plausible range, who decides it.

Validation, the command line, the page's sliders, the ODD's table, the calibration's priors, the ranges of questions and the
bounds tests all derive from :data:`PARAMETERS`.
A parameter with ``per="vendor"`` has one value per vendor and is addressed as ``NAME_VENDOR``, such as ``fee_us``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

import numpy as np

from abm import rules
from abm.compiled import generated, rule
from abm.words import meant

#: Vendors of the baseline, in the order of their rows. A scenario may add rows.
VENDORS = ("us", "china")


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, ``because`` why these; evenly in the logarithm where ``log``, whole where ``whole``.

    The ends of a ``relative`` one are multiples of the scenario's own value; names have none (NaN).
    """

    low: float
    high: float
    because: str = ""
    log: bool = False
    whole: bool = False
    relative: bool = False

    def __str__(self) -> str:
        if self.relative or self.low != self.low:
            return self.because
        return f"{self.low:g} to {self.high:g}{' (log)' if self.log else ''}: {self.because}"

    def at(self, share):
        """Numbers (an array, or one) at shares, 0 to 1, of the range."""
        value = self.low * (self.high / self.low) ** share if self.log else self.low + share * (self.high - self.low)
        return np.round(value) if self.whole else value

    def share(self, value):
        """The inverse of :meth:`at`."""
        if self.log:
            return np.log(value / self.low) / np.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def between(self, low: float, high: float) -> Range:
        """The part of the range from one share to another."""
        ends = replace(self, whole=False).at(np.array([low, high]))
        return replace(self, low=float(ends[0]), high=float(ends[1]))

    def around(self, present: float) -> Range:
        """A relative range where the scenario's own value is ``present``; of nought there is no multiple, so it gets a tenth."""
        if present == 0:
            return Range(0.0, 0.1, "assumption: nought to a tenth")
        low, high = sorted((self.low * present, self.high * present))
        return Range(low, high, self.because)


@dataclass(frozen=True)
class Parameter:
    """One parameter. ``default`` is a number, or one number per baseline vendor (``per="vendor"``).

    ``low`` and ``high`` bound what is admissible; ``plausible`` says where a value that nobody knows may lie (by vendor where
    baseline vendors differ), for all who vary it. ``choices`` names the admissible values of a categorical parameter, all of
    them plausible; its stored value is the position in that tuple. ``decided`` marks what people decide: levers of policy, offers
    on the market, political will and rules of coalitions. ``at_start`` marks what counts only when a run starts, so that no dated
    event may set it.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    plausible: Range | Mapping[str, Range]
    group: str
    per: str = ""
    by_vendor: dict[str, float] = field(default_factory=dict)
    choices: Sequence[str] = ()
    whole: bool = False
    decided: bool = False
    at_start: bool = False

    @property
    def listed(self) -> bool:
        """Whether there is anything to choose. A kind of rules of which the model has one is a parameter for who brings more."""
        return not isinstance(self.choices, rules.Kind) or len(self.choices.own) > 1

    def parse(self, value: object) -> float:
        """The stored number for ``value``; ValueError in one clause when it is not admissible."""
        if self.choices:
            if value in self.choices:
                return float(self.choices.index(str(value)))
            hint = meant(value, self.choices)
            raise ValueError(f"{value!r} is not one of {', '.join(self.choices)}{hint and f'; {hint}'}")
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise ValueError(f"{value!r} is not a number")
        if not self.low <= value <= self.high:  # before float(), which some integers are too large for
            raise ValueError(f"{value} is outside {self.low:g} to {self.high:g} {self.unit}".rstrip())
        number = float(value)
        if self.whole and number != int(number):
            raise ValueError(f"{value} is not a whole number")
        return number

    def show(self, number: float) -> str:
        """``number`` as a person writes it: the choice's name, or the shortest decimal."""
        return self.choices[int(number)] if self.choices else f"{number:.10g}"


def _group(group: str, *rows: tuple) -> tuple[Parameter, ...]:
    return tuple(Parameter(*row[:8], group=group, **(row[8] if len(row) > 8 else {})) for row in rows)  # type: ignore[misc]


def _vendors(**values: float) -> dict:
    return {"per": "vendor", "by_vendor": values}


#: Where nothing better is known, and for vendors that only a scenario has.
HALF_TO_DOUBLE = Range(0.5, 2.0, "half to double", relative=True)
_EVERY = Range(math.nan, math.nan, "every name")
_ASSUMED, _LEVER, _WHOLE = "assumption", "a lever, from absent to strong", "assumption: the whole scale"
_START, _DECIDED = {"at_start": True}, {"decided": True}
_SHARE, _GDP, _YEAR, _RATE = "share", "share of GDP/yr", "yr", "1/yr"

PARAMETERS: tuple[Parameter, ...] = (
    *_group(
        "value and use",
        ("value_start", 0.01, 0, 0.2, _GDP, "yearly value of frontier AI at full adoption, long before the midpoint",
         "Assumption: near Gartner's AI spending of 2.2 % of world GDP in 2026 [Gartner2026]", HALF_TO_DOUBLE),
        ("value_end", 0.08, 0, 0.5, _GDP, "yearly value of frontier AI at full adoption, long after the midpoint",
         "Assumption: sweep", Range(0.02, 0.16, _ASSUMED)),
        ("value_midpoint", 2032, 2020, 2060, "year", "year in which half of the rise in value is done", "Assumption: sweep",
         Range(2028, 2038, _ASSUMED)),
        ("value_speed", 0.45, 0.01, 3, _RATE, "speed of the logistic path of value", "Assumption: sweep", HALF_TO_DOUBLE),
        ("adoption_full", 40, 5, 100, "% of people", "share of people using AI at which adoption counts as full",
         "Assumption: just above today's leaders [MicrosoftDiffusion2026]", HALF_TO_DOUBLE, _START),
        ("adoption_floor", 0.1, 0, 1, _SHARE, "least adoption of any nation", "Assumption", HALF_TO_DOUBLE, _START),
        ("adoption_response", 10, 0, 100, "share/share of GDP", "rise in adoption per share of GDP spent on promoting it",
         "Assumption: sets what the Apply AI Strategy's 1.1 bn US$ buys [Article2025]", HALF_TO_DOUBLE),
        ("quality_sensitivity", 0.11, 0, 2, "1/OOM",
         "loss of quality per order of magnitude of compute behind the best source",
         "Assumption: a tipping point lies at 0.25-0.35; sweep", Range(0.08, 0.3, "half to double; not measured", log=True)),
    ),
    *_group(
        "vendors",
        ("fee", 0.3, 0, 1, "share of benefit", "vendor's fee for a client without lock-in",
         "Assumption: sweep 0.25-0.35",
         {"us": Range(0.15, 0.55, _ASSUMED),
          "china": Range(0.15, 0.35, "from less than half the US vendor's fee to the same; not measured")},
         _vendors(us=0.35, china=0.3)),
        ("investment", 100, 0, 10000, "bn US$/yr",
         "vendor's yearly investment in AI compute, at the start or when an event sets it",
         "US over 300 bn, China near 100 bn US$ announced in a year [Article2025]", HALF_TO_DOUBLE, _vendors(us=300, china=100)),
        ("vendor_lag", 0.0, 0, 5, _YEAR, "vendor's lag in algorithms behind the frontier",
         "Calibrated (`abm calibrate`): China's whole lag is about 7 months, 4-14 [EpochLag2026], and most of it is compute",
         {"us": Range(0.0, 0.25, "assumption: the US vendor is at or near the frontier"),
          "china": Range(0.0, 0.75, "algorithms: from level to the top of the observed lag in months [EpochLag2026]")},
         _vendors(us=0.0, china=0.4)),
        ("investment_growth", 0.55, -0.5, 2, _RATE, "growth of the vendors' investment at the start",
         "Calibrated (`abm calibrate`): capital spending of four US firms grew 1.73x a year in 2023-26 [CapexForecasts2026]",
         Range(0.35, 0.7, "capital spending of four US firms: 1.5x a year from 2022, 1.8x in 2025")),
        ("investment_growth_end", 0.05, -0.5, 2, _RATE, "the same in the long run",
         "Assumption: forecasts to 2030 imply 5-11 % a year after 2027 [CapexForecasts2026]",
         Range(0.0, 0.15, "forecasts to 2030 imply 5-11 % a year after 2027; a little wider")),
        ("frontier_share", 0.025, 0.001, 1, _SHARE, "share of a vendor's compute behind one frontier programme, at the start or "
         "when an event sets it; no more than frontier_share_limit",
         "Calibrated (`abm calibrate`); final runs are 10-30 % of R&D compute [EpochRD2025]",
         Range(0.015, 0.06, "half to double; one laboratory's final runs were 7 % of its compute in 2024", log=True)),
        ("frontier_share_growth", 0.75, -0.5, 2, _RATE, "growth of that share at the start; none in the long run",
         "Calibrated (`abm calibrate`): training cost grew 2.4x a year [Cottier2024]",
         Range(0.3, 0.9, "training cost grew 2 to 3x a year [Cottier2024]: what investment leaves of it")),
        ("frontier_share_limit", 0.3, 0.001, 1, _SHARE, "most of a vendor's compute that one programme can take",
         "Assumption: final runs are at most 30 % of R&D compute [EpochRD2025]",
         Range(0.1, 0.5, "assumption: final runs are 10-30 % of R&D compute [EpochRD2025]")),
        ("growth_decay", 4.5, 0.1, 100, _YEAR, "time in which both growth rates near their long run",
         "Calibrated (`abm calibrate`): forecasts of spending slow down after 2027 [CapexForecasts2026]",
         Range(2.0, 6.0, "forecasts of spending slow down after 2027 [CapexForecasts2026]", log=True)),
        ("hold_up", 0.5, 0, 5, "share of fee", "surcharge a vendor asks of a fully locked-in client",
         "Assumption; idea of [Klemperer1987]", Range(0.0, 1.5, _ASSUMED)),
        ("price_response", 0.2, 0, 1, _SHARE, "cut in fee by a vendor that has lost all its clients", "Assumption",
         Range(0.0, 0.6, _ASSUMED)),
        ("vendor_answer", 0, 0, 0, "rule", "how a vendor answers lost clients: with discount and hosting, or by a rule that "
         "people bring", "Assumption", _EVERY, {"choices": rules.vendor_answer}),
        ("hosting", 0.0, 0, 1, _SHARE, "part of a client's use that a vendor runs at the client's home and under its law, where "
         "no cut or outage reaches it", "Assumption: 0; offers are a lever",
         {"us": Range(0.0, 1.0, _LEVER), "china": Range(0.0, 1.0, _LEVER)}, _vendors(us=0.0, china=0.0) | _DECIDED),
        ("hosting_cost", 0.12, 0, 2, "share of fee", "surcharge on the fee where all use is run at home",
         "10-15 % more than in the common cloud [SovereignOffers2026]",
         Range(0.1, 0.5, "accounts of surcharges for sovereign clouds, a tenth to a half; no list prices")),
        ("hosting_response", 0.0, 0, 1, _SHARE, "hosting that a vendor adds once it has lost all its clients",
         "Assumption: 0; offers are a lever", Range(0.0, 1.0, _WHOLE)),
    ),
    *_group(
        "building",
        ("inference_cost", 0.12, 0, 1, "share of value used",
         "cost of running models at home; scales with use and stays national",
         "Assumption; that inference scales with use [Article2025]",
         Range(0.08, 0.25, "close to double and a half; not measured")),
        ("client_effort", 0.0002, 0, 0.05, _GDP, "spending on national compute by nations that do not train", "Assumption",
         HALF_TO_DOUBLE),
        ("effort_limit", 0.004, 0, 0.05, _GDP, "most that builders and coalition members spend on training and its compute",
         "Assumption: a CERN for AI at 30-35 bn EUR over 3 yr is 0.0006 of EU GDP a year [CFG2024]",
         Range(0.002, 0.01, "half to double; states plan up to 0.4 % of GDP a year [PublicCompute2026]", log=True)),
        ("effort_floor", 0.1, 0, 1, "share of effort_limit", "least that they spend; 1 makes spending fixed", "Assumption",
         Range(0.0, 1.0, _WHOLE)),
        ("contagion", 0.2, 0, 1, _SHARE, "how far the member that gets the smallest share of chips sets that of its coalition",
         "Assumption: export rules reach through ownership and re-export",
         Range(0.0, 1.0, "the whole scale: whether export rules reach through a pool is not measured")),
        ("membership_cost", 0.0001, 0, 0.05, _GDP, "administrative cost of coalition membership", "Assumption",
         Range(0.00003, 0.0005, "a third to five times; not measured", log=True)),
        ("site_cost", 3, 0, 10, "bn US$/yr", "team and site of a nation that builds, alone or with others, whatever its size",
         "Assumption between what public plans for compute spend, 0.3 (Canada), 0.5 (Britain), 1.5 (Korea, GPUs) a year "
         "[PublicCompute2026], and one of the EU's five gigafactories, 4 in all [Article2025]; lists of members ask for the "
         "upper part (`abm nations`)",
         Range(0.3, 4.0, "Canada's plan for a year to the whole of one of the EU's five gigafactories in one", log=True)),
        ("world_compute", 10, 0.1, 1000, "M H100e", "world stock of AI compute at the start, split by located shares",
         "Assumption: located clusters of 1.44 M H100e cover 10-20 % of it [EpochClusters2025]", HALF_TO_DOUBLE, _START),
        ("hardware", 0.03, 0.0001, 1, "M H100e/bn US$", "compute bought per US$ at the start",
         "Assumption: about 50,000 US$ an H100e with its site",
         Range(0.015, 0.04, "25,000 to 67,000 US$ an H100 equivalent with its site", log=True)),
        ("hardware_improvement", 0.30, 0, 2, _RATE, "improvement of compute per US$",
         "1.33-1.40x a year [EpochHardware2024]", Range(0.25, 0.4, "1.33-1.40x a year [EpochHardware2024], a little wider")),
        ("depreciation", 0.25, 0, 2, _RATE, "depreciation of compute", "Assumption: service life about 4 yr", HALF_TO_DOUBLE),
        ("pooling", 0.75, 0.001, 1, _SHARE, "share of national compute that builders can train with",
         "Assumption: public systems are shared out; sweep", Range(0.25, 1.0, "a third to all of it; not measured")),
        ("builder_lag", 0.6, 0, 10, _YEAR, "lag in algorithms of a builder without talent", "Assumption",
         Range(0.25, 1.5, "a quarter to one and a half times; not measured")),
        ("builder_efficiency", 1.0, 0.1, 100, "x",
         "effective compute builders get for the same hardware through better methods",
         "Assumption: 1; DeepSeek and Mistral reached comparable results for less [Article2025]",
         Range(0.5, 3.0, _LEVER), _DECIDED),
        ("talent_pull", 3, 0, 50, "1/share of talent", "how fast talent shortens the builders' lag", "Assumption",
         HALF_TO_DOUBLE),
        ("talent_exchange",
         0.0, 0, 1, _SHARE, "share of talent trained in China that exchange programmes bring to a coalition",
         "Assumption: 0; exchange programmes are a lever [Article2025]", Range(0.0, 0.1, _LEVER), _DECIDED),
        ("talent_abroad", 0.47, 0, 1, _SHARE, "share of leading AI researchers educated in China", "47 % [Article2025]",
         Range(0.42, 0.52, "about 47 % [Article2025]")),
        ("algorithmic_progress", 0.48, 0, 3, "OOM/yr", "growth of effective compute through algorithms",
         "3x a year [EpochAlgorithms2025]", Range(0.2, 1.0, _ASSUMED)),
        ("overhead_size", 0.05, 0, 1, "share/ln(members)",
         "share of pooled compute lost to coordination, by number of members",
         "Assumption: the square-root rule is contested [HartleyBraddon2014]; sweep",
         Range(0.02, 0.1, "half to two and a half times; the square-root rule is contested", log=True)),
        ("overhead_discord", 0.65, 0, 1, _SHARE, "share of pooled compute lost where members do not trust each other at all",
         "Assumption", Range(0.25, 0.75, "half to one and a half times; not measured")),
        ("federated", 0.0, 0, 1, _SHARE, "share of training done by federated learning, which needs no trust to pool data",
         "Assumption: 0; a lever [Article2025]", Range(0.0, 1.0, _LEVER), _DECIDED),
        ("federated_loss", 0.25, 0, 1, _SHARE, "loss of training efficiency where all of it is federated", "Assumption",
         HALF_TO_DOUBLE),
    ),
    *_group(
        "free models",
        ("openness", 0.0, 0, 1, _SHARE, "share of a coalition's capability that outsiders may use: 0 club, 1 public good",
         "Spans [Buchanan1965] and [Barrett1994]", Range(0.0, 1.0, _LEVER), _DECIDED),
        ("open_weights_lag", 0.33, 0, 10, _YEAR, "lag of freely released models behind the frontier",
         "4 months since January 2026 [EpochOpen2026]", HALF_TO_DOUBLE),
        ("free_use", 0.55, 0, 1, _SHARE, "adoption reached by nations that only use free models", "Assumption",
         Range(0.2, 0.6, "half to one and a half times; not measured")),
    ),
    *_group(
        "restriction",
        ("hazard", 0.04, 0, 5, _RATE, "targeted cuts per year to a client at political distance 0.5 under calm tension",
         "Assumption: recorded cuts suggest 0.3 and are biased upward; sweep 0.02-1",
         {"us": Range(0.01, 1.0, "the span that the record of cuts supports [EventRecord2026]", log=True),
          "china": Range(0.02, 1.0, _ASSUMED, log=True)}, _vendors(us=0.05, china=0.05)),
        ("hazard_distance", 3, 0, 20, "1/distance", "growth of the log hazard with political distance",
         "Assumption; form after [FarrellNewman2019]", HALF_TO_DOUBLE),
        ("retaliation", 1.5, 0, 20, "x", "hazard to nations that use a rival or build, relative to clients", "Assumption",
         HALF_TO_DOUBLE),
        ("restriction_duration", 1.5, 0.01, 20, _YEAR, "mean duration of a targeted cut", "Assumption", HALF_TO_DOUBLE),
        ("severity", 0.7, 0, 1, "share of benefit", "benefit lost while cut off", "Assumption", HALF_TO_DOUBLE),
        ("risk_aversion", 2, 0, 20, "x", "weight of an expected loss to restriction against a certain one", "Assumption",
         Range(1.0, 4.0, _ASSUMED)),
        ("chip_dependence", 0.5, 0, 1, _SHARE, "share of hardware that a builder cannot buy while cut off by a chip maker",
         "Assumption", Range(0.0, 1.0, _WHOLE)),
        ("outage_hazard", 0.1, 0, 10, _RATE, "common outages per year and vendor, known to all",
         "Assumption: one in 2022-26, when a directive cut off all users [Outage2026]",
         Range(0.02, 0.5, "assumption: one in 2022-26 [Outage2026]")),
        ("outage_duration", 18 / 365.25, 0, 2, _YEAR, "duration of a common outage", "18 days in June 2026 [Outage2026]",
         HALF_TO_DOUBLE),
        ("tension_volatility", 0.35, 0, 3, "1/sqrt(yr)", "volatility of log tension", "Assumption", HALF_TO_DOUBLE),
        ("tension_reversion", 0.25, 0.0, 10, _RATE, "reversion of log tension to its mean", "Assumption", HALF_TO_DOUBLE),
        ("tension_drift", 0.0, -2, 2, _RATE, "drift of log tension", "Assumption: 0; escalation and detente move it",
         Range(-0.3, 0.3, "detente to escalation, as in the scenarios of that name")),
        ("prior_years", 6, 0.1, 200, _YEAR, "evidence behind the belief about hazards at the start", "Assumption",
         Range(2.0, 20.0, "a fifth to double; not measured", log=True), _START),
        ("social_learning", 0.3, 0, 1, _SHARE, "weight of another nation's cut per unit of trust", "Assumption",
         Range(0.0, 1.0, _ASSUMED)),
        ("memory", 20, 0.5, 500, _YEAR, "time in which old evidence fades", "Assumption", HALF_TO_DOUBLE),
    ),
    *_group(
        "lock-in",
        ("lock_in_start", 0.5, 0, 1, _SHARE, "lock-in of all clients at the start", "Assumption: clients for some years already",
         Range(0.0, 1.0, _WHOLE), _START),
        ("lock_in_time", 3, 0.1, 50, _YEAR, "time in which lock-in builds up", "Assumption",
         Range(1.5, 6.0, "two thirds to three times; not measured", log=True)),
        ("migration_cost", 315000, 0, 2_000_000, "US$/project", "loss on moving one project to another source; at the bounds of "
         "this and of projects_per_bn all projects together a fifth of a year's GDP", "Mean loss a project [CIODive2025]",
         HALF_TO_DOUBLE),
        ("projects_per_bn", 16, 0, 100, "1/bn US$ of GDP", "AI projects to move at full adoption",
         "Assumption: large and medium enterprises per GDP [Eurostat2023]", HALF_TO_DOUBLE),
        ("portability", 0.5, 0, 1, _SHARE, "share of switching cost that contracts and standards take away",
         "Assumption: agreements keep the cost of changing partners low [Article2025]",
         Range(0.2, 0.8, "contracts that bind to contracts that do not; not measured"), _DECIDED),
        ("planning_horizon", 4, 0.25, 20, _YEAR, "horizon of a plan; one-off costs are spread over it",
         "Assumption: a term of office", HALF_TO_DOUBLE),
    ),
    *_group(
        "politics",
        ("peer_weight", 0.0012, 0, 0.1, _GDP, "gain if all trusted partners use the same source",
         "Assumption; increasing returns [Arthur1989]", Range(0.0003, 0.004, "half to eight times; not measured", log=True)),
        ("distance_weight", 0.007, 0, 0.1, _GDP, "cost of full political distance to a source",
         "Assumption within what the patterns leave (`abm calibrate`); lists of nations ask for the lower half",
         Range(0.003, 0.015, "a third to one and a half times; not measured", log=True)),
        ("taste_scale", 0.0045, 0, 1, _GDP, "scale of the Gumbel law of a nation's tastes, which the model knows nothing of",
         "Calibrated (`abm calibrate`); random utility [McFadden1974]",
         Range(0.001, 0.006, "a third to double; not measured", log=True)),
        ("taste_renewal", 0.015, 0, 1000, _RATE, "rate at which a nation's tastes are drawn anew (elections, doctrine)",
         "Calibrated (`abm calibrate`); at the upper bound every review draws them: logit choice [McFadden1974]",
         Range(0.01, 0.3, "once in a century to once in a term of office", log=True)),
        ("decision", 0, 0, 0, "rule", "how a nation decides among what is open to it: for what is best to it, or by a rule that "
         "people bring", "Random utility [McFadden1974]", _EVERY, {"choices": rules.decision}),
        ("review_rate", 0.35, 0, 20, _RATE, "reviews of its stance by a nation", "Assumption: once in three years",
         Range(0.25, 1.0, "a budget cycle of one to four years", log=True)),
        ("convening_rate", 0.06, 0, 1, "per review", "chance that a reviewing outsider convenes a coalition (political will)",
         "Assumption", Range(0.02, 0.2, "two fifths to four times; political will is not measured", log=True), _DECIDED),
        ("convening_size", 22, 2, 64, "nations", "partners in a convened set, the convener included",
         "Assumption: tips at 5-12",
         Range(4, 24, "the founders of joint programmes on record [ProgrammeMembers2026]"), {"whole": True} | _DECIDED),
        ("quorum_members", 2, 2, 64, "nations", "members needed for entry into force",
         "Two founded Airbus in 1970 [AirbusHistory]", Range(2, 12, _LEVER), {"whole": True} | _DECIDED),
        ("quorum_gdp", 0.0, 0, 1, "share of GDP", "share of all nations' GDP needed for entry into force",
         "Assumption: none; a lever [CarraroMarchioriOreffice2009]", Range(0.0, 0.3, _LEVER), _DECIDED),
        ("admission", 1, 0, 2, "rule", "who must be no worse off when a nation is admitted", "Assumption",
         _EVERY, {"choices": rules.admission} | _DECIDED),
        ("admission_tolerance", 0.0004, 0, 0.01, _GDP, "loss that a voting member overlooks", "Assumption",
         Range(0.00003, 0.001, "a fifth to six times; not measured", log=True), _DECIDED),
        ("cost_key", 0, 0, 2, "key", "how members share the cost of training", "CERN pays by national income [CERN2009]",
         _EVERY, {"choices": rules.cost_key} | _DECIDED),
        ("notice", 4, 0, 40, "quarters", "time between the decision to leave a coalition and leaving",
         "A year, as treaties ask where they are silent [Vienna1969]", HALF_TO_DOUBLE, _DECIDED),
        ("exit_fee", 0, 0, 0.05, "share of GDP", "paid once by a leaver, shared by those it leaves",
         "Assumption: none; a lever", HALF_TO_DOUBLE, _DECIDED),
        ("leaving_cost", 0.03, 0, 0.2, "share of GDP", "standing that a nation loses, as it weighs it, by leaving all it trusts; "
         "of a coalition by the root of the part of its trust that it puts there",
         "Calibrated (`abm calibrate`); states that leave lose standing [BorzyskowskiVabulas2025]",
         Range(0.003, 0.1, "from a tenth to three times; not measured", log=True)),
        ("affinity_votes", 0.85, 0, 1, _SHARE, "weight of votes against shared institutions in the affinity of two states: trust "
         "at the start, and nearness to a vendor's country",
         "Assumption within what the patterns leave; lists of nations ask for many votes, but by votes alone Japan, Ireland and "
         "Switzerland stand nearer to China than to the US",
         Range(0.2, 0.9, "institutions weigh a ninth to four times as much as votes; not measured")),
        ("trust_gain", 0.15, 0, 5, _RATE, "rate at which members of one coalition come to trust each other", "Assumption",
         Range(0.03, 0.3, "a third to three times; not measured", log=True)),
        ("trust_loss", 0.3, 0, 1, _SHARE, "trust lost between a leaver and those it leaves", "Assumption", HALF_TO_DOUBLE),
        ("trust_reversion", 0.05, 0, 5, _RATE, "rate at which trust returns to its start", "Assumption", HALF_TO_DOUBLE),
    ),
    *_group(
        "growth",
        ("growth", 0.02, -0.1, 0.2, _RATE, "growth of GDP without AI", "Assumption",
         Range(0.0, 0.04, "assumption: from standstill to double")),
        ("growth_feedback", 0.1, 0, 2, "growth per net benefit", "growth of GDP per net AI benefit, so that gaps compound",
         "Assumption; restraint invites weakness [Article2025]", HALF_TO_DOUBLE),
    ),
)

BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}
_POSITION = {parameter.name: position for position, parameter in enumerate(PARAMETERS)}


@cache
def names(vendors: tuple[str, ...] = VENDORS) -> Mapping[str, tuple[Parameter, int]]:
    """Addressable names -> (parameter, vendor row; -1 for parameters that no vendor owns), in the table's order."""
    out: dict[str, tuple[Parameter, int]] = {}
    for parameter in filter(lambda parameter: parameter.listed, PARAMETERS):
        if parameter.per:
            out.update({f"{parameter.name}_{vendor}": (parameter, row) for row, vendor in enumerate(vendors)})
        else:
            out[parameter.name] = (parameter, -1)
    return MappingProxyType(out)


def position(name: str, vendors: tuple[str, ...] = VENDORS) -> tuple[int, int]:
    """(position in :data:`PARAMETERS`, vendor row) of an addressable name, as :func:`set_parameter` takes them."""
    parameter = lookup(name, vendors)
    return _POSITION[parameter.name], names(vendors)[name][1] if parameter.listed else -1


def defaults(vendors: tuple[str, ...] = VENDORS) -> dict[str, float]:
    """Baseline value of every addressable name; a vendor unknown to the baseline gets the parameter's own default."""
    return {
        name: parameter.by_vendor.get(vendors[row], parameter.default) if row >= 0 else parameter.default
        for name, (parameter, row) in names(vendors).items()
    }


def lookup(name: str, vendors: tuple[str, ...] = VENDORS) -> Parameter:
    """The parameter behind an addressable name; ValueError with the nearest name when there is none."""
    known = names(vendors)
    if name in known:
        return known[name][0]
    if name in rules.KINDS:
        return BY_NAME[name]
    hint = meant(name, known)
    raise ValueError(f"{name}: no such parameter{hint and f'; {hint}'}")


def plausible(name: str, vendors: tuple[str, ...] = VENDORS) -> Range:
    """The plausible range of an addressable name, whatever a scenario sets; ValueError with the nearest name."""
    parameter, stated = lookup(name, vendors), lookup(name, vendors).plausible
    if not isinstance(stated, Range):
        stated = stated.get(name.removeprefix(f"{parameter.name}_"), HALF_TO_DOUBLE)
    return replace(stated, whole=parameter.whole)


def decided(vendors: tuple[str, ...] = VENDORS) -> tuple[str, ...]:
    """Addressable names of what people decide."""
    return tuple(name for name, (parameter, _) in names(vendors).items() if parameter.decided)


def dtype(vendors: tuple[str, ...] = VENDORS) -> np.dtype:
    """Record type of a parameter set: a float each, or a float per vendor."""
    return np.dtype([(p.name, "f8", (len(vendors),)) if p.per else (p.name, "f8") for p in PARAMETERS])


def _setter():
    """``_set(world, position, row, value)`` written out: numba cannot address a record's field by number."""
    lines = ["def _set(world, position, row, value):"]
    for position, parameter in enumerate(PARAMETERS):
        field_name = f"{parameter.name}[row]" if parameter.per else parameter.name
        lines += [f"    {'el' if position else ''}if position == {position}:", f"        world.p.{field_name} = value"]
    return generated("_set", lines, {})


_set = _setter()


@rule
def set_parameter(world, position, row, value):
    """Set the parameter at ``position`` in :data:`PARAMETERS`; ``row`` is the vendor's, unused where none owns it."""
    _set(world, position, row, value)
