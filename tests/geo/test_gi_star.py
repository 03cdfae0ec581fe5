"""Gi*: equal to esda, honest on chance, silent where nothing can be said."""

import warnings

import esda
import libpysal
import numpy as np
import pytest
from scipy import stats

from geo.gi_star import Moments, benjamini_hochberg, gi_star, skew_of_sums
from geo.neighbours import Neighbours

SEEDS = 200


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(3)
    return rng.uniform(0, 5000, 600), rng.uniform(0, 5000, 600)


def esda_weights(points, count=8):
    weights = libpysal.weights.KNN(np.column_stack(points), count)
    return libpysal.weights.fill_diagonal(weights, 1)


@pytest.mark.parametrize("draw", ["gamma", "poisson", "normal"])
def test_z_equals_esda(points, draw):
    rng = np.random.default_rng(4)
    values = {
        "gamma": rng.gamma(1, 2, 600),
        "poisson": rng.poisson(0.7, 600),
        "normal": rng.normal(9, 1, 600),
    }
    found = gi_star(values[draw].astype(float), Neighbours.nearest(*points, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = esda.G_Local(values[draw], esda_weights(points), transform="B", star=True, permutations=0)
    assert np.abs(found.z - want.Zs).max() < 1e-9


@pytest.mark.slow  # compiles the peer for a quarter of a minute
def test_permuted_p_agrees_with_esda_within_what_chance_allows(points):
    values = np.random.default_rng(4).gamma(1, 2, 600)
    found = gi_star(values, Neighbours.nearest(*points, 8), permutations=999)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = esda.G_Local(
            values, esda_weights(points), transform="B", star=True, permutations=999, seed=1, n_jobs=1
        )
    difference = found.p / 2 - want.p_sim
    assert np.abs(difference).max() < 0.1
    assert abs(difference.mean()) < 0.002


def test_skewness_of_a_sum_equals_the_shuffled_one():
    rng = np.random.default_rng(8)
    values = rng.poisson(0.3, 80).astype(float)
    sums = np.array([rng.permutation(values)[:9].sum() for _ in range(60_000)])
    skew = skew_of_sums(np.array([9]), Moments.of(values))[0]
    assert skew == pytest.approx(stats.skew(sums), abs=0.05)


@pytest.mark.parametrize("mean", [0.05, 0.3, 1.0, 5.0])
def test_random_findings_show_no_more_false_hotspots_than_the_stated_rate(mean):
    neighbours = Neighbours.on_raster(28, 28)
    fooled = np.zeros(2)
    for seed in range(SEEDS):
        counts = np.random.default_rng(seed).poisson(mean, 784).astype(float)
        found = gi_star(counts, neighbours, rate=0.05)
        by_the_normal_curve = benjamini_hochberg(2 * stats.norm.sf(np.abs(found.z)))
        fooled += found.hot.any(), ((by_the_normal_curve <= 0.05) & (found.z > 0)).any()
    allowed = stats.binom.ppf(0.999, SEEDS, 0.05)
    assert fooled[0] <= allowed
    if mean < 1.0:  # what the correction for skewness is for
        assert fooled[1] > allowed


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_among_true_hotspots_the_false_share_stays_at_the_stated_rate(rate):
    """Far from three planted clusters nothing is hot: what is shown there is false."""
    neighbours = Neighbours.on_raster(28, 28)
    row, column = np.divmod(np.arange(784), 28)
    near = np.zeros(784, dtype=bool)
    mean = np.full(784, 1.0)
    for centre in ((6, 6), (20, 8), (14, 21)):
        away = np.maximum(abs(row - centre[0]), abs(column - centre[1]))
        mean[away <= 1] = 6.0
        near |= away <= 2
    shares, power = [], []
    for seed in range(SEEDS):
        found = gi_star(np.random.default_rng(seed).poisson(mean).astype(float), neighbours, rate=rate)
        shares.append((found.hot & ~near).sum() / max(found.hot.sum(), 1))
        power.append(found.hot[[6 * 28 + 6, 20 * 28 + 8, 14 * 28 + 21]].mean())
    assert np.mean(shares) <= rate
    assert np.mean(power) > 0.99


def test_benjamini_hochberg_equals_scipy_and_skips_what_is_not_known():
    p = np.random.default_rng(1).uniform(0, 1, 300) ** 3
    assert np.allclose(benjamini_hochberg(p), stats.false_discovery_control(p))
    with_gap = benjamini_hochberg(np.array([0.01, np.nan, 0.5]))
    assert np.allclose(with_gap, [0.02, np.nan, 0.5], equal_nan=True)


@pytest.mark.parametrize(
    "values",
    [np.zeros(9), np.full(9, 4.0), np.full(9, np.nan), np.r_[1.0, np.full(8, np.nan)], np.full(9, 1e-300)],
)
@pytest.mark.parametrize("permutations", [0, 99])
def test_values_that_say_nothing_give_no_hotspot(values, permutations):
    found = gi_star(values, Neighbours.on_raster(3, 3), permutations=permutations)
    assert not found.hot.any()
    assert not found.cold.any()


@pytest.mark.parametrize("permutations", [0, 99])
def test_no_units_at_all(permutations):
    found = gi_star(np.empty(0), Neighbours.nearest(np.empty(0), np.empty(0)), permutations=permutations)
    assert len(found.z) == len(found.hot) == 0


def test_a_unit_without_a_value_is_not_judged_and_does_not_disturb_the_others():
    rng = np.random.default_rng(2)
    values = rng.poisson(3, 100).astype(float)
    values[44] = np.nan
    found = gi_star(values, Neighbours.on_raster(10, 10))
    assert np.isnan(found.z[44])
    assert np.isfinite(np.delete(found.z, 44)).all()
