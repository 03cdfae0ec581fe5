"""Density on a raster: against the exact sum, at the edges, and growing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.density import M2_PER_KM2, GrowingDensity, Raster, count_on, density

RASTER = Raster(0.0, 0.0, 20.0, 100, 80)


def exact(x, y, bandwidth_m, weights=None):
    """The sum of one Gaussian per point at every cell's centre, per square kilometre."""
    east, north = RASTER.centres_m()
    along = np.exp(-0.5 * ((east[:, None] - x) / bandwidth_m) ** 2)
    up = np.exp(-0.5 * ((north[:, None] - y) / bandwidth_m) ** 2)
    weight = np.ones(len(x)) if weights is None else weights
    return np.einsum("rp,cp,p->rc", up, along, weight) / (2 * np.pi * bandwidth_m**2) * M2_PER_KM2


@pytest.mark.parametrize("bandwidth_m", [40.0, 60.0, 150.0])
def test_density_is_within_one_percent_of_the_exact_sum(bandwidth_m):
    rng = np.random.default_rng(5)
    x = np.concatenate((rng.uniform(0, 2000, 300), rng.normal(700, 60, 500)))
    y = np.concatenate((rng.uniform(0, 1600, 300), rng.normal(900, 60, 500)))
    want = exact(x, y, bandwidth_m)
    assert np.abs(density(RASTER, x, y, bandwidth_m) - want).max() < 0.01 * want.max()


def test_density_of_weighted_points_is_within_one_percent_of_the_exact_sum():
    rng = np.random.default_rng(6)
    x, y, weights = rng.uniform(300, 1700, 200), rng.uniform(300, 1300, 200), rng.uniform(0, 5, 200)
    want = exact(x, y, 80.0, weights)
    assert np.abs(density(RASTER, x, y, 80.0, weights) - want).max() < 0.01 * want.max()


def test_every_point_counts_once():
    raster = Raster.over((0, 0, 1000, 1000), 25.0, 600.0)
    found = density(raster, np.array([500.0, 10.0]), np.array([500.0, 990.0]), 100.0)
    assert found.sum() * raster.cell_m**2 / M2_PER_KM2 == pytest.approx(2.0, rel=1e-3)


def test_what_lies_outside_or_is_no_number_is_left_out():
    x = np.array([np.nan, -1e9, 50.0, np.inf])
    assert count_on(RASTER, x, np.full(4, 50.0)).sum() == pytest.approx(1.0)


def test_no_points_give_an_empty_layer():
    assert not density(RASTER, np.empty(0), np.empty(0), 100.0).any()


def test_a_single_weighted_point_keeps_its_weight():
    assert count_on(RASTER, np.array([50.0]), np.array([50.0]), np.array([7.0])).sum() == pytest.approx(7.0)


def test_cells_too_coarse_for_the_bandwidth_are_refused():
    with pytest.raises(ValueError, match="too coarse"):
        density(RASTER, np.array([1.0]), np.array([1.0]), 30.0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_a_growing_density_equals_one_computed_at_once(sizes, seed):
    rng = np.random.default_rng(seed)
    growing = GrowingDensity(RASTER, 70.0)
    parts = [(rng.uniform(0, 2000, size), rng.uniform(0, 1600, size)) for size in sizes]
    for x, y in parts:
        growing.add(x, y)
    growing.add(*parts[0], sign=-1.0)
    left = parts[1:] or [(np.empty(0), np.empty(0))]
    want = density(RASTER, np.concatenate([x for x, _ in left]), np.concatenate([y for _, y in left]), 70.0)
    assert np.allclose(growing.values, want, atol=1e-9 * max(want.max(), 1.0))
