"""Social interaction: with partners' example below a critical weight one outcome is stable, above it two, one unstable between.

Source: [BrockDurlauf2001]. Mean choice obeys m = tanh(beta h + beta J m); one solution where beta J < 1, three above
for small h. Mapping: two vendors as choices +1 and -1; nations trust each other alike, so the payoffs differ by
peer_weight * m + V (fee_china - fee_us), and the logit of scale s = taste_scale gives P(+) - P(-) = tanh(difference / (2 s)).
Hence beta J = peer_weight / (2 s) and beta h = V (fee_china - fee_us) / (2 s).

With n nations reviewing one after the other this is the heat-bath dynamics of the Curie-Weiss model, whose stationary
distribution is exact: P(k clients of the US) ~ C(n, k) exp(peer_weight / (s (n - 1)) * pairs in agreement).
"""

import numpy as np
import pytest
from scipy import optimize, special, stats

from abm.submodels.choice import payoff, weigh
from tests.theory.limits import CHINA, US, V, held, logit, still

N, PEERS = 64, 0.01


def social(beta_j: float, beta_h: float = 0.0, **values):
    """Nations between two vendors under beta J and beta h."""
    scale = PEERS / (2 * beta_j)
    fee = abs(beta_h) * 2 * scale / V
    return still(N, taste_scale=scale, peer_weight=PEERS, **{"fee_china" if beta_h > 0 else "fee_us": fee}, **values)


def response(world) -> tuple[np.ndarray, np.ndarray]:
    """Mean choice m of the others, and the mean choice of the nation that reviews, from the payoffs it weighs."""
    record, means = world.record, []
    for k in range(N):
        record.source[:N] = np.where(np.arange(N) <= k, US, CHINA)  # k others with the US
        weigh(record, 0)
        chances = logit(np.array([payoff(record, 0, source) for source in range(4)]), record.p.taste_scale)
        means.append(chances[US] - chances[CHINA])
    return (2 * np.arange(N) - (N - 1)) / (N - 1), np.array(means)


def crossings(m: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Where the mean choice reproduces itself."""
    above = np.sign(means - m)
    return m[:-1][above[:-1] != above[1:]] + 1 / (N - 1)


@pytest.mark.parametrize(("beta_j", "beta_h"), [(0.5, 0), (0.9, 0), (1.1, 0), (1.5, 0), (1.5, 0.1), (1.5, -0.3)])
def test_the_response_to_others_is_the_hyperbolic_tangent(beta_j, beta_h):
    """Exact but for the chance of the two worthless options, below exp(-V / s)."""
    m, means = response(social(beta_j, beta_h))
    error = 4 * np.exp(-(V - PEERS) * 2 * beta_j / PEERS)
    assert means == pytest.approx(np.tanh(beta_j * m + beta_h), abs=error + 1e-12)


@pytest.mark.parametrize(("beta_j", "beta_h", "count"), [
    (0.5, 0, 1), (0.9, 0, 1), (1.1, 0, 3), (1.5, 0, 3), (1.5, 0.1, 3), (1.5, 0.3, 1), (1.5, -0.3, 1)])
def test_equilibria_are_as_many_as_theory_says_and_where_it_says(beta_j, beta_h, count):
    """A field that outweighs the coordination (0.3 at beta J 1.5; the limit is 0.2066) leaves one equilibrium again."""
    found = crossings(*response(social(beta_j, beta_h)))
    grid = np.linspace(-1, 1, 4000)
    excess = np.tanh(beta_j * grid + beta_h) - grid
    roots = [optimize.brentq(lambda x: np.tanh(beta_j * x + beta_h) - x, a, b)
             for a, b, u, v in zip(grid[:-1], grid[1:], excess[:-1], excess[1:]) if u * v < 0]
    assert len(found) == count
    assert found == pytest.approx(np.array(roots), abs=1.01 / (N - 1))


def stationary(beta_j: float) -> np.ndarray:
    """Exact distribution of the number of clients of the US."""
    k = np.arange(N + 1)
    pairs = (k * (k - 1) + (N - k) * (N - k - 1)) / 2
    return special.softmax(special.gammaln(N + 1) - special.gammaln(k + 1) - special.gammaln(N - k + 1)
                           + 2 * beta_j / (N - 1) * pairs)


def clients(beta_j: float, start: np.ndarray, steps: int = 40, seeds: int = 400) -> np.ndarray:
    """Clients of the US at the end of runs in which nations begin with ``start``, a source each."""
    world = social(beta_j)
    world.record.source_start[:N] = start
    return (held(world, steps, seeds)[:, -1] == US).sum(axis=1)


HALVES = np.arange(N) % 2
STARTS = {"all with the US": np.full(N, US), "all with China": np.full(N, CHINA), "halves": HALVES}


def fits(found: np.ndarray, chances: np.ndarray) -> float:
    """p-value of a chi-square test, neighbouring counts put together until 10 are expected in each bin."""
    bins = np.minimum(np.cumsum(chances)[found] * len(found) // 20, len(found) // 20 - 1)
    labels = np.minimum(np.cumsum(chances) * len(found) // 20, len(found) // 20 - 1)
    used = np.unique(labels)
    expected = np.array([chances[labels == label].sum() for label in used]) * len(found)
    return stats.chisquare([(bins == label).sum() for label in used], expected).pvalue


@pytest.mark.parametrize("start", STARTS)
def test_below_the_critical_weight_the_past_is_forgotten(start):
    """400 runs from any start follow the exact stationary distribution."""
    found = clients(0.5, STARTS[start])
    assert fits(found, stationary(0.5)) > 1e-3
    assert fits(found, stationary(0.8)) < 1e-6, "the test tells weights apart"


def test_above_it_each_start_stays_on_its_side_and_halves_fall_to_either():
    """Each side follows the exact distribution on that side, near m = tanh(2 m); crossing takes exp(20) times longer."""
    exact, upper = stationary(2.0), np.arange(N + 1) > N / 2
    for start, side in (("all with the US", upper), ("all with China", upper[::-1])):
        found = clients(2.0, STARTS[start])
        assert side[found].all()
        assert fits(found, np.where(side, exact, 0) / exact[side].sum()) > 1e-3
        assert abs(abs(2 * found.mean() / N - 1) - 0.9575) < 0.01
    either = upper[clients(2.0, STARTS["halves"])].mean()
    assert abs(either - 0.5) < 4 * np.sqrt(0.25 / 400)


def test_noise_undoes_lock_in():
    """Lock-in of all nations with one vendor lasts above the critical weight and dissolves below it.

    Source: [LeydesdorffBesselaar].
    """
    kept = {beta_j: 2 * clients(beta_j, STARTS["all with the US"]).mean() / N - 1 for beta_j in (0.25, 0.5, 2.0)}
    assert abs(kept[0.25]) < 0.04  # four standard errors are 0.03 and 0.035
    assert abs(kept[0.5]) < 0.04
    assert kept[2.0] > 0.9
