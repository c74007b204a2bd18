"""Every attribute of the world, its nations, vendors, coalitions and dated events, declared once.

A world is one NumPy record whose fields are these attributes, so that a rule reads ``world.gdp[i]``, a copy is a copy
of bytes, and two worlds are equal when their bytes are. Shapes are written in letters: N nations, V vendors,
K coalition slots, S sources, O options, G nodes of an integral, T terms of a payoff, E dated events, Q draws. N and E are
capacities in steps of a power of two (a record type is compiled once per capacity); the rows in use are ``world.n`` and
``world.events``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from abm import parameters
from abm.options import COALITIONS, LONE

NODES_A_PANEL, PANELS = 4, 16  # of the integrals over growing spending: a step of 5 and half a horizon of 10 years take 15


class Terms(NamedTuple):
    """The terms of a payoff [shares of GDP per year], costs with their sign; the taste is apart, since no rule works it out."""

    benefit: float
    fee: float
    build: float
    restriction: float
    switching: float
    peers: float
    distance: float


TERMS = (*Terms._fields, "taste")


@dataclass(frozen=True)
class Attribute:
    """One attribute: ``kind`` is ``fact`` (given), ``state`` (changed by rules) or ``scratch`` (meaningless between phases)."""

    name: str
    shape: str
    dtype: str
    unit: str
    meaning: str
    kind: str = "state"


def _table(kind: str, *rows: tuple) -> tuple[Attribute, ...]:
    return tuple(Attribute(*row[:5], kind=kind) for row in rows)  # type: ignore[misc]


WORLD = (
    *_table(
        "fact",
        ("n", "", "i8", "nations", "number of nations"),
        ("seed", "", "u8", "", "seed of the run; with step, nation, stream and k it determines every draw"),
        ("start", "", "f8", "year", "date of step 0"),
        ("dt", "", "f8", "yr", "length of a step"),
        ("events", "", "i8", "events", "number of dated events"),
    ),
    *_table(
        "state",
        ("step", "", "i8", "steps", "steps done"),
        ("value", "", "f8", "share of GDP/yr", "yearly value of frontier AI at full adoption"),
        ("log_tension", "", "f8", "", "log of tension"),
        ("tension", "", "f8", "x", "multiplier of every targeted hazard"),
        ("hardware", "", "f8", "M H100e/bn US$", "compute bought per US$ now"),
        ("plan_keep", "", "f8", "share", "compute of today left at the middle of the planning horizon"),
        ("plan_steady", "", "f8", "yr", "what constant spending of 1 a year adds up to by then, at hardware's price today"),
        ("plan_growing", "", "f8", "yr", "the same of spending that grows as vendors' investment does from now on"),
        ("plan_ramp", "", "f8", "M H100e/(bn US$/yr)", "compute that constant spending adds up to by then"),
        ("growth_left", "", "f8", "share", "part of the growth rates' excess over their long run that has not decayed yet"),
        ("compute_kept", "", "f8", "share/step", "compute left after a step's depreciation"),
        ("spending_held", "", "f8", "yr/step", "what steady spending of 1 a year adds up to within a step, at its first price"),
        ("node_steady", "G", "f8", "", "log weight of each node of the integrals over growing spending, without the excess"),
        ("node_excess", "G", "f8", "yr", "what that excess, were it 1 a year now, adds up to by each node"),
        ("step_nodes", "", "i8", "nodes", "how many of them are for a step; the others are for a plan"),
        ("plan_nodes", "", "i8", "nodes", "how many there are"),
        ("growth_kept", "", "f8", "share/step", "part of that excess left after a step"),
        ("investment_grown", "", "f8", "x/step", "growth of vendors' investment in this step"),
        ("spending_grown", "", "f8", "yr/step", "what their growing spending of 1 a year adds up to within this step"),
        ("programme_share", "", "f8", "share", "share of a vendor's compute behind one frontier programme now"),
        ("programme_share_plan", "", "f8", "share", "the same at the middle of the planning horizon"),
        ("lock_in_gain", "", "f8", "share/step", "part of the way to full lock-in gone in a step"),
        ("evidence_kept", "", "f8", "share/step", "evidence about hazards left after a step"),
        ("review_chance", "", "f8", "per step", "chance that a nation reviews its stance"),
        ("outage_chance", "", "f8", "per step", "chance of a common outage of a vendor"),
        ("tension_kept", "", "f8", "share/step", "log tension left after a step's reversion"),
        ("tension_drifted", "", "f8", "", "drift of log tension in a step"),
        ("tension_shock", "", "f8", "", "standard deviation of log tension's shock in a step"),
        ("trust_gained", "", "f8", "share/step", "part of the way to full trust gone in a step among members"),
        ("trust_reverted", "", "f8", "share/step", "part of the way back to its start gone in a step elsewhere"),
        ("frontier", "", "f8", "OOM", "effective compute of the best source"),
        ("frontier_plan", "", "f8", "OOM", "the same, projected to the middle of the planning horizon"),
        ("frontier_speed", "", "f8", "OOM/yr", "growth of the leading vendor's effective compute, algorithms included"),
        ("free_quality", "", "f8", "share", "quality of the best free model"),
        ("free_plan", "", "f8", "share", "the same, projected"),
        ("released", "", "f8", "OOM", "capability of weights opened by a dated release; below -90 when none"),
        ("announcements", "", "i8", "events", "dated events that will bring compute within half a planning horizon"),
        ("reviewing", "", "i8", "nations", "nations that review their stance in this step"),
        ("foundings", "", "i8", "count", "coalitions founded so far"),
        ("joins", "", "i8", "count", "admissions to a standing coalition so far"),
        ("exits", "", "i8", "count", "members that left so far"),
        ("rejoins", "", "i8", "count", "memberships begun by nations that had left a coalition before"),
        ("refusals", "", "i8", "count", "applications refused so far"),
        ("dissolutions", "", "i8", "count", "coalitions dissolved so far"),
        ("first_founding", "", "f8", "year", "date of the first founding; NaN before"),
        ("moves", "", "i8", "nations", "nations that changed source in this step"),
        ("switching_spend", "", "f8", "bn US$", "spent on switching in this step"),
    ),
)

VENDOR = (
    *_table(
        "fact",
        ("vendor_compute_share", "V", "f8", "share", "share of the world's located compute at the start"),
        ("sells_chips", "V", "f8", "0/1", "whether builders everywhere depend on its chips"),
    ),
    *_table(
        "state",
        ("vendor_compute", "V", "f8", "M H100e", "compute in the vendor's country"),
        ("vendor_investment", "V", "f8", "bn US$/yr", "investment in compute"),
        ("vendor_capability", "V", "f8", "OOM", "log10 effective compute of its frontier programme"),
        ("vendor_plan", "V", "f8", "OOM", "the same, projected"),
        ("vendor_quality", "V", "f8", "share", "quality of its models now"),
        ("vendor_plan_quality", "V", "f8", "share", "the same, projected"),
        ("vendor_fee", "V", "f8", "share of benefit", "fee asked of a client without lock-in"),
        ("vendor_hosting", "V", "f8", "share", "part of a client's use that is run at home, out of reach of cuts and outages"),
        ("client_share", "V", "f8", "share of GDP", "GDP of its clients over the GDP of all nations"),
        ("client_peak", "V", "f8", "share of GDP", "highest client share so far"),
        ("outage_left", "V", "f8", "yr", "rest of a common outage"),
        ("outage_share", "V", "f8", "share", "part of this step lost to a common outage"),
        ("cuts_made", "V", "i8", "count", "targeted cuts that its country began in this step"),
        ("heard", "VN", "f8", "cuts", "its new cuts, weighted by the trust of the nation that hears of them"),
        ("exposed", "VN", "f8", "trust", "sum of a nation's trust in those that it could have cut off"),
        ("outages", "V", "i8", "count", "common outages so far"),
        ("revenue", "V", "f8", "bn US$/yr", "fees received"),
    ),
)

COALITION = _table(
    "state",
    ("members", "K", "i8", "nations", "number of members; 0 where the slot is free"),
    ("serial", "K", "i8", "", "number of the coalition in the order of founding, from 1; 0 where none was"),
    ("founded", "K", "i8", "steps", "step of its founding"),
    ("pool_compute", "K", "f8", "M H100e", "members' projected compute without what they will buy"),
    ("pool_use", "K", "f8", "bn US$", "members' GDP, weighted by adoption"),
    ("pool_chips", "K", "f8", "bn US$", "members' GDP, weighted by the share of chips that each expects to get"),
    ("pool_least_chips", "K", "f8", "share", "that share of the member with the smallest"),
    ("pool_effort", "K", "f8", "share of GDP/yr", "what the members spend on training"),
    ("pool_gdp", "K", "f8", "bn US$", "members' GDP"),
    ("pool_talent", "K", "f8", "share", "members' talent"),
    ("pool_bonds", "K", "f8", "trust", "sum of trust over ordered pairs of members"),
    ("coalition_plan", "K", "f8", "OOM", "projected effective compute, were no chips withheld"),
    ("coalition_secure_plan", "K", "f8", "OOM", "the same under the members' believed restrictions"),
    ("coalition_plan_quality", "K", "f8", "share", "projected quality, were no chips withheld"),
    ("coalition_secure_quality", "K", "f8", "share", "projected quality under believed restrictions"),
    ("coalition_compute", "K", "f8", "M H100e", "members' compute now"),
    ("coalition_capability", "K", "f8", "OOM", "effective compute now"),
    ("coalition_quality", "K", "f8", "share", "quality of its models now"),
    ("cohesion", "K", "f8", "trust", "mean trust over pairs of members"),
    ("chips_least", "K", "f8", "share", "share of the hardware it pays for that the most restricted member gets now"),
    ("largest_member", "K", "i8", "nation", "member that brings most compute"),
    ("largest_share", "K", "f8", "share", "what it brings of the compute now"),
    ("second_share", "K", "f8", "share", "what the next largest member brings"),
)

NATION = (
    *_table(
        "fact",
        ("gdp_start", "N", "f8", "bn US$", "GDP at the start"),
        ("use_start", "N", "f8", "% of people", "people using AI at the start"),
        ("compute_share", "N", "f8", "share", "share of the world's located compute, where none is located an imputed trace"),
        ("talent", "N", "f8", "share", "share of the world's AI publications"),
        ("vendor_votes", "NV", "f8", "share", "one minus the distance of its ideal point to that of each vendor's country"),
        ("vendor_institutions", "NV", "f8", "share", "1 - 2^-n for n memberships shared with each vendor's country"),
        ("votes", "NN", "f8", "share", "one minus the distance between two nations' ideal points"),
        ("institutions", "NN", "f8", "share", "1 - 2^-n for n shared memberships"),
        ("source_start", "N", "i8", "source", "vendor at the start"),
    ),
    *_table(
        "state",
        ("gdp", "N", "f8", "bn US$", "GDP"),
        ("adoption", "N", "f8", "share", "extent to which AI's value is taken up"),
        ("compute", "N", "f8", "M H100e", "national compute"),
        ("plan_compute", "N", "f8", "M H100e", "projected compute without what it will buy"),
        ("plan_chips", "N", "f8", "share", "share of the hardware it pays for that it expects to get as a builder"),
        ("effort", "N", "f8", "share of GDP/yr", "what it would spend on training as a lone builder, as last worked out"),
        ("distance", "NV", "f8", "share", "political distance to each vendor's country: one minus affinity"),
        ("taste", "NO", "f8", "share of GDP/yr", "what the model does not know of its liking of options; one for all coalitions"),
        ("source", "N", "i8", "source", "vendor row, then options without vendor or partner, then coalition slots"),
        ("lock_in", "N", "f8", "share", "how far projects are tied to the present source"),
        ("notice_left", "N", "f8", "yr", "time until a member that gave notice leaves; -1 when none was given"),
        ("former_member", "N", "i8", "0/1", "whether the nation has ever left a coalition"),
        ("susceptibility", "NV", "f8", "x", "hazard relative to that at political distance 0.5"),
        ("cut_ordered", "NV", "f8", "yr", "duration of a cut that a dated event begins in this step"),
        ("cut_left", "NV", "f8", "yr", "rest of a targeted cut by each vendor's country"),
        ("cut_share", "NV", "f8", "share", "part of this step spent cut off"),
        ("cuts", "N", "i8", "count", "targeted cuts so far that hit the nation as a client or a builder"),
        ("cut_new", "NV", "f8", "0/1", "whether a cut began in this step"),
        ("belief_cuts", "NV", "f8", "cuts", "evidence: cuts seen, others' weighted by trust, fading"),
        ("belief_years", "NV", "f8", "yr", "evidence: exposure, fading; cuts over years is the believed hazard"),
        ("trust", "NN", "f8", "0-1", "trust in each other nation"),
        ("trust_start", "NN", "f8", "0-1", "trust where there is no history; trust returns to it"),
        ("trust_start_sum", "N", "f8", "trust", "sum of it over all other nations"),
        ("trust_start_bond", "N", "f8", "trust", "sum of it over the other members of the same coalition"),
        ("trust_moved", "N", "i8", "0/1", "whether any of its trust has ever left its start"),
        ("used", "N", "f8", "share of GDP/yr", "what its use of AI in this step would be worth with the best models"),
        ("benefit", "N", "f8", "share of GDP/yr", "benefit of AI in this step"),
        ("fee_paid", "N", "f8", "share of GDP/yr", "fee paid to a vendor"),
        ("training_paid", "N", "f8", "share of GDP/yr", "spent on national compute and training"),
        ("build_paid", "N", "f8", "share of GDP/yr", "that and what membership and inference cost"),
        ("restriction_loss", "N", "f8", "share of GDP/yr", "benefit lost to cuts and outages"),
        ("switching_paid", "N", "f8", "share of GDP", "spent on switching in this step"),
        ("exit_paid", "N", "f8", "share of GDP", "exit fees paid less received in this step"),
        ("net_benefit", "N", "f8", "share of GDP/yr", "benefit less everything paid and lost"),
        ("review_order", "N", "f8", "", "draw that orders the reviewing nations; 2 for those that do not review"),
        ("agenda", "N", "i8", "nation", "reviewing nations in their drawn order"),
        ("reviewed", "N", "i8", "step", "step of the last review; -1 before the first"),
        ("terms", "NST", "f8", "share of GDP/yr", "terms of each option's payoff at the last review; NaN where not open"),
        ("refused_by", "N", "i8", "serial", "coalition that refused the nation at its last review; 0 when none"),
        ("trust_sum", "N", "f8", "trust", "sum of trust in all other nations"),
        ("bond", "N", "f8", "trust", "sum of trust in the other members of the same coalition"),
        ("moved", "N", "i8", "0/1", "whether the nation changed source in this step"),
    ),
    *_table(
        "scratch",
        ("worth", "S", "f8", "share of GDP/yr", "payoff plus taste of each option at the review that is going on"),
        ("chance", "QN", "f8", "0-1", "the step's draws: for a review, then one per vendor for a cut"),
        ("taste_draws", "O", "f8", "0-1", "a nation's draws for its tastes"),
        ("invited", "N", "i8", "nation", "the nations in the set that is being convened; the first ``invitations`` count"),
        ("invitations", "", "i8", "nations", "how many they are"),
        ("invited_bond", "N", "f8", "trust", "sum of trust in the other invited nations"),
        ("willing", "N", "i8", "0/1", "invited nations that gain from the proposed set"),
        ("lanes", "4S", "f8", "trust", "parts of sums by source that are added up at once"),
        ("source_trust", "NS", "f8", "trust", "sum of trust in the users of each source"),
        ("status_quo", "N", "f8", "share of GDP/yr", "payoff plus taste of an invited nation's present source"),
    ),
)

EVENT = (
    *_table(
        "fact",
        ("event_step", "E", "i8", "step", "step in which the event happens"),
        ("event_kind", "E", "i8", "kind", "position in abm.submodels.events.KINDS"),
        ("event_target", "E", "i8", "row", "vendor row; -1 where no vendor is concerned"),
        ("event_parameter", "E", "i8", "position", "parameter that the event sets; -1 for other kinds"),
        ("event_value", "E", "f8", "", "size in the unit of its kind: years, tension, M H100e, bn US$, OOM, the parameter's"),
        ("event_part", "EN", "f8", "share", "part of each nation in the event's size; above 0 where it is concerned"),
    ),
    *_table(
        "state",
        ("event_coming", "E", "f8", "M H100e", "compute that the event will bring within half a planning horizon"),
    ),
)

TABLES = {"world": WORLD, "vendor": VENDOR, "coalition": COALITION, "nation": NATION, "event": EVENT}


def capacity(count: int, least: int) -> int:
    """Smallest power of two that is at least ``count`` and ``least``."""
    return 1 << (max(count, least, 1) - 1).bit_length()


def dtype(nations: int, vendors: tuple[str, ...], events: int = 0) -> np.dtype:
    """Record type of a world with room for ``nations`` and ``events`` (rounded up to capacities)."""
    count = {
        "N": capacity(nations, 64),
        "V": len(vendors),
        "K": COALITIONS,
        "S": len(vendors) + len(LONE) + COALITIONS,
        "O": len(vendors) + len(LONE) + 1,
        "T": len(TERMS),
        "Q": -(-(1 + len(vendors)) // 4) * 4,
        "E": capacity(events, 32),
        "4": 4,
        "G": NODES_A_PANEL * PANELS,
    }
    fields: list[tuple] = [("p", parameters.dtype(vendors))]
    for table in TABLES.values():
        for attribute in table:
            shape = tuple(count[letter] for letter in attribute.shape)
            fields.append((attribute.name, attribute.dtype, shape) if shape else (attribute.name, attribute.dtype))
    return np.dtype(fields, align=True)
