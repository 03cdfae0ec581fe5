"""Rates: small denominators make no hotspot, missing ones are not judged."""

import numpy as np
import pytest
from scipy import stats

from geo.gi_star import gi_star
from geo.neighbours import Neighbours
from geo.rates import Measure, rates

SEEDS = 150


def test_few_households_do_not_make_a_hotspot():
    """The same true rate everywhere, but in one corner hardly anybody lives."""
    neighbours = Neighbours.on_raster(20, 20)
    fooled = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        households = rng.integers(150, 900, 400).astype(float)
        households[:60] = rng.integers(2, 12, 60)
        counts = rng.poisson(households * 0.01).astype(float)
        found = rates(counts, households)
        fooled += gi_star(found.tested, neighbours, rate=0.05, third=found.third).hot.any()
    assert fooled <= stats.binom.ppf(0.999, SEEDS, 0.05)


@pytest.mark.parametrize("mean", [0.05, 0.3, 1.0, 5.0])
def test_random_counts_show_no_more_false_hotspots_than_the_stated_rate(mean):
    neighbours = Neighbours.on_raster(28, 28)
    fooled = 0
    for seed in range(SEEDS):
        found = rates(np.random.default_rng(seed).poisson(mean, 784).astype(float), None)
        fooled += gi_star(found.tested, neighbours, rate=0.05, third=found.third).hot.any()
    assert fooled <= stats.binom.ppf(0.999, SEEDS, 0.05)


def test_one_extreme_area_is_a_hotspot_and_does_not_hide_itself():
    counts = np.random.default_rng(1).poisson(95, 784).astype(float)
    counts[400] = 600.0
    found = rates(counts, None)
    assert gi_star(found.tested, Neighbours.on_raster(28, 28), third=found.third).hot[400]


def test_more_patrols_are_no_hotspot_once_corrected():
    rng = np.random.default_rng(1)
    hours = np.full(400, 10.0)
    block = (np.arange(400) // 20 < 5) & (np.arange(400) % 20 < 5)
    hours[block] = 80.0
    counts = rng.poisson(hours * 0.2).astype(float)
    neighbours = Neighbours.on_raster(20, 20)
    assert gi_star(rates(counts, None).tested, neighbours).hot[block].mean() > 0.9
    assert not gi_star(rates(counts, hours).tested, neighbours).hot[block].any()


def test_nothing_to_divide_by_is_not_judged():
    found = rates(np.array([3.0, 2.0, 0.0]), np.array([10.0, 0.0, np.nan]), 100.0)
    assert found.shown[0] == pytest.approx(30.0)
    assert np.isnan(found.shown[1:]).all()
    assert np.isnan(found.tested[1:]).all()


def test_no_findings_are_a_rate_of_zero():
    found = rates(np.zeros(3), np.ones(3))
    assert not found.shown.any()
    assert np.isnan(found.tested).all()


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_says_what_it_means(measure):
    assert measure.en
    assert measure.zh
    assert (measure.column is None) == (measure is Measure.COUNT)
