"""What a calibration found, in words and tables: which parameters the patterns identify, and how well they are met."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.asking.answer_page import markdown
from analysis.calibration.found import Fit, quantiles
from analysis.calibration.priors import shares
from analysis.patterns.table import PATTERNS

IDENTIFIED = 0.8  # spread of the posterior against the prior's, below which the patterns say something
CORRELATED = 0.4
CHANCE = 3  # standard errors of a sample worth as much by which spreads and correlations must differ from the prior's
EDGE = 0.05  # share of the prior's range: a posterior whose 10 or 90 % is as near to its end leans on it (the prior's are at 0.1)
ERRORS = 2  # standard errors by which a parameter moved alone must bring the patterns nearer


def limit(worth: float) -> float:
    """The spread below which a parameter is identified.

    The spread of ``worth`` points of the prior has a standard error of sqrt(0.2 / worth): a small sample must be narrower.
    """
    return min(IDENTIFIED, 1 - CHANCE * float(np.sqrt(0.2 / worth)))


def marginals(fit: Fit) -> pd.DataFrame:
    """A row per parameter: prior, posterior 10, 50 and 90 %, spread against the prior's, and whether that identifies it.

    ``nearer`` is by how much the distance falls where it alone moves to the posterior's median, ``error`` its standard error over
    sets of seeds, ``inside`` whether the scenario's value lies in the posterior's 80 %.
    """
    return pd.DataFrame([_marginal(fit, prior) for prior in fit.priors])


def _marginal(fit: Fit, prior) -> dict:
    weight, present = fit.posterior.weight, fit.present[prior.name]
    share = prior.share(fit.posterior.points[prior.name].to_numpy(float))
    ends = quantiles(share, weight)
    low, median, high = prior.at(ends)
    worth = fit.posterior.worth()
    spread = float(np.sqrt(12 * (weight @ (share - weight @ share) ** 2) / (1 - 1 / worth)))
    nearer = fit.default - fit.alone[prior.name].to_numpy()
    return {
        "parameter": prior.name, "prior_low": prior.low, "prior_high": prior.high, "posterior_10": low, "median": median,
        "posterior_90": high, "spread": spread, "identified": spread < limit(worth), "default": present,
        "inside": bool(low <= present <= high), "nearer": nearer.mean(), "error": nearer.std(ddof=1) / np.sqrt(len(nearer)),
        "low_share": ends[0], "high_share": ends[2], "prior_because": prior.reason,
    }  # fmt: skip


def verdict(row) -> str:
    """Whether the default of a row of :func:`marginals` should stay or move, and why."""
    moved = f"alone at the median {row.median:.3g} it changes the distance by {-row.nearer:+.3f} (standard error {row.error:.3f})"
    helps = row.nearer > ERRORS * row.error
    if not row.identified:
        though = f", though {moved}" if helps else ""
        return f"stays: not identified (spread {row.spread:.0%} of the prior's), so it rests on judgement{though}"
    if row.inside:
        return f"stays: identified, and the posterior's 80 % hold it{_leaning(row)}"
    if helps:
        return f"**should move**: identified, and outside the posterior's 80 %; {moved}{_leaning(row)}"
    return f"stays: identified, and outside the posterior's 80 %, but {moved}: not surely nearer{_leaning(row)}"


def _leaning(row) -> str:
    """Whether the posterior ends where the prior does, so that the record might ask for values beyond it."""
    ends = [name for name, leans in (("lower", row.low_share < EDGE), ("upper", row.high_share > 1 - EDGE)) if leans]
    return f"; the posterior leans on the {' and the '.join(ends)} end of the prior" if ends else ""


def correlations(fit: Fit) -> pd.DataFrame:
    """Pairs of parameters that the patterns fix only together: correlated by :data:`CORRELATED`, and by more than chance."""
    covariance = np.atleast_2d(np.cov(shares(fit.priors, fit.posterior.points).T, aweights=fit.posterior.weight))
    spread = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(spread, spread)
    names = [prior.name for prior in fit.priors]
    pairs = [(names[a], names[b], matrix[a, b]) for a in range(len(names)) for b in range(a)]
    least = _least(fit)
    kept = sorted((pair for pair in pairs if abs(pair[2]) >= least), key=lambda pair: -abs(pair[2]))
    return pd.DataFrame(kept, columns=["one", "other", "correlation"])


def _least(fit: Fit) -> float:
    return max(CORRELATED, CHANCE / float(np.sqrt(fit.posterior.worth())))


def met(fit: Fit) -> pd.DataFrame:
    """A row per fitted pattern: the record's range, the posterior's median, and the share of points that meet it."""
    rows = []
    for pattern in (pattern for pattern in PATTERNS if pattern.name in fit.posterior.values):
        found, weight = fit.posterior.values[pattern.name].to_numpy(), fit.posterior.weight
        known, prior = np.isfinite(found), fit.prior.values[pattern.name]
        median = quantiles(found[known], weight[known])[1] if known.any() else np.nan
        inside = float(weight[(found >= pattern.low) & (found <= pattern.high)].sum())
        rows.append((pattern.name, pattern.low, pattern.high, median, inside, prior.between(pattern.low, pattern.high).mean()))
    return pd.DataFrame(rows, columns=["pattern", "record_low", "record_high", "posterior_median", "met_by", "prior_met_by"])


def distances(fit: Fit) -> pd.DataFrame:
    """How far from the patterns, 10, 50 and 90 %: the posterior and what it is compared with."""
    posterior, equal = fit.posterior, np.ones(len(fit.lucky))
    rows = (
        (f"posterior, {len(posterior.points)} points by weight", posterior.distance, posterior.weight),
        (f"defaults, {len(fit.default)} sets of seeds", fit.default, np.ones(len(fit.default))),
        (f"random points of the prior, {len(fit.prior.points)}", fit.prior.distance, fit.prior.weight),
        (f"left by the last wave, {len(fit.lucky)}, on the runs that chose them", fit.lucky, equal),
        ("the same on fresh runs", fit.again, equal),
    )
    return pd.DataFrame(
        [(name, *quantiles(away, weight)) for name, away, weight in rows], columns=["what", "low_10", "median", "high_90"]
    )


def page(fit: Fit, made: str, caption: str = "") -> str:
    """The report in Markdown; ``made`` says when and how, ``caption`` what its figure shows."""
    return "\n".join(_lines(fit, made, caption)) + "\n"


def _lines(fit: Fit, made: str, caption: str) -> Iterator[str]:
    table, pairs = marginals(fit), correlations(fit)
    yield f"# Calibration\n\n{made}\n"
    yield f"{_bearing(fit)}\n\n{_identified(table)}\n\n{_luck(fit)}\n"
    yield f"![Posterior](calibration.png)\n\n*{caption}*\n"
    yield f"## Distances\n\n{_distances_mean(fit)}\n\n{markdown(distances(fit))}\n"
    yield f"## Parameters\n\n{_columns_mean(fit)}\n\n{markdown(_plain(table))}\n"
    yield "## Which defaults stay, and why\n\nNone is moved by this command.\n"
    for row in table.itertuples():
        yield f"- `{row.parameter}` ({row.default:g}; prior: {row.prior_because}) {verdict(row)}."
    yield f"\n## Patterns\n\n{_silent(met(fit))}\n\n{markdown(met(fit))}\n"
    alone = f"No pair is correlated by {_least(fit):.2f} or more."
    yield f"## Fixed only together\n\n{markdown(pairs) if len(pairs) else alone}\n"


def _bearing(fit: Fit) -> str:
    """Whether the posterior fits better than the scenario's own values do, on the same fresh runs."""
    posterior, own = fit.posterior, fit.default
    median, usual = quantiles(posterior.distance, posterior.weight)[1], quantiles(own, np.ones(len(own)))[1]
    nearer = posterior.weight[posterior.distance < own[0]].sum()
    verdict = (
        "**It fits fresh runs better than the defaults do.**" if median < own.min()
        else "**It fits fresh runs worse than the defaults do.**" if median > own.max()
        else "**It fits fresh runs no better than the defaults do.**"
    )  # fmt: skip
    return (
        f"The posterior is {len(posterior.points)} points (worth {posterior.worth():.0f} of equal weight). {verdict} On runs "
        f"that chose no point its median distance from the patterns is {median:.2f}, that of the defaults {usual:.2f} "
        f"({own.min():.2f} to {own.max():.2f} over {len(own)} sets of seeds), that of random points of the prior "
        f"{np.median(fit.prior.distance):.2f}. Of its weight {nearer:.0%} is nearer than the defaults on the same runs, of the "
        f"prior {(fit.prior.distance < own[0]).mean():.0%}."
    )


def _identified(table: pd.DataFrame) -> str:
    known = ", ".join(table["parameter"][table["identified"]])
    others = f"identify {known}; of the other parameters they say little, and their" if known else "identify no parameter; their"
    moved = [f"{row.parameter} to {row.median:.3g}" for row in table.itertuples() if verdict(row).startswith("**")]
    return (
        f"The patterns {others} values rest on judgement. "
        f"Defaults that should move: {', '.join(moved) or 'none'}."
    )


def _luck(fit: Fit) -> str:
    within = float((fit.again <= fit.waves[-1]).mean())
    waves = ", ".join(f"{away:.2f}" for away in fit.waves)
    return (
        f"How much may have been luck: the farthest points kept after each wave were at {waves}; run again with fresh seeds, "
        f"{within:.0%} of what the last wave left is within its last distance."
    )


def _silent(table: pd.DataFrame) -> str:
    met_by = "`met_by`: share of the posterior by weight; `prior_met_by`: of random points of the prior."
    for word, share in (("all", 1.0), ("none", 0.0)):
        names = ", ".join(table["pattern"][table["prior_met_by"] == share])
        met_by += f" Met by {word} of these: {names}." if names else ""
    return met_by + " A pattern that all meet says nothing of the parameters."


def _distances_mean(fit: Fit) -> str:
    return (
        f"Root mean square over the patterns, 0 where all are met. All but the fourth row are from {fit.fresh} runs a point and "
        "scenario with seeds that no wave has used; posterior, prior and the first set of the defaults from the same seeds."
    )


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    words = {name: table[name].map({True: "yes", False: "no"}) for name in ("identified", "inside")}
    return table.assign(**words).drop(columns=["low_share", "high_share", "prior_because"])


def _columns_mean(fit: Fit) -> str:
    return (
        f"Identified: the posterior's spread is below {limit(fit.posterior.worth()):.0%} of the prior's. Inside: the default "
        "lies in the posterior's 10 to 90 %. Nearer: by how much the defaults' distance falls where this parameter alone moves "
        "to the posterior's median, with its standard error."
    )
