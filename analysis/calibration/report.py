"""What a calibration found, in words and tables: which parameters the patterns identify, and how well they are met."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.calibration import check as checks
from analysis.calibration.check import Check
from analysis.calibration.population import Fit, Population, quantiles
from analysis.calibration.priors import shares
from analysis.calibration.selection import deviations
from analysis.calibration.target import met as met_by_points
from analysis.figures.tables import markdown
from analysis.nations.foretold import RUNS

IDENTIFIED = 0.36  # contraction, 1 - posterior variance / prior variance: a spread of four fifths of the prior's
CORRELATED = 0.4
CHANCE = 3  # standard errors by which contractions and correlations must differ from nought
EDGE = 0.05  # share of the prior's range: a posterior whose 10 or 90 % is as near to its end leans on it (the prior's are at 0.1)


def limit(size: float) -> float:
    """The contraction from which on a parameter is identified, whatever its own error.

    The spread of ``size`` points of the prior has a standard error of sqrt(0.2 / size): a small sample must contract more.
    """
    return max(IDENTIFIED, 1 - max(0.0, 1 - CHANCE * float(np.sqrt(0.2 / size))) ** 2)


def errors(fit: Fit) -> np.ndarray:
    """(parameters,) standard error of each contraction: how far another run of the sampler might have it."""
    position = shares(fit.priors, fit.posterior.points)
    return 12 * fit.posterior.error(np.square(position - fit.posterior.weight @ position))


def marginals(fit: Fit) -> pd.DataFrame:
    """A row per parameter: prior, posterior 10, 50 and 90 %, contraction with its standard ``error`` and whether that identifies
    it, the scenario's value, whether that lies ``inside`` the posterior's 80 %, and what the posterior suggests, rounded."""
    spread = deviations(fit.posterior, fit.priors)
    return pd.DataFrame([_marginal(fit, *each) for each in zip(fit.priors, spread, errors(fit))])


def _marginal(fit: Fit, name: str, spread: float, error: float) -> dict:
    prior, present, contraction = fit.priors[name], fit.present[name], 1 - 12 * spread**2
    ends = quantiles(prior.share(fit.posterior.points[name].to_numpy(float)), fit.posterior.weight)
    low, median, high = prior.at(ends)
    return {
        "parameter": name, "prior_low": prior.low, "prior_high": prior.high, "posterior_10": low, "median": median,
        "posterior_90": high, "contraction": contraction, "error": error,
        "identified": contraction > max(limit(fit.posterior.effective_size()), CHANCE * error),
        "default": present, "inside": bool(low <= present <= high), "suggested": fit.rounded[name],
        "low_share": ends[0], "high_share": ends[2], "prior_because": prior.because,
    }  # fmt: skip


def defaults(fit: Fit) -> pd.DataFrame:
    """A row per parameter: its present value, the one suggested, that rounded, and whether the patterns identify it."""
    names = list(fit.priors)
    columns = {"present": fit.present, "suggested": fit.suggested, "rounded": fit.rounded}
    values = {key: [value[name] for name in names] for key, value in columns.items()}
    return pd.DataFrame({"parameter": names, **values, "identified": marginals(fit)["identified"]})


def verdict(row) -> str:
    """What a row of :func:`marginals` says of the default."""
    if not row.identified:
        return f"not identified (contraction {row.contraction:.0%}), so it rests on judgement"
    if row.inside:
        return f"identified, and the posterior's 80 % hold the default{_leaning(row)}"
    return f"identified, and the default is **outside the posterior's 80 %**{_leaning(row)}"


def _leaning(row) -> str:
    """Whether the posterior ends where the prior does, so that the record might ask for values beyond it."""
    ends = [name for name, leans in (("lower", row.low_share < EDGE), ("upper", row.high_share > 1 - EDGE)) if leans]
    return f"; the posterior leans on the {' and the '.join(ends)} end of the prior" if ends else ""


def correlations(fit: Fit) -> pd.DataFrame:
    """Pairs of parameters that the patterns fix only together: correlated by :data:`CORRELATED`, and by more than chance."""
    covariance = np.atleast_2d(np.cov(shares(fit.priors, fit.posterior.points).T, aweights=fit.posterior.weight))
    spread = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(spread, spread)
    names = list(fit.priors)
    pairs = [(names[a], names[b], matrix[a, b]) for a in range(len(names)) for b in range(a)]
    least = _least(fit)
    kept = sorted((pair for pair in pairs if abs(pair[2]) >= least), key=lambda pair: -abs(pair[2]))
    return pd.DataFrame(kept, columns=["one", "other", "correlation"])


def _least(fit: Fit) -> float:
    return max(CORRELATED, CHANCE / float(np.sqrt(fit.posterior.effective_size())))


def met(fit: Fit) -> pd.DataFrame:
    """A row per fitted pattern: the record's range, the posterior's median, and the share of points (of sets of seeds, for the
    defaults and what is suggested) that meet it."""
    rows = []
    for pattern in fit.patterns:
        found, weight = fit.posterior.values[pattern.name].to_numpy(), fit.posterior.weight
        known = np.isfinite(found)
        median = quantiles(found[known], weight[known])[1] if known.any() else np.nan
        beside = (population.values[pattern.name] for population in (fit.own, fit.proposed, fit.prior))
        others = (values.between(pattern.low, pattern.high).mean() for values in beside)
        inside = float(weight[(found >= pattern.low) & (found <= pattern.high)].sum())
        rows.append((pattern.name, pattern.family, pattern.low, pattern.high, median, inside, *others))
    shares_met = ["met_by", "by_defaults", "by_suggested", "by_prior"]
    return pd.DataFrame(rows, columns=["pattern", "family", "record_low", "record_high", "posterior_median", *shares_met])


def foretold(fit: Fit) -> pd.DataFrame:
    """A row per list of nations: the posterior's quantiles of how far the best simple predictor is ahead [standard errors],
    the share of its points that are before it, and the same of the defaults and of what is suggested."""
    rows = []
    for name in fit.behind:
        values = fit.behind[name].to_numpy()
        beside = (float(each[name].iloc[0]) for each in (fit.own_behind, fit.proposed_behind))
        ahead = float(fit.posterior.weight[values < 0].sum())
        rows.append((name, *quantiles(values, fit.posterior.weight), ahead, *beside))
    return pd.DataFrame(rows, columns=["list", "low_10", "median", "high_90", "foretold_by", "defaults", "suggested"])


def distances(fit: Fit) -> pd.DataFrame:
    """How far from the patterns and how many of them are met, 10, 50 and 90 %: the posterior and what it is compared with."""
    rows = (
        (f"posterior, {len(fit.posterior.points)} points by weight", fit.posterior),
        (f"defaults, {len(fit.own.points)} sets of seeds", fit.own),
        (f"suggested values, {len(fit.proposed.points)} sets of seeds", fit.proposed),
        (f"random points of the prior, {len(fit.prior.points)}", fit.prior),
    )
    return pd.DataFrame(
        [(name, *quantiles(of.distance, of.weight), *quantiles(_number_met(fit, of), of.weight)) for name, of in rows],
        columns=["what", "low_10", "median", "high_90", "met_10", "met_50", "met_90"],
    )


def _number_met(fit: Fit, population: Population) -> np.ndarray:
    return met_by_points(population.values, fit.patterns)


def page(fit: Fit, made: str, caption: str = "", check: Check | None = None) -> str:
    """The report in Markdown; ``made`` says when and how, ``caption`` what its figure shows, ``check`` how far to trust it."""
    return "\n".join(_lines(fit, made, caption, check)) + "\n"


def _lines(fit: Fit, made: str, caption: str, check: Check | None) -> Iterator[str]:
    table, pairs = marginals(fit), correlations(fit)
    yield f"# Calibration\n\n{made}\n"
    yield f"{_bearing(fit)}\n\n{_identified(table)}\n\n{_luck(fit)}\n\n{_history(fit)}\n"
    yield f"![Posterior](calibration.png)\n\n*{caption}*\n"
    yield f"## Distances\n\n{_distances_mean(fit)}\n\n{markdown(distances(fit))}\n"
    yield f"## Parameters\n\n{_columns_mean(fit)}\n\n{markdown(_plain(table))}\n"
    yield "## Defaults, and why\n\nNone is moved by this command; `defaults.csv` has what is suggested.\n"
    for row in table.itertuples():
        yield f"- `{row.parameter}` ({row.default:g}, suggested {row.suggested:g}; prior: {row.prior_because}): {verdict(row)}."
    yield f"\n## Patterns\n\n{_silent(met(fit))}\n\n{markdown(met(fit))}\n"
    if len(fit.behind.columns):
        yield f"## Lists of nations\n\n{_lists_mean(fit)}\n\n{markdown(foretold(fit))}\n"
    alone = f"No pair is correlated by {_least(fit):.2f} or more."
    yield f"## Fixed only together\n\n{markdown(pairs) if len(pairs) else alone}\n"
    if check:
        yield f"## Check\n\n{_checked(check)}\n\n{markdown(_yes_no(checks.coverage(check)))}\n"


def _bearing(fit: Fit) -> str:
    """Whether the posterior fits better than the scenario's own values do, on the same fresh runs, by more than chance."""
    posterior, own = fit.posterior, fit.own.distance
    median, usual, noise = quantiles(posterior.distance, posterior.weight)[1], float(np.median(own)), float(np.ptp(own))
    nearer = posterior.weight[posterior.distance < own[0]].sum()
    verdict = (
        "**It fits fresh runs better than the defaults do**, by more than chance: the defaults are not the fit."
        if usual - median > noise
        else "**It fits fresh runs worse than the defaults do**, by more than chance." if median - usual > noise
        else "**It fits fresh runs as the defaults do**: the difference is less than chance makes between sets of seeds."
    )  # fmt: skip
    return (
        f"The posterior is {len(posterior.points)} points (an effective sample of at least {posterior.effective_size():.0f}). "
        f"{verdict} On runs that chose no point its median distance from the patterns is {median:.2f}, that of the defaults "
        f"{usual:.2f} ({own.min():.2f} to {own.max():.2f} over {len(own)} sets of seeds), of the values that it suggests "
        f"{np.median(fit.proposed.distance):.2f}, of random points of the prior {np.median(fit.prior.distance):.2f}. Of the "
        f"{len(fit.patterns)} fitted patterns the defaults meet {_range_met(fit, fit.own)}, the suggested values "
        f"{_range_met(fit, fit.proposed)}, the posterior's points {_range_met(fit, posterior)}. Of the posterior's weight "
        f"{nearer:.0%} is nearer than the defaults on the same runs, of the prior {(fit.prior.distance < own[0]).mean():.0%}."
    )


def _range_met(fit: Fit, population: Population) -> str:
    low, median, high = quantiles(_number_met(fit, population), population.weight)
    return f"{median} ({low} to {high})"


def _identified(table: pd.DataFrame) -> str:
    known = list(table["parameter"][table["identified"]])
    others = f"identify {len(known)}: {', '.join(known)}; of the other parameters they say little, and their" if known else (
        "identify no parameter; their"
    )  # fmt: skip
    moved = ", ".join(table["parameter"][table["identified"] & ~table["inside"]])
    return (
        f"The patterns {others} values rest on judgement. Identified, and the default outside the posterior: {moved or 'none'}."
    )


def _luck(fit: Fit) -> str:
    within = float((fit.rerun <= fit.waves[-1]).mean())
    return (
        f"How much may have been luck: the waves stayed within {_listed(fit.waves)}, and of their moves "
        f"{', '.join(f'{share:.0%}' for share in fit.moved)} did; run again with fresh seeds, {within:.0%} of the "
        f"{len(fit.rerun)} points that the last wave left are within its last distance."
    )


def _listed(numbers: list[float]) -> str:
    return ", ".join(f"{number:.2f}" for number in numbers)


def _history(fit: Fit) -> str:
    """What history matching ruled out."""
    width = fit.box[:, 1] - fit.box[:, 0]
    cut = ", ".join(f"{name} ({part:.0%})" for name, part in zip(fit.priors, width) if part < 0.9)
    left = " and ".join(f"{share:.1%}" for share in fit.left)
    return (
        f"History matching left {left} of the points of its waves; the box that holds them is {np.prod(width):.2g} of the "
        f"prior's volume" + (f", cut in {cut} of their ranges." if cut else ": no single parameter's range is much cut by it.")
    )


def _silent(table: pd.DataFrame) -> str:
    met_by = (
        "`met_by`: share of the posterior by weight; `by_defaults`, `by_suggested`: of sets of seeds; `by_prior`: of random "
        "points of the prior."
    )
    for word, share in (("all", 1.0), ("none", 0.0)):
        names = ", ".join(table["pattern"][table["by_prior"] == share])
        met_by += f" Met by {word} of the latter: {names}." if names else ""
    return met_by + " A pattern that all meet says nothing of the parameters."


def _distances_mean(fit: Fit) -> str:
    return (
        "Root mean square over the patterns, every family counting once, 0 where all are met; beside it the number of patterns "
        f"met. From {fit.fresh} runs a point and scenario with seeds that no wave has used; posterior, prior and the first set "
        "of the defaults and of the suggested values from the same seeds."
    )


def _lists_mean(fit: Fit) -> str:
    return (
        "By how many standard errors the simple predictor that is best at a list (the UN ideal point, GDP, trade with China, "
        "prevalence) foretells it better than the model: below nought the model is ahead. They counted as one family of "
        "patterns when the posterior was chosen from what the last wave left. `foretold_by`: share of the posterior by weight "
        f"that is ahead. {RUNS} runs a point; `abm nations` scores more."
    )


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    return _yes_no(table.drop(columns=["low_share", "high_share", "prior_because"]))


def _yes_no(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{str(name): table[name].map({True: "yes", False: "no"}) for name in table if table[name].dtype == bool})


def _columns_mean(fit: Fit) -> str:
    return (
        "Contraction: 1 - posterior variance / prior variance. Identified: it is above "
        f"{limit(fit.posterior.effective_size()):.0%} and {CHANCE} times its standard error, for which the points that the "
        "sampler has moved from one start are one draw. Inside: the default lies in the posterior's 10 to 90 %. Suggested: the "
        "posterior's median or one of its nearest points, whichever meets most patterns and lists on further runs, rounded to "
        "what its spread supports."
    )


def _checked(check: Check) -> str:
    """What the check says, in a sentence for each measure."""
    table, count = checks.coverage(check), len(check.held)
    odd = ", ".join(table["parameter"][~table["as_said"]])
    expected = 0.05 * len(table)
    return (
        f"{count} truths drawn from the prior's box that history matching left, each with a record of its own (errors flat "
        f"within the ranges' half-widths), inferred from one bank of {check.bank} points. Over all parameters the 80 % "
        f"intervals hold {check.held.mean():.0%} of the truths. Those whose share differs from 80 % by more than chance (95 %; "
        f"{expected:.0f} of {len(table)} are expected): {odd or 'none'}. TARP: in regions around random points, that should hold "
        "the truth as often as they say, a spread as uneven as was found has a chance of "
        f"{checks.uneven(check.level):.2f}. `contraction` is the mean over these records, so it says what such patterns can tell "
        "of a parameter; `ranks`: chance of ranks as uneven as these."
    )
