"""Places with findings, tested among the places around them: equal to esda, honest on chance."""

import warnings

import esda
import libpysal
import numpy as np
import pytest
from scipy import stats

from geo.point_hotspots import Places, third_of_chance

SIDE_M = 2000.0


def strewn(count, seed):
    return np.random.default_rng(seed).uniform(0, SIDE_M, (2, count))


def with_a_corner(count, seed):
    """Findings everywhere, and a market corner on the line between four squares of 250 m."""
    rng = np.random.default_rng(seed)
    x, y = strewn(count, seed)
    return np.r_[x, 1000 + rng.normal(0, 40, count // 10)], np.r_[y, 1000 + rng.normal(0, 40, count // 10)]


def test_places_hold_every_finding_once():
    x, y = with_a_corner(3000, 1)
    places = Places.gathered(x, y)
    assert places.counts.sum() == len(x)
    assert len(places) == len(np.unique(np.floor(np.column_stack((x, y)) / 25), axis=0))
    assert np.average(places.x, weights=places.counts) == pytest.approx(x.mean())
    assert np.average(places.y, weights=places.counts) == pytest.approx(y.mean())


def test_z_equals_esda_on_the_same_distance():
    places = Places.gathered(*with_a_corner(2000, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = libpysal.weights.DistanceBand(np.column_stack((places.x, places.y)), 100.0)
        weights = libpysal.weights.fill_diagonal(weights, 1)
        want = esda.G_Local(places.counts, weights, transform="B", star=True, permutations=0)
    assert np.abs(places.hotspots().z - want.Zs).max() < 1e-9


def test_a_corner_that_boundaries_would_cut_up_is_one_hotspot():
    places = Places.gathered(*with_a_corner(3000, 3))
    for found in (places.hotspots(), places.hotspots(rate=0.2, permutations=499)):
        away = np.hypot(places.x - 1000, places.y - 1000)
        assert found.hot[away < 40].mean() > 0.8
        assert not found.hot[away > 250].any()


@pytest.mark.parametrize("count", [800, pytest.param(6000, marks=pytest.mark.slow)])
def test_findings_strewn_at_random_show_no_more_false_hotspots_than_stated(count):
    seeds = 120
    fooled = sum(Places.gathered(*strewn(count, seed)).hotspots().hot.any() for seed in range(seeds))
    assert fooled <= stats.binom.ppf(0.999, seeds, 0.05)


@pytest.mark.parametrize("rate", [0.1, 1.0, 4.0])
def test_the_skewness_of_chance_is_that_of_counts_above_nought(rate):
    counts = np.random.default_rng(4).poisson(rate, 2_000_000)
    counts = counts[counts > 0].astype(float)
    seen = float(((counts - counts.mean()) ** 3).mean())
    assert third_of_chance(counts) == pytest.approx(seen, rel=0.05)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_places_that_say_nothing_are_no_hotspots(count):
    places = Places.gathered(*(np.arange(count) * 1000.0 for _ in range(2)))
    assert not places.hotspots().hot.any()
    assert not places.hotspots(permutations=99).hot.any()
