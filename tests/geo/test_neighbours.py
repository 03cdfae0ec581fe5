"""Neighbourhoods: everybody is in their own, and nobody is forgotten."""

import numpy as np
import pytest
import shapely

from geo.neighbours import Neighbours


def members(neighbours, unit):
    return set(neighbours.members[neighbours.starts[unit] : neighbours.starts[unit + 1]].tolist())


def test_the_nearest_points_and_the_point_itself():
    x = np.array([0.0, 1.0, 2.0, 10.0])
    found = Neighbours.nearest(x, np.zeros(4), 2)
    assert members(found, 0) == {0, 1, 2}
    assert members(found, 3) == {3, 1, 2}


def test_points_on_one_place_still_belong_to_their_own_neighbourhood():
    found = Neighbours.nearest(np.zeros(50), np.zeros(50), 3)
    assert all(unit in members(found, unit) for unit in range(50))
    assert set(found.sizes) == {4}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fewer_points_than_neighbours(count):
    found = Neighbours.nearest(np.arange(float(count)), np.zeros(count), 8)
    assert found.sizes.tolist() == [count] * count


def test_points_within_a_distance():
    found = Neighbours.within(np.array([0.0, 90.0, 250.0]), np.zeros(3), 100.0)
    assert [members(found, unit) for unit in range(3)] == [{0, 1}, {0, 1}, {2}]


def test_shapes_that_touch_even_at_a_corner_are_neighbours():
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(2.05, 1, 3, 2)])
    assert members(Neighbours.touching(shapes), 0) == {0, 1}
    assert members(Neighbours.touching(shapes), 1) == {0, 1}
    assert members(Neighbours.touching(shapes, gap=0.1), 1) == {0, 1, 2}


def test_the_eight_cells_around_each():
    found = Neighbours.on_raster(3, 4)
    assert members(found, 5) == {0, 1, 2, 4, 5, 6, 8, 9, 10}
    assert members(found, 0) == {0, 1, 4, 5}
    assert members(found, 3) == {2, 3, 6, 7}
