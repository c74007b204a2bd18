"""What a calibration found, in words and tables: which parameters the patterns identify, and how well they are met."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from abm import parameters
from analysis.asking.answer_page import markdown
from analysis.calibration.fit import Fit
from analysis.patterns.table import PATTERNS

IDENTIFIED = 0.8  # spread of the posterior against the prior's, below which the patterns say something
CORRELATED = 0.4


def marginals(fit: Fit) -> pd.DataFrame:
    """A row per parameter: prior, posterior 10, 50 and 90 %, spread against the prior's, and whether that identifies it."""
    return pd.DataFrame([_marginal(fit, prior) for prior in fit.priors])


def _marginal(fit: Fit, prior) -> dict:
    share = prior.share(fit.points[prior.name].to_numpy(float))
    order = np.argsort(share)
    cumulated = np.cumsum(fit.weight[order])
    low, median, high = (share[order][min(np.searchsorted(cumulated, q), len(share) - 1)] for q in (0.1, 0.5, 0.9))
    mean = float(fit.weight @ share)
    spread = float(np.sqrt(fit.weight @ (share - mean) ** 2) * np.sqrt(12))
    values = prior.at(np.array([low, median, high]))
    return {
        "parameter": prior.name, "prior_low": prior.low, "prior_high": prior.high, "posterior_10": values[0],
        "median": values[1], "posterior_90": values[2], "spread": spread, "identified": spread < IDENTIFIED,
        "default": parameters.defaults()[prior.name], "prior_because": prior.reason,
    }  # fmt: skip


def _outside(row) -> bool:
    return not row.posterior_10 <= row.default <= row.posterior_90


def correlations(fit: Fit) -> pd.DataFrame:
    """Pairs of parameters that the patterns fix only together: weighted correlation of at least :data:`CORRELATED`."""
    shares = np.column_stack([prior.share(fit.points[prior.name].to_numpy(float)) for prior in fit.priors])
    matrix = np.corrcoef(shares.T) if len(shares) < 2 else _weighted(shares, fit.weight)
    names = [prior.name for prior in fit.priors]
    pairs = [(names[a], names[b], matrix[a, b]) for a in range(len(names)) for b in range(a)]
    kept = sorted((pair for pair in pairs if abs(pair[2]) >= CORRELATED), key=lambda pair: -abs(pair[2]))
    return pd.DataFrame(kept, columns=["one", "other", "correlation"])


def _weighted(shares: np.ndarray, weight: np.ndarray) -> np.ndarray:
    covariance = np.cov(shares.T, aweights=weight)
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread)


def met(fit: Fit) -> pd.DataFrame:
    """A row per fitted pattern: the record's range, the posterior's median, and the weight of the points that meet it."""
    rows = []
    for pattern in (pattern for pattern in PATTERNS if pattern.name in fit.values):
        found = fit.values[pattern.name].to_numpy()
        inside = (found >= pattern.low) & (found <= pattern.high)
        rows.append((pattern.name, pattern.low, pattern.high, np.nanmedian(found), float(fit.weight[inside].sum())))
    return pd.DataFrame(rows, columns=["pattern", "record_low", "record_high", "posterior_median", "met_by"])


def page(fit: Fit, made: str) -> str:
    """The report in Markdown; ``made`` says when and how."""
    return "\n".join(_lines(fit, made)) + "\n"


def _lines(fit: Fit, made: str) -> Iterator[str]:
    table, pairs = marginals(fit), correlations(fit)
    known = [str(name) for name in table["parameter"][table["identified"]]]
    size = 1 / float((fit.weight**2).sum())
    yield f"# Calibration\n\n{made}\n"
    yield (
        f"{len(fit.points)} points kept (worth {size:.0f} of equal weight), root mean square distance {fit.distance[0]:.2f} to "
        f"{fit.distance[-1]:.2f}; the farthest kept after each wave: {', '.join(f'{d:.2f}' for d in fit.waves)}.\n"
    )
    told = ", ".join(known) or "nothing"
    yield f"The patterns identify {told}; of the other parameters they say little, and their values rest on judgement.\n"
    moved = [str(row.parameter) for row in table.itertuples() if row.identified and _outside(row)]
    yield (
        "A default is to be moved where its parameter is identified and the default lies outside the posterior's 10 to 90 %: "
        f"{', '.join(moved) or 'none is'}.\n"
    )
    yield f"![Posterior](calibration.png)\n\n## Parameters\n\n{markdown(table)}\n"
    yield f"## Patterns\n\n{markdown(met(fit))}\n"
    alone = f"No pair is correlated by {CORRELATED} or more."
    yield f"## Fixed only together\n\n{markdown(pairs) if len(pairs) else alone}\n"
